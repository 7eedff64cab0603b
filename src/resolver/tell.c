#include "resolver/tell.h"

#include "resolver/fetch.h"

uint8_t tell_depth(const struct task *task)
{
	const struct task *top = task;
	while (top->parent != NULL)
		top = top->parent;
	/* The request's own look-up tells of its beginning before the request knows it. */
	const struct lookup *walk = task->request->lookup;
	bool beside = walk != NULL && top != &walk->task;
	return (uint8_t)(task->depth + beside);
}

static struct trace_event event_of(const struct lookup *lookup, enum trace_kind kind)
{
	return (struct trace_event){
		.kind = kind,
		.depth = tell_depth(&lookup->task),
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

void tell_hit(const struct lookup *lookup, const struct cached *cached)
{
	struct trace_event event = event_of(lookup, TRACE_CACHE_HIT);
	event.ttl = cached->ttl;
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
	event.security = lookup->result.security;
	event.detail = lookup->result.why;
	add(lookup, event);
}

void tell_done(const struct lookup *lookup)
{
	struct trace_event event = event_of(lookup, TRACE_DONE);
	event.rcode = lookup->result.rcode;
	event.security = lookup->result.security;
	add(lookup, event);
}

void tell_send(const struct fetch *fetch, const struct target *target)
{
	const struct request *request = fetch->task.request;
	if (request->trace == NULL)
		return;
	trace_add(request->trace, &(struct trace_event){ .kind = TRACE_SEND,
							 .depth = tell_depth(&fetch->task),
							 .ticks = request->engine->now.ticks,
							 .name = fetch->question.name,
							 .type = fetch->question.type,
							 .zone = fetch->lookup->cut.zone,
							 .server_name = target->name,
							 .server = target->server,
							 .detail = target->stream	   ? "TCP" :
								   target->no_edns ? "no EDNS" :
										     NULL });
}

void tell_reply(const struct fetch *fetch, enum trace_kind kind, uint16_t rcode, const char *detail)
{
	const struct request *request = fetch->task.request;
	if (request->trace == NULL)
		return;
	trace_add(request->trace, &(struct trace_event){ .kind = kind,
							 .depth = tell_depth(&fetch->task),
							 .ticks = request->engine->now.ticks,
							 .name = fetch->question.name,
							 .type = fetch->question.type,
							 .zone = fetch->lookup->cut.zone,
							 .server = fetch->wait.server,
							 .rtt_us = fetch->wait.rtt_us,
							 .rcode = rcode,
							 .detail = detail });
}

/* ---- validation ---- */

static struct trace_event event_beside(const struct task *task, enum trace_kind kind)
{
	return (struct trace_event){
		.kind = kind,
		.depth = tell_depth(task),
		.ticks = task->request->engine->now.ticks,
		.ede = EDE_NONE,
	};
}

void tell_chain(const struct chain *chain, enum trace_kind kind)
{
	struct trace_event event = event_beside(&chain->task, kind);
	event.zone = chain->name;
	if (kind == TRACE_DS) {
		event.target = chain->signer;
		event.count = chain->ds.rrset.count;
	}
	trace_add(chain->task.request->trace, &event);
}

void tell_trusted(const struct chain *chain, const struct rrset *dnskeys)
{
	struct trace_event event = event_beside(&chain->task, TRACE_ZONE_SECURE);
	event.zone = chain->name;
	event.count = dnskeys->count;
	trace_add(chain->task.request->trace, &event);
}

void tell_verdict(const struct chain *chain, enum trace_kind kind, struct verdict verdict)
{
	struct trace_event event = event_beside(&chain->task, kind);
	event.zone = chain->where;
	event.name = chain->name;
	event.type = chain->trusted != NULL ? TYPE_DNSKEY : TYPE_DS;
	event.ede = verdict.ede;
	event.detail = verdict.why;
	trace_add(chain->task.request->trace, &event);
}

void tell_claim(const struct task *task, const struct claim *claim, struct verdict verdict, struct name zone)
{
	static const enum trace_kind kinds[] = {
		[SECURITY_UNCHECKED] = TRACE_UNCHECKED,
		[SECURITY_INSECURE] = TRACE_INSECURE,
		[SECURITY_SECURE] = TRACE_SECURE,
		[SECURITY_BOGUS] = TRACE_BOGUS,
	};
	struct trace_event event = event_beside(task, kinds[verdict.security]);
	const struct cached *cached = &claim->cached;
	bool positive = cached->kind == CACHED_POSITIVE;
	event.name = positive ? cached->rrset.owner : claim->name;
	event.type = claim->type;
	event.count = positive ? cached->rrset.count : 0;
	event.rcode = cached->kind == CACHED_NXDOMAIN ? RCODE_NXDOMAIN : RCODE_NOERROR;
	event.zone = zone;
	event.ede = verdict.ede;
	event.detail = verdict.why;
	trace_add(task->request->trace, &event);
}

void tell_distrusted(const struct task *task, const struct fetch *fetch)
{
	struct trace_event event = event_beside(task, TRACE_DISTRUSTED);
	if (fetch != NULL)
		event.server = fetch->server;
	trace_add(task->request->trace, &event);
}
