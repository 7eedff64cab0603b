#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "wire/codes.h"
#include "wire/limits.h"
#include "wire/rrset.h"

static const uint8_t owner_octets[] = "\3Www\7example";
static const struct name owner = { owner_octets, sizeof owner_octets, 2 };

/* A record for each word, the signatures behind the others. */
static struct rrset packed(uint8_t memory[256], uint16_t count, uint16_t signatures, const char *const *words)
{
	struct builder builder = builder_of(memory, 256);
	for (int i = 0; i < count + signatures; i++) {
		builder_u16(&builder, (uint16_t)strlen(words[i]));
		builder_octets(&builder, span_of(words[i], strlen(words[i])));
	}
	assert_false(builder.overflowed);
	return (struct rrset){ .owner = owner,
			       .type = TYPE_NULL,
			       .class = CLASS_IN,
			       .ttl = 60,
			       .count = count,
			       .signatures = signatures,
			       .packed = builder_written(&builder) };
}

static void finds(struct rrset_walk walk, unsigned int count, const char *const *words)
{
	struct span rdata;
	for (unsigned int i = 0; i < count; i++) {
		assert_true(rrset_next(&walk, &rdata));
		assert_true(span_equal(rdata, span_of(words[i], strlen(words[i]))));
	}
	assert_false(rrset_next(&walk, &rdata));
	assert_false(rrset_next(&walk, &rdata));
}

static void data_and_signatures_are_walked_apart(void **state)
{
	(void)state;
	static const char *const words[] = { "one", "", "three", "sig1", "sig2" };
	uint8_t memory[256];
	for (uint16_t count = 0; count <= 5; count++) {
		struct rrset rrset = packed(memory, count, (uint16_t)(5 - count), words);
		finds(rrset_walk_data(&rrset), count, words);
		finds(rrset_walk_signatures(&rrset), 5u - count, words + count);
		assert_int_equal(rrset_first(&rrset).size, count == 0 ? 0 : 3);
	}
}

/* A cache's octets may be bad; a walk ends where they do. */
static void a_walk_ends_where_the_octets_end(void **state)
{
	(void)state;
	static const char *const words[] = { "one", "two", "six" };
	uint8_t memory[256];
	struct rrset rrset = packed(memory, 2, 1, words);
	for (size_t size = 0; size < 15; size++) {
		uint8_t *exact = malloc(size + 1); /* 0 octets too */
		struct span rdata;
		unsigned int found = 0;
		assert_non_null(exact);
		memcpy(exact, memory, size);
		rrset.packed = span_of(exact, size);
		for (struct rrset_walk walk = rrset_walk_data(&rrset); rrset_next(&walk, &rdata);)
			found++;
		assert_int_equal(found, size >= 10 ? 2 : size >= 5 ? 1 : 0);
		struct rrset_walk walk = rrset_walk_signatures(&rrset);
		assert_false(rrset_next(&walk, &rdata));
		free(exact);
	}
}

static void sameness_is_of_multisets(void **state)
{
	(void)state;
	static const struct {
		uint16_t a_count, b_count;
		const char *a[4], *b[4];
		bool same;
	} table[] = {
		{ 0, 0, { NULL }, { NULL }, true },
		{ 1, 0, { "a" }, { NULL }, false },
		{ 3, 3, { "a", "b", "c" }, { "c", "a", "b" }, true },
		{ 3, 3, { "a", "b", "c" }, { "c", "a", "d" }, false },
		{ 3, 3, { "a", "a", "b" }, { "a", "b", "b" }, false },
		{ 3, 3, { "a", "a", "b" }, { "a", "b", "a" }, true },
		{ 2, 3, { "a", "b" }, { "a", "b", "b" }, false },
		{ 2, 2, { "", "ab" }, { "ab", "" }, true },
		{ 2, 2, { "a", "ab" }, { "ab", "a" }, true },
		{ 2, 2, { "a", "ab" }, { "aa", "b" }, false },
		{ 1, 1, { "a" }, { "A" }, false },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		uint8_t x[256], y[256];
		struct rrset a = packed(x, table[i].a_count, 0, table[i].a);
		struct rrset b = packed(y, table[i].b_count, 0, table[i].b);
		if (rrset_same_data(&a, &b) != table[i].same || rrset_same_data(&b, &a) != table[i].same)
			fail_msg("row %zu", i);
	}
}

static void sameness_does_not_look_at_signatures(void **state)
{
	(void)state;
	static const char *const signed_words[] = { "a", "b", "sig" }, *const words[] = { "b", "a" };
	uint8_t x[256], y[256];
	struct rrset a = packed(x, 2, 1, signed_words), b = packed(y, 2, 0, words);
	assert_true(rrset_same_data(&a, &b));
}

/* Numbers in 16 bits, in two shuffled orders; then one of them changed. */
static struct rrset numbers(uint8_t *memory, const uint16_t *values, uint16_t count)
{
	struct builder builder = builder_of(memory, 4u * count);
	for (uint16_t i = 0; i < count; i++) {
		builder_u16(&builder, 2);
		builder_u16(&builder, values[i]);
	}
	return (struct rrset){ .owner = owner,
			       .type = TYPE_NULL,
			       .class = CLASS_IN,
			       .count = count,
			       .packed = builder_written(&builder) };
}

static void shuffle(struct rng *rng, uint16_t *values, uint16_t count)
{
	for (uint16_t i = count; i > 1; i--) {
		uint32_t other = rng_below(rng, i);
		uint16_t kept = values[other];
		values[other] = values[i - 1];
		values[i - 1] = kept;
	}
}

static void sameness_of_every_size(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(9);
	for (uint16_t count = 1; count <= LIMIT_RRSET_RECORDS; count++) {
		uint16_t values[LIMIT_RRSET_RECORDS];
		uint8_t x[4 * LIMIT_RRSET_RECORDS], y[4 * LIMIT_RRSET_RECORDS];
		for (uint16_t i = 0; i < count; i++)
			values[i] = (uint16_t)(300 * (i + 1));
		shuffle(&rng, values, count);
		struct rrset a = numbers(x, values, count);
		shuffle(&rng, values, count);
		struct rrset b = numbers(y, values, count);
		assert_true(rrset_same_data(&a, &b));
		values[rng_below(&rng, count)] ^= 1;
		b = numbers(y, values, count);
		assert_false(rrset_same_data(&a, &b));
	}
}

static void what_is_too_large_is_never_the_same(void **state)
{
	(void)state;
	static uint16_t values[LIMIT_RRSET_RECORDS + 1];
	static uint8_t memory[4 * (LIMIT_RRSET_RECORDS + 1)];
	struct rrset rrset = numbers(memory, values, LIMIT_RRSET_RECORDS + 1);
	assert_false(rrset_same_data(&rrset, &rrset));
}

static void copies_share_nothing(void **state)
{
	(void)state;
	static const char *const words[] = { "one", "sig" };
	uint8_t memory[256], name[sizeof owner_octets];
	struct arena arena = arena_of(0);
	struct rrset rrset = packed(memory, 1, 1, words), copy;
	memcpy(name, owner_octets, sizeof name);
	rrset.owner.octets = name;
	rrset.oversized = true;
	assert_true(rrset_copy(&arena, &rrset, &copy));
	memset(memory, 0xff, sizeof memory);
	memset(name, 0xff, sizeof name);
	assert_true(name_equal_octets(copy.owner, owner));
	finds(rrset_walk_data(&copy), 1, words);
	finds(rrset_walk_signatures(&copy), 1, words + 1);
	assert_true(copy.oversized && copy.ttl == 60 && copy.type == TYPE_NULL && copy.class == CLASS_IN);
	rrset = packed(memory, 0, 0, words);
	assert_true(rrset_copy(&arena, &rrset, &copy));
	arena_free(&arena);
}

/* Memory that ends after the owner, or at once. */
static void copies_fail_whole(void **state)
{
	(void)state;
	static uint8_t large[ARENA_CHUNK_MIN];
	struct arena arena = arena_of(1);
	struct rrset rrset = { .owner = owner,
			       .type = TYPE_NULL,
			       .class = CLASS_IN,
			       .packed = { large, sizeof large } },
		     copy;
	assert_false(rrset_copy(&arena, &rrset, &copy));
	assert_false(rrset_of_one(&arena, owner, TYPE_NULL, 60, span_of(large, 1), &copy));
	arena_free(&arena);
	arena = arena_of(ARENA_CHUNK_MIN);
	assert_false(rrset_copy(&arena, &rrset, &copy));
	arena_free(&arena);
}

static void one_record(void **state)
{
	(void)state;
	static uint8_t rdata[65536];
	struct arena arena = arena_of(0);
	struct rrset rrset;
	assert_true(rrset_of_one(&arena, owner, TYPE_TXT, 77, span_of("\3abc", 4), &rrset));
	assert_true(name_equal_octets(rrset.owner, owner));
	assert_true(rrset.owner.octets != owner.octets);
	assert_int_equal(rrset.type, TYPE_TXT);
	assert_int_equal(rrset.class, CLASS_IN);
	assert_int_equal(rrset.ttl, 77);
	assert_int_equal(rrset.count, 1);
	assert_int_equal(rrset.signatures, 0);
	assert_true(span_equal(rrset_first(&rrset), span_of("\3abc", 4)));
	assert_true(rrset_of_one(&arena, owner, TYPE_NULL, 0, span_of(NULL, 0), &rrset));
	assert_int_equal(rrset.packed.size, 2);
	assert_true(rrset_of_one(&arena, owner, TYPE_NULL, 0, span_of(rdata, 65535), &rrset));
	assert_int_equal(rrset_first(&rrset).size, 65535);
	/* No length says that. */
	assert_false(rrset_of_one(&arena, owner, TYPE_NULL, 0, span_of(rdata, 65536), &rrset));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_and_signatures_are_walked_apart),
		cmocka_unit_test(a_walk_ends_where_the_octets_end),
		cmocka_unit_test(sameness_is_of_multisets),
		cmocka_unit_test(sameness_does_not_look_at_signatures),
		cmocka_unit_test(sameness_of_every_size),
		cmocka_unit_test(what_is_too_large_is_never_the_same),
		cmocka_unit_test(copies_share_nothing),
		cmocka_unit_test(copies_fail_whole),
		cmocka_unit_test(one_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
