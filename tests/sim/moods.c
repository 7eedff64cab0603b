#include "build.h"
#include "cookies.h"

static unsigned int below(struct world *world, unsigned int bound)
{
	return rng_below(&world->rng, bound);
}

static bool is_right(const struct host *host)
{
	return mood_conduct(host->mood) == CONDUCT_GOOD && host->rests_from == host->rests_to;
}

static void set_latency(struct world *world, struct host *host)
{
	if (host->mood == MOOD_SLOW) {
		host->latency = (80 + below(world, 600)) * TICKS_PER_MS;
		host->jitter = below(world, 200) * TICKS_PER_MS;
	}
	if (host->mood == MOOD_LOSSY)
		host->loss = 50 + below(world, 350);
}

/* Is an address of the host of use to the resolver, and does the parent's NS set lead to it? */
static bool is_named(const struct world *world, const struct zone *zone, const struct host *host)
{
	const struct node *cut = zone->parent == NULL ? zone->apex : world_find(world, zone->parent, zone->origin);
	struct version *ns = node_version(cut, TYPE_NS, 0);
	if (ns == NULL)
		return false;
	struct rrset_walk walk = rrset_walk_data(&ns->rrset);
	struct span rdata;
	while (rrset_next(&walk, &rdata))
		for (unsigned int i = 0; i < world->server_count; i++)
			if (world->servers[i].host == host &&
			    span_equal(rdata, span_of(world->servers[i].name.octets, world->servers[i].name.size)))
				return true;
	return false;
}

/* Each zone keeps a host that does right, whatever was drawn. */
static void keep_one_right(struct world *world, const struct zone *zone)
{
	struct host *candidate = NULL;
	for (unsigned int i = 0; i < world->host_count; i++) {
		struct host *host = &world->hosts[i];
		if (!host_serves(host, zone) || !is_named(world, zone, host))
			continue;
		if (is_right(host))
			return;
		if (candidate == NULL || below(world, 2) == 0)
			candidate = host;
	}
	if (candidate == NULL)
		return;
	candidate->mood = MOOD_PERFECT;
	candidate->rests_to = candidate->rests_from;
	candidate->loss = 0;
	candidate->latency = (2 + below(world, 18)) * TICKS_PER_MS;
	candidate->jitter = 0;
}

static void draw_weather(struct world *world)
{
	struct weather *weather = &world->weather;
	weather->ipv6 = below(world, 4) > 0;
	weather->minimise = below(world, 6) > 0;
	weather->case_random = below(world, 8) > 0;
	weather->minimal = below(world, 3) > 0;
	weather->finished = below(world, 2) == 0;
	weather->two_engines = below(world, 8) == 0;
	if (below(world, 5) == 0)
		weather->loss = 1 + below(world, 100);
	if (below(world, 5) == 0)
		weather->duplication = 1 + below(world, 200);
	if (below(world, 3) == 0)
		weather->attack = 20 + below(world, 600);
}

void moods_storm(struct world *world)
{
	static const enum mood lame[] = { MOOD_REFUSES, MOOD_UPWARD, MOOD_SIDEWAYS, MOOD_EMPTY, MOOD_SERVFAILS };
	world->weather.loss = 300;
	world->weather.attack = 500;
	for (unsigned int i = 0; i < world->host_count; i++) {
		unsigned int luck = below(world, 10);
		if (luck == 0)
			world->hosts[i].mood = MOOD_DEAD;
		else if (luck == 1)
			world->hosts[i].mood = lame[below(world, sizeof lame / sizeof lame[0])];
	}
}

void moods_note(struct world *world)
{
	for (unsigned int i = 0; i < world->zone_count; i++)
		world->zones[i].broken_ent = world->zones[i].refuses_a = world->zones[i].without_soa = false;
	for (unsigned int i = 0; i < world->host_count; i++)
		for (unsigned int j = 0; j < world->hosts[i].zone_count; j++) {
			world->hosts[i].zones[j]->broken_ent |= world->hosts[i].mood == MOOD_BROKEN_ENT;
			world->hosts[i].zones[j]->refuses_a |= world->hosts[i].mood == MOOD_REFUSES_MINIMISED;
			world->hosts[i].zones[j]->without_soa |= world->hosts[i].mood == MOOD_NO_SOA;
		}
}

void moods_build(struct world *world)
{
	unsigned int calm = below(world, 4); /* a quarter of the worlds has only good hosts */
	draw_weather(world);
	for (unsigned int i = 0; i < world->host_count; i++) {
		struct host *host = &world->hosts[i];
		if (calm > 0 && below(world, 5) < calm)
			host->mood = (enum mood)below(world, MOOD_COUNT);
		set_latency(world, host);
	}
	bool deserts = below(world, 6) == 0; /* some zones may have nobody who does right */
	for (unsigned int i = 0; i < world->zone_count; i++)
		if (i == 0 || !deserts || below(world, 4) > 0)
			keep_one_right(world, &world->zones[i]);
	moods_note(world);
	cookies_draw(world);
}
