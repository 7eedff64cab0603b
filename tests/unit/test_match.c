#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
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

/* Every beginning of the reply is less than the reply; memory is exact, so that the sanitizer looks on. */
static void cut_short(void **state)
{
	struct fixture *fixture = *state;
	for (size_t size = 0; size < fixture->size; size++) {
		uint8_t *exact = malloc(size + 1);
		assert_non_null(exact);
		memcpy(exact, fixture->octets, size);
		assert_int_equal(match_reply(&fixture->sent, fixture->sent.server, span_of(exact, size)),
				 size < HEADER_SIZE ? MATCH_NOT_A_REPLY : MATCH_WRONG_QUESTION);
		free(exact);
	}
}

/* One octet of the question differs, or the name is another: longer, shorter, or none at all. */
static void every_octet_of_the_question_counts(void **state)
{
	struct fixture *fixture = *state;
	for (size_t at = HEADER_SIZE; at < fixture->size; at++) {
		fixture->octets[at] ^= 1;
		assert_int_equal(match(fixture), MATCH_WRONG_QUESTION);
		fixture->octets[at] ^= 1;
	}
	assert_int_equal(match(fixture), MATCH_REPLY);
	fixture->sent.question.name = name_suffix(fixture->sent.question.name, 2);
	assert_int_equal(match(fixture), MATCH_WRONG_QUESTION);
	fixture->octets[HEADER_SIZE] = 0xc0;
	fixture->octets[HEADER_SIZE + 1] = 0x0c;
	assert_int_equal(match(fixture), MATCH_WRONG_QUESTION);
}

/* The case of each letter is a bit that a guesser has to know. */
static void every_letter_counts(void **state)
{
	struct fixture *fixture = *state;
	for (size_t at = HEADER_SIZE; at < HEADER_SIZE + sizeof name_octets; at++) {
		uint8_t kept = fixture->octets[at];
		if ((kept | 0x20) < 'a' || (kept | 0x20) > 'z')
			continue;
		fixture->octets[at] ^= 0x20;
		assert_int_equal(match(fixture), MATCH_WRONG_CASE);
		fixture->octets[at] = kept;
	}
}

/* A reply with an OPT and, when cookie.size > 0, a cookie in it. */
static struct span reply_with_cookie(const struct fixture *fixture, struct span cookie, uint8_t octets[128])
{
	struct builder builder = builder_of(octets, 128);
	struct msg_writer writer;
	struct edns edns = edns_none();
	edns.cookie = cookie;
	msg_begin(&writer, &builder, fixture->sent.id, FLAG_QR);
	msg_question(&writer, &fixture->sent.question);
	msg_edns(&writer, &edns);
	assert_true(msg_end(&writer));
	return builder_written(&builder);
}

static enum match match_with(const struct fixture *fixture, const char *cookie, size_t size)
{
	uint8_t octets[128];
	return match_reply(&fixture->sent, fixture->sent.server,
			   reply_with_cookie(fixture, span_of(cookie, size), octets));
}

/* Ours must come back; none may, where none was expected; over TCP anything goes. */
static void the_cookie_is_ours(void **state)
{
	struct fixture *fixture = *state;
	struct span server;
	uint8_t octets[128];
	memcpy(fixture->sent.cookie, "clientpt", 8);
	fixture->sent.cookie_expected = true; /* but none was sent */
	assert_int_equal(match_with(fixture, "", 0), MATCH_REPLY);
	fixture->sent.has_cookie = true;
	assert_int_equal(match_with(fixture, "clientptSERVERPT", 16), MATCH_REPLY);
	assert_int_equal(match_with(fixture, "clientptSERVERPT", 8), MATCH_REPLY);
	assert_int_equal(match_with(fixture, "clientpuSERVERPT", 16), MATCH_WRONG_COOKIE);
	assert_int_equal(match_with(fixture, "clientptSERVERPT", 15), MATCH_WRONG_COOKIE); /* no size of a cookie */
	assert_int_equal(match_with(fixture, "clientptSERVERPT", 7), MATCH_WRONG_COOKIE);
	assert_int_equal(match_with(fixture, "", 0), MATCH_WRONG_COOKIE);
	assert_int_equal(match(fixture), MATCH_WRONG_COOKIE);
	fixture->sent.cookie_expected = false;
	assert_int_equal(match_with(fixture, "", 0), MATCH_REPLY);
	assert_int_equal(match(fixture), MATCH_REPLY);
	assert_int_equal(match_with(fixture, "clientpuSERVERPT", 16), MATCH_WRONG_COOKIE);
	fixture->sent.stream = true;
	assert_int_equal(match_with(fixture, "clientpuSERVERPT", 16), MATCH_REPLY);
	struct span reply = reply_with_cookie(fixture, span_of("clientptSERVERPT", 16), octets);
	assert_int_equal(match_cookie(&fixture->sent, reply, &server), SHOWN_OURS);
	assert_true(span_equal(server, span_of("SERVERPT", 8)));
	reply.size--; /* what is malformed shows no cookie */
	assert_int_equal(match_cookie(&fixture->sent, reply, &server), SHOWN_NONE);
	assert_int_equal(server.size, 0);
}

/* Who does not know the ID learns nothing from the case, and who sends from elsewhere nothing at all. */
static void what_is_looked_at_first(void **state)
{
	struct fixture *fixture = *state;
	fixture->octets[HEADER_SIZE + 1] ^= 0x20;
	fixture->octets[0] ^= 1;
	assert_int_equal(match(fixture), MATCH_WRONG_ID);
	fixture->sent.server.port = 5353;
	struct endpoint from = fixture->sent.server;
	from.port = 53;
	assert_int_equal(match_reply(&fixture->sent, from, span_of(fixture->octets, fixture->size)), MATCH_NOT_A_REPLY);
}

#define TEST(function) cmocka_unit_test_setup(function, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_reply_itself),
		TEST(from_elsewhere),
		TEST(no_response_at_all),
		TEST(another_id_case_or_question),
		TEST(without_a_question_only_errors),
		TEST(cut_short),
		TEST(every_octet_of_the_question_counts),
		TEST(every_letter_counts),
		TEST(the_cookie_is_ours),
		TEST(what_is_looked_at_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
