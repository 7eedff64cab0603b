#include "resolver/chain_end.h"

#include "resolver/lookup.h"
#include "resolver/request.h"
#include "resolver/tell.h"
#include "wire/limits.h"

struct next chain_end(struct chain *chain, struct verdict verdict)
{
	struct chain_waiter *waiter;
	chain->verdict = verdict;
	chain->task.over = true;
	LIST_FOREACH(waiter, &chain->waiters, link)
		request_ready(waiter->task);
	LIST_INIT(&chain->waiters);
	return (struct next){ NULL };
}

struct next chain_end_insecure(struct chain *chain, struct verdict verdict)
{
	tell_verdict(chain, TRACE_ZONE_INSECURE, verdict);
	return chain_end(chain, verdict);
}

struct next chain_end_without_anchor(struct chain *chain)
{
	return chain_end_insecure(chain, verdict_of(SECURITY_INSECURE, EDE_NONE, "no trust anchor is for it"));
}

/* The zone above has proven it, now or a while ago. */
struct verdict chain_insecure(int ede)
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

struct next chain_end_unchecked(struct chain *chain, int ede, const char *why)
{
	return chain_end(chain, verdict_of(SECURITY_UNCHECKED, ede, why));
}

struct next chain_end_unanswered(struct chain *chain, const struct result *result)
{
	chain->unanswered = !result->ours;
	return chain_end_unchecked(chain, result->ede, result->why);
}

struct next chain_end_for_memory(struct chain *chain)
{
	return chain_end_unchecked(chain, EDE_OTHER, "out of memory");
}

/* Remembered under the zone's keys, so that the same work is not done for every name in it (RFC 4035 section 4.7). */
struct next chain_end_bogus(struct chain *chain, struct verdict verdict)
{
	const struct engine *engine = chain->task.request->engine;
	const struct failure failure = { .ede = verdict.ede, .validation = true, .ttl = LIMIT_BOGUS_TTL };
	failures_put(engine->table, chain->name, TYPE_DNSKEY, engine->now.age, &failure);
	tell_verdict(chain, TRACE_ZONE_BOGUS, verdict);
	return chain_end(chain, verdict);
}

struct next chain_end_secure(struct chain *chain, struct name apex, struct held_keys *held)
{
	chain->apex = apex;
	chain->held = held;
	return chain_end(chain, verdict_secure());
}

/* What is true of the zone above is true here. */
struct next chain_end_as_above(struct chain *chain)
{
	const struct chain *above = chain->above;
	chain->where = above->where;
	chain->unanswered = above->unanswered;
	if (above->verdict.security != SECURITY_SECURE)
		return chain_end(chain, above->verdict);
	held_keys_share(above->held);
	return chain_end_secure(chain, above->apex, above->held);
}
