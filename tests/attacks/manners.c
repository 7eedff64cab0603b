/* What makes us think worse of a server, or ask it worse: cookies, EDNS, 0x20. */
#include "attacks.h"

#include "cache/rrsets.h"
#include "cache/servers.h"

#include <stdlib.h>

#define FORGED "203.0.113.66"
#define TRUE_ADDRESS "192.0.2.200"

static struct server evil_memory(const struct stage *stage)
{
	struct server server;
	struct ip ip;
	ip_of_text("192.0.2.66", &ip);
	servers_get(stage->table, ip, stage->now.age, &server);
	return server;
}

static bool is_cached(const struct stage *stage, const char *name, const char *address)
{
	struct arena arena = arena_of(0);
	struct name_buffer buffer;
	struct name owner;
	struct cached cached;
	struct ip ip;
	ip_of_text(address, &ip);
	bool found = name_of_text(name, &buffer, &owner) &&
		     rrsets_get(stage->table, owner, TYPE_A, stage->now.age, &arena, &cached) &&
		     cached.kind == CACHED_POSITIVE && span_equal(rrset_first(&cached.rrset), span_of(ip.octets, 4));
	arena_free(&arena);
	return found;
}

static void answer(const struct asked *asked, struct response *response)
{
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, TRUE_ADDRESS);
}

/* The client's part and one of ours, if a client's part came. */
static void give_cookie(const struct asked *asked, struct response *response)
{
	if (asked->cookie.size < 8)
		return;
	memcpy(response->cookie, asked->cookie.octets, 8);
	memset(response->cookie + 8, 0x55, 16);
	response->cookie_size = 24;
}

/* Asks names one after another; how many were not answered rightly. */
static unsigned int ask_some(struct stage *stage, char letter, unsigned int count)
{
	unsigned int wrong = 0;
	for (unsigned int i = 0; i < count; i++) {
		char name[64];
		snprintf(name, sizeof name, "%c%u.evil.", letter, i);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), 5 * TICKS_PER_S);
		wrong += !question->answered || question->rcode != RCODE_NOERROR || !is_cached(stage, name, TRUE_ADDRESS);
	}
	return wrong;
}

/* ---- 21: cookies ---- */

/* From step 1 on somebody who knows ID, port and case, but not the cookie, is there first. */
static void serve_raced(struct stage *stage, const struct asked *asked, struct response *response)
{
	if (stage->step > 0 && !asked->stream)
		stage_forge(stage, asked, asked->id, FORGED, TICKS_PER_MS);
	answer(asked, response);
	give_cookie(asked, response);
}

static void play_raced(struct stage *stage, struct finding *finding)
{
	finding->what = "forgeries without the cookie believed, of 500";
	finding->value = ask_some(stage, 'a', 1);
	stage->step = 1;
	finding->value += ask_some(stage, 'b', 500);
}

/* Cookies from step 0, none in step 1, in step 2 from every second of the machines behind the address. */
static void serve_stopping(struct stage *stage, const struct asked *asked, struct response *response)
{
	answer(asked, response);
	if (stage->step == 0 || (stage->step == 2 && rand() % 2 == 0))
		give_cookie(asked, response);
}

static void play_stopping(struct stage *stage, struct finding *finding)
{
	finding->what = "TCP queries to a server that stops and to mixed ones";
	finding->limit = LIMIT_COOKIE_DOUBTS;
	srand(1);
	unsigned int wrong = ask_some(stage, 'a', 20);
	stage->step = 1;
	wrong += ask_some(stage, 'b', 100);
	stage->step = 2;
	wrong += ask_some(stage, 'c', 200);
	finding->value = wrong > 0 ? 1000 : stage->streams;
	if (stage->streams == 0)
		finding->value = 1000; /* it did not insist at all */
}

/* Not ours: the reply to nobody's question. Without TCP. */
static void serve_wrong_cookie(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	response->closed = asked->stream;
	answer(asked, response);
	give_cookie(asked, response);
	response->cookie[0] ^= 1;
}

static void play_wrong_cookie(struct stage *stage, struct finding *finding)
{
	finding->what = "queries for each of 50 answers, all given";
	finding->limit = 1.2;
	unsigned int wrong = ask_some(stage, 'a', 50);
	finding->value = wrong > 0 ? 1000 : stage->to_evil / 50.0;
}

/* ---- 34: BADCOOKIE for ever ---- */

static void serve_badcookie(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	give_cookie(asked, response);
	response->flags |= RCODE_BADCOOKIE & FLAGS_RCODE_MASK;
	response->extended_rcode = RCODE_BADCOOKIE >> 4;
}

static void play_badcookie(struct stage *stage, struct finding *finding)
{
	finding->what = "sends of one question to one server";
	finding->limit = LIMIT_SENDS_PER_SERVER;
	const struct question_state *question = stage_wait(stage, stage_ask(stage, "www.evil.", TYPE_A), 12 * TICKS_PER_S);
	finding->took = question->answered_at - question->asked_at;
	finding->value = question->answered ? stage->to_evil : 1000;
}

/* ---- 17: errors that do not match, or not often enough ---- */

/* Before each reply come errors with another ID, another case, from another port. */
static void serve_among_errors(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct asked other = *asked;
	static uint8_t octets[NAME_SIZE_MAX];
	memcpy(octets, asked->name.octets, asked->name.size);
	octets[1] ^= 0x20; /* the names begin with a letter */
	switch (asked->stream ? 3 : stage->step++ % 3) {
	case 0:
		stage_forge_error(stage, asked, asked->id ^ 1, RCODE_FORMERR, TICKS_PER_MS);
		break;
	case 1:
		other.name.octets = octets;
		stage_forge_error(stage, &other, asked->id, RCODE_FORMERR, TICKS_PER_MS);
		break;
	case 2:
		other.server.port = 5353;
		stage_forge_error(stage, &other, asked->id, RCODE_FORMERR, TICKS_PER_MS);
		break;
	}
	answer(asked, response);
}

static void play_errors(struct stage *stage, struct finding *finding)
{
	finding->what = "forged errors that changed what is thought of a server";
	for (unsigned int i = 0; i < 100; i++) {
		char name[64];
		snprintf(name, sizeof name, "e%u.evil.", i);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
		struct server memory = evil_memory(stage);
		finding->value += memory.edns_doubts > 0 || memory.edns_broken || memory.case_broken ||
				  memory.silences > 0 || question->rcode != RCODE_NOERROR;
	}
}

/* FORMERR to EDNS; `step` is 1 when it is not in the mood. */
static void serve_formerr_edns(struct stage *stage, const struct asked *asked, struct response *response)
{
	if (asked->edns && stage->step == 0)
		response->flags |= RCODE_FORMERR;
	else
		answer(asked, response);
}

/* Two errors every 40 s are never enough; three in a row are. */
static void play_doubts(struct stage *stage, struct finding *finding)
{
	finding->what = "times that EDNS was given up too soon or too late";
	for (unsigned int i = 0; i < 4; i++) {
		finding->value += ask_some(stage, (char)('a' + i), 1);
		stage_run(stage, 40 * (uint64_t)TICKS_PER_S);
		finding->value += evil_memory(stage).edns_broken;
	}
	stage_run(stage, 61 * (uint64_t)TICKS_PER_S);
	finding->value += ask_some(stage, 'q', 3);
	finding->value += !evil_memory(stage).edns_broken;
	unsigned int before = stage->to_evil;
	finding->value += ask_some(stage, 'r', 5);
	finding->value += stage->to_evil - before != 5; /* no more than need be */
}

/* The same for a zone with a DS: never without EDNS, and so no answer, until the server comes to its senses. */
static void play_signed(struct stage *stage, struct finding *finding)
{
	finding->what = "questions about a signed zone without EDNS";
	stage->evil_signed = true;
	stage_calm(stage, true);
	stage_run(stage, 3601 * (uint64_t)TICKS_PER_S); /* the delegation without DS is forgotten */
	stage_calm(stage, false);
	finding->value += ask_some(stage, 'a', 5) != 5;
	struct server memory = evil_memory(stage);
	finding->value += memory.edns_broken + memory.edns_doubts;
	stage_run(stage, 10 * (uint64_t)TICKS_PER_S);
	stage->step = 1;
	finding->value += ask_some(stage, 'b', 5);
	memory.edns_broken = true; /* as an unsigned zone of the same server may have taught */
	memory.edns_retry = stage->now.age + LIMIT_EDNS_BROKEN_TTL;
	struct ip ip;
	ip_of_text("192.0.2.66", &ip);
	servers_put(stage->table, ip, stage->now.age, &memory);
	finding->value += ask_some(stage, 'c', 5) + stage->plain;
}

/* The question comes back in lower case, over UDP and TCP, or over UDP only when `step` is 1. */
static void serve_lower(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct name lower = name_copy_lower(response->arena, asked->name);
	memcpy(response->octets + HEADER_SIZE, lower.octets, lower.size);
	response->closed = asked->stream && stage->step == 1;
	answer(asked, response);
}

static void play_lower(struct stage *stage, struct finding *finding)
{
	finding->what = "TCP queries until a server that lowers the case is known";
	finding->limit = 1;
	finding->value = ask_some(stage, 'a', 50) > 0 ? 1000 : stage->streams;
}

static void play_lower_without_stream(struct stage *stage, struct finding *finding)
{
	finding->what = "TCP connections tried until the same is known without TCP";
	finding->limit = LIMIT_CASE_DOUBTS;
	stage->step = 1;
	finding->value = ask_some(stage, 'a', 50) > 0 ? 1000 : stage->streams;
}

const struct attack manners_attacks[] = {
	{ 17, "forged errors beside the replies", serve_among_errors, play_errors, NULL },
	{ 17, "FORMERR to EDNS, now and then", serve_formerr_edns, play_doubts, NULL },
	{ 17, "FORMERR to EDNS, signed zone", serve_formerr_edns, play_signed, NULL },
	{ 17, "the case is lowered", serve_lower, play_lower, NULL },
	{ 17, "the case is lowered, no TCP", serve_lower, play_lower_without_stream, NULL },
	{ 21, "all but the cookie is known", serve_raced, play_raced, NULL },
	{ 21, "cookies that stop, cookies now and then", serve_stopping, play_stopping, NULL },
	{ 21, "cookies that are not ours, no TCP", serve_wrong_cookie, play_wrong_cookie, NULL },
	{ 34, "BADCOOKIE for ever", serve_badcookie, play_badcookie, NULL },
};
const size_t manners_attack_count = sizeof manners_attacks / sizeof manners_attacks[0];
