#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "wire/fold.h"

static uint8_t model(unsigned int octet)
{
	return (uint8_t)(octet >= 'A' && octet <= 'Z' ? octet + 32 : octet);
}

/* Every octet at every place of a word, between octets that would carry into their neighbours if any did. */
static void a_word_is_its_octets(void **state)
{
	(void)state;
	static const uint8_t around[] = { 0x00, 0x3f, 'A', 'Z', '@', '[', 'z', 0x7f, 0x80, 0xff };
	for (size_t a = 0; a < sizeof around; a++) {
		for (unsigned int octet = 0; octet < 256; octet++) {
			for (size_t place = 0; place < 8; place++) {
				uint8_t octets[8], folded[8];
				memset(octets, around[a], 8);
				octets[place] = (uint8_t)octet;
				uint64_t word = fold_load(octets);
				memcpy(folded, &word, 8);
				for (size_t i = 0; i < 8; i++)
					assert_int_equal(folded[i], model(octets[i]));
			}
			assert_int_equal(fold_octet((uint8_t)octet), model(octet));
		}
	}
}

/* One octet differs, at every place of every size: equal only when it differs by case. Memory is exact, so that the
 * sanitizer sees a read beyond it. */
static void equality_ends_where_the_octets_end(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 40; size++) {
		uint8_t *a = malloc(size + 1), *b = malloc(size + 1); /* one behind: not looked at */
		assert_true(a != NULL && b != NULL);
		memset(a, 'k', size);
		memset(b, 'K', size);
		a[size] = 'x';
		b[size] = 'y';
		assert_true(fold_equal(a, b, size));
		for (size_t place = 0; place < size; place++) {
			b[place] = 'l';
			assert_false(fold_equal(a, b, size));
			b[place] = 'K' ^ 0x80;
			assert_false(fold_equal(a, b, size));
			b[place] = 'K';
		}
		free(a);
		free(b);
	}
}

static void equality_is_the_models(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(3);
	static const uint8_t alphabet[] = "AaZz@`[{\0\x80";
	unsigned int equal = 0;
	for (int round = 0; round < 20000; round++) {
		uint8_t a[24], b[24];
		size_t size = rng_below(&rng, 12), at = rng_below(&rng, 12); /* unaligned too */
		bool same = true;
		for (size_t i = 0; i < size; i++) {
			a[at + i] = alphabet[rng_below(&rng, 10)];
			b[at + i] = rng_below(&rng, 8) == 0 ? alphabet[rng_below(&rng, 10)]
							    : a[at + i] ^ (a[at + i] & 0x40 ? 0x20 : 0);
			same = same && model(a[at + i]) == model(b[at + i]);
		}
		assert_int_equal(fold_equal(a + at, b + at, size), same);
		if (same)
			assert_true(fold_hash(7, a + at, size) == fold_hash(7, b + at, size));
		equal += same;
	}
	assert_in_range(equal, 1000, 19000); /* both were tried */
}

static void hashes_see_size_seed_and_octets(void **state)
{
	(void)state;
	static const uint8_t zeros[17] = { 0 };
	for (size_t size = 0; size < 16; size++)
		assert_true(fold_hash(1, zeros, size) != fold_hash(1, zeros, size + 1));
	assert_true(fold_hash(1, zeros, 8) != fold_hash(2, zeros, 8));
	assert_true(fold_hash(1, (const uint8_t *)"abcdefgh1", 9) != fold_hash(1, (const uint8_t *)"abcdefgh2", 9));
	assert_true(fold_hash(1, (const uint8_t *)"abcdefgh1", 9) == fold_hash(1, (const uint8_t *)"ABCDEFGH1", 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_its_octets),
		cmocka_unit_test(equality_ends_where_the_octets_end),
		cmocka_unit_test(equality_is_the_models),
		cmocka_unit_test(hashes_see_size_seed_and_octets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
