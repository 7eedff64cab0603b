#include "build.h"
#include "records.h"

#include <stdio.h>

static unsigned int below(struct world *world, unsigned int bound)
{
	return rng_below(&world->rng, bound);
}

void tree_address(struct world *world, struct host *host, bool v4, bool v6)
{
	uint8_t number = (uint8_t)(host->number + 1);
	if (v4)
		host->addresses[host->address_count++] = ip_of_v4((uint8_t[]){ 198, 18, number, 1 });
	if (v6)
		host->addresses[host->address_count++] =
			ip_of_v6((uint8_t[16]){ 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, number, [15] = 1 });
	(void)world;
}

static struct host *new_host(struct world *world)
{
	struct host *host = world_host(world);
	unsigned int kind = world->weather.ipv6 ? below(world, 10) : 0;
	tree_address(world, host, kind < 9, kind >= 5);
	return host;
}

static void add_soa(struct world *world, struct zone *zone)
{
	uint32_t minimum = records_ttl(&world->rng), ttl = records_ttl(&world->rng);
	world_add(world, zone->apex, TYPE_SOA, ttl, records_soa(world, zone, minimum));
}

struct zone *tree_root(struct world *world, unsigned int hosts)
{
	struct zone *root = world_zone(world, name_root, NULL);
	add_soa(world, root);
	for (unsigned int i = 0; i < hosts; i++) {
		char text[64];
		struct host *host = world_host(world);
		tree_address(world, host, true, world->weather.ipv6 && i % 2 == 0);
		snprintf(text, sizeof text, "%c.root-servers.", 'a' + (int)i);
		struct server *server =
			world_server(world, root, world_name(world, text, name_root), host, 3600000);
		world_delegate(world, root, server, 518400);
		world_serve(host, root);
	}
	return root;
}

struct zone *tree_zone(struct world *world, struct zone *parent, const char *text)
{
	struct name origin = world_name(world, text, parent->origin);
	struct node *node = world_find(world, parent, origin);
	if (node != NULL && (node->sets != NULL || node->first_below != NULL))
		return NULL;
	if (world_zone_at(world, origin) != NULL || world->zone_count == WORLD_ZONES_MAX)
		return NULL;
	struct zone *zone = world_zone(world, origin, parent);
	add_soa(world, zone);
	return zone;
}

static uint32_t delegation_ttl(struct world *world)
{
	static const uint32_t ttls[] = { 60, 300, 3600, 86400, 172800 };
	return ttls[below(world, 5)];
}

/* A name server inside the zone itself. */
struct server *tree_own_server(struct world *world, struct zone *zone, const char *label, struct host *host, bool glue)
{
	struct server *server = world_server(world, zone, world_name(world, label, zone->origin), host,
					     60 + records_ttl(&world->rng));
	uint32_t ttl = delegation_ttl(world);
	world_delegate(world, zone, server, ttl);
	/* Glue that differs from the zone's own data: served to a client, it would be wrong. */
	if (glue && below(world, 6) == 0 && host->address_count < HOST_ADDRESSES_MAX) {
		uint8_t octets[4] = { 198, 19, (uint8_t)(host->number + 1), (uint8_t)host->address_count };
		host->addresses[host->address_count++] = ip_of_v4(octets);
	}
	if (glue)
		world_glue(world, zone, server, ttl);
	world_serve(host, zone);
	return server;
}

/* A host that is there already, or a new one. */
static struct host *some_host(struct world *world, const struct zone *zone)
{
	if (below(world, 6) == 0 && world->host_count > 2)
		return &world->hosts[2 + below(world, world->host_count - 2)];
	if (below(world, 8) == 0 && zone->parent != NULL && world->server_count > 0) /* the parent's: no referral */
		for (unsigned int i = 0; i < world->host_count; i++)
			if (host_serves(&world->hosts[i], zone->parent) && zone->parent->parent != NULL)
				return &world->hosts[i];
	return world->host_count + 1 < WORLD_HOSTS_MAX ? new_host(world) : &world->hosts[world->host_count - 1];
}

static void give_own_servers(struct world *world, struct zone *zone, unsigned int count)
{
	static const char *const labels[] = { "ns1", "ns2", "NS3", "dns.infra", "ns4" };
	for (unsigned int i = 0; i < count; i++)
		tree_own_server(world, zone, labels[i], some_host(world, zone), true);
}

/* A name server that some other zone has; NULL when there is none that fits. */
static struct server *foreign_server(struct world *world, const struct zone *zone, bool sibling)
{
	for (unsigned int i = 0; i < 12; i++) {
		struct server *server = &world->servers[below(world, world->server_count)];
		bool is_sibling = name_is_within(server->name, zone->parent->origin);
		if (server->home->parent != NULL && !server->home->doomed && is_sibling == sibling &&
		    !name_is_within(server->name, zone->origin))
			return server;
	}
	return NULL;
}

static unsigned int give_foreign_servers(struct world *world, struct zone *zone, unsigned int count, bool sibling)
{
	unsigned int given = 0;
	bool glue = sibling && below(world, 2) == 0;
	uint32_t ttl = delegation_ttl(world);
	for (unsigned int i = 0; i < count; i++) {
		struct server *server = foreign_server(world, zone, sibling);
		if (server == NULL)
			continue;
		world_delegate(world, zone, server, ttl);
		if (glue && name_is_within(server->name, zone->parent->origin))
			world_glue(world, zone, server, ttl);
		world_serve(server->host, zone);
		given++;
	}
	return given;
}

/* The parent's NS set is one thing, the zone's own another. */
static void let_differ(struct world *world, struct zone *zone)
{
	struct host *host = new_host(world);
	struct name name = world_name(world, "ns-new", zone->origin);
	struct server *server = world_server(world, zone, name, host, 300);
	world_serve(host, zone);
	world_add(world, zone->apex, TYPE_NS, 300, records_of_name(server->name));
}

static void give_servers(struct world *world, struct zone *zone)
{
	unsigned int count = 1 + below(world, 3);
	switch (below(world, 10)) {
	case 0:
	case 1:
		if (give_foreign_servers(world, zone, count, true) == 0)
			give_own_servers(world, zone, count);
		break;
	case 2:
	case 3:
	case 4:
		if (give_foreign_servers(world, zone, count, false) == 0)
			give_own_servers(world, zone, count);
		break;
	case 5:
		give_own_servers(world, zone, 1);
		give_foreign_servers(world, zone, count, below(world, 2) == 0);
		break;
	default:
		give_own_servers(world, zone, count);
	}
	if (below(world, 8) == 0 && world->host_count + 2 < WORLD_HOSTS_MAX)
		let_differ(world, zone);
	if (below(world, 8) == 0 && world->host_count + 2 < WORLD_HOSTS_MAX) { /* named, but does not serve it */
		struct host *host = new_host(world);
		struct server *lame =
			world_server(world, zone, world_name(world, "ns-lame", zone->origin), host, 300);
		world_delegate(world, zone, lame, 300);
		world_glue(world, zone, lame, 300);
	}
}

/* Two zones that have their name servers in each other, or one that has them in itself, without glue. */
static void make_loop(struct world *world, struct zone *a, struct zone *b)
{
	char label[] = "ns";
	if (a == NULL || world->host_count + 2 >= WORLD_HOSTS_MAX)
		return;
	if (b == NULL)
		b = a;
	struct host *host = new_host(world);
	struct server *in_a = world_server(world, a, world_name(world, label, a->origin), host, 300);
	struct server *in_b = a == b ? in_a : world_server(world, b, world_name(world, label, b->origin), host, 300);
	world_delegate(world, a, in_b, 3600);
	world_serve(host, a);
	a->doomed = true;
	if (a != b) {
		world_delegate(world, b, in_a, 3600);
		world_serve(host, b);
		b->doomed = true;
	}
}

static struct zone *any_zone(struct world *world, unsigned int labels_min, unsigned int labels_max)
{
	for (unsigned int i = 0; i < 20; i++) {
		struct zone *zone = &world->zones[below(world, world->zone_count)];
		if (!zone->doomed && zone->origin.labels >= labels_min && zone->origin.labels <= labels_max)
			return zone;
	}
	return &world->zones[1];
}

static void grow_deeper(struct world *world)
{
	static const char *const texts[] = { "sub", "eu", "Dept.Staff", "a.b.c", "lab", "zone", "x.y.z.w.v" };
	unsigned int count = below(world, 8);
	for (unsigned int i = 0; i < count; i++) {
		const char *text = texts[below(world, 7)];
		struct zone *zone = tree_zone(world, any_zone(world, 2, 9), text);
		if (zone != NULL)
			give_servers(world, zone);
	}
}

void tree_build(struct world *world)
{
	static const char *const tlds[] = { "com", "NET", "org", "de", "uk", "museum", "xn--p1ai", "info" };
	static const char *const texts[] = { "example", "Shop", "hoster", "dns-farm", "co", "news", "bank", "games",
					     "uni", "travel", "cdn", "robo-shop" };
	struct zone *root = tree_root(world, 2 + below(world, 3));
	unsigned int first = below(world, 8), tld_count = 3 + below(world, 3);
	for (unsigned int i = 0; i < tld_count; i++) {
		struct zone *tld = tree_zone(world, root, tlds[(first + i) % 8]);
		if (i == 0 || below(world, 4) > 0)
			give_own_servers(world, tld, 1 + below(world, 3));
		else
			give_servers(world, tld);
	}
	unsigned int count = 6 + below(world, 10);
	for (unsigned int i = 0; i < count; i++) {
		const char *text = texts[below(world, 12)];
		struct zone *zone = tree_zone(world, any_zone(world, 1, 1), text);
		if (zone != NULL)
			give_servers(world, zone);
	}
	grow_deeper(world);
	if (below(world, 3) == 0) {
		struct zone *b = below(world, 3) > 0 ? tree_zone(world, any_zone(world, 1, 1), "loop-b") : NULL;
		make_loop(world, tree_zone(world, any_zone(world, 1, 1), "loop-a"), b);
	}
}
