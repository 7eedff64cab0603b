#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/rng.h"
#include "cache/table.h"

static const struct hash_key key_of_table = { 1, 2 };

static struct table_key number_key(uint32_t number)
{
	struct table_key key = { .size = 1 + sizeof number };
	key.octets[0] = TABLE_RRSET;
	memcpy(key.octets + 1, &number, sizeof number);
	return key;
}

static void values_are_copied_out(void **state)
{
	(void)state;
	struct table *table = table_create(1 << 20, key_of_table);
	struct arena arena = arena_of(0);
	struct table_key key = number_key(1);
	struct table_found found;
	uint8_t into[8];
	size_t size;
	assert_true(table_put(table, table_key_span(&key), span_of("first", 5), 10, 20, 1));
	assert_true(table_get(table, table_key_span(&key), 10, &arena, &found));
	assert_true(table_put(table, table_key_span(&key), span_of("other", 5), 10, 20, 1));
	assert_true(span_equal(found.value, span_of("first", 5)));
	assert_true(table_get_into(table, table_key_span(&key), 19, into, sizeof into, &size));
	assert_true(size == 5 && memcmp(into, "other", 5) == 0);
	assert_false(table_get_into(table, table_key_span(&key), 19, into, 4, &size));
	assert_false(table_get_into(table, table_key_span(&key), 20, into, sizeof into, &size));
	table_clear(table);
	assert_int_equal(table_count(table).entries, 0);
	assert_true(table_put(table, table_key_span(&key), span_of("again", 5), 10, 20, 1));
	arena_free(&arena);
	table_destroy(table);
}

static void ranked_removal(void **state)
{
	(void)state;
	struct table *table = table_create(1 << 20, key_of_table);
	struct table_key key = number_key(1);
	assert_true(table_put(table, table_key_span(&key), span_of("x", 1), 10, 20, 2));
	assert_false(table_remove_ranked(table, table_key_span(&key), 1));
	assert_true(table_remove_ranked(table, table_key_span(&key), 2));
	assert_false(table_remove(table, table_key_span(&key)));
	table_destroy(table);
}

static void a_life_is_only_shortened(void **state)
{
	(void)state;
	struct table *table = table_create(1 << 20, key_of_table);
	struct table_key key = number_key(1);
	uint8_t into[8];
	size_t size;
	assert_false(table_shorten(table, table_key_span(&key), 15));
	assert_true(table_put(table, table_key_span(&key), span_of("x", 1), 10, 20, 2));
	assert_true(table_shorten(table, table_key_span(&key), 30));
	assert_false(table_get_into(table, table_key_span(&key), 20, into, sizeof into, &size));
	assert_true(table_shorten(table, table_key_span(&key), 15));
	assert_true(table_get_into(table, table_key_span(&key), 14, into, sizeof into, &size));
	assert_false(table_get_into(table, table_key_span(&key), 15, into, sizeof into, &size));
	table_destroy(table);
}

static void names_are_keys_in_lower_case(void **state)
{
	(void)state;
	struct name_buffer buffers[2];
	struct name names[2];
	assert_true(name_of_text("WWW.Example.com", &buffers[0], &names[0]));
	assert_true(name_of_text("www.example.COM", &buffers[1], &names[1]));
	struct table_key a = table_key_of_name(TABLE_RRSET, names[0], span_of("\0\1", 2));
	struct table_key b = table_key_of_name(TABLE_RRSET, names[1], span_of("\0\1", 2));
	struct table_key c = table_key_of_name(TABLE_FAILURE, names[1], span_of("\0\1", 2));
	assert_true(span_equal(table_key_span(&a), table_key_span(&b)));
	assert_false(span_equal(table_key_span(&a), table_key_span(&c)));
}

static void the_limit_is_of_all_shards(void **state)
{
	(void)state;
	const size_t limit = 8u << 20;
	struct table *table = table_create(limit, key_of_table);
	struct rng rng = rng_of_number(3);
	uint8_t value[300] = { 0 };
	for (uint32_t i = 0; i < 100000; i++) {
		struct table_key key = number_key(i);
		table_put(table, table_key_span(&key), span_of(value, rng_below(&rng, 300)), 0, 100, 0);
	}
	struct store_counts counts = table_count(table);
	assert_true(counts.octets <= limit && counts.octets > limit / 2);
	assert_true(counts.inserted == 100000 && counts.evicted > 0);
	table_destroy(table);
}

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define MEMORY_IS_REAL 0 /* a sanitizer's own memory is in it */
#else
#define MEMORY_IS_REAL 1
#endif

/* Octets of the process that are in memory. */
static size_t resident(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long all, pages = 0;
	if (file == NULL || fscanf(file, "%lu %lu", &all, &pages) != 2)
		pages = 0;
	if (file != NULL)
		fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* The limit is one of real memory: a million random inserts of all sizes stay within 15 % of it. */
static void the_limit_is_real(void **state)
{
	(void)state;
	const size_t limit = 32u << 20;
	static uint8_t value[1400];
	struct rng rng = rng_of_number(5);
	size_t before = resident();
	if (!MEMORY_IS_REAL || before == 0)
		skip();
	struct table *table = table_create(limit, key_of_table);
	for (uint32_t i = 0; i < 1000000; i++) {
		struct table_key key = number_key(rng_u32(&rng));
		key.size += rng_below(&rng, 40); /* whatever lies behind */
		memset(key.octets + 5, 'n', key.size - 5);
		size_t size = rng_below(&rng, 20) == 0 ? rng_below(&rng, sizeof value) : 8 + rng_below(&rng, 120);
		table_put(table, table_key_span(&key), span_of(value, size), 0, 100, 0);
	}
	size_t grown = resident() - before;
	print_message("%zu KiB resident for a limit of %zu KiB\n", grown >> 10, limit >> 10);
	assert_true(grown <= limit + limit * 15 / 100);
	assert_true(table_count(table).octets > limit - limit / 50);
	table_destroy(table);
}

/* Each value is its key many times over: a torn or mixed-up one is noticed. */
struct hammer {
	struct table *table;
	uint64_t seed;
	unsigned int wrong;
};

static void *hammer(void *context)
{
	struct hammer *hammer = context;
	struct rng rng = rng_of_number(hammer->seed);
	struct arena arena = arena_of(0);
	for (unsigned int i = 0; i < 60000; i++) {
		uint32_t number = rng_below(&rng, 5000), value[16];
		struct table_key key = number_key(number);
		struct table_found found;
		for (unsigned int j = 0; j < 16; j++)
			value[j] = number;
		if (rng_below(&rng, 2) == 0)
			table_put(hammer->table, table_key_span(&key), span_of(value, 4u * (1 + rng_below(&rng, 16))), 0,
				  10, 0);
		else if (rng_below(&rng, 8) == 0)
			table_remove(hammer->table, table_key_span(&key));
		else if (rng_below(&rng, 8) == 0)
			table_shorten(hammer->table, table_key_span(&key), rng_below(&rng, 10));
		else if (rng_below(&rng, 5000) == 0)
			table_clear(hammer->table);
		else if (table_get(hammer->table, table_key_span(&key), 0, &arena, &found) &&
			 memcmp(found.value.octets, value, found.value.size) != 0)
			hammer->wrong++;
		arena_reset(&arena);
	}
	arena_free(&arena);
	return NULL;
}

static void threads_share_it(void **state)
{
	(void)state;
	struct table *table = table_create(512 << 10, key_of_table);
	struct hammer hammers[4];
	pthread_t threads[4];
	for (unsigned int i = 0; i < 4; i++) {
		hammers[i] = (struct hammer){ table, i + 1, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, &hammers[i]), 0);
	}
	for (unsigned int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(hammers[i].wrong, 0);
	}
	assert_true(table_count(table).octets <= 512 << 10);
	table_destroy(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_copied_out),	cmocka_unit_test(ranked_removal),
		cmocka_unit_test(names_are_keys_in_lower_case), cmocka_unit_test(the_limit_is_of_all_shards),
		cmocka_unit_test(the_limit_is_real),		cmocka_unit_test(threads_share_it),
		cmocka_unit_test(a_life_is_only_shortened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
