#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/index.h"

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

static unsigned int visited;

static void visit(void *node)
{
	visited += ((struct thing *)node)->number;
}

static void each_is_visited(void **state)
{
	(void)state;
	struct thing things[3] = { { .number = 1 }, { .number = 2 }, { .number = 4 } };
	struct index index = index_of();
	for (unsigned int i = 0; i < 3; i++)
		assert_true(index_add(&index, &things[i].node, i));
	index_each(&index, visit);
	assert_int_equal(visited, 7);
	index_free(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_hashes_stand_side_by_side),
		cmocka_unit_test(it_grows),
		cmocka_unit_test(each_is_visited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
