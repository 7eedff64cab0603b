/* Masses: of questions, of waiting clients, of octets. */
#include "attacks.h"

/* ---- 41: answers gathered and let go at once ---- */

static void serve_late(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	response->delay = 1300 * TICKS_PER_MS;
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
}

static void play_dnsbomb(struct stage *stage, struct finding *finding)
{
	unsigned int first = stage->question_count, burst = 0;
	finding->what = "answers to one spoofed address in a second";
	finding->limit = LIMIT_WAITING_PER_PREFIX;
	for (unsigned int i = 0; i < 10000; i++) {
		char name[64];
		snprintf(name, sizeof name, "b%u.evil.", i % 150);
		stage_ask_from(stage, "192.168.99.99", (uint16_t)(1024 + i), name, TYPE_A);
	}
	unsigned int last = stage->question_count;
	stage_run(stage, 3 * TICKS_PER_S);
	for (unsigned int i = first; i < last; i++)
		burst += stage->questions[i].answered && stage->questions[i].rcode == RCODE_NOERROR;
	finding->value = burst;
}

/* ---- 43: random names ---- */

static void flood(struct stage *stage, struct finding *finding)
{
	char name[64];
	finding->what = "queries in flight";
	finding->limit = LIMIT_FETCHES_PER_ZONE + 20; /* and those of the good client */
	for (unsigned int i = 0; i < 50000; i++) {
		snprintf(name, sizeof name, "r%u.evil.", i * 2654435761u);
		stage_ask(stage, name, TYPE_A);
		if (i % 10 == 9)
			stage_run(stage, 2 * TICKS_PER_MS); /* 5,000 a second */
	}
	finding->value = stage->in_flight_max;
}

static void serve_silence(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	(void)asked;
	response->silent = true;
}

static void serve_slowly(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	response->delay = 1000 * TICKS_PER_MS;
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
}

static void serve_nxdomain(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	(void)asked;
	response->flags |= FLAG_AA | RCODE_NXDOMAIN;
	say(response, SECTION_AUTHORITY, 60, "evil.", TYPE_SOA, NULL);
}

/* ---- 43: and the other names of the same server ---- */

static bool is_else(const struct asked *asked)
{
	return name_is_within(asked->name, (struct name){ (const uint8_t *)"\4else", 6, 1 });
}

static void serve_else(const struct asked *asked, struct response *response, uint64_t delay)
{
	response->delay = delay;
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.201");
}

/* Four zones below evil on the same server, which is silent (step 0), slow (1) or says NXDOMAIN (2) about names in
 * them, and quick about else. */
static void serve_four_zones(struct stage *stage, const struct asked *asked, struct response *response)
{
	if (is_else(asked)) {
		serve_else(asked, response, 0);
	} else if (asked->name.labels < 3) {
		say_of(response, SECTION_AUTHORITY, 3600, asked->name, TYPE_NS, "ns.evil.");
		say(response, SECTION_ADDITIONAL, 3600, "ns.evil.", TYPE_A, "192.0.2.66");
	} else if (stage->step == 0) {
		response->silent = true;
	} else if (stage->step == 1) {
		serve_slowly(stage, asked, response);
	} else {
		response->flags |= FLAG_AA | RCODE_NXDOMAIN;
		say_of(response, SECTION_AUTHORITY, 60, name_suffix(asked->name, 2), TYPE_SOA, NULL);
	}
}

/* 5,000 random names a second in four zones, and 20 others of the same server; how many of those are lost. */
static void flood_four_zones(struct stage *stage, struct finding *finding, unsigned int kind)
{
	unsigned int others[1000], count = 0;
	char name[64];
	finding->what = "questions about other names of the same server lost, of 250";
	stage->step = kind;
	for (unsigned int i = 0; i < 62500; i++) {
		snprintf(name, sizeof name, "r%u.f%u.evil.", i * 2654435761u, i % 4);
		stage_ask(stage, name, TYPE_A);
		if (i % 250 == 0) {
			snprintf(name, sizeof name, "o%u.else.", i);
			others[count++] = stage_ask_from(stage, "192.168.8.8", 5000, name, TYPE_A);
		}
		if (i % 10 == 9)
			stage_run(stage, 2 * TICKS_PER_MS);
	}
	stage_run(stage, 2 * (uint64_t)TICKS_PER_S);
	for (unsigned int i = 0; i < count; i++) {
		const struct question_state *question = &stage->questions[others[i]];
		finding->value += !question->answered || question->rcode != RCODE_NOERROR ||
				  question->answered_at - question->asked_at > TICKS_PER_S;
	}
}

static void flood_silent(struct stage *stage, struct finding *finding)
{
	flood_four_zones(stage, finding, 0);
}

static void flood_slow(struct stage *stage, struct finding *finding)
{
	flood_four_zones(stage, finding, 1);
}

static void flood_nxdomain(struct stage *stage, struct finding *finding)
{
	flood_four_zones(stage, finding, 2);
}

/* ---- 45: errors that answer errors ---- */

static void play_errors(struct stage *stage, struct finding *finding)
{
	static const uint8_t reply[12] = { 1, 2, 0x84, 0 }, broken[13] = { 1, 2, 0, 0, 0, 1 }, update[12] = { 1, 2, 0x28 };
	finding->what = "answers to replies, to short packets, errors to port 53";
	for (unsigned int i = 0; i < 1000; i++) {
		finding->value += stage_ask_raw(stage, "127.0.0.1", 4000, span_of(reply, sizeof reply)) > 0;
		finding->value += stage_ask_raw(stage, "127.0.0.1", 4000, span_of(broken, i % 12)) > 0;
		finding->value += stage_ask_raw(stage, "127.0.0.1", 53, span_of(broken, sizeof broken)) > 0;
		finding->value += stage_ask_raw(stage, "127.0.0.1", 53, span_of(update, sizeof update)) > 0;
	}
	/* And where an error is due, there is one. */
	finding->value += stage_ask_raw(stage, "127.0.0.1", 4000, span_of(broken, sizeof broken)) == 0;
}

/* ---- 46: all places taken ---- */

/* Every question is about a zone of its own, on one of a hundred silent servers: no quota but that of places is met. */
static void serve_silent_children(struct stage *stage, const struct asked *asked, struct response *response)
{
	char address[32], server[64];
	if (asked->host != EVIL) {
		response->silent = true;
		return;
	}
	snprintf(address, sizeof address, "192.0.2.%u", 100 + stage->step % 100);
	snprintf(server, sizeof server, "ns.v%u.evil.", stage->step++);
	say_of(response, SECTION_AUTHORITY, 300, name_suffix(asked->name, 2), TYPE_NS, server);
	say(response, SECTION_ADDITIONAL, 300, server, TYPE_A, address);
}

static void play_jostle(struct stage *stage, struct finding *finding)
{
	finding->what = "places taken by slow questions";
	finding->limit = LIMIT_REQUESTS;
	for (unsigned int i = 0; i < LIMIT_REQUESTS + 5000; i++) {
		char name[64];
		snprintf(name, sizeof name, "s%u.z%u.evil.", i, i);
		stage_ask(stage, name, TYPE_A);
		if (i % 100 == 99)
			stage_run(stage, 5 * TICKS_PER_MS);
		struct engine_counts counts = engine_count(stage->engine);
		if ((double)counts.requests > finding->value)
			finding->value = (double)counts.requests;
	}
}

/* Beside them a client of another network asks for names that take 600 ms: it holds little, and is spared. */
static void serve_slow_child(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct name child = say_name(response->arena, "slow.evil.");
	if (!name_is_within(asked->name, child)) {
		serve_silent_children(stage, asked, response);
	} else if (asked->host == EVIL) {
		say_of(response, SECTION_AUTHORITY, 3600, child, TYPE_NS, "ns.slow.evil.");
		say(response, SECTION_ADDITIONAL, 3600, "ns.slow.evil.", TYPE_A, "192.0.2.98");
	} else {
		serve_else(asked, response, 600 * TICKS_PER_MS);
	}
}

static void play_spared(struct stage *stage, struct finding *finding)
{
	unsigned int others[200], count = 0;
	finding->what = "slow questions of another network that had to give way, of 181";
	for (unsigned int i = 0; i < 2 * LIMIT_REQUESTS + 10000; i++) {
		char name[64];
		snprintf(name, sizeof name, "s%u.z%u.evil.", i, i);
		stage_ask(stage, name, TYPE_A);
		if (i % 50 != 49)
			continue;
		snprintf(name, sizeof name, "o%u.slow.evil.", i);
		if (i % 100 == 99)
			others[count++] = stage_ask_from(stage, "192.168.8.8", 5000, name, TYPE_A);
		stage_run(stage, 5 * TICKS_PER_MS);
	}
	stage_run(stage, 2 * (uint64_t)TICKS_PER_S);
	for (unsigned int i = 0; i < count; i++)
		finding->value += stage->questions[others[i]].rcode != RCODE_NOERROR;
}

/* ---- 58: very many EDNS options ---- */

static void play_options(struct stage *stage, struct finding *finding)
{
	static uint8_t octets[12 + 21 + 11 + 64000];
	struct builder builder = builder_of(octets, sizeof octets);
	const unsigned int words[] = { 9, FLAG_RD, 1, 0, 0, 1 };
	finding->what = "CPU us for a query with 16,000 options";
	finding->limit = 1000;
	for (size_t i = 0; i < 6; i++)
		builder_u16(&builder, (uint16_t)words[i]);
	builder_octets(&builder, span_of("\2n1\4good\0\0\1\0\1", 13));
	builder_octets(&builder, span_of("\0\0\51\20\0\0\0\0\0\372\0", 11));
	for (unsigned int i = 0; i < 16000; i++)
		builder_u32(&builder, 0x000a0000); /* a cookie of no octets */
	stage->cpu_ns = 0;
	for (unsigned int i = 0; i < 100; i++)
		stage_ask_raw(stage, "127.0.0.1", 4000, builder_written(&builder));
	finding->value = (double)stage->cpu_ns / 100 / 1000;
}

/* ---- 59, 60: sets and referrals that are too large ---- */

static void serve_huge(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	if (!asked->stream) {
		response->flags |= FLAG_TC;
		return;
	}
	response->flags |= FLAG_AA;
	for (unsigned int i = 0; i < 2000; i++) {
		char address[32];
		snprintf(address, sizeof address, "10.1.%u.%u", i >> 8, i & 255);
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, address);
	}
}

static uint64_t cached_octets(struct stage *stage)
{
	return table_count(stage->table).octets;
}

static void play_huge(struct stage *stage, struct finding *finding)
{
	finding->what = "KB in the cache for 100 sets of 2,000 records";
	finding->limit = 100;
	stage_calm(stage, true);
	uint64_t before = cached_octets(stage);
	for (unsigned int i = 0; i < 100; i++) {
		char name[64];
		snprintf(name, sizeof name, "h%u.evil.", i);
		stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
	}
	finding->value = (double)(cached_octets(stage) - before) / 1024;
	stage_calm(stage, false);
}

static void serve_flush(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	struct name zone = name_suffix(asked->name, 2);
	for (unsigned int i = 0; i < 1000; i++) {
		char server[128];
		snprintf(server, sizeof server, "a-very-long-name-of-a-name-server-that-fills-memory-%u.evil.", i % 500);
		if (i < 500)
			say_of(response, SECTION_AUTHORITY, 86400, zone, TYPE_NS, server);
		else
			say(response, SECTION_ADDITIONAL, 86400, server, TYPE_A, "192.0.2.98");
	}
}

static void play_flush(struct stage *stage, struct finding *finding)
{
	finding->what = "KB put into the cache by one question";
	finding->limit = 64;
	stage_calm(stage, true);
	uint64_t before = cached_octets(stage);
	for (unsigned int i = 0; i < 100; i++) {
		char name[64];
		snprintf(name, sizeof name, "www.f%u.evil.", i);
		stage_ask(stage, name, TYPE_A);
		stage_run(stage, 20 * TICKS_PER_MS);
	}
	finding->value = (double)(cached_octets(stage) - before) / 1024 / 100;
	stage_calm(stage, false);
}

/* ---- 57: a message of nothing but pointers ---- */

static void serve_pointers(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	if (!asked->stream) {
		response->flags |= FLAG_TC;
		return;
	}
	response->flags |= FLAG_AA;
	for (unsigned int i = 0; i < 4000; i++)
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_NS, "x.y.z.evil.");
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
}

static void play_pointers(struct stage *stage, struct finding *finding)
{
	finding->what = "CPU ms for a reply of 4,000 compressed records";
	finding->limit = 1;
	stage_calm(stage, true);
	for (unsigned int i = 0; i < 20; i++) {
		char name[64];
		snprintf(name, sizeof name, "p%u.evil.", i);
		stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
	}
	finding->value = (double)stage->cpu_ns / 20 / 1e6;
	stage_calm(stage, false);
}

const struct attack bulk_attacks[] = {
	{ 41, "DNSBomb: 10,000 spoofed questions", serve_late, play_dnsbomb, NULL },
	{ 43, "random names, silent servers", serve_silence, flood, NULL },
	{ 43, "random names, slow servers", serve_slowly, flood, NULL },
	{ 43, "random names, NXDOMAIN", serve_nxdomain, flood, NULL },
	{ 43, "the same in 4 zones, silent servers", serve_four_zones, flood_silent, NULL },
	{ 43, "the same in 4 zones, slow servers", serve_four_zones, flood_slow, NULL },
	{ 43, "the same in 4 zones, NXDOMAIN", serve_four_zones, flood_nxdomain, NULL },
	{ 45, "errors that answer errors", serve_silence, play_errors, NULL },
	{ 46, "every place taken by slow questions", serve_silent_children, play_jostle, NULL },
	{ 46, "slow questions of one network", serve_slow_child, play_spared, NULL },
	{ 57, "a reply of 4,000 pointers", serve_pointers, play_pointers, NULL },
	{ 58, "16,000 EDNS options", serve_silence, play_options, NULL },
	{ 59, "RRsets of 2,000 records", serve_huge, play_huge, NULL },
	{ 60, "CacheFlush: referrals of 500 NS", serve_flush, play_flush, NULL },
};
const size_t bulk_attack_count = sizeof bulk_attacks / sizeof bulk_attacks[0];
