#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"

/* From a zero seed. The first block is RFC 8439 appendix A.1, test vector 1: its second half comes out. The next
 * two were made with OpenSSL: the key is the first half of the block before. */
static const uint8_t known[96] = {
	0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d, 0x77, 0x24, 0xe0, 0x3f, 0xb8, 0xd8, 0x4a, 0x37,
	0x6a, 0x43, 0xb8, 0xf4, 0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86,
	0xaf, 0xbd, 0xad, 0x28, 0x45, 0xb9, 0x3c, 0xdb, 0xb2, 0xfe, 0x64, 0x63, 0xd2, 0xfe, 0x16, 0x2a,
	0xda, 0xe0, 0xf6, 0xe6, 0x76, 0xf0, 0x49, 0x42, 0x18, 0xf5, 0xce, 0x05, 0x96, 0xe7, 0x9f, 0x5c,
	0x83, 0x5c, 0x96, 0x77, 0xf5, 0x58, 0x61, 0x1a, 0x69, 0x38, 0x9b, 0x6e, 0xe9, 0x3b, 0x04, 0x30,
	0x29, 0xb6, 0x57, 0xd2, 0x31, 0x44, 0xc7, 0x75, 0xf0, 0xd0, 0x45, 0x4b, 0xce, 0x60, 0x12, 0x67,
};

static void gives_known_answers_in_any_portions(void **state)
{
	(void)state;
	const uint8_t seed[RNG_SEED_SIZE] = { 0 };
	for (size_t portion = 1; portion <= sizeof known; portion++) {
		struct rng rng = rng_of(seed);
		uint8_t drawn[sizeof known];
		for (size_t at = 0; at < sizeof known; at += portion)
			rng_octets(&rng, drawn + at, at + portion < sizeof known ? portion : sizeof known - at);
		assert_memory_equal(drawn, known, sizeof known);
	}
}

static void what_was_drawn_is_not_in_the_state(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(3);
	uint64_t drawn = rng_u64(&rng);
	const uint8_t *octets = (const uint8_t *)&rng;
	for (size_t i = 0; i + sizeof drawn <= sizeof rng; i++)
		assert_memory_not_equal(octets + i, &drawn, sizeof drawn);
}

static void same_seed_same_numbers(void **state)
{
	(void)state;
	struct rng a = rng_of_number(42), b = rng_of_number(42), c = rng_of_number(43);
	int same = 0;
	for (int i = 0; i < 1000; i++) {
		uint32_t drawn = rng_u32(&a);
		assert_int_equal(drawn, rng_u32(&b));
		same += drawn == rng_u32(&c);
	}
	assert_true(same < 3);
}

/* Chi-square over the bounds that the resolver uses and such as divide 2^32 badly. With d degrees of freedom the
 * value lies within d +- 5 sqrt(2 d); the seed is fixed, so this cannot fail by chance. */
static void below_is_uniform(void **state)
{
	(void)state;
	static const uint32_t bounds[] = { 2, 3, 7, 13, 26, 100, 1000 };
	struct rng rng = rng_of_number(9);
	for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
		uint32_t bound = bounds[i], seen[1000] = { 0 };
		double expected = 200, chi = 0, degrees = bound - 1;
		for (uint32_t draw = 0; draw < 200 * bound; draw++) {
			uint32_t drawn = rng_below(&rng, bound);
			assert_true(drawn < bound);
			seen[drawn]++;
		}
		for (uint32_t j = 0; j < bound; j++)
			chi += (seen[j] - expected) * (seen[j] - expected) / expected;
		assert_true((chi - degrees) * (chi - degrees) < 25 * 2 * degrees);
	}
}

/* A plain remainder would give the lower third of the numbers twice as often. */
static void below_does_not_favour_small_numbers(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(11);
	uint32_t low = 0, bound = 0xc0000000u;
	for (int i = 0; i < 30000; i++)
		low += rng_below(&rng, bound) < bound / 3;
	assert_true(low > 9500 && low < 10500);
}

static void below_one_is_zero(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(1);
	assert_int_equal(rng_below(&rng, 1), 0);
	assert_true(rng_below(&rng, UINT32_MAX) < UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_known_answers_in_any_portions),
		cmocka_unit_test(what_was_drawn_is_not_in_the_state),
		cmocka_unit_test(same_seed_same_numbers),
		cmocka_unit_test(below_is_uniform),
		cmocka_unit_test(below_does_not_favour_small_numbers),
		cmocka_unit_test(below_one_is_zero),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
