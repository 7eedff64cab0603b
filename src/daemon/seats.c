#include "daemon/seats.h"

#include "base/instant.h"
#include "wire/limits.h"

#include <stdlib.h>

#define LOOKS 16u /* seats looked at for one that was forgotten */

void seats_free(struct seats *seats)
{
	for (uint32_t i = 0; i < seats->count / SEATS_CHUNK; i++)
		free(seats->chunks[i]);
	*seats = (struct seats){ 0 };
}

static struct seat *at(const struct seats *seats, uint32_t place)
{
	return &seats->chunks[place / SEATS_CHUNK][place % SEATS_CHUNK];
}

static void add_chunk(struct seats *seats)
{
	struct seat *chunk = seats->count < LIMIT_WAITING_QUERIES ? calloc(SEATS_CHUNK, sizeof *chunk) : NULL;
	if (chunk == NULL)
		return;
	seats->chunks[seats->count / SEATS_CHUNK] = chunk;
	for (uint32_t i = SEATS_CHUNK; i-- > 0;) {
		chunk[i] = (struct seat){ .generation = 1, .place = seats->count + i, .free_next = seats->free };
		seats->free = &chunk[i];
	}
	seats->count += SEATS_CHUNK;
}

/* A query that waits longer than any work lasts will not be answered: its seat is free for another. */
static void reclaim(struct seats *seats, uint64_t ticks)
{
	for (unsigned int i = 0; i < LOOKS && seats->count > 0 && seats->free == NULL; i++) {
		struct seat *seat = at(seats, seats->hand);
		seats->hand = (seats->hand + 1) % seats->count;
		if (seat->taken && seat->stream == NULL &&
		    ticks > seat->since + 2ull * LIMIT_WORK_END_MS * TICKS_PER_MS)
			seats_leave(seats, seat);
	}
}

uint64_t seats_handle(const struct seat *seat)
{
	return (uint64_t)seat->generation << 32 | seat->place;
}

uint64_t seats_next(struct seats *seats, uint64_t ticks)
{
	if (seats->free == NULL)
		add_chunk(seats);
	if (seats->free == NULL)
		reclaim(seats, ticks);
	return seats->free != NULL ? seats_handle(seats->free) : 0;
}

struct seat *seats_take(struct seats *seats, uint64_t ticks)
{
	struct seat *seat = seats->free;
	seats->free = seat->free_next;
	seat->taken = true;
	seat->since = ticks;
	seat->stream = NULL;
	return seat;
}

struct seat *seats_find(const struct seats *seats, uint64_t handle)
{
	uint32_t place = (uint32_t)handle;
	if (place >= seats->count)
		return NULL;
	struct seat *seat = at(seats, place);
	return seat->taken && seats_handle(seat) == handle ? seat : NULL;
}

void seats_leave(struct seats *seats, struct seat *seat)
{
	seat->taken = false;
	if (++seat->generation == 0)
		seat->generation = 1;
	seat->free_next = seats->free;
	seats->free = seat;
}
