#include "resolver/keep.h"

#include "cache/denials.h"
#include "resolver/scrub.h"

static uint32_t bound(uint32_t ttl, uint32_t min, uint32_t max)
{
	if (ttl < min)
		ttl = min;
	return ttl > max ? max : ttl;
}

void keep_bound(const struct engine *engine, struct cached *cached)
{
	const struct options *options = engine->options;
	bool positive = cached->kind == CACHED_POSITIVE;
	cached->ttl = bound(cached->ttl, positive ? options->cache_min_ttl : 0,
			    positive ? options->cache_max_ttl : options->cache_max_negative_ttl);
	cached->rrset.ttl = cached->soa.ttl = cached->ttl;
}

void keep_claim(struct engine *engine, const struct claim *claim)
{
	const struct cached *cached = &claim->cached;
	if (!claim->kept || (cached->kind == CACHED_POSITIVE && cached->rrset.oversized))
		return;
	struct name name = cached->kind == CACHED_POSITIVE ? cached->rrset.owner : claim->name;
	(void)rrsets_put(engine->table, name, claim->type, cached->as_of, cached);
	if (cached->kind == CACHED_POSITIVE && cached->rrset.type == TYPE_NS)
		delegations_shorten(engine->table, name, cached->as_of, cached->ttl);
}

void keep_proofs(struct engine *engine, struct name zone, const struct cached *cached, unsigned int count)
{
	uint16_t type = TYPE_NONE;
	if (engine->denials == NULL)
		return;
	for (unsigned int i = 0; i < count; i++) {
		struct rrset proof = cached->proofs[i];
		proof.ttl = bound(proof.ttl, 0, engine->options->cache_max_negative_ttl);
		if (denials_put(engine->denials, zone, &proof, cached->as_of))
			type = proof.type;
	}
	if (type != TYPE_NONE && cached->soa.count > 0 && name_equal(cached->soa.owner, zone))
		(void)denials_put_soa(engine->denials, zone, type, &cached->soa, cached->as_of);
}

static void keep_wildcard(struct engine *engine, const struct claim *claim)
{
	struct cached cached = claim->cached;
	struct name encloser = name_suffix(claim->cached.rrset.owner, claim->labels);
	uint8_t octets[NAME_SIZE_MAX + 2] = { 1, '*' };
	memcpy(octets + 2, encloser.octets, encloser.size);
	struct name wildcard = { octets, (uint8_t)(encloser.size + 2), (uint8_t)(encloser.labels + 1) };
	cached.rrset.owner = wildcard;
	cached.ttl = bound(claim->alone, 0, engine->options->cache_max_ttl);
	cached.proof_count = 0;
	(void)rrsets_put(engine->table, wildcard, cached.rrset.type, cached.as_of, &cached);
}

void keep_proven(struct engine *engine, const struct claim *claim)
{
	const struct cached *cached = &claim->cached;
	if (engine->denials == NULL || !claim->kept || claim->signer.size == 0 || cached->rrset.oversized)
		return;
	keep_proofs(engine, claim->signer, cached, claim->proven);
	if (cached->kind == CACHED_POSITIVE && cached->proof_count > 0)
		keep_wildcard(engine, claim);
}

bool keep_referral(struct engine *engine, const struct msg *msg, const struct rrset *ns, struct arena *arena,
		   struct cut *cut, uint64_t *cut_expiry)
{
	struct delegation delegation;
	if (!scrub_referral(msg, ns, cut->zone, !engine->options->recursion_harden_glue, arena, &delegation))
		return false;
	uint64_t left = *cut_expiry > engine->now.age ? *cut_expiry - engine->now.age : 0;
	uint32_t most = left < LIMIT_DELEGATION_TTL_MAX ? (uint32_t)left : LIMIT_DELEGATION_TTL_MAX;
	if (most > engine->options->cache_max_ttl)
		most = engine->options->cache_max_ttl;
	delegation.ttl = bound(delegation.ttl, LIMIT_DELEGATION_TTL_MIN, most);
	(void)delegations_put(engine->table, engine->now.age, &delegation);
	*cut = (struct cut){ .source = CUT_REFERRAL, .zone = delegation.zone, .delegation = delegation };
	*cut_expiry = engine->now.age + delegation.ttl;
	return true;
}

void keep_root(struct engine *engine, const struct msg *msg, const struct rrset *ns, struct arena *arena)
{
	struct delegation delegation;
	if (!name_is_root(ns->owner) || !scrub_referral(msg, ns, name_root, true, arena, &delegation))
		return;
	roots_add_glue(&engine->roots, &delegation);
	delegation.ttl = bound(delegation.ttl, LIMIT_DELEGATION_TTL_MIN, LIMIT_DELEGATION_TTL_MAX);
	for (size_t i = 0; i < delegation.count; i++)
		if (delegation.servers[i].glue_count > 0) {
			(void)delegations_put(engine->table, engine->now.age, &delegation);
			return;
		}
}
