#include "resolver/lookup.h"

#include "resolver/fetch.h"
#include "resolver/keep.h"
#include "resolver/prime.h"
#include "resolver/scrub.h"
#include "resolver/tell.h"
#include "resolver/validate.h"
#include "wire/limits.h"

static task_step look, find_cut, ask, heard, checked, accept;

static struct lookup *lookup_of(struct task *task)
{
	return (struct lookup *)(void *)task; /* its first member */
}

static struct engine *engine_of(const struct lookup *lookup)
{
	return lookup->task.request->engine;
}

static void begin_name(struct lookup *lookup, struct name name)
{
	lookup->name = name;
	lookup->minimiser = (struct minimiser){ .asked = 0 };
	lookup->sends = lookup->referrals = 0;
}

struct lookup *lookup_begin(struct request *request, struct task *parent, const struct question *question)
{
	struct lookup *lookup = ARENA_NEW(&request->arena, struct lookup);
	if (lookup == NULL)
		return NULL;
	lookup->task = (struct task){
		.request = request,
		.parent = parent,
		.wake = look,
		.depth = parent != NULL ? parent->depth : 0,
	};
	lookup->question = *question;
	/* A hides the type (RFC 9156 section 2.1); where NS is wanted there is nothing to hide. */
	lookup->shown_type = question->type == TYPE_NS ? TYPE_NS : TYPE_A;
	lookup->result.ede = EDE_NONE;
	lookup->result.security = SECURITY_SECURE;
	begin_name(lookup, question->name);
	tell(lookup, TRACE_QUESTION);
	request_ready(&lookup->task);
	return lookup;
}

void lookup_skip_cache(struct lookup *lookup)
{
	lookup->task.wake = find_cut;
}

void lookup_ask_above(struct lookup *lookup, struct name zone)
{
	lookup->above = zone;
	lookup->minimiser.off = true;
}

/* ---- ends ---- */

void lookup_give_up(struct lookup *lookup, int ede, const char *why)
{
	struct result *result = &lookup->result;
	result->rcode = RCODE_SERVFAIL;
	result->found.kind = CACHED_NONE;
	result->link_count = 0;
	result->ede = ede;
	result->why = why;
	result->ours = true;
	tell_failed(lookup);
}

/* The failure of a client's question is remembered, whatever it was; that of a name server's address only when it was
 * the servers' fault, since inside another look-up our own bounds are tighter (RFC 9520). */
static struct next fail(struct lookup *lookup, int ede, const char *why, bool ours)
{
	const struct engine *engine = engine_of(lookup);
	lookup_give_up(lookup, ede, why);
	lookup->result.ours = ours;
	if (lookup->above.size == 0 && (!ours || lookup->task.parent == NULL))
		failures_put(engine->table, lookup->question.name, lookup->question.type, engine->now.age,
			     LIMIT_FAILURE_TTL, ede);
	return finish(&lookup->task);
}

static struct next fail_for_memory(struct lookup *lookup)
{
	lookup_give_up(lookup, EDE_OTHER, "out of memory");
	return finish(&lookup->task);
}

static struct next end(struct lookup *lookup, uint16_t rcode)
{
	lookup->result.rcode = rcode;
	tell_done(lookup);
	return finish(&lookup->task);
}

static struct next end_with(struct lookup *lookup, const struct cached *cached)
{
	lookup->result.found = *cached;
	lookup->result.found_as_of = engine_of(lookup)->now.age;
	return end(lookup, cached->kind == CACHED_NXDOMAIN ? RCODE_NXDOMAIN : RCODE_NOERROR);
}

void lookup_why(const struct lookup *lookup, struct result *result)
{
	const struct fetch *fetch = lookup->fetch;
	if (fetch == NULL || fetch->why == NULL)
		return;
	result->ede = fetch->ede;
	result->why = fetch->why;
}

/* ---- aliases ---- */

static bool is_loop(const struct lookup *lookup, struct name target)
{
	return name_equal(lookup->question.name, target) || result_was_at(&lookup->result, target);
}

/* The links are shown: they are the fault. */
static struct next fail_in_circle(struct lookup *lookup)
{
	unsigned int count = lookup->result.link_count;
	struct next next = fail(lookup, EDE_OTHER, "aliases go round in a circle, or are too many", false);
	lookup->result.link_count = count;
	return next;
}

static enum added add_link(struct lookup *lookup, const struct cached *alias)
{
	return result_add_link(&lookup->result, &lookup->task.request->arena, lookup->name, alias,
			       engine_of(lookup)->now.age);
}

/* The answer to a name that a DNAME makes too long has the DNAME in it (RFC 6672 section 2.2). */
static struct next end_too_long(struct lookup *lookup)
{
	return end(lookup, RCODE_YXDOMAIN);
}

/* Who asks for CNAME is content with the one that a DNAME makes (as BIND, Unbound, Knot Resolver and PowerDNS see it; RFC
 * 6672 section 3.1 leaves it open). */
static bool is_wanted_cname(const struct lookup *lookup)
{
	return lookup->question.type == TYPE_CNAME && lookup->result.link_count > 0;
}

static struct next end_at_cname(struct lookup *lookup)
{
	struct result_link *link = &lookup->result.links[lookup->result.link_count - 1];
	struct cached cached = { .kind = CACHED_POSITIVE, .ttl = link->cname.ttl, .rrset = link->cname };
	link->cname = (struct rrset){ .ttl = cached.ttl };
	return end_with(lookup, &cached);
}

/* Goes to the target of the newest link. False: the look-up ends, as *next says. */
static bool follow(struct lookup *lookup, struct next *next)
{
	const struct rrset *cname = &lookup->result.links[lookup->result.link_count - 1].cname;
	struct name target;
	if (!rdata_target(TYPE_CNAME, rrset_first(cname), &target)) {
		*next = fail(lookup, EDE_INVALID_DATA, "an alias without a target", false);
		return false;
	}
	target = name_copy_lower(&lookup->task.request->arena, target);
	if (target.octets == NULL) {
		*next = fail_for_memory(lookup);
		return false;
	}
	tell_alias(lookup, cname, target);
	if (is_loop(lookup, target)) {
		*next = fail_in_circle(lookup);
		return false;
	}
	begin_name(lookup, target);
	return true;
}

static bool accept_alias(struct lookup *lookup, const struct claim *claim, struct next *next)
{
	if (lookup->result.link_count == LIMIT_ALIAS_LINKS) {
		*next = fail_in_circle(lookup);
		return false;
	}
	switch (add_link(lookup, &claim->cached)) {
	case ADDED:
		break;
	case ADDED_TOO_LONG:
		*next = end_too_long(lookup);
		return false;
	case ADDED_NO_MEMORY:
		*next = fail_for_memory(lookup);
		return false;
	}
	if (!is_wanted_cname(lookup))
		return follow(lookup, next);
	*next = end_at_cname(lookup);
	return false;
}

/* ---- claims ---- */

static bool validates(const struct lookup *lookup)
{
	const struct request *request = lookup->task.request;
	return lookup->task.parent == NULL && !request->checking_disabled && !request->priming &&
	       anchors_exist(&request->engine->anchors);
}

static bool failed_before(const struct lookup *lookup, int *ede)
{
	const struct engine *engine = engine_of(lookup);
	return failures_get(engine->table, lookup->name, lookup->question.type, engine->now.age, ede) &&
	       (validates(lookup) || !ede_is_validation(*ede));
}

static struct next fail_again(struct lookup *lookup, int ede)
{
	lookup_give_up(lookup, ede, "failed a moment ago");
	return finish(&lookup->task);
}

/* Before they are believed. */
static struct next weigh(struct lookup *lookup)
{
	if (!validates(lookup) || claims_are_checked(lookup->claims, lookup->claim_count))
		return go(accept);
	lookup->validation = validation_begin(&lookup->task, lookup->claims, lookup->claim_count);
	return lookup->validation != NULL ? wait_for(&lookup->task, checked) : fail_for_memory(lookup);
}

/* "example.com.: the signature has expired" */
static const char *words_of(const struct lookup *lookup)
{
	const struct validation *validation = lookup->validation;
	const char *why = validation->verdict.why != NULL ? validation->verdict.why : "not validated";
	char zone[NAME_TEXT_SIZE];
	if (validation->where.size == 0)
		return why;
	name_to_text(validation->where, zone);
	size_t zone_size = strlen(zone), why_size = strlen(why);
	char *words = arena_alloc(&lookup->task.request->arena, zone_size + why_size + 3);
	if (words == NULL)
		return why;
	memcpy(words, zone, zone_size);
	memcpy(words + zone_size, ": ", 2);
	memcpy(words + zone_size + 2, why, why_size);
	return words;
}

static struct next fail_bogus(struct lookup *lookup)
{
	const struct engine *engine = engine_of(lookup);
	int ede = lookup->validation->verdict.ede;
	lookup_give_up(lookup, ede, words_of(lookup));
	lookup->result.ours = false;
	failures_put(engine->table, lookup->question.name, lookup->question.type, engine->now.age, LIMIT_BOGUS_TTL, ede);
	return finish(&lookup->task);
}

/* What one server says is bogus: somebody may stand between us and that one only. */
static struct next distrust(struct lookup *lookup)
{
	if (lookup->distrusted_count == LIMIT_BOGUS_RETRIES)
		return fail_bogus(lookup);
	struct endpoint *distrusted = &lookup->distrusted[lookup->distrusted_count++];
	if (lookup->from_cache)
		return go(find_cut);
	*distrusted = lookup->fetch->server;
	return go(ask);
}

static struct next checked(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	const struct verdict *verdict = &lookup->validation->verdict;
	switch (verdict->security) {
	case SECURITY_BOGUS:
		return distrust(lookup);
	case SECURITY_UNCHECKED:
		return fail(lookup, verdict->ede, words_of(lookup), true);
	case SECURITY_INSECURE:
		lookup->result.ede = verdict->ede;
		break;
	case SECURITY_SECURE:
		break;
	}
	return go(accept);
}

/* They are believed. */
static struct next accept(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	struct next next;
	for (unsigned int i = 0; i < lookup->claim_count; i++) {
		const struct claim *claim = &lookup->claims[i];
		keep_claim(engine_of(lookup), claim);
		if (claim->cached.security < lookup->result.security)
			lookup->result.security = claim->cached.security;
		if (!claim->alias || lookup->stops_at_alias)
			return end_with(lookup, &claim->cached);
		if (!accept_alias(lookup, claim, &next))
			return next;
	}
	return go(look);
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
	return !lookup->task.request->cache_only || !validates(lookup) ||
	       claim->cached.security != SECURITY_UNCHECKED;
}

static struct next take_claim(struct lookup *lookup, const struct claim *claim)
{
	struct request *request = lookup->task.request;
	struct cut cut;
	int ede;
	lookup->claims = ARENA_NEW(&request->arena, struct claim);
	if (lookup->claims == NULL)
		return fail_for_memory(lookup);
	*lookup->claims = *claim;
	lookup->claim_count = 1;
	lookup->from_cache = true;
	if (!claim->alias)
		tell_hit(lookup, &claim->cached);
	if (!validates(lookup) || claim->cached.security != SECURITY_UNCHECKED)
		return go(accept);
	if (failed_before(lookup, &ede))
		return fail_again(lookup, ede);
	if (!cut_find(&request->engine->roots, request->engine->table, claim->name, request->engine->now.age,
		      &request->arena, &cut))
		return fail_for_memory(lookup);
	lookup->claims->zone = cut.zone;
	lookup->claims->kept = true;
	return weigh(lookup);
}

static struct next look(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	struct claim claim;
	int ede;
	if (task->request->priming)
		return go(find_cut);
	if (recall_claim(lookup, &claim) && counts(lookup, &claim))
		return take_claim(lookup, &claim);
	tell(lookup, TRACE_CACHE_MISS);
	if (task->request->cache_only) {
		lookup->result.security = SECURITY_UNCHECKED; /* nothing is no data */
		return end(lookup, RCODE_NOERROR);
	}
	if (failed_before(lookup, &ede))
		return fail_again(lookup, ede);
	return go(find_cut);
}

/* ---- the walk ---- */

/* DS lives above the cut, with the parent (RFC 4035 section 3.1.4.1). */
static struct next find_cut(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	struct engine *engine = engine_of(lookup);
	struct name from = lookup->question.type == TYPE_DS ? name_parent(lookup->name) : lookup->name;
	if (lookup->above.size > 0)
		from = name_parent(lookup->above);
	if (!cut_find(&engine->roots, engine->table, from, engine->now.age, &task->request->arena, &lookup->cut))
		return fail_for_memory(lookup);
	lookup->cut_expiry = engine->now.age + LIMIT_DELEGATION_TTL_MAX;
	if (lookup->cut.source == CUT_CACHE)
		lookup->cut_expiry = engine->now.age + lookup->cut.delegation.ttl;
	if (lookup->cut.source == CUT_HINTS && !task->request->priming)
		prime_root(engine);
	if (validates(lookup) && lookup->cut.delegation.ds.count > 0)
		(void)chain_to(task->request, lookup->cut.zone); /* its keys will be wanted */
	tell_zone(lookup);
	return go(ask);
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

static struct next ask(struct task *task)
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
	return lookup->fetch != NULL ? wait_for(task, heard) : fail_for_memory(lookup);
}

/* ---- what was heard ---- */

static struct next take_referral(struct lookup *lookup)
{
	const struct fetch *fetch = lookup->fetch;
	struct cached ds;
	if (++lookup->referrals > LIMIT_REFERRALS)
		return fail(lookup, EDE_NO_REACHABLE_AUTHORITY, "too many referrals", true);
	scrub_ds(&fetch->msg, fetch->judgement.ns, lookup->cut.zone, &ds);
	if (!keep_referral(engine_of(lookup), &fetch->msg, fetch->judgement.ns, &lookup->task.request->arena,
			   &lookup->cut, &lookup->cut_expiry))
		return fail_for_memory(lookup);
	if (validates(lookup))
		chain_offer(lookup->task.request, lookup->cut.zone, &ds);
	tell_referral(lookup);
	lookup->minimiser.off = false;
	return go(ask);
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
					  &lookup->task.request->arena, &lookup->claims);
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
		return fail_for_memory(lookup);
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
			return fail(lookup, EDE_OTHER, "more records than an RRset may have", false);
		if (lookup->task.request->priming && lookup->task.parent == NULL)
			keep_root(engine_of(lookup), &fetch->msg, fetch->judgement.data,
				  &lookup->task.request->arena);
	}
	return take_claims(lookup);
}

/* What a reply about a part of the name says of it is kept, validated or not. */
static void keep_part(struct lookup *lookup)
{
	if (read_claims(lookup))
		keep_claim(engine_of(lookup), &lookup->claims[0]);
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
		keep_part(lookup);
		if (judgement->link_count == 0) {
			tell_claims(lookup);
			passed_add(&lookup->task.request->passed, &lookup->task.request->arena, lookup->shown);
			break;
		}
		/* fall through */
	default:
		keep_part(lookup);
		lookup->minimiser.off = judgement->link_count > 0 && judgement->links[0].rrset->type == TYPE_DNAME;
		break;
	}
	return go(ask);
}

static struct next heard(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	const struct fetch *fetch = lookup->fetch;
	if (fetch->useful)
		return lookup->minimised ? take_part(lookup) : take(lookup);
	if (lookup->minimised && !fetch->ours) {
		lookup->minimiser.off = true;
		return go(ask);
	}
	if (lookup->distrusted_count > 0)
		return fail_bogus(lookup);
	return fail(lookup, fetch->ede, fetch->why, fetch->ours);
}
