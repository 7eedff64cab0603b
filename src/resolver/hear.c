#include "resolver/hear.h"

#include "resolver/fetch.h"
#include "resolver/manners.h"
#include "resolver/tell.h"
#include "wire/limits.h"

/* Another way with the same server, if it was ours to ask; else the choice is open anyway. */
static struct next over_stream(struct fetch *fetch)
{
	if (fetch->asked != NULL) {
		if (fetch->asked->stream)
			fetch->asked->useless = true;
		fetch->asked->stream = true;
		if (!fetch->asked->useless && fetch->asked->sends < LIMIT_SENDS_PER_SERVER &&
		    fetch->asked->connects < LIMIT_STREAM_CONNECTS_PER_SERVER)
			return go(fetch_send);
	}
	return go(fetch_choose);
}

static struct next give_up_server(struct fetch *fetch)
{
	if (fetch->asked != NULL)
		fetch->asked->useless = true;
	return go(fetch_choose);
}

/* The server does not know EDNS, or what came looks so. */
static struct next without_edns(struct fetch *fetch)
{
	const struct engine *engine = fetch->task.request->engine;
	tell_reply(fetch, TRACE_BAD_REPLY, fetch->msg.rcode, "asked again without EDNS");
	if (fetch->asked == NULL)
		return go(fetch_choose);
	manners_doubt_edns(engine->table, fetch->asked->server.ip, engine->now.age);
	fetch->asked->no_edns = true;
	return go(fetch_send);
}

static struct next without_cookie(struct fetch *fetch)
{
	tell_reply(fetch, TRACE_BAD_REPLY, fetch->msg.rcode, "asked again without a cookie");
	if (fetch->asked == NULL)
		return go(fetch_choose);
	fetch->asked->no_cookie = true;
	return go(fetch_send);
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
	return go(fetch_send);
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
	return go(fetch_choose);
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
			return fetch_fail_ours(fetch, EDE_OTHER, "out of memory");
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
		return fetch_fail_ours(fetch, EDE_OTHER, "out of memory");
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
		return fetch_fail_ours(fetch, EDE_NO_REACHABLE_AUTHORITY, "too many octets for one answer");
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

struct next hear(struct task *task)
{
	struct fetch *fetch = (struct fetch *)(void *)task; /* its first member */
	fetch_stop_waiting(fetch);
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
	return fetch_fail_ours(fetch, EDE_OTHER, "no socket or memory for a query");
}
