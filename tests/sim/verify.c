#include "verify.h"

#include "signing.h"

#include <ldns/ldns.h>

#define RECORD_SIZE_MAX 1024u

static ldns_rr *make_key(const struct zone *zone, struct span dnskey)
{
	uint8_t octets[RECORD_SIZE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	ldns_rr *rr = NULL;
	size_t at = 0;
	name_write(&builder, zone->origin);
	builder_u16(&builder, TYPE_DNSKEY);
	builder_u16(&builder, CLASS_IN);
	builder_u32(&builder, 3600);
	builder_u16(&builder, (uint16_t)dnskey.size);
	builder_octets(&builder, dnskey);
	return ldns_wire2rr(&rr, octets, builder.size, &at, LDNS_SECTION_ANSWER) == LDNS_STATUS_OK ? rr : NULL;
}

static ldns_rr_list *keys_of(const struct zone *zone)
{
	ldns_rr_list *keys = ldns_rr_list_new();
	for (unsigned int i = 0; i < zone->signing->key_count; i++)
		if (zone->signing->keys[i].published)
			ldns_rr_list_push_rr(keys, make_key(zone, zone->signing->keys[i].dnskey));
	return keys;
}

/* The zone that a record of type RRSIG names. */
static const struct zone *zone_named(const struct world *world, const ldns_rr *rrsig)
{
	const ldns_rdf *signer = ldns_rr_rrsig_signame(rrsig);
	struct cursor cursor = cursor_of(span_of(ldns_rdf_data(signer), ldns_rdf_size(signer)));
	struct name name;
	return name_read_plain(&cursor, &name) ? world_zone_at(world, name) : NULL;
}

static bool is_good(const struct verify *verify, const ldns_rr_list *rrset, const ldns_rr *rrsig)
{
	const struct zone *zone = zone_named(verify->world, rrsig);
	if (zone == NULL || zone->signing == NULL)
		return false;
	if (zone->signing->plan.algorithm == ALGORITHM_UNKNOWN)
		return !verify->all; /* nobody can say, and nobody may call it secure */
	ldns_rr_list *keys = keys_of(zone), *one = ldns_rr_list_new(), *good = ldns_rr_list_new();
	ldns_rr_list_push_rr(one, ldns_rr_clone(rrsig));
	bool is = ldns_verify_time(rrset, one, keys, (time_t)verify->wall, good) == LDNS_STATUS_OK;
	ldns_rr_list_free(good);
	ldns_rr_list_deep_free(keys);
	ldns_rr_list_deep_free(one);
	return is;
}

static bool covers(const ldns_rr *rrsig, const ldns_rr *rr)
{
	return ldns_rr_get_type(rrsig) == LDNS_RR_TYPE_RRSIG &&
	       ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rrsig)) == ldns_rr_get_type(rr) &&
	       ldns_dname_compare(ldns_rr_owner(rrsig), ldns_rr_owner(rr)) == 0;
}

/* A DNAME above the name makes its CNAME, which is not signed (RFC 4035 section 3.2.3). */
static bool is_made(const ldns_rr_list *section, const ldns_rr *rr)
{
	if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_CNAME)
		return false;
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
		const ldns_rr *other = ldns_rr_list_rr(section, i);
		if (ldns_rr_get_type(other) == LDNS_RR_TYPE_DNAME &&
		    ldns_dname_is_subdomain(ldns_rr_owner(rr), ldns_rr_owner(other)))
			return true;
	}
	return false;
}

static const char *verify_rrset(struct verify *verify, const ldns_rr_list *section, const ldns_rr *rr)
{
	ldns_rr_list *rrset = ldns_rr_list_new();
	unsigned int count = 0, good = 0;
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
		ldns_rr *other = ldns_rr_list_rr(section, i);
		if (ldns_rr_get_type(other) == ldns_rr_get_type(rr) &&
		    ldns_dname_compare(ldns_rr_owner(other), ldns_rr_owner(rr)) == 0)
			ldns_rr_list_push_rr(rrset, other);
	}
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++)
		if (covers(ldns_rr_list_rr(section, i), rr)) {
			count++;
			good += is_good(verify, rrset, ldns_rr_list_rr(section, i));
		}
	ldns_rr_list_free(rrset);
	verify->good += good;
	if (verify->all && count == 0 && !is_made(section, rr))
		return "an RRset without a signature";
	return good == count ? NULL : "a signature that is wrong";
}

/* The same record a second time: of no use to anybody (RFC 2181 section 5). */
static bool tells_twice(const ldns_rr_list *section)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++)
		for (size_t j = 0; j < i; j++)
			if (ldns_rr_compare(ldns_rr_list_rr(section, j), ldns_rr_list_rr(section, i)) == 0)
				return true;
	return false;
}

static const char *verify_section(struct verify *verify, const ldns_rr_list *section)
{
	const char *why = tells_twice(section) ? "a record that is told twice" : NULL;
	for (size_t i = 0; i < ldns_rr_list_rr_count(section) && why == NULL; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(section, i);
		bool first = true;
		for (size_t j = 0; j < i && first; j++)
			first = ldns_rr_get_type(ldns_rr_list_rr(section, j)) != ldns_rr_get_type(rr) ||
				ldns_dname_compare(ldns_rr_owner(ldns_rr_list_rr(section, j)), ldns_rr_owner(rr)) != 0;
		if (first && ldns_rr_get_type(rr) != LDNS_RR_TYPE_RRSIG)
			why = verify_rrset(verify, section, rr);
	}
	return why;
}

const char *verify_message(struct verify *verify, struct span octets)
{
	ldns_pkt *pkt = NULL;
	if (ldns_wire2pkt(&pkt, octets.octets, octets.size) != LDNS_STATUS_OK)
		return "ldns cannot read it";
	const char *why = verify_section(verify, ldns_pkt_answer(pkt));
	if (why == NULL)
		why = verify_section(verify, ldns_pkt_authority(pkt));
	ldns_pkt_free(pkt);
	return why;
}
