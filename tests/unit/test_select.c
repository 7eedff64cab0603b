#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "resolver/select.h"
#include "wire/limits.h"

static void recall(void *context, struct target *target)
{
	(void)context;
	target->known = true;
}

/* How often each of three targets is chosen in 1,000 choices. */
static void count(struct target targets[3], unsigned int counts[3])
{
	struct rng rng = rng_of_number(1);
	counts[0] = counts[1] = counts[2] = 0;
	for (unsigned int i = 0; i < 1000; i++) {
		struct target *target = select_target(targets, 3, 100, &rng, recall, NULL);
		if (target != NULL)
			counts[target - targets]++;
	}
}

static void the_quick_are_asked_most(void **state)
{
	(void)state;
	struct target targets[3] = { { .memory.srtt_us = 10000 }, { .memory.srtt_us = 12000 }, { .memory.srtt_us = 300000 } };
	unsigned int counts[3];
	count(targets, counts);
	assert_true(counts[0] > 300 && counts[1] > 300);
	assert_true(counts[2] > 0 && counts[2] < 60); /* looked at now and then */
	assert_int_equal(counts[0] + counts[1] + counts[2], 1000);
}

static void the_unknown_are_tried(void **state)
{
	(void)state;
	struct target targets[3] = { { .memory.srtt_us = 100000 }, { .memory.srtt_us = 0 }, { .memory.srtt_us = 100000 } };
	unsigned int counts[3];
	count(targets, counts);
	assert_true(counts[1] > 900);
}

/* Another connection may take all the time that is left: first those that are doubtful, and may be good again. */
static void who_had_a_connection_comes_last(void **state)
{
	(void)state;
	struct target targets[3] = { { .memory.srtt_us = 1000, .sends = 1, .connects = 1, .stream = true },
				     { .memory.srtt_us = 200000, .lame = true },
				     { .useless = true } };
	unsigned int counts[3];
	count(targets, counts);
	assert_int_equal(counts[1], 1000);
	targets[1].useless = true;
	count(targets, counts);
	assert_int_equal(counts[0], 1000);
}

static void who_was_asked_comes_later(void **state)
{
	(void)state;
	struct target targets[3] = { { .memory.srtt_us = 1000, .sends = 1 }, { .memory.srtt_us = 200000 }, { .useless = true } };
	unsigned int counts[3];
	count(targets, counts);
	assert_int_equal(counts[1], 1000);
	targets[1].sends = LIMIT_SENDS_PER_SERVER;
	count(targets, counts);
	assert_int_equal(counts[0], 1000);
	targets[0].sends = LIMIT_SENDS_PER_SERVER;
	count(targets, counts);
	assert_int_equal(counts[0] + counts[1] + counts[2], 0);
}

/* Resting and lame ones are better than nobody, once. */
static void the_doubtful_are_the_last(void **state)
{
	(void)state;
	struct target targets[3] = { { .memory.rest_until = 200 }, { .lame = true, .known = true }, { .memory.srtt_us = 900000 } };
	unsigned int counts[3];
	count(targets, counts);
	assert_int_equal(counts[2], 1000);
	targets[2].useless = true;
	count(targets, counts);
	assert_true(counts[0] > 300 && counts[1] > 300);
	targets[0].sends = targets[1].sends = 1;
	count(targets, counts);
	assert_int_equal(counts[0] + counts[1] + counts[2], 0);
}

/* One that was heard before rests because packets get lost, perhaps: it is asked again, after all others. */
static void who_was_heard_is_asked_again_though_it_rests(void **state)
{
	(void)state;
	struct target targets[3] = { { .memory = { .rest_until = 200, .srtt_us = 1000 }, .sends = 1 },
				     { .memory = { .rest_until = 200 }, .sends = 1 },
				     { .memory = { .srtt_us = 900000 } } };
	unsigned int counts[3];
	count(targets, counts);
	assert_int_equal(counts[2], 1000);
	targets[2].useless = true;
	count(targets, counts);
	assert_int_equal(counts[0], 1000);
	targets[0].lame = targets[0].known = true;
	count(targets, counts);
	assert_int_equal(counts[0] + counts[1], 0);
}

/* Silence makes a server one that is asked later, not one that is waited for longer. */
static void the_silent_come_later(void **state)
{
	(void)state;
	struct target targets[3] = { { .memory = { .srtt_us = 10000, .silences = 2 } },
				     { .memory = { .srtt_us = 500000 } },
				     { .useless = true } };
	unsigned int counts[3];
	count(targets, counts);
	assert_true(counts[1] > counts[0]);
	targets[0].memory.silences = 1;
	count(targets, counts);
	assert_true(counts[0] > counts[1]);
	uint32_t wait = select_timeout(&targets[0]);
	targets[0].memory.silences = 3;
	assert_int_equal(select_timeout(&targets[0]), wait);
}

static void a_first_wait_over_tcp_is_short_for_the_quick(void **state)
{
	(void)state;
	struct target target = { .stream = true };
	assert_int_equal(select_timeout(&target), LIMIT_STREAM_TIMEOUT_FIRST_MS * 1000);
	target.memory = (struct server){ .srtt_us = 200000, .rttvar_us = 25000 };
	assert_int_equal(select_timeout(&target), 1200000);
	target.memory.srtt_us = 900000;
	assert_int_equal(select_timeout(&target), LIMIT_UPSTREAM_TIMEOUT_MAX_MS * 1000);
	target.connects = 1;
	assert_int_equal(select_timeout(&target), LIMIT_STREAM_TIMEOUT_MS * 1000);
}

static void waits_grow(void **state)
{
	(void)state;
	struct target target = { .memory = { .srtt_us = 0 } };
	assert_int_equal(select_timeout(&target), LIMIT_UPSTREAM_TIMEOUT_FIRST_MS * 1000);
	target.memory = (struct server){ .srtt_us = 1000, .rttvar_us = 100 };
	uint32_t first = select_timeout(&target);
	assert_int_equal(first, LIMIT_UPSTREAM_TIMEOUT_MIN_MS * 1000);
	target.sends = 1;
	uint32_t second = select_timeout(&target);
	target.sends = 2;
	assert_true(first < second && second < select_timeout(&target));
	assert_int_equal(select_timeout(&target), LIMIT_UPSTREAM_TIMEOUT_MAX_MS * 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_quick_are_asked_most),  cmocka_unit_test(the_unknown_are_tried),
		cmocka_unit_test(who_had_a_connection_comes_last),
		cmocka_unit_test(who_was_asked_comes_later), cmocka_unit_test(the_doubtful_are_the_last),
		cmocka_unit_test(who_was_heard_is_asked_again_though_it_rests),
		cmocka_unit_test(the_silent_come_later),
		cmocka_unit_test(a_first_wait_over_tcp_is_short_for_the_quick),
		cmocka_unit_test(waits_grow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
