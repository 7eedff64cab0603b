/* Who revokes itself: DNSKEY RRsets signed by ldns, whole and spoilt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "dnssec/keys.h"
#include "dnssec/sighting.h"
#include "wire/codes.h"

#define NOW INT64_C(1790000000)
#define DAY 86400
#define TTL 172800u
#define KEYS 3u

struct fixture {
	struct arena arena;
	struct trust_point point;
	struct work work;
	ldns_key *keys[KEYS];
	struct rrset dnskeys;
	uint8_t packed[4096];
	uint32_t inception, expiration;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->arena = arena_of(0);
	f->inception = (uint32_t)(NOW - DAY);
	f->expiration = (uint32_t)(NOW + 5 * DAY);
	for (unsigned int i = 0; i < KEYS; i++) {
		f->keys[i] = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 0);
		assert_non_null(f->keys[i]);
		ldns_key_set_pubkey_owner(f->keys[i], ldns_dname_new_frm_str("example."));
		ldns_key_set_origttl(f->keys[i], TTL);
	}
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	for (unsigned int i = 0; i < KEYS; i++)
		ldns_key_deep_free(f->keys[i]);
	arena_free(&f->arena);
	free(f);
	return 0;
}

static void put(struct builder *builder, const ldns_rr *record)
{
	size_t start = builder->size;
	builder_u16(builder, 0);
	for (size_t i = 0; i < ldns_rr_rd_count(record); i++)
		builder_octets(builder, span_of(ldns_rdf_data(ldns_rr_rdf(record, i)), ldns_rdf_size(ldns_rr_rdf(record, i))));
	builder_patch_u16(builder, start, (uint16_t)(builder->size - start - 2));
}

/* The zone's keys as bits; those that have the REVOKE bit; those that sign. */
static void publish(struct fixture *f, unsigned int there, unsigned int revoked, unsigned int signing)
{
	ldns_rr_list *records = ldns_rr_list_new();
	ldns_key_list *signers = ldns_key_list_new();
	struct builder builder = builder_of(f->packed, sizeof f->packed);
	for (unsigned int i = 0; i < KEYS; i++) {
		ldns_key_set_flags(f->keys[i], (uint16_t)(257 | ((revoked >> i & 1) != 0 ? DNSKEY_FLAG_REVOKED : 0)));
		ldns_rr *record = ldns_key2rr(f->keys[i]);
		ldns_rr_set_ttl(record, TTL);
		ldns_key_set_keytag(f->keys[i], ldns_calc_keytag(record));
		ldns_key_set_inception(f->keys[i], f->inception);
		ldns_key_set_expiration(f->keys[i], f->expiration);
		if ((there >> i & 1) != 0)
			ldns_rr_list_push_rr(records, record);
		else
			ldns_rr_free(record);
		if ((signing >> i & 1) != 0)
			ldns_key_list_push_key(signers, f->keys[i]);
	}
	ldns_rr_list *signatures = ldns_sign_public(records, signers);
	for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++)
		put(&builder, ldns_rr_list_rr(records, i));
	for (size_t i = 0; i < ldns_rr_list_rr_count(signatures); i++)
		put(&builder, ldns_rr_list_rr(signatures, i));
	f->dnskeys = (struct rrset){ .owner = { (const uint8_t *)"\7Example", 9, 1 },
				     .type = TYPE_DNSKEY,
				     .class = CLASS_IN,
				     .ttl = 300,
				     .count = (uint16_t)ldns_rr_list_rr_count(records),
				     .signatures = (uint16_t)ldns_rr_list_rr_count(signatures),
				     .packed = builder_written(&builder) };
	ldns_rr_list_deep_free(records);
	ldns_rr_list_deep_free(signatures);
	free(signers->_keys);
	free(signers);
}

/* Keys 0 and 1 are trusted. */
static void begin(struct fixture *f)
{
	publish(f, 3, 0, 3);
	anchor_begin(&f->point, f->dnskeys.owner);
	assert_true(anchor_configure(&f->point, &f->dnskeys, 1, NOW));
	assert_int_equal(f->point.count, 2);
}

static struct sighting look(struct fixture *f)
{
	const struct sighting_means means = { .wall = NOW, .work = &f->work, .scratch = &f->arena };
	return sighting_of(&f->point, &f->dnskeys, true, &means);
}

static void a_key_that_signs_with_the_bit_revokes_itself(void **state)
{
	struct fixture *f = *state;
	begin(f);
	publish(f, 7, 1, 3);
	struct sighting sighting = look(f);
	assert_true(sighting.trusted);
	assert_true(sighting.revoked == 1);
	assert_int_equal(sighting.ttl, TTL);
	assert_int_equal(sighting.life, 5 * DAY);
	assert_true(anchor_see(&f->point, &sighting, NOW));
	assert_int_equal(f->point.anchors[0].state, ANCHOR_REVOKED);
	assert_int_equal(f->point.anchors[1].state, ANCHOR_VALID);
	assert_int_equal(f->point.anchors[2].state, ANCHOR_ADDPEND);
	publish(f, 6, 2, 2); /* the second place, and alone */
	assert_true(look(f).revoked == 1);
}

static void nobody_revokes_another(void **state)
{
	struct fixture *f = *state;
	begin(f);
	publish(f, 3, 1, 2); /* the bit alone */
	assert_true(look(f).revoked == 0);
	publish(f, 3, 0, 3); /* signatures without the bit */
	assert_true(look(f).revoked == 0);
	publish(f, 7, 4, 7); /* a key that is no anchor */
	assert_true(look(f).revoked == 0);
	assert_int_equal(f->work.checks, 0);
	f->dnskeys.owner = (struct name){ (const uint8_t *)"\7examplf", 9, 1 };
	publish(f, 3, 1, 3);
	f->dnskeys.owner = (struct name){ (const uint8_t *)"\7examplf", 9, 1 };
	assert_true(look(f).revoked == 0);
}

/* The RRset as it comes, with one bit turned wherever there is one: nothing of it revokes. */
static void a_spoilt_rrset_revokes_nothing(void **state)
{
	struct fixture *f = *state;
	begin(f);
	publish(f, 1, 1, 1);
	assert_true(look(f).revoked == 1);
	size_t failures = 0;
	for (size_t i = 0; i < f->dnskeys.packed.size; i++) {
		f->packed[i] ^= 0x10;
		f->work = (struct work){ 0 };
		if (look(f).revoked != 0)
			fail_msg("octet %zu does not matter", i);
		failures += f->work.failures;
		f->packed[i] ^= 0x10;
	}
	assert_true(failures > 50); /* most were checked, and found wrong */
	assert_true(look(f).revoked == 1);
	f->dnskeys.oversized = true;
	assert_true(look(f).revoked == 0);
}

static void signatures_have_their_time(void **state)
{
	struct fixture *f = *state;
	static const struct {
		int64_t inception, expiration;
		uint64_t revoked;
	} cases[] = {
		{ -DAY, DAY, 1 },
		{ -2 * DAY, -3500, 1 }, /* within the difference of clocks */
		{ -2 * DAY, -3700, 0 },
		{ 3500, DAY, 1 },
		{ 3700, DAY, 0 },
	};
	begin(f);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		f->inception = (uint32_t)(NOW + cases[i].inception);
		f->expiration = (uint32_t)(NOW + cases[i].expiration);
		publish(f, 3, 1, 3);
		struct sighting sighting = look(f);
		assert_true(sighting.revoked == cases[i].revoked);
		assert_int_equal(sighting.life, cases[i].expiration > 0 ? cases[i].expiration : 0);
	}
}

static void without_work_or_memory_nothing_is_revoked(void **state)
{
	struct fixture *f = *state;
	begin(f);
	publish(f, 3, 1, 3);
	f->work.checks = LIMIT_SIGNATURE_CHECKS;
	assert_true(look(f).revoked == 0);
	f->work.checks = 0;
	struct arena small = arena_of(1);
	const struct sighting_means means = { .wall = NOW, .work = &f->work, .scratch = &small };
	assert_true(sighting_of(&f->point, &f->dnskeys, true, &means).revoked == 0);
	assert_true(look(f).revoked == 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_that_signs_with_the_bit_revokes_itself), TEST(nobody_revokes_another),
		TEST(a_spoilt_rrset_revokes_nothing),		    TEST(signatures_have_their_time),
		TEST(without_work_or_memory_nothing_is_revoked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
