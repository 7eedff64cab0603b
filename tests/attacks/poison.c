/* Spoofing and poisoning: what must not be believed. The finding is how much of it was. */
#include "attacks.h"

#include "cache/rrsets.h"

#define FORGED "203.0.113.66"

/* Is the forged address what a client gets? Asks and looks at the answer's octets. */
static bool is_poisoned(struct stage *stage, const char *name)
{
	static const uint8_t forged[] = { 203, 0, 113, 66 };
	struct arena arena = arena_of(0);
	struct name_buffer buffer;
	struct name owner;
	struct cached cached;
	bool found = false;
	if (name_of_text(name, &buffer, &owner) &&
	    rrsets_get(stage->table, owner, TYPE_A, stage->now.age, &arena, &cached) && cached.kind == CACHED_POSITIVE) {
		struct rrset_walk walk = rrset_walk_data(&cached.rrset);
		struct span rdata;
		while (rrset_next(&walk, &rdata))
			found = found || span_equal(rdata, span_of(forged, 4));
	}
	arena_free(&arena);
	return found;
}

/* ---- 1: Kaminsky ---- */

/* Before each true reply over UDP come two hundred with other IDs. */
static void serve_among_forgeries(struct stage *stage, const struct asked *asked, struct response *response)
{
	for (unsigned int i = 1; i <= 200 && !asked->stream; i++)
		stage_forge(stage, asked, (uint16_t)(asked->id + i * 257), FORGED, TICKS_PER_MS);
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
}

static void play_kaminsky(struct stage *stage, struct finding *finding)
{
	char name[64];
	finding->what = "forgeries believed";
	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "k%u.evil.", i);
		stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
		finding->value += is_poisoned(stage, name);
	}
	if (stage->streams < 1000)
		finding->value += 1; /* after one wrong ID it is TCP */
}

/* ---- 7, 9: what stands beside the answer ---- */

static void serve_promiscuously(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
	say(response, SECTION_ANSWER, 300, "unrelated.evil.", TYPE_A, FORGED);
	say(response, SECTION_AUTHORITY, 86400, "evil.", TYPE_NS, "ns.poison.");
	say(response, SECTION_AUTHORITY, 86400, "good.", TYPE_NS, "ns.poison.");
	say(response, SECTION_ADDITIONAL, 86400, "ns.poison.", TYPE_A, FORGED);
	say(response, SECTION_ADDITIONAL, 86400, "ns.good.", TYPE_A, FORGED);
}

static void play_promiscuous(struct stage *stage, struct finding *finding)
{
	struct arena arena = arena_of(0);
	struct delegation delegation;
	struct name_buffer buffer;
	struct name evil, good;
	finding->what = "records and delegations changed";
	for (unsigned int i = 0; i < 50; i++) {
		char name[64];
		snprintf(name, sizeof name, "p%u.evil.", i);
		stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
	}
	finding->value += is_poisoned(stage, "unrelated.evil.") + is_poisoned(stage, "ns.poison.") +
			  is_poisoned(stage, "ns.good.");
	name_of_text("evil.", &buffer, &evil);
	if (delegations_get(stage->table, evil, stage->now.age, &arena, &delegation))
		finding->value += delegation.count != 1 || delegation.servers[0].glue[0].octets[3] != EVIL;
	name_of_text("good.", &buffer, &good);
	if (delegations_get(stage->table, good, stage->now.age, &arena, &delegation))
		finding->value += delegation.count != 1 || delegation.servers[0].glue[0].octets[3] != GOOD;
	arena_free(&arena);
}

/* ---- 10: ghost domains ---- */

/* Evil says of itself that it lives for ever, and of its child too. */
static void serve_ghost(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	if (asked->name.labels >= 3) {
		struct name child = name_suffix(asked->name, 2);
		say_of(response, SECTION_AUTHORITY, 86400, child, TYPE_NS, "ns.evil.");
		say(response, SECTION_ADDITIONAL, 86400, "ns.evil.", TYPE_A, "192.0.2.66");
		return;
	}
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 86400, asked->name, asked->type, asked->type == TYPE_NS ? "ns.evil." : "192.0.2.200");
	say(response, SECTION_AUTHORITY, 86400, "evil.", TYPE_NS, "ns.evil.");
}

static void play_ghost(struct stage *stage, struct finding *finding)
{
	struct arena arena = arena_of(0);
	struct delegation delegation;
	struct name_buffer buffer;
	struct name evil;
	finding->what = "seconds that a delegation outlives its parent's word";
	stage_calm(stage, true);
	stage_wait(stage, stage_ask(stage, "a.evil.", TYPE_A), TICKS_PER_S);
	for (unsigned int i = 0; i < 60; i++) { /* an hour: the TTL at the root */
		char name[64];
		stage_run(stage, 60 * (uint64_t)TICKS_PER_S);
		snprintf(name, sizeof name, "g%u.evil.", i);
		stage_ask(stage, i % 2 ? name : "evil.", i % 2 ? TYPE_A : TYPE_NS);
		snprintf(name, sizeof name, "x.y%u.evil.", i);
		stage_ask(stage, name, TYPE_A);
		stage_run(stage, TICKS_PER_S / 2);
		if (i == 58 && name_of_text("evil.", &buffer, &evil) &&
		    delegations_get(stage->table, evil, stage->now.age, &arena, &delegation))
			finding->value = delegation.ttl > 60 ? delegation.ttl : 0;
	}
	stage_calm(stage, false);
	arena_free(&arena);
}

/* ---- 18: packets that are no reply ---- */

static void serve_after_junk(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct asked elsewhere = *asked;
	elsewhere.server.port = 5353;
	stage_forge(stage, &elsewhere, asked->id, FORGED, TICKS_PER_MS); /* right but for the port */
	elsewhere = *asked;
	elsewhere.name = name_root;
	stage_forge(stage, &elsewhere, asked->id, FORGED, TICKS_PER_MS); /* another question */
	response->delay = 50 * TICKS_PER_MS;
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
}

static void play_junk(struct stage *stage, struct finding *finding)
{
	finding->what = "clients without the right answer";
	for (unsigned int i = 0; i < 100; i++) {
		char name[64];
		snprintf(name, sizeof name, "j%u.evil.", i);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
		finding->value += !question->answered || question->rcode != RCODE_NOERROR || is_poisoned(stage, name);
		finding->took = question->answered_at - question->asked_at;
	}
}

/* ---- 8: a forwarder that speaks of what it was not asked to serve ---- */

static bool forward_a_zone(struct options *options)
{
	struct zone_servers zone = { .zone = strdup("fwd.") };
	struct endpoint server = { .port = 53 };
	ip_of_text("192.0.2.66", &server.ip);
	return zone.zone != NULL && zone_servers_append(&zone, server) &&
	       option_append(option_find("recursion.forward"), options, &zone);
}

static void serve_beyond(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	response->flags |= FLAG_RA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_CNAME, "n9.good.");
	say(response, SECTION_ANSWER, 86400, "n9.good.", TYPE_A, FORGED);
	say(response, SECTION_AUTHORITY, 86400, "good.", TYPE_NS, "ns.poison.");
	say(response, SECTION_AUTHORITY, 86400, ".", TYPE_NS, "ns.poison.");
	say(response, SECTION_ADDITIONAL, 86400, "ns.poison.", TYPE_A, FORGED);
	say(response, SECTION_ADDITIONAL, 86400, "ns.good.", TYPE_A, FORGED);
}

static void play_forwarder(struct stage *stage, struct finding *finding)
{
	finding->what = "records outside its zone that a forwarder put into the cache";
	stage_calm(stage, true);
	for (unsigned int i = 0; i < 50; i++) {
		char name[64];
		snprintf(name, sizeof name, "f%u.fwd.", i);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
		finding->value += question->rcode != RCODE_NOERROR || question->answers != 2;
		finding->value += is_poisoned(stage, "n9.good.") + is_poisoned(stage, "ns.good.") +
				  is_poisoned(stage, "ns.poison.");
	}
	finding->value += stage->to_nobody;
	stage_calm(stage, false);
}

/* ---- 28: what does not exist above, and is served here all the same ---- */

static bool stub_below_nothing(struct options *options)
{
	struct zone_servers zone = { .zone = strdup("in.dead.") };
	struct endpoint server = { .port = 53 };
	ip_of_text("192.0.2.66", &server.ip);
	return zone.zone != NULL && zone_servers_append(&zone, server) &&
	       option_append(option_find("recursion.stub"), options, &zone);
}

static void serve_stub(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	response->flags |= FLAG_AA;
	if (asked->type == TYPE_A)
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
	else
		say(response, SECTION_AUTHORITY, 60, "in.dead.", TYPE_SOA, NULL);
}

static void play_shadow(struct stage *stage, struct finding *finding)
{
	finding->what = "names of a stub zone hidden by an NXDOMAIN above it, of 50";
	for (unsigned int i = 0; i < 50; i++) {
		char name[64];
		snprintf(name, sizeof name, "x%u.dead.", i);
		const struct question_state *nothing =
			stage_wait(stage, stage_ask(stage, i % 2 ? name : "dead.", TYPE_A), TICKS_PER_S);
		finding->value += nothing->rcode != RCODE_NXDOMAIN;
		snprintf(name, sizeof name, "s%u.in.dead.", i);
		const struct question_state *stub = stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
		finding->value += stub->rcode != RCODE_NOERROR || stub->answers != 1;
	}
}

/* ---- 20: almost the right reply ---- */

/* From the right address, with the right ID: another case, another type, another name, one of these. */
static void serve_after_near_misses(struct stage *stage, const struct asked *asked, struct response *response)
{
	uint8_t octets[NAME_SIZE_MAX];
	struct asked near = *asked;
	memcpy(octets, asked->name.octets, asked->name.size);
	near.name.octets = octets;
	switch (stage->step++ % 3) {
	case 0:
		octets[1] ^= 0x20;
		break;
	case 1:
		near.type = TYPE_AAAA;
		break;
	default:
		octets[2] ^= 1;
	}
	if (!asked->stream) /* nobody off the path can write into a connection */
		stage_forge(stage, &near, asked->id, FORGED, TICKS_PER_MS);
	response->delay = 50 * TICKS_PER_MS;
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
}

static void play_near_misses(struct stage *stage, struct finding *finding)
{
	finding->what = "near misses believed or in the way, of 300";
	for (unsigned int i = 0; i < 300; i++) {
		char name[64];
		snprintf(name, sizeof name, "aa%u.evil.", 2 * i);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
		finding->value += !question->answered || question->rcode != RCODE_NOERROR || is_poisoned(stage, name);
		finding->took = question->answered_at - question->asked_at;
	}
}

/* ---- 47: glue that points at ourselves ---- */

static void serve_bad_glue(struct stage *stage, const struct asked *asked, struct response *response)
{
	static const char *const glue[] = { "0.0.0.0", "127.0.0.1", "127.9.9.9", "224.0.0.1", "255.255.255.255" };
	(void)stage;
	struct name zone = name_suffix(asked->name, 2);
	const size_t count = sizeof glue / sizeof glue[0];
	for (size_t i = 0; i < 2 * count; i++) {
		char server[64];
		snprintf(server, sizeof server, "ns%zu.child.evil.", i % count);
		if (i < count)
			say_of(response, SECTION_AUTHORITY, 300, zone, TYPE_NS, server);
		else
			say(response, SECTION_ADDITIONAL, 300, server, TYPE_A, glue[i % count]);
	}
}

static void play_bad_glue(struct stage *stage, struct finding *finding)
{
	finding->what = "queries to addresses that no server has";
	const struct question_state *question =
		stage_wait(stage, stage_ask(stage, "www.child.evil.", TYPE_A), 10 * TICKS_PER_S);
	finding->took = question->answered_at - question->asked_at;
	finding->value = stage->to_nobody + (question->rcode != RCODE_SERVFAIL);
}

const struct attack poison_attacks[] = {
	{ 1, "Kaminsky: forged IDs, 1,000 names", serve_among_forgeries, play_kaminsky, NULL },
	{ 7, "promiscuous NS, irrelevant records (9)", serve_promiscuously, play_promiscuous, NULL },
	{ 8, "MaginotDNS: a forwarder beyond its zone", serve_beyond, play_forwarder, forward_a_zone },
	{ 10, "ghost domains", serve_ghost, play_ghost, NULL },
	{ 18, "junk before the reply", serve_after_junk, play_junk, NULL },
	{ 20, "near misses from the right address", serve_after_near_misses, play_near_misses, NULL },
	{ 28, "NXDOMAIN above a stub zone", serve_stub, play_shadow, stub_below_nothing },
	{ 47, "glue 0.0.0.0, loopback, multicast", serve_bad_glue, play_bad_glue, NULL },
};
const size_t poison_attack_count = sizeof poison_attacks / sizeof poison_attacks[0];
