/* index: a hash table of nodes that live inside their owners.
 *
 * It finds what is in flight: requests, fetches, exchanges. Nobody walks it, so the order of its buckets decides
 * nothing. The caller hashes (with a key, where strangers choose what is hashed) and compares.
 *
 *	for (struct index_node *n = index_first(&index, hash); n != NULL; n = index_next(n, hash)) ...
 */
#ifndef ROOTWALK_BASE_INDEX_H
#define ROOTWALK_BASE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_node {
	uint64_t hash;
	struct index_node *next;
	bool in;
};

struct index {
	struct index_node **buckets;
	size_t bucket_count; /* a power of two */
	size_t count;
};

struct index index_of(void);
void index_free(struct index *index); /* the buckets only */

/* False when out of memory; the node is then not in. */
bool index_add(struct index *index, struct index_node *node, uint64_t hash);
void index_remove(struct index *index, struct index_node *node);

/* Nodes with exactly this hash. */
struct index_node *index_first(const struct index *index, uint64_t hash);
struct index_node *index_next(const struct index_node *node, uint64_t hash);

/* Calls `visit` for every node, for the end of an owner; the index must not be used but freed afterwards. */
void index_each(struct index *index, void (*visit)(void *node));

#define CONTAINER_OF(node, type, member) ((type *)(void *)((char *)(node) - offsetof(type, member)))

#endif
