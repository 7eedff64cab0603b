#include "resolver/chain.h"

#include "cache/insecure.h"
#include "resolver/chain_end.h"
#include "resolver/keep.h"
#include "resolver/lookup.h"
#include "resolver/request.h"
#include "resolver/synthesise.h"
#include "resolver/tell.h"
#include "resolver/verify.h"
#include "resolver/zone_keys.h"
#include "wire/limits.h"

static task_step begin, look_above, heard_above, heard_zone, get_ds, have_ds, weigh_ds, check_ds, descend;

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

static bool is_ds(const struct cached *cached)
{
	return cached->kind == CACHED_POSITIVE && cached->rrset.type == TYPE_DS;
}

/* ---- beginning ---- */

static bool recall(const struct chain *chain, struct name name, uint16_t type, struct cached *cached)
{
	const struct engine *engine = engine_of(chain);
	return rrsets_get(engine->table, name, type, engine->now.age, &chain->task.request->arena, cached);
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
		return chain_end_without_anchor(chain);
	struct held_keys *held = keyring_get(&engine->keyring, chain->name, engine->now.age);
	tell_chain(chain, held != NULL ? TRACE_KEYS_KNOWN : TRACE_KEYS_NEEDED);
	if (held != NULL)
		return chain_end_secure(chain, keys_zone(held_keys(held)), held);
	if (failed_before(chain, &ede)) {
		struct verdict verdict = verdict_bogus(ede, "its keys failed validation a moment ago");
		tell_verdict(chain, TRACE_ZONE_BOGUS, verdict);
		return chain_end(chain, verdict);
	}
	if (name_equal(anchor->owner, chain->name)) {
		chain->trusted = anchor;
		chain->trusted_ttl = LIMIT_DELEGATION_TTL_MAX;
		return go(zone_keys_get);
	}
	chain->looked_at = anchor->owner.labels;
	if (is_ds(&chain->ds))
		zone_keys_ask(chain);
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
			return chain_end_insecure(chain, chain_insecure(ede));
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
	return chain->above->verdict.security == SECURITY_SECURE ? go(look_above) : chain_end_as_above(chain);
}

/* ---- DS ---- */

static struct next await_above(struct chain *chain, struct name name, task_step *step)
{
	chain->above = chain_to(chain->task.request, name);
	if (chain->above == NULL)
		return chain_end_for_memory(chain);
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
		*next = chain_end_insecure(chain, chain_insecure(EDE_NONE));
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
	return chain->above->task.over ? chain_end_as_above(chain) : wait_for(task, heard_zone);
}

static struct next get_ds(struct task *task)
{
	struct chain *chain = chain_of(task);
	struct next next;
	if (is_known_without_ds(chain, &next))
		return next;
	if (task->request->ds_probes++ >= LIMIT_DS_PROBES)
		return chain_end_unchecked(chain, EDE_INDETERMINATE, "too many questions on the way from a trust anchor");
	chain->ds_lookup = chain_look_up(chain, TYPE_DS);
	return chain->ds_lookup != NULL ? wait_for(task, have_ds) : chain_end_for_memory(chain);
}

static struct next have_ds(struct task *task)
{
	struct chain *chain = chain_of(task);
	const struct result *result = &chain->ds_lookup->result;
	if (!chain->ds_lookup->task.over)
		return wait_for(task, have_ds);
	if (result->found.kind == CACHED_NONE && chain->bogus.security == SECURITY_BOGUS)
		return chain_end_bogus(chain, chain->bogus);
	if (result->found.kind == CACHED_NONE)
		return chain_end_unanswered(chain, result);
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
		return chain_end_insecure(chain, chain_insecure(ede));
	chain->trusted = &chain->ds.rrset;
	chain->trusted_ttl = chain->ds.ttl;
	return go(zone_keys_get);
}

static struct next distrust_ds(struct chain *chain, struct verdict verdict)
{
	if (!chain_distrust(chain, chain->ds_lookup))
		return chain_end_bogus(chain, verdict);
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
		return chain_end_without_anchor(chain);
	chain->signer = ds_signer(chain, anchor);
	if (is_ds(&chain->ds) && chain->key_lookup == NULL)
		zone_keys_ask(chain);
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
		return chain_end_as_above(chain);
	if (++chain->looked_at < chain->name.labels)
		return await_above(chain, name_suffix(chain->name, chain->looked_at), descend);
	if (chain->above != NULL)
		chain->where = chain->above->apex;
	if (chain->ds.kind != CACHED_POSITIVE && chain->ds.proof_count == 0)
		return distrust_ds(chain, verdict_bogus(EDE_NSEC_MISSING, "nothing proves that there are no DS"));
	return distrust_ds(chain, verdict_bogus(EDE_RRSIGS_MISSING, "DS, or their absence, are not signed"));
}

static struct next take_cut(struct chain *chain, enum cut_word word, struct verdict verdict)
{
	struct engine *engine = engine_of(chain);
	if (word == CUT_WORD_INSECURE || word == CUT_WORD_NONE)
		keep_proofs(engine, chain->signer, &chain->ds, chain->ds.proof_count);
	switch (word) {
	case CUT_WORD_SIGNED:
		tell_chain(chain, TRACE_DS);
		chain_remember(chain, TYPE_DS, &chain->ds, SECURITY_SECURE);
		return trust_ds(chain);
	case CUT_WORD_INSECURE:
		insecure_put(engine->table, chain->name, chain->ds.as_of, chain_for_a_while(chain->ds.ttl), verdict.ede);
		return chain_end_insecure(chain, chain_insecure(verdict.ede));
	case CUT_WORD_NONE:
		return chain_end_as_above(chain);
	case CUT_WORD_BOGUS:
		return distrust_ds(chain, verdict);
	case CUT_WORD_UNCHECKED:
		break;
	}
	return chain_end(chain, verdict);
}

static struct next check_ds(struct task *task)
{
	struct chain *chain = chain_of(task);
	const struct chain *above = chain->above;
	struct verdict verdict = verdict_secure();
	if (!above->task.over)
		return wait_for(task, check_ds);
	if (above->verdict.security != SECURITY_SECURE)
		return chain_end_as_above(chain);
	if (!name_equal(above->apex, chain->signer)) {
		chain->where = chain->signer;
		return distrust_ds(chain, verdict_bogus(EDE_BOGUS, "DS are signed by a name that is no zone"));
	}
	enum cut_word word = verify_cut(task->request, chain->name, &chain->ds, held_keys(above->held), &verdict);
	return take_cut(chain, word, verdict);
}
