#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "resolver/match.h"

struct fixture {
	struct sent sent;
	uint8_t octets[64];
	size_t size;
};

static const uint8_t name_octets[] = "\3wWw\7eXample\3cOm";

static int set_up(void **state)
{
	static struct fixture fixture;
	struct builder builder = builder_of(fixture.octets, sizeof fixture.octets);
	struct msg_writer writer;
	fixture.sent = (struct sent){ .id = 0x1234, .case_random = true };
	ip_of_text("192.0.2.1", &fixture.sent.server.ip);
	fixture.sent.server.port = 53;
	fixture.sent.question = (struct question){ { name_octets, sizeof name_octets, 3 }, TYPE_A, CLASS_IN };
	msg_begin(&writer, &builder, 0x1234, FLAG_QR);
	msg_question(&writer, &fixture.sent.question);
	msg_end(&writer);
	fixture.size = builder.size;
	*state = &fixture;
	return 0;
}

static enum match match(struct fixture *fixture)
{
	return match_reply(&fixture->sent, fixture->sent.server, span_of(fixture->octets, fixture->size));
}

static void the_reply_itself(void **state)
{
	assert_int_equal(match(*state), MATCH_REPLY);
}

static void from_elsewhere(void **state)
{
	struct fixture *fixture = *state;
	struct span octets = span_of(fixture->octets, fixture->size);
	struct endpoint other = fixture->sent.server;
	other.port = 54;
	assert_int_equal(match_reply(&fixture->sent, other, octets), MATCH_NOT_A_REPLY);
	other = fixture->sent.server;
	other.ip.octets[3] = 2;
	assert_int_equal(match_reply(&fixture->sent, other, octets), MATCH_NOT_A_REPLY);
}

static void no_response_at_all(void **state)
{
	struct fixture *fixture = *state;
	fixture->octets[2] = 0; /* QR */
	assert_int_equal(match(fixture), MATCH_NOT_A_REPLY);
	fixture->octets[2] = 0x80 | 5 << 3; /* UPDATE */
	assert_int_equal(match(fixture), MATCH_NOT_A_REPLY);
	fixture->size = 11;
	assert_int_equal(match(fixture), MATCH_NOT_A_REPLY);
}

static void another_id_case_or_question(void **state)
{
	struct fixture *fixture = *state;
	fixture->octets[1] ^= 1;
	assert_int_equal(match(fixture), MATCH_WRONG_ID);
	fixture->octets[1] ^= 1;
	fixture->octets[HEADER_SIZE + 1] ^= 0x20;
	assert_int_equal(match(fixture), MATCH_WRONG_CASE);
	fixture->sent.stream = true;
	assert_int_equal(match(fixture), MATCH_REPLY);
	fixture->sent.stream = fixture->sent.case_random = false;
	assert_int_equal(match(fixture), MATCH_REPLY);
	fixture->octets[HEADER_SIZE + 1] = 'x';
	assert_int_equal(match(fixture), MATCH_WRONG_QUESTION);
	fixture->octets[HEADER_SIZE + 1] = 'w';
	fixture->octets[fixture->size - 1] = CLASS_CHAOS;
	assert_int_equal(match(fixture), MATCH_WRONG_QUESTION);
}

static void without_a_question_only_errors(void **state)
{
	struct fixture *fixture = *state;
	fixture->octets[5] = 0;
	fixture->size = HEADER_SIZE;
	assert_int_equal(match(fixture), MATCH_WRONG_QUESTION);
	fixture->octets[3] = RCODE_NXDOMAIN;
	assert_int_equal(match(fixture), MATCH_WRONG_QUESTION);
	fixture->octets[3] = RCODE_FORMERR;
	assert_int_equal(match(fixture), MATCH_REPLY);
	fixture->octets[5] = 2;
	assert_int_equal(match(fixture), MATCH_WRONG_QUESTION);
}

#define TEST(function) cmocka_unit_test_setup(function, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_reply_itself),	   TEST(from_elsewhere),
		TEST(no_response_at_all),  TEST(another_id_case_or_question),
		TEST(without_a_question_only_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
