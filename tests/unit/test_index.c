#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/index.h"
#include "base/rng.h"

struct thing {
	struct index_node node;
	unsigned int number;
};

static unsigned int find(const struct index *index, uint64_t hash)
{
	unsigned int sum = 0;
	for (struct index_node *n = index_first(index, hash); n != NULL; n = index_next(n, hash))
		sum += CONTAINER_OF(n, struct thing, node)->number;
	return sum;
}

static void equal_hashes_stand_side_by_side(void **state)
{
	(void)state;
	struct index index = index_of();
	struct thing things[3] = { { .number = 1 }, { .number = 2 }, { .number = 4 } };
	assert_int_equal(find(&index, 5), 0);
	assert_true(index_add(&index, &things[0].node, 5));
	assert_true(index_add(&index, &things[1].node, 5));
	assert_true(index_add(&index, &things[2].node, 5 + 64)); /* the same bucket */
	assert_int_equal(find(&index, 5), 3);
	assert_int_equal(find(&index, 5 + 64), 4);
	index_remove(&index, &things[1].node);
	index_remove(&index, &things[1].node); /* twice does no harm */
	assert_int_equal(find(&index, 5), 1);
	assert_int_equal(index.count, 2);
	index_free(&index);
}

static void it_grows(void **state)
{
	(void)state;
	static struct thing things[10000];
	struct index index = index_of();
	for (unsigned int i = 0; i < 10000; i++) {
		things[i].number = i + 1;
		assert_true(index_add(&index, &things[i].node, i * 0x9e3779b97f4a7c15u));
	}
	for (unsigned int i = 0; i < 10000; i++)
		assert_int_equal(find(&index, i * 0x9e3779b97f4a7c15u), i + 1);
	for (unsigned int i = 0; i < 10000; i += 2)
		index_remove(&index, &things[i].node);
	for (unsigned int i = 0; i < 10000; i++)
		assert_int_equal(find(&index, i * 0x9e3779b97f4a7c15u), i % 2 == 0 ? 0 : i + 1);
	assert_int_equal(index.count, 5000);
	index_free(&index);
}

/* Whatever comes and goes, each hash finds its own: against a list. */
static void behaves_as_a_list(void **state)
{
	(void)state;
	enum { THINGS = 500 };
	static struct thing things[THINGS];
	struct index index = index_of();
	struct rng rng = rng_of_number(4);
	size_t in = 0;
	for (int step = 0; step < 20000; step++) {
		unsigned int i = rng_below(&rng, THINGS);
		uint64_t hash = i % 50 * 64; /* ten of each hash, and few buckets */
		if (things[i].node.in) {
			index_remove(&index, &things[i].node);
			in--;
		} else {
			things[i].number = 1;
			assert_true(index_add(&index, &things[i].node, hash));
			in++;
		}
		unsigned int same = 0;
		for (unsigned int j = i % 50; j < THINGS; j += 50)
			same += things[j].node.in;
		assert_int_equal(find(&index, hash), same);
		assert_int_equal(index.count, in);
	}
	index_free(&index);
	assert_int_equal(index.count, 0);
	assert_null(index_first(&index, 0));
}

static unsigned int visited;

/* The owner of what is in may end with it. */
static void visit(void *node)
{
	struct thing *thing = CONTAINER_OF(node, struct thing, node);
	visited += thing->number;
	free(thing);
}

static void each_is_visited(void **state)
{
	(void)state;
	struct index index = index_of();
	index_each(&index, visit);
	assert_int_equal(visited, 0);
	for (unsigned int i = 0; i < 3; i++) {
		struct thing *thing = calloc(1, sizeof *thing);
		assert_non_null(thing);
		thing->number = 1u << i;
		assert_true(index_add(&index, &thing->node, i % 2));
	}
	index_each(&index, visit);
	assert_int_equal(visited, 7);
	index_free(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_hashes_stand_side_by_side),
		cmocka_unit_test(it_grows),
		cmocka_unit_test(behaves_as_a_list),
		cmocka_unit_test(each_is_visited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
