#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "resolver/tally.h"

static void counts_up_to_its_limit(void **state)
{
	(void)state;
	struct tally tally = tally_of();
	assert_true(tally_take(&tally, 7, 2));
	assert_true(tally_take(&tally, 7, 2));
	assert_false(tally_take(&tally, 7, 2));
	assert_true(tally_take(&tally, 8, 2));
	assert_int_equal(tally_count(&tally, 7), 2);
	tally_give(&tally, 7);
	assert_true(tally_take(&tally, 7, 2));
	assert_false(tally_take(&tally, 9, 0));
	tally_free(&tally);
}

/* What is at zero is forgotten: a million names one after another take the memory of one. */
static void nothing_is_left_of_what_is_gone(void **state)
{
	(void)state;
	struct tally tally = tally_of();
	for (uint64_t i = 0; i < 100000; i++) {
		assert_true(tally_take(&tally, i * 0x9e3779b97f4a7c15u, 1));
		tally_give(&tally, i * 0x9e3779b97f4a7c15u);
	}
	assert_int_equal(tally.rows.count, 0);
	assert_true(tally.rows.bucket_count <= 64);
	for (uint64_t i = 0; i < 1000; i++)
		assert_true(tally_take(&tally, i, 1));
	assert_int_equal(tally.rows.count, 1000);
	tally_free(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_up_to_its_limit),
		cmocka_unit_test(nothing_is_left_of_what_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
