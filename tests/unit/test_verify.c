/* Claims under the keys of the zone that signed them: ldns signs, and the clock stands at SIGNER_NOW. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "signer.h"

#include <cmocka.h>

#include "resolver/request.h"
#include "resolver/verify.h"
#include "tests/unit/named.h"
#include "wire/codes.h"

#define LINES(...) (const char *const[]){ __VA_ARGS__, NULL }
#define DAY 86400

struct bench {
	struct arena arena;
	struct engine engine;
	struct request *request;
	struct signer signer;
	struct keys *keys;
	struct claim claim;
};

static int set_up(void **state)
{
	static struct bench bench;
	static max_align_t request[(sizeof(struct request) + sizeof(max_align_t)) / sizeof(max_align_t)];
	memset(request, 0, sizeof request);
	memset(&bench, 0, sizeof bench);
	bench.arena = arena_of(0);
	bench.engine.workbench = arena_of(0);
	bench.engine.now.wall = SIGNER_NOW;
	bench.request = (struct request *)(void *)request;
	bench.request->engine = &bench.engine;
	bench.signer = signer_new(13, "example.", DNSKEY_FLAG_ZONE);
	ldns_rr_list *list = ldns_rr_list_new();
	ldns_rr_list_push_rr(list, bench.signer.dnskey);
	struct rrset dnskeys = signer_rrset(&bench.arena, list, NULL);
	ldns_rr_list_free(list);
	bench.keys = keys_create(&dnskeys);
	*state = &bench;
	return bench.keys == NULL;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;
	keys_destroy(bench->keys);
	signer_free(&bench->signer);
	arena_free(&bench->arena);
	arena_free(&bench->engine.workbench);
	return 0;
}

/* ---- making ---- */

static const struct terms good = { 0 };
static const struct terms expired = { .inception = SIGNER_NOW - 9 * DAY, .expiration = SIGNER_NOW - 7 * DAY };

/* `terms` NULL: not signed. */
static struct rrset make(struct bench *bench, const char *const *lines, const struct terms *terms)
{
	ldns_rr_list *records = signer_records(lines), *signatures = ldns_rr_list_new();
	if (terms != NULL)
		ldns_rr_list_push_rr(signatures, signer_sign(&bench->signer, records, terms));
	struct rrset rrset = signer_rrset(&bench->arena, records, signatures);
	ldns_rr_list_deep_free(records);
	ldns_rr_list_deep_free(signatures);
	return rrset;
}

static void claim_data(struct bench *bench, const char *line, const struct terms *terms)
{
	struct cached *cached = &bench->claim.cached;
	memset(&bench->claim, 0, sizeof bench->claim);
	cached->kind = CACHED_POSITIVE;
	cached->rrset = make(bench, LINES(line), terms);
	cached->ttl = cached->rrset.ttl;
	bench->claim.name = cached->rrset.owner;
	bench->claim.type = cached->rrset.type;
}

static void claim_absence(struct bench *bench, enum cached_kind kind, const char *name, uint16_t type,
			  const struct terms *soa)
{
	struct cached *cached = &bench->claim.cached;
	memset(&bench->claim, 0, sizeof bench->claim);
	cached->kind = kind;
	cached->ttl = 300;
	cached->soa = make(bench, LINES("example. 300 SOA ns.example. admin.example. 1 2 3 4 300"), soa);
	bench->claim.name = named(&bench->arena, name);
	bench->claim.type = type;
}

static void prove(struct bench *bench, const char *line, const struct terms *terms)
{
	struct cached *cached = &bench->claim.cached;
	cached->proofs[cached->proof_count++] = make(bench, LINES(line), terms);
}

static void gives(struct bench *bench, enum security security, int ede)
{
	struct verdict verdict = verify_claim(bench->request, &bench->claim, bench->keys);
	if (verdict.security != security || verdict.ede != ede)
		fail_msg("%d with EDE %d (%s), but %d with %d is right", (int)verdict.security, verdict.ede,
			 verdict.why != NULL ? verdict.why : "-", (int)security, ede);
}

static void cut_gives(struct bench *bench, const char *name, enum cut_word word, int ede)
{
	struct verdict verdict = verdict_secure();
	enum cut_word said = verify_cut(bench->request, named(&bench->arena, name), &bench->claim.cached, bench->keys, &verdict);
	if (said != word || verdict.ede != ede)
		fail_msg("cut word %d with EDE %d (%s), but %d with %d is right", (int)said, verdict.ede,
			 verdict.why != NULL ? verdict.why : "-", (int)word, ede);
}

/* ---- data ---- */

static void data_are_checked(void **state)
{
	struct bench *bench = *state;
	claim_data(bench, "www.example. 300 A 192.0.2.1", &good);
	gives(bench, SECURITY_SECURE, EDE_NONE);
	claim_data(bench, "www.example. 300 A 192.0.2.1", &expired);
	gives(bench, SECURITY_BOGUS, EDE_SIGNATURE_EXPIRED);
	claim_data(bench, "www.example. 300 A 192.0.2.1", NULL);
	gives(bench, SECURITY_BOGUS, EDE_RRSIGS_MISSING);
	claim_data(bench, "www.example. 300 A 192.0.2.1", &good);
	bench->request->work.checks = LIMIT_SIGNATURE_CHECKS;
	gives(bench, SECURITY_UNCHECKED, EDE_INDETERMINATE);
}

/* RFC 4035 section 5.3.3; and what came beside data that no wildcard made is not kept. */
static void data_live_as_long_as_their_signature_says(void **state)
{
	const struct terms short_lived = { .inception = SIGNER_NOW - 10, .expiration = SIGNER_NOW + 100 };
	const struct terms less = { .ttl = 40 };
	struct bench *bench = *state;
	struct cached *cached = &bench->claim.cached;
	claim_data(bench, "www.example. 300 A 192.0.2.1", &short_lived);
	prove(bench, "a.example. 300 NSEC z.example. A RRSIG NSEC", &good);
	gives(bench, SECURITY_SECURE, EDE_NONE);
	assert_int_equal(cached->ttl, 100);
	assert_int_equal(cached->rrset.ttl, 100);
	assert_int_equal(cached->proof_count, 0);
	claim_data(bench, "www.example. 300 A 192.0.2.1", &less);
	gives(bench, SECURITY_SECURE, EDE_NONE);
	assert_int_equal(cached->ttl, 40);
	claim_data(bench, "www.example. 300 A 192.0.2.1", &good);
	cached->ttl = 7;
	gives(bench, SECURITY_SECURE, EDE_NONE);
	assert_int_equal(cached->ttl, 7);
}

static void what_a_wildcard_made_needs_a_proof(void **state)
{
	const struct terms wild = { .labels = 2 }; /* *.w.example. */
	const struct terms brief = { .ttl = 50 };
	struct bench *bench = *state;
	claim_data(bench, "a.w.example. 300 A 192.0.2.1", &wild);
	gives(bench, SECURITY_BOGUS, EDE_NSEC_MISSING);
	claim_data(bench, "a.w.example. 300 A 192.0.2.1", &wild);
	prove(bench, "c.w.example. 300 NSEC z.example. A RRSIG NSEC", &good); /* of other names */
	gives(bench, SECURITY_BOGUS, EDE_NSEC_MISSING);
	claim_data(bench, "a.w.example. 300 A 192.0.2.1", &wild);
	prove(bench, "*.w.example. 300 NSEC b.w.example. A RRSIG NSEC", NULL);
	gives(bench, SECURITY_BOGUS, EDE_RRSIGS_MISSING);
	claim_data(bench, "a.w.example. 300 A 192.0.2.1", &wild);
	prove(bench, "*.w.example. 300 NSEC b.w.example. A RRSIG NSEC", &brief);
	gives(bench, SECURITY_SECURE, EDE_NONE);
	assert_int_equal(bench->claim.cached.proof_count, 1);
	assert_int_equal(bench->claim.cached.rrset.ttl, 50); /* no longer than its proof */
}

/* RFC 6672 section 3.3; even with the proof that makes other data of a wildcard good. */
static void a_wildcard_makes_no_dname(void **state)
{
	const struct terms wild = { .labels = 2 };
	struct bench *bench = *state;
	claim_data(bench, "a.w.example. 300 DNAME example.", &wild);
	prove(bench, "*.w.example. 300 NSEC b.w.example. A RRSIG NSEC", &good);
	gives(bench, SECURITY_BOGUS, EDE_BOGUS);
	claim_data(bench, "a.w.example. 300 DNAME example.", &good);
	gives(bench, SECURITY_SECURE, EDE_NONE);
}

static void what_a_wildcard_made_is_known_by_itself(void **state)
{
	const struct terms wild = { .labels = 2, .ttl = 200 }, brief = { .ttl = 50 };
	struct bench *bench = *state;
	claim_data(bench, "a.w.example. 300 A 192.0.2.1", &wild);
	bench->claim.alone = 300;
	bench->claim.cached.ttl = bench->claim.cached.rrset.ttl = 50; /* its proof was seen */
	prove(bench, "*.w.example. 300 NSEC b.w.example. A RRSIG NSEC", &brief);
	gives(bench, SECURITY_SECURE, EDE_NONE);
	assert_true(bench->claim.alone == 200 && bench->claim.labels == 2 && bench->claim.proven == 1);
	assert_int_equal(bench->claim.cached.ttl, 50);
}

/* `terms` of the first of as many records as there may be and one more. */
static void alias_with_company(struct bench *bench, const struct terms *terms)
{
	static struct denials *const some = (struct denials *)1; /* not looked at here */
	claim_data(bench, "www.example. 300 CNAME www.sub.example.", &good);
	prove(bench, "a.example. 300 NSEC b.example. A RRSIG NSEC", terms);
	prove(bench, "b.example. 300 NSEC c.example. A RRSIG NSEC", &good);
	prove(bench, "c.example. 300 NSEC d.example. A RRSIG NSEC", &good);
	bench->claim.alias = true;
	bench->claim.beside = bench->claim.cached.proof_count;
	bench->claim.cached.proof_count = 0;
	bench->engine.denials = some;
}

/* It is looked at, and decides nothing. */
static void what_came_beside_an_alias_costs_it_nothing(void **state)
{
	const struct terms brief = { .ttl = 50 };
	struct bench *bench = *state;
	const struct claim *claim = &bench->claim;
	alias_with_company(bench, &brief);
	bench->claim.cached.ttl = 7;
	gives(bench, SECURITY_SECURE, EDE_NONE);
	assert_true(claim->proven == LIMIT_PROOFS_BESIDE && claim->cached.proof_count == 0 && claim->cached.ttl == 7);
	assert_true(claim->cached.proofs[0].ttl == 50 && claim->cached.proofs[1].ttl == 50);
	alias_with_company(bench, &expired);
	gives(bench, SECURITY_SECURE, EDE_NONE);
	assert_int_equal(claim->proven, 1);
	assert_true(name_equal(claim->cached.proofs[0].owner, named(&bench->arena, "b.example.")));
	alias_with_company(bench, NULL);
	bench->request->work = (struct work){ .checks = LIMIT_SIGNATURE_CHECKS - 1 };
	gives(bench, SECURITY_SECURE, EDE_NONE);
	assert_int_equal(claim->proven, 0);
	alias_with_company(bench, &good);
	bench->engine.denials = NULL;
	bench->request->work = (struct work){ 0 };
	gives(bench, SECURITY_SECURE, EDE_NONE);
	assert_true(claim->proven == 0 && bench->request->work.checks == 1);
}

/* RFC 6672 section 3.3 */
static void no_dname_is_made_from_a_wildcard(void **state)
{
	const struct terms wild = { .labels = 2 };
	struct bench *bench = *state;
	claim_data(bench, "a.w.example. 300 DNAME b.example.", &wild);
	prove(bench, "*.w.example. 300 NSEC b.w.example. A RRSIG NSEC", &good);
	gives(bench, SECURITY_BOGUS, EDE_BOGUS);
	claim_data(bench, "a.w.example. 300 DNAME b.example.", &good);
	gives(bench, SECURITY_SECURE, EDE_NONE);
}

/* ---- absence ---- */

static void absence_of_a_name_is_checked(void **state)
{
	struct bench *bench = *state;
	claim_absence(bench, CACHED_NXDOMAIN, "gone.example", TYPE_A, &good);
	prove(bench, "example. 300 NSEC a.example. SOA NS RRSIG NSEC DNSKEY", &good);
	prove(bench, "f.example. 300 NSEC h.example. A RRSIG NSEC", &good);
	gives(bench, SECURITY_SECURE, EDE_NONE);
	claim_absence(bench, CACHED_NXDOMAIN, "gone.example", TYPE_A, &good);
	prove(bench, "f.example. 300 NSEC h.example. A RRSIG NSEC", &good); /* the wildcard is not denied */
	gives(bench, SECURITY_BOGUS, EDE_BOGUS);
	claim_absence(bench, CACHED_NXDOMAIN, "gone.example", TYPE_A, &good);
	gives(bench, SECURITY_BOGUS, EDE_NSEC_MISSING);
}

static void absence_of_a_type_is_checked(void **state)
{
	struct bench *bench = *state;
	claim_absence(bench, CACHED_NODATA, "www.example", TYPE_MX, &good);
	prove(bench, "www.example. 300 NSEC z.example. A RRSIG NSEC", &good);
	gives(bench, SECURITY_SECURE, EDE_NONE);
	claim_absence(bench, CACHED_NODATA, "www.example", TYPE_A, &good);
	prove(bench, "www.example. 300 NSEC z.example. A RRSIG NSEC", &good);
	gives(bench, SECURITY_BOGUS, EDE_BOGUS);
	claim_absence(bench, CACHED_NXDOMAIN, "www.example", TYPE_MX, &good); /* the name is there */
	prove(bench, "www.example. 300 NSEC z.example. A RRSIG NSEC", &good);
	gives(bench, SECURITY_BOGUS, EDE_NSEC_MISSING);
}

static void the_soa_is_checked_where_there_is_one(void **state)
{
	struct bench *bench = *state;
	claim_absence(bench, CACHED_NODATA, "www.example", TYPE_MX, &expired);
	prove(bench, "www.example. 300 NSEC z.example. A RRSIG NSEC", &good);
	gives(bench, SECURITY_BOGUS, EDE_SIGNATURE_EXPIRED);
	claim_absence(bench, CACHED_NODATA, "www.example", TYPE_MX, &good);
	prove(bench, "www.example. 300 NSEC z.example. A RRSIG NSEC", &good);
	bench->claim.cached.soa.count = 0;
	gives(bench, SECURITY_SECURE, EDE_NONE);
}

/* One that is not signed, has expired, or was made from a wildcard proves nothing, and harms none of the others. */
static void what_is_no_proof_is_dropped(void **state)
{
	const struct terms wild = { .labels = 1 }, brief = { .ttl = 30 };
	struct bench *bench = *state;
	struct cached *cached = &bench->claim.cached;
	claim_absence(bench, CACHED_NODATA, "www.example", TYPE_MX, &good);
	prove(bench, "a.example. 300 NSEC b.example. A RRSIG NSEC", NULL);
	prove(bench, "b.example. 300 NSEC c.example. A RRSIG NSEC", &expired);
	prove(bench, "c.example. 300 NSEC d.example. A RRSIG NSEC", &wild);
	prove(bench, "www.example. 300 NSEC z.example. A RRSIG NSEC", &brief);
	gives(bench, SECURITY_SECURE, EDE_NONE);
	assert_int_equal(cached->proof_count, 1);
	assert_true(name_equal(cached->proofs[0].owner, bench->claim.name));
	assert_int_equal(cached->ttl, 30);
	assert_int_equal(cached->soa.ttl, 30);
	assert_int_equal(cached->proofs[0].ttl, 30);
	claim_absence(bench, CACHED_NODATA, "www.example", TYPE_MX, &good);
	prove(bench, "www.example. 300 NSEC z.example. A RRSIG NSEC", &wild);
	gives(bench, SECURITY_BOGUS, EDE_BOGUS);
}

static void work_ends_in_the_midst_of_proofs(void **state)
{
	struct bench *bench = *state;
	for (unsigned int left = 0; left < 3; left++) {
		claim_absence(bench, CACHED_NODATA, "www.example", TYPE_MX, &good);
		prove(bench, "a.example. 300 NSEC b.example. A RRSIG NSEC", &good);
		prove(bench, "www.example. 300 NSEC z.example. A RRSIG NSEC", &good);
		bench->request->work.checks = LIMIT_SIGNATURE_CHECKS - left;
		gives(bench, SECURITY_UNCHECKED, EDE_INDETERMINATE);
	}
}

/* ---- cuts ---- */

static void ds_make_a_signed_cut(void **state)
{
	struct bench *bench = *state;
	claim_data(bench, "sub.example. 300 DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000", &good);
	cut_gives(bench, "sub.example", CUT_WORD_SIGNED, EDE_NONE);
	claim_data(bench, "sub.example. 300 DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000",
		   &expired);
	cut_gives(bench, "sub.example", CUT_WORD_BOGUS, EDE_SIGNATURE_EXPIRED);
	claim_data(bench, "sub.example. 300 CNAME www.example.", &good); /* where an alias is, there is no cut */
	cut_gives(bench, "sub.example", CUT_WORD_NONE, EDE_NONE);
	claim_data(bench, "sub.example. 300 CNAME www.example.", NULL);
	cut_gives(bench, "sub.example", CUT_WORD_BOGUS, EDE_RRSIGS_MISSING);
}

static void proofs_tell_cuts_without_ds_from_none(void **state)
{
	struct bench *bench = *state;
	claim_absence(bench, CACHED_NODATA, "sub.example", TYPE_DS, &good);
	prove(bench, "sub.example. 300 NSEC z.example. NS RRSIG NSEC", &good);
	cut_gives(bench, "sub.example", CUT_WORD_INSECURE, EDE_NONE);
	claim_absence(bench, CACHED_NODATA, "sub.example", TYPE_DS, &good);
	prove(bench, "sub.example. 300 NSEC z.example. A RRSIG NSEC", &good);
	cut_gives(bench, "sub.example", CUT_WORD_NONE, EDE_NONE);
	claim_absence(bench, CACHED_NODATA, "sub.example", TYPE_DS, &good);
	prove(bench, "sub.example. 300 NSEC z.example. NS DS RRSIG NSEC", &good);
	cut_gives(bench, "sub.example", CUT_WORD_BOGUS, EDE_BOGUS);
	claim_absence(bench, CACHED_NODATA, "sub.example", TYPE_DS, &good);
	prove(bench, "sub.example. 300 NSEC z.example. NS RRSIG NSEC", NULL);
	cut_gives(bench, "sub.example", CUT_WORD_BOGUS, EDE_RRSIGS_MISSING);
}

static void the_life_of_a_cut_is_that_of_its_proofs(void **state)
{
	const struct terms brief = { .ttl = 30 };
	struct bench *bench = *state;
	claim_absence(bench, CACHED_NODATA, "sub.example", TYPE_DS, &good);
	prove(bench, "sub.example. 300 NSEC z.example. NS RRSIG NSEC", &brief);
	cut_gives(bench, "sub.example", CUT_WORD_INSECURE, EDE_NONE);
	assert_int_equal(bench->claim.cached.ttl, 30);
	assert_int_equal(bench->claim.cached.proofs[0].ttl, 30);
	claim_data(bench, "sub.example. 300 DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000", &brief);
	cut_gives(bench, "sub.example", CUT_WORD_SIGNED, EDE_NONE);
	assert_int_equal(bench->claim.cached.ttl, 30);
}

static void without_work_nothing_is_said_of_a_cut(void **state)
{
	struct bench *bench = *state;
	bench->request->work.checks = LIMIT_SIGNATURE_CHECKS;
	claim_absence(bench, CACHED_NODATA, "sub.example", TYPE_DS, &good);
	prove(bench, "sub.example. 300 NSEC z.example. NS RRSIG NSEC", &good);
	cut_gives(bench, "sub.example", CUT_WORD_UNCHECKED, EDE_INDETERMINATE);
	claim_data(bench, "sub.example. 300 CNAME www.example.", &good);
	cut_gives(bench, "sub.example", CUT_WORD_UNCHECKED, EDE_INDETERMINATE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(data_are_checked),
		TEST(data_live_as_long_as_their_signature_says),
		TEST(what_a_wildcard_made_needs_a_proof),
		TEST(a_wildcard_makes_no_dname),
		TEST(what_a_wildcard_made_is_known_by_itself),
		TEST(what_came_beside_an_alias_costs_it_nothing),
		TEST(no_dname_is_made_from_a_wildcard),
		TEST(absence_of_a_name_is_checked),
		TEST(absence_of_a_type_is_checked),
		TEST(the_soa_is_checked_where_there_is_one),
		TEST(what_is_no_proof_is_dropped),
		TEST(work_ends_in_the_midst_of_proofs),
		TEST(ds_make_a_signed_cut),
		TEST(proofs_tell_cuts_without_ds_from_none),
		TEST(the_life_of_a_cut_is_that_of_its_proofs),
		TEST(without_work_nothing_is_said_of_a_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
