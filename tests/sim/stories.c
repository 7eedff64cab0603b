#include "stories.h"

#include "build.h"
#include "records.h"
#include "wire/limits.h"

#include <stdio.h>

#define HOUR 3600u

/* ---- making ---- */

static struct host *new_host(struct world *world)
{
	struct host *host = world_host(world);
	tree_address(world, host, true, false);
	return host;
}

/* A zone that has one name server of its own, with glue. */
static struct zone *add_zone(struct world *world, struct zone *parent, const char *text)
{
	struct zone *zone = tree_zone(world, parent, text);
	tree_own_server(world, zone, "ns", new_host(world), true);
	return zone;
}

static struct zone *begin(struct world *world)
{
	return add_zone(world, tree_root(world, 2), "com");
}

static struct host *host_of(const struct world *world, const char *origin)
{
	struct name_buffer buffer;
	struct name name = name_root;
	const struct zone *zone = name_of_text(origin, &buffer, &name) ? world_zone_at(world, name) : NULL;
	struct host *host = (struct host *)&world->hosts[0];
	while (!host_serves(host, zone))
		host++;
	return host;
}

static struct node *add(struct world *world, struct zone *zone, const char *text, uint16_t type, uint32_t ttl)
{
	struct node *node = world_node(world, zone, world_name(world, text, zone->origin));
	records_fill(world, node, type, 1, ttl);
	return node;
}

static void add_alias(struct world *world, struct zone *zone, const char *text, uint16_t type, const char *target)
{
	struct node *node = world_node(world, zone, world_name(world, text, zone->origin));
	world_add(world, node, type, HOUR, records_of_name(world_name(world, target, zone->origin)));
}

static void set_soa(struct world *world, struct zone *zone, uint32_t ttl, uint32_t minimum)
{
	struct span rdata = records_soa(world, zone, minimum);
	world_change(world, zone->apex, TYPE_SOA, 0, ttl, &rdata, 1);
}

/* ---- asking ---- */

static struct client_query *ask(struct run *run, const char *text, uint16_t type)
{
	struct manner manner = { .kind = CLIENT_PLAIN, .udp_size = 1232 };
	struct question question = { .name = world_name(&run->world, text, name_root),
				     .type = type,
				     .class = CLASS_IN };
	run->internet.sends.counting = true;
	return run_ask(run, &question, &manner);
}

/* Asks, and the answer is so. */
static void want(struct run *run, const char *text, uint16_t type, uint16_t rcode)
{
	char told[CODE_TEXT_SIZE], wanted[CODE_TEXT_SIZE];
	const struct client_query *query = ask(run, text, type);
	run_calm(run);
	if (query != NULL && query->answered && query->rcode != rcode)
		internet_fault(&run->internet, "%s is %s, not %s", text, rcode_to_text(query->rcode, told),
			       rcode_to_text(rcode, wanted));
}

static uint64_t upstream(const struct run *run)
{
	return run->internet.counts.udp + run->internet.counts.stream;
}

/* `before` was upstream's count; since then there were `least` to `most` queries. */
static void want_sent(struct run *run, const char *what, uint64_t before, unsigned int least, unsigned int most)
{
	uint64_t sent = upstream(run) - before;
	if (sent < least || sent > most)
		internet_fault(&run->internet, "%s: %llu upstream queries, not %u to %u", what,
			       (unsigned long long)sent, least, most);
}

static void wait_seconds(struct run *run, unsigned int seconds)
{
	run_pass(run, seconds * (uint64_t)TICKS_PER_S);
	run_calm(run);
}

/* ---- the stories ---- */

/* The hints know one of the root's servers, which dies: priming told of the others (RFC 8109). */
static void build_priming(struct world *world)
{
	struct zone *com = add_zone(world, tree_root(world, 3), "com");
	add(world, com, "www", TYPE_A, 60);
	world->weather.hints = 1;
	world->epoch_at[world->epoch_count++] = 10 * (uint64_t)TICKS_PER_S;
	world->hosts[0].rests_from = 1;
	world->hosts[0].rests_to = 2;
}

static void play_priming(struct run *run)
{
	wait_seconds(run, 30);
	want(run, "www.com.", TYPE_A, RCODE_NOERROR);
}

static void build_deepest(struct world *world)
{
	struct zone *example = add_zone(world, begin(world), "example");
	add(world, example, "www", TYPE_A, HOUR);
	add(world, example, "mail", TYPE_A, HOUR);
	add(world, example, "a.b.c.d", TYPE_A, HOUR);
}

/* Who knows a zone's servers asks them, and not those above. */
static void play_deepest(struct run *run)
{
	want(run, "www.example.com.", TYPE_A, RCODE_NOERROR);
	uint64_t before = upstream(run);
	want(run, "mail.example.com.", TYPE_A, RCODE_NOERROR);
	want_sent(run, "the zone is known", before, 1, 1);
	before = upstream(run);
	want(run, "MAIL.example.com.", TYPE_A, RCODE_NOERROR);
	want_sent(run, "the answer is known", before, 0, 0);
}

/* Each server sees one label more than its zone has, and no more (RFC 9156). */
static void play_minimise(struct run *run)
{
	want(run, "a.b.c.d.example.com.", TYPE_A, RCODE_NOERROR);
	const struct host_tally *tallies = run->internet.tallies;
	unsigned int root =
		tallies[0].labels_most > tallies[1].labels_most ? tallies[0].labels_most : tallies[1].labels_most;
	unsigned int com = tallies[host_of(&run->world, "com.")->number].labels_most;
	/* The root's servers are asked for their own names when it primes; those have two labels. */
	if (root > 2 || com > 2)
		internet_fault(&run->internet, "the root saw %u labels and com. %u", root, com);
}

/* NXDOMAIN for an empty non-terminal is not believed about the names below it (RFC 9156 section 2.3). */
static void build_broken_ent(struct world *world)
{
	build_deepest(world);
	host_of(world, "example.com.")->mood = MOOD_BROKEN_ENT;
	world_zone_at(world, world_name(world, "example.com.", name_root))->broken_ent = true;
}

static void play_long_name(struct run *run)
{
	want(run, "a.b.c.d.example.com.", TYPE_A, RCODE_NOERROR);
}

static void build_refuses_minimised(struct world *world)
{
	build_deepest(world);
	host_of(world, "example.com.")->mood = MOOD_REFUSES_MINIMISED;
	world_zone_at(world, world_name(world, "example.com.", name_root))->refuses_a = true;
}

static void build_two_servers(struct world *world, enum mood mood)
{
	struct zone *example = add_zone(world, begin(world), "example");
	struct host *other = new_host(world);
	char text[16];
	tree_own_server(world, example, "ns2", other, true);
	other->mood = mood;
	for (unsigned int i = 0; i < 40; i++) {
		snprintf(text, sizeof text, "w%u", i);
		add(world, example, text, TYPE_A, HOUR);
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
		want(run, text, TYPE_A, RCODE_NOERROR);
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
		const struct client_query *query = ask(run, text, TYPE_A);
		run_calm(run);
		failed += query != NULL && query->rcode != RCODE_NOERROR;
		wait_seconds(run, 10);
	}
	if (failed > 2)
		internet_fault(&run->internet, "%u of 40 questions failed", failed);
}

static void build_truncates(struct world *world)
{
	build_deepest(world);
	host_of(world, "example.com.")->mood = MOOD_TRUNCATES;
}

static void play_truncates(struct run *run)
{
	want(run, "www.example.com.", TYPE_A, RCODE_NOERROR);
	uint64_t before = upstream(run);
	want(run, "mail.example.com.", TYPE_A, RCODE_NOERROR);
	want_sent(run, "UDP, then TCP", before, 1, 2);
}

/* Name servers in other zones, whose name servers are in other zones: `count` of them. */
static void build_glueless(struct world *world, unsigned int count)
{
	struct zone *com = begin(world), *zone = add_zone(world, com, "z0");
	struct server *server = &world->servers[world->server_count - 1];
	char text[16];
	for (unsigned int i = 1; i <= count; i++) {
		snprintf(text, sizeof text, "z%u", i);
		zone = tree_zone(world, com, text);
		world_delegate(world, zone, server, HOUR);
		world_serve(server->host, zone);
		server = world_server(world, zone, world_name(world, "ns", zone->origin), new_host(world), HOUR);
	}
	add(world, zone, "www", TYPE_A, HOUR);
}

static void build_glueless_three(struct world *world)
{
	build_glueless(world, 3);
}

static void play_glueless_three(struct run *run)
{
	want(run, "www.z3.com.", TYPE_A, RCODE_NOERROR);
}

static void build_glueless_many(struct world *world)
{
	build_glueless(world, 20);
}

/* Deeper than LIMIT_LOOKUP_DEPTH it gives up, and soon (iDNS). */
static void play_glueless_many(struct run *run)
{
	uint64_t before = upstream(run);
	want(run, "www.z20.com.", TYPE_A, RCODE_SERVFAIL);
	want_sent(run, "too deep", before, 1, 40);
}

static void build_loop(struct world *world)
{
	struct zone *com = begin(world);
	struct zone *a = tree_zone(world, com, "a"), *b = tree_zone(world, com, "b");
	struct host *host = new_host(world);
	struct server *in_a = world_server(world, a, world_name(world, "ns", a->origin), host, HOUR);
	struct server *in_b = world_server(world, b, world_name(world, "ns", b->origin), host, HOUR);
	world_delegate(world, a, in_b, HOUR);
	world_delegate(world, b, in_a, HOUR);
	world_serve(host, a);
	world_serve(host, b);
}

/* TsuNAME: attacks row 31. */
static void play_loop(struct run *run)
{
	uint64_t before = upstream(run);
	want(run, "www.a.com.", TYPE_A, RCODE_SERVFAIL);
	want_sent(run, "zones in each other", before, 1, 20);
	before = upstream(run);
	want(run, "www.a.com.", TYPE_A, RCODE_SERVFAIL);
	want_sent(run, "the failure is known", before, 0, 0);
}

static void build_aliases(struct world *world)
{
	struct zone *zone = begin(world);
	char text[16], target[16];
	for (unsigned int i = 1; i <= LIMIT_ALIAS_LINKS + 1; i++) {
		snprintf(text, sizeof text, "c%u", i);
		snprintf(target, sizeof target, "c%u", i - 1);
		add_alias(world, zone, text, TYPE_CNAME, target);
	}
	add(world, zone, "c0", TYPE_A, HOUR);
	add_alias(world, zone, "x", TYPE_CNAME, "y");
	add_alias(world, zone, "y", TYPE_CNAME, "x");
}

static void play_aliases(struct run *run)
{
	char text[16];
	snprintf(text, sizeof text, "c%u.com.", LIMIT_ALIAS_LINKS);
	want(run, text, TYPE_A, RCODE_NOERROR);
	snprintf(text, sizeof text, "c%u.com.", LIMIT_ALIAS_LINKS + 1);
	want(run, text, TYPE_A, RCODE_SERVFAIL);
	want(run, "x.com.", TYPE_A, RCODE_SERVFAIL);
}

static void build_dname(struct world *world)
{
	struct zone *com = begin(world), *net = add_zone(world, &world->zones[0], "net");
	add_alias(world, com, "old", TYPE_DNAME, "net.");
	add(world, net, "www", TYPE_A, HOUR);
	add_alias(world, com, "long", TYPE_DNAME,
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
		  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb."
		  "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.com.");
}

static void play_dname(struct run *run)
{
	want(run, "www.old.com.", TYPE_A, RCODE_NOERROR);
	want(run, "nothing.old.com.", TYPE_A, RCODE_NXDOMAIN);
	want(run, "dddddddddddddddddddddddddddddddddddddddd.eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.long.com.", TYPE_A,
	     RCODE_YXDOMAIN);
	uint64_t before = upstream(run);
	want(run, "mail.old.com.", TYPE_A, RCODE_NXDOMAIN);
	want_sent(run, "the DNAME is known", before, 1, 1);
}

/* Zones below each other, a label each: within LIMIT_REFERRALS it goes down, beyond it stops. */
static void build_deep(struct world *world)
{
	struct zone *zone = begin(world);
	for (unsigned int i = 1; i < LIMIT_REFERRALS + 6; i++) {
		zone = add_zone(world, zone, "d");
		if (i == LIMIT_REFERRALS - 2)
			add(world, zone, "www", TYPE_A, HOUR);
	}
	add(world, zone, "www", TYPE_A, HOUR);
}

static void ask_deep(struct run *run, unsigned int depth, uint16_t rcode)
{
	char text[NAME_TEXT_SIZE] = "www.";
	for (unsigned int i = 0; i < depth; i++)
		strcat(text, "d.");
	strcat(text, "com.");
	want(run, text, TYPE_A, rcode);
}

static void play_deep(struct run *run)
{
	uint64_t before = upstream(run);
	ask_deep(run, LIMIT_REFERRALS + 5, RCODE_SERVFAIL);
	want_sent(run, "too deep", before, LIMIT_REFERRALS, LIMIT_UPSTREAM_QUERIES_PER_NAME);
	wait_seconds(run, LIMIT_DELEGATION_TTL_MAX * 3); /* all is forgotten */
	ask_deep(run, LIMIT_REFERRALS - 2, RCODE_NOERROR);
}

static void build_negative(struct world *world)
{
	struct zone *zone = begin(world);
	set_soa(world, zone, 60, 20);
	add(world, zone, "www", TYPE_A, HOUR);
	add(world, zone, "below.empty", TYPE_A, HOUR);
	add(world, zone, "*.wild", TYPE_A, HOUR);
	add(world, zone, "www", 65280, HOUR);
}

/* What is not there is not there as long as RFC 2308 says, nor what is below it (RFC 8020). */
static void play_negative(struct run *run)
{
	want(run, "gone.com.", TYPE_A, RCODE_NXDOMAIN);
	uint64_t before = upstream(run);
	wait_seconds(run, 17);
	want(run, "gone.com.", TYPE_A, RCODE_NXDOMAIN);
	want(run, "gone.com.", TYPE_MX, RCODE_NXDOMAIN);
	want(run, "a.b.gone.com.", TYPE_A, RCODE_NXDOMAIN);
	want_sent(run, "NXDOMAIN is known", before, 0, 0);
	wait_seconds(run, 4);
	want(run, "gone.com.", TYPE_A, RCODE_NXDOMAIN);
	want_sent(run, "NXDOMAIN is over", before, 1, 1);
	want(run, "www.com.", TYPE_MX, RCODE_NOERROR);
	want(run, "www.com.", 65280, RCODE_NOERROR);
	want(run, "empty.com.", TYPE_A, RCODE_NOERROR);
	want(run, "below.empty.com.", TYPE_A, RCODE_NOERROR);
	want(run, "x.y.wild.com.", TYPE_A, RCODE_NOERROR);
	want(run, "wild.com.", TYPE_A, RCODE_NOERROR);
}

static void build_v6(struct world *world, bool ipv6)
{
	struct zone *com = begin(world), *zone = tree_zone(world, com, "six");
	struct host *host = world_host(world);
	world->weather.ipv6 = ipv6;
	tree_address(world, host, false, true);
	world_delegate(world, zone, world_server(world, zone, world_name(world, "ns", zone->origin), host, HOUR), HOUR);
	world_glue(world, zone, &world->servers[world->server_count - 1], HOUR);
	world_serve(host, zone);
	add(world, zone, "www", TYPE_AAAA, HOUR);
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
	want(run, "www.six.com.", TYPE_AAAA, RCODE_NOERROR);
}

static void play_without_v6(struct run *run)
{
	want(run, "www.six.com.", TYPE_AAAA, RCODE_SERVFAIL);
}

/* Two hundred ask at once: it is one question. */
static void play_crowd(struct run *run)
{
	uint64_t before = upstream(run);
	for (unsigned int i = 0; i < 200; i++)
		ask(run, "www.example.com.", TYPE_A);
	run_calm(run);
	want_sent(run, "a crowd", before, 1, 4);
	before = upstream(run);
	for (unsigned int i = 0; i < 50; i++) { /* other questions, but all need the same on their way */
		char text[32];
		snprintf(text, sizeof text, "n%u.d.example.com.", i);
		ask(run, text, TYPE_A);
	}
	run_calm(run);
	want_sent(run, "a crowd with one way", before, 50, 51);
}

const struct story stories[] = {
	{ "priming", build_priming, play_priming },
	{ "deepest", build_deepest, play_deepest },
	{ "minimise", build_deepest, play_minimise },
	{ "broken-ent", build_broken_ent, play_long_name },
	{ "refuses-minimised", build_refuses_minimised, play_long_name },
	{ "dead-server", build_dead, play_dead },
	{ "lame-server", build_lame, play_lame },
	{ "lost-packets", build_lost, play_lost },
	{ "truncation", build_truncates, play_truncates },
	{ "glueless", build_glueless_three, play_glueless_three },
	{ "glueless-too-deep", build_glueless_many, play_glueless_many },
	{ "loop", build_loop, play_loop },
	{ "aliases", build_aliases, play_aliases },
	{ "dname", build_dname, play_dname },
	{ "referrals", build_deep, play_deep },
	{ "negative", build_negative, play_negative },
	{ "ipv6", build_with_v6, play_with_v6 },
	{ "no-ipv6", build_without_v6, play_without_v6 },
	{ "crowd", build_deepest, play_crowd },
};
const size_t story_count = sizeof stories / sizeof stories[0];
