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

#define QUESTION "\3www\7example\3com\0\0\1\0\1"
#define OPT "\0\0\51\4\320\0\0\200\0\0\0" /* 1232 octets, DO */

static struct query query;

static enum query_form form_of(const char *header, size_t header_size, const char *rest, size_t rest_size)
{
	static uint8_t *exact; /* the query points into it until the next; a read beyond it is seen by the sanitizer */
	free(exact);
	exact = malloc(header_size + rest_size + 1);
	assert_non_null(exact);
	memcpy(exact + 1, header, header_size);
	memcpy(exact + 1 + header_size, rest, rest_size);
	return query_read(span_of(exact + 1, header_size + rest_size), &query);
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

/* RFC 6891 section 6.1.1 and 6.1.2: one, in additional, of the root. */
static void opt_among_others(void **state)
{
	(void)state;
	static const char tsig[] = "\3key\0\0\372\0\377\0\0\0\0\0\3abc";
	char rest[128] = QUESTION;
	size_t size = 21;
	memcpy(rest + size, tsig, sizeof tsig - 1);
	size += sizeof tsig - 1;
	memcpy(rest + size, OPT, 11);
	size += 11;
	memcpy(rest + size, "\300\14\0\1\0\1\0\0\0\0\0\0", 12);
	size += 12;
	assert_int_equal(form_of("\0\0\1\0\0\1\0\0\0\1\0\2", 12, rest, size), QUERY_GOOD);
	assert_true(query.edns.present);
	assert_int_equal(form_of("\0\0\1\0\0\1\0\0\0\2\0\1", 12, rest, size), QUERY_MALFORMED);
	/* The root by a pointer to a zero octet is not how an OPT's owner is written. */
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\1", QUESTION "\300\34\0\51\4\320\0\0\0\0\0\0"), QUERY_MALFORMED);
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\1", QUESTION "\0\0\51\4\320\0\1\0\0\0\2\0\12"), QUERY_GOOD);
	assert_int_equal(query.edns.version, 1); /* BADVERS comes before its options */
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\1", QUESTION "\0\0\51\4\320\0\0\0\0\0\2\0\12"), QUERY_MALFORMED);
}

static void cookies(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 48; size++) {
		char rest[21 + 11 + 4 + 48] = QUESTION "\0\0\51\4\320\0\0\0\0\0\0\0\12";
		rest[31] = (char)(4 + size);
		rest[35] = (char)size;
		assert_int_equal(form_of("\0\0\1\0\0\1\0\0\0\0\0\1", 12, rest, 36 + size), QUERY_GOOD);
		bool good = size == 8 || (size >= 16 && size <= 40);
		assert_int_equal(query.edns.cookie_malformed, !good); /* RFC 7873 section 5.2.2 */
		assert_int_equal(query.edns.cookie.size, good ? size : 0);
	}
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
	/* A name that is itself. */
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\0", "\300\14\0\1\0\1"), QUERY_MALFORMED);
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\1", QUESTION), QUERY_MALFORMED);
	assert_int_equal(FORM("\0\0\1\0\0\1\377\377\377\377\377\377", QUESTION), QUERY_MALFORMED);
	for (size_t size = 0; size < 21 + 11; size++)
		assert_int_equal(form_of("\0\0\1\0\0\1\0\0\0\0\0\1", 12, QUESTION OPT, size), QUERY_MALFORMED);
}

/* Before the question there is nothing that a name could be: a pointer into the header would read another name there
 * than in the answer, whose header differs. */
static void a_question_has_no_pointers(void **state)
{
	(void)state;
	assert_int_equal(FORM("\0\0\1\0\0\1\0\0\0\0\0\0", "\300\4\0\1\0\1"), QUERY_MALFORMED);
	assert_int_equal(FORM("\1a\0\0\0\1\0\0\0\0\0\0", "\1x\300\0\0\1\0\1"), QUERY_MALFORMED);
}

/* The most records, and one more; they are nothing but a root and zeros. */
static void so_many_records(void **state)
{
	(void)state;
	static char rest[21 + 11 * (LIMIT_MESSAGE_RECORDS + 1)] = QUESTION;
	static const char *const headers[] = { "\0\0\1\0\0\1\20\0\0\0\0\0", "\0\0\1\0\0\1\17\377\0\0\0\2" };
	assert_int_equal(LIMIT_MESSAGE_RECORDS, 4096);
	assert_int_equal(form_of(headers[0], 12, rest, sizeof rest), QUERY_GOOD);
	assert_int_equal(form_of(headers[1], 12, rest, sizeof rest), QUERY_MALFORMED);
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
		cmocka_unit_test(a_plain_query),
		cmocka_unit_test(with_edns),
		cmocka_unit_test(opt_among_others),
		cmocka_unit_test(cookies),
		cmocka_unit_test(what_is_no_query),
		cmocka_unit_test(malformed),
		cmocka_unit_test(a_question_has_no_pointers),
		cmocka_unit_test(so_many_records),
		cmocka_unit_test(no_question),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
