#include "base/heap.h"

#include <stdlib.h>

struct heap heap_of(void)
{
	return (struct heap){ 0 };
}

void heap_free(struct heap *heap)
{
	free(heap->nodes);
	*heap = heap_of();
}

static bool earlier(const struct heap_node *a, const struct heap_node *b)
{
	return a->at != b->at ? a->at < b->at : a->turn < b->turn;
}

static void put(struct heap *heap, size_t index, struct heap_node *node)
{
	heap->nodes[index] = node;
	node->place = index + 1;
}

static void sift_up(struct heap *heap, size_t index)
{
	struct heap_node *node = heap->nodes[index];
	while (index > 0) {
		size_t parent = (index - 1) / 2;
		if (!earlier(node, heap->nodes[parent]))
			break;
		put(heap, index, heap->nodes[parent]);
		index = parent;
	}
	put(heap, index, node);
}

static void sift_down(struct heap *heap, size_t index)
{
	struct heap_node *node = heap->nodes[index];
	for (;;) {
		size_t child = 2 * index + 1;
		if (child >= heap->count)
			break;
		if (child + 1 < heap->count && earlier(heap->nodes[child + 1], heap->nodes[child]))
			child++;
		if (!earlier(heap->nodes[child], node))
			break;
		put(heap, index, heap->nodes[child]);
		index = child;
	}
	put(heap, index, node);
}

static bool grow(struct heap *heap)
{
	if (heap->count < heap->capacity)
		return true;
	size_t capacity = heap->capacity == 0 ? 64 : 2 * heap->capacity;
	struct heap_node **nodes = realloc(heap->nodes, capacity * sizeof *nodes);
	if (nodes == NULL)
		return false;
	heap->nodes = nodes;
	heap->capacity = capacity;
	return true;
}

bool heap_set(struct heap *heap, struct heap_node *node, uint64_t at)
{
	if (node->place == 0) {
		if (!grow(heap))
			return false;
		put(heap, heap->count++, node);
	}
	node->at = at;
	node->turn = heap->turns++;
	sift_up(heap, node->place - 1);
	sift_down(heap, node->place - 1);
	return true;
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
	if (node->place == 0)
		return;
	size_t index = node->place - 1;
	struct heap_node *last = heap->nodes[--heap->count];
	node->place = 0;
	if (last == node)
		return;
	put(heap, index, last);
	sift_up(heap, index);
	sift_down(heap, last->place - 1);
}

struct heap_node *heap_first(const struct heap *heap)
{
	return heap->count == 0 ? NULL : heap->nodes[0];
}
