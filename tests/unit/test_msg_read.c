#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/codes.h"
#include "wire/limits.h"
#include "wire/msg.h"

/* A message is built octet by octet, as no writer of ours would. */
struct made {
	uint8_t octets[MSG_SIZE_MAX];
	struct builder builder;
	struct arena arena;
	struct msg msg;
};

static struct made *begin(unsigned int answers, unsigned int authorities, unsigned int additionals)
{
	struct made *made = calloc(1, sizeof *made);
	assert_non_null(made);
	made->builder = builder_of(made->octets, sizeof made->octets);
	made->arena = arena_of(0);
	const unsigned int words[] = { 7, FLAG_QR | FLAG_AA, 1, answers, authorities, additionals };
	for (size_t i = 0; i < 6; i++)
		builder_u16(&made->builder, (uint16_t)words[i]);
	builder_octets(&made->builder, span_of("\3www\7example\3com\0\0\1\0\1", 21));
	return made;
}

/* An owner in wire form (or a pointer), type and so on. */
static void record(struct made *made, const char *owner, size_t owner_size, uint16_t type, uint32_t ttl,
		   const void *rdata, size_t size)
{
	builder_octets(&made->builder, span_of(owner, owner_size));
	builder_u16(&made->builder, type);
	builder_u16(&made->builder, CLASS_IN);
	builder_u32(&made->builder, ttl);
	builder_u16(&made->builder, (uint16_t)size);
	builder_octets(&made->builder, span_of(rdata, size));
}

static bool reads(struct made *made)
{
	return msg_read(builder_written(&made->builder), &made->arena, &made->msg);
}

static void end(struct made *made)
{
	arena_free(&made->arena);
	free(made);
}

#define WWW "\300\14", 2
#define EXAMPLE "\300\20", 2

static void records_become_rrsets(void **state)
{
	(void)state;
	struct made *made = begin(4, 0, 1);
	record(made, WWW, TYPE_A, 300, "\300\0\2\1", 4);
	record(made, EXAMPLE, TYPE_MX, 60, "\0\12\300\14", 4);
	record(made, WWW, TYPE_A, 200, "\300\0\2\2", 4);
	record(made, WWW, TYPE_A, 400, "\300\0\2\1", 4); /* the first again */
	record(made, "\0", 1, TYPE_OPT, 0x01008000, "", 0);
	assert_true(reads(made));
	assert_int_equal(made->msg.header.id, 7);
	assert_int_equal(made->msg.answer.count, 2);
	const struct rrset *a = &made->msg.answer.rrsets[0];
	assert_int_equal(a->type, TYPE_A);
	assert_int_equal(a->count, 2);
	assert_int_equal(a->ttl, 200); /* RFC 2181 section 5.2: the smallest */
	const struct rrset *mx = &made->msg.answer.rrsets[1];
	struct name target;
	assert_true(rdata_target(TYPE_MX, rrset_first(mx), &target)); /* its pointer is unpacked */
	assert_true(name_equal(target, made->msg.question.name));
	assert_int_equal(made->msg.additional.count, 0);
	assert_true(made->msg.edns.present && made->msg.edns.dnssec_ok);
	assert_int_equal(made->msg.rcode, 16); /* the upper bits stand in the OPT */
	assert_ptr_equal(section_find(&made->msg.answer, made->msg.question.name, TYPE_A), a);
	assert_null(section_find(&made->msg.answer, made->msg.question.name, TYPE_TXT));
	end(made);
}

static void signatures_go_to_what_they_cover(void **state)
{
	(void)state;
	uint8_t rrsig[24] = { 0, TYPE_A, [18] = 3, 'c', 'o', 'm', 0, 1 };
	uint8_t stray[24] = { 0, TYPE_TXT, [18] = 3, 'c', 'o', 'm', 0, 1 };
	struct made *made = begin(3, 0, 0);
	record(made, WWW, TYPE_RRSIG, 100, rrsig, sizeof rrsig); /* before its RRset */
	record(made, WWW, TYPE_RRSIG, 300, stray, sizeof stray);
	record(made, WWW, TYPE_A, 300, "\300\0\2\1", 4);
	assert_true(reads(made));
	assert_int_equal(made->msg.answer.count, 2);
	assert_int_equal(made->msg.answer.rrsets[0].count, 1);
	assert_int_equal(made->msg.answer.rrsets[0].signatures, 1);
	assert_int_equal(made->msg.answer.rrsets[0].ttl, 100);
	assert_int_equal(made->msg.answer.rrsets[1].type, TYPE_RRSIG);
	end(made);
}

static void a_ttl_with_its_top_bit_is_zero(void **state)
{
	(void)state;
	struct made *made = begin(1, 0, 0);
	record(made, WWW, TYPE_A, 0x80000001, "\300\0\2\1", 4);
	assert_true(reads(made));
	assert_int_equal(made->msg.answer.rrsets[0].ttl, 0); /* RFC 2181 section 8 */
	end(made);
}

/* One of all that has a length of its own: names, pointers, strings, signatures, options. */
static struct made *begin_rich(void)
{
	uint8_t rrsig[24] = { 0, TYPE_A, [18] = 3, 'c', 'o', 'm', 0, 1 };
	uint8_t soa[26] = { 0xc0, 0x0c, 0xc0, 0x10 };
	struct made *made = begin(4, 2, 1);
	record(made, WWW, TYPE_CNAME, 300, "\3web\300\20", 6);
	record(made, "\3web\300\20", 6, TYPE_A, 60, "\300\0\2\1", 4);
	record(made, "\3web\300\20", 6, TYPE_RRSIG, 60, rrsig, sizeof rrsig);
	record(made, WWW, TYPE_TXT, 60, "\3abc\0\2de", 8);
	record(made, EXAMPLE, TYPE_NS, 60, "\2ns\300\20", 5);
	record(made, EXAMPLE, TYPE_SOA, 60, soa, 24);
	record(made, "\0", 1, TYPE_OPT, 0, "\0\12\0\10abcdefgh", 12);
	return made;
}

/* Every beginning of a good message is refused, and nothing behind it is read (the sanitizer looks on). */
static void no_beginning_is_enough(void **state)
{
	(void)state;
	struct made *made = begin_rich();
	size_t whole = made->builder.size;
	for (size_t size = 0; size <= whole; size++) {
		uint8_t *copy = malloc(size > 0 ? size : 1);
		assert_non_null(copy);
		memcpy(copy, made->octets, size);
		assert_int_equal(msg_read(span_of(copy, size), &made->arena, &made->msg), size == whole);
		assert_int_equal(made->msg.size, size);
		assert_int_equal(made->msg.answer.count + made->msg.authority.count, size == whole ? 5 : 0);
		assert_int_equal(made->msg.edns.present, size == whole);
		assert_int_equal(made->msg.header.id, size >= 2 ? 7 : 0);
		free(copy);
	}
	end(made);
}

static void pointers_lead_back(void **state)
{
	(void)state;
	static const struct {
		const char *owner;
		size_t size;
	} bad[] = {
		{ "\300\41", 2 },     /* to itself: it stands at offset 33 */
		{ "\300\60", 2 },     /* forward */
		{ "\377\377", 2 },    /* beyond the end */
		{ "\1a\300\41", 4 },  /* a loop with a label */
		{ "\200\14", 2 },     /* a label type that nobody has */
		{ "\100a", 2 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct made *made = begin(1, 0, 0);
		record(made, bad[i].owner, bad[i].size, TYPE_A, 60, "\300\0\2\1", 4);
		if (reads(made))
			fail_msg("owner %zu is taken", i);
		end(made);
	}
}

static void a_chain_of_pointers_has_an_end(void **state)
{
	(void)state;
	for (unsigned int extra = 0; extra < 2; extra++) {
		unsigned int count = LIMIT_COMPRESSION_POINTERS - 1 + extra; /* and the one in the owner */
		struct made *made = begin(1, 0, 0);
		/* Pointers in opaque RDATA, each to the one before; the first to the question. */
		size_t size = 2 * (size_t)count;
		uint8_t *pointers = calloc(1, size);
		size_t start = made->builder.size + 12;
		assert_non_null(pointers);
		for (unsigned int i = 0; i < count; i++) {
			size_t to = i == 0 ? HEADER_SIZE : start + 2 * (size_t)(i - 1);
			pointers[2 * i] = (uint8_t)(0xc0 | to >> 8);
			pointers[2 * i + 1] = (uint8_t)to;
		}
		made->octets[7] = 2;
		record(made, WWW, 65280, 60, pointers, size);
		uint8_t last[2] = { (uint8_t)(0xc0 | (start + size - 2) >> 8), (uint8_t)(start + size - 2) };
		record(made, (const char *)last, 2, TYPE_A, 60, "\300\0\2\1", 4);
		assert_int_equal(reads(made), extra == 0);
		free(pointers);
		end(made);
	}
}

static void counts_that_lie(void **state)
{
	(void)state;
	struct made *made = begin(2, 0, 0);
	record(made, WWW, TYPE_A, 60, "\300\0\2\1", 4);
	assert_false(reads(made));
	end(made);
	made = begin(LIMIT_MESSAGE_RECORDS, 1, 0);
	assert_false(reads(made));
	end(made);
	made = begin(1, 0, 0);
	record(made, WWW, TYPE_A, 60, "\300\0\2", 3); /* an address of three octets */
	assert_false(reads(made));
	end(made);
}

/* More records than the octets can hold are not even made room for. */
static void counts_cost_nothing(void **state)
{
	(void)state;
	struct made *made = begin(LIMIT_MESSAGE_RECORDS, 0, 0);
	for (unsigned int i = 0; i < 100; i++)
		record(made, "\0", 1, TYPE_NULL, 0, "", 0);
	assert_false(reads(made));
	assert_true(made->arena.used <= ARENA_CHUNK_MIN);
	end(made);
}

static void questions_are_one_or_none(void **state)
{
	(void)state;
	struct made *made = begin(0, 0, 0);
	made->octets[5] = 0;
	made->builder.size = HEADER_SIZE;
	assert_true(reads(made));
	assert_null(made->msg.question.name.octets);
	made->octets[5] = 2;
	builder_octets(&made->builder, span_of("\1a\0\0\1\0\1\1a\0\0\1\0\1", 14));
	assert_false(reads(made));
	/* A pointer could lead into the header only. */
	made->octets[5] = 1;
	made->builder.size = HEADER_SIZE;
	builder_octets(&made->builder, span_of("\300\4\0\1\0\1", 6));
	assert_false(reads(made));
	end(made);
}

/* What follows the last record is not looked at; beyond 65535 octets there is no message. */
static void what_follows_does_not_count(void **state)
{
	(void)state;
	struct made *made = begin(1, 0, 0);
	record(made, WWW, TYPE_A, 60, "\300\0\2\1", 4);
	builder_octets(&made->builder, span_of("\377\377\377", 3));
	assert_true(reads(made));
	made->builder.size = MSG_SIZE_MAX;
	assert_true(reads(made));
	uint8_t *large = calloc(1, MSG_SIZE_MAX + 1);
	assert_non_null(large);
	memcpy(large, made->octets, MSG_SIZE_MAX);
	assert_false(msg_read(span_of(large, MSG_SIZE_MAX + 1), &made->arena, &made->msg));
	free(large);
	end(made);
}

/* RFC 6895 section 3.1: some types are in questions only. */
static void types_that_no_record_has(void **state)
{
	(void)state;
	static const struct {
		uint16_t type;
		bool taken;
	} table[] = {
		{ TYPE_NONE, false }, { 128, false },      { TYPE_TKEY, true }, { TYPE_TSIG, true },
		{ TYPE_AXFR, false }, { TYPE_ANY, false }, { TYPE_OPT, false }, { 127, true },
		{ 65280, true },      { 65535, true },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct made *made = begin(1, 0, 0);
		record(made, WWW, table[i].type, 60, "", 0);
		if (reads(made) != table[i].taken)
			fail_msg("type %u", table[i].type);
		end(made);
	}
}

/* A has a form in class IN only; a signature and what may hold pointers has one in every class. */
static void the_form_is_of_the_class(void **state)
{
	(void)state;
	static const struct {
		uint16_t type, class;
		const char *rdata;
		size_t size;
		bool taken;
	} table[] = {
		{ TYPE_A, CLASS_IN, "abc", 3, false },	      { TYPE_A, CLASS_CHAOS, "abc", 3, true },
		{ TYPE_NS, CLASS_CHAOS, "\300\14", 2, true }, { TYPE_NS, CLASS_CHAOS, "\300\14x", 3, false },
		{ TYPE_RRSIG, CLASS_CHAOS, "\0", 1, false },  { TYPE_RRSIG, CLASS_ANY, "", 0, false },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct made *made = begin(1, 0, 0);
		record(made, WWW, table[i].type, 60, table[i].rdata, table[i].size);
		made->octets[33 + 2 + 3] = (uint8_t)table[i].class;
		if (reads(made) != table[i].taken)
			fail_msg("row %zu", i);
		end(made);
	}
}

static void names_in_rdata_end_where_it_ends(void **state)
{
	(void)state;
	static const struct {
		uint16_t type;
		const char *rdata;
		size_t size;
		bool taken;
	} table[] = {
		{ TYPE_NS, "\2ns\300\20", 5, true },
		{ TYPE_NS, "\2ns\300", 4, false },     /* the pointer's second octet is not its own */
		{ TYPE_NS, "\2n", 2, false },
		{ TYPE_NS, "\2ns\300\20\0", 6, false }, /* more than a name */
		{ TYPE_NS, "\300\55", 2, false },      /* RDATA begins at offset 45: to itself */
		{ TYPE_NS, "\1a\300\57", 4, false },
		{ TYPE_NS, "\300\100", 2, false },     /* forwards */
		{ TYPE_NS, "\300\41", 2, true },       /* to the owner, which is a pointer */
		{ TYPE_NS, "", 0, false },
		{ TYPE_DNAME, "\300\14", 2, false },   /* never compressed (RFC 6672 section 2.5) */
		{ TYPE_SRV, "\0\0\0\0\0\0\300\14", 8, true }, /* RFC 3597 section 4 */
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct made *made = begin(1, 0, 0);
		record(made, WWW, table[i].type, 60, table[i].rdata, table[i].size);
		record(made, WWW, TYPE_A, 60, "\300\0\2\1", 4);
		if (reads(made) != table[i].taken)
			fail_msg("row %zu", i);
		end(made);
	}
}

/* 255 octets are a name, however they are put together; 256 are none. */
static void names_end_at_255_octets(void **state)
{
	(void)state;
	for (unsigned int extra = 0; extra < 2; extra++) {
		uint8_t owner[255];
		size_t size = 0;
		/* Three labels of 64 octets with their lengths, one of 46 or 47, and the question's 17. */
		for (; size < 192; size += 64) {
			owner[size] = 63;
			memset(owner + size + 1, 'x', 63);
		}
		owner[size] = (uint8_t)(45 + extra);
		memset(owner + size + 1, 'y', 45 + extra);
		size += 46 + extra;
		owner[size++] = 0xc0;
		owner[size++] = 0x0c;
		struct made *made = begin(2, 0, 0);
		record(made, (const char *)owner, size, TYPE_A, 60, "\300\0\2\1", 4);
		record(made, "\300\41", 2, TYPE_A, 60, "\300\0\2\2", 4);
		assert_int_equal(reads(made), extra == 0);
		if (extra == 0) {
			assert_int_equal(made->msg.answer.count, 1);
			assert_int_equal(made->msg.answer.rrsets[0].owner.size, 255);
			assert_int_equal(made->msg.answer.rrsets[0].count, 2);
		}
		end(made);
	}
}

/* The same owner as a pointer, another pointer, and whole; back and forth. */
static void owners_are_found_however_they_are_written(void **state)
{
	(void)state;
	struct made *made = begin(7, 0, 0);
	record(made, "\3WWW\300\20", 6, TYPE_A, 60, "\300\0\2\1", 4); /* at offset 33 */
	record(made, WWW, TYPE_A, 60, "\300\0\2\2", 4);
	record(made, "\300\41", 2, TYPE_A, 60, "\300\0\2\3", 4);
	record(made, EXAMPLE, TYPE_A, 60, "\300\0\2\4", 4);
	record(made, WWW, TYPE_A, 60, "\300\0\2\5", 4);
	record(made, "\7eXample\3com", 13, TYPE_A, 60, "\300\0\2\6", 4);
	record(made, EXAMPLE, TYPE_TXT, 60, "\0", 1);
	assert_true(reads(made));
	assert_int_equal(made->msg.answer.count, 3);
	assert_int_equal(made->msg.answer.rrsets[0].count, 4);
	assert_int_equal(made->msg.answer.rrsets[1].count, 2);
	assert_true(name_equal(made->msg.answer.rrsets[0].owner, made->msg.question.name));
	assert_true(name_equal(made->msg.answer.rrsets[2].owner, name_parent(made->msg.question.name)));
	end(made);
}

/* RDATA that is unpacked in the arena, because it is larger than what is small. */
static void large_rdata_with_a_pointer(void **state)
{
	(void)state;
	static uint8_t sig[30000] = { 0, TYPE_A, [18] = 0xc0, 0x10 };
	struct made *made = begin(1, 0, 0);
	record(made, WWW, TYPE_SIG, 60, sig, sizeof sig);
	assert_true(reads(made));
	assert_int_equal(rrset_first(&made->msg.answer.rrsets[0]).size, sizeof sig + 13 - 2);
	assert_memory_equal(rrset_first(&made->msg.answer.rrsets[0]).octets + 18, "\7example\3com\0", 14);
	end(made);
}

static void one_opt_in_its_place(void **state)
{
	(void)state;
	static const struct {
		unsigned int counts[3];
		const char *owner;
		size_t owner_size;
		bool taken;
	} table[] = {
		{ { 0, 0, 1 }, "\0", 1, true },	   { { 1, 0, 0 }, "\0", 1, false }, /* RFC 6891 section 6.1.1 */
		{ { 0, 1, 0 }, "\0", 1, false },  { { 0, 0, 2 }, "\0", 1, false },
		{ { 0, 0, 1 }, "\1a\0", 3, false }, { { 0, 0, 1 }, "\300\14", 2, false },
		{ { 0, 0, 1 }, "\300\34", 2, false }, /* the root, but not written as one octet */
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct made *made = begin(table[i].counts[0], table[i].counts[1], table[i].counts[2]);
		for (unsigned int j = 0; j < table[i].counts[0] + table[i].counts[1] + table[i].counts[2]; j++)
			record(made, table[i].owner, table[i].owner_size, TYPE_OPT, 0, "", 0);
		if (reads(made) != table[i].taken)
			fail_msg("row %zu", i);
		assert_int_equal(made->msg.edns.present, table[i].taken);
		end(made);
	}
	struct made *made = begin(0, 0, 1);
	record(made, "\0", 1, TYPE_OPT, 0, "\0\12\0\5abc", 7); /* an option longer than its record */
	assert_false(reads(made));
	end(made);
}

/* Wherever memory ends, the message is refused whole. */
static void memory_ends(void **state)
{
	(void)state;
	struct made *made = begin_rich();
	arena_free(&made->arena);
	made->arena = arena_of(1);
	assert_false(reads(made));
	assert_int_equal(made->msg.answer.count, 0);
	assert_int_equal(made->msg.header.id, 7);
	/* All fits one chunk: each start leaves less of it. */
	unsigned int taken = 0;
	for (size_t start = 16; start < ARENA_CHUNK_MIN; start += 16) {
		made->arena = arena_of(ARENA_CHUNK_MIN);
		(void)arena_alloc(&made->arena, start);
		bool good = reads(made);
		assert_int_equal(made->msg.answer.count, good ? 3 : 0);
		taken += good;
		arena_free(&made->arena);
	}
	assert_in_range(taken, 10, 250);
	end(made);
}

static void a_huge_rrset_is_cut_and_says_so(void **state)
{
	(void)state;
	struct made *made = begin(LIMIT_RRSET_RECORDS + 10, 0, 0);
	for (unsigned int i = 0; i < LIMIT_RRSET_RECORDS + 10; i++) {
		uint8_t address[4] = { 10, 0, (uint8_t)(i >> 8), (uint8_t)i };
		record(made, WWW, TYPE_A, 60, address, 4);
	}
	assert_true(reads(made));
	assert_int_equal(made->msg.answer.count, 1);
	assert_int_equal(made->msg.answer.rrsets[0].count, LIMIT_RRSET_RECORDS);
	assert_true(made->msg.answer.rrsets[0].oversized);
	end(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_become_rrsets),
		cmocka_unit_test(signatures_go_to_what_they_cover),
		cmocka_unit_test(a_ttl_with_its_top_bit_is_zero),
		cmocka_unit_test(no_beginning_is_enough),
		cmocka_unit_test(pointers_lead_back),
		cmocka_unit_test(a_chain_of_pointers_has_an_end),
		cmocka_unit_test(counts_that_lie),
		cmocka_unit_test(counts_cost_nothing),
		cmocka_unit_test(questions_are_one_or_none),
		cmocka_unit_test(what_follows_does_not_count),
		cmocka_unit_test(types_that_no_record_has),
		cmocka_unit_test(the_form_is_of_the_class),
		cmocka_unit_test(names_in_rdata_end_where_it_ends),
		cmocka_unit_test(names_end_at_255_octets),
		cmocka_unit_test(owners_are_found_however_they_are_written),
		cmocka_unit_test(large_rdata_with_a_pointer),
		cmocka_unit_test(one_opt_in_its_place),
		cmocka_unit_test(memory_ends),
		cmocka_unit_test(a_huge_rrset_is_cut_and_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
