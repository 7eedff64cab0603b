#include "resolver/weigh.h"

#include "resolver/ending.h"
#include "resolver/fetch.h"
#include "resolver/keep.h"
#include "resolver/tell.h"
#include "resolver/validate.h"

static task_step checked, accept;

static struct lookup *lookup_of(struct task *task)
{
	return (struct lookup *)(void *)task; /* its first member */
}

static struct engine *engine_of(const struct lookup *lookup)
{
	return lookup->task.request->engine;
}

/* ---- validation ---- */

bool weigh_validates(const struct lookup *lookup)
{
	const struct request *request = lookup->task.request;
	return lookup->task.parent == NULL && !request->checking_disabled && !request->priming &&
	       anchors_exist(&request->engine->anchors);
}

struct next weigh(struct lookup *lookup)
{
	if (!weigh_validates(lookup) || claims_are_checked(lookup->claims, lookup->claim_count))
		return go(accept);
	lookup->validation = validation_begin(&lookup->task, lookup->claims, lookup->claim_count);
	return lookup->validation != NULL ? wait_for(&lookup->task, checked) : end_without_memory(lookup);
}

/* What the zone's other servers say would be signed by the same keys, or lie below them. */
static bool rests_on_bogus_keys(const struct lookup *lookup)
{
	const struct chain *chain = lookup->validation->chain;
	return !lookup->from_cache && chain != NULL && chain->verdict.security == SECURITY_BOGUS &&
	       name_equal(chain->name, lookup->cut.zone);
}

/* What one server says is bogus: somebody may stand between us and that one only. What a reply brings behind its first
 * alias is a courtesy, and may be asked for by its own name. */
static struct next distrust(struct lookup *lookup)
{
	unsigned int good = lookup->validation->at - 1;
	if (good > 0) {
		lookup->claim_count = good;
		return go(accept);
	}
	if (lookup->distrusted_count == LIMIT_BOGUS_RETRIES || rests_on_bogus_keys(lookup))
		return end_bogus(lookup);
	tell_distrusted(&lookup->task, lookup->from_cache ? NULL : lookup->fetch);
	struct endpoint *distrusted = &lookup->distrusted[lookup->distrusted_count++];
	if (lookup->from_cache)
		return go(lookup_find_cut);
	*distrusted = lookup->fetch->server;
	return go(lookup_ask);
}

static struct next checked(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	const struct verdict *verdict = &lookup->validation->verdict;
	switch (verdict->security) {
	case SECURITY_BOGUS:
		return distrust(lookup);
	case SECURITY_UNCHECKED:
		return end_unchecked(lookup);
	case SECURITY_INSECURE:
		if (verdict->ede == EDE_NONE)
			break;
		lookup->result.ede = verdict->ede;
		lookup->result.why = ending_words(lookup);
		break;
	case SECURITY_SECURE:
		break;
	}
	return go(accept);
}

/* ---- aliases ---- */

/* Who asks for CNAME is content with the one that a DNAME makes (as BIND, Unbound, Knot Resolver and PowerDNS see it; RFC
 * 6672 section 3.1 leaves it open). */
static bool is_wanted_cname(const struct lookup *lookup)
{
	return lookup->question.type == TYPE_CNAME && lookup->result.link_count > 0;
}

static struct next end_at_cname(struct lookup *lookup)
{
	struct result_link *link = &lookup->result.links[lookup->result.link_count - 1];
	struct cached cached = { .kind = CACHED_POSITIVE, .ttl = link->cname.ttl, .rrset = link->cname, .as_of = link->as_of };
	link->cname = (struct rrset){ .ttl = cached.ttl };
	return end_with(lookup, &cached);
}

/* Goes to the target of the newest link. False: the look-up ends, as *next says. */
static bool follow(struct lookup *lookup, struct next *next)
{
	const struct rrset *cname = &lookup->result.links[lookup->result.link_count - 1].cname;
	struct name target;
	if (!rdata_target(TYPE_CNAME, rrset_first(cname), &target)) {
		*next = end_failed(lookup, EDE_OTHER, "an alias without a target", false);
		return false;
	}
	target = name_copy_lower(&lookup->task.request->arena, target);
	if (target.octets == NULL) {
		*next = end_without_memory(lookup);
		return false;
	}
	tell_alias(lookup, cname, target);
	if (name_equal(lookup->question.name, target) || result_was_at(&lookup->result, target)) {
		*next = end_in_circle(lookup);
		return false;
	}
	lookup_begin_name(lookup, target);
	return true;
}

static bool accept_alias(struct lookup *lookup, const struct claim *claim, struct next *next)
{
	if (lookup->result.link_count == LIMIT_ALIAS_LINKS) {
		*next = end_in_circle(lookup);
		return false;
	}
	switch (result_add_link(&lookup->result, &lookup->task.request->arena, lookup->name, &claim->cached)) {
	case ADDED:
		break;
	case ADDED_TOO_LONG:
		*next = end_as(lookup, RCODE_YXDOMAIN); /* with the DNAME in it (RFC 6672 section 2.2) */
		return false;
	case ADDED_NO_MEMORY:
		*next = end_without_memory(lookup);
		return false;
	}
	if (!is_wanted_cname(lookup))
		return follow(lookup, next);
	*next = end_at_cname(lookup);
	return false;
}

/* ---- belief ---- */

static struct next accept(struct task *task)
{
	struct lookup *lookup = lookup_of(task);
	struct next next;
	for (unsigned int i = 0; i < lookup->claim_count; i++) {
		const struct claim *claim = &lookup->claims[i];
		keep_claim(engine_of(lookup), claim);
		keep_proven(engine_of(lookup), claim);
		if (claim->cached.security < lookup->result.security)
			lookup->result.security = claim->cached.security;
		if (claim->cached.ede > 0 && lookup->result.ede == EDE_NONE && weigh_validates(lookup))
			lookup->result.ede = claim->cached.ede;
		if (!claim->alias || lookup->stops_at_alias)
			return end_with(lookup, &claim->cached);
		if (!accept_alias(lookup, claim, &next))
			return next;
	}
	return go(lookup_look);
}
