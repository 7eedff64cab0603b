#include "resolver/tell.h"

#include "resolver/fetch.h"

static struct trace_event event_of(const struct lookup *lookup, enum trace_kind kind)
{
	return (struct trace_event){
		.kind = kind,
		.depth = lookup->task.depth,
		.ticks = lookup->task.request->engine->now.ticks,
		.name = lookup->name,
		.type = lookup->question.type,
		.ede = EDE_NONE,
	};
}

static void add(const struct lookup *lookup, struct trace_event event)
{
	trace_add(lookup->task.request->trace, &event);
}

void tell(const struct lookup *lookup, enum trace_kind kind)
{
	add(lookup, event_of(lookup, kind));
}

void tell_hit(const struct lookup *lookup, const struct cached *cached, bool synthesised)
{
	struct trace_event event = event_of(lookup, TRACE_CACHE_HIT);
	event.ttl = cached->ttl;
	event.detail = synthesised ? "from what its zone has proven of other names" : NULL;
	event.rcode = cached->kind == CACHED_NXDOMAIN ? RCODE_NXDOMAIN : RCODE_NOERROR;
	add(lookup, event);
}

void tell_alias(const struct lookup *lookup, const struct rrset *cname, struct name target)
{
	struct trace_event event = event_of(lookup, TRACE_ALIAS);
	event.name = cname->owner;
	event.target = target;
	event.ttl = cname->ttl;
	add(lookup, event);
}

void tell_zone(const struct lookup *lookup)
{
	static const char *const details[] = {
		[CUT_CACHE] = "from the cache", [CUT_REFERRAL] = NULL,	       [CUT_HINTS] = "root hints",
		[CUT_STUB] = "stub zone",	[CUT_FORWARD] = "forwarded",
	};
	const struct cut *cut = &lookup->cut;
	struct trace_event event = event_of(lookup, TRACE_ZONE);
	event.zone = cut->zone;
	event.count = (uint16_t)(cut->configured != NULL ? cut->configured->count : cut->delegation.count);
	event.detail = details[cut->source];
	add(lookup, event);
}

static struct trace_event heard_by(const struct lookup *lookup, enum trace_kind kind)
{
	struct trace_event event = event_of(lookup, kind);
	event.server = lookup->fetch->server;
	event.rtt_us = lookup->fetch->rtt_us;
	event.zone = lookup->cut.zone;
	return event;
}

void tell_heard(const struct lookup *lookup, enum trace_kind kind, const struct rrset *data)
{
	struct trace_event event = heard_by(lookup, kind);
	event.name = lookup->fetch->question.name;
	event.type = lookup->fetch->question.type;
	if (data != NULL) {
		event.ttl = data->ttl;
		event.count = data->count;
	}
	add(lookup, event);
}

void tell_referral(const struct lookup *lookup)
{
	const struct delegation *delegation = &lookup->cut.delegation;
	struct trace_event event = heard_by(lookup, TRACE_REFERRAL);
	event.count = (uint16_t)delegation->count;
	for (size_t i = 0; i < delegation->count; i++)
		event.glue = (uint16_t)(event.glue + (delegation->servers[i].glue_count > 0));
	add(lookup, event);
}

void tell_failed(const struct lookup *lookup)
{
	struct trace_event event = event_of(lookup, TRACE_FAILED);
	event.ede = lookup->result.ede;
	event.detail = lookup->result.why;
	add(lookup, event);
}

void tell_done(const struct lookup *lookup)
{
	struct trace_event event = event_of(lookup, TRACE_DONE);
	event.rcode = lookup->result.rcode;
	add(lookup, event);
}
