#include "resolver/lookup.h"

#include "resolver/ending.h"
#include "resolver/fetch.h"
#include "resolver/keep.h"
#include "resolver/prime.h"
#include "resolver/scrub.h"
#include "resolver/synthesise.h"
#include "resolver/tell.h"
#include "resolver/validate.h"
#include "resolver/weigh.h"
#include "wire/limits.h"

static task_step heard;

static struct lookup *lookup_of(struct task *task)
{
	return (struct lookup *)(void *)task; /* its first member */
}

static struct engine *engine_of(const struct lookup *lookup)
{
	return lookup->task.request->engine;
}

void lookup_begin_name(struct lookup *lookup, struct name name)
{
	lookup->name = name;
	lookup->minimiser = (struct minimiser){ .asked = 0 };
	lookup->sends = lookup->referrals = lookup->distrusted_count = 0;
	lookup->validation = NULL;
}

struct lookup *lookup_begin(struct request *request, struct task *parent, const struct question *question)
{
	struct lookup *lookup = ARENA_NEW(&request->arena, struct lookup);
	if (lookup == NULL)
		return NULL;
	lookup->task = (struct task){
		.request = request,
		.parent = parent,
		.wake = lookup_look,
		.depth = parent != NULL ? parent->depth : 0,
	};
	lookup->question = *question;
	/* A hides the type (RFC 9156 section 2.1); where NS is wanted there is nothing to hide. */
	lookup->shown_type = question->type == TYPE_NS ? TYPE_NS : TYPE_A;
	lookup->result.ede = EDE_NONE;
	lookup->result.security = SECURITY_SECURE;
	lookup_begin_name(lookup, question->name);
	tell(lookup, TRACE_QUESTION);
	request_ready(&lookup->task);
	return lookup;
}

void lookup_skip_cache(struct lookup *lookup)
{
	lookup->task.wake = lookup_find_cut;
}

void lookup_ask_above(struct lookup *lookup, struct name zone)
{
	lookup->above = zone;
	lookup->minimiser.off = true;
}

/* ---- the cache ---- */

static bool recall(const struct lookup *lookup, struct name name, uint16_t type, struct cached *cached)
{
	const struct engine *engine = engine_of(lookup);
	return rrsets_get(engine->table, name, type, engine->now.age, &lookup->task.request->arena, cached);
}

/* ANY: some RRset of the name will do (RFC 8482 section 4.1). */
static bool recall_any(const struct lookup *lookup, struct cached *cached)
{
	static const uint16_t types[] = { TYPE_CNAME, TYPE_A, TYPE_AAAA, TYPE_MX, TYPE_TXT, TYPE_NS, TYPE_SOA };
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (recall(lookup, lookup->name, types[i], cached) && cached->kind != CACHED_NODATA)
			return true;
	return false;
}

static bool recall_name(const struct lookup *lookup, struct cached *cached)
{
	return lookup->question.type == TYPE_ANY ? recall_any(lookup, cached) :
						   recall(lookup, lookup->name, lookup->question.type, cached);
}

/* An ancestor that is renamed, or does not exist. Not above a forward or stub zone (CVE-2026-44687). */
static bool recall_ancestor(const struct lookup *lookup, struct cached *cached, struct name *ancestor)
{
	struct name floor = cut_floor(&engine_of(lookup)->roots, lookup->name);
	for (struct name above = lookup->name; above.labels > floor.labels && above.labels > 1;) {
		above = name_parent(above);
		if (above.labels < floor.labels || !recall(lookup, above, TYPE_DNAME, cached))
			continue;
		*ancestor = above;
		if (cached->kind == CACHED_POSITIVE || cached->kind == CACHED_NXDOMAIN)
			return true;
	}
	return false;
}

/* What the cache says of the name: itself, an alias at it, or its ancestors. */
static bool recall_claim(const struct lookup *lookup, struct claim *claim)
{
	struct cached *cached = &claim->cached;
	*claim = (struct claim){ .name = lookup->name, .type = lookup->question.type };
	if (recall_name(lookup, cached)) {
		claim->alias = false;
	} else if (lookup->question.type != TYPE_CNAME && recall(lookup, lookup->name, TYPE_CNAME, cached) &&
		   cached->kind == CACHED_POSITIVE) {
		claim->alias = true;
	} else if (recall_ancestor(lookup, cached, &claim->name)) {
		claim->alias = cached->kind == CACHED_POSITIVE;
	} else {
		return false;
	}
	if (cached->kind == CACHED_POSITIVE)
		claim->type = cached->rrset.type;
	return true;
}

/* Where nobody may be asked, what has not been validated does not count. */
static bool counts(const struct lookup *lookup, const struct claim *claim)
{
	return !lookup->task.request->cache_only || !weigh_validates(lookup) ||
	       claim->cached.security != SECURITY_UNCHECKED;
}

static struct next take_claim(struct lookup *lookup, const struct claim *claim)
{
	struct request *request = lookup->task.request;
	struct cut cut;
	struct next next;
	lookup->claims = ARENA_NEW(&request->arena, struct claim);
	if (lookup->claims == NULL)
		return end_without_memory(lookup);
	*lookup->claims = *claim;
	lookup->claim_count = 1;
	lookup->from_cache = true;
	if (!claim->alias)
		tell_hit(lookup, &claim->cached, claim->zone.size > 0);
	if (!weigh_validates(lookup) || claim->cached.security != SECURITY_UNCHECKED)
		return weigh(lookup);
	if (end_as_before(lookup, &next))
		return next;
	if (!cut_find(&request->engine->roots, request->engine->table, claim->name, request->engine->now.age,
		      &request->arena, &cut))
		return end_without_memory(lookup);
	lookup->claims->zone = cut.zone;
	lookup->claims->kept = true;
	return weigh(lookup);
}

struct next lookup_look(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	struct claim claim;
	struct next next;
	if (task->request->priming)
		return go(lookup_find_cut);
	if (recall_claim(lookup, &claim) && counts(lookup, &claim))
		return take_claim(lookup, &claim);
	tell(lookup, TRACE_CACHE_MISS);
	if (end_as_before(lookup, &next))
		return next;
	if (!task->request->cache_only)
		return go(lookup_find_cut);
	lookup->result.security = SECURITY_UNCHECKED; /* nothing is no data */
	return end_as(lookup, RCODE_NOERROR);
}

/* ---- the walk ---- */

/* DS lives above the cut, with the parent (RFC 4035 section 3.1.4.1). */
struct next lookup_find_cut(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	struct engine *engine = engine_of(lookup);
	struct claim claim;
	struct name from = lookup->question.type == TYPE_DS ? name_parent(lookup->name) : lookup->name;
	if (lookup->above.size > 0)
		from = name_parent(lookup->above);
	if (!cut_find(&engine->roots, engine->table, from, engine->now.age, &task->request->arena, &lookup->cut))
		return end_without_memory(lookup);
	if (synthesise(lookup, &claim))
		return take_claim(lookup, &claim);
	lookup->cut_expiry = engine->now.age + LIMIT_DELEGATION_TTL_MAX;
	if (lookup->cut.source == CUT_CACHE)
		lookup->cut_expiry = engine->now.age + lookup->cut.delegation.ttl;
	if (lookup->cut.source == CUT_HINTS && !task->request->priming)
		prime_root(engine);
	if (weigh_validates(lookup) && lookup->cut.delegation.ds.count > 0)
		(void)chain_to(task->request, lookup->cut.zone); /* its keys will be wanted */
	tell_zone(lookup);
	return go(lookup_ask);
}

static bool minimises(const struct lookup *lookup)
{
	return engine_of(lookup)->options->recursion_qname_minimisation && lookup->cut.source != CUT_FORWARD &&
	       !lookup->minimiser.off;
}

static bool is_known_to_exist(const struct lookup *lookup, struct name name)
{
	struct cached cached;
	if (passed_has(&lookup->task.request->passed, name))
		return true;
	return recall(lookup, name, lookup->shown_type, &cached) && cached.kind != CACHED_NXDOMAIN;
}

/* How much of the name to show; parts that are known to exist without a cut are not asked for again. */
static unsigned int choose_labels(struct lookup *lookup)
{
	if (!minimises(lookup))
		return lookup->name.labels;
	for (;;) {
		unsigned int labels = minimise_next(&lookup->minimiser, lookup->name, lookup->cut.zone);
		if (labels >= lookup->name.labels)
			return lookup->name.labels;
		if (!is_known_to_exist(lookup, name_suffix(lookup->name, labels)))
			return labels;
		lookup->minimiser.labels = labels;
	}
}

struct next lookup_ask(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	unsigned int labels = choose_labels(lookup);
	struct question question = { name_suffix(lookup->name, labels), lookup->question.type, CLASS_IN };
	lookup->minimised = labels < lookup->name.labels;
	lookup->shown = question.name;
	if (lookup->minimised) {
		question.type = lookup->shown_type;
		lookup->minimiser.asked++;
	}
	lookup->fetch = fetch_begin(lookup, &question);
	return lookup->fetch != NULL ? wait_for(task, heard) : end_without_memory(lookup);
}

/* ---- what was heard ---- */

static struct next take_referral(struct lookup *lookup)
{
	const struct fetch *fetch = lookup->fetch;
	struct cached ds;
	if (++lookup->referrals > LIMIT_REFERRALS)
		return end_failed(lookup, EDE_NO_REACHABLE_AUTHORITY, "too many referrals", true);
	scrub_ds(&fetch->msg, fetch->judgement.ns, lookup->cut.zone, &ds);
	ds.as_of = engine_of(lookup)->now.age;
	keep_bound(engine_of(lookup), &ds);
	if (!keep_referral(engine_of(lookup), &fetch->msg, fetch->judgement.ns, &lookup->task.request->arena,
			   &lookup->cut, &lookup->cut_expiry))
		return end_without_memory(lookup);
	if (weigh_validates(lookup))
		chain_offer(lookup->task.request, lookup->cut.zone, &ds);
	tell_referral(lookup);
	lookup->minimiser.off = false;
	return go(lookup_ask);
}

/* Of what the zone may speak: a forwarder's answer may lead out of its zone (CVE-2021-25220); and not what ANY brings,
 * which may be less than the whole (RFC 8482). */
static bool may_keep(const struct lookup *lookup, const struct claim *claim)
{
	bool positive = claim->cached.kind == CACHED_POSITIVE;
	return lookup->above.size == 0 && (lookup->question.type != TYPE_ANY || !positive) &&
	       name_is_within(positive ? claim->cached.rrset.owner : claim->name, lookup->cut.zone);
}

/* What was heard becomes claims. */
static bool read_claims(struct lookup *lookup)
{
	const struct fetch *fetch = lookup->fetch;
	uint16_t type = lookup->minimised ? lookup->shown_type : lookup->question.type;
	lookup->from_cache = false;
	lookup->claim_count = claims_read(&fetch->msg, &fetch->judgement, type, lookup->cut.zone,
					  engine_of(lookup)->now.age, &lookup->task.request->arena, &lookup->claims);
	for (unsigned int i = 0; i < lookup->claim_count; i++) {
		struct claim *claim = &lookup->claims[i];
		keep_bound(engine_of(lookup), &claim->cached);
		claim->kept = may_keep(lookup, claim);
	}
	return lookup->claim_count > 0;
}

static void tell_claims(const struct lookup *lookup)
{
	const struct claim *last = &lookup->claims[lookup->claim_count - 1];
	static const enum trace_kind kinds[] = {
		[CACHED_POSITIVE] = TRACE_ANSWER,
		[CACHED_NODATA] = TRACE_NODATA,
		[CACHED_NXDOMAIN] = TRACE_NXDOMAIN,
	};
	if (!last->alias)
		tell_heard(lookup, kinds[last->cached.kind],
			   last->cached.kind == CACHED_POSITIVE ? &last->cached.rrset : NULL);
}

static struct next take_claims(struct lookup *lookup)
{
	if (!read_claims(lookup))
		return end_without_memory(lookup);
	tell_claims(lookup);
	return weigh(lookup);
}

/* The whole question was asked. */
static struct next take(struct lookup *lookup)
{
	const struct fetch *fetch = lookup->fetch;
	if (fetch->judgement.verdict == VERDICT_REFERRAL)
		return take_referral(lookup);
	if (fetch->judgement.verdict == VERDICT_ANSWER) {
		if (fetch->judgement.data->oversized)
			return end_failed(lookup, EDE_OTHER, "more records than an RRset may have", false);
		if (lookup->task.request->priming && lookup->task.parent == NULL)
			keep_root(engine_of(lookup), &fetch->msg, fetch->judgement.data,
				  &lookup->task.request->arena);
	}
	return take_claims(lookup);
}

/* What a reply about a part of the name says of it is kept, validated or not. False: out of memory, or it says nothing. */
static bool keep_part(struct lookup *lookup)
{
	if (!read_claims(lookup))
		return false;
	keep_claim(engine_of(lookup), &lookup->claims[0]);
	return true;
}

/* A part of the name was asked: it tells where the next cut is, and is kept when it is sure. */
static struct next take_part(struct lookup *lookup)
{
	const struct judgement *judgement = &lookup->fetch->judgement;
	lookup->minimiser.labels = lookup->shown.labels;
	switch (judgement->verdict) {
	case VERDICT_REFERRAL:
		return take_referral(lookup);
	case VERDICT_NXDOMAIN:
		/* A name below may exist all the same (RFC 9156 section 2.3), but not where the root has no such TLD. */
		if (judgement->soa != NULL && name_is_root(judgement->soa->owner) && judgement->link_count == 0)
			return take_claims(lookup);
		lookup->minimiser.off = true;
		break;
	case VERDICT_NODATA:
	case VERDICT_ANSWER:
		if (!keep_part(lookup))
			return end_without_memory(lookup);
		if (judgement->link_count == 0) {
			tell_claims(lookup);
			passed_add(&lookup->task.request->passed, &lookup->task.request->arena, lookup->shown);
			break;
		}
		/* fall through */
	default:
		(void)keep_part(lookup);
		lookup->minimiser.off = judgement->link_count > 0 && judgement->links[0].rrset->type == TYPE_DNAME;
		break;
	}
	return go(lookup_ask);
}

static struct next heard(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	const struct fetch *fetch = lookup->fetch;
	if (fetch->useful)
		return lookup->minimised ? take_part(lookup) : take(lookup);
	if (lookup->minimised && !fetch->ours) {
		lookup->minimiser.off = true;
		return go(lookup_ask);
	}
	if (lookup->validation != NULL && lookup->distrusted_count > 0 &&
	    lookup->validation->verdict.security == SECURITY_BOGUS)
		return end_bogus(lookup);
	return end_failed(lookup, fetch->ede, fetch->why, fetch->ours);
}
