#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "resolver/tally.h"
#include "wire/limits.h"

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

static void take(struct tally *tally, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		assert_true(tally_take(tally, 7, 1000));
}

static void learn(struct tally *tally, unsigned int percent)
{
	for (unsigned int i = 0; i < LIMIT_QUOTA_SAMPLE; i++)
		tally_learn(tally, 7, i * 100 < percent * LIMIT_QUOTA_SAMPLE);
}

/* How many there may be of `limit`, found out by taking. */
static unsigned int room(struct tally *tally, unsigned int limit)
{
	unsigned int count = 0;
	while (tally_take(tally, 7, limit))
		count++;
	for (unsigned int i = 0; i < count; i++)
		tally_give(tally, 7);
	return tally_count(tally, 7) + count;
}

/* Time-outs bring it down to its floor and no further, answers bring it back; between the two it stays. */
static void a_quota_falls_and_rises(void **state)
{
	(void)state;
	struct tally tally = tally_of();
	unsigned int before = 400;
	take(&tally, 1);
	assert_int_equal(room(&tally, 400), 400);
	learn(&tally, LIMIT_QUOTA_FALL_PERCENT);
	assert_int_equal(room(&tally, 400), 400);
	for (unsigned int i = 0; i < 4; i++) {
		learn(&tally, 100);
		unsigned int now = room(&tally, 400);
		assert_true(now < before && now >= before * 7 / 10);
		before = now;
	}
	for (unsigned int i = 0; i < 100; i++)
		learn(&tally, LIMIT_QUOTA_FALL_PERCENT + 10);
	assert_int_equal(room(&tally, 400), 40);
	assert_int_equal(room(&tally, 5), 1);
	assert_int_equal(tally_left(&tally, 7, 400), 39);
	assert_int_equal(tally_left(&tally, 8, 400), 400);
	take(&tally, 39);
	assert_false(tally_take(&tally, 7, 400));
	assert_true(tally_take_whole(&tally, 7, 400));
	assert_int_equal(tally_left(&tally, 7, 400), 0);
	learn(&tally, LIMIT_QUOTA_RISE_PERCENT);
	assert_false(tally_take(&tally, 7, 400));
	for (unsigned int i = 0; i < 20; i++)
		learn(&tally, 0);
	assert_int_equal(room(&tally, 400), 400);
	tally_free(&tally);
}

/* One that is at zero begins anew. */
static void a_quota_is_whole_again_after_zero(void **state)
{
	(void)state;
	struct tally tally = tally_of();
	take(&tally, 1);
	for (unsigned int i = 0; i < 20; i++)
		learn(&tally, 100);
	tally_give(&tally, 7);
	learn(&tally, 100); /* of none there is nothing to learn */
	assert_int_equal(room(&tally, 400), 400);
	tally_free(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_up_to_its_limit),
		cmocka_unit_test(a_quota_falls_and_rises),
		cmocka_unit_test(a_quota_is_whole_again_after_zero),
		cmocka_unit_test(nothing_is_left_of_what_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
