#include "base/index.h"

#include <stdlib.h>

#define BUCKETS_MIN 64u

struct index index_of(void)
{
	return (struct index){ 0 };
}

void index_free(struct index *index)
{
	free(index->buckets);
	*index = index_of();
}

static struct index_node **bucket_of(const struct index *index, uint64_t hash)
{
	return &index->buckets[hash & (index->bucket_count - 1)];
}

static bool grow(struct index *index)
{
	struct index wider = { .bucket_count = index->bucket_count == 0 ? BUCKETS_MIN : 2 * index->bucket_count };
	wider.buckets = calloc(wider.bucket_count, sizeof *wider.buckets);
	if (wider.buckets == NULL)
		return index->bucket_count > 0; /* a full table is slower, not wrong */
	for (size_t i = 0; i < index->bucket_count; i++) {
		struct index_node *node = index->buckets[i];
		while (node != NULL) {
			struct index_node *next = node->next;
			struct index_node **bucket = bucket_of(&wider, node->hash);
			node->next = *bucket;
			*bucket = node;
			node = next;
		}
	}
	free(index->buckets);
	index->buckets = wider.buckets;
	index->bucket_count = wider.bucket_count;
	return true;
}

bool index_add(struct index *index, struct index_node *node, uint64_t hash)
{
	if (index->count >= index->bucket_count && !grow(index))
		return false;
	struct index_node **bucket = bucket_of(index, hash);
	*node = (struct index_node){ .hash = hash, .next = *bucket, .in = true };
	*bucket = node;
	index->count++;
	return true;
}

void index_remove(struct index *index, struct index_node *node)
{
	if (!node->in)
		return;
	struct index_node **at = bucket_of(index, node->hash);
	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	node->in = false;
	index->count--;
}

static struct index_node *same_hash(struct index_node *node, uint64_t hash)
{
	while (node != NULL && node->hash != hash)
		node = node->next;
	return node;
}

struct index_node *index_first(const struct index *index, uint64_t hash)
{
	return index->bucket_count == 0 ? NULL : same_hash(*bucket_of(index, hash), hash);
}

struct index_node *index_next(const struct index_node *node, uint64_t hash)
{
	return same_hash(node->next, hash);
}

void index_each(struct index *index, void (*visit)(void *node))
{
	for (size_t i = 0; i < index->bucket_count; i++) {
		struct index_node *node = index->buckets[i];
		while (node != NULL) {
			struct index_node *next = node->next;
			visit(node);
			node = next;
		}
	}
}
