/* heap: deadlines, earliest first.
 *
 * A binary heap of nodes that live inside their owners; each node knows its place, so a deadline is moved or
 * taken back in O(log n). Equal deadlines come out in the order in which they were set (`turn`), never in pointer
 * order: a replayed run must take the same path.
 */
#ifndef ROOTWALK_BASE_HEAP_H
#define ROOTWALK_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
	uint64_t at;   /* ticks */
	uint64_t turn; /* set by the heap */
	size_t place;  /* index + 1; 0 while not in a heap */
};

struct heap {
	struct heap_node **nodes;
	size_t count;
	size_t capacity;
	uint64_t turns;
};

struct heap heap_of(void);
void heap_free(struct heap *heap); /* the array only; nodes belong to their owners */

/* Sets or moves the node's deadline. False when out of memory; the node is then where it was. */
bool heap_set(struct heap *heap, struct heap_node *node, uint64_t at);

/* Takes the node out; nothing happens when it is not in. */
void heap_remove(struct heap *heap, struct heap_node *node);

/* The earliest node, or NULL. It stays in. */
struct heap_node *heap_first(const struct heap *heap);

#endif
