#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/rng.h"
#include "dnssec/keys.h"
#include "named.h"
#include "signer.h"
#include "wire/codes.h"
#include "wire/limits.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define KSK (DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP)

/* ---- RDATA ---- */

static void rdata_is_read(void **state)
{
	(void)state;
	static const uint8_t key[] = { 1, 1, 3, 13, 7, 8, 9 }, ds[] = { 0x12, 0x34, 13, 2, 7, 8, 9 };
	struct dnskey dnskey;
	struct ds parts;
	assert_true(dnskey_read(span_of(key, sizeof key), &dnskey));
	assert_int_equal(dnskey.flags, KSK);
	assert_int_equal(dnskey.protocol, DNSKEY_PROTOCOL);
	assert_int_equal(dnskey.algorithm, 13);
	assert_true(span_equal(dnskey.public_key, span_of("\7\10\11", 3)));
	assert_true(ds_read(span_of(ds, sizeof ds), &parts));
	assert_int_equal(parts.tag, 0x1234);
	assert_int_equal(parts.algorithm, 13);
	assert_int_equal(parts.digest_type, 2);
	assert_true(span_equal(parts.digest, span_of("\7\10\11", 3)));
	for (size_t cut = 0; cut < 4; cut++) {
		assert_false(dnskey_read(span_of(key, cut), &dnskey));
		assert_false(ds_read(span_of(ds, cut), &parts));
	}
	assert_true(dnskey_read(span_of(key, 4), &dnskey));
	assert_true(ds_read(span_of(ds, 4), &parts));
}

static void tags_are_those_of_ldns(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(4034);
	for (unsigned int i = 0; i < 3000; i++) {
		uint8_t rdata[300];
		size_t size = 8 + rng_below(&rng, sizeof rdata - 8);
		rng_octets(&rng, rdata, sizeof rdata);
		if (i % 3 == 0)
			memset(rdata, 0xff, sizeof rdata); /* the carry of the carry */
		rdata[3] = (uint8_t)(i % 17);
		struct dnskey dnskey;
		assert_true(dnskey_read(span_of(rdata, size), &dnskey));
		assert_int_equal(dnskey.tag, ldns_calc_keytag_raw(rdata, size));
		if (rdata[3] == 1) /* RFC 4034 appendix B.1 */
			assert_int_equal(dnskey.tag, rdata[size - 3] << 8 | rdata[size - 2]);
	}
}

static const struct {
	const char *dnskey, *ds;
} pairs[] = {
	/* RFC 4034 section 5.4, RFC 4509 section 2.3 */
	{ "dskey.example.com. DNSKEY 256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD9"
	  "9WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==",
	  "dskey.example.com. DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118" },
	{ "dskey.example.com. DNSKEY 256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD9"
	  "9WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==",
	  "DsKey.Example.Com. DS 60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A" },
	/* RFC 6605 sections 6.1 and 6.2 */
	{ "example.net. DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQ"
	  "Lc8NAA==",
	  "example.net. DS 55648 13 2 b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17" },
	{ "example.net. DNSKEY 257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrb"
	  "YQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40",
	  "example.net. DS 10771 14 4 72d7b62976ce06438e9c0bf319013cf801f09ecc84b8d7e9495f27e305c6a9b0563a9b5f4d288405c3008a9"
	  "46df983d6" },
	/* RFC 8080 sections 6.1 and 6.2 */
	{ "example.com. DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
	  "example.com. DS 3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b" },
	{ "example.com. DNSKEY 257 3 16 3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYUcJKm1MDpJtIA",
	  "example.com. DS 9713 16 2 6ccf18d5bc5d7fc2fceb1d59d17321402f2aa8d368048db93dd811f5cb2b19c7" },
};

static void a_ds_is_of_one_key_and_one_zone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct arena arena = arena_of(0);
		ldns_rr *key = signer_record(pairs[i].dnskey), *ds = signer_record(pairs[i].ds);
		struct span key_rdata = signer_rdata(&arena, key), rdata = signer_rdata(&arena, ds);
		uint8_t *octets = (uint8_t *)(uintptr_t)rdata.octets, *key_octets = (uint8_t *)(uintptr_t)key_rdata.octets;
		char *text = ldns_rdf2str(ldns_rr_owner(ds));
		struct name zone = named(&arena, text);
		assert_true(ds_matches(rdata, zone, key_rdata));
		assert_false(ds_matches(rdata, named(&arena, "example.org"), key_rdata));
		for (size_t octet = 0; octet < rdata.size; octet++) {
			octets[octet] ^= 1;
			assert_false(ds_matches(rdata, zone, key_rdata));
			octets[octet] ^= 1;
		}
		for (size_t octet = 0; octet < key_rdata.size; octet++) {
			key_octets[octet] ^= 1;
			assert_false(ds_matches(rdata, zone, key_rdata));
			key_octets[octet] ^= 1;
		}
		for (size_t cut = 0; cut < rdata.size; cut++)
			assert_false(ds_matches(span_of(octets, cut), zone, key_rdata));
		free(text);
		ldns_rr_free(key);
		ldns_rr_free(ds);
		arena_free(&arena);
	}
}

/* A digest that nobody here can make is none, an empty one too. */
static void a_ds_of_an_unknown_digest_is_of_no_key(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	ldns_rr *key = signer_record(pairs[2].dnskey);
	uint8_t ds[] = { 55648 >> 8, 55648 & 0xff, 13, 0 };
	for (unsigned int type = 0; type < 256; type++) {
		ds[3] = (uint8_t)type;
		assert_false(ds_matches(span_of(ds, sizeof ds), named(&arena, "example.net"), signer_rdata(&arena, key)));
	}
	ldns_rr_free(key);
	arena_free(&arena);
}

static void usable(const char *const *lines, bool wanted, int ede)
{
	struct arena arena = arena_of(0);
	ldns_rr_list *list = signer_records(lines);
	struct rrset ds = signer_rrset(&arena, list, NULL);
	int said = 12345;
	assert_int_equal(ds_usable(&ds, &said), wanted);
	assert_int_equal(said, ede);
	ldns_rr_list_deep_free(list);
	arena_free(&arena);
}

#define LINES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void a_ds_of_a_known_kind_is_usable(void **state)
{
	(void)state;
	usable(LINES("a. DS 1 8 2 00"), true, EDE_NONE);
	usable(LINES("a. DS 1 5 1 00"), true, EDE_NONE);
	usable(LINES("a. DS 1 250 2 00"), false, EDE_DNSKEY_ALGORITHM);
	usable(LINES("a. DS 1 8 200 00"), false, EDE_DS_DIGEST);
	usable(LINES("a. DS 1 250 200 00"), false, EDE_DNSKEY_ALGORITHM);
	usable(LINES("a. DS 1 250 2 00", "a. DS 1 8 3 00"), false, EDE_DS_DIGEST);
	usable(LINES("a. DS 1 250 2 00", "a. DS 1 8 200 00", "a. DS 1 16 4 00"), true, EDE_NONE);
	/* Whatever the order is, and however many there are (a forwarder may have changed it). */
	usable(LINES("a. DS 1 250 2 00", "a. DS 2 250 2 00", "a. DS 3 250 2 00", "a. DS 4 250 2 00", "a. DS 5 250 2 00",
		     "a. DS 6 250 2 00", "a. DS 7 250 2 00", "a. DS 8 250 2 00", "a. DS 9 250 2 00", "a. DS 1 8 2 00"),
	       true, EDE_NONE);
}

/* ---- trust ---- */

struct setting {
	struct arena arena;
	struct signer ksk, zsk;
	ldns_rr_list *dnskeys, *signatures, *trusted;
	struct work work;
	uint32_t ttl;
	int64_t wall;
};

static struct setting setting_of(uint8_t algorithm)
{
	struct setting setting = {
		.arena = arena_of(0),
		.ksk = signer_new(algorithm, "zone.example.", KSK),
		.zsk = signer_new(algorithm, "zone.example.", DNSKEY_FLAG_ZONE),
		.dnskeys = ldns_rr_list_new(),
		.signatures = ldns_rr_list_new(),
		.trusted = ldns_rr_list_new(),
		.wall = SIGNER_NOW,
	};
	ldns_rr_list_push_rr(setting.dnskeys, ldns_rr_clone(setting.zsk.dnskey));
	ldns_rr_list_push_rr(setting.dnskeys, ldns_rr_clone(setting.ksk.dnskey));
	return setting;
}

static void end(struct setting *setting)
{
	ldns_rr_list_deep_free(setting->dnskeys);
	ldns_rr_list_deep_free(setting->signatures);
	ldns_rr_list_deep_free(setting->trusted);
	signer_free(&setting->ksk);
	signer_free(&setting->zsk);
	arena_free(&setting->arena);
}

static void sign_by(struct setting *setting, const struct signer *signer, struct terms terms)
{
	ldns_rr_list_push_rr(setting->signatures, signer_sign(signer, setting->dnskeys, &terms));
}

static ldns_rr *trust_ds(struct setting *setting, const ldns_rr *dnskey, ldns_hash digest)
{
	ldns_rr *ds = ldns_key_rr2ds(dnskey, digest);
	assert_non_null(ds);
	ldns_rr_list_push_rr(setting->trusted, ds);
	return ds;
}

static void trust(struct setting *setting, const char *line)
{
	ldns_rr_list_push_rr(setting->trusted, signer_record(line));
}

static void set_octet(ldns_rr *rr, size_t field, uint8_t octet)
{
	ldns_rdf_data(ldns_rr_rdf(rr, field))[ldns_rdf_size(ldns_rr_rdf(rr, field)) - 1] = octet;
}

static void gives(struct setting *setting, enum security security, int ede)
{
	struct rrset dnskeys = signer_rrset(&setting->arena, setting->dnskeys, setting->signatures);
	struct rrset trusted = signer_rrset(&setting->arena, setting->trusted, NULL);
	struct keys *keys = keys_create(&dnskeys);
	assert_non_null(keys);
	setting->ttl = 100000;
	struct verdict verdict = keys_trust(keys, &dnskeys, &trusted, setting->wall, &setting->work, &setting->arena,
					    &setting->ttl);
	if (verdict.security != security || verdict.ede != ede)
		fail_msg("%d with EDE %d (%s), but %d with %d is right", (int)verdict.security, verdict.ede,
			 verdict.why != NULL ? verdict.why : "-", (int)security, ede);
	assert_int_equal(setting->ttl, security == SECURITY_SECURE ? 3600 : 100000);
	keys_destroy(keys);
}

static void a_key_that_the_parent_names_signs_the_keys(void **state)
{
	(void)state;
	static const ldns_hash digests[] = { LDNS_SHA1, LDNS_SHA256, LDNS_SHA384 };
	for (size_t i = 0; i < SIGNER_ALGORITHMS; i++) {
		struct setting setting = setting_of(signer_algorithms[i]);
		trust_ds(&setting, setting.ksk.dnskey, digests[i % COUNT(digests)]);
		gives(&setting, SECURITY_BOGUS, EDE_RRSIGS_MISSING);
		sign_by(&setting, &setting.zsk, (struct terms){ 0 });
		gives(&setting, SECURITY_BOGUS, EDE_RRSIGS_MISSING);
		sign_by(&setting, &setting.ksk, (struct terms){ 0 });
		gives(&setting, SECURITY_SECURE, EDE_NONE);
		assert_int_equal(setting.work.failures, 0);
		end(&setting);
	}
}

static void a_signature_of_the_keys_is_checked(void **state)
{
	(void)state;
	struct setting setting = setting_of(13);
	trust_ds(&setting, setting.ksk.dnskey, LDNS_SHA256);
	sign_by(&setting, &setting.ksk, (struct terms){ 0 });
	ldns_rr *rrsig = ldns_rr_list_rr(setting.signatures, 0);
	ldns_rdf_data(ldns_rr_rdf(rrsig, 8))[9] ^= 1;
	gives(&setting, SECURITY_BOGUS, EDE_BOGUS);
	assert_int_equal(setting.work.failures, 1);
	sign_by(&setting, &setting.ksk, (struct terms){ 0 });
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	setting.wall += 10 * 86400;
	gives(&setting, SECURITY_BOGUS, EDE_SIGNATURE_EXPIRED);
	setting.wall -= 20 * 86400;
	gives(&setting, SECURITY_BOGUS, EDE_SIGNATURE_NOT_YET_VALID);
	setting.wall = SIGNER_NOW;
	setting.work.checks = LIMIT_SIGNATURE_CHECKS;
	gives(&setting, SECURITY_UNCHECKED, EDE_INDETERMINATE);
	end(&setting);
}

static void a_key_that_nobody_names_is_not_trusted(void **state)
{
	(void)state;
	struct setting setting = setting_of(13);
	sign_by(&setting, &setting.ksk, (struct terms){ 0 });
	sign_by(&setting, &setting.zsk, (struct terms){ 0 });
	ldns_rr *ds = trust_ds(&setting, setting.ksk.dnskey, LDNS_SHA256);
	set_octet(ds, 3, (uint8_t)~ldns_rdf_data(ldns_rr_rdf(ds, 3))[31]);
	gives(&setting, SECURITY_BOGUS, EDE_DNSKEY_MISSING);
	trust_ds(&setting, setting.zsk.dnskey, LDNS_SHA256); /* a zone may do without a key-signing key */
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	end(&setting);
}

static void one_of_two_named_keys_is_enough(void **state)
{
	(void)state;
	struct setting setting = setting_of(13);
	trust(&setting, "zone.example. DS 1 13 2 00");
	trust_ds(&setting, setting.ksk.dnskey, LDNS_SHA256);
	trust_ds(&setting, setting.ksk.dnskey, LDNS_SHA384);
	trust_ds(&setting, setting.zsk.dnskey, LDNS_SHA384);
	sign_by(&setting, &setting.zsk, (struct terms){ 0 });
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	end(&setting);
}

static void unknown_kinds_make_the_zone_insecure(void **state)
{
	(void)state;
	struct setting setting = setting_of(13);
	sign_by(&setting, &setting.ksk, (struct terms){ 0 });
	trust(&setting, "zone.example. DS 1 250 2 00");
	gives(&setting, SECURITY_INSECURE, EDE_DNSKEY_ALGORITHM);
	trust(&setting, "zone.example. DS 1 13 3 00");
	gives(&setting, SECURITY_INSECURE, EDE_DS_DIGEST);
	trust(&setting, "zone.example. DS 1 13 2 00");
	gives(&setting, SECURITY_BOGUS, EDE_DNSKEY_MISSING);
	trust_ds(&setting, setting.ksk.dnskey, LDNS_SHA256);
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	end(&setting);
}

/* RFC 4509 section 3 */
static void sha1_counts_only_where_there_is_nothing_better(void **state)
{
	(void)state;
	struct setting setting = setting_of(13);
	sign_by(&setting, &setting.ksk, (struct terms){ 0 });
	trust_ds(&setting, setting.ksk.dnskey, LDNS_SHA1);
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	trust(&setting, "zone.example. DS 1 13 3 00"); /* better, but unknown */
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	trust(&setting, "zone.example. DS 1 8 2 00"); /* of another algorithm */
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	trust(&setting, "zone.example. DS 1 13 4 00");
	gives(&setting, SECURITY_BOGUS, EDE_DNSKEY_MISSING);
	trust_ds(&setting, setting.ksk.dnskey, LDNS_SHA384);
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	end(&setting);
}

/* The key as it is published with other flags or another protocol, named by its own DS. */
static void changed(size_t field, uint16_t value, int ede)
{
	struct setting setting = setting_of(13);
	ldns_rr *key = ldns_rr_list_rr(setting.dnskeys, 1);
	uint8_t *octets = ldns_rdf_data(ldns_rr_rdf(key, field));
	if (field == 0)
		octets[0] = (uint8_t)(value >> 8);
	set_octet(key, field, (uint8_t)value);
	ldns_key_set_keytag(setting.ksk.key, ldns_calc_keytag(key));
	sign_by(&setting, &setting.ksk, (struct terms){ 0 });
	trust_ds(&setting, key, LDNS_SHA256);
	gives(&setting, ede == EDE_NONE ? SECURITY_SECURE : SECURITY_BOGUS, ede);
	ldns_rr_list_deep_free(setting.trusted);
	setting.trusted = ldns_rr_list_new();
	ldns_rr_list_push_rr(setting.trusted, ldns_rr_clone(key));
	gives(&setting, ede == EDE_NONE ? SECURITY_SECURE : SECURITY_BOGUS, ede);
	end(&setting);
}

static void only_zone_keys_are_trusted(void **state)
{
	(void)state;
	changed(0, KSK, EDE_NONE);
	changed(0, DNSKEY_FLAG_ZONE, EDE_NONE);
	changed(0, DNSKEY_FLAG_ZONE | 0x0200, EDE_NONE); /* reserved ones are passed over (RFC 4034 section 2.1.1) */
	changed(0, DNSKEY_FLAG_SEP, EDE_NO_ZONE_KEY);
	changed(0, 0, EDE_NO_ZONE_KEY);
	changed(0, KSK | DNSKEY_FLAG_REVOKED, EDE_DNSKEY_MISSING);
	changed(1, 3, EDE_NONE);
	changed(1, 2, EDE_DNSKEY_MISSING);
}

static void an_anchor_may_be_a_key(void **state)
{
	(void)state;
	struct setting setting = setting_of(15);
	sign_by(&setting, &setting.ksk, (struct terms){ 0 });
	trust(&setting, "zone.example. DNSKEY 257 3 250 AAAA");
	gives(&setting, SECURITY_INSECURE, EDE_DNSKEY_ALGORITHM);
	trust(&setting, "zone.example. DNSKEY 257 3 15 AAAA");
	gives(&setting, SECURITY_BOGUS, EDE_DNSKEY_MISSING);
	ldns_rr_list_push_rr(setting.trusted, ldns_rr_clone(setting.zsk.dnskey));
	gives(&setting, SECURITY_BOGUS, EDE_RRSIGS_MISSING);
	ldns_rr_list_push_rr(setting.trusted, ldns_rr_clone(setting.ksk.dnskey));
	gives(&setting, SECURITY_SECURE, EDE_NONE);
	end(&setting);
}

/* RFC 5011 section 2.1: the anchor is the key as it was before. */
static void an_anchor_that_was_revoked_since_is_not_trusted(void **state)
{
	(void)state;
	struct setting setting = setting_of(13);
	ldns_rr_list_push_rr(setting.trusted, ldns_rr_clone(setting.ksk.dnskey));
	ldns_rr *key = ldns_rr_list_rr(setting.dnskeys, 1);
	set_octet(key, 0, DNSKEY_FLAG_SEP | DNSKEY_FLAG_REVOKED);
	ldns_key_set_keytag(setting.ksk.key, ldns_calc_keytag(key));
	sign_by(&setting, &setting.ksk, (struct terms){ 0 });
	gives(&setting, SECURITY_BOGUS, EDE_DNSKEY_MISSING);
	end(&setting);
}

/* CVE-2025-8677: what the parent names is no key. */
static void a_malformed_key_is_a_failure(void **state)
{
	(void)state;
	struct setting setting = setting_of(13);
	ldns_rr *key = ldns_rr_list_rr(setting.dnskeys, 1);
	ldns_rdf_data(ldns_rr_rdf(key, 3))[5] ^= 1;
	ldns_key_set_keytag(setting.ksk.key, ldns_calc_keytag(key));
	sign_by(&setting, &setting.ksk, (struct terms){ 0 });
	trust_ds(&setting, key, LDNS_SHA256);
	for (unsigned int i = 1; i <= LIMIT_SIGNATURE_FAILURES; i++) {
		gives(&setting, SECURITY_BOGUS, EDE_BOGUS);
		assert_int_equal(setting.work.failures, i);
	}
	gives(&setting, SECURITY_UNCHECKED, EDE_INDETERMINATE);
	end(&setting);
}

/* ---- a zone's keys ---- */

static void keys_are_copied(void **state)
{
	(void)state;
	struct setting setting = setting_of(13);
	struct rrset dnskeys = signer_rrset(&setting.arena, setting.dnskeys, NULL);
	struct keys *keys = keys_create(&dnskeys);
	size_t size = keys_size(keys);
	uint16_t tag = ldns_calc_keytag(setting.zsk.dnskey);
	memset((uint8_t *)(uintptr_t)dnskeys.owner.octets, 0, dnskeys.owner.size);
	memset((uint8_t *)(uintptr_t)dnskeys.packed.octets, 0, dnskeys.packed.size);
	assert_true(name_equal(keys_zone(keys), named(&setting.arena, "Zone.Example.")));
	arena_free(&setting.arena);
	assert_true(keys_known(keys));
	assert_true(size > 2 * 68 && size < 1000);
	struct zone_key *key = keys_find(keys, 13, tag, 0);
	assert_non_null(key);
	assert_null(keys_find(keys, 13, tag, 1));
	assert_null(keys_find(keys, 14, tag, 0));
	assert_null(keys_find(keys, 13, (uint16_t)(tag + 1), 0));
	struct crypto_key *decoded = keys_decode(key);
	assert_non_null(decoded);
	assert_ptr_equal(keys_decode(key), decoded);
	assert_int_equal(keys_size(keys), size + CRYPTO_KEY_OCTETS);
	keys_destroy(keys);
	keys_destroy(NULL);
	end(&setting);
}

static void known(const char *const *lines, bool wanted)
{
	struct arena arena = arena_of(0);
	ldns_rr_list *list = signer_records(lines);
	struct rrset dnskeys = signer_rrset(&arena, list, NULL);
	struct keys *keys = keys_create(&dnskeys);
	assert_int_equal(keys_known(keys), wanted);
	keys_destroy(keys);
	ldns_rr_list_deep_free(list);
	arena_free(&arena);
}

static void a_zone_has_a_key_of_a_known_algorithm_or_not(void **state)
{
	(void)state;
	known(LINES("a. DNSKEY 256 3 13 AAAA"), true);
	known(LINES("a. DNSKEY 256 3 250 AAAA", "a. DNSKEY 257 3 8 AAAA"), true);
	known(LINES("a. DNSKEY 256 3 250 AAAA"), false);
	known(LINES("a. DNSKEY 1 3 13 AAAA", "a. DNSKEY 384 3 13 AAAA", "a. DNSKEY 256 2 13 AAAA"), false);
}

/* Records of a zone with one tag and algorithm 13: `count` keys that differ in two words. */
static struct rrset many_keys(struct arena *arena, unsigned int count)
{
	uint8_t *memory = arena_alloc(arena, count * 70);
	struct builder builder = builder_of(memory, count * 70);
	for (unsigned int i = 0; i < count; i++) {
		builder_u16(&builder, 68);
		builder_u32(&builder, 0x0101030d);
		for (unsigned int word = 0; word < 32; word++)
			builder_u16(&builder, word == 0 ? (uint16_t)i : word == 1 ? (uint16_t)(1000 - i) : 0);
	}
	return (struct rrset){ .owner = named(arena, "zone.example."), .type = TYPE_DNSKEY, .class = CLASS_IN, .ttl = 300,
			       .count = (uint16_t)count, .packed = builder_written(&builder) };
}

static uint16_t tag_of_first(const struct rrset *dnskeys)
{
	struct dnskey dnskey;
	assert_true(dnskey_read(rrset_first(dnskeys), &dnskey));
	return dnskey.tag;
}

/* A DS of the `n`-th key: is it found among so many of one tag? */
static int found(unsigned int count, unsigned int n)
{
	struct arena arena = arena_of(0);
	struct rrset dnskeys = many_keys(&arena, count), ds;
	struct rrset_walk walk = rrset_walk_data(&dnskeys);
	struct span rdata;
	uint8_t octets[4 + CRYPTO_DIGEST_MAX] = { 0, 0, 13, 2 }, owner[] = "\4zone\7example";
	for (unsigned int i = 0; i <= n; i++)
		assert_true(rrset_next(&walk, &rdata));
	uint16_t tag = tag_of_first(&dnskeys);
	octets[0] = (uint8_t)(tag >> 8);
	octets[1] = (uint8_t)tag;
	size_t size = crypto_digest(2, span_of(owner, sizeof owner), rdata, octets + 4);
	assert_true(rrset_of_one(&arena, dnskeys.owner, TYPE_DS, 300, span_of(octets, 4 + size), &ds));
	struct keys *keys = keys_create(&dnskeys);
	struct work work = { 0 };
	uint32_t ttl = 300;
	int ede = keys_trust(keys, &dnskeys, &ds, SIGNER_NOW, &work, &arena, &ttl).ede;
	keys_destroy(keys);
	arena_free(&arena);
	return ede;
}

static void keys_of_one_tag_are_few(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	struct rrset dnskeys = many_keys(&arena, 256);
	struct keys *keys = keys_create(&dnskeys);
	uint16_t tag = tag_of_first(&dnskeys);
	for (unsigned int n = 0; n < 2 * LIMIT_KEYS_PER_TAG; n++)
		assert_int_equal(keys_find(keys, 13, tag, n) != NULL, n < LIMIT_KEYS_PER_TAG);
	assert_true(keys_size(keys) < LIMIT_ZONE_KEYS * 200);
	keys_destroy(keys);
	arena_free(&arena);
	for (unsigned int n = 0; n < 2 * LIMIT_KEYS_PER_TAG; n++)
		assert_int_equal(found(256, n), n < LIMIT_KEYS_PER_TAG ? EDE_RRSIGS_MISSING : EDE_DNSKEY_MISSING);
}

/* Behind so many others that are of a known kind, a DS is not looked at. */
static void ds_records_are_few(void **state)
{
	(void)state;
	for (unsigned int before = 0; before < LIMIT_DS_RECORDS + 2; before++) {
		struct setting setting = setting_of(13);
		sign_by(&setting, &setting.ksk, (struct terms){ 0 });
		trust(&setting, "zone.example. DS 1 250 2 00");
		for (unsigned int i = 0; i < before; i++) {
			char line[100];
			snprintf(line, sizeof line, "zone.example. DS %u 13 2 00", i);
			trust(&setting, line);
		}
		trust_ds(&setting, setting.ksk.dnskey, LDNS_SHA256);
		if (before < LIMIT_DS_RECORDS)
			gives(&setting, SECURITY_SECURE, EDE_NONE);
		else
			gives(&setting, SECURITY_BOGUS, EDE_DNSKEY_MISSING);
		end(&setting);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rdata_is_read),
		cmocka_unit_test(tags_are_those_of_ldns),
		cmocka_unit_test(a_ds_is_of_one_key_and_one_zone),
		cmocka_unit_test(a_ds_of_an_unknown_digest_is_of_no_key),
		cmocka_unit_test(a_ds_of_a_known_kind_is_usable),
		cmocka_unit_test(a_key_that_the_parent_names_signs_the_keys),
		cmocka_unit_test(a_signature_of_the_keys_is_checked),
		cmocka_unit_test(a_key_that_nobody_names_is_not_trusted),
		cmocka_unit_test(one_of_two_named_keys_is_enough),
		cmocka_unit_test(unknown_kinds_make_the_zone_insecure),
		cmocka_unit_test(sha1_counts_only_where_there_is_nothing_better),
		cmocka_unit_test(only_zone_keys_are_trusted),
		cmocka_unit_test(an_anchor_may_be_a_key),
		cmocka_unit_test(an_anchor_that_was_revoked_since_is_not_trusted),
		cmocka_unit_test(a_malformed_key_is_a_failure),
		cmocka_unit_test(keys_are_copied),
		cmocka_unit_test(a_zone_has_a_key_of_a_known_algorithm_or_not),
		cmocka_unit_test(keys_of_one_tag_are_few),
		cmocka_unit_test(ds_records_are_few),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
