#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/edns.h"
#include "wire/limits.h"

#include <ldns/ldns.h> /* last: before stdbool.h it makes a bool of its own */

static struct edns edns;

/* From RDATA in memory of exactly its size. */
static bool reads(uint32_t ttl, const void *rdata, size_t size)
{
	static uint8_t *exact; /* edns points into it until the next */
	free(exact);
	exact = malloc(size > 0 ? size : 1);
	assert_non_null(exact);
	memcpy(exact, rdata, size);
	return edns_read(1232, ttl, span_of(exact, size), &edns);
}

#define READS(rdata) reads(0, rdata, sizeof(rdata) - 1)

static void class_and_ttl_are_fields(void **state)
{
	(void)state;
	assert_true(reads(0x12008000, "", 0));
	assert_true(edns.present && edns.dnssec_ok);
	assert_int_equal(edns.udp_size, 1232);
	assert_int_equal(edns.extended_rcode, 0x12);
	assert_int_equal(edns.version, 0);
	assert_int_equal(edns.ede, EDE_NONE);
	assert_true(edns.cookie.size == 0 && !edns.cookie_malformed && !edns.nsid && !edns.keepalive);
	assert_true(reads(0x00007fff, "", 0)); /* flags that nobody knows are ignored (RFC 6891 section 6.1.4) */
	assert_false(edns.dnssec_ok);
	assert_true(edns_read(0, 0, span_of(NULL, 0), &edns)); /* below 512 is taken as 512 by whoever sends */
	assert_int_equal(edns.udp_size, 0);
}

static void options_are_found(void **state)
{
	(void)state;
	assert_true(READS("\0\3\0\0"
			  "\0\12\0\10abcdefgh"
			  "\0\13\0\0"
			  "\0\14\0\3\0\0\0"
			  "\0\17\0\5\0\26why"
			  "\377\376\0\2zz"));
	assert_true(edns.nsid && edns.keepalive);
	assert_true(span_equal(edns.cookie, span_of("abcdefgh", 8)));
	assert_int_equal(edns.ede, EDE_NO_REACHABLE_AUTHORITY);
	assert_true(span_equal(edns.ede_text, span_of("why", 3)));
}

static void the_first_of_each_kind_counts(void **state)
{
	(void)state;
	assert_true(READS("\0\12\0\10abcdefgh\0\12\0\10ABCDEFGH\0\12\0\1x\0\17\0\2\0\3\0\17\0\2\0\4"));
	assert_true(span_equal(edns.cookie, span_of("abcdefgh", 8)));
	assert_false(edns.cookie_malformed);
	assert_int_equal(edns.ede, EDE_STALE_ANSWER);
	/* Also when the first was bad: no second chance. */
	assert_true(READS("\0\12\0\1x\0\12\0\10abcdefgh"));
	assert_true(edns.cookie_malformed && edns.cookie.size == 0);
}

/* RFC 7873 section 5.2.2: 8 octets, or 16 to 40. */
static void cookies_have_their_lengths(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 50; size++) {
		uint8_t rdata[64] = { 0, EDNS_COOKIE, 0, (uint8_t)size };
		bool good = size == 8 || (size >= 16 && size <= 40);
		assert_true(reads(0, rdata, 4 + size));
		assert_int_equal(edns.cookie.size, good ? size : 0);
		assert_int_equal(edns.cookie_malformed, !good);
	}
}

static void an_error_without_a_code_says_nothing(void **state)
{
	(void)state;
	assert_true(READS("\0\17\0\0\0\17\0\1\1"));
	assert_int_equal(edns.ede, EDE_NONE);
	assert_true(READS("\0\17\0\2\0\0")); /* code 0 is one: Other */
	assert_int_equal(edns.ede, EDE_OTHER);
	assert_int_equal(edns.ede_text.size, 0);
}

/* Of options that add up, every beginning that ends within one is refused, and nothing beyond it is read. */
static void options_must_add_up(void **state)
{
	(void)state;
	static const uint8_t rdata[] = "\0\3\0\0\0\12\0\10abcdefgh\0\17\0\3\0\1x";
	for (size_t size = 0; size < sizeof rdata; size++)
		assert_int_equal(reads(0, rdata, size), size == 0 || size == 4 || size == 16 || size == 23);
	assert_false(READS("\0\12\377\377"));
}

/* What the options of another version look like is not known (RFC 6891 section 6.1.3: BADVERS). */
static void options_of_another_version_are_not_looked_at(void **state)
{
	(void)state;
	assert_true(reads(0x00010000, "\0\12\377", 3));
	assert_int_equal(edns.version, 1);
	assert_true(edns.present && !edns.cookie_malformed);
}

static void only_so_many_options_are_looked_at(void **state)
{
	(void)state;
	for (size_t before = LIMIT_EDNS_OPTIONS - 1; before <= LIMIT_EDNS_OPTIONS; before++) {
		uint8_t rdata[4 * (LIMIT_EDNS_OPTIONS + 1)] = { 0 };
		for (size_t i = 0; i < before; i++)
			rdata[4 * i + 1] = EDNS_PADDING;
		rdata[4 * before + 1] = EDNS_NSID;
		assert_true(reads(0, rdata, 4 * (before + 1)));
		assert_int_equal(edns.nsid, before < LIMIT_EDNS_OPTIONS);
	}
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	uint8_t memory[256];
	struct builder builder = builder_of(memory, sizeof memory);
	struct edns out = edns_none(), in;
	out.udp_size = 1400;
	out.extended_rcode = 1;
	out.dnssec_ok = true;
	out.cookie = span_of("0123456789abcdef", 16);
	out.ede = EDE_NETWORK_ERROR;
	out.ede_text = span_of("no way", 6);
	edns_write(&builder, &out);
	assert_int_equal(builder.size, EDNS_OPT_SIZE + 4 + 16 + 4 + 2 + 6);
	assert_memory_equal(memory, "\0\0\51\5\170\1\0\200\0\0\40", 11);
	assert_true(edns_read(1400, 0x01008000, span_of(memory + 11, builder.size - 11), &in));
	assert_true(in.dnssec_ok && in.extended_rcode == 1);
	assert_true(span_equal(in.cookie, out.cookie) && span_equal(in.ede_text, out.ede_text));
	assert_int_equal(in.ede, EDE_NETWORK_ERROR);
}

static void ldns_reads_what_is_written(void **state)
{
	(void)state;
	uint8_t memory[64] = { 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1 };
	struct builder builder = builder_of(memory, sizeof memory);
	struct edns out = edns_none();
	ldns_pkt *packet = NULL;
	builder.size = 12;
	out.udp_size = 1232;
	out.extended_rcode = 1;
	out.dnssec_ok = true;
	out.cookie = span_of("01234567", 8);
	edns_write(&builder, &out);
	assert_int_equal(ldns_wire2pkt(&packet, memory, builder.size), LDNS_STATUS_OK);
	assert_true(ldns_pkt_edns(packet) && ldns_pkt_edns_do(packet));
	assert_int_equal(ldns_pkt_edns_udp_size(packet), 1232);
	assert_int_equal(ldns_pkt_edns_extended_rcode(packet), 1);
	const ldns_rdf *data = ldns_pkt_edns_data(packet);
	assert_non_null(data);
	assert_int_equal(ldns_rdf_size(data), 12);
	assert_memory_equal(ldns_rdf_data(data), "\0\12\0\01001234567", 12);
	ldns_pkt_free(packet);
}

/* The text of an error is cut to what there is room for, never within a character; the OPT itself is never cut. */
static void the_text_is_cut_to_the_room(void **state)
{
	(void)state;
	struct edns out = edns_none();
	out.ede = EDE_OTHER;
	out.ede_text = span_of("ab\xc3\xbc\xe2\x82\xac!", 8);
	static const size_t whole[] = { 0, 1, 2, 2, 4, 4, 4, 7, 8, 8 };
	for (size_t room = 0; room < sizeof whole / sizeof whole[0]; room++) {
		uint8_t memory[64];
		struct builder builder = builder_of(memory, EDNS_OPT_SIZE + 6 + room);
		edns_write(&builder, &out);
		assert_false(builder.overflowed);
		assert_true(edns_read(0, 0, span_of(memory + 11, builder.size - 11), &edns));
		assert_true(span_equal(edns.ede_text, span_of("ab\xc3\xbc\xe2\x82\xac!", whole[room])));
	}
	for (size_t capacity = 0; capacity < EDNS_OPT_SIZE + 6; capacity++) {
		uint8_t memory[64];
		struct builder builder = builder_of(memory, capacity);
		edns_write(&builder, &out);
		assert_true(builder.overflowed);
	}
}

static void the_text_has_an_end_of_its_own(void **state)
{
	(void)state;
	uint8_t memory[1024], text[EDNS_EDE_TEXT_SIZE_MAX + 1];
	struct edns out = edns_none();
	out.ede = EDE_OTHER;
	memset(text, 'x', sizeof text);
	for (size_t size = EDNS_EDE_TEXT_SIZE_MAX - 1; size <= sizeof text; size++) {
		struct builder builder = builder_of(memory, sizeof memory);
		out.ede_text = span_of(text, size);
		edns_write(&builder, &out);
		size_t cut = size < EDNS_EDE_TEXT_SIZE_MAX ? size : EDNS_EDE_TEXT_SIZE_MAX;
		assert_int_equal(builder.size, EDNS_OPT_SIZE + 4 + 2 + cut);
	}
	/* Octets that are no text at all. */
	struct builder builder = builder_of(memory, sizeof memory);
	memset(text, 0x80, sizeof text);
	edns_write(&builder, &out);
	assert_int_equal(builder.size, EDNS_OPT_SIZE + 4 + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(class_and_ttl_are_fields),
		cmocka_unit_test(options_are_found),
		cmocka_unit_test(the_first_of_each_kind_counts),
		cmocka_unit_test(cookies_have_their_lengths),
		cmocka_unit_test(an_error_without_a_code_says_nothing),
		cmocka_unit_test(options_must_add_up),
		cmocka_unit_test(options_of_another_version_are_not_looked_at),
		cmocka_unit_test(only_so_many_options_are_looked_at),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(ldns_reads_what_is_written),
		cmocka_unit_test(the_text_is_cut_to_the_room),
		cmocka_unit_test(the_text_has_an_end_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
