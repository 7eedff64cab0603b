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

/* Many silent addresses, among them one that says nothing better than what another resolver has. */
static void serve_weakly(struct stage *stage, const struct asked *asked, struct response *response)
{
	char server[64], address[64];
	(void)stage;
	if (asked->host == EVIL) {
		for (unsigned int i = 0; i < 26; i++) {
			snprintf(server, sizeof server, "ns%u.weak.evil.", i % 13);
			snprintf(address, sizeof address, "192.0.2.%u", 100 + i % 13);
			if (i < 13)
				say(response, SECTION_AUTHORITY, 300, "weak.evil.", TYPE_NS, server);
			else
				say(response, SECTION_ADDITIONAL, 300, server, TYPE_A, address);
		}
	} else if (asked->host == 105) {
		response->flags |= FLAG_RA;
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
	} else {
		response->silent = true;
	}
}

static void play_weak(struct stage *stage, struct finding *finding)
{
	finding->what = "questions without the weak answer that was there, of 40";
	finding->limit = 5; /* one time in 13 it is the last to be asked, too late */
	for (unsigned int i = 0; i < 40; i++) {
		char name[64];
		snprintf(name, sizeof name, "w%u.weak.evil.", i);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), 12 * TICKS_PER_S);
		finding->value += !question->answered || question->rcode != RCODE_NOERROR;
		stage_calm(stage, true);
		stage_run(stage, 901 * (uint64_t)TICKS_PER_S); /* what is known of the servers is forgotten */
		stage_calm(stage, false);
	}
}

/* One name server is in a zone whose servers are all silent; the other is known, and its first packet gets lost. */
static void serve_hopeless(struct stage *stage, const struct asked *asked, struct response *response)
{
	char server[64], address[64];
	if (asked->host == 98) {
		response->silent = stage->step++ == 0;
		response->flags |= FLAG_AA;
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
		return;
	}
	response->silent = asked->host != EVIL;
	if (name_is_within(asked->name, say_name(response->arena, "a.evil."))) {
		say(response, SECTION_AUTHORITY, 300, "a.evil.", TYPE_NS, "ns.a.evil.");
		say(response, SECTION_AUTHORITY, 300, "a.evil.", TYPE_NS, "ns.silent.evil.");
		say(response, SECTION_ADDITIONAL, 300, "ns.a.evil.", TYPE_A, "192.0.2.98");
		return;
	}
	for (unsigned int i = 0; i < 20; i++) {
		snprintf(server, sizeof server, "ns%u.silent.evil.", i % 10);
		snprintf(address, sizeof address, "192.0.2.%u", 100 + i % 10);
		if (i < 10)
			say(response, SECTION_AUTHORITY, 300, "silent.evil.", TYPE_NS, server);
		else
			say(response, SECTION_ADDITIONAL, 300, server, TYPE_A, address);
	}
}

static void play_hopeless(struct stage *stage, struct finding *finding)
{
	finding->what = "seconds, though the address of one name server cannot be found";
	finding->limit = 3;
	const struct question_state *question = stage_wait(stage, stage_ask(stage, "www.a.evil.", TYPE_A), 12 * TICKS_PER_S);
	finding->took = question->answered_at - question->asked_at;
	finding->value = question->rcode != RCODE_NOERROR ? 1000 : (double)finding->took / TICKS_PER_S;
}

/* Two of three packets get lost, and the third reply is raced by a forgery; the server was heard before. */
static void serve_lossily(struct stage *stage, const struct asked *asked, struct response *response)
{
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
	if (stage->step == 0 || asked->stream)
		return;
	response->silent = stage->step++ % 3 != 0;
	if (!response->silent)
		stage_forge(stage, asked, asked->id ^ 1, "203.0.113.66", TICKS_PER_MS);
}

static void play_lossy(struct stage *stage, struct finding *finding)
{
	finding->what = "questions without answer where two of three packets get lost, of 100";
	stage_wait(stage, stage_ask(stage, "first.evil.", TYPE_A), TICKS_PER_S);
	stage->step = 1;
	for (unsigned int i = 0; i < 100; i++) {
		char name[64];
		snprintf(name, sizeof name, "l%u.evil.", i);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), 12 * TICKS_PER_S);
		finding->value += !question->answered || question->rcode != RCODE_NOERROR;
	}
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
	{ 49, "a weak answer among silent servers", serve_weakly, play_weak, NULL },
	{ 49, "the address of a name server is hopeless", serve_hopeless, play_hopeless, NULL },
	{ 49, "packets get lost", serve_lossily, play_lossy, NULL },
	{ 49, "servers die and come back", serve_reviving, play_reviving, NULL },
};
const size_t amplify_attack_count = sizeof amplify_attacks / sizeof amplify_attacks[0];
