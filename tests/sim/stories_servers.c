/* Servers that do not do right. */
#include "kit.h"

#include "build.h"
#include "wire/limits.h"

#include <stdio.h>

/* NXDOMAIN for an empty non-terminal is not believed about the names below it (RFC 9156 section 2.3). */
static void build_broken_ent(struct world *world)
{
	kit_deepest(world);
	kit_host_of(world, "example.com.")->mood = MOOD_BROKEN_ENT;
	world_zone_at(world, world_name(world, "example.com.", name_root))->broken_ent = true;
}

static void play_long_name(struct run *run)
{
	kit_want(run, "a.b.c.d.example.com.", TYPE_A, RCODE_NOERROR);
}

static void build_refuses_minimised(struct world *world)
{
	kit_deepest(world);
	kit_host_of(world, "example.com.")->mood = MOOD_REFUSES_MINIMISED;
	world_zone_at(world, world_name(world, "example.com.", name_root))->refuses_a = true;
}

static void build_two_servers(struct world *world, enum mood mood)
{
	struct zone *example = kit_zone(world, kit_begin(world), "example");
	struct host *other = kit_host(world);
	char text[16];
	tree_own_server(world, example, "ns2", other, true);
	other->mood = mood;
	for (unsigned int i = 0; i < 40; i++) {
		snprintf(text, sizeof text, "w%u", i);
		kit_add(world, example, text, TYPE_A, KIT_HOUR);
	}
}

static void build_dead(struct world *world)
{
	build_two_servers(world, MOOD_DEAD);
}

static void build_lame(struct world *world)
{
	build_two_servers(world, MOOD_REFUSES);
}

static void ask_forty(struct run *run)
{
	char text[32];
	for (unsigned int i = 0; i < 40; i++) {
		snprintf(text, sizeof text, "w%u.example.com.", i);
		kit_want(run, text, TYPE_A, RCODE_NOERROR);
		run_pass(run, TICKS_PER_S / 4);
	}
}

static void want_asked(struct run *run, const char *what, unsigned int most)
{
	uint64_t asked = run->internet.tallies[run->world.host_count - 1].udp;
	if (asked > most)
		internet_fault(&run->internet, "the %s server is asked %llu times", what, (unsigned long long)asked);
}

/* A dead server is left alone most of the time, a lame one for LIMIT_LAME_TTL. */
static void play_dead(struct run *run)
{
	ask_forty(run);
	want_asked(run, "dead", 12);
}

static void play_lame(struct run *run)
{
	ask_forty(run);
	want_asked(run, "lame", 3);
}

static void build_lost(struct world *world)
{
	build_two_servers(world, MOOD_LOSSY);
	for (unsigned int i = 0; i < world->host_count; i++) {
		world->hosts[i].mood = MOOD_LOSSY;
		world->hosts[i].loss = 150;
	}
}

/* Three packets of ten are lost, there and back, and yet hardly a question. */
static void play_lost(struct run *run)
{
	unsigned int failed = 0;
	char text[32];
	for (unsigned int i = 0; i < 40; i++) {
		snprintf(text, sizeof text, "w%u.example.com.", i);
		const struct client_query *query = kit_ask(run, text, TYPE_A);
		run_calm(run);
		failed += query != NULL && query->rcode != RCODE_NOERROR;
		kit_wait(run, 10);
	}
	if (failed > 2)
		internet_fault(&run->internet, "%u of 40 questions failed", failed);
}

static void build_truncates(struct world *world)
{
	kit_deepest(world);
	kit_host_of(world, "example.com.")->mood = MOOD_TRUNCATES;
}

static void play_truncates(struct run *run)
{
	kit_want(run, "www.example.com.", TYPE_A, RCODE_NOERROR);
	uint64_t before = kit_upstream(run);
	kit_want(run, "mail.example.com.", TYPE_A, RCODE_NOERROR);
	kit_want_sent(run, "UDP, then TCP", before, 1, 2);
}

static const struct story all[] = {
	{ "broken-ent", build_broken_ent, play_long_name, false },
	{ "refuses-minimised", build_refuses_minimised, play_long_name, false },
	{ "dead-server", build_dead, play_dead, false },
	{ "lame-server", build_lame, play_lame, false },
	{ "lost-packets", build_lost, play_lost, false },
	{ "truncation", build_truncates, play_truncates, false },
};
const struct shelf stories_servers = { all, sizeof all / sizeof all[0] };
