/* The walk: who is asked, how deep, and how often. */
#include "kit.h"

#include "build.h"
#include "wire/limits.h"

#include <stdio.h>

/* The hints know one of the root's servers, which dies: priming told of the others (RFC 8109). */
static void build_priming(struct world *world)
{
	struct zone *com = kit_zone(world, tree_root(world, 3), "com");
	kit_add(world, com, "www", TYPE_A, 60);
	world->weather.hints = 1;
	world->epoch_at[world->epoch_count++] = 10 * (uint64_t)TICKS_PER_S;
	world->hosts[0].rests_from = 1;
	world->hosts[0].rests_to = 2;
}

static void play_priming(struct run *run)
{
	kit_wait(run, 30);
	kit_want(run, "www.com.", TYPE_A, RCODE_NOERROR);
}

/* Who knows a zone's servers asks them, and not those above. */
static void play_deepest(struct run *run)
{
	kit_want(run, "www.example.com.", TYPE_A, RCODE_NOERROR);
	uint64_t before = kit_upstream(run);
	kit_want(run, "mail.example.com.", TYPE_A, RCODE_NOERROR);
	kit_want_sent(run, "the zone is known", before, 1, 1);
	before = kit_upstream(run);
	kit_want(run, "MAIL.example.com.", TYPE_A, RCODE_NOERROR);
	kit_want_sent(run, "the answer is known", before, 0, 0);
}

/* Each server sees one label more than its zone has, and no more (RFC 9156). */
static void play_minimise(struct run *run)
{
	kit_want(run, "a.b.c.d.example.com.", TYPE_A, RCODE_NOERROR);
	const struct host_tally *tallies = run->internet.tallies;
	unsigned int root =
		tallies[0].labels_most > tallies[1].labels_most ? tallies[0].labels_most : tallies[1].labels_most;
	unsigned int com = tallies[kit_host_of(&run->world, "com.")->number].labels_most;
	/* The root's servers are asked for their own names when it primes; those have two labels. */
	if (root > 2 || com > 2)
		internet_fault(&run->internet, "the root saw %u labels and com. %u", root, com);
}

/* Name servers in other zones, whose name servers are in other zones: `count` of them. */
static void build_glueless(struct world *world, unsigned int count)
{
	struct zone *com = kit_begin(world), *zone = kit_zone(world, com, "z0");
	struct server *server = &world->servers[world->server_count - 1];
	char text[16];
	for (unsigned int i = 1; i <= count; i++) {
		snprintf(text, sizeof text, "z%u", i);
		zone = tree_zone(world, com, text);
		world_delegate(world, zone, server, KIT_HOUR);
		world_serve(server->host, zone);
		server = world_server(world, zone, world_name(world, "ns", zone->origin), kit_host(world), KIT_HOUR);
	}
	kit_add(world, zone, "www", TYPE_A, KIT_HOUR);
}

static void build_glueless_three(struct world *world)
{
	build_glueless(world, 3);
}

static void play_glueless_three(struct run *run)
{
	kit_want(run, "www.z3.com.", TYPE_A, RCODE_NOERROR);
}

static void build_glueless_many(struct world *world)
{
	build_glueless(world, 20);
}

/* Deeper than LIMIT_LOOKUP_DEPTH it gives up, and soon (iDNS). */
static void play_glueless_many(struct run *run)
{
	uint64_t before = kit_upstream(run);
	kit_want(run, "www.z20.com.", TYPE_A, RCODE_SERVFAIL);
	kit_want_sent(run, "too deep", before, 1, 40);
}

static void build_loop(struct world *world)
{
	struct zone *com = kit_begin(world);
	struct zone *a = tree_zone(world, com, "a"), *b = tree_zone(world, com, "b");
	struct host *host = kit_host(world);
	struct server *in_a = world_server(world, a, world_name(world, "ns", a->origin), host, KIT_HOUR);
	struct server *in_b = world_server(world, b, world_name(world, "ns", b->origin), host, KIT_HOUR);
	world_delegate(world, a, in_b, KIT_HOUR);
	world_delegate(world, b, in_a, KIT_HOUR);
	world_serve(host, a);
	world_serve(host, b);
}

/* TsuNAME: attacks row 31. */
static void play_loop(struct run *run)
{
	uint64_t before = kit_upstream(run);
	kit_want(run, "www.a.com.", TYPE_A, RCODE_SERVFAIL);
	kit_want_sent(run, "zones in each other", before, 1, 20);
	before = kit_upstream(run);
	kit_want(run, "www.a.com.", TYPE_A, RCODE_SERVFAIL);
	kit_want_sent(run, "the failure is known", before, 0, 0);
}

/* Zones below each other, a label each: within LIMIT_REFERRALS it goes down, beyond it stops. */
static void build_deep(struct world *world)
{
	struct zone *zone = kit_begin(world);
	for (unsigned int i = 1; i < LIMIT_REFERRALS + 6; i++) {
		zone = kit_zone(world, zone, "d");
		if (i == LIMIT_REFERRALS - 2)
			kit_add(world, zone, "www", TYPE_A, KIT_HOUR);
	}
	kit_add(world, zone, "www", TYPE_A, KIT_HOUR);
}

static void ask_deep(struct run *run, unsigned int depth, uint16_t rcode)
{
	char text[NAME_TEXT_SIZE] = "www.";
	for (unsigned int i = 0; i < depth; i++)
		strcat(text, "d.");
	strcat(text, "com.");
	kit_want(run, text, TYPE_A, rcode);
}

static void play_deep(struct run *run)
{
	uint64_t before = kit_upstream(run);
	ask_deep(run, LIMIT_REFERRALS + 5, RCODE_SERVFAIL);
	kit_want_sent(run, "too deep", before, LIMIT_REFERRALS, LIMIT_UPSTREAM_QUERIES_PER_NAME);
	kit_wait(run, LIMIT_DELEGATION_TTL_MAX * 3); /* all is forgotten */
	ask_deep(run, LIMIT_REFERRALS - 2, RCODE_NOERROR);
}

static void build_v6(struct world *world, bool ipv6)
{
	struct zone *com = kit_begin(world), *zone = tree_zone(world, com, "six");
	struct host *host = world_host(world);
	world->weather.ipv6 = ipv6;
	tree_address(world, host, false, true);
	world_delegate(world, zone, world_server(world, zone, world_name(world, "ns", zone->origin), host, KIT_HOUR), KIT_HOUR);
	world_glue(world, zone, &world->servers[world->server_count - 1], KIT_HOUR);
	world_serve(host, zone);
	kit_add(world, zone, "www", TYPE_AAAA, KIT_HOUR);
}

static void build_with_v6(struct world *world)
{
	build_v6(world, true);
}

static void build_without_v6(struct world *world)
{
	build_v6(world, false);
}

static void play_with_v6(struct run *run)
{
	kit_want(run, "www.six.com.", TYPE_AAAA, RCODE_NOERROR);
}

static void play_without_v6(struct run *run)
{
	kit_want(run, "www.six.com.", TYPE_AAAA, RCODE_SERVFAIL);
}

/* Two hundred ask at once: it is one question. */
static void play_crowd(struct run *run)
{
	uint64_t before = kit_upstream(run);
	for (unsigned int i = 0; i < 200; i++)
		kit_ask(run, "www.example.com.", TYPE_A);
	run_calm(run);
	kit_want_sent(run, "a crowd", before, 1, 4);
	before = kit_upstream(run);
	for (unsigned int i = 0; i < 50; i++) { /* other questions, but all need the same on their way */
		char text[32];
		snprintf(text, sizeof text, "n%u.d.example.com.", i);
		kit_ask(run, text, TYPE_A);
	}
	run_calm(run);
	kit_want_sent(run, "a crowd with one way", before, 50, 51);
}

static const struct story all[] = {
	{ "priming", build_priming, play_priming, false },
	{ "deepest", kit_deepest, play_deepest, false },
	{ "minimise", kit_deepest, play_minimise, false },
	{ "glueless", build_glueless_three, play_glueless_three, false },
	{ "glueless-too-deep", build_glueless_many, play_glueless_many, false },
	{ "loop", build_loop, play_loop, false },
	{ "referrals", build_deep, play_deep, false },
	{ "ipv6", build_with_v6, play_with_v6, false },
	{ "no-ipv6", build_without_v6, play_without_v6, false },
	{ "crowd", kit_deepest, play_crowd, false },
};
const struct shelf stories_walk = { all, sizeof all / sizeof all[0] };
