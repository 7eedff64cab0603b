#include "resolver/fetch.h"

#include "resolver/access.h"
#include "resolver/address.h"
#include "wire/limits.h"

#define FORWARD_TIMEOUT_MIN_US 1500000u /* behind a recursive server is a whole walk */
#define WEAK_MAX 3u                     /* weak answers until one of them is taken */
#define EDNS_DOUBTS_MAX 3u              /* FORMERRs until a server counts as one that cannot EDNS (attacks row 17) */

static task_step collect, choose, have_address, send_query, heard, settle;

struct fetch *fetch_begin(struct lookup *lookup, const struct question *question)
{
	struct request *request = lookup->task.request;
	struct fetch *fetch = ARENA_NEW(&request->arena, struct fetch);
	if (fetch == NULL)
		return NULL;
	fetch->task = (struct task){
		.request = request,
		.parent = &lookup->task,
		.wake = collect,
		.depth = lookup->task.depth,
	};
	fetch->lookup = lookup;
	fetch->question = *question;
	if (lookup->fetch != NULL && question_equal(&lookup->fetch->question, question))
		fetch->before = lookup->fetch;
	fetch->ede = EDE_NO_REACHABLE_AUTHORITY;
	fetch->why = "no server of the zone gave an answer";
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

/* ---- who can be asked ---- */

static bool family_is_used(const struct options *options, struct ip ip)
{
	return ip.version == 4 ? options->recursion_ipv4 : options->recursion_ipv6 != RECURSION_IPV6_FALSE;
}

static bool may_ask(const struct fetch *fetch, struct endpoint server)
{
	const struct engine *engine = fetch->task.request->engine;
	return family_is_used(engine->options, server.ip) &&
	       (access_upstream(engine->options, server) || roots_have_address(&engine->roots, server.ip));
}

static struct target *find_target(const struct fetch *fetch, struct endpoint server)
{
	for (unsigned int i = 0; i < fetch->target_count; i++)
		if (endpoint_equal(fetch->targets[i].server, server))
			return &fetch->targets[i];
	return NULL;
}

/* A server that serves both sides of a cut may have been asked the same already. */
static void add_target(struct fetch *fetch, struct name name, struct endpoint server)
{
	if (find_target(fetch, server) != NULL || fetch->target_count == fetch->target_room)
		return;
	const struct target *before = fetch->before != NULL ? find_target(fetch->before, server) : NULL;
	fetch->targets[fetch->target_count++] = (struct target){
		.server = server,
		.name = name,
		.sends = before != NULL ? before->sends : 0,
	};
}

static void add_address(struct fetch *fetch, struct name name, struct ip ip)
{
	struct endpoint server = {
		.ip = ip,
		.port = (uint16_t)fetch->task.request->engine->options->recursion_upstream_port,
	};
	if (may_ask(fetch, server))
		add_target(fetch, name, server);
}

static void add_addresses(struct fetch *fetch, struct name name, const struct rrset *addresses)
{
	struct rrset_walk walk = rrset_walk_data(addresses);
	struct span rdata;
	for (unsigned int i = 0; i < LIMIT_NS_ADDRESSES_PER_NAME && rrset_next(&walk, &rdata); i++) {
		if (addresses->type == TYPE_A && rdata.size == 4)
			add_address(fetch, name, ip_of_v4(rdata.octets));
		else if (addresses->type == TYPE_AAAA && rdata.size == 16)
			add_address(fetch, name, ip_unmap(ip_of_v6(rdata.octets)));
	}
}

static void add_known(struct fetch *fetch, struct name name, uint16_t type)
{
	struct request *request = fetch->task.request;
	struct cached cached;
	if (rrsets_get(request->engine->table, name, type, request->engine->now.age, &request->arena, &cached) &&
	    cached.kind == CACHED_POSITIVE)
		add_addresses(fetch, name, &cached.rrset);
}

/* The i-th name server in the order that was drawn. */
static const struct name_server *server_at(const struct fetch *fetch, unsigned int i)
{
	const struct delegation *delegation = &fetch->lookup->cut.delegation;
	return &delegation->servers[(fetch->order + i) % delegation->count];
}

/* Name servers with addresses become targets at once; the others wait until they are needed. */
static void add_name_server(struct fetch *fetch, const struct name_server *server)
{
	const struct options *options = fetch->task.request->engine->options;
	for (unsigned int i = 0; i < server->glue_count; i++)
		add_address(fetch, server->name, server->glue[i]);
	if (server->glue_count > 0)
		return;
	const struct address *before = address_before(fetch->task.request, server->name);
	for (unsigned int i = 0; before != NULL && i < before->count; i++)
		add_addresses(fetch, server->name, &before->rrsets[i]);
	if (before != NULL)
		return;
	if (options->recursion_ipv4)
		add_known(fetch, server->name, TYPE_A);
	if (options->recursion_ipv6 != RECURSION_IPV6_FALSE)
		add_known(fetch, server->name, TYPE_AAAA);
}

static void add_configured(struct fetch *fetch, const struct zone_servers *configured)
{
	const struct options *options = fetch->task.request->engine->options;
	for (size_t i = 0; i < configured->count; i++)
		if (family_is_used(options, configured->servers[i].ip))
			add_target(fetch, (struct name){ 0 }, configured->servers[i]);
}

static struct next collect(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	struct cut *cut = &fetch->lookup->cut;
	size_t names = cut->configured != NULL ? 0 : cut->delegation.count;
	size_t room = cut->configured != NULL ? cut->configured->count : LIMIT_ADDRESSES_PER_CUT;
	fetch->target_room = (unsigned int)(room < LIMIT_ADDRESSES_PER_CUT ? room : LIMIT_ADDRESSES_PER_CUT);
	fetch->targets = arena_alloc(&task->request->arena, fetch->target_room * sizeof *fetch->targets);
	if (fetch->targets == NULL)
		return fail_ours(fetch, EDE_OTHER, "out of memory");
	if (cut->configured != NULL)
		add_configured(fetch, cut->configured);
	fetch->names = (unsigned int)(names < LIMIT_NS_NAMES_USED ? names : LIMIT_NS_NAMES_USED);
	if (names > 1)
		fetch->order = rng_below(&task->request->engine->rng, (uint32_t)names);
	for (unsigned int i = 0; i < fetch->names; i++)
		add_name_server(fetch, server_at(fetch, i));
	return go(choose);
}

static void recall(void *context, struct target *target)
{
	struct fetch *fetch = context;
	const struct engine *engine = fetch->task.request->engine;
	servers_get(engine->table, target->server.ip, engine->now.age, &target->memory);
	target->lame = fetch->lookup->cut.source != CUT_FORWARD &&
		       servers_are_lame(engine->table, target->server.ip, fetch->lookup->cut.zone, engine->now.age);
	if (target->memory.edns_broken && target->memory.edns_retry > engine->now.age)
		target->no_edns = true;
	target->known = true;
}

/* ---- choosing ---- */

static bool has_address(const struct fetch *fetch, struct name name)
{
	for (unsigned int i = 0; i < fetch->target_count; i++)
		if (fetch->targets[i].name.size > 0 && name_equal(fetch->targets[i].name, name))
			return true;
	return false;
}

/* Neither known nor looked for, now or before, in this request. */
static bool is_unknown(const struct fetch *fetch, struct name name)
{
	return !has_address(fetch, name) && !address_is_wanted(&fetch->task, name) &&
	       address_before(fetch->task.request, name) == NULL;
}

/* The next name server whose address is to be looked up, or NULL. */
static const struct name_server *next_unknown(struct fetch *fetch)
{
	while (fetch->names_seen < fetch->names) {
		const struct name_server *server = server_at(fetch, fetch->names_seen++);
		if (is_unknown(fetch, server->name))
			return server;
	}
	return NULL;
}

/* From every delegation above the name. */
static void borrow_glue_of(struct fetch *fetch, struct name name)
{
	struct request *request = fetch->task.request;
	struct delegation above;
	struct name from = name;
	while (delegations_find(request->engine->table, from, request->engine->now.age, &request->arena, &above)) {
		for (size_t i = 0; i < above.count; i++)
			for (unsigned int j = 0; j < above.servers[i].glue_count; j++)
				if (name_equal(above.servers[i].name, name))
					add_address(fetch, name, above.servers[i].glue[j]);
		if (name_is_root(above.zone))
			break;
		from = name_parent(above.zone);
	}
}

/* The last resort for name servers whose own zone gives no way to them: the glue that this zone's parent gives. It
 * serves to reach a server and for nothing else. */
static struct next borrow_glue(struct fetch *fetch)
{
	unsigned int before = fetch->target_count;
	fetch->borrowed = true;
	for (unsigned int i = 0; i < fetch->names; i++)
		borrow_glue_of(fetch, server_at(fetch, i)->name);
	return fetch->target_count > before ? go(choose) : go(settle);
}

/* Nobody is left to ask: what was weak has to do. */
static struct next settle(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	if (fetch->weak_count == 0)
		return finish(task);
	fetch->msg = fetch->weak_msg;
	fetch->judgement = fetch->weak;
	fetch->useful = true;
	return finish(task);
}

static struct next look_up_address(struct fetch *fetch)
{
	struct request *request = fetch->task.request;
	const struct name_server *server = next_unknown(fetch);
	if (server == NULL && fetch->asked != NULL)
		return go(send_query);
	if (server == NULL)
		return fetch->borrowed || fetch->names == 0 ? go(settle) : borrow_glue(fetch);
	if (fetch->task.depth >= LIMIT_LOOKUP_DEPTH)
		return fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "name servers inside name servers, too deep");
	if (request->budget.ns_names_failed >= LIMIT_NS_NAMES_FAILED ||
	    !budget_ns_address_lookup(&request->budget))
		return fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "too many name servers without address");
	trace_add(request->trace, &(struct trace_event){ .kind = TRACE_NS_ADDRESS,
							 .depth = fetch->task.depth,
							 .ticks = request->engine->now.ticks,
							 .name = server->name,
							 .zone = fetch->lookup->cut.zone });
	fetch->address = address_begin(&fetch->task, server->name, fetch->lookup->cut.zone);
	if (fetch->address == NULL)
		return fail_ours(fetch, EDE_OTHER, "out of memory");
	return wait_for(&fetch->task, have_address);
}

/* A name server outside the zone: one inside would be found through the silent ones. */
static bool has_outside_name(const struct fetch *fetch)
{
	for (unsigned int i = fetch->names_seen; i < fetch->names; i++) {
		struct name name = server_at(fetch, i)->name;
		if (!name_is_within(name, fetch->lookup->cut.zone) && is_unknown(fetch, name))
			return true;
	}
	return false;
}

/* Before a silent server is asked once more, others may be found. */
static bool knows_more_names(const struct fetch *fetch)
{
	const struct request *request = fetch->task.request;
	return has_outside_name(fetch) && fetch->task.depth < LIMIT_LOOKUP_DEPTH &&
	       request->budget.ns_names_failed < LIMIT_NS_NAMES_FAILED &&
	       request->budget.ns_address_lookups < LIMIT_NS_ADDRESS_LOOKUPS;
}

static struct next choose(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	struct engine *engine = task->request->engine;
	fetch->asked = select_target(fetch->targets, fetch->target_count, engine->now.age, &engine->rng, recall, fetch);
	bool again = fetch->asked != NULL && fetch->asked->sends > 0;
	if (fetch->asked != NULL && !(again && knows_more_names(fetch)))
		return go(send_query);
	return look_up_address(fetch);
}

static struct next have_address(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	const struct address *address = fetch->address;
	unsigned int before = fetch->target_count;
	for (unsigned int i = 0; i < address->count; i++)
		add_addresses(fetch, address->name, &address->rrsets[i]);
	if (fetch->target_count == before)
		(void)budget_ns_name_failed(&task->request->budget);
	if (fetch->target_count == before && address->ours)
		fetch->ours = true;
	return go(choose);
}

/* ---- asking ---- */

static void tell_send(const struct fetch *fetch, const struct target *target)
{
	const struct request *request = fetch->task.request;
	if (request->trace == NULL)
		return;
	trace_add(request->trace, &(struct trace_event){ .kind = TRACE_SEND,
							 .depth = fetch->task.depth,
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

static struct wanted wanted_of(const struct fetch *fetch, const struct target *target)
{
	bool forward = fetch->lookup->cut.source == CUT_FORWARD;
	struct wanted wanted = {
		.server = target->server,
		.zone = fetch->lookup->cut.zone,
		.question = fetch->question,
		.stream = target->stream,
		.edns = !target->no_edns,
		.recursion = forward,
		.plain_case = target->memory.case_broken,
		.timeout_us = select_timeout(target),
	};
	if (forward && wanted.timeout_us < FORWARD_TIMEOUT_MIN_US)
		wanted.timeout_us = FORWARD_TIMEOUT_MIN_US;
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

/* Another's exchange about the same, or one of our own. */
static struct next send_query(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	struct request *request = task->request;
	struct target *target = fetch->asked;
	struct wanted wanted = wanted_of(fetch, target);
	if (++fetch->lookup->sends > LIMIT_UPSTREAM_QUERIES_PER_NAME || !budget_upstream_query(&request->budget))
		return fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "too many queries for one answer");
	fetch->wait.task = task;
	fetch->lookup->result.waited = true;
	if (exchange_join(request->engine, &wanted, &fetch->wait)) {
		fetch->asked = find_target(fetch, fetch->wait.server);
		if (fetch->asked != NULL)
			fetch->asked->sends++;
		return wait_for_reply(fetch);
	}
	switch (exchange_begin(request->engine, &wanted, &fetch->wait)) {
	case BEGUN:
		break;
	case BEGUN_NO_MEMORY:
		return fail_ours(fetch, EDE_OTHER, "out of memory");
	case BEGUN_TOO_MANY:
		return fail_ours(fetch, EDE_OTHER, "too many queries about this zone are under way");
	}
	target->sends++;
	target->connects += target->stream;
	tell_send(fetch, target);
	return wait_for_reply(fetch);
}

/* ---- hearing ---- */

static void tell_heard(const struct fetch *fetch, enum trace_kind kind, uint16_t rcode, const char *detail)
{
	const struct request *request = fetch->task.request;
	if (request->trace == NULL)
		return;
	trace_add(request->trace, &(struct trace_event){ .kind = kind,
							 .depth = fetch->task.depth,
							 .ticks = request->engine->now.ticks,
							 .name = fetch->question.name,
							 .type = fetch->question.type,
							 .zone = fetch->lookup->cut.zone,
							 .server = fetch->wait.server,
							 .rtt_us = fetch->wait.rtt_us,
							 .rcode = rcode,
							 .detail = detail });
}

/* Another way with the same server, if it was ours to ask; else the choice is open anyway. */
static struct next over_stream(struct fetch *fetch)
{
	if (fetch->asked != NULL) {
		if (fetch->asked->stream)
			fetch->asked->useless = true;
		fetch->asked->stream = true;
		fetch->asked->sends = 0; /* another manner */
		if (!fetch->asked->useless && fetch->asked->connects < LIMIT_STREAM_CONNECTS_PER_SERVER)
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
	struct engine *engine = fetch->task.request->engine;
	struct target *target = fetch->asked;
	if (target == NULL)
		return go(choose);
	struct server server;
	servers_get(engine->table, target->server.ip, engine->now.age, &server);
	if (server.edns_doubts < EDNS_DOUBTS_MAX)
		server.edns_doubts++;
	if (server.edns_doubts >= EDNS_DOUBTS_MAX) {
		server.edns_broken = true;
		server.edns_retry = engine->now.age + LIMIT_EDNS_BROKEN_TTL;
	}
	servers_put(engine->table, target->server.ip, engine->now.age, &server);
	target->no_edns = true;
	return go(send_query);
}

/* What a good answer tells about the server besides. */
static void note_manners(struct fetch *fetch)
{
	struct engine *engine = fetch->task.request->engine;
	struct target *target = fetch->asked;
	if (target == NULL || !fetch->wait.edns || target->memory.edns_doubts == 0)
		return;
	struct server server;
	servers_get(engine->table, target->server.ip, engine->now.age, &server);
	server.edns_doubts = 0;
	server.edns_broken = false;
	servers_put(engine->table, target->server.ip, engine->now.age, &server);
}

static void note_case(struct fetch *fetch)
{
	struct engine *engine = fetch->task.request->engine;
	struct server server;
	servers_get(engine->table, fetch->wait.server.ip, engine->now.age, &server);
	server.case_broken = true;
	servers_put(engine->table, fetch->wait.server.ip, engine->now.age, &server);
}

static bool is_edns_error(const struct fetch *fetch)
{
	uint16_t rcode = fetch->msg.rcode;
	if (!fetch->wait.edns)
		return false;
	return rcode == RCODE_BADVERS ||
	       ((rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP) && !fetch->msg.edns.present);
}

/* A minimised question may be refused by a server that knows the whole name. */
static struct next refuse_server(struct fetch *fetch)
{
	struct engine *engine = fetch->task.request->engine;
	const struct lookup *lookup = fetch->lookup;
	tell_heard(fetch, TRACE_BAD_REPLY, fetch->msg.rcode, fetch->judgement.why);
	fetch->why = fetch->judgement.why;
	fetch->ede = EDE_NO_REACHABLE_AUTHORITY;
	if (fetch->judgement.verdict == VERDICT_LAME && !lookup->minimised && lookup->cut.source != CUT_FORWARD)
		servers_set_lame(engine->table, fetch->wait.server.ip, lookup->cut.zone, engine->now.age);
	return give_up_server(fetch);
}

/* Another server may have better than this. */
static struct next keep_looking(struct fetch *fetch)
{
	if (fetch->weak_count == 1) {
		fetch->weak_msg = fetch->msg;
		fetch->weak = fetch->judgement;
		fetch->server = fetch->wait.server;
		fetch->rtt_us = fetch->wait.rtt_us;
	}
	tell_heard(fetch, TRACE_BAD_REPLY, fetch->msg.rcode,
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
	if (fetch->judgement.verdict == VERDICT_LAME || fetch->judgement.verdict == VERDICT_BROKEN)
		return refuse_server(fetch);
	note_manners(fetch);
	if (fetch->judgement.weak && ++fetch->weak_count < WEAK_MAX)
		return keep_looking(fetch);
	fetch->useful = true;
	fetch->server = fetch->wait.server;
	fetch->rtt_us = fetch->wait.rtt_us;
	return finish(&fetch->task);
}

static struct next read_reply(struct fetch *fetch)
{
	struct request *request = fetch->task.request;
	struct header header;
	if (!budget_received(&request->budget, fetch->wait.octets.size))
		return fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "too many octets for one answer");
	if (header_read(fetch->wait.octets, &header) && (header.flags & FLAG_TC) && !fetch->wait.stream) {
		tell_heard(fetch, TRACE_TRUNCATED, RCODE_NOERROR, NULL);
		return over_stream(fetch);
	}
	if (!msg_read(fetch->wait.octets, &request->arena, &fetch->msg)) {
		tell_heard(fetch, TRACE_BAD_REPLY, RCODE_FORMERR, "malformed");
		fetch->ede = EDE_INVALID_DATA;
		fetch->why = "a server's reply is malformed";
		return over_stream(fetch);
	}
	if (is_edns_error(fetch)) {
		tell_heard(fetch, TRACE_BAD_REPLY, fetch->msg.rcode, "asked again without EDNS");
		return without_edns(fetch);
	}
	return judge(fetch);
}

static struct next heard(struct task *task)
{
	struct fetch *fetch = fetch_of(task);
	stop_waiting(fetch);
	switch (fetch->wait.heard) {
	case HEARD_REPLY:
		return read_reply(fetch);
	case HEARD_TIMEOUT:
		tell_heard(fetch, TRACE_TIMEOUT, RCODE_NOERROR, NULL);
		return go(choose);
	case HEARD_MISMATCH:
		tell_heard(fetch, TRACE_MISMATCH, RCODE_NOERROR, NULL);
		return over_stream(fetch);
	case HEARD_WRONG_CASE:
		tell_heard(fetch, TRACE_MISMATCH, RCODE_NOERROR, "the name came back in another case");
		note_case(fetch);
		return over_stream(fetch);
	case HEARD_UNREACHABLE:
		tell_heard(fetch, TRACE_UNREACHABLE, RCODE_NOERROR, NULL);
		fetch->ede = EDE_NETWORK_ERROR;
		fetch->why = "a server cannot be reached";
		return give_up_server(fetch);
	case HEARD_CLOSED:
		tell_heard(fetch, TRACE_UNREACHABLE, RCODE_NOERROR, "TCP");
		return go(choose);
	case HEARD_NO_ROOM:
	case HEARD_NOTHING:
		break;
	}
	return fail_ours(fetch, EDE_OTHER, "no socket or memory for a query");
}
