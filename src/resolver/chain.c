#include "resolver/chain.h"

#include "cache/insecure.h"
#include "resolver/fetch.h"
#include "resolver/keep.h"
#include "resolver/lookup.h"
#include "resolver/request.h"
#include "resolver/synthesise.h"
#include "resolver/tell.h"
#include "resolver/verify.h"
#include "wire/limits.h"

static task_step begin, look_above, heard_above, heard_zone, get_ds, have_ds, weigh_ds, check_ds, descend, get_keys, have_keys;

static struct chain *chain_of(struct task *task)
{
	return (struct chain *)(void *)task; /* its first member */
}

static struct engine *engine_of(const struct chain *chain)
{
	return chain->task.request->engine;
}

static struct chain *find(const struct request *request, struct name name)
{
	struct chain *chain;
	LIST_FOREACH(chain, &request->chains, link)
		if (name_equal(chain->name, name))
			return chain;
	return NULL;
}

struct chain *chain_to(struct request *request, struct name name)
{
	struct chain *chain = find(request, name);
	if (chain != NULL)
		return chain;
	chain = ARENA_NEW(&request->arena, struct chain);
	if (chain == NULL)
		return NULL;
	chain->task = (struct task){ .request = request, .wake = begin };
	chain->name = name_copy_lower(&request->arena, name);
	if (chain->name.octets == NULL)
		return NULL;
	chain->where = chain->name;
	LIST_INIT(&chain->waiters);
	LIST_INSERT_HEAD(&request->chains, chain, link);
	request_ready(&chain->task);
	return chain;
}

void chain_offer(struct request *request, struct name zone, const struct cached *ds)
{
	if (find(request, zone) != NULL)
		return;
	struct chain *chain = chain_to(request, zone);
	if (chain != NULL)
		chain->ds = *ds;
}

bool chain_await(struct chain *chain, struct chain_waiter *waiter, struct task *task)
{
	if (chain->task.over)
		return false;
	waiter->task = task;
	LIST_INSERT_HEAD(&chain->waiters, waiter, link);
	return true;
}

void chains_release(struct request *request)
{
	struct chain *chain;
	LIST_FOREACH(chain, &request->chains, link)
		if (chain->held != NULL)
			held_keys_release(chain->held);
	LIST_INIT(&request->chains);
}

/* ---- ends ---- */

static struct next end(struct chain *chain, struct verdict verdict)
{
	struct chain_waiter *waiter;
	chain->verdict = verdict;
	chain->task.over = true;
	LIST_FOREACH(waiter, &chain->waiters, link)
		request_ready(waiter->task);
	LIST_INIT(&chain->waiters);
	return (struct next){ NULL };
}

static struct next end_insecure(struct chain *chain, struct verdict verdict)
{
	tell_verdict(chain, TRACE_ZONE_INSECURE, verdict);
	return end(chain, verdict);
}

static struct next end_without_anchor(struct chain *chain)
{
	return end_insecure(chain, verdict_of(SECURITY_INSECURE, EDE_NONE, "no trust anchor is for it"));
}

/* The zone above has proven it, now or a while ago. */
static struct verdict verdict_insecure(int ede)
{
	const char *why = "the zone above has no DS for it";
	if (ede == EDE_DNSKEY_ALGORITHM)
		why = "no DS for it is of a known algorithm";
	else if (ede == EDE_DS_DIGEST)
		why = "no DS for it is of a known digest type";
	else if (ede == EDE_NSEC3_ITERATIONS)
		why = "the zone above has NSEC3 of too many iterations";
	return verdict_of(SECURITY_INSECURE, ede, why);
}

static struct next end_unchecked(struct chain *chain, int ede, const char *why)
{
	return end(chain, verdict_of(SECURITY_UNCHECKED, ede, why));
}

static struct next end_unanswered(struct chain *chain, const struct result *result)
{
	chain->unanswered = !result->ours;
	return end_unchecked(chain, result->ede, result->why);
}

static struct next end_for_memory(struct chain *chain)
{
	return end_unchecked(chain, EDE_OTHER, "out of memory");
}

/* Remembered under the zone's keys, so that the same work is not done for every name in it (RFC 4035 section 4.7). */
static struct next end_bogus(struct chain *chain, struct verdict verdict)
{
	const struct engine *engine = engine_of(chain);
	const struct failure failure = { .ede = verdict.ede, .validation = true, .ttl = LIMIT_BOGUS_TTL };
	failures_put(engine->table, chain->name, TYPE_DNSKEY, engine->now.age, &failure);
	tell_verdict(chain, TRACE_ZONE_BOGUS, verdict);
	return end(chain, verdict);
}

static struct next end_secure(struct chain *chain, struct name apex, struct held_keys *held)
{
	chain->apex = apex;
	chain->held = held;
	return end(chain, verdict_secure());
}

/* What is true of the zone above is true here. */
static struct next end_as_above(struct chain *chain)
{
	const struct chain *above = chain->above;
	chain->where = above->where;
	chain->unanswered = above->unanswered;
	if (above->verdict.security != SECURITY_SECURE)
		return end(chain, above->verdict);
	held_keys_share(above->held);
	return end_secure(chain, above->apex, above->held);
}

/* ---- asking ---- */

/* Of the servers not distrusted, and of the cache while all are trusted. */
static struct lookup *look_up(struct chain *chain, uint16_t type)
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

/* What was bogus may be so at one server only. False: enough were asked. `lookup` NULL: it came with a referral, or from
 * the cache. */
static bool distrust(struct chain *chain, const struct lookup *lookup)
{
	if (chain->distrusted_count == LIMIT_BOGUS_RETRIES)
		return false;
	tell_distrusted(&chain->task, lookup != NULL ? lookup->fetch : NULL);
	struct endpoint *distrusted = &chain->distrusted[chain->distrusted_count++];
	if (lookup != NULL && lookup->fetch != NULL)
		*distrusted = lookup->fetch->server;
	return true;
}

static bool is_ds(const struct cached *cached)
{
	return cached->kind == CACHED_POSITIVE && cached->rrset.type == TYPE_DS;
}

/* The keys will be wanted if the DS turn out good: they are asked for meanwhile. */
static void ask_for_keys_early(struct chain *chain)
{
	chain->key_lookup = look_up(chain, TYPE_DNSKEY);
}

/* ---- beginning ---- */

static bool recall(const struct chain *chain, struct name name, uint16_t type, struct cached *cached)
{
	const struct engine *engine = engine_of(chain);
	return rrsets_get(engine->table, name, type, engine->now.age, &chain->task.request->arena, cached);
}

static void remember(const struct chain *chain, uint16_t type, struct cached *cached, enum security security)
{
	const struct engine *engine = engine_of(chain);
	cached->security = security;
	(void)rrsets_put(engine->table, chain->name, type, cached->as_of, cached);
}

/* Only what was bogus: what could not be told then may be told now. */
static bool failed_before(const struct chain *chain, int *ede)
{
	const struct engine *engine = engine_of(chain);
	struct failure failure;
	if (!failures_get(engine->table, chain->name, TYPE_DNSKEY, engine->now.age, &failure))
		return false;
	*ede = failure.ede;
	return failure.validation && ede_is_validation(failure.ede) && failure.ede != EDE_INDETERMINATE;
}

static struct next begin(struct task *task)
{
	struct chain *chain = chain_of(task);
	struct engine *engine = engine_of(chain);
	const struct rrset *anchor = anchors_find(&engine->anchors, chain->name, engine->now.wall);
	int ede;
	if (anchor == NULL)
		return end_without_anchor(chain);
	struct held_keys *held = keyring_get(&engine->keyring, chain->name, engine->now.age);
	tell_chain(chain, held != NULL ? TRACE_KEYS_KNOWN : TRACE_KEYS_NEEDED);
	if (held != NULL)
		return end_secure(chain, keys_zone(held_keys(held)), held);
	if (failed_before(chain, &ede)) {
		struct verdict verdict = verdict_bogus(ede, "its keys failed validation a moment ago");
		tell_verdict(chain, TRACE_ZONE_BOGUS, verdict);
		return end(chain, verdict);
	}
	if (name_equal(anchor->owner, chain->name)) {
		chain->trusted = anchor;
		chain->trusted_ttl = LIMIT_DELEGATION_TTL_MAX;
		return go(get_keys);
	}
	chain->looked_at = anchor->owner.labels;
	if (is_ds(&chain->ds))
		ask_for_keys_early(chain);
	return go(look_above);
}

/* What is known, or being found out, of the ancestors, from the anchor down: below an insecure one nobody is asked. */
static struct next look_above(struct task *task)
{
	struct chain *chain = chain_of(task);
	const struct engine *engine = engine_of(chain);
	int ede;
	while (++chain->looked_at <= chain->name.labels) {
		struct name above = name_suffix(chain->name, chain->looked_at);
		if (insecure_get(engine->table, above, engine->now.age, &ede)) {
			chain->where = name_copy_lower(&task->request->arena, above);
			return end_insecure(chain, verdict_insecure(ede));
		}
		chain->above = chain->looked_at < chain->name.labels ? find(task->request, above) : NULL;
		if (chain->above != NULL)
			return chain_await(chain->above, &chain->waiter, task) ? wait_for(task, heard_above) :
										 go(heard_above);
	}
	if (chain->ds.kind != CACHED_NONE || recall(chain, chain->name, TYPE_DS, &chain->ds))
		return go(weigh_ds);
	return go(get_ds);
}

static struct next heard_above(struct task *task)
{
	struct chain *chain = chain_of(task);
	if (!chain->above->task.over) /* it is the early look-up of keys that is over */
		return wait_for(task, heard_above);
	return chain->above->verdict.security == SECURITY_SECURE ? go(look_above) : end_as_above(chain);
}

/* ---- DS ---- */

static struct next await_above(struct chain *chain, struct name name, task_step *step)
{
	chain->above = chain_to(chain->task.request, name);
	if (chain->above == NULL)
		return end_for_memory(chain);
	return chain_await(chain->above, &chain->waiter, &chain->task) ? wait_for(&chain->task, step) : go(step);
}

/* What the zone above has proven of other names may already say that there is none here. */
static bool is_known_without_ds(struct chain *chain, struct next *next)
{
	struct engine *engine = engine_of(chain);
	struct name zone;
	uint32_t ttl;
	switch (chain->distrusted_count > 0 ? CUT_UNPROVEN :
					      synthesise_cut(chain->task.request, chain->name, &zone, &ttl)) {
	case CUT_INSECURE:
		insecure_put(engine->table, chain->name, engine->now.age, ttl, EDE_NONE);
		*next = end_insecure(chain, verdict_insecure(EDE_NONE));
		return true;
	case CUT_NONE:
		*next = await_above(chain, zone, heard_zone);
		return true;
	case CUT_UNPROVEN:
	case CUT_UNCHECKED:
		break;
	}
	return false;
}

static struct next heard_zone(struct task *task)
{
	struct chain *chain = chain_of(task);
	return chain->above->task.over ? end_as_above(chain) : wait_for(task, heard_zone);
}

static struct next get_ds(struct task *task)
{
	struct chain *chain = chain_of(task);
	struct next next;
	if (is_known_without_ds(chain, &next))
		return next;
	if (task->request->ds_probes++ >= LIMIT_DS_PROBES)
		return end_unchecked(chain, EDE_INDETERMINATE, "too many questions on the way from a trust anchor");
	chain->ds_lookup = look_up(chain, TYPE_DS);
	return chain->ds_lookup != NULL ? wait_for(task, have_ds) : end_for_memory(chain);
}

static struct next have_ds(struct task *task)
{
	struct chain *chain = chain_of(task);
	const struct result *result = &chain->ds_lookup->result;
	if (!chain->ds_lookup->task.over)
		return wait_for(task, have_ds);
	if (result->found.kind == CACHED_NONE && chain->bogus.security == SECURITY_BOGUS)
		return end_bogus(chain, chain->bogus);
	if (result->found.kind == CACHED_NONE)
		return end_unanswered(chain, result);
	chain->ds = result->found;
	chain->ds.as_of = result->found_as_of;
	return go(weigh_ds);
}

/* It lies above, lest a chain rests on itself, and not above the anchor, which has the last word. Size 0: there is none. */
static struct name ds_signer(const struct chain *chain, const struct rrset *anchor)
{
	struct claim claim = { .name = chain->name, .type = TYPE_DS, .cached = chain->ds };
	struct name signer = claim_signer(&claim);
	if (signer.size == 0 || !name_is_below(chain->name, signer) || !name_is_within(signer, anchor->owner))
		return (struct name){ 0 };
	return signer;
}

static struct next trust_ds(struct chain *chain)
{
	int ede = EDE_NONE;
	if (!ds_usable(&chain->ds.rrset, &ede))
		return end_insecure(chain, verdict_insecure(ede));
	chain->trusted = &chain->ds.rrset;
	chain->trusted_ttl = chain->ds.ttl;
	return go(get_keys);
}

static struct next distrust_ds(struct chain *chain, struct verdict verdict)
{
	if (!distrust(chain, chain->ds_lookup))
		return end_bogus(chain, verdict);
	chain->bogus = verdict;
	chain->above = NULL;
	return go(get_ds);
}

static struct next weigh_ds(struct task *task)
{
	struct chain *chain = chain_of(task);
	if (chain->ds.security == SECURITY_SECURE && is_ds(&chain->ds))
		return trust_ds(chain);
	const struct engine *engine = engine_of(chain);
	const struct rrset *anchor = anchors_find(&engine->anchors, chain->name, engine->now.wall);
	if (anchor == NULL) /* it was revoked meanwhile */
		return end_without_anchor(chain);
	chain->signer = ds_signer(chain, anchor);
	if (is_ds(&chain->ds) && chain->key_lookup == NULL)
		ask_for_keys_early(chain);
	if (chain->signer.size > 0)
		return await_above(chain, chain->signer, check_ds);
	chain->looked_at = anchor->owner.labels;
	return go(descend);
}

/* Not signed: somewhere above there has to be an insecure zone. */
static struct next descend(struct task *task)
{
	struct chain *chain = chain_of(task);
	if (chain->above != NULL && !chain->above->task.over)
		return wait_for(task, descend);
	if (chain->above != NULL && chain->above->verdict.security != SECURITY_SECURE)
		return end_as_above(chain);
	if (++chain->looked_at < chain->name.labels)
		return await_above(chain, name_suffix(chain->name, chain->looked_at), descend);
	if (chain->above != NULL)
		chain->where = chain->above->apex;
	if (chain->ds.kind != CACHED_POSITIVE && chain->ds.proof_count == 0)
		return distrust_ds(chain, verdict_bogus(EDE_NSEC_MISSING, "nothing proves that there are no DS"));
	return distrust_ds(chain, verdict_bogus(EDE_RRSIGS_MISSING, "DS, or their absence, are not signed"));
}

static uint32_t for_a_while(uint32_t ttl)
{
	return ttl < LIMIT_TRUST_TTL_MIN ? LIMIT_TRUST_TTL_MIN : ttl;
}

static struct next take_cut(struct chain *chain, enum cut_word word, struct verdict verdict)
{
	struct engine *engine = engine_of(chain);
	if (word == CUT_WORD_INSECURE || word == CUT_WORD_NONE)
		keep_proofs(engine, chain->signer, &chain->ds, chain->ds.proof_count);
	switch (word) {
	case CUT_WORD_SIGNED:
		tell_chain(chain, TRACE_DS);
		remember(chain, TYPE_DS, &chain->ds, SECURITY_SECURE);
		return trust_ds(chain);
	case CUT_WORD_INSECURE:
		insecure_put(engine->table, chain->name, chain->ds.as_of, for_a_while(chain->ds.ttl), verdict.ede);
		return end_insecure(chain, verdict_insecure(verdict.ede));
	case CUT_WORD_NONE:
		return end_as_above(chain);
	case CUT_WORD_BOGUS:
		return distrust_ds(chain, verdict);
	case CUT_WORD_UNCHECKED:
		break;
	}
	return end(chain, verdict);
}

static struct next check_ds(struct task *task)
{
	struct chain *chain = chain_of(task);
	const struct chain *above = chain->above;
	struct verdict verdict = verdict_secure();
	if (!above->task.over)
		return wait_for(task, check_ds);
	if (above->verdict.security != SECURITY_SECURE)
		return end_as_above(chain);
	if (!name_equal(above->apex, chain->signer)) {
		chain->where = chain->signer;
		return distrust_ds(chain, verdict_bogus(EDE_BOGUS, "DS are signed by a name that is no zone"));
	}
	enum cut_word word = verify_cut(task->request, chain->name, &chain->ds, held_keys(above->held), &verdict);
	return take_cut(chain, word, verdict);
}

/* ---- keys ---- */

static struct next get_keys(struct task *task)
{
	struct chain *chain = chain_of(task);
	if (chain->key_lookup == NULL)
		ask_for_keys_early(chain);
	if (chain->key_lookup == NULL)
		return end_for_memory(chain);
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
	if (!distrust(chain, chain->key_lookup))
		return end_bogus(chain, verdict);
	chain->bogus = verdict;
	chain->key_lookup = NULL;
	return go(get_keys);
}

/* A zone whose keys alone use up a whole request's failures would do so with the next name too (KeyTrap, CVE-2023-50387). */
static struct next end_untrusted(struct chain *chain, struct verdict verdict, unsigned int failures_before)
{
	const struct engine *engine = engine_of(chain);
	if (verdict.security == SECURITY_BOGUS)
		return distrust_keys(chain, verdict);
	if (verdict.security == SECURITY_INSECURE)
		return end_insecure(chain, verdict);
	const struct failure failure = { .ede = EDE_BOGUS, .validation = true, .ttl = LIMIT_FAILURE_TTL };
	if (failures_before == 0 && chain->task.request->work.failures > LIMIT_SIGNATURE_FAILURES)
		failures_put(engine->table, chain->name, TYPE_DNSKEY, engine->now.age, &failure);
	return end(chain, verdict);
}

static struct next take_keys(struct chain *chain, struct cached *cached)
{
	struct engine *engine = engine_of(chain);
	struct keys *keys = keys_create(&cached->rrset);
	unsigned int failures = chain->task.request->work.failures;
	uint32_t ttl = cached->ttl;
	if (keys == NULL)
		return end_for_memory(chain);
	struct verdict verdict = trust_keys(chain, keys, &cached->rrset, &ttl);
	if (verdict.security != SECURITY_SECURE) {
		keys_destroy(keys);
		return end_untrusted(chain, verdict, failures);
	}
	tell_trusted(chain, &cached->rrset);
	cached->ttl = ttl;
	remember(chain, TYPE_DNSKEY, cached, SECURITY_SECURE);
	if (chain->trusted_ttl < ttl)
		ttl = chain->trusted_ttl;
	struct held_keys *held = keyring_put(&engine->keyring, keys, cached->as_of + for_a_while(ttl));
	return held != NULL ? end_secure(chain, keys_zone(held_keys(held)), held) : end_for_memory(chain);
}

static struct next have_keys(struct task *task)
{
	struct chain *chain = chain_of(task);
	struct result *result = &chain->key_lookup->result;
	if (!chain->key_lookup->task.over)
		return wait_for(task, have_keys);
	if (result->found.kind == CACHED_NONE && chain->bogus.security == SECURITY_BOGUS)
		return end_bogus(chain, chain->bogus);
	if (result->found.kind == CACHED_NONE)
		return end_unanswered(chain, result);
	if (result->found.kind != CACHED_POSITIVE || result->found.rrset.type != TYPE_DNSKEY)
		return distrust_keys(chain, verdict_bogus(EDE_DNSKEY_MISSING, "the zone has DS and no DNSKEY"));
	return take_keys(chain, &result->found);
}
