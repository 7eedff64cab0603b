/* Work made by one question. The finding is how much. */
#include "attacks.h"

static void wait_one(struct stage *stage, const char *name, struct finding *finding)
{
	const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), 12 * TICKS_PER_S);
	finding->took = question->answered_at - question->asked_at;
	stage_run(stage, 12 * (uint64_t)TICKS_PER_S);
}

/* ---- 29, 30: referrals with very many names ---- */

static void refer_to_victims(struct response *response, struct name zone, const char *format)
{
	for (unsigned int i = 0; i < 1500; i++) {
		char server[64];
		snprintf(server, sizeof server, format, i);
		say_of(response, SECTION_AUTHORITY, 300, zone, TYPE_NS, server);
	}
}

static void serve_nxns(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	refer_to_victims(response, name_suffix(asked->name, 2), "ns%u.victim.");
}

static void play_nxns(struct stage *stage, struct finding *finding)
{
	finding->what = "queries at the victim";
	finding->limit = 10;
	wait_one(stage, "www.attack.evil.", finding);
	finding->value = stage->to_victim;
}

static void serve_nrdelegation(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	if (asked->host == EVIL)
		refer_to_victims(response, name_suffix(asked->name, 2), "ns%u.silent.good.");
	else
		response->silent = true;
}

static void play_nrdelegation(struct stage *stage, struct finding *finding)
{
	finding->what = "CPU ms for a question";
	finding->limit = 5;
	stage_calm(stage, true);
	wait_one(stage, "www.attack.evil.", finding);
	stage_calm(stage, false);
	finding->value = (double)stage->cpu_ns / 1e6;
}

/* ---- 31: zones that point at each other ---- */

static void serve_cycle(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	bool a = name_is_within(asked->name, (struct name){ (const uint8_t *)"\1a\4evil", 8, 2 });
	struct name zone = name_suffix(asked->name, 2);
	say_of(response, SECTION_AUTHORITY, 300, zone, TYPE_NS, a ? "ns.b.evil." : "ns.a.evil.");
}

static void play_cycle(struct stage *stage, struct finding *finding)
{
	finding->what = "queries for 100 clients in 60 s";
	finding->limit = 300;
	for (unsigned int i = 0; i < 60; i++) {
		for (unsigned int client = 0; client < 100; client++)
			stage_ask(stage, "www.a.evil.", TYPE_A);
		stage_run(stage, TICKS_PER_S);
	}
	finding->value = stage->to_evil;
}

/* ---- 32: a chain whose links are each behind delegations ---- */

static void serve_camp(struct stage *stage, const struct asked *asked, struct response *response)
{
	char target[64];
	if (asked->name.labels < 4) {
		say_of(response, SECTION_AUTHORITY, 0, asked->name, TYPE_NS, "ns1.evil.");
		for (unsigned int i = 0; i < 12; i++) {
			snprintf(target, sizeof target, "n%u-%u.victim.", stage->step++, i);
			say_of(response, SECTION_AUTHORITY, 0, asked->name, TYPE_NS, target);
		}
		say(response, SECTION_ADDITIONAL, 0, "ns1.evil.", TYPE_A, "192.0.2.66");
		return;
	}
	snprintf(target, sizeof target, "x.y%u.z%u.evil.", stage->step, stage->step);
	stage->step++;
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 0, asked->name, TYPE_CNAME, target);
}

static void play_camp(struct stage *stage, struct finding *finding)
{
	finding->what = "queries for one question";
	finding->limit = LIMIT_UPSTREAM_QUERIES;
	wait_one(stage, "x.y.z.evil.", finding);
	finding->value = stage->to_evil + stage->to_victim;
}

/* ---- 34: the same again and again ---- */

static void serve_formerr(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	(void)asked;
	response->flags |= RCODE_FORMERR;
}

static void play_formerr(struct stage *stage, struct finding *finding)
{
	finding->what = "sends of one question to one server";
	finding->limit = LIMIT_SENDS_PER_SERVER;
	wait_one(stage, "www.evil.", finding);
	finding->value = stage->to_evil;
}

static void serve_silence(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	(void)asked;
	response->silent = true;
}

/* ---- 35: every TCP connection is closed ---- */

static void serve_closing(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	if (asked->stream)
		response->closed = true;
	else
		response->flags |= FLAG_TC;
}

static void play_closing(struct stage *stage, struct finding *finding)
{
	finding->what = "TCP connections to one server";
	finding->limit = LIMIT_STREAM_CONNECTS_PER_SERVER;
	wait_one(stage, "www.evil.", finding);
	finding->value = stage->streams;
}

/* ---- 36: many names, one lame address ---- */

static void serve_overlapping(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	if (asked->host == 99) {
		response->flags |= RCODE_REFUSED;
		return;
	}
	for (unsigned int i = 0; i < 26; i++) {
		char server[64];
		snprintf(server, sizeof server, "ns%u.same.evil.", i % 13);
		if (i < 13)
			say(response, SECTION_AUTHORITY, 300, "same.evil.", TYPE_NS, server);
		else
			say(response, SECTION_ADDITIONAL, 300, server, TYPE_A, "192.0.2.99");
	}
}

static void play_overlapping(struct stage *stage, struct finding *finding)
{
	finding->what = "queries to the one lame address";
	finding->limit = 1;
	wait_one(stage, "www.same.evil.", finding);
	finding->value = stage->to_evil - 1;
}

/* ---- 37: deeper and deeper ---- */

static void serve_deeper(struct stage *stage, const struct asked *asked, struct response *response)
{
	char server[64];
	snprintf(server, sizeof server, "ns.d%u.evil.", ++stage->step);
	say_of(response, SECTION_AUTHORITY, 300, name_suffix(asked->name, 2), TYPE_NS, server);
}

static void play_deeper(struct stage *stage, struct finding *finding)
{
	finding->what = "queries; look-ups nest 7 deep";
	finding->limit = 30;
	wait_one(stage, "www.d0.evil.", finding);
	finding->value = stage->to_evil;
}

/* ---- 38: long chains ---- */

static void serve_chain(struct stage *stage, const struct asked *asked, struct response *response)
{
	char target[64];
	snprintf(target, sizeof target, "c%u.evil.", ++stage->step);
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_CNAME, target);
}

static void play_chain(struct stage *stage, struct finding *finding)
{
	finding->what = "links followed";
	finding->limit = LIMIT_ALIAS_LINKS + 1;
	wait_one(stage, "c.evil.", finding);
	finding->value = stage->to_evil;
}

/* ---- 39: very many labels ---- */

static void serve_nodata(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	(void)asked;
	response->flags |= FLAG_AA;
	say(response, SECTION_AUTHORITY, 60, "evil.", TYPE_SOA, NULL);
}

static void play_labels(struct stage *stage, struct finding *finding)
{
	char name[300] = "";
	for (unsigned int i = 0; i < 120; i++)
		strcat(name, "a.");
	strcat(name, "evil.");
	finding->what = "queries for a name of 121 labels";
	finding->limit = 12;
	wait_one(stage, name, finding);
	finding->value = stage->to_evil;
}

/* ---- 42: everybody is silent ---- */

static void play_silence(struct stage *stage, struct finding *finding)
{
	finding->what = "queries per server in 5 s at 100 questions a second";
	finding->limit = LIMIT_SENDS_PER_SERVER;
	for (unsigned int i = 0; i < 3000; i++) {
		stage_ask(stage, "www.evil.", TYPE_A);
		stage_run(stage, 10 * TICKS_PER_MS);
	}
	finding->value = (double)stage->to_evil / 6;
}

/* ---- 49: dead, and alive again ---- */

static void serve_reviving(struct stage *stage, const struct asked *asked, struct response *response)
{
	response->silent = stage->step == 0;
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
}

static void play_reviving(struct stage *stage, struct finding *finding)
{
	char name[64];
	finding->what = "seconds until it is of use again";
	finding->limit = 5;
	for (unsigned int i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "r%u.evil.", i);
		unsigned int question = stage_ask(stage, name, TYPE_A);
		if (i == 0)
			finding->took = stage_wait(stage, question, 10 * TICKS_PER_S)->answered_at -
					stage->questions[question].asked_at;
		stage_run(stage, 100 * TICKS_PER_MS);
	}
	stage->step = 1;
	uint64_t back = stage->now.ticks;
	for (unsigned int i = 200; i < 400; i++) {
		snprintf(name, sizeof name, "r%u.evil.", i);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S / 10);
		if (question->answered && question->rcode == RCODE_NOERROR)
			break;
	}
	finding->value = (double)(stage->now.ticks - back) / TICKS_PER_S;
}

const struct attack amplify_attacks[] = {
	{ 29, "NXNSAttack: 1,500 NS in the victim's zone", serve_nxns, play_nxns, NULL },
	{ 30, "NRDelegation: 1,500 silent NS", serve_nrdelegation, play_nrdelegation, NULL },
	{ 31, "TsuNAME: zones in a circle", serve_cycle, play_cycle, NULL },
	{ 32, "CAMP: aliases times delegations", serve_camp, play_camp, NULL },
	{ 34, "endless resend: FORMERR always", serve_formerr, play_formerr, NULL },
	{ 35, "every TCP connection closed", serve_closing, play_closing, NULL },
	{ 36, "13 NS with one lame address", serve_overlapping, play_overlapping, NULL },
	{ 37, "iDNS: endless depth", serve_deeper, play_deeper, NULL },
	{ 38, "endless CNAME chain", serve_chain, play_chain, NULL },
	{ 39, "a name of 121 labels", serve_nodata, play_labels, NULL },
	{ 42, "all servers silent, 100 q/s", serve_silence, play_silence, NULL },
	{ 49, "servers die and come back", serve_reviving, play_reviving, NULL },
};
const size_t amplify_attack_count = sizeof amplify_attacks / sizeof amplify_attacks[0];
