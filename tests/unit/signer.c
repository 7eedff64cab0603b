#include "signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/builder.h"
#include "base/cursor.h"

const uint8_t signer_algorithms[SIGNER_ALGORITHMS] = { 5, 7, 8, 10, 13, 14, 15, 16 };

struct signer signer_new(uint8_t algorithm, const char *zone, uint16_t flags)
{
	struct signer signer = { .key = ldns_key_new_frm_algorithm((ldns_signing_algorithm)algorithm, 1024) };
	if (signer.key == NULL)
		fail_msg("ldns makes no key of algorithm %d", algorithm);
	ldns_key_set_pubkey_owner(signer.key, ldns_dname_new_frm_str(zone));
	ldns_key_set_flags(signer.key, flags);
	signer.dnskey = ldns_key2rr(signer.key);
	assert_non_null(signer.dnskey);
	ldns_key_set_keytag(signer.key, ldns_calc_keytag(signer.dnskey));
	return signer;
}

void signer_free(struct signer *signer)
{
	ldns_rr_free(signer->dnskey);
	ldns_key_deep_free(signer->key);
}

/* The octets of the records: owner in lower case or the wildcard, the terms' TTL, canonical order. */
static ldns_rr_list *canonical(const ldns_rr_list *records, const struct terms *terms, uint32_t ttl)
{
	ldns_rr_list *list = ldns_rr_list_clone(records);
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		ldns_rr *rr = ldns_rr_list_rr(list, i);
		uint8_t labels = ldns_dname_label_count(ldns_rr_owner(rr));
		if (terms->labels > 0 && !terms->labels_only && terms->labels < labels) {
			ldns_rdf *suffix = ldns_dname_clone_from(ldns_rr_owner(rr), (uint16_t)(labels - terms->labels));
			ldns_rdf *wildcard = ldns_dname_new_frm_str("*");
			assert_int_equal(ldns_dname_cat(wildcard, suffix), LDNS_STATUS_OK);
			ldns_rdf_deep_free(suffix);
			ldns_rdf_deep_free(ldns_rr_owner(rr));
			ldns_rr_set_owner(rr, wildcard);
		}
		ldns_rr_set_ttl(rr, ttl);
		ldns_rr2canonical(rr);
	}
	ldns_rr_list_sort(list);
	return list;
}

static void replace(ldns_rr *rrsig, ldns_rdf *field, size_t position)
{
	assert_non_null(field);
	ldns_rdf_deep_free(ldns_rr_set_rdf(rrsig, field, position));
}

ldns_rr *signer_sign(const struct signer *signer, const ldns_rr_list *records, const struct terms *terms)
{
	ldns_rr *rrsig = ldns_create_empty_rrsig(records, signer->key);
	assert_non_null(rrsig);
	uint32_t ttl = terms->ttl > 0 ? terms->ttl : ldns_rr_ttl(ldns_rr_list_rr(records, 0));
	uint32_t inception = terms->inception > 0 ? terms->inception : SIGNER_NOW - 43200;
	uint32_t expiration = terms->expiration > 0 ? terms->expiration : SIGNER_NOW + 43200;
	if (terms->labels > 0)
		replace(rrsig, ldns_native2rdf_int8(LDNS_RDF_TYPE_INT8, terms->labels), 2);
	replace(rrsig, ldns_native2rdf_int32(LDNS_RDF_TYPE_INT32, ttl), 3);
	replace(rrsig, ldns_native2rdf_int32(LDNS_RDF_TYPE_TIME, expiration), 4);
	replace(rrsig, ldns_native2rdf_int32(LDNS_RDF_TYPE_TIME, inception), 5);
	if (terms->signer != NULL)
		replace(rrsig, ldns_dname_new_frm_str(terms->signer), 7);

	ldns_rr_list *list = canonical(records, terms, ttl);
	ldns_buffer *octets = ldns_buffer_new(LDNS_MAX_PACKETLEN);
	assert_int_equal(ldns_rrsig2buffer_wire(octets, rrsig), LDNS_STATUS_OK);
	assert_int_equal(ldns_rr_list2buffer_wire(octets, list), LDNS_STATUS_OK);
	ldns_rdf *signature = ldns_sign_public_buffer(octets, signer->key);
	assert_non_null(signature);
	ldns_rr_rrsig_set_sig(rrsig, signature);
	ldns_buffer_free(octets);
	ldns_rr_list_deep_free(list);
	return rrsig;
}

bool signer_accepts(const ldns_rr_list *records, ldns_rr *rrsig, ldns_rr *dnskey)
{
	ldns_rr_list *list = ldns_rr_list_clone(records), *keys = ldns_rr_list_new(), *good = ldns_rr_list_new();
	ldns_rr_list_push_rr(keys, dnskey);
	ldns_status status = ldns_verify_rrsig_keylist_notime(list, rrsig, keys, good);
	ldns_rr_list_free(good);
	ldns_rr_list_free(keys);
	ldns_rr_list_deep_free(list);
	return status == LDNS_STATUS_OK;
}

ldns_rr *signer_record(const char *line)
{
	ldns_rr *rr = NULL;
	if (ldns_rr_new_frm_str(&rr, line, 3600, NULL, NULL) != LDNS_STATUS_OK)
		fail_msg("ldns does not read: %s", line);
	return rr;
}

ldns_rr_list *signer_records(const char *const *lines)
{
	ldns_rr_list *list = ldns_rr_list_new();
	for (; *lines != NULL; lines++)
		ldns_rr_list_push_rr(list, signer_record(*lines));
	return list;
}

struct span signer_rdata(struct arena *arena, const ldns_rr *rr)
{
	uint8_t *wire;
	size_t size, head = ldns_rdf_size(ldns_rr_owner(rr)) + 10;
	assert_int_equal(ldns_rr2wire(&wire, rr, LDNS_SECTION_ANSWER, &size), LDNS_STATUS_OK);
	struct span rdata = arena_copy(arena, span_of(wire + head, size - head));
	free(wire);
	return rdata;
}

static void pack(struct arena *arena, struct builder *builder, const ldns_rr_list *list)
{
	for (size_t i = 0; list != NULL && i < ldns_rr_list_rr_count(list); i++) {
		struct span rdata = signer_rdata(arena, ldns_rr_list_rr(list, i));
		builder_u16(builder, (uint16_t)rdata.size);
		builder_octets(builder, rdata);
	}
	assert_false(builder->overflowed);
}

struct rrset signer_rrset(struct arena *arena, const ldns_rr_list *records, const ldns_rr_list *signatures)
{
	static uint8_t memory[200000];
	const ldns_rr *first = ldns_rr_list_rr(records, 0);
	struct builder builder = builder_of(memory, sizeof memory);
	struct rrset rrset = {
		.type = (uint16_t)ldns_rr_get_type(first),
		.class = (uint16_t)ldns_rr_get_class(first),
		.ttl = ldns_rr_ttl(first),
		.count = (uint16_t)ldns_rr_list_rr_count(records),
		.signatures = signatures != NULL ? (uint16_t)ldns_rr_list_rr_count(signatures) : 0,
	};
	struct cursor owner = cursor_of(span_of(ldns_rdf_data(ldns_rr_owner(first)), ldns_rdf_size(ldns_rr_owner(first))));
	assert_true(name_read_plain(&owner, &rrset.owner));
	rrset.owner = name_copy(arena, rrset.owner);
	pack(arena, &builder, records);
	pack(arena, &builder, signatures);
	rrset.packed = arena_copy(arena, builder_written(&builder));
	return rrset;
}
