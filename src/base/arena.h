/* arena: the memory of one piece of work, freed at once.
 *
 * A request owns an arena; everything its tasks remember lives there and dies with it, so no task cleans up after
 * itself. Chunks come from malloc; each is half of what there is already,
 * from ARENA_CHUNK_MIN to ARENA_CHUNK_MAX, so that little is in vain. An allocation may fail (memory, or the
 * arena's ceiling): it returns NULL and the caller turns its work into a failure; nothing that was handed out
 * before is harmed.
 */
#ifndef ROOTWALK_BASE_ARENA_H
#define ROOTWALK_BASE_ARENA_H

#include "base/span.h"

#define ARENA_CHUNK_MIN 4096u
#define ARENA_CHUNK_MAX 65536u

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* newest first */
	size_t used;                /* octets taken from malloc */
	size_t ceiling;             /* `used` never passes it; 0 means none */
	size_t chunk_min;           /* of the smallest chunk; 0 means ARENA_CHUNK_MIN */
};

struct arena arena_of(size_t ceiling);

/* For work of which there is very much at once: chunks begin smaller and grow more slowly. `chunk_min` is at least 256. */
struct arena arena_of_small(size_t ceiling, size_t chunk_min);

/* Zeroed, aligned for any type; NULL when out of memory or above the ceiling. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of the octets that lives as long as the arena; NULL octets when out of memory (or when empty). */
struct span arena_copy(struct arena *arena, struct span octets);

/* Frees all; the arena can be used again. */
void arena_free(struct arena *arena);

/* Forgets all but keeps the newest chunk, for an arena that is filled again and again. */
void arena_reset(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
