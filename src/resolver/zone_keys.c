#include "resolver/zone_keys.h"

#include "resolver/chain_end.h"
#include "resolver/fetch.h"
#include "resolver/lookup.h"
#include "resolver/request.h"
#include "resolver/tell.h"
#include "wire/limits.h"

static task_step have_keys;

static struct chain *chain_of(struct task *task)
{
	return (struct chain *)(void *)task; /* its first member */
}

static struct engine *engine_of(const struct chain *chain)
{
	return chain->task.request->engine;
}

struct lookup *chain_look_up(struct chain *chain, uint16_t type)
{
	struct question question = { chain->name, type, CLASS_IN };
	struct lookup *lookup = lookup_begin(chain->task.request, &chain->task, &question);
	if (lookup == NULL)
		return NULL;
	lookup->stops_at_alias = true;
	memcpy(lookup->distrusted, chain->distrusted, sizeof chain->distrusted);
	lookup->distrusted_count = chain->distrusted_count;
	if (chain->distrusted_count > 0)
		lookup_skip_cache(lookup);
	return lookup;
}

bool chain_distrust(struct chain *chain, const struct lookup *lookup)
{
	if (chain->distrusted_count == LIMIT_BOGUS_RETRIES)
		return false;
	tell_distrusted(&chain->task, lookup != NULL ? lookup->fetch : NULL);
	struct endpoint *distrusted = &chain->distrusted[chain->distrusted_count++];
	if (lookup != NULL && lookup->fetch != NULL)
		*distrusted = lookup->fetch->server;
	return true;
}

void chain_remember(const struct chain *chain, uint16_t type, struct cached *cached, enum security security)
{
	const struct engine *engine = engine_of(chain);
	cached->security = security;
	(void)rrsets_put(engine->table, chain->name, type, cached->as_of, cached);
}

uint32_t chain_for_a_while(uint32_t ttl)
{
	return ttl < LIMIT_TRUST_TTL_MIN ? LIMIT_TRUST_TTL_MIN : ttl;
}

/* ---- keys ---- */

void zone_keys_ask(struct chain *chain)
{
	chain->key_lookup = chain_look_up(chain, TYPE_DNSKEY);
}

struct next zone_keys_get(struct task *task)
{
	struct chain *chain = chain_of(task);
	if (chain->key_lookup == NULL)
		zone_keys_ask(chain);
	if (chain->key_lookup == NULL)
		return chain_end_for_memory(chain);
	return chain->key_lookup->task.over ? go(have_keys) : wait_for(task, have_keys);
}

static struct verdict trust_keys(struct chain *chain, struct keys *keys, const struct rrset *dnskeys, uint32_t *ttl)
{
	struct engine *engine = engine_of(chain);
	struct verdict verdict = verdict_bogus(EDE_DNSKEY_MISSING, NULL);
	const struct rrset *trusted = chain->trusted;
	while (trusted != NULL) {
		arena_reset(&engine->workbench);
		verdict = keys_trust(keys, dnskeys, trusted, engine->now.wall, &chain->task.request->work,
				     &engine->workbench, ttl);
		trusted = verdict.security == SECURITY_BOGUS && trusted != &chain->ds.rrset ?
				  anchors_next(&engine->anchors, trusted) :
				  NULL;
	}
	/* Who sets an anchor wants the zone validated: one that cannot be used does not switch that off. */
	if (verdict.security == SECURITY_INSECURE && chain->trusted != &chain->ds.rrset)
		verdict = verdict_bogus(verdict.ede, "no trust anchor of the zone is of a kind that can be used");
	return verdict;
}

static struct next distrust_keys(struct chain *chain, struct verdict verdict)
{
	if (!chain_distrust(chain, chain->key_lookup))
		return chain_end_bogus(chain, verdict);
	chain->bogus = verdict;
	chain->key_lookup = NULL;
	return go(zone_keys_get);
}

/* A zone whose keys alone use up a whole request's failures would do so with the next name too (KeyTrap, CVE-2023-50387). */
static struct next end_untrusted(struct chain *chain, struct verdict verdict, unsigned int failures_before)
{
	const struct engine *engine = engine_of(chain);
	if (verdict.security == SECURITY_BOGUS)
		return distrust_keys(chain, verdict);
	if (verdict.security == SECURITY_INSECURE)
		return chain_end_insecure(chain, verdict);
	const struct failure failure = { .ede = EDE_BOGUS, .validation = true, .ttl = LIMIT_FAILURE_TTL };
	if (failures_before == 0 && chain->task.request->work.failures > LIMIT_SIGNATURE_FAILURES)
		failures_put(engine->table, chain->name, TYPE_DNSKEY, engine->now.age, &failure);
	return chain_end(chain, verdict);
}

static struct next take_keys(struct chain *chain, struct cached *cached)
{
	struct engine *engine = engine_of(chain);
	struct keys *keys = keys_create(&cached->rrset);
	unsigned int failures = chain->task.request->work.failures;
	uint32_t ttl = cached->ttl;
	if (keys == NULL)
		return chain_end_for_memory(chain);
	struct verdict verdict = trust_keys(chain, keys, &cached->rrset, &ttl);
	if (verdict.security != SECURITY_SECURE) {
		keys_destroy(keys);
		return end_untrusted(chain, verdict, failures);
	}
	tell_trusted(chain, &cached->rrset);
	cached->ttl = ttl;
	chain_remember(chain, TYPE_DNSKEY, cached, SECURITY_SECURE);
	if (chain->trusted_ttl < ttl)
		ttl = chain->trusted_ttl;
	struct held_keys *held = keyring_put(&engine->keyring, keys, cached->as_of + chain_for_a_while(ttl));
	return held != NULL ? chain_end_secure(chain, keys_zone(held_keys(held)), held) : chain_end_for_memory(chain);
}

static struct next have_keys(struct task *task)
{
	struct chain *chain = chain_of(task);
	struct result *result = &chain->key_lookup->result;
	if (!chain->key_lookup->task.over)
		return wait_for(task, have_keys);
	if (result->found.kind == CACHED_NONE && chain->bogus.security == SECURITY_BOGUS)
		return chain_end_bogus(chain, chain->bogus);
	if (result->found.kind == CACHED_NONE)
		return chain_end_unanswered(chain, result);
	if (result->found.kind != CACHED_POSITIVE || result->found.rrset.type != TYPE_DNSKEY)
		return distrust_keys(chain, verdict_bogus(EDE_DNSKEY_MISSING, "the zone has DS and no DNSKEY"));
	return take_keys(chain, &result->found);
}
