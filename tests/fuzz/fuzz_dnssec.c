/* fuzz_dnssec: RRsets, keys and RRSIGs of anybody.
 *
 * The input is the time (4 octets), the type (2 octets), how many records, RRSIGs, DNSKEYs and DS or DNSKEY anchors
 * there are (1 octet each; with its highest bit the last says that they are anchors), the RRset's owner, the zone, and
 * RDATA, each with its length in front (2 octets). Parts make the whole; order and repetition change nothing of what is
 * signed; no check costs more than it may; and what is taken for good, ldns takes too.
 */
#include "dnssec/canon.h"
#include "dnssec/keys.h"
#include "dnssec/signature.h"
#include "wire/codes.h"
#include "wire/limits.h"

#include <ldns/ldns.h>
#include <stdlib.h>

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

#define RECORDS_MAX 8u
#define INPUT_MAX 8000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	int64_t wall;
	struct rrset rrset, dnskeys, trusted;
};

static void read_records(struct cursor *cursor, unsigned int count, struct builder *packed)
{
	for (unsigned int i = 0; i < count; i++) {
		struct span rdata = cursor_take(cursor, cursor_u16(cursor));
		builder_u16(packed, (uint16_t)rdata.size);
		builder_octets(packed, rdata);
	}
}

static struct rrset read_rrset(struct cursor *cursor, struct arena *arena, unsigned int count, unsigned int signatures)
{
	uint8_t *memory = arena_alloc(arena, INPUT_MAX);
	struct builder packed = builder_of(memory, INPUT_MAX);
	read_records(cursor, count, &packed);
	read_records(cursor, signatures, &packed);
	return (struct rrset){ .class = CLASS_IN, .ttl = 3600, .count = (uint16_t)count,
			       .signatures = (uint16_t)signatures, .packed = builder_written(&packed) };
}

static bool read_input(struct cursor *cursor, struct arena *arena, struct input *input)
{
	input->wall = cursor_u32(cursor);
	uint16_t type = cursor_u16(cursor);
	unsigned int records = cursor_u8(cursor) % RECORDS_MAX, signatures = cursor_u8(cursor) % RECORDS_MAX;
	unsigned int dnskeys = cursor_u8(cursor) % RECORDS_MAX, trusted = cursor_u8(cursor);
	struct name owner, zone;
	if (!name_read_plain(cursor, &owner) || !name_read_plain(cursor, &zone))
		return false;
	input->rrset = read_rrset(cursor, arena, records, signatures);
	input->rrset.owner = owner;
	input->rrset.type = type;
	input->dnskeys = read_rrset(cursor, arena, dnskeys, 0);
	input->dnskeys.owner = zone;
	input->dnskeys.type = TYPE_DNSKEY;
	input->trusted = read_rrset(cursor, arena, trusted % 128 % RECORDS_MAX, 0);
	input->trusted.owner = zone;
	input->trusted.type = trusted >= 128 ? TYPE_DNSKEY : TYPE_DS;
	return !cursor->failed;
}

static bool is_well_formed(const struct rrset *rrset)
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	while (rrset_next(&walk, &rdata))
		if (!rdata_is_valid(rrset->type, rdata))
			return false;
	return true;
}

static void read_parts(const struct input *input)
{
	struct rrset_walk walk = rrset_walk_signatures(&input->rrset);
	struct span rdata;
	while (rrset_next(&walk, &rdata)) {
		struct rrsig rrsig;
		bool good = rrsig_read(rdata, &rrsig);
		REQUIRE(good || !rdata_is_valid(TYPE_RRSIG, rdata));
		if (!good)
			continue;
		REQUIRE(rrsig.head.octets == rdata.octets && rrsig.head.size == 18u + rrsig.signer.size);
		REQUIRE(rrsig.signature.octets == rdata.octets + rrsig.head.size);
		REQUIRE(rrsig.head.size + rrsig.signature.size == rdata.size);
	}
}

/* ---- canonical form ---- */

/* Each record twice, in the opposite order. */
static struct rrset turned_round(const struct rrset *rrset, struct arena *arena)
{
	struct span records[RECORDS_MAX], rdata;
	struct rrset_walk walk = rrset_walk_data(rrset);
	size_t count = 0;
	while (rrset_next(&walk, &rdata))
		records[count++] = rdata;
	uint8_t *memory = arena_alloc(arena, 2 * INPUT_MAX);
	struct builder builder = builder_of(memory, 2 * INPUT_MAX);
	for (size_t i = 2 * count; i-- > 0;) {
		builder_u16(&builder, (uint16_t)records[i % count].size);
		builder_octets(&builder, records[i % count]);
	}
	struct rrset turned = *rrset;
	turned.count = (uint16_t)(2 * count);
	turned.signatures = 0;
	turned.packed = builder_written(&builder);
	return turned;
}

static void canonicalise(const struct input *input, struct arena *arena)
{
	struct rrset turned = turned_round(&input->rrset, arena);
	struct canon canon, again;
	REQUIRE(canon_prepare(&canon, &input->rrset, arena) == (input->rrset.count > 0));
	if (input->rrset.count == 0)
		return;
	REQUIRE(canon_prepare(&again, &turned, arena));
	REQUIRE(canon.count == again.count && canon.count <= input->rrset.count);
	struct rrset_walk walk = rrset_walk_signatures(&input->rrset);
	struct span rdata;
	struct rrsig rrsig;
	while (rrset_next(&walk, &rdata)) {
		if (!rrsig_read(rdata, &rrsig))
			continue;
		struct span octets = canon_signed_octets(&canon, &rrsig);
		REQUIRE(octets.size > rrsig.head.size);
		REQUIRE(span_equal(octets, canon_signed_octets(&again, &rrsig)));
	}
}

/* ---- keys and signatures ---- */

static ldns_rr *to_ldns(struct name owner, uint16_t type, struct span rdata)
{
	static uint8_t wire[2 * INPUT_MAX];
	struct builder record = builder_of(wire, sizeof wire);
	name_write(&record, owner);
	builder_u16(&record, type);
	builder_u16(&record, CLASS_IN);
	builder_u32(&record, 3600);
	builder_u16(&record, (uint16_t)rdata.size);
	builder_octets(&record, rdata);
	ldns_rr *rr = NULL;
	size_t at = 0;
	return ldns_wire2rr(&rr, wire, record.size, &at, LDNS_SECTION_ANSWER) == LDNS_STATUS_OK ? rr : NULL;
}

/* Records that are there more than once are signed once; ldns would have them all. */
static bool to_list(ldns_rr_list *list, struct name owner, uint16_t type, struct rrset_walk walk)
{
	struct span rdata;
	while (rrset_next(&walk, &rdata)) {
		ldns_rr *rr = to_ldns(owner, type, rdata);
		if (rr == NULL)
			return false;
		if (ldns_rr_list_contains_rr(list, rr))
			ldns_rr_free(rr);
		else
			ldns_rr_list_push_rr(list, rr);
	}
	return true;
}

static void ldns_must_agree(const struct input *input)
{
	const struct rrset *rrset = &input->rrset;
	ldns_rr_list *list = ldns_rr_list_new(), *rrsigs = ldns_rr_list_new(), *dnskeys = ldns_rr_list_new();
	if (to_list(list, rrset->owner, rrset->type, rrset_walk_data(rrset)) &&
	    to_list(rrsigs, rrset->owner, TYPE_RRSIG, rrset_walk_signatures(rrset)) &&
	    to_list(dnskeys, input->dnskeys.owner, TYPE_DNSKEY, rrset_walk_data(&input->dnskeys))) {
		bool good = false;
		for (size_t i = 0; i < ldns_rr_list_rr_count(rrsigs); i++) {
			ldns_rr_list *used = ldns_rr_list_new();
			good |= ldns_verify_rrsig_keylist_notime(list, ldns_rr_list_rr(rrsigs, i), dnskeys, used) ==
				LDNS_STATUS_OK;
			ldns_rr_list_free(used);
		}
		REQUIRE(good);
	}
	ldns_rr_list_deep_free(dnskeys);
	ldns_rr_list_deep_free(rrsigs);
	ldns_rr_list_deep_free(list);
}

/* ldns does not canonicalise these as RFC 4034 section 6.2 and RFC 6840 section 5.1 say. */
static bool ldns_canonicalises(uint16_t type)
{
	return type != TYPE_RRSIG && type != TYPE_NXT && type != TYPE_A6 && type != TYPE_SIG;
}

static void check_signatures(const struct input *input, struct keys *keys, struct arena *arena)
{
	struct work work = { 0 };
	struct signed_facts facts;
	struct name signer;
	struct verdict verdict = signature_check(&input->rrset, keys, input->wall, &work, arena, &facts);
	REQUIRE(work.checks <= LIMIT_SIGNATURES_PER_RRSET && work.failures <= LIMIT_SIGNATURE_FAILURES + 1);
	REQUIRE(verdict.security != SECURITY_INSECURE);
	REQUIRE((verdict.security == SECURITY_UNCHECKED) == (work.failures > LIMIT_SIGNATURE_FAILURES));
	if (verdict.security != SECURITY_SECURE)
		return;
	REQUIRE(signature_signer(&input->rrset, &signer));
	REQUIRE(facts.ttl <= 3600 && facts.labels <= input->rrset.owner.labels);
	REQUIRE(name_is_within(input->rrset.owner, input->dnskeys.owner));
	if (ldns_canonicalises(input->rrset.type))
		ldns_must_agree(input);
}

static void trust_keys(const struct input *input, struct keys *keys, struct arena *arena)
{
	struct work work = { 0 };
	uint32_t ttl = 3600;
	int ede;
	struct rrset dnskeys = input->dnskeys;
	struct rrset_walk walk = rrset_walk_data(&dnskeys);
	struct span rdata;
	while (rrset_next(&walk, &rdata)) {
		struct dnskey dnskey;
		if (dnskey_read(rdata, &dnskey) && dnskey.public_key.size > 0)
			REQUIRE(dnskey.tag == ldns_calc_keytag_raw(rdata.octets, rdata.size));
	}
	struct verdict verdict = keys_trust(keys, &dnskeys, &input->trusted, input->wall, &work, arena, &ttl);
	REQUIRE(verdict.security == SECURITY_BOGUS || verdict.security == SECURITY_INSECURE);
	if (input->trusted.type == TYPE_DS)
		REQUIRE((verdict.security == SECURITY_INSECURE) != ds_usable(&input->trusted, &ede));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor cursor = cursor_of(span_of(data, size));
	struct arena arena = arena_of(0);
	struct input input;
	if (size <= INPUT_MAX / 2 && read_input(&cursor, &arena, &input) && is_well_formed(&input.rrset)) {
		struct keys *keys = keys_create(&input.dnskeys);
		REQUIRE(keys != NULL);
		read_parts(&input);
		canonicalise(&input, &arena);
		check_signatures(&input, keys, &arena);
		trust_keys(&input, keys, &arena);
		REQUIRE(keys_size(keys) <= size + 1000 + RECORDS_MAX * CRYPTO_KEY_OCTETS);
		keys_destroy(keys);
	}
	arena_free(&arena);
	return 0;
}
