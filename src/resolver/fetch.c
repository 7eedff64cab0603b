#include "resolver/fetch.h"

#include "resolver/address.h"
#include "resolver/hear.h"
#include "resolver/manners.h"
#include "resolver/tell.h"
#include "wire/limits.h"

static task_step collect, have_address, settle;

struct fetch *fetch_begin(struct lookup *lookup, const struct question *question)
{
	struct request *request = lookup->task.request;
	/* A look-up has one at a time; what it learnt from the last one lies elsewhere. */
	struct fetch *fetch = lookup->fetch != NULL ? lookup->fetch : ARENA_NEW(&request->arena, struct fetch);
	if (fetch == NULL)
		return NULL;
	*fetch = (struct fetch){
		.task = { .request = request, .parent = &lookup->task, .wake = collect, .depth = lookup->task.depth },
		.lookup = lookup,
		.question = *question,
		.targets = { .list = fetch->targets.list, .room = fetch->targets.room },
		.ede = EDE_NO_REACHABLE_AUTHORITY,
		.why = "no server of the zone gave an answer",
	};
	request_ready(&fetch->task);
	return fetch;
}

static struct fetch *fetch_of(struct task *task)
{
	return (struct fetch *)(void *)task; /* its first member */
}

struct next fetch_fail_ours(struct fetch *fetch, int ede, const char *why)
{
	fetch->ours = true;
	fetch->ede = ede;
	fetch->why = why;
	return finish(&fetch->task);
}

/* ---- choosing ---- */

static struct next collect(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	if (!targets_collect(&fetch->targets, task->request, &fetch->lookup->cut, &fetch->question))
		return fetch_fail_ours(fetch, EDE_OTHER, "out of memory");
	const struct lookup *lookup = fetch->lookup;
	for (unsigned int i = 0; i < lookup->distrusted_count; i++) {
		struct target *target = targets_find(&fetch->targets, lookup->distrusted[i]);
		if (target != NULL)
			target->useless = true;
	}
	return go(fetch_choose);
}

static struct next borrow_glue(struct fetch *fetch)
{
	fetch->borrowed = true;
	(void)targets_borrow(&fetch->targets);
	return go(fetch_choose);
}

/* Nobody is left to ask: what was weak has to do. */
static struct next settle(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	if (fetch->weak == NULL)
		return finish(task);
	fetch->msg = fetch->weak->msg;
	fetch->judgement = fetch->weak->judgement;
	fetch->useful = true;
	return finish(task);
}

/* What the servers said was bogus: another may stand behind a name's address of the other family. Once. */
static const struct name_server *half_known(struct fetch *fetch, uint16_t *type)
{
	if (fetch->completed || fetch->lookup->distrusted_count == 0)
		return NULL;
	fetch->completed = true;
	return targets_next_half(&fetch->targets, &fetch->task, type);
}

static struct next look_up_address(struct fetch *fetch)
{
	struct request *request = fetch->task.request;
	const struct name_server *server = targets_next_unknown(&fetch->targets, &fetch->task);
	if (server == NULL && fetch->asked != NULL)
		return go(fetch_send);
	uint16_t type = TYPE_A;
	if (server == NULL && !fetch->borrowed && fetch->targets.names > 0)
		return borrow_glue(fetch);
	if (server == NULL)
		server = half_known(fetch, &type);
	if (server == NULL)
		return go(settle);
	bool exhausted = request->budget.ns_names_failed >= LIMIT_NS_NAMES_FAILED;
	if (fetch->weak != NULL && (exhausted || fetch->task.depth >= LIMIT_LOOKUP_DEPTH))
		return go(settle);
	if (fetch->task.depth >= LIMIT_LOOKUP_DEPTH)
		return fetch_fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "name servers inside name servers, too deep");
	if (exhausted || !budget_ns_address_lookup(&request->budget))
		return fetch_fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "too many name servers without address");
	trace_add(request->trace, &(struct trace_event){ .kind = TRACE_NS_ADDRESS,
							 .depth = tell_depth(&fetch->task),
							 .ticks = request->engine->now.ticks,
							 .name = server->name,
							 .zone = fetch->lookup->cut.zone });
	fetch->address = address_begin(&fetch->task, server->name, fetch->lookup->cut.zone);
	if (fetch->address == NULL)
		return fetch_fail_ours(fetch, EDE_OTHER, "out of memory");
	fetch->address->next_type = type == TYPE_AAAA;
	return wait_for(&fetch->task, have_address);
}

/* Before a silent server is asked once more, others may be found. */
static bool knows_more_names(const struct fetch *fetch)
{
	const struct request *request = fetch->task.request;
	return targets_know_others(&fetch->targets, &fetch->task) && fetch->task.depth < LIMIT_LOOKUP_DEPTH &&
	       request->budget.ns_names_failed < LIMIT_NS_NAMES_FAILED &&
	       request->budget.ns_address_lookups < LIMIT_NS_ADDRESS_LOOKUPS;
}

struct next fetch_choose(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	if (task->depth > 0 && address_is_late(task))
		return fetch_fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "the address of a name server takes too long to find");
	fetch->asked = targets_select(&fetch->targets);
	bool again = fetch->asked != NULL && fetch->asked->sends > 0;
	/* Who refuses a part of a name may answer the whole: sooner than the silent ones answer the part. */
	if (again && fetch->refused && fetch->lookup->minimised)
		return go(settle);
	/* A weak answer in hand is better than one more wait for those who said nothing. */
	if (again && fetch->weak != NULL && !knows_more_names(fetch))
		return go(settle);
	if (fetch->asked != NULL && !(again && knows_more_names(fetch)))
		return go(fetch_send);
	return look_up_address(fetch);
}

static struct next have_address(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	const struct address *address = fetch->address;
	unsigned int before = fetch->targets.count;
	for (unsigned int i = 0; i < address->count; i++)
		(void)targets_add(&fetch->targets, address->name, &address->rrsets[i]);
	/* The way to one name server may have brought glue for others. */
	if (!targets_borrow(&fetch->targets) && fetch->targets.count == before)
		(void)budget_ns_name_failed(&task->request->budget);
	if (fetch->targets.count == before && address->ours)
		fetch->ours = true;
	return go(fetch_choose);
}

/* ---- asking ---- */

static struct wanted wanted_of(const struct fetch *fetch, const struct target *target)
{
	const struct engine *engine = fetch->task.request->engine;
	const struct server *memory = &target->memory;
	bool forward = fetch->lookup->cut.source == CUT_FORWARD;
	bool cookie = engine->options->recursion_cookies && !target->no_edns && !target->no_cookie &&
		      manners_take_cookie(memory, engine->now.age);
	struct wanted wanted = {
		.server = target->server,
		.zone = fetch->lookup->cut.zone,
		.question = fetch->question,
		.stream = target->stream,
		.edns = !target->no_edns,
		.recursion = forward,
		.plain_case = target->plain_case || memory->case_broken,
		.cookie = cookie,
		.cookie_expected = cookie && manners_give_cookie(memory, engine->now.age),
		.server_cookie = span_of(memory->cookie, memory->cookie_size),
		.timeout_us = select_timeout(target),
	};
	if (forward && wanted.timeout_us < LIMIT_FORWARD_TIMEOUT_MIN_MS * 1000u)
		wanted.timeout_us = LIMIT_FORWARD_TIMEOUT_MIN_MS * 1000u;
	return wanted;
}

static struct next wait_for_reply(struct fetch *fetch)
{
	struct request *request = fetch->task.request;
	fetch->waiting = true;
	LIST_INSERT_HEAD(&request->fetches, fetch, link);
	return wait_for(&fetch->task, hear);
}

void fetch_stop_waiting(struct fetch *fetch)
{
	if (fetch->waiting)
		LIST_REMOVE(fetch, link);
	fetch->waiting = false;
}

void fetch_leave(struct fetch *fetch)
{
	exchange_leave(fetch->task.request->engine, &fetch->wait);
	fetch_stop_waiting(fetch);
}

bool fetch_settle(struct fetch *fetch)
{
	if (fetch == NULL || !fetch->waiting || fetch->weak == NULL)
		return false;
	fetch_leave(fetch);
	fetch->task.wake = settle;
	request_ready(&fetch->task);
	return true;
}

/* The last try is over TCP, where what gets lost is sent again, and where nobody can end it with a forgery. */
static bool wants_stream(const struct target *target)
{
	return target->stream || (target->sends + 1u == LIMIT_SENDS_PER_SERVER && target->connects == 0);
}

/* Another's exchange about the same, or one of our own. */
struct next fetch_send(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	struct request *request = task->request;
	struct target *target = fetch->asked;
	target->stream = wants_stream(target);
	struct wanted wanted = wanted_of(fetch, target);
	if (++fetch->lookup->sends > LIMIT_UPSTREAM_QUERIES_PER_NAME || !budget_upstream_query(&request->budget))
		return fetch_fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "too many queries for one answer");
	fetch->wait.task = task;
	fetch->lookup->result.waited = true;
	if (exchange_join(request->engine, &wanted, &fetch->wait)) {
		fetch->asked = targets_find(&fetch->targets, fetch->wait.server);
		if (fetch->asked != NULL)
			fetch->asked->sends++;
		return wait_for_reply(fetch);
	}
	if (ledger_count(&request->ledger, target->server, &fetch->question) >= LIMIT_SENDS_PER_SERVER) {
		target->useless = true;
		return go(fetch_choose);
	}
	if (!ledger_add(&request->ledger, &request->arena, target->server, &fetch->question))
		return fetch_fail_ours(fetch, EDE_OTHER, "out of memory");
	switch (exchange_begin(request->engine, &wanted, &fetch->wait)) {
	case BEGUN:
		break;
	case BEGUN_NO_MEMORY:
		return fetch_fail_ours(fetch, EDE_OTHER, "out of memory");
	case BEGUN_TOO_MANY:
		fetch->crowded = true;
		return fetch_fail_ours(fetch, EDE_OTHER, "too many queries about this zone are under way");
	}
	target->sends++;
	target->connects += target->stream;
	tell_send(fetch, target);
	return wait_for_reply(fetch);
}
