#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "cache/store.h"

#define PLENTY (16u << 20)

static struct span text(const char *octets)
{
	return span_of(octets, strlen(octets));
}

static bool has(struct store *store, uint64_t hash, const char *key, uint64_t age, const char *value)
{
	struct store_found found;
	return store_find(store, hash, text(key), age, &found) && span_equal(found.value, text(value));
}

static void kept_until_its_second(void **state)
{
	(void)state;
	struct store *store = store_create(PLENTY);
	struct store_found found;
	assert_true(store_put(store, 7, text("key"), text("value"), 100, 110, 3));
	assert_true(store_find(store, 7, text("key"), 109, &found));
	assert_int_equal(found.expiry, 110);
	assert_int_equal(found.rank, 3);
	assert_true(span_equal(found.value, text("value")));
	assert_false(store_find(store, 7, text("key"), 110, &found));
	assert_false(store_find(store, 7, text("kez"), 105, &found));
	store_destroy(store);
}

static void equal_hashes_are_not_equal_keys(void **state)
{
	(void)state;
	struct store *store = store_create(PLENTY);
	assert_true(store_put(store, 1, text("a"), text("one"), 0, 9, 0));
	assert_true(store_put(store, 1, text("b"), text("two"), 0, 9, 0));
	assert_true(store_put(store, 1, text("c"), text(""), 0, 9, 0));
	assert_true(has(store, 1, "a", 0, "one"));
	assert_true(has(store, 1, "b", 0, "two"));
	assert_true(store_remove(store, 1, text("a")));
	assert_false(store_remove(store, 1, text("a")));
	assert_true(has(store, 1, "b", 0, "two"));
	assert_true(has(store, 1, "c", 0, ""));
	assert_int_equal(store_count(store).entries, 2);
	store_destroy(store);
}

static void rank_holds_while_it_lives(void **state)
{
	(void)state;
	struct store *store = store_create(PLENTY);
	assert_true(store_put(store, 1, text("a"), text("good"), 0, 10, 2));
	assert_false(store_put(store, 1, text("a"), text("bad"), 5, 50, 1));
	assert_true(has(store, 1, "a", 5, "good"));
	assert_true(store_put(store, 1, text("a"), text("equal"), 5, 20, 2));
	assert_true(has(store, 1, "a", 5, "equal"));
	assert_true(store_put(store, 1, text("a"), text("late"), 20, 50, 1));
	assert_true(has(store, 1, "a", 20, "late"));
	assert_int_equal(store_count(store).entries, 1);
	assert_int_equal(store_count(store).refused, 1);
	store_destroy(store);
}

static void too_large_is_refused(void **state)
{
	(void)state;
	static uint8_t big[STORE_VALUE_MAX + 1];
	struct store *store = store_create(64 << 10);
	assert_false(store_put(store, 1, text("a"), span_of(big, sizeof big), 0, 9, 0));
	assert_false(store_put(store, 1, text("a"), span_of(big, 40000), 0, 9, 0));
	assert_false(store_put(store, 1, span_of(big, STORE_KEY_MAX + 1), text("v"), 0, 9, 0));
	assert_int_equal(store_count(store).entries, 0);
	store_destroy(store);
}

static uint64_t put_number(struct store *store, uint32_t number, size_t size)
{
	uint8_t value[512] = { 0 };
	uint64_t hash = number * 0x9e3779b97f4a7c15u;
	memcpy(value, &number, sizeof number);
	store_put(store, hash, span_of(&number, sizeof number), span_of(value, size), 0, 1000, 0);
	return hash;
}

static bool has_number(struct store *store, uint32_t number)
{
	struct store_found found;
	return store_find(store, number * 0x9e3779b97f4a7c15u, span_of(&number, sizeof number), 1, &found) &&
	       memcmp(found.value.octets, &number, sizeof number) == 0;
}

static void the_limit_holds(void **state)
{
	(void)state;
	const size_t limit = 300000;
	struct rng rng = rng_of_number(1);
	struct store *store = store_create(limit);
	for (uint32_t i = 0; i < 20000; i++) {
		put_number(store, i, 4 + rng_below(&rng, 400));
		assert_true(store_count(store).octets <= limit);
	}
	assert_true(store_count(store).octets > limit / 2);
	assert_true(store_count(store).evicted > 15000);
	store_resize(store, limit / 4);
	assert_true(store_count(store).octets <= limit / 4);
	store_destroy(store);
}

/* What is asked for survives a flood of what is not: that is what SIEVE is for. */
static void sieve_spares_what_is_asked_for(void **state)
{
	(void)state;
	struct store *store = store_create(200000);
	for (uint32_t i = 0; i < 100; i++)
		put_number(store, i, 64);
	for (uint32_t round = 0; round < 200; round++) {
		for (uint32_t i = 0; i < 100; i++)
			assert_true(has_number(store, i));
		for (uint32_t i = 0; i < 100; i++)
			put_number(store, 1000 + round * 100 + i, 64);
	}
	assert_true(store_count(store).evicted > 10000);
	store_destroy(store);
}

/* The hand has taken the newest entry: it goes on with the oldest. Waiting at the end it would take each newcomer
 * before anybody could ask for it again, and the store would learn nothing more. */
static void the_hand_goes_round(void **state)
{
	(void)state;
	struct store *store = store_create(200000);
	uint32_t count = 0, known = 0;
	while (store_count(store).evicted == 0)
		put_number(store, count++, 64);
	for (uint32_t i = 0; i + 1 < count; i++)
		(void)has_number(store, i);
	put_number(store, count, 64);
	for (uint32_t i = 0; i < 10; i++)
		put_number(store, 1000000 + i, 64);
	for (uint32_t i = 0; i < 10; i++)
		known += has_number(store, 1000000 + i);
	assert_int_equal(known, 10);
	store_destroy(store);
}

static void small_limits_hold_too(void **state)
{
	(void)state;
	for (size_t limit = 200; limit < 4000; limit += 24) {
		struct store *store = store_create(limit);
		for (uint32_t i = 0; i < 200; i++) {
			put_number(store, i, 4 + i % 90);
			assert_true(store_count(store).octets <= limit);
		}
		assert_true(limit < 1000 || store_count(store).entries > 0);
		store_destroy(store);
	}
}

/* Index and queue shrink with it, so that what is left is of use. */
static void a_lower_limit_leaves_room_for_entries(void **state)
{
	(void)state;
	struct store *store = store_create(4000000);
	for (uint32_t i = 0; i < 40000; i++)
		put_number(store, i, 64);
	store_resize(store, 100000);
	assert_true(store_count(store).octets <= 100000);
	assert_true(store_count(store).entries > 500);
	assert_true(has_number(store, 39999));
	for (uint32_t i = 0; i < 5000; i++) {
		put_number(store, i, 64);
		assert_true(store_count(store).octets <= 100000);
	}
	assert_true(store_count(store).entries > 500);
	assert_true(has_number(store, 4999));
	store_resize(store, 0);
	assert_int_equal(store_count(store).entries, 0);
	store_resize(store, 100000);
	put_number(store, 1, 64);
	assert_true(has_number(store, 1));
	store_destroy(store);
}

static void a_life_is_only_shortened(void **state)
{
	(void)state;
	struct store *store = store_create(PLENTY);
	assert_false(store_shorten(store, 1, text("a"), 5));
	assert_true(store_put(store, 1, text("a"), text("value"), 0, 10, 3));
	assert_true(store_shorten(store, 1, text("a"), UINT64_MAX));
	assert_true(has(store, 1, "a", 9, "value"));
	assert_false(has(store, 1, "a", 10, "value"));
	assert_true(store_shorten(store, 1, text("a"), 6));
	assert_true(has(store, 1, "a", 5, "value"));
	assert_false(has(store, 1, "a", 6, "value"));
	store_destroy(store);
}

/* Against a plain array of what ought to be there. */
#define MODEL_KEYS 300u

struct model {
	bool there;
	uint8_t rank;
	uint64_t expiry;
	uint8_t value[40];
	size_t size;
};

static void model_step(struct store *store, struct model *model, struct rng *rng, uint64_t age)
{
	uint32_t key = rng_below(rng, MODEL_KEYS);
	uint64_t hash = key % 37; /* many collisions */
	struct span octets = span_of(&key, sizeof key);
	struct model *entry = &model[key];
	bool live = entry->there && entry->expiry > age;
	struct store_found found;
	if (rng_below(rng, 3) == 0) {
		struct model next = { .there = true, .rank = (uint8_t)rng_below(rng, 3), .size = rng_below(rng, 41) };
		next.expiry = age + rng_below(rng, 50);
		rng_octets(rng, next.value, next.size);
		bool kept = store_put(store, hash, octets, span_of(next.value, next.size), age, next.expiry, next.rank);
		assert_int_equal(kept, !(live && entry->rank > next.rank));
		if (kept)
			*entry = next;
	} else if (rng_below(rng, 5) == 0) {
		assert_int_equal(store_remove(store, hash, octets), entry->there);
		entry->there = false;
	} else {
		assert_int_equal(store_find(store, hash, octets, age, &found), live);
		if (live)
			assert_true(span_equal(found.value, span_of(entry->value, entry->size)));
	}
}

static void it_does_what_a_plain_map_does(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		static struct model model[MODEL_KEYS];
		struct rng rng = rng_of_number(seed);
		struct store *store = store_create(PLENTY);
		uint64_t age = 1000;
		memset(model, 0, sizeof model);
		for (unsigned int i = 0; i < 20000; i++) {
			age += rng_below(&rng, 10) == 0;
			model_step(store, model, &rng, age);
		}
		store_destroy(store);
	}
}

/* Where there is too little room entries may be gone, but what is there is what was put last. */
static void under_pressure_it_forgets_and_mistakes_nothing(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		static uint32_t last[2000];
		struct rng rng = rng_of_number(seed);
		const size_t limit = 2000 + rng_below(&rng, 60000);
		struct store *store = store_create(limit);
		memset(last, 0, sizeof last);
		for (uint32_t i = 1; i <= 20000; i++) {
			uint32_t number = rng_below(&rng, 2000), what = rng_below(&rng, 8);
			struct span key = span_of(&number, sizeof number);
			uint32_t value[100] = { i };
			struct store_found found;
			if (what < 4) {
				size_t size = 4 + rng_below(&rng, 397);
				if (store_put(store, number % 97, key, span_of(value, size), 0, 9, 0))
					last[number] = i;
			} else if (what == 4) {
				(void)store_remove(store, number % 97, key);
				last[number] = 0;
			} else if (store_find(store, number % 97, key, 0, &found)) {
				assert_true(last[number] != 0);
				assert_memory_equal(found.value.octets, &last[number], 4);
			}
			assert_true(store_count(store).octets <= limit);
		}
		assert_true(store_count(store).entries > 0 && store_count(store).evicted > 0);
		store_destroy(store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept_until_its_second),
		cmocka_unit_test(equal_hashes_are_not_equal_keys),
		cmocka_unit_test(rank_holds_while_it_lives),
		cmocka_unit_test(too_large_is_refused),
		cmocka_unit_test(the_limit_holds),
		cmocka_unit_test(sieve_spares_what_is_asked_for),
		cmocka_unit_test(the_hand_goes_round),
		cmocka_unit_test(small_limits_hold_too),
		cmocka_unit_test(a_lower_limit_leaves_room_for_entries),
		cmocka_unit_test(a_life_is_only_shortened),
		cmocka_unit_test(it_does_what_a_plain_map_does),
		cmocka_unit_test(under_pressure_it_forgets_and_mistakes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
