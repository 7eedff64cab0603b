/* The tests' own signer (tests/sign): what it makes is right to ldns and to the RFCs, and the same everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../sign/sign.h"
#include "named.h"
#include "wire/codes.h"

#include <ldns/ldns.h>

#define WALL 1800000000u

static const uint8_t algorithms[] = { 5, 7, 8, 10, 13, 14, 15, 16 };

static ldns_rr *to_ldns(struct name owner, uint16_t type, uint32_t ttl, struct span rdata)
{
	uint8_t octets[2048];
	struct builder builder = builder_of(octets, sizeof octets);
	ldns_rr *rr = NULL;
	size_t at = 0;
	name_write(&builder, owner);
	builder_u16(&builder, type);
	builder_u16(&builder, CLASS_IN);
	builder_u32(&builder, ttl);
	builder_u16(&builder, (uint16_t)rdata.size);
	builder_octets(&builder, rdata);
	assert_int_equal(ldns_wire2rr(&rr, octets, builder.size, &at, LDNS_SECTION_ANSWER), LDNS_STATUS_OK);
	return rr;
}

static struct rrset make_set(struct arena *arena, const char *owner, uint16_t type, const struct span *rdata,
			     unsigned int count)
{
	struct rrset rrset = { .owner = named(arena, owner), .type = type, .class = CLASS_IN, .ttl = 3600 };
	uint8_t *packed = arena_alloc(arena, 1024);
	struct builder builder = builder_of(packed, 1024);
	for (unsigned int i = 0; i < count; i++) {
		builder_u16(&builder, (uint16_t)rdata[i].size);
		builder_octets(&builder, rdata[i]);
	}
	rrset.count = (uint16_t)count;
	rrset.packed = builder_written(&builder);
	return rrset;
}

/* The set as it is shown, by ldns. */
static ldns_status verify(const struct rrset *rrset, struct name shown, struct span rrsig, struct name zone,
			  struct span dnskey)
{
	ldns_rr_list *records = ldns_rr_list_new(), *signatures = ldns_rr_list_new(), *keys = ldns_rr_list_new();
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	while (rrset_next(&walk, &rdata))
		ldns_rr_list_push_rr(records, to_ldns(shown, rrset->type, 77, rdata));
	ldns_rr_list_push_rr(signatures, to_ldns(shown, TYPE_RRSIG, 77, rrsig));
	ldns_rr_list_push_rr(keys, to_ldns(zone, TYPE_DNSKEY, 3600, dnskey));
	ldns_status status = ldns_verify_time(records, signatures, keys, WALL, NULL);
	ldns_rr_list_deep_free(records);
	ldns_rr_list_deep_free(signatures);
	ldns_rr_list_deep_free(keys);
	return status;
}

static struct signer signer_of(struct arena *arena, uint8_t algorithm, unsigned int number, struct span *dnskey)
{
	const struct sign_key *key = sign_key_of(algorithm, number);
	*dnskey = sign_dnskey(arena, key, SIGN_FLAGS_ZSK);
	return (struct signer){ .zone = named(arena, "Example.com."),
				.key = key,
				.tag = sign_tag(*dnskey),
				.inception = WALL - 1000,
				.expiration = WALL + 1000 };
}

/* Sets out of order, with names in upper case, and made from a wildcard. */
static void test_signatures(void **state)
{
	const struct span addresses[] = { { (const uint8_t[]){ 9, 1, 1, 1 }, 4 }, { (const uint8_t[]){ 1, 9, 1, 1 }, 4 },
						 { (const uint8_t[]){ 1, 1, 9, 1 }, 4 } };
	const struct span exchangers[] = { { (const uint8_t *)"\0\12\2MX\7EXAMPLE\3com", 18 },
						  { (const uint8_t *)"\0\5\1B\7example\3com", 17 } };
	(void)state;
	for (unsigned int i = 0; i < sizeof algorithms; i++)
		for (unsigned int number = 0; number < SIGN_KEYS; number++) {
			struct arena arena = arena_of(0);
			struct span dnskey;
			struct signer signer = signer_of(&arena, algorithms[i], number, &dnskey);
			struct rrset set = make_set(&arena, "WWW.example.com.", TYPE_A, addresses, 3);
			struct span rrsig = sign_rrset(&arena, &set, &signer);
			assert_int_equal(verify(&set, set.owner, rrsig, signer.zone, dnskey), LDNS_STATUS_OK);
			((uint8_t *)rrsig.octets)[rrsig.size - 2] ^= 1;
			assert_int_not_equal(verify(&set, set.owner, rrsig, signer.zone, dnskey), LDNS_STATUS_OK);
			set = make_set(&arena, "*.example.com.", TYPE_MX, exchangers, 2);
			rrsig = sign_rrset(&arena, &set, &signer);
			assert_int_equal(verify(&set, named(&arena, "a.b.example.com."), rrsig, signer.zone, dnskey), LDNS_STATUS_OK);
			arena_free(&arena);
		}
}

static void test_tags_and_digests(void **state)
{
	static const ldns_hash digests[] = { LDNS_SHA1, LDNS_SHA256, LDNS_SHA384 };
	(void)state;
	for (unsigned int i = 0; i < sizeof algorithms; i++)
		for (unsigned int j = 0; j < sizeof digests / sizeof digests[0]; j++) {
			struct arena arena = arena_of(0);
			struct span dnskey;
			struct signer signer = signer_of(&arena, algorithms[i], j, &dnskey);
			ldns_rr *rr = to_ldns(signer.zone, TYPE_DNSKEY, 3600, dnskey), *ds = ldns_key_rr2ds(rr, digests[j]);
			struct span mine = sign_ds(&arena, signer.zone, dnskey, (uint8_t)digests[j]);
			const ldns_rdf *digest = ldns_rr_rdf(ds, 3);
			assert_int_equal(ldns_calc_keytag(rr), signer.tag);
			assert_int_equal(mine.size, 4 + ldns_rdf_size(digest));
			assert_memory_equal(mine.octets + 4, ldns_rdf_data(digest), ldns_rdf_size(digest));
			assert_int_equal(mine.octets[0] << 8 | mine.octets[1], signer.tag);
			assert_int_equal(mine.octets[2], algorithms[i]);
			ldns_rr_free(ds);
			ldns_rr_free(rr);
			arena_free(&arena);
		}
}

/* RFC 5155 appendix A. */
static void test_hashes(void **state)
{
	static const uint8_t salt[] = { 0xaa, 0xbb, 0xcc, 0xdd };
	static const struct {
		const char *name, *hash;
	} examples[] = { { "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom" },
			 { "a.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl" },
			 { "*.W.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en" } };
	(void)state;
	for (unsigned int i = 0; i < sizeof examples / sizeof examples[0]; i++) {
		struct arena arena = arena_of(0);
		uint8_t hash[SIGN_HASH_SIZE];
		char text[64];
		sign_nsec3_hash(named(&arena, examples[i].name), span_of(salt, sizeof salt), 12, hash);
		arena_free(&arena);
		assert_int_equal(ldns_b32_ntop_extended_hex(hash, sizeof hash, text, sizeof text), 32);
		assert_string_equal(text, examples[i].hash);
	}
}

static void test_bitmaps(void **state)
{
	static const uint16_t types[] = { 1, 15, 46, 47, 1234 };
	/* RFC 4034 section 4.3 */
	static const uint8_t wanted[] = { 0x00, 0x06, 0x40, 0x01, 0x00, 0x00, 0x00, 0x03, 0x04, 0x1b, 0, 0, 0, 0, 0, 0, 0, 0, 0,
					  0,	0,    0,    0,	  0,	0,    0,    0,	  0,	0,    0,  0, 0, 0, 0, 0, 0, 0x20 };
	uint8_t octets[200];
	(void)state;
	assert_int_equal(sign_bitmap(types, 5, octets), sizeof wanted);
	assert_memory_equal(octets, wanted, sizeof wanted);
}

/* A seed is the same world on every machine only if a key and a signature are. */
static void test_always_the_same(void **state)
{
	static const struct {
		uint8_t algorithm;
		uint8_t start[4];
	} wanted[] = {
		{ 5, { 31, 58, 89, 154 } },
		{ 8, { 51, 22, 14, 191 } },
		{ 10, { 25, 192, 161, 199 } },
		{ 13, { 145, 178, 177, 202 } },
		{ 14, { 10, 231, 100, 20 } },
		{ 15, { 81, 134, 210, 55 } },
		{ 16, { 180, 165, 199, 27 } },
	};
	(void)state;
	for (unsigned int i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		uint8_t signature[SIGNATURE_SIZE_MAX];
		const struct sign_key *key = sign_key_of(wanted[i].algorithm, 1);
		assert_true(sign_key_sign(key, span_of("octets", 6), signature) > 4);
		assert_memory_equal(signature, wanted[i].start, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signatures), cmocka_unit_test(test_tags_and_digests),
		cmocka_unit_test(test_hashes),	   cmocka_unit_test(test_bitmaps),
		cmocka_unit_test(test_always_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
