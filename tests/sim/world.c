#include "world.h"

#include <stdio.h>
#include <stdlib.h>

static void *need(void *memory)
{
	if (memory == NULL) {
		fputs("sim: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

void world_begin(struct world *world, uint64_t seed)
{
	memset(world, 0, sizeof *world);
	world->seed = seed;
	world->rng = rng_of_number(seed);
	world->key = rng_u64(&world->rng);
	world->epoch_count = 1;
	world->weather = (struct weather){ .ipv6 = true, .minimise = true, .case_random = true, .minimal = true };
}

void world_end(struct world *world)
{
	arena_free(&world->arena);
}

unsigned int world_epoch(const struct world *world, uint64_t elapsed)
{
	unsigned int epoch = world->epoch_count - 1;
	while (epoch > 0 && world->epoch_at[epoch] > elapsed)
		epoch--;
	return epoch;
}

struct name world_name(struct world *world, const char *text, struct name origin)
{
	struct name_buffer buffer;
	struct name name;
	if (strcmp(text, "@") == 0)
		return origin;
	if (!name_of_text(text, &buffer, &name)) {
		fprintf(stderr, "sim: no name: %s\n", text);
		exit(1);
	}
	if (text[strlen(text) - 1] == '.')
		return name_copy(&world->arena, name);
	if ((size_t)name.size + origin.size - 1 > NAME_SIZE_MAX)
		return origin;
	uint8_t *octets = need(arena_alloc(&world->arena, (size_t)name.size + origin.size - 1));
	memcpy(octets, name.octets, name.size - 1u);
	memcpy(octets + name.size - 1, origin.octets, origin.size);
	return (struct name){ .octets = octets,
			      .size = (uint8_t)(name.size + origin.size - 1),
			      .labels = (uint8_t)(name.labels + origin.labels) };
}

static size_t bucket_of(const struct world *world, const struct zone *zone, struct name name)
{
	uint64_t hash = world->key + zone->number * 0x9e3779b97f4a7c15u;
	for (unsigned int i = 0; i < name.size; i++) {
		uint8_t octet = name.octets[i];
		hash = (hash ^ (octet >= 'A' && octet <= 'Z' ? octet | 0x20u : octet)) * 0x100000001b3u;
	}
	return (hash ^ hash >> 29) % NODE_BUCKETS;
}

struct node *world_find(const struct world *world, const struct zone *zone, struct name name)
{
	struct node *node = world->buckets[bucket_of(world, zone, name)];
	while (node != NULL && (node->zone != zone || !name_equal(node->name, name)))
		node = node->next;
	return node;
}

struct node *world_node(struct world *world, struct zone *zone, struct name name)
{
	struct node *node = world_find(world, zone, name);
	if (node != NULL)
		return node;
	node = need(ARENA_NEW(&world->arena, struct node));
	node->name = name_copy(&world->arena, name);
	node->zone = zone;
	size_t bucket = bucket_of(world, zone, name);
	node->next = world->buckets[bucket];
	world->buckets[bucket] = node;
	if (name.labels > zone->origin.labels) {
		struct node *above = world_node(world, zone, name_parent(name));
		node->next_beside = above->first_below;
		above->first_below = node;
	}
	return node;
}

struct zone *world_zone(struct world *world, struct name origin, struct zone *parent)
{
	if (world->zone_count == WORLD_ZONES_MAX)
		return need(NULL);
	struct zone *zone = &world->zones[world->zone_count];
	*zone = (struct zone){ .number = world->zone_count++, .origin = origin, .parent = parent };
	zone->apex = world_node(world, zone, origin);
	world_ask_for(world, origin);
	return zone;
}

struct host *world_host(struct world *world)
{
	if (world->host_count == WORLD_HOSTS_MAX)
		return need(NULL);
	struct host *host = &world->hosts[world->host_count];
	*host = (struct host){ .number = world->host_count++ };
	host->latency = (2 + rng_below(&world->rng, 18)) * TICKS_PER_MS;
	host->jitter = rng_below(&world->rng, 5) * TICKS_PER_MS;
	return host;
}

static struct span rdata_of_ip(const struct ip *ip)
{
	return span_of(ip->octets, ip->version == 4 ? 4 : 16);
}

struct server *world_server(struct world *world, struct zone *home, struct name name, struct host *host, uint32_t ttl)
{
	if (world->server_count == WORLD_SERVERS_MAX)
		return need(NULL);
	struct server *server = &world->servers[world->server_count++];
	*server = (struct server){ .name = name, .home = home, .host = host };
	struct node *node = world_node(world, home, name);
	for (unsigned int i = 0; i < host->address_count; i++)
		world_add(world, node, host->addresses[i].version == 4 ? TYPE_A : TYPE_AAAA, ttl,
			  rdata_of_ip(&host->addresses[i]));
	world_ask_for(world, name);
	return server;
}

void world_serve(struct host *host, struct zone *zone)
{
	if (!host_serves(host, zone))
		host->zones[host->zone_count++] = zone;
}

void world_delegate(struct world *world, struct zone *zone, struct server *server, uint32_t ttl)
{
	struct span rdata = span_of(server->name.octets, server->name.size);
	/* The zone's own set has another TTL, so that one is never taken for the other. */
	world_add(world, zone->apex, TYPE_NS, ttl / 2 + 7, rdata);
	if (zone->parent != NULL)
		world_add(world, world_node(world, zone->parent, zone->origin), TYPE_NS, ttl, rdata);
}

void world_glue(struct world *world, struct zone *zone, const struct server *server, uint32_t ttl)
{
	if (server->home == zone->parent)
		return;
	struct node *node = world_node(world, zone->parent, server->name);
	if (node->sets != NULL)
		return;
	for (unsigned int i = 0; i < server->host->address_count; i++) {
		const struct ip *ip = &server->host->addresses[i];
		world_add(world, node, ip->version == 4 ? TYPE_A : TYPE_AAAA, ttl, rdata_of_ip(ip));
	}
}

static bool is_of_signer(uint16_t type)
{
	return type == TYPE_DNSKEY || type == TYPE_NSEC || type == TYPE_NSEC3 || type == TYPE_NSEC3PARAM;
}

static struct set *need_set(struct world *world, struct node *node, uint16_t type)
{
	struct set *set = node_set(node, type);
	if (set != NULL)
		return set;
	set = need(ARENA_NEW(&world->arena, struct set));
	set->type = type;
	struct set **place = &node->sets;
	while (is_of_signer(type) && *place != NULL) /* last, so that clients mostly ask for others */
		place = &(*place)->next;
	set->next = *place;
	*place = set;
	return set;
}

static struct version *add_version(struct world *world, struct node *node, struct set *set, unsigned int epoch)
{
	struct version *version = need(ARENA_NEW(&world->arena, struct version));
	version->rrset = (struct rrset){ .owner = node->name, .type = set->type, .class = CLASS_IN };
	version->node = node;
	version->epoch = epoch;
	version->first_seen = version->last_seen = SEEN_NEVER;
	version->older = set->newest;
	set->newest = version;
	return version;
}

static void append(struct world *world, struct rrset *rrset, struct span rdata)
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span other;
	while (rrset_next(&walk, &other))
		if (rdata_equal(rrset->type, other, rdata))
			return;
	size_t size = rrset->packed.size;
	uint8_t *packed = need(arena_alloc(&world->arena, size + 2 + rdata.size));
	if (size > 0)
		memcpy(packed, rrset->packed.octets, size);
	packed[size] = (uint8_t)(rdata.size >> 8);
	packed[size + 1] = (uint8_t)rdata.size;
	if (rdata.size > 0)
		memcpy(packed + size + 2, rdata.octets, rdata.size);
	rrset->packed = span_of(packed, size + 2 + rdata.size);
	rrset->count++;
}

void world_add(struct world *world, struct node *node, uint16_t type, uint32_t ttl, struct span rdata)
{
	struct set *set = need_set(world, node, type);
	if (set->newest == NULL) {
		add_version(world, node, set, 0);
		set->newest->rrset.ttl = ttl;
	}
	append(world, &set->newest->rrset, rdata);
}

void world_change(struct world *world, struct node *node, uint16_t type, unsigned int epoch, uint32_t ttl,
		  const struct span *rdata, size_t count)
{
	struct set *set = need_set(world, node, type);
	if (set->newest == NULL && epoch > 0)
		add_version(world, node, set, 0);
	struct version *version = add_version(world, node, set, epoch);
	version->rrset.ttl = ttl;
	for (size_t i = 0; i < count; i++)
		append(world, &version->rrset, rdata[i]);
}

void world_ask_for(struct world *world, struct name name)
{
	if (world->name_count < WORLD_NAMES_MAX)
		world->names[world->name_count++] = name;
}

struct set *node_set(const struct node *node, uint16_t type)
{
	struct set *set = node->sets;
	while (set != NULL && set->type != type)
		set = set->next;
	return set;
}

static struct version *version_in(const struct set *set, unsigned int epoch)
{
	struct version *version = set->newest;
	while (version != NULL && version->epoch > epoch)
		version = version->older;
	return version != NULL && version->rrset.count > 0 ? version : NULL;
}

struct version *node_version(const struct node *node, uint16_t type, unsigned int epoch)
{
	const struct set *set = node_set(node, type);
	return set != NULL ? version_in(set, epoch) : NULL;
}

bool node_has_sets(const struct node *node, unsigned int epoch)
{
	for (const struct set *set = node->sets; set != NULL; set = set->next)
		if (version_in(set, epoch) != NULL)
			return true;
	return false;
}

bool node_exists(const struct node *node, unsigned int epoch)
{
	if (node == node->zone->apex || node_has_sets(node, epoch))
		return true;
	for (const struct node *below = node->first_below; below != NULL; below = below->next_beside)
		if (node_exists(below, epoch))
			return true;
	return false;
}

struct zone *world_zone_at(const struct world *world, struct name origin)
{
	for (unsigned int i = 0; i < world->zone_count; i++)
		if (world->zones[i].origin.labels == origin.labels && name_equal(world->zones[i].origin, origin))
			return (struct zone *)&world->zones[i];
	return NULL;
}

struct zone *world_zone_of(const struct world *world, struct name name, uint16_t type)
{
	struct zone *best = NULL;
	for (unsigned int i = 0; i < world->zone_count; i++) {
		const struct zone *zone = &world->zones[i];
		if (!name_is_within(name, zone->origin))
			continue;
		if (type == TYPE_DS && zone->parent != NULL && name_equal(name, zone->origin))
			continue;
		if (best == NULL || zone->origin.labels > best->origin.labels)
			best = (struct zone *)zone;
	}
	return best;
}

struct host *world_host_at(const struct world *world, struct ip ip)
{
	for (unsigned int i = 0; i < world->host_count; i++)
		for (unsigned int j = 0; j < world->hosts[i].address_count; j++)
			if (ip_equal(world->hosts[i].addresses[j], ip))
				return (struct host *)&world->hosts[i];
	return NULL;
}

bool host_serves(const struct host *host, const struct zone *zone)
{
	for (unsigned int i = 0; i < host->zone_count; i++)
		if (host->zones[i] == zone)
			return true;
	return false;
}

bool world_is_poison(struct ip ip)
{
	static const uint8_t poison4[] = { 203, 0, 113 }, poison6[] = { 0x20, 0x01, 0x0d, 0xb8, 0x0b, 0xad };
	return ip.version == 4 ? memcmp(ip.octets, poison4, sizeof poison4) == 0
			       : memcmp(ip.octets, poison6, sizeof poison6) == 0;
}

const char *mood_text(enum mood mood)
{
	static const char *const texts[] = {
#define MOOD(name, text, conduct) text,
		MOODS(MOOD)
#undef MOOD
	};
	return texts[mood];
}

enum conduct mood_conduct(enum mood mood)
{
	static const enum conduct conducts[] = {
#define MOOD(name, text, conduct) CONDUCT_##conduct,
		MOODS(MOOD)
#undef MOOD
	};
	return conducts[mood];
}
