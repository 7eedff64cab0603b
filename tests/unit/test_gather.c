#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "tests/unit/named.h"
#include "wire/codes.h"
#include "wire/fold.h"
#include "wire/gather.h"
#include "wire/limits.h"

/* Records wait in the bench's arena; section and RRsets are made there too. */
struct bench {
	struct arena arena;
	struct gather gather;
	struct section section;
};

static int set_up(void **state)
{
	static struct bench bench;
	bench = (struct bench){ .arena = arena_of(0) };
	assert_true(gather_begin(&bench.gather, &bench.arena, 1000));
	*state = &bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;
	arena_free(&bench->arena);
	return 0;
}

static struct name add(struct bench *bench, const char *owner, uint16_t type, uint32_t ttl, const void *rdata,
		       size_t size)
{
	struct name kept = { 0 };
	struct record record = {
		.owner = named(&bench->arena, owner),
		.type = type,
		.class = CLASS_IN,
		.ttl = ttl,
		.rdata = arena_copy(&bench->arena, span_of(rdata, size)),
	};
	assert_true(gather_record(&bench->gather, &record, &kept));
	assert_true(name_equal(kept, record.owner));
	return kept;
}

static void sign(struct bench *bench, const char *owner, uint16_t covered, uint32_t ttl, uint8_t key)
{
	uint8_t rdata[20] = { (uint8_t)(covered >> 8), (uint8_t)covered, [17] = key, [19] = 1 };
	add(bench, owner, TYPE_RRSIG, ttl, rdata, sizeof rdata);
}

static void end(struct bench *bench, size_t count)
{
	assert_true(gather_end(&bench->gather, &bench->section));
	assert_int_equal(bench->section.count, count);
}

static void expect(const struct bench *bench, size_t place, uint16_t type, unsigned int count, unsigned int signatures,
		   uint32_t ttl)
{
	const struct rrset *rrset = &bench->section.rrsets[place];
	assert_int_equal(rrset->type, type);
	assert_int_equal(rrset->count, count);
	assert_int_equal(rrset->signatures, signatures);
	assert_int_equal(rrset->ttl, ttl);
	struct cursor cursor = cursor_of(rrset->packed);
	for (unsigned int i = 0; i < count + signatures; i++)
		cursor_skip(&cursor, cursor_u16(&cursor));
	assert_true(!cursor.failed && cursor_left(&cursor) == 0);
}

static void nothing_becomes_nothing(void **state)
{
	struct bench *bench = *state;
	struct gather gather;
	end(bench, 0);
	assert_true(gather_begin(&gather, &bench->arena, 0));
	assert_true(gather_end(&gather, &bench->section));
	assert_int_equal(bench->section.count, 0);
}

/* In the order of their first records, whatever comes between. */
static void records_find_their_rrset(void **state)
{
	struct bench *bench = *state;
	add(bench, "b.example", TYPE_A, 60, "1111", 4);
	add(bench, "a.example", TYPE_A, 60, "2222", 4);
	add(bench, "b.example", TYPE_TXT, 60, "\1x", 2);
	add(bench, "B.Example", TYPE_A, 60, "3333", 4);
	add(bench, "a.EXAMPLE", TYPE_A, 60, "4444", 4);
	end(bench, 3);
	expect(bench, 0, TYPE_A, 2, 0, 60);
	expect(bench, 1, TYPE_A, 2, 0, 60);
	expect(bench, 2, TYPE_TXT, 1, 0, 60);
	assert_true(name_equal_octets(bench->section.rrsets[0].owner, named(&bench->arena, "b.example")));
	assert_memory_equal(bench->section.rrsets[0].packed.octets, "\0\0041111\0\0043333", 12);
	assert_memory_equal(bench->section.rrsets[1].packed.octets, "\0\0042222\0\0044444", 12);
}

static void classes_stay_apart(void **state)
{
	struct bench *bench = *state;
	struct name kept;
	struct record record = { named(&bench->arena, "a"), true, TYPE_A, CLASS_IN, 60, span_of("1111", 4) };
	assert_true(gather_record(&bench->gather, &record, &kept));
	assert_ptr_equal(kept.octets, record.owner.octets); /* it lived in the arena already */
	record.class = CLASS_HESIOD;
	assert_true(gather_record(&bench->gather, &record, &kept));
	uint8_t signature[20] = { 0, TYPE_A };
	record = (struct record){
		record.owner, true, TYPE_RRSIG, CLASS_HESIOD, 60, span_of(signature, sizeof signature)
	};
	assert_true(gather_record(&bench->gather, &record, &kept));
	end(bench, 2);
	expect(bench, 0, TYPE_A, 1, 0, 60);
	expect(bench, 1, TYPE_A, 1, 1, 60);
	assert_int_equal(bench->section.rrsets[1].class, CLASS_HESIOD);
	assert_ptr_equal(section_find(&bench->section, record.owner, TYPE_A), &bench->section.rrsets[0]);
}

static void an_owner_is_kept_once(void **state)
{
	struct bench *bench = *state;
	struct name first = add(bench, "a.example", TYPE_A, 60, "1111", 4);
	struct name second = add(bench, "A.example", TYPE_A, 60, "2222", 4);
	assert_ptr_equal(first.octets, second.octets);
	end(bench, 1);
	assert_ptr_equal(bench->section.rrsets[0].owner.octets, first.octets);
}

/* Equal in canonical form (RFC 2181 section 5, RFC 4034 section 6.3); the first spelling stays. */
static void equal_records_are_kept_once(void **state)
{
	struct bench *bench = *state;
	add(bench, "a", TYPE_NS, 60, "\2Ns", 4);
	add(bench, "a", TYPE_NS, 60, "\2nS", 4);
	add(bench, "a", TYPE_NS, 60, "\2nt", 4);
	add(bench, "a", TYPE_TXT, 60, "\1x", 2);
	add(bench, "a", TYPE_TXT, 60, "\1X", 2);
	add(bench, "a", TYPE_TXT, 60, "\1x", 2);
	sign(bench, "a", TYPE_TXT, 60, 1);
	sign(bench, "a", TYPE_TXT, 60, 2);
	sign(bench, "a", TYPE_TXT, 60, 1);
	end(bench, 2);
	expect(bench, 0, TYPE_NS, 2, 0, 60);
	expect(bench, 1, TYPE_TXT, 2, 2, 60);
	assert_true(span_equal(rrset_first(&bench->section.rrsets[0]), span_of("\2Ns", 4)));
}

/* RFC 2181 sections 5.2 and 8. */
static void the_smallest_ttl_counts(void **state)
{
	struct bench *bench = *state;
	add(bench, "a", TYPE_A, 300, "1111", 4);
	add(bench, "a", TYPE_A, 100, "2222", 4);
	add(bench, "a", TYPE_A, 200, "3333", 4);
	add(bench, "b", TYPE_A, 300, "1111", 4);
	add(bench, "b", TYPE_A, 200, "1111", 4); /* of a record that is there already, too */
	add(bench, "c", TYPE_A, 0x7fffffff, "1111", 4);
	add(bench, "d", TYPE_A, 300, "1111", 4);
	add(bench, "d", TYPE_A, 0x80000000, "2222", 4);
	add(bench, "e", TYPE_A, 0xffffffff, "1111", 4);
	add(bench, "f", TYPE_A, 300, "1111", 4);
	sign(bench, "f", TYPE_A, 50, 1);
	end(bench, 6);
	static const uint32_t ttls[] = { 100, 200, 0x7fffffff, 0, 0, 50 };
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(bench->section.rrsets[i].ttl, ttls[i]);
}

static void signatures_come_before_behind_and_between(void **state)
{
	struct bench *bench = *state;
	sign(bench, "a", TYPE_A, 60, 1);
	add(bench, "a", TYPE_A, 60, "1111", 4);
	sign(bench, "b", TYPE_A, 60, 2);
	sign(bench, "A", TYPE_A, 60, 3);
	add(bench, "a", TYPE_A, 60, "2222", 4);
	sign(bench, "a", TYPE_TXT, 60, 4);
	add(bench, "b", TYPE_A, 60, "3333", 4);
	add(bench, "a", TYPE_TXT, 60, "\1x", 2);
	end(bench, 3);
	expect(bench, 0, TYPE_A, 2, 2, 60);
	expect(bench, 1, TYPE_A, 1, 1, 60);
	expect(bench, 2, TYPE_TXT, 1, 1, 60);
}

/* Strays are of the owner, and no data RRset is theirs: behind the others, also one that covers RRSIG. */
static void signatures_of_nothing_are_rrsets_of_their_own(void **state)
{
	struct bench *bench = *state;
	sign(bench, "a", TYPE_A, 90, 1);
	sign(bench, "b", TYPE_TXT, 80, 2);
	sign(bench, "a", TYPE_RRSIG, 70, 3);
	add(bench, "b", TYPE_A, 60, "1111", 4);
	sign(bench, "a", TYPE_A, 60, 1); /* again */
	end(bench, 3);
	expect(bench, 0, TYPE_A, 1, 0, 60);
	expect(bench, 1, TYPE_RRSIG, 2, 0, 60);
	expect(bench, 2, TYPE_RRSIG, 1, 0, 80);
	assert_true(name_equal(bench->section.rrsets[1].owner, named(&bench->arena, "a")));
	assert_int_equal(rrset_first(&bench->section.rrsets[1]).octets[1], TYPE_A);
}

static void only_the_first_signatures_are_kept(void **state)
{
	struct bench *bench = *state;
	add(bench, "a", TYPE_A, 60, "1111", 4);
	for (uint8_t key = 0; key < LIMIT_RRSET_SIGNATURES + 5; key++)
		sign(bench, "a", TYPE_A, 60, key);
	end(bench, 1);
	expect(bench, 0, TYPE_A, 1, LIMIT_RRSET_SIGNATURES, 60);
	assert_false(bench->section.rrsets[0].oversized);
	struct rrset_walk walk = rrset_walk_signatures(&bench->section.rrsets[0]);
	struct span rdata;
	for (uint8_t key = 0; rrset_next(&walk, &rdata); key++)
		assert_int_equal(rdata.octets[17], key);
}

static void what_is_too_large_says_so(void **state)
{
	struct bench *bench = *state;
	for (unsigned int i = 0; i < LIMIT_RRSET_RECORDS; i++) {
		uint8_t rdata[4] = { 10, 0, (uint8_t)(i >> 8), (uint8_t)i };
		add(bench, "full", TYPE_A, 60, rdata, 4);
		add(bench, "over", TYPE_A, 60, rdata, 4);
	}
	add(bench, "over", TYPE_A, 60, "last", 4);
	end(bench, 2);
	expect(bench, 0, TYPE_A, LIMIT_RRSET_RECORDS, 0, 60);
	expect(bench, 1, TYPE_A, LIMIT_RRSET_RECORDS, 0, 60);
	assert_false(bench->section.rrsets[0].oversized);
	assert_true(bench->section.rrsets[1].oversized);
}

/* Owners made to fall into one bucket: some are borne, many are refused. By the table's own hash. */
static void colliding_owners_are_refused(void **state)
{
	struct bench *bench = *state;
	const uint64_t buckets = bench->gather.bucket_count;
	unsigned int taken = 0;
	for (unsigned int i = 0; taken < 200; i++) {
		uint8_t label[9] = { 7 };
		struct name kept;
		char text[8];
		snprintf(text, sizeof text, "%07u", i);
		memcpy(label + 1, text, 7);
		if (fold_hash((uint64_t)CLASS_IN << 16 | TYPE_A, label, sizeof label) % buckets != 5)
			continue;
		struct record record = { { label, sizeof label, 1 }, false, TYPE_A, CLASS_IN, 60, span_of("1111", 4) };
		if (!gather_record(&bench->gather, &record, &kept))
			break;
		taken++;
	}
	assert_in_range(taken, 10, 100);
	assert_int_equal(bench->gather.count, taken);
}

static void as_many_as_a_message_may_have(void **state)
{
	struct bench *bench = *state;
	assert_true(gather_begin(&bench->gather, &bench->arena, LIMIT_MESSAGE_RECORDS));
	for (unsigned int i = 0; i < LIMIT_MESSAGE_RECORDS; i++) {
		char owner[32];
		snprintf(owner, sizeof owner, "h%u.example", i);
		add(bench, owner, TYPE_A, 60, "1111", 4);
	}
	end(bench, LIMIT_MESSAGE_RECORDS);
}

/* Each ceiling stops the work somewhere else; none of them lets half of it out. */
static void memory_ends(void **state)
{
	(void)state;
	bool ended = false;
	for (size_t ceiling = 1; !ended && ceiling < 1000000; ceiling += ARENA_CHUNK_MIN) {
		struct arena arena = arena_of(ceiling);
		struct gather gather;
		struct section section = { NULL, 12345 };
		uint8_t signature[200] = { 0, TYPE_TXT };
		bool good = gather_begin(&gather, &arena, 300);
		for (unsigned int i = 0; good && i < 300; i++) {
			uint8_t owner[] = { 3, (uint8_t)('0' + i / 100), (uint8_t)('0' + i / 10 % 10),
					    (uint8_t)('0' + i % 10), 0 };
			struct record record = { { owner, sizeof owner, 1 },
						 false,
						 i % 2 ? TYPE_RRSIG : TYPE_NULL,
						 CLASS_IN,
						 60,
						 span_of(signature, sizeof signature) };
			struct name kept;
			good = gather_record(&gather, &record, &kept);
		}
		ended = good && gather_end(&gather, &section);
		assert_int_equal(section.count, ended ? 300 : 12345);
		arena_free(&arena);
	}
	assert_true(ended);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_becomes_nothing),
		TEST(records_find_their_rrset),
		TEST(classes_stay_apart),
		TEST(an_owner_is_kept_once),
		TEST(equal_records_are_kept_once),
		TEST(the_smallest_ttl_counts),
		TEST(signatures_come_before_behind_and_between),
		TEST(signatures_of_nothing_are_rrsets_of_their_own),
		TEST(only_the_first_signatures_are_kept),
		TEST(what_is_too_large_says_so),
		TEST(colliding_owners_are_refused),
		TEST(as_many_as_a_message_may_have),
		TEST(memory_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
