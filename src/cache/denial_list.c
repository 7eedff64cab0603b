#include "cache/denial_list.h"

#include "cache/footprint.h"

#include <stdlib.h>

static size_t size_of(struct span position, struct span packed, uint8_t levels)
{
	return sizeof(struct denial) + levels * sizeof(struct denial *) + position.size + packed.size;
}

size_t denial_footprint(struct span position, struct span packed, uint8_t levels)
{
	return footprint(size_of(position, packed, levels));
}

static uint8_t *octets_of(const struct denial *denial)
{
	return (uint8_t *)(void *)&((struct denial *)(uintptr_t)denial)->next[denial->levels];
}

struct denial *denial_create(struct span position, struct span packed, uint8_t levels)
{
	struct denial *denial = malloc(size_of(position, packed, levels));
	if (denial == NULL)
		return NULL;
	*denial = (struct denial){ .position_size = (uint16_t)position.size,
				   .packed_size = (uint16_t)packed.size,
				   .levels = levels };
	if (position.size > 0)
		memcpy(octets_of(denial), position.octets, position.size);
	memcpy(octets_of(denial) + position.size, packed.octets, packed.size);
	return denial;
}

uint8_t denial_levels(const struct hash_key *key, struct span position)
{
	uint8_t levels = 1;
	for (uint64_t hash = hash_octets(key, position); levels < DENIAL_LEVELS && (hash & 3) == 0; hash >>= 2)
		levels++;
	return levels;
}

struct span denial_position(const struct denial *denial)
{
	return span_of(octets_of(denial), denial->position_size);
}

struct span denial_packed(const struct denial *denial)
{
	return span_of(octets_of(denial) + denial->position_size, denial->packed_size);
}

/* On every level the pointer that leads past the position: all before it stand before the position. */
static void find_path(struct denial_list *list, struct span position, struct denial **path[DENIAL_LEVELS])
{
	struct denial **at = list->first;
	for (unsigned int level = DENIAL_LEVELS; level-- > 0;) {
		while (at[level] != NULL && position_compare(denial_position(at[level]), position) < 0)
			at = at[level]->next;
		path[level] = &at[level];
	}
}

struct denial *denial_list_find(const struct denial_list *list, struct span position)
{
	struct denial *found = NULL, *const *at = list->first;
	for (unsigned int level = DENIAL_LEVELS; level-- > 0;)
		while (at[level] != NULL && position_compare(denial_position(at[level]), position) <= 0) {
			found = at[level];
			at = found->next;
		}
	return found;
}

struct denial *denial_list_last(const struct denial_list *list)
{
	struct denial *last = NULL, *const *at = list->first;
	for (unsigned int level = DENIAL_LEVELS; level-- > 0;)
		while (at[level] != NULL) {
			last = at[level];
			at = last->next;
		}
	return last;
}

void denial_list_add(struct denial_list *list, struct denial *denial)
{
	struct denial **path[DENIAL_LEVELS];
	find_path(list, denial_position(denial), path);
	for (unsigned int level = 0; level < denial->levels; level++) {
		denial->next[level] = *path[level];
		*path[level] = denial;
	}
}

void denial_list_remove(struct denial_list *list, struct denial *denial)
{
	struct denial **path[DENIAL_LEVELS];
	find_path(list, denial_position(denial), path);
	for (unsigned int level = 0; level < denial->levels; level++)
		*path[level] = denial->next[level];
}
