#include "resolver/lookup.h"

#include "resolver/fetch.h"
#include "resolver/keep.h"
#include "resolver/prime.h"
#include "resolver/tell.h"
#include "wire/limits.h"

static task_step look, find_cut, ask, heard;

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
	begin_name(lookup, question->name);
	tell(lookup, TRACE_QUESTION);
	request_ready(&lookup->task);
	return lookup;
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
	bool crowded = lookup->fetch != NULL && lookup->fetch->crowded;
	if (lookup->above.size == 0 && !crowded && (!ours || lookup->task.parent == NULL))
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

static enum added add_link(struct lookup *lookup, const struct rrset *alias)
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

/* Goes on at the target of the newest link. */
static struct next follow(struct lookup *lookup)
{
	if (is_wanted_cname(lookup))
		return end_at_cname(lookup);
	const struct rrset *cname = &lookup->result.links[lookup->result.link_count - 1].cname;
	struct name target;
	if (!rdata_target(TYPE_CNAME, rrset_first(cname), &target))
		return fail(lookup, EDE_INVALID_DATA, "an alias without a target", false);
	target = name_copy_lower(&lookup->task.request->arena, target);
	if (target.octets == NULL)
		return fail_for_memory(lookup);
	tell_alias(lookup, cname, target);
	if (is_loop(lookup, target))
		return fail_in_circle(lookup);
	begin_name(lookup, target);
	return go(look);
}

static struct next follow_cached(struct lookup *lookup, const struct rrset *alias)
{
	if (lookup->result.link_count == LIMIT_ALIAS_LINKS)
		return fail(lookup, EDE_OTHER, "too many aliases", false);
	switch (add_link(lookup, alias)) {
	case ADDED:
		return follow(lookup);
	case ADDED_TOO_LONG:
		return end_too_long(lookup);
	case ADDED_NO_MEMORY:
		break;
	}
	return fail_for_memory(lookup);
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
static bool recall_ancestor(const struct lookup *lookup, struct cached *cached)
{
	struct name floor = cut_floor(&engine_of(lookup)->roots, lookup->name);
	for (struct name above = lookup->name; above.labels > floor.labels && above.labels > 1;) {
		above = name_parent(above);
		if (above.labels < floor.labels || !recall(lookup, above, TYPE_DNAME, cached))
			continue;
		if (cached->kind == CACHED_POSITIVE || cached->kind == CACHED_NXDOMAIN)
			return true;
	}
	return false;
}

static struct next look(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	const struct engine *engine = engine_of(lookup);
	struct cached cached;
	int ede;
	if (task->request->priming)
		return go(find_cut);
	if (recall_name(lookup, &cached)) {
		tell_hit(lookup, &cached);
		return end_with(lookup, &cached);
	}
	if (lookup->question.type != TYPE_CNAME && recall(lookup, lookup->name, TYPE_CNAME, &cached) &&
	    cached.kind == CACHED_POSITIVE)
		return follow_cached(lookup, &cached.rrset);
	if (recall_ancestor(lookup, &cached)) {
		if (cached.kind == CACHED_POSITIVE)
			return follow_cached(lookup, &cached.rrset);
		tell_hit(lookup, &cached);
		return end_with(lookup, &cached);
	}
	tell(lookup, TRACE_CACHE_MISS);
	if (task->request->cache_only)
		return end(lookup, RCODE_NOERROR);
	if (failures_get(engine->table, lookup->name, lookup->question.type, engine->now.age, &ede)) {
		lookup_give_up(lookup, ede, "failed a moment ago");
		return finish(task);
	}
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
	if (++lookup->referrals > LIMIT_REFERRALS)
		return fail(lookup, EDE_NO_REACHABLE_AUTHORITY, "too many referrals", true);
	if (!keep_referral(engine_of(lookup), &fetch->msg, fetch->judgement.ns, &lookup->task.request->arena,
			   &lookup->cut, &lookup->cut_expiry))
		return fail_for_memory(lookup);
	tell_referral(lookup);
	lookup->minimiser.off = false;
	return go(ask);
}

/* Keeps what the zone may speak of: a forwarder's answer may lead out of its zone (CVE-2021-25220); and not what ANY
 * brings, which may be less than the whole (RFC 8482). */
static void keep(const struct lookup *lookup, struct rrset *rrset)
{
	bool kept = lookup->above.size == 0 && lookup->question.type != TYPE_ANY &&
		    name_is_within(rrset->owner, lookup->cut.zone);
	keep_rrset(engine_of(lookup), rrset, lookup->fetch->msg.header.flags & FLAG_AA, kept);
}

/* The links of a reply are kept and become the result's. */
static enum added take_links(struct lookup *lookup, bool *loop)
{
	const struct judgement *judgement = &lookup->fetch->judgement;
	*loop = false;
	for (unsigned int i = 0; i < judgement->link_count; i++) {
		struct rrset alias = *judgement->links[i].rrset;
		keep(lookup, &alias);
		if (lookup->result.link_count == LIMIT_ALIAS_LINKS) {
			*loop = true;
			return ADDED;
		}
		enum added made = add_link(lookup, &alias);
		if (made != ADDED)
			return made;
		if (is_wanted_cname(lookup))
			return ADDED;
		*loop = *loop || is_loop(lookup, judgement->links[i].target);
		lookup->name = judgement->links[i].target;
	}
	return ADDED;
}

static struct next take_answer(struct lookup *lookup)
{
	struct fetch *fetch = lookup->fetch;
	struct cached cached = { .kind = CACHED_POSITIVE, .rrset = *fetch->judgement.data };
	if (cached.rrset.oversized)
		return fail(lookup, EDE_OTHER, "more records than an RRset may have", false);
	keep(lookup, &cached.rrset);
	if (lookup->task.request->priming && lookup->task.parent == NULL)
		keep_root(engine_of(lookup), &fetch->msg, &cached.rrset, &lookup->task.request->arena);
	cached.ttl = cached.rrset.ttl;
	tell_heard(lookup, TRACE_ANSWER, &cached.rrset);
	return end_with(lookup, &cached);
}

static struct next take_negative(struct lookup *lookup)
{
	const struct fetch *fetch = lookup->fetch;
	struct cached cached;
	keep_negative(engine_of(lookup), &fetch->msg, &fetch->judgement,
		      lookup->minimised ? lookup->shown_type : lookup->question.type, lookup->cut.zone, &cached);
	tell_heard(lookup, cached.kind == CACHED_NXDOMAIN ? TRACE_NXDOMAIN : TRACE_NODATA, NULL);
	return end_with(lookup, &cached);
}

/* The whole question was asked. */
static struct next take(struct lookup *lookup)
{
	enum reply_verdict verdict = lookup->fetch->judgement.verdict;
	bool loop;
	if (verdict == VERDICT_REFERRAL)
		return take_referral(lookup);
	switch (take_links(lookup, &loop)) {
	case ADDED:
		break;
	case ADDED_TOO_LONG:
		return end_too_long(lookup);
	case ADDED_NO_MEMORY:
		return fail_for_memory(lookup);
	}
	if (loop)
		return fail_in_circle(lookup);
	if (is_wanted_cname(lookup))
		return end_at_cname(lookup);
	if (verdict == VERDICT_ANSWER)
		return take_answer(lookup);
	if (verdict == VERDICT_ALIAS)
		return follow(lookup);
	return take_negative(lookup);
}

/* A part of the name was asked: it tells where the next cut is, and is kept when it is sure. */
static struct next take_part(struct lookup *lookup)
{
	struct fetch *fetch = lookup->fetch;
	struct engine *engine = engine_of(lookup);
	struct cached cached;
	struct rrset alias;
	lookup->minimiser.labels = lookup->shown.labels;
	switch (fetch->judgement.verdict) {
	case VERDICT_REFERRAL:
		return take_referral(lookup);
	case VERDICT_NXDOMAIN:
		/* A name below may exist all the same (RFC 9156 section 2.3), but not where the root has no such TLD. */
		if (fetch->judgement.soa != NULL && name_is_root(fetch->judgement.soa->owner) &&
		    fetch->judgement.link_count == 0)
			return take_negative(lookup);
		lookup->minimiser.off = true;
		break;
	case VERDICT_NODATA:
		if (fetch->judgement.link_count == 0)
			keep_negative(engine, &fetch->msg, &fetch->judgement, lookup->shown_type, lookup->cut.zone, &cached);
		tell_heard(lookup, TRACE_NODATA, NULL);
		passed_add(&lookup->task.request->passed, &lookup->task.request->arena, lookup->shown);
		break;
	case VERDICT_ANSWER:
		if (fetch->judgement.link_count == 0) {
			struct rrset data = *fetch->judgement.data;
			keep(lookup, &data);
			tell_heard(lookup, TRACE_ANSWER, &data);
			passed_add(&lookup->task.request->passed, &lookup->task.request->arena, lookup->shown);
			break;
		}
		/* fall through */
	default:
		if (fetch->judgement.link_count > 0) {
			alias = *fetch->judgement.links[0].rrset;
			keep(lookup, &alias);
			lookup->minimiser.off = alias.type == TYPE_DNAME;
		}
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
	return fail(lookup, fetch->ede, fetch->why, fetch->ours);
}
