#include "resolver/keep.h"

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
