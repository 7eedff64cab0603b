/* seats: the queries that wait for an answer, each under a handle.
 *
 * A handle is the seat's place and how often it was given away, so an answer that comes after its query has left (a
 * closed connection) finds nobody. Handle 0 is nobody's.
 *
 * engine_query wants a handle before it is known whether the query waits at all, and most do not: seats_next tells
 * the handle that the next query would get, seats_take gives the seat away. Nothing is allocated but a chunk of
 * seats now and then, up to LIMIT_WAITING_QUERIES.
 */
#ifndef ROOTWALK_DAEMON_SEATS_H
#define ROOTWALK_DAEMON_SEATS_H

#include "daemon/outbox.h"
#include "wire/limits.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct stream_client;

LIST_HEAD(seat_list, seat);

struct seat {
	uint32_t generation;
	uint32_t place;
	bool taken;
	uint64_t since;              /* ticks */
	struct seat *free_next;
	struct stream_client *stream; /* NULL: UDP */
	LIST_ENTRY(seat) stream_link; /* of the same stream */
	struct outbox_route route;   /* UDP */
};

#define SEATS_CHUNK 1024u

struct seats {
	struct seat *chunks[LIMIT_WAITING_QUERIES / SEATS_CHUNK];
	uint32_t count; /* seats there are */
	struct seat *free;
	uint32_t hand; /* where to look for a forgotten seat */
};

void seats_free(struct seats *seats);

/* The handle of the seat that seats_take will give; 0 when all are taken. */
uint64_t seats_next(struct seats *seats, uint64_t ticks);

/* Takes the seat of the handle that seats_next told last, which was not 0. The caller fills in who sits there. */
struct seat *seats_take(struct seats *seats, uint64_t ticks);

/* NULL when nobody waits under this handle any more. */
struct seat *seats_find(const struct seats *seats, uint64_t handle);

uint64_t seats_handle(const struct seat *seat);

void seats_leave(struct seats *seats, struct seat *seat);

#endif
