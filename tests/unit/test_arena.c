#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

static void gives_zeroed_aligned_memory(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	for (size_t size = 1; size < 3000; size += 7) {
		uint8_t *memory = arena_alloc(&arena, size);
		assert_non_null(memory);
		assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xff, size);
	}
	arena_free(&arena);
}

static void pieces_do_not_overlap(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	uint8_t *pieces[500];
	for (size_t i = 0; i < 500; i++) {
		pieces[i] = arena_alloc(&arena, i + 1);
		memset(pieces[i], (int)(i % 251), i + 1);
	}
	for (size_t i = 0; i < 500; i++)
		for (size_t j = 0; j <= i; j++)
			assert_int_equal(pieces[i][j], i % 251);
	arena_free(&arena);
}

static void never_passes_its_ceiling(void **state)
{
	(void)state;
	struct arena arena = arena_of(10000);
	size_t given = 0;
	while (arena_alloc(&arena, 100) != NULL)
		given += 100;
	assert_true(arena.used <= 10000);
	assert_true(given >= 4000);
	arena_free(&arena);
	assert_int_equal(arena.used, 0);
	assert_non_null(arena_alloc(&arena, 100));
	arena_free(&arena);
}

static void large_pieces_have_their_own_chunk(void **state)
{
	(void)state;
	struct arena arena = arena_of(300000);
	assert_non_null(arena_alloc(&arena, 200000));
	assert_null(arena_alloc(&arena, 200000));
	assert_non_null(arena_alloc(&arena, 10));
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 20));
	arena_free(&arena);
}

static void copies(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	char text[] = "www.example.";
	struct span copy = arena_copy(&arena, span_of(text, sizeof text));
	text[0] = 'x';
	assert_string_equal((const char *)copy.octets, "www.example.");
	assert_null(arena_copy(&arena, span_of(text, 0)).octets);
	arena_free(&arena);
}

static void reset_keeps_a_chunk_and_zeroes_anew(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 100; i++) {
			uint8_t *memory = arena_alloc(&arena, 64);
			for (int j = 0; j < 64; j++)
				assert_int_equal(memory[j], 0);
			memset(memory, 0xff, 64);
		}
		arena_reset(&arena);
		assert_true(arena.used > 0 && arena.used <= ARENA_CHUNK_MAX);
	}
	arena_free(&arena);
	arena_reset(&arena);
	assert_int_equal(arena.used, 0);
}

/* Of many small ones each takes little, and a large one does not take much more than it needs. */
static void small_ones_begin_small(void **state)
{
	(void)state;
	struct arena arena = arena_of_small(100000, 512);
	assert_non_null(arena_alloc(&arena, 100));
	assert_int_equal(arena.used, 512);
	size_t needed = 100;
	while (needed < 50000) {
		assert_non_null(arena_alloc(&arena, 100));
		needed += 112;
	}
	assert_true(arena.used < needed * 3 / 2);
	while (arena_alloc(&arena, 100) != NULL)
		assert_true(arena.used <= 100000);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_zeroed_aligned_memory),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(never_passes_its_ceiling),
		cmocka_unit_test(large_pieces_have_their_own_chunk),
		cmocka_unit_test(small_ones_begin_small),
		cmocka_unit_test(copies),
		cmocka_unit_test(reset_keeps_a_chunk_and_zeroes_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
