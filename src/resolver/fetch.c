#include "resolver/fetch.h"

#include "resolver/address.h"
#include "resolver/manners.h"
#include "resolver/tell.h"
#include "wire/limits.h"

/* An answer for want of a better one. */
struct weak_answer {
	struct msg msg;
	struct judgement judgement;
};

static task_step collect, choose, have_address, send_query, heard, settle;

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

static struct next fail(struct fetch *fetch, int ede, const char *why)
{
	fetch->ede = ede;
	fetch->why = why;
	return finish(&fetch->task);
}

static struct next fail_ours(struct fetch *fetch, int ede, const char *why)
{
	fetch->ours = true;
	return fail(fetch, ede, why);
}

/* ---- choosing ---- */

static struct next collect(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	if (!targets_collect(&fetch->targets, task->request, &fetch->lookup->cut, &fetch->question))
		return fail_ours(fetch, EDE_OTHER, "out of memory");
	const struct lookup *lookup = fetch->lookup;
	for (unsigned int i = 0; i < lookup->distrusted_count; i++) {
		struct target *target = targets_find(&fetch->targets, lookup->distrusted[i]);
		if (target != NULL)
			target->useless = true;
	}
	return go(choose);
}

static struct next borrow_glue(struct fetch *fetch)
{
	fetch->borrowed = true;
	(void)targets_borrow(&fetch->targets);
	return go(choose);
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
		return go(send_query);
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
		return fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "name servers inside name servers, too deep");
	if (exhausted || !budget_ns_address_lookup(&request->budget))
		return fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "too many name servers without address");
	trace_add(request->trace, &(struct trace_event){ .kind = TRACE_NS_ADDRESS,
							 .depth = tell_depth(&fetch->task),
							 .ticks = request->engine->now.ticks,
							 .name = server->name,
							 .zone = fetch->lookup->cut.zone });
	fetch->address = address_begin(&fetch->task, server->name, fetch->lookup->cut.zone);
	if (fetch->address == NULL)
		return fail_ours(fetch, EDE_OTHER, "out of memory");
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

static struct next choose(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	if (task->depth > 0 && address_is_late(task))
		return fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "the address of a name server takes too long to find");
	fetch->asked = targets_select(&fetch->targets);
	bool again = fetch->asked != NULL && fetch->asked->sends > 0;
	/* Who refuses a part of a name may answer the whole: sooner than the silent ones answer the part. */
	if (again && fetch->refused && fetch->lookup->minimised)
		return go(settle);
	/* A weak answer in hand is better than one more wait for those who said nothing. */
	if (again && fetch->weak != NULL && !knows_more_names(fetch))
		return go(settle);
	if (fetch->asked != NULL && !(again && knows_more_names(fetch)))
		return go(send_query);
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
	return go(choose);
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
	fetch->previous = NULL;
	fetch->next = request->fetches;
	if (request->fetches != NULL)
		request->fetches->previous = fetch;
	request->fetches = fetch;
	return wait_for(&fetch->task, heard);
}

static void stop_waiting(struct fetch *fetch)
{
	if (!fetch->waiting)
		return;
	fetch->waiting = false;
	if (fetch->previous != NULL)
		fetch->previous->next = fetch->next;
	else
		fetch->task.request->fetches = fetch->next;
	if (fetch->next != NULL)
		fetch->next->previous = fetch->previous;
}

void fetch_leave(struct fetch *fetch)
{
	exchange_leave(fetch->task.request->engine, &fetch->wait);
	stop_waiting(fetch);
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
static struct next send_query(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	struct request *request = task->request;
	struct target *target = fetch->asked;
	target->stream = wants_stream(target);
	struct wanted wanted = wanted_of(fetch, target);
	if (++fetch->lookup->sends > LIMIT_UPSTREAM_QUERIES_PER_NAME || !budget_upstream_query(&request->budget))
		return fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "too many queries for one answer");
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
		return go(choose);
	}
	if (!ledger_add(&request->ledger, &request->arena, target->server, &fetch->question))
		return fail_ours(fetch, EDE_OTHER, "out of memory");
	switch (exchange_begin(request->engine, &wanted, &fetch->wait)) {
	case BEGUN:
		break;
	case BEGUN_NO_MEMORY:
		return fail_ours(fetch, EDE_OTHER, "out of memory");
	case BEGUN_TOO_MANY:
		fetch->crowded = true;
		return fail_ours(fetch, EDE_OTHER, "too many queries about this zone are under way");
	}
	target->sends++;
	target->connects += target->stream;
	tell_send(fetch, target);
	return wait_for_reply(fetch);
}

/* ---- hearing ---- */

/* Another way with the same server, if it was ours to ask; else the choice is open anyway. */
static struct next over_stream(struct fetch *fetch)
{
	if (fetch->asked != NULL) {
		if (fetch->asked->stream)
			fetch->asked->useless = true;
		fetch->asked->stream = true;
		if (!fetch->asked->useless && fetch->asked->sends < LIMIT_SENDS_PER_SERVER &&
		    fetch->asked->connects < LIMIT_STREAM_CONNECTS_PER_SERVER)
			return go(send_query);
	}
	return go(choose);
}

static struct next give_up_server(struct fetch *fetch)
{
	if (fetch->asked != NULL)
		fetch->asked->useless = true;
	return go(choose);
}

/* The server does not know EDNS, or what came looks so. */
static struct next without_edns(struct fetch *fetch)
{
	const struct engine *engine = fetch->task.request->engine;
	tell_reply(fetch, TRACE_BAD_REPLY, fetch->msg.rcode, "asked again without EDNS");
	if (fetch->asked == NULL)
		return go(choose);
	manners_doubt_edns(engine->table, fetch->asked->server.ip, engine->now.age);
	fetch->asked->no_edns = true;
	return go(send_query);
}

static struct next without_cookie(struct fetch *fetch)
{
	tell_reply(fetch, TRACE_BAD_REPLY, fetch->msg.rcode, "asked again without a cookie");
	if (fetch->asked == NULL)
		return go(choose);
	fetch->asked->no_cookie = true;
	return go(send_query);
}

/* BADCOOKIE: once more with the cookie that came with it, then over TCP (RFC 7873 section 5.3). */
static struct next renew_cookie(struct fetch *fetch)
{
	const struct engine *engine = fetch->task.request->engine;
	struct target *target = fetch->asked;
	tell_reply(fetch, TRACE_BAD_REPLY, fetch->msg.rcode, "asked again with the new cookie");
	if (target == NULL || target->renewed || !fetch->wait.cookie)
		return over_stream(fetch);
	target->renewed = true;
	servers_get(engine->table, target->server.ip, engine->now.age, &target->memory);
	return go(send_query);
}

/* No way over TCP: what made us go there is left out of the question, so that the reply need not show it. */
static struct next back_from_stream(struct fetch *fetch)
{
	struct target *target = fetch->asked;
	if (target != NULL && fetch->wait.stream && (target->wrong_case || target->wrong_cookie)) {
		target->stream = false;
		target->plain_case = target->wrong_case;
		target->no_cookie = target->wrong_cookie;
	}
	return go(choose);
}

static bool is_dislike(uint16_t rcode)
{
	return rcode == RCODE_BADVERS || rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP;
}

/* What a reply tells about the server besides, even one that refuses the question: the manner of asking was right. */
static void note_manners(struct fetch *fetch)
{
	const struct engine *engine = fetch->task.request->engine;
	const struct target *target = fetch->asked;
	if (target == NULL || is_dislike(fetch->msg.rcode))
		return;
	struct ip ip = target->server.ip;
	const struct server *memory = &target->memory; /* as it was when the question was sent */
	bool doubted = fetch->wait.edns && memory->edns_doubts > 0;
	bool silent = memory->silences > 0 && memory->cookie_size == 0;
	if (doubted)
		manners_trust_edns(engine->table, ip, engine->now.age);
	if (fetch->wait.edns && !fetch->wait.cookie && (doubted || silent || target->no_cookie) &&
	    engine->options->recursion_cookies)
		manners_doubt_cookie(engine->table, ip, engine->now.age);
	if (target->plain_case && !fetch->wait.stream)
		manners_doubt_case(engine->table, ip, engine->now.age);
}

enum dislike { DISLIKES_NOTHING, DISLIKES_EDNS, DISLIKES_COOKIE };

/* Does the error look like a dislike of EDNS, or of the cookie in it? A signed zone is of no use without EDNS: who
 * forges one error must not get at answers without signatures (CVE-2026-52690). */
static enum dislike dislike_of(const struct fetch *fetch)
{
	uint16_t rcode = fetch->msg.rcode;
	bool is_signed = fetch->lookup->cut.delegation.ds.count > 0;
	if (!fetch->wait.edns || !is_dislike(rcode))
		return DISLIKES_NOTHING;
	if (fetch->wait.cookie && rcode != RCODE_BADVERS && (is_signed || fetch->msg.edns.present))
		return DISLIKES_COOKIE;
	bool edns = !is_signed && (rcode == RCODE_BADVERS || !fetch->msg.edns.present);
	return edns ? DISLIKES_EDNS : DISLIKES_NOTHING;
}

/* A minimised question may be refused by a server that knows the whole name. */
static struct next refuse_server(struct fetch *fetch)
{
	struct engine *engine = fetch->task.request->engine;
	const struct lookup *lookup = fetch->lookup;
	tell_reply(fetch, TRACE_BAD_REPLY, fetch->msg.rcode, fetch->judgement.why);
	fetch->why = fetch->judgement.why;
	fetch->refused = true;
	fetch->ede = EDE_NO_REACHABLE_AUTHORITY;
	if (fetch->judgement.verdict == VERDICT_LAME && !lookup->minimised && lookup->cut.source != CUT_FORWARD)
		servers_set_lame(engine->table, fetch->wait.server.ip, lookup->cut.zone, engine->now.age);
	return give_up_server(fetch);
}

/* Another server may have better than this. */
static struct next keep_looking(struct fetch *fetch)
{
	if (fetch->weak == NULL) {
		fetch->weak = ARENA_NEW(&fetch->task.request->arena, struct weak_answer);
		if (fetch->weak == NULL)
			return fail_ours(fetch, EDE_OTHER, "out of memory");
		*fetch->weak = (struct weak_answer){ fetch->msg, fetch->judgement };
		fetch->server = fetch->wait.server;
		fetch->rtt_us = fetch->wait.rtt_us;
	}
	tell_reply(fetch, TRACE_BAD_REPLY, fetch->msg.rcode,
		   fetch->judgement.why != NULL ? fetch->judgement.why : "from another resolver's cache");
	return give_up_server(fetch);
}

static struct next judge(struct fetch *fetch)
{
	struct request *request = fetch->task.request;
	const struct lookup *lookup = fetch->lookup;
	if (!judge_reply(&fetch->msg, &fetch->question, lookup->cut.zone, lookup->cut.source == CUT_FORWARD,
			 &request->arena, &fetch->judgement))
		return fail_ours(fetch, EDE_OTHER, "out of memory");
	note_manners(fetch);
	if (fetch->judgement.verdict == VERDICT_LAME || fetch->judgement.verdict == VERDICT_BROKEN)
		return refuse_server(fetch);
	bool step = fetch->lookup->minimised && fetch->judgement.verdict == VERDICT_NODATA; /* good enough for a step */
	if (fetch->judgement.weak && !step && ++fetch->weak_count < LIMIT_WEAK_ANSWERS)
		return keep_looking(fetch);
	if (fetch->asked != NULL && fetch->asked->lame)
		servers_clear_lame(request->engine->table, fetch->wait.server.ip, lookup->cut.zone);
	fetch->useful = true;
	fetch->server = fetch->wait.server;
	fetch->rtt_us = fetch->wait.rtt_us;
	return finish(&fetch->task);
}

/* Cut short; or longer than was offered, in fragments then, of which all but the first can be forged without a guess
 * (CVE-2025-59024). */
static bool is_for_stream(const struct fetch *fetch)
{
	const struct options *options = fetch->task.request->engine->options;
	struct header header;
	if (fetch->wait.stream || !header_read(fetch->wait.octets, &header))
		return false;
	return header.flags & FLAG_TC || fetch->wait.octets.size > options->recursion_edns_size;
}

static struct next read_reply(struct fetch *fetch)
{
	struct request *request = fetch->task.request;
	if (!budget_received(&request->budget, fetch->wait.octets.size))
		return fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "too many octets for one answer");
	if (is_for_stream(fetch)) {
		tell_reply(fetch, TRACE_TRUNCATED, RCODE_NOERROR, NULL);
		return over_stream(fetch);
	}
	if (!msg_read(fetch->wait.octets, &request->arena, &fetch->msg)) {
		tell_reply(fetch, TRACE_BAD_REPLY, RCODE_FORMERR, "malformed");
		fetch->ede = EDE_OTHER;
		fetch->why = "a server's reply is malformed";
		return over_stream(fetch);
	}
	if (fetch->msg.rcode == RCODE_BADCOOKIE && !fetch->wait.stream)
		return renew_cookie(fetch);
	switch (dislike_of(fetch)) {
	case DISLIKES_EDNS:
		return without_edns(fetch);
	case DISLIKES_COOKIE:
		return without_cookie(fetch);
	case DISLIKES_NOTHING:
		break;
	}
	return judge(fetch);
}

/* It is thought less of now; and some are silent to what they do not know. */
static struct next hear_silence(struct fetch *fetch)
{
	struct target *target = fetch->asked;
	if (target != NULL) {
		target->known = false;
		target->no_cookie = target->no_cookie || (fetch->wait.cookie && target->memory.cookie_size == 0);
	}
	return back_from_stream(fetch);
}

static struct next heard(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	stop_waiting(fetch);
	switch (fetch->wait.heard) {
	case HEARD_REPLY:
		return read_reply(fetch);
	case HEARD_TIMEOUT:
		tell_reply(fetch, TRACE_TIMEOUT, RCODE_NOERROR, NULL);
		return hear_silence(fetch);
	case HEARD_MISMATCH:
		tell_reply(fetch, TRACE_MISMATCH, RCODE_NOERROR, NULL);
		return over_stream(fetch);
	case HEARD_WRONG_CASE:
		tell_reply(fetch, TRACE_MISMATCH, RCODE_NOERROR, "the name came back in another case");
		if (fetch->asked != NULL)
			fetch->asked->wrong_case = true;
		return over_stream(fetch);
	case HEARD_WRONG_COOKIE:
		tell_reply(fetch, TRACE_MISMATCH, RCODE_NOERROR, "not with the cookie that is due");
		if (fetch->asked != NULL)
			fetch->asked->wrong_cookie = true;
		return over_stream(fetch);
	case HEARD_UNREACHABLE:
		tell_reply(fetch, TRACE_UNREACHABLE, RCODE_NOERROR, NULL);
		fetch->ede = EDE_NETWORK_ERROR;
		fetch->why = "a server cannot be reached";
		return give_up_server(fetch);
	case HEARD_CLOSED:
		tell_reply(fetch, TRACE_UNREACHABLE, RCODE_NOERROR, "TCP");
		return back_from_stream(fetch);
	case HEARD_NO_ROOM:
	case HEARD_NOTHING:
		break;
	}
	return fail_ours(fetch, EDE_OTHER, "no socket or memory for a query");
}
