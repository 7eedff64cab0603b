#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "dnssec/signature.h"
#include "named.h"
#include "signer.h"
#include "wire/codes.h"
#include "wire/limits.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define DAY 86400

static const char *const data[] = { "www.example. 300 A 192.0.2.1", "www.example. 300 A 192.0.2.2", NULL };

/* An RRset with its RRSIGs, and keys to check it with. */
struct setting {
	struct arena arena;
	struct signer signer;
	ldns_rr_list *records, *signatures, *dnskeys;
	struct keys *keys;
	struct work work;
	struct signed_facts facts;
	int64_t wall;
	bool oversized;
};

static struct setting setting_of(const char *const *lines, const char *zone)
{
	struct setting setting = {
		.arena = arena_of(0),
		.signer = signer_new(13, zone, DNSKEY_FLAG_ZONE),
		.records = signer_records(lines),
		.signatures = ldns_rr_list_new(),
		.dnskeys = ldns_rr_list_new(),
		.wall = SIGNER_NOW,
	};
	ldns_rr_list_push_rr(setting.dnskeys, ldns_rr_clone(setting.signer.dnskey));
	return setting;
}

static void end(struct setting *setting)
{
	keys_destroy(setting->keys);
	ldns_rr_list_deep_free(setting->dnskeys);
	ldns_rr_list_deep_free(setting->signatures);
	ldns_rr_list_deep_free(setting->records);
	signer_free(&setting->signer);
	arena_free(&setting->arena);
}

static void add(struct setting *setting, struct terms terms)
{
	ldns_rr_list_push_rr(setting->signatures, signer_sign(&setting->signer, setting->records, &terms));
}

/* The last RRSIG is spoilt: the bit of an octet, counted from the end. */
static void spoil(struct setting *setting, size_t position, size_t octet)
{
	ldns_rr *rrsig = ldns_rr_list_rr(setting->signatures, ldns_rr_list_rr_count(setting->signatures) - 1);
	ldns_rdf *field = ldns_rr_rdf(rrsig, position);
	ldns_rdf_data(field)[ldns_rdf_size(field) - 1 - octet] ^= 1;
}

static struct rrset rrset_of(struct setting *setting)
{
	struct rrset rrset = signer_rrset(&setting->arena, setting->records, setting->signatures);
	rrset.oversized = setting->oversized;
	return rrset;
}

static struct verdict check(struct setting *setting)
{
	struct rrset rrset = rrset_of(setting), dnskeys = signer_rrset(&setting->arena, setting->dnskeys, NULL);
	keys_destroy(setting->keys);
	setting->keys = keys_create(&dnskeys);
	memset(&setting->facts, 0, sizeof setting->facts);
	return signature_check(&rrset, setting->keys, setting->wall, &setting->work, &setting->arena, &setting->facts);
}

static void gives(struct setting *setting, enum security security, int ede)
{
	struct verdict verdict = check(setting);
	if (verdict.security != security || verdict.ede != ede)
		fail_msg("%d with EDE %d (%s), but %d with %d is right", (int)verdict.security, verdict.ede,
			 verdict.why != NULL ? verdict.why : "-", (int)security, ede);
	assert_int_equal(verdict.why == NULL, security == SECURITY_SECURE);
}

/* ---- the RFCs' own ---- */

struct vector {
	const char *dnskey, *record, *rrsig;
	int64_t wall;
	uint16_t tag;
	bool bogus;
};

static const struct vector vectors[] = {
	/* RFC 6605 sections 6.1 and 6.2 */
	{ "example.net. DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQ"
	  "Lc8NAA==",
	  "www.example.net. 3600 A 192.0.2.1",
	  "www.example.net. 3600 RRSIG A 13 3 3600 20100909100439 20100812100439 55648 example.net. qx6wLYqmh+l9oCKTN6qIc"
	  "+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==",
	  1283000000, 55648, false },
	{ "example.net. DNSKEY 257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrb"
	  "YQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40",
	  "www.example.net. 3600 A 192.0.2.1",
	  "www.example.net. 3600 RRSIG A 14 3 3600 20100909102025 20100812102025 10771 example.net. /L5hDKIvGDyI1fcARX3z6"
	  "5qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm",
	  1283000000, 10771, false },
	/* RFC 8080 section 6.1, with its erratum 4935 */
	{ "example.com. DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
	  "example.com. 3600 MX 10 mail.example.com.",
	  "example.com. 3600 RRSIG MX 15 2 3600 1440021600 1438207200 3613 example.com. oL9krJun7xfBOIWcGHi7mag5/hdZrKWw1"
	  "5jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==",
	  1439000000, 3613, false },
	{ "example.com. DNSKEY 257 3 15 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=",
	  "example.com. 3600 MX 10 mail.example.com.",
	  "example.com. 3600 RRSIG MX 15 2 3600 1440021600 1438207200 35217 example.com. zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wy"
	  "UhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg==",
	  1439000000, 35217, false },
	/* RFC 5702 sections 6.1 and 6.2 */
	{ "example.net. DNSKEY 256 3 8 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p"
	  "/DlUmObdk=",
	  "www.example.net. 3600 A 192.0.2.91",
	  "www.example.net. 3600 RRSIG A 8 3 3600 20300101000000 20000101000000 9033 example.net. kRCOH6u7l0QGy9qpC9l1sLnc"
	  "JcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lPtPiVYP4bwg==",
	  1700000000, 9033, false },
	{ "example.net. DNSKEY 256 3 10 AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFDxj13t"
	  "OnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8gpMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL",
	  "www.example.net. 3600 A 192.0.2.91",
	  "www.example.net. 3600 RRSIG A 10 3 3600 20300101000000 20000101000000 3740 example.net. tsb4wnjRUDnB1BUi+t6TMTX"
	  "ThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5g9vMh"
	  "puv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw=",
	  1700000000, 3740, false },
	/* RFC 4035 appendix B.6: an expanded wildcard */
	{ "example. DNSKEY 256 3 5 AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8dANH4DX3tbHol61ek8EFMcsGXxKciJ"
	  "FHyhl94C+NwILQdzsUlSFovBZsyl/NX6yEbtw/xN9ZNcrbYvgjjZ/UVPZIySFNsgEYvh0z2542lzMKR4Dh8uZffQ==",
	  "a.z.w.example. 3600 MX 1 ai.example.",
	  "a.z.w.example. 3600 RRSIG MX 5 2 3600 20040509183619 20040409183619 38519 example. OMK8rAZlepfzLWW75Dxd63jy2wsw"
	  "ESzxDKG2f9AMN1CytCd10cYISAxfAdvXSZ7xujKAtPbctvOQ2ofO7AZJ+d01EeeQTVBPq4/6KCWhqe2XTjnkVLNvvhnc0u28aoSsG0+4InvkkOH"
	  "knKxw4kX18MMR34i8lC36SR5xBni8vHI=",
	  1083000000, 38519, false },
};

static void vectors_of_the_rfcs_are_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		const struct vector *vector = &vectors[i];
		struct setting setting = setting_of((const char *const[]){ vector->record, NULL }, "example.");
		ldns_rr_list_push_rr(setting.signatures, signer_record(vector->rrsig));
		ldns_rr_free(ldns_rr_list_set_rr(setting.dnskeys, signer_record(vector->dnskey), 0));
		setting.wall = vector->wall;
		struct dnskey dnskey;
		assert_true(dnskey_read(signer_rdata(&setting.arena, ldns_rr_list_rr(setting.dnskeys, 0)), &dnskey));
		assert_int_equal(dnskey.tag, vector->tag);
		gives(&setting, vector->bogus ? SECURITY_BOGUS : SECURITY_SECURE, vector->bogus ? EDE_BOGUS : EDE_NONE);
		assert_int_equal(setting.work.checks, dnskey.algorithm == 14 ? 2 : 1); /* P-384 takes long */
		assert_int_equal(setting.work.failures, vector->bogus);
		if (!vector->bogus) {
			assert_int_equal(setting.facts.ttl, 3600);
			assert_int_equal(setting.facts.wildcard, strncmp(vector->record, "a.z.w", 5) == 0);
		}
		end(&setting);
	}
}

/* ---- which RRSIG ---- */

static void one_good_rrsig_is_enough(void **state)
{
	(void)state;
	struct setting setting = setting_of(data, "example.");
	gives(&setting, SECURITY_BOGUS, EDE_RRSIGS_MISSING);
	for (int i = 0; i < 3; i++) {
		add(&setting, (struct terms){ 0 });
		spoil(&setting, 8, 3);
	}
	gives(&setting, SECURITY_BOGUS, EDE_BOGUS);
	assert_int_equal(setting.work.failures, 3);
	add(&setting, (struct terms){ 0 });
	setting.work = (struct work){ 0 };
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	assert_int_equal(setting.work.checks, 4);
	assert_int_equal(setting.work.failures, 3);
	assert_int_equal(setting.facts.labels, 2);
	assert_false(setting.facts.wildcard);
	setting.oversized = true;
	gives(&setting, SECURITY_BOGUS, EDE_BOGUS);
	end(&setting);
}

static void an_rrset_without_records_has_no_signature(void **state)
{
	(void)state;
	struct setting setting = setting_of(data, "example.");
	add(&setting, (struct terms){ 0 });
	struct rrset rrset = rrset_of(&setting), dnskeys = signer_rrset(&setting.arena, setting.dnskeys, NULL);
	setting.keys = keys_create(&dnskeys);
	rrset.packed.octets += 2 * 6;
	rrset.packed.size -= 2 * 6;
	rrset.count = 0;
	struct verdict verdict = signature_check(&rrset, setting.keys, SIGNER_NOW, &setting.work, &setting.arena,
						 &setting.facts);
	assert_int_equal(verdict.security, SECURITY_BOGUS);
	end(&setting);
}

/* Arithmetic is right in each of these, and each must be refused without it. */
static void refuses(const char *record, const char *zone, struct terms terms)
{
	struct setting setting = setting_of((const char *const[]){ record, NULL }, zone);
	struct name signer;
	add(&setting, terms);
	gives(&setting, SECURITY_BOGUS, EDE_RRSIGS_MISSING);
	assert_int_equal(setting.work.checks, 1);
	assert_int_equal(setting.work.failures, 0);
	struct rrset rrset = rrset_of(&setting);
	if (terms.signer == NULL)
		assert_false(signature_signer(&rrset, &signer));
	end(&setting);
}

static void accepts(const char *record, const char *zone, struct terms terms)
{
	struct setting setting = setting_of((const char *const[]){ record, NULL }, zone);
	struct name signer;
	add(&setting, terms);
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	struct rrset rrset = rrset_of(&setting);
	assert_true(signature_signer(&rrset, &signer));
	assert_true(name_equal(signer, named(&setting.arena, zone)));
	end(&setting);
}

static void an_rrsig_must_be_the_zones_own(void **state)
{
	(void)state;
	accepts("www.a.example. 300 A 192.0.2.1", "a.example.", (struct terms){ 0 });
	accepts("www.a.example. 300 A 192.0.2.1", "A.Example.", (struct terms){ .labels = 2 });
	accepts("a.example. 300 A 192.0.2.1", "a.example.", (struct terms){ 0 });
	accepts("www. 300 A 192.0.2.1", ".", (struct terms){ 0 });
	accepts(". 300 A 192.0.2.1", ".", (struct terms){ 0 });
	/* Another zone's, above, beside or below. */
	refuses("www.a.example. 300 A 192.0.2.1", "a.example.", (struct terms){ .signer = "example." });
	refuses("www.a.example. 300 A 192.0.2.1", "b.example.", (struct terms){ 0 });
	refuses("a.example. 300 A 192.0.2.1", "www.a.example.", (struct terms){ 0 });
	/* Of a wildcard above the zone (CVE-2026-44690), of more labels than there are. */
	refuses("www.a.example. 300 A 192.0.2.1", "a.example.", (struct terms){ .labels = 1 });
	refuses("a.example. 300 A 192.0.2.1", "a.example.", (struct terms){ .labels = 1 });
	refuses("www.a.example. 300 A 192.0.2.1", "a.example.", (struct terms){ .labels = 4, .labels_only = true });
	/* DS is the parent's (RFC 4035 section 2.4). */
	accepts("a.example. 300 DS 1 8 2 00", "example.", (struct terms){ 0 });
	refuses("a.example. 300 DS 1 8 2 00", "a.example.", (struct terms){ 0 });
}

static void an_rrsig_covers_its_type(void **state)
{
	(void)state;
	struct setting setting = setting_of(data, "example.");
	add(&setting, (struct terms){ 0 });
	ldns_rr *rrsig = ldns_rr_list_rr(setting.signatures, 0);
	ldns_rdf_deep_free(ldns_rr_set_rdf(rrsig, ldns_native2rdf_int16(LDNS_RDF_TYPE_TYPE, TYPE_TXT), 0));
	gives(&setting, SECURITY_BOGUS, EDE_RRSIGS_MISSING);
	end(&setting);
}

static void the_signer_is_that_of_the_first_that_could_be_right(void **state)
{
	(void)state;
	struct setting setting = setting_of(data, "example.");
	struct name signer;
	add(&setting, (struct terms){ .signer = "other." });
	add(&setting, (struct terms){ .labels = 5, .labels_only = true });
	struct rrset rrset = rrset_of(&setting);
	assert_false(signature_signer(&rrset, &signer));
	add(&setting, (struct terms){ .signer = "www.example." });
	add(&setting, (struct terms){ 0 });
	rrset = rrset_of(&setting);
	assert_true(signature_signer(&rrset, &signer));
	assert_true(name_equal(signer, named(&setting.arena, "www.example.")));
	end(&setting);
}

static void rrsigs_are_read_to_their_end(void **state)
{
	(void)state;
	static const uint8_t octets[] = "\0\1\15\2\0\0\1\54\0\0\0\2\0\0\0\1\22\64\7example\0sig";
	struct rrsig rrsig;
	size_t size = sizeof octets - 1;
	assert_true(rrsig_read(span_of(octets, size), &rrsig));
	assert_int_equal(rrsig.covered, TYPE_A);
	assert_int_equal(rrsig.algorithm, 13);
	assert_int_equal(rrsig.labels, 2);
	assert_int_equal(rrsig.original_ttl, 300);
	assert_int_equal(rrsig.expiration, 2);
	assert_int_equal(rrsig.inception, 1);
	assert_int_equal(rrsig.tag, 0x1234);
	assert_int_equal(rrsig.signer.labels, 1);
	assert_int_equal(rrsig.head.size, 18 + 9);
	assert_true(span_equal(rrsig.signature, span_of("sig", 3)));
	for (size_t cut = 0; cut < 18 + 9; cut++)
		assert_false(rrsig_read(span_of(octets, cut), &rrsig));
	assert_true(rrsig_read(span_of(octets, 18 + 9), &rrsig));
	assert_int_equal(rrsig.signature.size, 0);
}

/* ---- time ---- */

static void at(uint32_t inception, uint32_t expiration, int64_t wall, int ede)
{
	struct setting setting = setting_of(data, "example.");
	add(&setting, (struct terms){ .inception = inception, .expiration = expiration });
	setting.wall = wall;
	gives(&setting, ede == EDE_NONE ? SECURITY_SECURE : SECURITY_BOGUS, ede);
	assert_int_equal(setting.work.checks, 1);
	assert_int_equal(setting.work.failures, 0);
	end(&setting);
}

static void clocks_may_differ_by_a_tenth_of_a_signatures_life(void **state)
{
	(void)state;
	static const struct {
		uint32_t life;
		int64_t skew;
	} rows[] = {
		{ 60, LIMIT_CLOCK_SKEW_MIN_S },
		{ 10 * LIMIT_CLOCK_SKEW_MIN_S, LIMIT_CLOCK_SKEW_MIN_S },
		{ DAY, DAY / 10 },
		{ 10 * LIMIT_CLOCK_SKEW_MAX_S, LIMIT_CLOCK_SKEW_MAX_S },
		{ 100 * LIMIT_CLOCK_SKEW_MAX_S, LIMIT_CLOCK_SKEW_MAX_S },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t from = SIGNER_NOW, to = from + rows[i].life;
		at(from, to, from - rows[i].skew - 1, EDE_SIGNATURE_NOT_YET_VALID);
		at(from, to, from - rows[i].skew, EDE_NONE);
		at(from, to, from, EDE_NONE);
		at(from, to, to, EDE_NONE);
		at(from, to, to + rows[i].skew, EDE_NONE);
		at(from, to, to + rows[i].skew + 1, EDE_SIGNATURE_EXPIRED);
	}
	at(SIGNER_NOW, SIGNER_NOW - 1, SIGNER_NOW, EDE_SIGNATURE_EXPIRED_BEFORE_VALID);
}

/* RFC 4034 section 3.1.5: in 2106 the times begin anew. */
static void times_are_serial_numbers(void **state)
{
	(void)state;
	int64_t turn = 0x100000000;
	at(0xffffff00u, 0x00010000u, turn, EDE_NONE);
	at(0xffffff00u, 0x00010000u, turn + 0x100, EDE_NONE);
	at(0xffffff00u, 0x00010000u, turn - 0x200, EDE_NONE);
	at(0xffff0000u, 0xfffff000u, turn + 10 * DAY, EDE_SIGNATURE_EXPIRED);
	at(0x00100000u, 0x00200000u, turn - DAY, EDE_SIGNATURE_NOT_YET_VALID);
	at(0x00100000u, 0x00200000u, turn + 0x180000, EDE_NONE);
	at(0x00000100u, 0xffffff00u, turn, EDE_SIGNATURE_EXPIRED_BEFORE_VALID);
}

static void ttl_is(uint32_t rrset, uint32_t original, int64_t wall, uint32_t wanted)
{
	struct setting setting = setting_of(data, "example.");
	for (size_t i = 0; i < 2; i++)
		ldns_rr_set_ttl(ldns_rr_list_rr(setting.records, i), original);
	add(&setting, (struct terms){ .inception = SIGNER_NOW, .expiration = SIGNER_NOW + DAY });
	for (size_t i = 0; i < 2; i++)
		ldns_rr_set_ttl(ldns_rr_list_rr(setting.records, i), rrset);
	setting.wall = wall;
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	assert_int_equal(setting.facts.ttl, wanted);
	end(&setting);
}

static void data_lives_no_longer_than_its_signature(void **state)
{
	(void)state;
	int64_t expiration = SIGNER_NOW + DAY;
	ttl_is(300, 300, SIGNER_NOW, 300);
	ttl_is(200, 300, SIGNER_NOW, 200);
	ttl_is(86400, 300, SIGNER_NOW, 300);
	ttl_is(86400, 86400, SIGNER_NOW + 100, 86300);
	ttl_is(300, 300, expiration - 7, 7);
	/* While its expiration is overlooked, what is left of that. */
	ttl_is(300, 300, expiration + 10, 300);
	ttl_is(300, 300, expiration + DAY / 10 - 20, 20);
	ttl_is(300, 300, expiration + DAY / 10, 0);
}

/* ---- why not ---- */

/* Each tells more than those before it; whichever comes first, the better is reported. */
static const struct {
	int ede;
	struct terms terms;
	int spoilt; /* field of the RRSIG, or 0 */
} worse_first[] = {
	{ EDE_RRSIGS_MISSING, { .signer = "other." }, 0 },
	{ EDE_BOGUS, { 0 }, 1 }, /* an algorithm that nobody knows */
	{ EDE_DNSKEY_MISSING, { 0 }, 6 },
	{ EDE_SIGNATURE_EXPIRED_BEFORE_VALID, { .inception = SIGNER_NOW, .expiration = SIGNER_NOW - 5 }, 0 },
	{ EDE_BOGUS, { 0 }, 8 },
	{ EDE_SIGNATURE_NOT_YET_VALID, { .inception = SIGNER_NOW + DAY, .expiration = SIGNER_NOW + 2 * DAY }, 0 },
	{ EDE_SIGNATURE_EXPIRED, { .inception = SIGNER_NOW - 3 * DAY, .expiration = SIGNER_NOW - 2 * DAY }, 0 },
};

static void add_row(struct setting *setting, size_t row)
{
	add(setting, worse_first[row].terms);
	if (worse_first[row].spoilt != 0)
		spoil(setting, (size_t)worse_first[row].spoilt, 0);
}

static void the_reason_that_tells_most_is_given(void **state)
{
	(void)state;
	for (size_t a = 0; a < COUNT(worse_first); a++) {
		for (size_t b = 0; b < COUNT(worse_first); b++) {
			struct setting setting = setting_of(data, "example.");
			add_row(&setting, a);
			add_row(&setting, b);
			gives(&setting, SECURITY_BOGUS, worse_first[a > b ? a : b].ede);
			add(&setting, (struct terms){ 0 });
			gives(&setting, SECURITY_SECURE, EDE_NONE);
			end(&setting);
		}
	}
}

/* ---- what it may cost ---- */

/* Keys of one algorithm and tag: a modulus whose last two octets before a last one are moved up and down makes the sum of
 * RFC 4034 appendix B what is wanted. */
static struct rrset keys_of_one_tag(struct arena *arena, unsigned int count, bool good)
{
	uint8_t *memory = arena_alloc(arena, count * 270);
	struct builder builder = builder_of(memory, count * 270);
	for (unsigned int i = 0; i < count; i++) {
		builder_u16(&builder, 4 + 4 + 256);
		builder_u32(&builder, 0x01000308);
		builder_u32(&builder, good ? 0x03010001 : 0x03010000); /* an even exponent */
		for (unsigned int word = 0; word < 128; word++)
			builder_u16(&builder, word == 100 ? (uint16_t)i : word == 101 ? (uint16_t)(1000 - i) : 0xa5a5);
	}
	assert_false(builder.overflowed);
	return (struct rrset){ .owner = named(arena, "example."), .type = TYPE_DNSKEY, .class = CLASS_IN, .ttl = 300,
			       .count = (uint16_t)count, .packed = builder_written(&builder) };
}

static struct rrset with_signatures(struct arena *arena, unsigned int count, uint16_t tag, int64_t wall)
{
	uint8_t *memory = arena_alloc(arena, 6 + count * 300);
	struct builder builder = builder_of(memory, 6 + count * 300);
	builder_u16(&builder, 4);
	builder_u32(&builder, 0xc0000201);
	for (unsigned int i = 0; i < count; i++) {
		builder_u16(&builder, 18 + 9 + 256);
		builder_u32(&builder, 0x00010802); /* A, 8, 2 labels */
		builder_u32(&builder, 300);
		builder_u32(&builder, (uint32_t)(wall + DAY));
		builder_u32(&builder, (uint32_t)(wall - DAY));
		builder_u16(&builder, tag);
		builder_octets(&builder, span_of("\7example", 9));
		for (unsigned int word = 0; word < 128; word++)
			builder_u16(&builder, (uint16_t)(word + i + 1));
	}
	assert_false(builder.overflowed);
	return (struct rrset){ .owner = named(arena, "www.example."), .type = TYPE_A, .class = CLASS_IN, .ttl = 300,
			       .count = 1, .signatures = (uint16_t)count, .packed = builder_written(&builder) };
}

static struct verdict attack(bool good_keys, int64_t signed_for, struct work *work)
{
	struct arena arena = arena_of(0);
	struct rrset dnskeys = keys_of_one_tag(&arena, 500, good_keys);
	struct keys *keys = keys_create(&dnskeys);
	struct signed_facts facts;
	struct dnskey first;
	struct span rdata = rrset_first(&dnskeys);
	assert_true(dnskey_read(rdata, &first));
	for (unsigned int n = 0; n < LIMIT_KEYS_PER_TAG; n++)
		assert_non_null(keys_find(keys, 8, first.tag, n));
	assert_null(keys_find(keys, 8, first.tag, LIMIT_KEYS_PER_TAG));
	struct rrset rrset = with_signatures(&arena, 500, first.tag, signed_for);
	struct verdict verdict = signature_check(&rrset, keys, SIGNER_NOW, work, &arena, &facts);
	keys_destroy(keys);
	arena_free(&arena);
	return verdict;
}

/* KeyTrap, CVE-2023-50387: 500 keys of one tag, 500 RRSIGs that name them. */
static void wrong_signatures_end_soon(void **state)
{
	(void)state;
	for (int good_keys = 0; good_keys < 2; good_keys++) {
		struct work work = { 0 };
		assert_int_equal(attack(good_keys, SIGNER_NOW, &work).security, SECURITY_UNCHECKED);
		assert_int_equal(work.failures, LIMIT_SIGNATURE_FAILURES + 1);
		assert_int_equal(work.checks, 2); /* four keys, and the first of them again */
		/* Nothing resets it: for this client no other RRset is checked. */
		assert_int_equal(attack(good_keys, SIGNER_NOW, &work).security, SECURITY_UNCHECKED);
		assert_int_equal(work.failures, LIMIT_SIGNATURE_FAILURES + 1);
		assert_int_equal(work.checks, 2);
	}
}

static void every_rrsig_that_is_looked_at_counts(void **state)
{
	(void)state;
	struct work work = { 0 };
	for (unsigned int round = 1; round <= LIMIT_SIGNATURE_CHECKS / LIMIT_SIGNATURES_PER_RRSET; round++) {
		struct verdict verdict = attack(true, SIGNER_NOW - 30 * DAY, &work);
		assert_int_equal(verdict.security, SECURITY_BOGUS);
		assert_int_equal(verdict.ede, EDE_SIGNATURE_EXPIRED);
		assert_int_equal(work.checks, round * LIMIT_SIGNATURES_PER_RRSET);
		assert_int_equal(work.failures, 0);
	}
	assert_int_equal(attack(true, SIGNER_NOW - 30 * DAY, &work).security, SECURITY_UNCHECKED);
	assert_int_equal(work.checks, LIMIT_SIGNATURE_CHECKS);
}

/* Two of a zone's keys may have one tag by accident: the wrong one costs once, not with each RRset. */
static void the_key_that_was_right_is_tried_first(void **state)
{
	(void)state;
	struct setting setting = setting_of(data, "example.");
	ldns_rr *other = NULL;
	for (uint16_t i = 0; other == NULL; i++) { /* zone keys that differ in their tag until one does not */
		struct signer next = signer_new(13, "example.", DNSKEY_FLAG_ZONE);
		uint8_t *octets = ldns_rdf_data(ldns_rr_rdf(next.dnskey, 3));
		for (uint32_t word = 0; word < 65536 && other == NULL; word++) { /* the other need be no point */
			octets[0] = (uint8_t)(word >> 8);
			octets[1] = (uint8_t)word;
			if (ldns_calc_keytag(next.dnskey) == ldns_calc_keytag(setting.signer.dnskey))
				other = ldns_rr_clone(next.dnskey);
		}
		signer_free(&next);
	}
	ldns_rr_list_push_rr(setting.dnskeys, ldns_rr_list_set_rr(setting.dnskeys, other, 0));
	add(&setting, (struct terms){ 0 });
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	assert_int_equal(setting.work.failures, 1);
	for (int i = 0; i < 10; i++) {
		struct rrset rrset = rrset_of(&setting);
		assert_int_equal(signature_check(&rrset, setting.keys, SIGNER_NOW, &setting.work, &setting.arena,
						 &setting.facts).security, SECURITY_SECURE);
	}
	assert_int_equal(setting.work.failures, 1);
	end(&setting);
}

/* However many RRSIGs there are, the records are canonicalised once: a second time would not fit. */
static void many_rrsigs_need_no_more_memory(void **state)
{
	(void)state;
	struct setting setting = setting_of(data, "example.");
	for (unsigned int i = 0; i <= LIMIT_SIGNATURE_FAILURES; i++) {
		add(&setting, (struct terms){ 0 });
		if (i < LIMIT_SIGNATURE_FAILURES)
			spoil(&setting, 8, 3);
	}
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	struct rrset rrset = rrset_of(&setting);
	struct arena small = arena_of(ARENA_CHUNK_MIN + 100);
	setting.work = (struct work){ 0 };
	assert_int_equal(signature_check(&rrset, setting.keys, SIGNER_NOW, &setting.work, &small, &setting.facts).security,
			 SECURITY_SECURE);
	assert_int_equal(setting.work.failures, LIMIT_SIGNATURE_FAILURES);
	arena_free(&small);
	end(&setting);
}

static void without_memory_nothing_is_said(void **state)
{
	(void)state;
	struct setting setting = setting_of(data, "example.");
	add(&setting, (struct terms){ 0 });
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	struct rrset rrset = rrset_of(&setting);
	struct arena none = arena_of(1);
	assert_int_equal(signature_check(&rrset, setting.keys, SIGNER_NOW, &setting.work, &none, &setting.facts).security,
			 SECURITY_UNCHECKED);
	arena_free(&none);
	end(&setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_of_the_rfcs_are_good),
		cmocka_unit_test(one_good_rrsig_is_enough),
		cmocka_unit_test(an_rrset_without_records_has_no_signature),
		cmocka_unit_test(an_rrsig_must_be_the_zones_own),
		cmocka_unit_test(an_rrsig_covers_its_type),
		cmocka_unit_test(the_signer_is_that_of_the_first_that_could_be_right),
		cmocka_unit_test(rrsigs_are_read_to_their_end),
		cmocka_unit_test(clocks_may_differ_by_a_tenth_of_a_signatures_life),
		cmocka_unit_test(times_are_serial_numbers),
		cmocka_unit_test(data_lives_no_longer_than_its_signature),
		cmocka_unit_test(the_reason_that_tells_most_is_given),
		cmocka_unit_test(wrong_signatures_end_soon),
		cmocka_unit_test(every_rrsig_that_is_looked_at_counts),
		cmocka_unit_test(the_key_that_was_right_is_tried_first),
		cmocka_unit_test(many_rrsigs_need_no_more_memory),
		cmocka_unit_test(without_memory_nothing_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
