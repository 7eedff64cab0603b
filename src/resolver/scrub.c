#include "resolver/scrub.h"

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

void scrub_negative(const struct msg *msg, const struct judgement *judgement, struct name zone, struct cached *cached)
{
	*cached = (struct cached){
		.kind = judgement->verdict == VERDICT_NXDOMAIN ? CACHED_NXDOMAIN : CACHED_NODATA,
		.trust = msg->header.flags & FLAG_AA ? TRUST_AUTHORITATIVE_ANSWER : TRUST_ANSWER,
	};
	if (judgement->soa == NULL)
		return;
	uint32_t minimum = soa_minimum(judgement->soa);
	cached->soa = *judgement->soa;
	cached->ttl = minimum < cached->soa.ttl ? minimum : cached->soa.ttl;
	cached->soa.ttl = cached->ttl;
	for (size_t i = 0; i < msg->authority.count && cached->proof_count < LIMIT_PROOF_RRSETS; i++) {
		const struct rrset *rrset = &msg->authority.rrsets[i];
		if ((rrset->type == TYPE_NSEC || rrset->type == TYPE_NSEC3) && name_is_within(rrset->owner, zone))
			cached->proofs[cached->proof_count++] = *rrset;
	}
}
