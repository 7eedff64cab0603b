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

/* Every beginning of a good message is refused, and nothing behind it is read (the sanitizer looks on). */
static void no_beginning_is_enough(void **state)
{
	(void)state;
	struct made *made = begin(2, 1, 0);
	record(made, WWW, TYPE_CNAME, 300, "\3web\300\20", 6);
	record(made, "\3web\300\20", 6, TYPE_A, 60, "\300\0\2\1", 4);
	record(made, EXAMPLE, TYPE_NS, 60, "\2ns\300\20", 5);
	size_t whole = made->builder.size;
	for (size_t size = 0; size <= whole; size++) {
		uint8_t *copy = malloc(size > 0 ? size : 1);
		assert_non_null(copy);
		memcpy(copy, made->octets, size);
		assert_int_equal(msg_read(span_of(copy, size), &made->arena, &made->msg), size == whole);
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

static void one_opt_in_its_place(void **state)
{
	(void)state;
	struct made *made = begin(0, 0, 2);
	record(made, "\0", 1, TYPE_OPT, 0, "", 0);
	record(made, "\0", 1, TYPE_OPT, 0, "", 0);
	assert_false(reads(made));
	end(made);
	made = begin(0, 0, 1);
	record(made, "\0", 1, TYPE_OPT, 0, "\0\12\0\5abc", 7); /* an option longer than its record */
	assert_false(reads(made));
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
		cmocka_unit_test(records_become_rrsets),	  cmocka_unit_test(signatures_go_to_what_they_cover),
		cmocka_unit_test(a_ttl_with_its_top_bit_is_zero), cmocka_unit_test(no_beginning_is_enough),
		cmocka_unit_test(pointers_lead_back),		  cmocka_unit_test(a_chain_of_pointers_has_an_end),
		cmocka_unit_test(counts_that_lie),		  cmocka_unit_test(one_opt_in_its_place),
		cmocka_unit_test(a_huge_rrset_is_cut_and_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
