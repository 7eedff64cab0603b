/* Every kind of line that tells of validation, in words; and what the story says of its answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/story.h"
#include "wire/codes.h"

static const uint8_t www_octets[] = "\3www\7example\3com", zone_octets[] = "\7example\3com", com_octets[] = "\3com";
static const struct name www = { www_octets, sizeof www_octets, 3 };
static const struct name zone = { zone_octets, sizeof zone_octets, 2 };
static const struct name com = { com_octets, sizeof com_octets, 1 };

static const struct endpoint server = { .ip = { .version = 4, .octets = { 192, 0, 2, 1 } }, .port = 53 };

static const struct {
	struct trace_event event;
	const char *word, *line;
} rows[] = {
	{ { .kind = TRACE_KEYS_NEEDED }, "keys-needed", "needs the keys of example.com. to check signatures" },
	{ { .kind = TRACE_KEYS_KNOWN }, "keys-known", "knows the keys of example.com. already" },
	{ { .kind = TRACE_DS, .count = 1 }, "ds", "reads in 1 DS record, signed by com., which key example.com. has" },
	{ { .kind = TRACE_DS, .count = 2 }, "ds", "reads in 2 DS records, signed by com., which key example.com. has" },
	{ { .kind = TRACE_ZONE_SECURE, .count = 1 }, "zone-secure", "trusts the key of example.com. from now on" },
	{ { .kind = TRACE_ZONE_SECURE, .count = 3 }, "zone-secure", "trusts the 3 keys of example.com. from now on" },
	{ { .kind = TRACE_ZONE_INSECURE, .detail = "the zone above has no DS for it" }, "zone-insecure",
	  "cannot check example.com.: it is insecure (the zone above has no DS for it)" },
	{ { .kind = TRACE_ZONE_BOGUS, .type = TYPE_DS, .detail = "the RRSIG has expired" }, "zone-bogus",
	  "finds example.com. bogus: its DS cannot be trusted (the RRSIG has expired)" },
	{ { .kind = TRACE_ZONE_BOGUS, .type = TYPE_DNSKEY }, "zone-bogus",
	  "finds example.com. bogus: its keys cannot be trusted" },
	{ { .kind = TRACE_SECURE, .type = TYPE_A, .count = 1 }, "secure",
	  "checks www.example.com. A: signed by example.com., secure" },
	{ { .kind = TRACE_SECURE, .type = TYPE_MX }, "secure",
	  "checks that www.example.com. has no MX: signed by example.com., secure" },
	{ { .kind = TRACE_SECURE, .type = TYPE_MX, .rcode = RCODE_NXDOMAIN }, "secure",
	  "checks that there is no www.example.com.: signed by example.com., secure" },
	{ { .kind = TRACE_INSECURE, .type = TYPE_A, .count = 2 }, "insecure",
	  "cannot check www.example.com. A: insecure" },
	{ { .kind = TRACE_BOGUS, .type = TYPE_A, .count = 1, .detail = "the signature is wrong" }, "bogus",
	  "checks www.example.com. A: bogus (the signature is wrong)" },
	{ { .kind = TRACE_UNCHECKED, .type = TYPE_A, .count = 1, .detail = "out of memory" }, "unchecked",
	  "does not come to check www.example.com. A (out of memory)" },
	{ { .kind = TRACE_DISTRUSTED, .server = server }, "distrusted", "does not trust 192.0.2.1, and looks for another server" },
	{ { .kind = TRACE_DISTRUSTED }, "distrusted", "does not trust that, and asks a server itself" },
	{ { .kind = TRACE_ANSWER, .type = TYPE_A, .count = 2, .ttl = 60, .rtt_us = 1500 }, "answer",
	  "1.5 ms: here is www.example.com. A, 2 records, good for 60 s" },
	{ { .kind = TRACE_DONE, .type = TYPE_A }, "done", "is done with www.example.com. A: NOERROR" },
};

static void every_line_has_its_words(void **state)
{
	char text[4 * NAME_TEXT_SIZE];
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct trace_event event = rows[i].event;
		event.name = www;
		event.zone = zone;
		event.target = com;
		event.ede = EDE_NONE;
		assert_string_equal(story_line(&event, text, sizeof text), rows[i].line);
		assert_string_equal(story_word(event.kind), rows[i].word);
	}
}

static void every_kind_has_a_word(void **state)
{
	(void)state;
	for (int kind = 0; kind <= TRACE_DONE; kind++)
		assert_string_not_equal(story_word((enum trace_kind)kind), "unknown");
	assert_string_equal(story_word((enum trace_kind)(TRACE_DONE + 1)), "unknown");
}

/* ---- what the answer is worth ---- */

static enum security security_of(enum trace_kind kind, uint8_t depth, enum security told, uint16_t flags, int ede)
{
	struct trace_event event = { .kind = kind, .depth = depth, .security = told };
	struct trace trace = { .first = &event, .last = &event };
	struct story story = { .name = www, .trace = &trace };
	struct msg msg = { .header.flags = flags, .edns.ede = ede };
	return story_security(&story, &msg);
}

static void the_end_says_what_the_answer_is_worth(void **state)
{
	(void)state;
	for (int told = SECURITY_UNCHECKED; told <= SECURITY_BOGUS; told++)
		assert_int_equal(security_of(TRACE_DONE, 0, (enum security)told, 0, EDE_NONE), told);
	assert_int_equal(security_of(TRACE_FAILED, 0, SECURITY_BOGUS, 0, EDE_BOGUS), SECURITY_BOGUS);
	assert_int_equal(security_of(TRACE_FAILED, 0, SECURITY_UNCHECKED, 0, EDE_INDETERMINATE), SECURITY_UNCHECKED);
}

/* A story that was cut, or none. */
static void the_answer_says_it_where_the_story_does_not(void **state)
{
	(void)state;
	struct story story = { .name = www };
	struct msg msg = { .edns.ede = EDE_SIGNATURE_EXPIRED };
	assert_int_equal(security_of(TRACE_SEND, 0, SECURITY_UNCHECKED, FLAG_AD, EDE_NONE), SECURITY_SECURE);
	assert_int_equal(security_of(TRACE_DONE, 1, SECURITY_SECURE, 0, EDE_NONE), SECURITY_UNCHECKED);
	assert_int_equal(security_of(TRACE_DONE, 1, SECURITY_SECURE, 0, EDE_NSEC_MISSING), SECURITY_BOGUS);
	assert_int_equal(story_security(&story, &msg), SECURITY_BOGUS);
	assert_int_equal(story_security(&story, NULL), SECURITY_UNCHECKED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_has_its_words),
		cmocka_unit_test(every_kind_has_a_word),
		cmocka_unit_test(the_end_says_what_the_answer_is_worth),
		cmocka_unit_test(the_answer_says_it_where_the_story_does_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
