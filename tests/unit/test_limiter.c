#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/instant.h"
#include "resolver/limiter.h"
#include "wire/limits.h"

#define NOW (1000 * (uint64_t)TICKS_PER_S)

static struct ip ip_of(const char *text)
{
	struct ip ip;
	assert_true(ip_of_text(text, &ip));
	return ip;
}

static unsigned int take(struct limiter *limiter, const char *client, uint64_t ticks, unsigned int asked)
{
	unsigned int taken = 0;
	for (unsigned int i = 0; i < asked; i++)
		taken += limiter_take(limiter, ip_of(client), ticks);
	return taken;
}

static struct limiter *limiter_of(uint32_t answers)
{
	struct limiter *limiter = limiter_create(answers, (struct hash_key){ 3, 4 });
	assert_non_null(limiter);
	return limiter;
}

static void a_second_is_worth_so_many(void **state)
{
	(void)state;
	const uint32_t rates[] = { 1, 2, 7, 20, 50, 333, 1000 };
	for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
		struct limiter *limiter = limiter_of(rates[i]);
		assert_int_equal(take(limiter, "192.0.2.1", NOW, 3000), rates[i]);
		assert_int_equal(take(limiter, "192.0.2.1", NOW, 3000), 0);
		assert_int_equal(take(limiter, "192.0.2.1", NOW + TICKS_PER_S, 3000), rates[i]);
		/* What was not used in an hour is not saved. */
		assert_int_equal(take(limiter, "192.0.2.1", NOW + 3600 * (uint64_t)TICKS_PER_S, 3000), rates[i]);
		limiter_destroy(limiter);
	}
}

/* Ten thousand queries a second for a minute: twenty answers a second, none of them in a clump. */
static void a_flood_gets_its_rate(void **state)
{
	(void)state;
	struct limiter *limiter = limiter_of(20);
	unsigned int first = 0, later = 0, tenth = 0, most = 0;
	for (unsigned int i = 0; i < 600000; i++) {
		bool taken = limiter_take(limiter, ip_of("192.0.2.1"), NOW + i * UINT64_C(100));
		*(i < 10000 ? &first : &later) += taken;
		tenth = i % 1000 == 0 ? taken : tenth + taken;
		if (i >= 10000 && tenth > most)
			most = tenth;
	}
	assert_in_range(first, 38, 40);
	assert_in_range(later, 59 * 20 - 2, 59 * 20 + 2);
	assert_in_range(most, 2, 3);
	limiter_destroy(limiter);
}

static void networks_are_24_and_56_bits(void **state)
{
	(void)state;
	struct limiter *limiter = limiter_of(5);
	assert_int_equal(take(limiter, "192.0.2.1", NOW, 10), 5);
	assert_int_equal(take(limiter, "192.0.2.254", NOW, 10), 0);
	assert_int_equal(take(limiter, "192.0.3.1", NOW, 10), 5);
	assert_int_equal(take(limiter, "2001:db8:0:4200::1", NOW, 10), 5);
	assert_int_equal(take(limiter, "2001:db8:0:42ff:ffff::1", NOW, 10), 0);
	assert_int_equal(take(limiter, "2001:db8:0:4300::1", NOW, 10), 5);
	limiter_destroy(limiter);
}

static void add_number(struct ip *ip, unsigned int number)
{
	ip->octets[1] = (uint8_t)(number >> 8);
	ip->octets[2] = (uint8_t)number;
}

/* A thousand networks beside each other do not disturb each other; very many make it forget the quiet ones first. */
static void the_quiet_are_forgotten_first(void **state)
{
	(void)state;
	struct limiter *limiter = limiter_of(20);
	struct ip other = ip_of("11.0.0.1");
	unsigned int busy = 0;
	for (unsigned int i = 0; i < 1000; i++) {
		add_number(&other, i);
		for (unsigned int again = 0; again < 25; again++)
			assert_int_equal(limiter_take(limiter, other, NOW), again < 20);
	}
	for (unsigned int i = 0; i < 65536; i++) {
		add_number(&other, i);
		(void)limiter_take(limiter, other, NOW + i * UINT64_C(100));
		busy += limiter_take(limiter, ip_of("192.0.2.1"), NOW + i * UINT64_C(100));
	}
	assert_in_range(busy, 20 + 6 * 20, 20 + 7 * 20 + 20);
	limiter_destroy(limiter);
}

/* Nor does a table full of networks that are at their rate hold a new one back. */
static void a_full_table_holds_nobody_back(void **state)
{
	(void)state;
	struct limiter *limiter = limiter_of(20);
	struct ip other = ip_of("11.0.0.1");
	for (unsigned int i = 0; i < 65536; i++) {
		add_number(&other, i);
		for (unsigned int again = 0; again < 20; again++)
			assert_true(limiter_take(limiter, other, NOW));
	}
	assert_int_equal(take(limiter, "192.0.2.1", NOW, 30), 20);
	limiter_destroy(limiter);
}

/* The clock may stand anywhere, also where the word's moment wraps. */
static void any_time_is_good(void **state)
{
	(void)state;
	const uint64_t starts[] = { 0, 1, TICKS_PER_S, (UINT64_C(1) << 44) - 20 * TICKS_PER_MS, UINT64_MAX - 10 * TICKS_PER_S };
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		struct limiter *limiter = limiter_of(20);
		unsigned int taken = 0;
		for (unsigned int j = 0; j < 3000; j++)
			taken += limiter_take(limiter, ip_of("192.0.2.1"), starts[i] + j * TICKS_PER_MS);
		assert_in_range(taken, 78, 81);
		limiter_destroy(limiter);
	}
}

/* Workers take the time when they wake: one may be behind another. */
static void a_clock_behind_gains_nothing(void **state)
{
	(void)state;
	struct limiter *limiter = limiter_of(20);
	assert_int_equal(take(limiter, "192.0.2.1", NOW, 100), 20);
	assert_int_equal(take(limiter, "192.0.2.1", NOW - 100 * TICKS_PER_MS, 100), 0);
	assert_int_equal(take(limiter, "192.0.2.1", NOW + 50 * TICKS_PER_MS, 100), 1);
	limiter_destroy(limiter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_is_worth_so_many),
		cmocka_unit_test(a_flood_gets_its_rate),
		cmocka_unit_test(networks_are_24_and_56_bits),
		cmocka_unit_test(the_quiet_are_forgotten_first),
		cmocka_unit_test(a_full_table_holds_nobody_back),
		cmocka_unit_test(any_time_is_good),
		cmocka_unit_test(a_clock_behind_gains_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
