/* What a reply says, as claims; and the zone that each says it is of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "resolver/claim.h"
#include "tests/unit/named.h"
#include "wire/codes.h"

#define AGE 77u

struct desk {
	struct arena arena;
	struct msg msg;
	struct rrset authority[4];
	struct judgement judgement;
	struct alias links[2];
	struct rrset cname, dname, data, soa;
};

/* An RRset of one record and, where `signer` is one, an RRSIG by it. */
static struct rrset make(struct arena *arena, const char *owner, uint16_t type, struct span rdata, const char *signer)
{
	static uint8_t room[1024];
	struct builder builder = builder_of(room, sizeof room);
	struct rrset rrset = { .owner = named(arena, owner), .type = type, .class = CLASS_IN, .ttl = 300, .count = 1 };
	builder_u16(&builder, (uint16_t)rdata.size);
	builder_octets(&builder, rdata);
	if (signer != NULL) {
		struct name zone = named(arena, signer);
		builder_u16(&builder, (uint16_t)(18 + zone.size + 4));
		builder_u16(&builder, type);
		builder_u8(&builder, 13);
		builder_u8(&builder, rrset.owner.labels);
		builder_u32(&builder, 300);
		builder_u32(&builder, 2000000000);
		builder_u32(&builder, 1000000000);
		builder_u16(&builder, 4711);
		name_write(&builder, zone);
		builder_octets(&builder, span_of("sign", 4));
		rrset.signatures = 1;
	}
	assert_false(builder.overflowed);
	rrset.packed = arena_copy(arena, builder_written(&builder));
	return rrset;
}

static struct rrset make_name(struct arena *arena, const char *owner, uint16_t type, const char *target, const char *signer)
{
	struct name name = named(arena, target);
	return make(arena, owner, type, span_of(name.octets, name.size), signer);
}

static struct rrset make_soa(struct arena *arena, const char *owner, const char *signer)
{
	static const uint8_t rdata[] = { 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 60 };
	return make(arena, owner, TYPE_SOA, span_of(rdata, sizeof rdata), signer);
}

static struct rrset make_nsec(struct arena *arena, const char *owner, const char *signer)
{
	return make(arena, owner, TYPE_NSEC, span_of("\1z\7example\0\0\1\100", 13), signer);
}

static int set_up(void **state)
{
	static struct desk desk;
	desk = (struct desk){ .arena = arena_of(0) };
	desk.msg.header.flags = FLAG_QR | FLAG_AA;
	desk.msg.authority.rrsets = desk.authority;
	desk.judgement.links = desk.links;
	desk.judgement.end = named(&desk.arena, "end.example");
	*state = &desk;
	return 0;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;
	arena_free(&desk->arena);
	return 0;
}

static void link_up(struct desk *desk)
{
	desk->cname = make_name(&desk->arena, "www.example", TYPE_CNAME, "a.sub.example", NULL);
	desk->dname = make_name(&desk->arena, "sub.example", TYPE_DNAME, "example", NULL);
	desk->links[0] = (struct alias){ &desk->cname, desk->cname.owner, named(&desk->arena, "a.sub.example") };
	desk->links[1] = (struct alias){ &desk->dname, named(&desk->arena, "a.sub.example"), desk->judgement.end };
	desk->judgement.link_count = 2;
}

static unsigned int read(struct desk *desk, enum reply_verdict verdict, struct claim **claims)
{
	desk->judgement.verdict = verdict;
	return claims_read(&desk->msg, &desk->judgement, TYPE_AAAA, named(&desk->arena, "example"), AGE, &desk->arena,
			   claims);
}

static void is(struct desk *desk, const struct claim *claim, const char *name, uint16_t type, bool alias)
{
	assert_true(name_equal(claim->name, named(&desk->arena, name)));
	assert_int_equal(claim->type, type);
	assert_int_equal(claim->alias, alias);
	assert_true(name_equal(claim->zone, named(&desk->arena, "example")));
	assert_int_equal(claim->cached.as_of, AGE);
	assert_int_equal(claim->cached.security, SECURITY_UNCHECKED);
	assert_false(claim->kept);
}

static void an_answer_is_its_aliases_and_its_data(void **state)
{
	struct desk *desk = *state;
	struct claim *claims;
	link_up(desk);
	desk->data = make(&desk->arena, "end.example", TYPE_AAAA, span_of("0123456789abcdef", 16), NULL);
	desk->judgement.data = &desk->data;
	assert_int_equal(read(desk, VERDICT_ANSWER, &claims), 3);
	is(desk, &claims[0], "www.example", TYPE_CNAME, true);
	is(desk, &claims[1], "a.sub.example", TYPE_DNAME, true);
	is(desk, &claims[2], "end.example", TYPE_AAAA, false);
	assert_int_equal(claims[2].cached.kind, CACHED_POSITIVE);
	assert_true(name_equal(claims[1].cached.rrset.owner, desk->dname.owner));
}

static void absence_is_a_claim_too(void **state)
{
	static const enum reply_verdict verdicts[] = { VERDICT_NODATA, VERDICT_NXDOMAIN };
	static const enum cached_kind kinds[] = { CACHED_NODATA, CACHED_NXDOMAIN };
	struct desk *desk = *state;
	struct claim *claims;
	link_up(desk);
	desk->soa = make_soa(&desk->arena, "example", NULL);
	desk->judgement.soa = &desk->soa;
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(read(desk, verdicts[i], &claims), 3);
		is(desk, &claims[2], "end.example", TYPE_AAAA, false);
		assert_int_equal(claims[2].cached.kind, kinds[i]);
		assert_int_equal(claims[2].cached.ttl, 60);
	}
}

static void an_alias_alone_claims_nothing_of_its_end(void **state)
{
	struct desk *desk = *state;
	struct claim *claims;
	link_up(desk);
	assert_int_equal(read(desk, VERDICT_ALIAS, &claims), 2);
	is(desk, &claims[1], "a.sub.example", TYPE_DNAME, true);
	desk->judgement.link_count = 0;
	assert_int_equal(read(desk, VERDICT_REFERRAL, &claims), 0);
}

static void without_memory_there_are_none(void **state)
{
	struct desk *desk = *state;
	struct arena small = arena_of(1);
	struct claim *claims;
	link_up(desk);
	desk->judgement.verdict = VERDICT_ALIAS;
	assert_int_equal(claims_read(&desk->msg, &desk->judgement, TYPE_AAAA, name_root, AGE, &small, &claims), 0);
	arena_free(&small);
}

/* ---- of which zone ---- */

static void signed_by(struct desk *desk, const struct claim *claim, const char *zone)
{
	struct name signer = claim_signer(claim);
	if (zone == NULL)
		assert_int_equal(signer.size, 0);
	else
		assert_true(signer.size > 0 && name_equal(signer, named(&desk->arena, zone)));
}

static struct claim positive(struct desk *desk, const char *owner, uint16_t type, const char *signer)
{
	struct claim claim = { .name = named(&desk->arena, owner), .type = type };
	claim.cached.kind = CACHED_POSITIVE;
	claim.cached.rrset = make(&desk->arena, owner, type, span_of("1234", 4), signer);
	return claim;
}

static void data_are_of_the_zone_that_signed_them(void **state)
{
	struct desk *desk = *state;
	struct claim claims[] = {
		positive(desk, "www.sub.example", TYPE_A, "sub.example"), positive(desk, "www.sub.example", TYPE_A, NULL),
		positive(desk, "www.sub.example", TYPE_A, "com"),	  positive(desk, "sub.example", TYPE_DS, "example"),
		positive(desk, "sub.example", TYPE_DS, "sub.example"),
	};
	signed_by(desk, &claims[0], "sub.example");
	signed_by(desk, &claims[1], NULL);
	signed_by(desk, &claims[2], NULL);
	signed_by(desk, &claims[3], "example");
	signed_by(desk, &claims[4], NULL); /* DS are the parent's */
}

static struct claim negative(struct desk *desk, const char *name, uint16_t type)
{
	struct claim claim = { .name = named(&desk->arena, name), .type = type };
	claim.cached.kind = CACHED_NODATA;
	claim.cached.soa = make_soa(&desk->arena, "example", "example");
	return claim;
}

static void prove(struct desk *desk, struct claim *claim, const char *owner, const char *signer)
{
	claim->cached.proofs[claim->cached.proof_count++] = make_nsec(&desk->arena, owner, signer);
}

/* What is not there is denied by the proofs; the SOA alone says nothing. */
static void absence_is_of_the_zone_that_signed_its_proofs(void **state)
{
	struct desk *desk = *state;
	struct claim claim = negative(desk, "www.example", TYPE_A);
	signed_by(desk, &claim, NULL);
	prove(desk, &claim, "a.example", NULL);
	signed_by(desk, &claim, NULL);
	prove(desk, &claim, "a.other", "other"); /* does not lie above the name */
	signed_by(desk, &claim, NULL);
	prove(desk, &claim, "v.example", "example");
	signed_by(desk, &claim, "example");
}

static void absence_of_ds_is_the_parents_word(void **state)
{
	struct desk *desk = *state;
	struct claim claim = negative(desk, "sub.example", TYPE_DS);
	prove(desk, &claim, "sub.example", "sub.example");
	signed_by(desk, &claim, NULL);
	prove(desk, &claim, "sub.example", "example");
	signed_by(desk, &claim, "example");
	struct claim other = negative(desk, "sub.example", TYPE_A);
	prove(desk, &other, "sub.example", "sub.example");
	signed_by(desk, &other, "sub.example");
	struct claim root = negative(desk, ".", TYPE_DS); /* has no parent */
	prove(desk, &root, ".", ".");
	signed_by(desk, &root, ".");
}

static void all_have_to_be_checked(void **state)
{
	struct claim claims[3] = { { .cached.security = SECURITY_SECURE },
				   { .cached.security = SECURITY_INSECURE },
				   { .cached.security = SECURITY_UNCHECKED } };
	(void)state;
	assert_true(claims_are_checked(claims, 0));
	assert_true(claims_are_checked(claims, 2));
	assert_false(claims_are_checked(claims, 3));
	claims[2].cached.security = SECURITY_BOGUS;
	claims[0].cached.security = SECURITY_UNCHECKED;
	assert_false(claims_are_checked(claims, 3));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_is_its_aliases_and_its_data),
		TEST(absence_is_a_claim_too),
		TEST(an_alias_alone_claims_nothing_of_its_end),
		TEST(without_memory_there_are_none),
		TEST(data_are_of_the_zone_that_signed_them),
		TEST(absence_is_of_the_zone_that_signed_its_proofs),
		TEST(absence_of_ds_is_the_parents_word),
		TEST(all_have_to_be_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
