#include "resolver/scrub.h"

#include "dnssec/signature.h"
#include "wire/codes.h"

static void add_glue(struct name_server *server, uint16_t type, struct span rdata)
{
	size_t size = type == TYPE_A ? 4 : 16;
	if (rdata.size != size || server->glue_count == LIMIT_NS_ADDRESSES_PER_NAME)
		return;
	server->glue[server->glue_count++] =
		type == TYPE_A ? ip_of_v4(rdata.octets) : ip_unmap(ip_of_v6(rdata.octets));
}

static void take_glue(const struct msg *msg, struct name_server *server, uint16_t type)
{
	const struct rrset *addresses = section_find(&msg->additional, server->name, type);
	if (addresses == NULL)
		return;
	struct rrset_walk walk = rrset_walk_data(addresses);
	struct span rdata;
	while (rrset_next(&walk, &rdata))
		add_glue(server, type, rdata);
}

bool scrub_referral(const struct msg *msg, const struct rrset *ns, struct name bailiwick, bool any_glue,
		    struct arena *arena, struct delegation *delegation)
{
	size_t count = ns->count < LIMIT_NS_NAMES_KEPT ? ns->count : LIMIT_NS_NAMES_KEPT;
	*delegation = (struct delegation){ .zone = ns->owner, .ttl = ns->ttl };
	delegation->servers = arena_alloc(arena, count * sizeof *delegation->servers);
	if (delegation->servers == NULL)
		return false;
	struct rrset_walk walk = rrset_walk_data(ns);
	struct span rdata;
	while (delegation->count < count && rrset_next(&walk, &rdata)) {
		struct name_server *server = &delegation->servers[delegation->count];
		if (!rdata_target(TYPE_NS, rdata, &server->name))
			continue;
		if (any_glue || name_is_within(server->name, bailiwick)) {
			take_glue(msg, server, TYPE_A);
			take_glue(msg, server, TYPE_AAAA);
		}
		delegation->count++;
	}
	const struct rrset *ds = section_find(&msg->authority, ns->owner, TYPE_DS);
	if (ds != NULL)
		delegation->ds = *ds;
	return true;
}

static uint32_t soa_minimum(const struct rrset *soa)
{
	struct span rdata = rrset_first(soa);
	if (rdata.size < 4)
		return 0;
	struct cursor cursor = cursor_of(rdata);
	cursor_seek(&cursor, rdata.size - 4);
	return cursor_u32(&cursor);
}

static enum trust trust_of(const struct msg *msg)
{
	return msg->header.flags & FLAG_AA ? TRUST_AUTHORITATIVE_ANSWER : TRUST_ANSWER;
}

void scrub_proofs(const struct msg *msg, struct name zone, struct cached *cached)
{
	cached->proof_count = 0;
	for (size_t i = 0; i < msg->authority.count && cached->proof_count < LIMIT_PROOF_RRSETS; i++) {
		const struct rrset *rrset = &msg->authority.rrsets[i];
		if ((rrset->type == TYPE_NSEC || rrset->type == TYPE_NSEC3) && rrset->class == CLASS_IN &&
		    name_is_within(rrset->owner, zone))
			cached->proofs[cached->proof_count++] = *rrset;
	}
}

/* Its signature has fewer labels than its name (RFC 4035 section 5.3.4). */
static bool is_of_wildcard(const struct rrset *rrset)
{
	struct rrset_walk walk = rrset_walk_signatures(rrset);
	struct span rdata;
	struct rrsig rrsig;
	while (rrset_next(&walk, &rdata))
		if (rrsig_read(rdata, &rrsig) &&
		    rrsig.labels < rrset->owner.labels - (name_is_wildcard(rrset->owner) ? 1 : 0))
			return true;
	return false;
}

static uint32_t smallest_ttl(const struct cached *cached)
{
	uint32_t ttl = cached->proof_count > 0 ? UINT32_MAX : 0;
	for (unsigned int i = 0; i < cached->proof_count; i++)
		if (cached->proofs[i].ttl < ttl)
			ttl = cached->proofs[i].ttl;
	return ttl;
}

void scrub_positive(const struct msg *msg, const struct rrset *rrset, struct name zone, struct cached *cached)
{
	*cached = (struct cached){
		.kind = CACHED_POSITIVE,
		.trust = trust_of(msg),
		.ttl = rrset->ttl,
		.rrset = *rrset,
	};
	if (!is_of_wildcard(rrset))
		return;
	scrub_proofs(msg, zone, cached);
	if (cached->proof_count > 0 && smallest_ttl(cached) < cached->ttl)
		cached->ttl = smallest_ttl(cached);
}

void scrub_ds(const struct msg *msg, const struct rrset *ns, struct name zone, struct cached *cached)
{
	const struct rrset *ds = section_find(&msg->authority, ns->owner, TYPE_DS);
	*cached = (struct cached){ .kind = CACHED_NONE, .trust = TRUST_REFERRAL };
	if (ds != NULL) {
		cached->kind = CACHED_POSITIVE;
		cached->rrset = *ds;
		cached->ttl = ds->ttl;
		return;
	}
	scrub_proofs(msg, zone, cached);
	cached->ttl = smallest_ttl(cached);
	if (cached->proof_count > 0)
		cached->kind = CACHED_NODATA;
}

void scrub_negative(const struct msg *msg, const struct judgement *judgement, struct name zone, struct cached *cached)
{
	*cached = (struct cached){
		.kind = judgement->verdict == VERDICT_NXDOMAIN ? CACHED_NXDOMAIN : CACHED_NODATA,
		.trust = trust_of(msg),
	};
	scrub_proofs(msg, zone, cached);
	if (judgement->soa != NULL) {
		uint32_t minimum = soa_minimum(judgement->soa);
		cached->soa = *judgement->soa;
		cached->ttl = minimum < cached->soa.ttl ? minimum : cached->soa.ttl;
		if (cached->proof_count > 0 && smallest_ttl(cached) < cached->ttl)
			cached->ttl = smallest_ttl(cached);
		cached->soa.ttl = cached->ttl;
	} else if (judgement->ns != NULL) {
		cached->ttl = smallest_ttl(cached);
	}
}
