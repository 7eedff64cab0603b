#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "resolver/judge.h"
#include "tests/unit/named.h"
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
	enum reply_verdict verdict;
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
	{ .what = "from a cache", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = FLAG_RA, .answer = { "www.example.com A" }, .verdict = VERDICT_ANSWER, .end = "www.example.com",
	  .weak = true },
	{ .what = "a chain in any order", .question = "a.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA,
	  .answer = { "c.example.com A", "b.example.com CNAME c.example.com", "a.example.com CNAME b.example.com" },
	  .verdict = VERDICT_ANSWER, .links = 2, .end = "c.example.com" },
	{ .what = "a chain out of the zone", .question = "a.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA, .answer = { "a.example.com CNAME www.example.net", "www.example.net A" },
	  .verdict = VERDICT_ALIAS, .links = 1, .end = "www.example.net" },
	{ .what = "the same of a forwarder", .question = "a.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = FLAG_RA, .answer = { "a.example.com CNAME www.example.net", "www.example.net A" }, .forwarder = true,
	  .verdict = VERDICT_ANSWER, .links = 1, .end = "www.example.net" },
	{ .what = "a loop", .question = "a.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .answer = { "a.example.com CNAME b.example.com", "b.example.com CNAME a.example.com" },
	  .verdict = VERDICT_ALIAS, .links = 2, .end = "a.example.com" },
	{ .what = "CNAME asked for", .question = "a.example.com", .type = TYPE_CNAME, .zone = "example.com",
	  .flags = AA, .answer = { "a.example.com CNAME b.example.com" }, .verdict = VERDICT_ANSWER,
	  .end = "a.example.com" },
	{ .what = "DNAME", .question = "x.old.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .answer = { "old.example.com DNAME new.example.com", "x.new.example.com A" }, .verdict = VERDICT_ANSWER,
	  .links = 1, .end = "x.new.example.com" },
	{ .what = "a DNAME renames CNAME too", .question = "x.old.example.com", .type = TYPE_CNAME,
	  .zone = "example.com", .flags = AA,
	  .answer = { "old.example.com DNAME example.net", "x.old.example.com CNAME x.example.net" },
	  .verdict = VERDICT_ALIAS, .links = 1, .end = "x.example.net" },
	{ .what = "data of another name", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA, .answer = { "evil.example.com A" }, .authority = { "example.com SOA" },
	  .verdict = VERDICT_NODATA, .end = "www.example.com" },
	{ .what = "NODATA", .question = "www.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .authority = { "example.com SOA" }, .verdict = VERDICT_NODATA, .end = "www.example.com" },
	{ .what = "NODATA of another zone", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .authority = { "example.net SOA" }, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "NODATA by a proof alone", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .authority = { "www.example.com NSEC example.com" }, .verdict = VERDICT_NODATA, .end = "www.example.com" },
	{ .what = "a proof of another zone", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .authority = { "www.example.net NSEC example.net" }, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "DS denied by the child, with its proof", .question = "example.com", .type = TYPE_DS, .zone = "com",
	  .flags = AA, .authority = { "example.com SOA", "example.com NSEC a.example.com" }, .verdict = VERDICT_NODATA,
	  .end = "example.com", .weak = true },
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
	{ .what = "referral that leads nowhere", .question = "www.example.com", .type = TYPE_A, .zone = "com",
	  .weak = true, .authority = { "example.com NS ns.example.com" }, .verdict = VERDICT_REFERRAL,
	  .end = "www.example.com" },
	{ .what = "referral of a forwarder", .question = "www.example.com", .type = TYPE_A, .zone = "com",
	  .forwarder = true, .authority = { "example.com NS ns.example.com" }, .verdict = VERDICT_NODATA,
	  .end = "www.example.com" },
	{ .what = "referral to the zone itself", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .authority = { "example.com NS ns.example.com" }, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "referral upwards, with AA", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA, .authority = { ". NS a.root" }, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "referral sideways", .question = "www.example.com", .type = TYPE_A, .zone = "com",
	  .authority = { "example.net NS ns.example.net" }, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "NS beside data is no referral", .question = "www.example.com", .type = TYPE_A, .zone = "com",
	  .flags = AA, .answer = { "www.example.com A" }, .authority = { "example.com NS ns.evil.net" },
	  .verdict = VERDICT_ANSWER, .end = "www.example.com" },
	{ .what = "DS at the cut", .question = "example.com", .type = TYPE_DS, .zone = "com",
	  .authority = { "example.com NS ns.example.com" }, .verdict = VERDICT_NODATA, .end = "example.com" },
	{ .what = "DS denied by the child", .question = "example.com", .type = TYPE_DS, .zone = "com", .flags = AA,
	  .authority = { "example.com SOA" }, .verdict = VERDICT_NODATA, .end = "example.com", .weak = true },
	{ .what = "refused", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = RCODE_REFUSED, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "server failure", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = RCODE_SERVFAIL, .verdict = VERDICT_BROKEN, .end = "www.example.com" },
	{ .what = "YXDOMAIN without reason", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA | RCODE_YXDOMAIN, .answer = { "www.example.com A" }, .verdict = VERDICT_BROKEN,
	  .end = "www.example.com" },
	{ .what = "an alias to itself", .question = "a.example.com", .type = TYPE_A, .zone = "example.com", .flags = AA,
	  .answer = { "a.example.com CNAME A.example.com" }, .verdict = VERDICT_ALIAS, .links = 1,
	  .end = "a.example.com" },
	{ .what = "a loop behind an alias", .question = "a.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA,
	  .answer = { "a.example.com CNAME b.example.com", "b.example.com CNAME c.example.com",
		      "c.example.com CNAME b.example.com" }, .verdict = VERDICT_ALIAS, .links = 3,
	  .end = "b.example.com" },
	{ .what = "an alias that ends nowhere", .question = "a.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA, .answer = { "a.example.com CNAME b.example.com" }, .verdict = VERDICT_ALIAS, .links = 1,
	  .end = "b.example.com" },
	{ .what = "an alias to a name without that type", .question = "a.example.com", .type = TYPE_AAAA,
	  .zone = "example.com", .flags = AA, .answer = { "a.example.com CNAME b.example.com" },
	  .authority = { "example.com SOA" }, .verdict = VERDICT_NODATA, .links = 1, .end = "b.example.com" },
	{ .what = "an alias to a delegated name", .question = "a.example.com", .type = TYPE_A, .zone = "example.com",
	  .answer = { "a.example.com CNAME www.sub.example.com" }, .authority = { "sub.example.com NS ns.example.net" },
	  .verdict = VERDICT_ALIAS, .links = 1, .end = "www.sub.example.com" },
	{ .what = "data that no link leads to", .question = "a.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA,
	  .answer = { "c.example.com A", "b.example.net CNAME c.example.com", "a.example.com CNAME b.example.net" },
	  .verdict = VERDICT_ALIAS, .links = 1, .end = "b.example.net" },
	{ .what = "data beside an alias", .question = "a.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA, .answer = { "a.example.com CNAME b.example.com", "a.example.com A" }, .verdict = VERDICT_ANSWER,
	  .end = "a.example.com" },
	{ .what = "the case of names does not count", .question = "WWW.example.com", .type = TYPE_A,
	  .zone = "EXAMPLE.com", .flags = AA, .answer = { "www.Example.Com CNAME B.example.com", "b.EXAMPLE.com A" },
	  .verdict = VERDICT_ANSWER, .links = 1, .end = "b.example.com" },
	{ .what = "ANY", .question = "www.example.com", .type = TYPE_ANY, .zone = "example.com", .flags = AA,
	  .answer = { "other.example.com A", "www.example.com CNAME b.example.com" }, .verdict = VERDICT_ANSWER,
	  .end = "www.example.com" },
	{ .what = "CNAME asked for, and there is none", .question = "www.example.com", .type = TYPE_CNAME,
	  .zone = "example.com", .flags = AA, .authority = { "example.com SOA" }, .verdict = VERDICT_NODATA,
	  .end = "www.example.com" },
	{ .what = "DNAME asked for", .question = "old.example.com", .type = TYPE_DNAME, .zone = "example.com",
	  .flags = AA, .answer = { "old.example.com DNAME new.example.com" }, .verdict = VERDICT_ANSWER,
	  .end = "old.example.com" },
	{ .what = "a DNAME leaves its own name alone", .question = "old.example.com", .type = TYPE_A,
	  .zone = "example.com", .flags = AA, .answer = { "old.example.com DNAME new.example.com" },
	  .authority = { "example.com SOA" }, .verdict = VERDICT_NODATA, .end = "old.example.com" },
	{ .what = "a DNAME beats the CNAME made from it", .question = "x.old.example.com", .type = TYPE_A,
	  .zone = "example.com", .flags = AA,
	  .answer = { "x.old.example.com CNAME evil.example.com", "evil.example.com A",
		      "old.example.com DNAME new.example.com", "x.new.example.com A" }, .verdict = VERDICT_ANSWER,
	  .links = 1, .end = "x.new.example.com" },
	{ .what = "a DNAME above the zone is none of its matters", .question = "x.example.com", .type = TYPE_A,
	  .zone = "example.com", .flags = AA, .answer = { "com DNAME net", "x.example.com A" },
	  .verdict = VERDICT_ANSWER, .end = "x.example.com" },
	{ .what = "a DNAME at the top of the zone", .question = "x.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA, .answer = { "example.com DNAME example.net" }, .verdict = VERDICT_ALIAS, .links = 1,
	  .end = "x.example.net" },
	{ .what = "a DNAME into itself", .question = "x.example.com", .type = TYPE_A, .zone = "com", .flags = AA,
	  .answer = { "example.com DNAME example.com" }, .verdict = VERDICT_ALIAS, .links = 1,
	  .end = "x.example.com" },
	{ .what = "NXDOMAIN with data", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA | RCODE_NXDOMAIN, .answer = { "www.example.com A" }, .verdict = VERDICT_ANSWER,
	  .end = "www.example.com" },
	{ .what = "NXDOMAIN that gives no reason", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA | RCODE_NXDOMAIN, .verdict = VERDICT_NXDOMAIN, .end = "www.example.com" },
	{ .what = "NXDOMAIN of another zone", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = RCODE_NXDOMAIN, .authority = { "example.net SOA" }, .verdict = VERDICT_LAME,
	  .end = "www.example.com" },
	{ .what = "NXDOMAIN from a cache", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = FLAG_RA | RCODE_NXDOMAIN, .authority = { "example.com SOA" }, .verdict = VERDICT_NXDOMAIN,
	  .end = "www.example.com", .weak = true },
	{ .what = "NXDOMAIN of a forwarder", .question = "www.example.com", .type = TYPE_A, .zone = ".",
	  .flags = FLAG_RA | RCODE_NXDOMAIN, .authority = { "com SOA" }, .verdict = VERDICT_NXDOMAIN,
	  .end = "www.example.com", .forwarder = true },
	{ .what = "NODATA of a forwarder, of a zone further along", .question = "a.example.com", .type = TYPE_A,
	  .zone = "example.com", .flags = FLAG_RA, .answer = { "a.example.com CNAME www.example.net" },
	  .authority = { "example.net SOA" }, .forwarder = true, .verdict = VERDICT_NODATA, .links = 1,
	  .end = "www.example.net" },
	{ .what = "NODATA of the parent", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .authority = { "com SOA" }, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "NODATA of a child", .question = "www.sub.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = AA, .authority = { "sub.example.com SOA" }, .verdict = VERDICT_NODATA,
	  .end = "www.sub.example.com" },
	{ .what = "referral over several labels", .question = "a.b.example.com", .type = TYPE_A, .zone = ".",
	  .authority = { "b.example.com NS ns.example.net" }, .verdict = VERDICT_REFERRAL, .end = "a.b.example.com" },
	{ .what = "referral with AA", .question = "www.example.com", .type = TYPE_A, .zone = "com", .flags = AA,
	  .authority = { "example.com NS ns.example.net" }, .verdict = VERDICT_REFERRAL, .end = "www.example.com" },
	{ .what = "referral from a cache", .question = "www.example.com", .type = TYPE_A, .zone = "com",
	  .flags = FLAG_RA, .authority = { "example.com NS ns.example.net" }, .verdict = VERDICT_REFERRAL,
	  .end = "www.example.com" },
	{ .what = "referral below the name", .question = "example.com", .type = TYPE_A, .zone = "com",
	  .authority = { "www.example.com NS ns.example.net" }, .verdict = VERDICT_LAME, .end = "example.com" },
	{ .what = "SOA beside NS is NODATA", .question = "www.example.com", .type = TYPE_A, .zone = "com", .flags = AA,
	  .authority = { "example.com NS ns.example.net", "com SOA" }, .verdict = VERDICT_NODATA,
	  .end = "www.example.com" },
	{ .what = "DS in the parent", .question = "example.com", .type = TYPE_DS, .zone = "com", .flags = AA,
	  .answer = { "example.com DS" }, .verdict = VERDICT_ANSWER, .end = "example.com" },
	{ .what = "DS in the child", .question = "example.com", .type = TYPE_DS, .zone = "example.com", .flags = AA,
	  .answer = { "example.com DS" }, .verdict = VERDICT_NODATA, .end = "example.com", .weak = true },
	{ .what = "DS below the cut", .question = "sub.example.com", .type = TYPE_DS, .zone = "com",
	  .authority = { "example.com NS ns.example.net" }, .verdict = VERDICT_REFERRAL, .end = "sub.example.com" },
	{ .what = "not authoritative", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = RCODE_NOTAUTH, .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "refused, whatever else is said", .question = "www.example.com", .type = TYPE_A,
	  .zone = "example.com", .flags = AA | RCODE_REFUSED, .answer = { "www.example.com A" },
	  .verdict = VERDICT_LAME, .end = "www.example.com" },
	{ .what = "format error", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = RCODE_FORMERR, .verdict = VERDICT_BROKEN, .end = "www.example.com" },
	{ .what = "an rcode that nobody knows", .question = "www.example.com", .type = TYPE_A, .zone = "example.com",
	  .flags = 13, .verdict = VERDICT_BROKEN, .end = "www.example.com" },
};

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
		assert_true(
			judge_reply(&msg, &question, named(&arena, reply->zone), reply->forwarder, &arena, &judgement));
		if (judgement.verdict != reply->verdict || judgement.link_count != reply->links ||
		    judgement.weak != reply->weak || !name_equal(judgement.end, named(&arena, reply->end)))
			fail_msg("%s: verdict %d, %u links, weak %d", reply->what, (int)judgement.verdict,
				 judgement.link_count, judgement.weak);
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
	assert_true(
		rrset_of_one(&arena, named(&arena, "old.com"), TYPE_DNAME, 60, span_of(to.octets, to.size), &rrset));
	struct msg msg = { .question = question, .rcode = RCODE_YXDOMAIN, .answer = { &rrset, 1 } };
	msg.header.flags = FLAG_QR | FLAG_AA | RCODE_YXDOMAIN;
	assert_true(judge_reply(&msg, &question, named(&arena, "com"), false, &arena, &judgement));
	assert_int_equal(judgement.verdict, VERDICT_TOO_LONG);
	assert_int_equal(judgement.link_count, 1);
	arena_free(&arena);
}

/* One section of CNAMEs from a0 to a(count), each in its own RRset, in the order of their numbers or against it. */
static void judge_chain(struct arena *arena, unsigned int count, bool backwards, bool data, uint16_t rcode,
			struct judgement *judgement)
{
	char owner[32], target[32];
	struct section answer = { .rrsets = arena_alloc(arena, (count + 1) * sizeof *answer.rrsets) };
	for (unsigned int i = 0; i < count; i++) {
		unsigned int number = backwards ? count - 1 - i : i;
		snprintf(owner, sizeof owner, "a%u.example.com", number);
		snprintf(target, sizeof target, "a%u.example.com", number + 1);
		struct name to = named(arena, target);
		assert_true(rrset_of_one(arena, named(arena, owner), TYPE_CNAME, 60, span_of(to.octets, to.size),
					 &answer.rrsets[answer.count++]));
	}
	snprintf(owner, sizeof owner, "a%u.example.com", count);
	if (data)
		read_record(arena, strcat(owner, " A"), &answer.rrsets[answer.count++]);
	static const char *const soa[] = { "example.com SOA", NULL };
	struct question question = { named(arena, "a0.example.com"), TYPE_A, CLASS_IN };
	struct msg msg = { .question = question, .rcode = rcode, .answer = answer };
	msg.header.flags = (uint16_t)(FLAG_QR | FLAG_AA | rcode);
	if (!data)
		msg.authority = read_section(arena, soa, 1);
	assert_true(judge_reply(&msg, &question, named(arena, "example.com"), false, arena, judgement));
}

static void chains_of_every_length(void **state)
{
	(void)state;
	for (unsigned int count = 0; count <= LIMIT_ALIAS_LINKS; count++) {
		for (int backwards = 0; backwards < 2; backwards++) {
			struct arena arena = arena_of(0);
			struct judgement judgement;
			judge_chain(&arena, count, backwards, true, RCODE_NOERROR, &judgement);
			assert_int_equal(judgement.verdict, VERDICT_ANSWER);
			assert_int_equal(judgement.link_count, count);
			for (unsigned int i = 0; i + 1 < count; i++)
				assert_true(name_equal(judgement.links[i].target, judgement.links[i + 1].owner));
			judge_chain(&arena, count, backwards, false, RCODE_NXDOMAIN, &judgement);
			assert_int_equal(judgement.verdict, VERDICT_NXDOMAIN);
			assert_int_equal(judgement.link_count, count);
			arena_free(&arena);
		}
	}
}

/* A chain that is longer than we follow ends at a name of which the reply has more to say: neither NXDOMAIN nor NODATA
 * is true of it, and kept as such it would be wrong for everybody who asks for that name. */
static void a_chain_too_long_says_nothing_of_its_end(void **state)
{
	(void)state;
	static const uint16_t rcodes[] = { RCODE_NOERROR, RCODE_NXDOMAIN };
	for (size_t i = 0; i < 2; i++) {
		for (int data = 0; data < 2; data++) {
			struct arena arena = arena_of(0);
			struct judgement judgement;
			judge_chain(&arena, LIMIT_ALIAS_LINKS + 1, false, data, rcodes[i], &judgement);
			assert_int_equal(judgement.verdict, VERDICT_ALIAS);
			assert_int_equal(judgement.link_count, LIMIT_ALIAS_LINKS);
			arena_free(&arena);
		}
	}
}

/* Records of another class are nobody's answer. */
static void other_classes_are_not_heard(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	struct judgement judgement;
	struct rrset answer[2], authority;
	read_record(&arena, "www.example.com A", &answer[0]);
	read_record(&arena, "www.example.com CNAME b.example.com", &answer[1]);
	read_record(&arena, "example.com SOA", &authority);
	answer[0].class = answer[1].class = authority.class = CLASS_CHAOS;
	struct question question = { named(&arena, "www.example.com"), TYPE_A, CLASS_IN };
	struct msg msg = { .question = question, .answer = { answer, 2 }, .authority = { &authority, 1 } };
	msg.header.flags = FLAG_QR;
	assert_true(judge_reply(&msg, &question, named(&arena, "example.com"), false, &arena, &judgement));
	assert_int_equal(judgement.verdict, VERDICT_LAME);
	question.type = TYPE_ANY;
	assert_true(judge_reply(&msg, &question, named(&arena, "example.com"), false, &arena, &judgement));
	assert_int_equal(judgement.verdict, VERDICT_LAME);
	arena_free(&arena);
}

/* Glue makes a referral into the zone itself usable. */
static void a_referral_with_glue_is_not_weak(void **state)
{
	(void)state;
	static const uint16_t types[] = { TYPE_A, TYPE_AAAA, TYPE_TXT };
	for (size_t i = 0; i < 3; i++) {
		struct arena arena = arena_of(0);
		struct judgement judgement;
		struct rrset ns, glue;
		read_record(&arena, "example.com NS ns.example.com", &ns);
		read_record(&arena, "NS.example.com A", &glue);
		glue.type = types[i];
		struct question question = { named(&arena, "www.example.com"), TYPE_A, CLASS_IN };
		struct msg msg = { .question = question, .authority = { &ns, 1 }, .additional = { &glue, 1 } };
		msg.header.flags = FLAG_QR;
		assert_true(judge_reply(&msg, &question, named(&arena, "com"), false, &arena, &judgement));
		assert_int_equal(judgement.verdict, VERDICT_REFERRAL);
		assert_ptr_equal(judgement.ns, &ns);
		assert_int_equal(judgement.weak, types[i] == TYPE_TXT);
		arena_free(&arena);
	}
}

static void a_dname_needs_memory(void **state)
{
	(void)state;
	struct arena arena = arena_of(0), none = arena_of(1);
	struct judgement judgement;
	struct rrset rrset;
	read_record(&arena, "old.example.com DNAME new.example.com", &rrset);
	struct question question = { named(&arena, "x.old.example.com"), TYPE_A, CLASS_IN };
	struct msg msg = { .question = question, .answer = { &rrset, 1 } };
	msg.header.flags = FLAG_QR | FLAG_AA;
	assert_false(judge_reply(&msg, &question, named(&arena, "example.com"), false, &none, &judgement));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reply_means_what_it_says),
		cmocka_unit_test(a_dname_can_make_a_name_too_long),
		cmocka_unit_test(chains_of_every_length),
		cmocka_unit_test(a_chain_too_long_says_nothing_of_its_end),
		cmocka_unit_test(other_classes_are_not_heard),
		cmocka_unit_test(a_referral_with_glue_is_not_weak),
		cmocka_unit_test(a_dname_needs_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
