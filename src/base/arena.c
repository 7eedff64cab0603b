#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

struct arena_chunk {
	struct arena_chunk *older;
	size_t capacity; /* octets behind the header */
	size_t size;     /* octets handed out */
};

#define ALIGNMENT alignof(max_align_t)
#define HEADER ((sizeof(struct arena_chunk) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)

struct arena arena_of(size_t ceiling)
{
	return (struct arena){ .ceiling = ceiling };
}

struct arena arena_of_small(size_t ceiling, size_t chunk_min)
{
	return (struct arena){ .ceiling = ceiling, .chunk_min = chunk_min };
}

static size_t next_chunk_size(const struct arena *arena, size_t need)
{
	size_t size = arena->chunk_min > 0 ? arena->used / 4 : arena->used / 2;
	size_t least = arena->chunk_min > 0 ? arena->chunk_min : ARENA_CHUNK_MIN;
	if (size < least)
		size = least;
	if (size > ARENA_CHUNK_MAX)
		size = ARENA_CHUNK_MAX;
	return need > size - HEADER ? need + HEADER : size;
}

static bool add_chunk(struct arena *arena, size_t need)
{
	size_t size = next_chunk_size(arena, need);
	if (arena->ceiling != 0 && size > arena->ceiling - arena->used)
		return false;
	struct arena_chunk *chunk = malloc(size);
	if (chunk == NULL)
		return false;
	*chunk = (struct arena_chunk){ .older = arena->chunks, .capacity = size - HEADER };
	arena->chunks = chunk;
	arena->used += size;
	return true;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX / 4)
		return NULL;
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct arena_chunk *chunk = arena->chunks;
	if (chunk == NULL || size > chunk->capacity - chunk->size) {
		if (!add_chunk(arena, size))
			return NULL;
		chunk = arena->chunks;
	}
	uint8_t *memory = (uint8_t *)chunk + HEADER + chunk->size;
	chunk->size += size;
	memset(memory, 0, size);
	return memory;
}

struct span arena_copy(struct arena *arena, struct span octets)
{
	uint8_t *memory = octets.size > 0 ? arena_alloc(arena, octets.size) : NULL;
	if (memory == NULL)
		return span_of(NULL, 0);
	memcpy(memory, octets.octets, octets.size);
	return span_of(memory, octets.size);
}

void arena_free(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunks;
	while (chunk != NULL) {
		struct arena_chunk *older = chunk->older;
		free(chunk);
		chunk = older;
	}
	arena->chunks = NULL;
	arena->used = 0;
}

void arena_reset(struct arena *arena)
{
	struct arena_chunk *kept = arena->chunks;
	if (kept == NULL)
		return;
	arena->chunks = kept->older;
	arena_free(arena);
	kept->older = NULL;
	kept->size = 0;
	arena->chunks = kept;
	arena->used = HEADER + kept->capacity;
}
