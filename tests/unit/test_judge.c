#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "resolver/judge.h"
#include "wire/codes.h"

/* One reply in a few words, and what it must mean. Records are "owner TYPE target" in the order of their sections; the
 * target of A is left out. */
struct reply {
	const char *what;
	const char *question;
	uint16_t type;
	const char *zone;
	uint16_t flags; /* with the rcode */
	const char *answer[6], *authority[3];
	enum verdict verdict;
	unsigned int links;
	const char *end;
	bool weak, forwarder;
};

#define AA FLAG_AA

static const struct reply replies[] = {
	{ .what = "data", .question = "www.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .answer = { "www.example.com A" }, .verdict = VERDICT_ANSWER, .end = "www.example.com" },
	{ .what = "data without AA", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .answer = { "www.example.com A" }, .verdict = VERDICT_ANSWER, .end = "www.example.com" },
	{ .what = "from a cache", .question = "www.example.com", .type = TYPE_A, .zone = "example.com", .flags = FLAG_RA,
	  .answer = { "www.example.com A" }, .verdict = VERDICT_ANSWER, .end = "www.example.com", .weak = true },
	{ .what = "a chain in any order", .question = "a.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .answer = { "c.example.com A", "b.example.com CNAME c.example.com", "a.example.com CNAME b.example.com" },
	  .verdict = VERDICT_ANSWER, .links = 2, .end = "c.example.com" },
	{ .what = "a chain out of the zone", .question = "a.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .answer = { "a.example.com CNAME www.example.net", "www.example.net A" }, .verdict = VERDICT_ALIAS, .links = 1,
	  .end = "www.example.net" },
	{ .what = "the same of a forwarder", .question = "a.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = FLAG_RA, .answer = { "a.example.com CNAME www.example.net", "www.example.net A" }, .forwarder = true,
	  .verdict = VERDICT_ANSWER, .links = 1, .end = "www.example.net" },
	{ .what = "a loop", .question = "a.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .answer = { "a.example.com CNAME b.example.com", "b.example.com CNAME a.example.com" },
	  .verdict = VERDICT_ALIAS, .links = 2, .end = "a.example.com" },
	{ .what = "CNAME asked for", .question = "a.example.com", .type = TYPE_CNAME, .zone = "example.com", .flags = AA,
	  .answer = { "a.example.com CNAME b.example.com" }, .verdict = VERDICT_ANSWER, .end = "a.example.com" },
	{ .what = "DNAME", .question = "x.old.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .answer = { "old.example.com DNAME new.example.com", "x.new.example.com A" }, .verdict = VERDICT_ANSWER,
	  .links = 1, .end = "x.new.example.com" },
	{ .what = "a DNAME renames CNAME too", .question = "x.old.example.com", .type = TYPE_CNAME, .zone = "example.com",
	  .flags = AA, .answer = { "old.example.com DNAME example.net", "x.old.example.com CNAME x.example.net" },
	  .verdict = VERDICT_ALIAS, .links = 1, .end = "x.example.net" },
	{ .what = "data of another name", .question = "www.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .answer = { "evil.example.com A" }, .authority = { "example.com SOA" }, .verdict = VERDICT_NODATA,
	  .end = "www.example.com" },
	{ .what = "NODATA", .question = "www.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .authority = { "example.com SOA" }, .verdict = VERDICT_NODATA, .end = "www.example.com" },
	{ .what = "NODATA of another zone", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .authority = { "example.net SOA" }, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "nothing at all", .question = "www.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .verdict = VERDICT_NODATA, .end = "www.example.com", .weak = true },
	{ .what = "nothing and no AA", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "another type only", .question = "www.example.com", .type = TYPE_AAAA, .zone = "example.com",
	  .answer = { "www.example.com A" }, .verdict = VERDICT_NODATA, .end = "www.example.com", .weak = true },
	{ .what = "NXDOMAIN", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA | RCODE_NXDOMAIN, .authority = { "example.com SOA" }, .verdict = VERDICT_NXDOMAIN,
	  .end = "www.example.com" },
	{ .what = "an alias to nothing", .question = "a.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA | RCODE_NXDOMAIN, .answer = { "a.example.com CNAME b.example.com" },
	  .authority = { "example.com SOA" }, .verdict = VERDICT_NXDOMAIN, .links = 1, .end = "b.example.com" },
	{ .what = "an alias into another zone and NXDOMAIN there", .question = "a.example.com", .type = TYPE_A,
	  .zone = "example.com", .flags = AA | RCODE_NXDOMAIN, .answer = { "a.example.com CNAME b.example.net" },
	  .authority = { "example.net SOA" }, .verdict = VERDICT_ALIAS, .links = 1, .end = "b.example.net" },
	{ .what = "referral", .question = "www.example.com", .type = TYPE_A, .zone = "com",
	  .authority = { "example.com NS ns.example.net" }, .verdict = VERDICT_REFERRAL, .end = "www.example.com" },
	{ .what = "referral that leads nowhere", .question = "www.example.com", .type = TYPE_A, .zone = "com", .weak = true,
	  .authority = { "example.com NS ns.example.com" }, .verdict = VERDICT_REFERRAL, .end = "www.example.com" },
	{ .what = "referral of a forwarder", .question = "www.example.com", .type = TYPE_A, .zone = "com", .forwarder = true,
	  .authority = { "example.com NS ns.example.com" }, .verdict = VERDICT_NODATA, .end = "www.example.com" },
	{ .what = "referral to the zone itself", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .authority = { "example.com NS ns.example.com" }, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "referral upwards, with AA", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA, .authority = { ". NS a.root" }, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "referral sideways", .question = "www.example.com", .type = TYPE_A, .zone = "com",
	  .authority = { "example.net NS ns.example.net" }, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "NS beside data is no referral", .question = "www.example.com", .type = TYPE_A, .zone = "com", .flags = AA,
	  .answer = { "www.example.com A" }, .authority = { "example.com NS ns.evil.net" }, .verdict = VERDICT_ANSWER,
	  .end = "www.example.com" },
	{ .what = "DS at the cut", .question = "example.com", .type = TYPE_DS, .zone = "com",
	  .authority = { "example.com NS ns.example.com" }, .verdict = VERDICT_NODATA, .end = "example.com" },
	{ .what = "DS denied by the child", .question = "example.com", .type = TYPE_DS, .zone = "com", .flags = AA,
	  .authority = { "example.com SOA" }, .verdict = VERDICT_NODATA, .end = "example.com", .weak = true },
	{ .what = "refused", .question = "www.example.com", .type = TYPE_A, .zone = "example.com", .flags = RCODE_REFUSED,
	  .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "server failure", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = RCODE_SERVFAIL, .verdict = VERDICT_BROKEN, .end = "www.example.com" },
	{ .what = "YXDOMAIN without reason", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA | RCODE_YXDOMAIN, .answer = { "www.example.com A" }, .verdict = VERDICT_BROKEN,
	  .end = "www.example.com" },
};

static struct name named(struct arena *arena, const char *text)
{
	struct name_buffer buffer;
	struct name name;
	if (!name_of_text(text, &buffer, &name))
		fail_msg("%s is no name", text);
	return name_copy(arena, name);
}

static void read_record(struct arena *arena, const char *text, struct rrset *rrset)
{
	char owner[256], type_text[16], target[256] = "";
	static const uint8_t zeros[22];
	uint16_t type;
	assert_true(sscanf(text, "%255s %15s %255s", owner, type_text, target) >= 2);
	assert_true(type_of_text(type_text, &type));
	struct name to = target[0] != '\0' ? named(arena, target) : name_root;
	struct span rdata = target[0] != '\0' ? span_of(to.octets, to.size) :
			    type == TYPE_SOA  ? span_of(zeros, sizeof zeros) :
						span_of("\300\0\2\1", 4);
	assert_true(rrset_of_one(arena, named(arena, owner), type, 60, rdata, rrset));
}

static struct section read_section(struct arena *arena, const char *const *lines, size_t max)
{
	struct section section = { .rrsets = arena_alloc(arena, max * sizeof *section.rrsets) };
	while (section.count < max && lines[section.count] != NULL) {
		read_record(arena, lines[section.count], &section.rrsets[section.count]);
		section.count++;
	}
	return section;
}

static void each_reply_means_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
		const struct reply *reply = &replies[i];
		struct arena arena = arena_of(0);
		struct judgement judgement;
		struct question question = { named(&arena, reply->question), reply->type, CLASS_IN };
		struct msg msg = { .question = question };
		msg.header.flags = (uint16_t)(FLAG_QR | reply->flags);
		msg.rcode = reply->flags & FLAGS_RCODE_MASK;
		msg.answer = read_section(&arena, reply->answer, 6);
		msg.authority = read_section(&arena, reply->authority, 3);
		assert_true(judge_reply(&msg, &question, named(&arena, reply->zone), reply->forwarder, &arena, &judgement));
		if (judgement.verdict != reply->verdict || judgement.link_count != reply->links ||
		    judgement.weak != reply->weak || !name_equal(judgement.end, named(&arena, reply->end)))
			fail_msg("%s: verdict %d, %u links, weak %d", reply->what, judgement.verdict, judgement.link_count,
				 judgement.weak);
		arena_free(&arena);
	}
}

static void a_dname_can_make_a_name_too_long(void **state)
{
	(void)state;
	char text[256];
	struct arena arena = arena_of(0);
	struct judgement judgement;
	struct rrset rrset;
	memset(text, 'a', sizeof text);
	text[63] = text[127] = text[191] = '.';
	strcpy(text + 240, ".com");
	struct name to = named(&arena, text);
	struct question question = { named(&arena, "long.label.old.com"), TYPE_A, CLASS_IN };
	assert_true(rrset_of_one(&arena, named(&arena, "old.com"), TYPE_DNAME, 60, span_of(to.octets, to.size), &rrset));
	struct msg msg = { .question = question, .rcode = RCODE_YXDOMAIN, .answer = { &rrset, 1 } };
	msg.header.flags = FLAG_QR | FLAG_AA | RCODE_YXDOMAIN;
	assert_true(judge_reply(&msg, &question, named(&arena, "com"), false, &arena, &judgement));
	assert_int_equal(judgement.verdict, VERDICT_TOO_LONG);
	assert_int_equal(judgement.link_count, 1);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reply_means_what_it_says),
		cmocka_unit_test(a_dname_can_make_a_name_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
