#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/heap.h"
#include "base/rng.h"

#define NODES 400

static void ties_come_in_the_order_set(void **state)
{
	(void)state;
	struct heap heap = heap_of();
	struct heap_node nodes[NODES] = { { 0 } };
	/* From the last place in memory to the first: pointer order would show. */
	for (int i = NODES - 1; i >= 0; i--)
		assert_true(heap_set(&heap, &nodes[i], 7));
	for (int i = NODES - 1; i >= 0; i--) {
		assert_ptr_equal(heap_first(&heap), &nodes[i]);
		heap_remove(&heap, &nodes[i]);
	}
	assert_null(heap_first(&heap));
	heap_free(&heap);
}

static void setting_again_goes_behind_equals(void **state)
{
	(void)state;
	struct heap heap = heap_of();
	struct heap_node a = { 0 }, b = { 0 };
	heap_set(&heap, &a, 5);
	heap_set(&heap, &b, 5);
	heap_set(&heap, &a, 5);
	assert_ptr_equal(heap_first(&heap), &b);
	heap_set(&heap, &a, 4);
	assert_ptr_equal(heap_first(&heap), &a);
	assert_int_equal(heap.count, 2);
	heap_free(&heap);
}

static void removing_what_is_not_in_does_nothing(void **state)
{
	(void)state;
	struct heap heap = heap_of();
	struct heap_node node = { 0 };
	heap_remove(&heap, &node);
	heap_set(&heap, &node, 1);
	heap_remove(&heap, &node);
	heap_remove(&heap, &node);
	assert_int_equal(heap.count, 0);
	assert_int_equal(node.place, 0);
	heap_free(&heap);
}

/* The model: the earliest by (at, turn) of all that are in. */
static struct heap_node *model_first(struct heap_node *nodes)
{
	struct heap_node *first = NULL;
	for (int i = 0; i < NODES; i++) {
		struct heap_node *node = &nodes[i];
		if (node->place != 0 && (first == NULL || node->at < first->at ||
					 (node->at == first->at && node->turn < first->turn)))
			first = node;
	}
	return first;
}

static void behaves_as_a_sorted_list(void **state)
{
	(void)state;
	struct heap heap = heap_of();
	struct heap_node nodes[NODES] = { { 0 } };
	struct rng rng = rng_of_number(1);
	for (int step = 0; step < 20000; step++) {
		struct heap_node *node = &nodes[rng_below(&rng, NODES)];
		if (rng_below(&rng, 3) == 0)
			heap_remove(&heap, node);
		else
			heap_set(&heap, node, rng_below(&rng, 50));
		assert_ptr_equal(heap_first(&heap), model_first(nodes));
		if (node->place != 0)
			assert_ptr_equal(heap.nodes[node->place - 1], node);
	}
	heap_free(&heap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ties_come_in_the_order_set),
		cmocka_unit_test(setting_again_goes_behind_equals),
		cmocka_unit_test(removing_what_is_not_in_does_nothing),
		cmocka_unit_test(behaves_as_a_sorted_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
