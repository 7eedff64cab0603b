/* A whole story: its last line, and the same for programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/story.h"
#include "wire/codes.h"

static const uint8_t octets[] = "\3www\7example";
static const struct name name = { octets, sizeof octets, 2 };

/* An answer without records, as it comes from the engine. */
static struct span answer_of(uint16_t rcode, bool authentic, int ede, uint8_t *room, size_t size)
{
	struct builder builder = builder_of(room, size);
	struct msg_writer writer;
	struct question question = { name, TYPE_A, CLASS_IN };
	struct edns edns = edns_none();
	edns.present = true;
	edns.ede = ede;
	msg_begin(&writer, &builder, 1, (uint16_t)(FLAG_QR | FLAG_RA | (authentic ? FLAG_AD : 0) | rcode));
	msg_question(&writer, &question);
	assert_true(msg_end(&writer));
	edns_write(&builder, &edns);
	builder_patch_u16(&builder, 10, 1);
	assert_false(builder.overflowed);
	return builder_written(&builder);
}

/* The story of one line that ends in `security`; to be freed. */
static char *written(enum story_form form, uint16_t rcode, enum security security, int ede)
{
	uint8_t room[512];
	struct trace_event check = { .kind = TRACE_SECURE, .name = name, .zone = name, .type = TYPE_A, .count = 1, .ede = EDE_NONE };
	struct trace_event end = { .kind = TRACE_DONE, .name = name, .type = TYPE_A, .security = security, .ede = EDE_NONE };
	struct trace trace = { .first = &check, .last = &end, .count = 2 };
	struct story story = { .name = name, .type = TYPE_A, .trace = &trace, .hosts = { .path = "/etc/hosts" } };
	char *text = NULL;
	size_t size;
	check.next = &end;
	story.answer = answer_of(rcode, security == SECURITY_SECURE, ede, room, sizeof room);
	FILE *file = open_memstream(&text, &size);
	assert_non_null(file);
	assert_true(story_write(&story, form, file));
	fclose(file);
	return text;
}

static const char *last_line(const char *text)
{
	size_t size = strlen(text);
	assert_true(size > 1 && text[size - 1] == '\n');
	const char *at = text + size - 1;
	while (at > text && at[-1] != '\n')
		at--;
	return at + strspn(at, " ");
}

static void expect_last(uint16_t rcode, enum security security, int ede, const char *begins)
{
	char *text = written(STORY_PLAIN, rcode, security, ede);
	const char *line = last_line(text);
	if (strncmp(line, begins, strlen(begins)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", line, begins);
	free(text);
}

static void the_last_line_says_whether_it_is_secure(void **state)
{
	(void)state;
	expect_last(RCODE_NOERROR, SECURITY_SECURE, EDE_NONE, "secure: ");
	expect_last(RCODE_NXDOMAIN, SECURITY_SECURE, EDE_NONE, "secure: ");
	expect_last(RCODE_NOERROR, SECURITY_INSECURE, EDE_NONE, "insecure: ");
	expect_last(RCODE_NOERROR, SECURITY_INSECURE, EDE_DNSKEY_ALGORITHM, "insecure: ");
	expect_last(RCODE_NOERROR, SECURITY_UNCHECKED, EDE_NONE, "not checked: ");
	expect_last(RCODE_SERVFAIL, SECURITY_BOGUS, EDE_BOGUS, "bogus: ");
	/* Without an answer there is nothing to be secure. */
	expect_last(RCODE_SERVFAIL, SECURITY_UNCHECKED, EDE_NETWORK_ERROR, "extended error 23: Network Error");
}

static void what_was_checked_has_a_role_of_its_own(void **state)
{
	(void)state;
	char *text = written(STORY_PLAIN, RCODE_NOERROR, SECURITY_SECURE, EDE_NONE);
	assert_non_null(strstr(text, "\nvalidation         checks www.example. A: signed by www.example., secure\n"));
	free(text);
}

static void programs_are_told_too(void **state)
{
	static const char *const words[] = { "unchecked", "insecure", "secure", "bogus" };
	char member[64];
	(void)state;
	for (int security = SECURITY_UNCHECKED; security <= SECURITY_BOGUS; security++) {
		char *text = written(STORY_JSON, RCODE_NOERROR, (enum security)security, EDE_NONE);
		snprintf(member, sizeof member, "\"security\": \"%s\"", words[security]);
		assert_non_null(strstr(text, member));
		assert_non_null(strstr(text, "\"kind\": \"secure\""));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_line_says_whether_it_is_secure),
		cmocka_unit_test(what_was_checked_has_a_role_of_its_own),
		cmocka_unit_test(programs_are_told_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
