#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/codes.h"
#include "wire/msg.h"

#define QUESTION "\3www\7example\3com\0\0\1\0\1"
#define OPT "\0\0\51\4\320\0\0\200\0\0\0" /* 1232 octets, DO */

static struct query query;

static enum query_form form_of(const char *header, size_t header_size, const char *rest, size_t rest_size)
{
	uint8_t octets[256];
	memcpy(octets, header, header_size);
	memcpy(octets + header_size, rest, rest_size);
	return query_read(span_of(octets, header_size + rest_size), &query);
}

#define FORM(header, rest) form_of(header, sizeof header - 1, rest, sizeof rest - 1)

static void a_plain_query(void **state)
{
	(void)state;
	assert_int_equal(FORM("\22\64\1\0\0\1\0\0\0\0\0\0", QUESTION), QUERY_GOOD);
	assert_int_equal(query.header.id, 0x1234);
	assert_int_equal(query.header.flags, FLAG_RD);
	assert_int_equal(query.question.type, TYPE_A);
	assert_int_equal(query.question.name.labels, 3);
	assert_int_equal(query.question_end, 12 + 21);
	assert_false(query.edns.present);
	assert_int_equal(query.edns.ede, EDE_NONE);
}

static void with_edns(void **state)
{
	(void)state;
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\1", QUESTION OPT), QUERY_GOOD);
	assert_true(query.edns.present && query.edns.dnssec_ok);
	assert_int_equal(query.edns.udp_size, 1232);
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\2", QUESTION OPT OPT), QUERY_MALFORMED);
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\1\0\0", QUESTION OPT), QUERY_MALFORMED); /* in authority */
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\1", QUESTION "\1a" OPT), QUERY_MALFORMED); /* owned */
}

static void cookies(void **state)
{
	(void)state;
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\1", QUESTION "\0\0\51\4\320\0\0\0\0\0\14\0\12\0\010abcdefgh"),
			 QUERY_GOOD);
	assert_int_equal(query.edns.cookie.size, 8);
	assert_false(query.edns.cookie_malformed);
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\1", QUESTION "\0\0\51\4\320\0\0\0\0\0\13\0\12\0\007abcdefg"),
			 QUERY_GOOD);
	assert_true(query.edns.cookie_malformed); /* RFC 7873 section 5.2.2 */
}

static void what_is_no_query(void **state)
{
	(void)state;
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0", ""), QUERY_NO_HEADER);
	assert_int_equal(FORM("", ""), QUERY_NO_HEADER);
	assert_int_equal(FORM("\0\0\201\0\0\1\0\0\0\0\0\0", QUESTION), QUERY_IS_REPLY);
	assert_int_equal(FORM("\0\0\50\0\0\1\0\0\0\0\0\0", "rubbish"), QUERY_GOOD); /* UPDATE: not ours to read */
	assert_int_equal(header_opcode(&query.header), OPCODE_UPDATE);
}

static void malformed(void **state)
{
	(void)state;
	assert_int_equal(FORM("\0\0\1\0\0\2\0\0\0\0\0\0", QUESTION QUESTION), QUERY_MALFORMED);
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\0", "\3www\7exam"), QUERY_MALFORMED);
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\0", "\300\14\0\1\0\1"), QUERY_MALFORMED); /* a name that is itself */
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\1", QUESTION), QUERY_MALFORMED);
	assert_int_equal(FORM("\0\0\1\0\0\1\377\377\377\377\377\377", QUESTION), QUERY_MALFORMED);
	for (size_t size = 12; size < 12 + 21; size++)
		assert_int_equal(form_of("\0\0\1\0\0\1\0\0\0\0\0\0", 12, QUESTION, size - 12), QUERY_MALFORMED);
}

static void no_question(void **state)
{
	(void)state;
	assert_int_equal(FORM("\0\0\1\0\0\0\0\0\0\0\0\0", ""), QUERY_GOOD);
	assert_int_equal(query.header.questions, 0);
	assert_int_equal(query.question_end, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_query),    cmocka_unit_test(with_edns), cmocka_unit_test(cookies),
		cmocka_unit_test(what_is_no_query), cmocka_unit_test(malformed), cmocka_unit_test(no_question),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
