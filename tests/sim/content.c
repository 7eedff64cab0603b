#include "build.h"
#include "records.h"

#include <stdio.h>

#define CHAIN_MAX 14u

static unsigned int below(struct world *world, unsigned int bound)
{
	return rng_below(&world->rng, bound);
}

static struct zone *any_zone(struct world *world)
{
	struct zone *zone = &world->zones[below(world, world->zone_count)];
	return zone->origin.labels == 0 && below(world, 4) > 0 ? &world->zones[below(world, world->zone_count)] : zone;
}

/* Can records live at the name? Not at or below a cut, a DNAME or another zone's origin. */
static bool is_free(const struct world *world, const struct zone *zone, struct name name)
{
	if (name.labels <= zone->origin.labels || world_zone_of(world, name, TYPE_A) != zone)
		return false;
	for (struct name at = name; at.labels >= zone->origin.labels; at = name_parent(at)) {
		const struct node *node = world_find(world, zone, at);
		if (node != NULL && (node_set(node, TYPE_DNAME) != NULL || node_set(node, TYPE_CNAME) != NULL))
			return false;
		if (at.labels == 0)
			break;
	}
	return true;
}

/* A new name in the zone, one to three labels below its origin; NULL when the draw was a bad one. */
static struct node *new_node(struct world *world, struct zone *zone)
{
	char text[64];
	struct name name = zone->origin;
	unsigned int depth = below(world, 5) == 0 ? 2 + below(world, 3) : 1;
	for (unsigned int i = 0; i < depth; i++)
		name = world_name(world, records_label(&world->rng, text), name);
	if (!is_free(world, zone, name))
		return NULL;
	struct node *node = world_find(world, zone, name);
	if (node != NULL && (node->sets != NULL || node->first_below != NULL))
		return NULL;
	world_ask_for(world, name);
	return world_node(world, zone, name);
}

/* One draw after the other: C leaves open which argument is worked out first, and a seed must make one world. */
static void fill(struct world *world, struct node *node, uint16_t type, unsigned int least, unsigned int spread)
{
	uint32_t ttl = records_ttl(&world->rng);
	unsigned int count = least + (spread > 1 ? below(world, spread) : 0);
	records_fill(world, node, type != TYPE_NONE ? type : records_any_type(&world->rng), count, ttl);
}

static void add_host_names(struct world *world, struct zone *zone)
{
	unsigned int count = 2 + below(world, 8);
	for (unsigned int i = 0; i < count; i++) {
		struct node *node = new_node(world, zone);
		unsigned int types = 1 + below(world, 3);
		for (unsigned int j = 0; node != NULL && j < types; j++)
			fill(world, node, TYPE_NONE, 1, 4);
	}
	for (unsigned int i = below(world, 3); i > 0; i--) /* at the apex */
		fill(world, zone->apex, TYPE_NONE, 1, 3);
}

/* More than a UDP message holds. */
static void add_large(struct world *world, struct zone *zone)
{
	struct node *node = new_node(world, zone);
	if (node == NULL)
		return;
	if (below(world, 2) == 0)
		fill(world, node, TYPE_TXT, 6, 40);
	else
		fill(world, node, TYPE_A, 60, 140);
}

static void add_wildcard(struct world *world, struct zone *zone)
{
	char text[64];
	struct name parent = zone->origin;
	if (below(world, 2) == 0)
		parent = world_name(world, records_label(&world->rng, text), parent);
	struct name name = world_name(world, "*", parent);
	if (name_equal(name, zone->origin) || !is_free(world, zone, name))
		return;
	struct node *node = world_node(world, zone, name);
	if (node->sets != NULL)
		return;
	if (below(world, 4) == 0) {
		struct span target = records_of_name(world->names[below(world, world->name_count)]);
		world_add(world, node, TYPE_CNAME, records_ttl(&world->rng), target);
	} else {
		fill(world, node, TYPE_NONE, 1, 3);
		fill(world, node, TYPE_NONE, 1, 1);
	}
	world_ask_for(world, name); /* "*" itself is a name too (RFC 4592 section 2.2.1) */
	for (unsigned int i = 0; i < 3; i++)
		world_ask_for(world, world_name(world, records_label(&world->rng, text), parent));
}

static struct name target_of_chain(struct world *world)
{
	char text[64];
	struct name name = world->names[below(world, world->name_count)];
	return below(world, 4) == 0 ? world_name(world, records_label(&world->rng, text), name) : name;
}

/* A chain of CNAMEs over zones that ends in data, nothing, or itself. */
static void add_chain(struct world *world)
{
	struct node *nodes[CHAIN_MAX];
	unsigned int wanted = below(world, 4) == 0 ? 1 + below(world, CHAIN_MAX) : 1 + below(world, 3), count = 0;
	for (unsigned int i = 0; i < 3 * wanted && count < wanted; i++) {
		struct node *node = new_node(world, any_zone(world));
		if (node != NULL)
			nodes[count++] = node;
		if (node != NULL) /* taken from now on */
			world_add(world, node, TYPE_CNAME, records_ttl(&world->rng), span_of("", 0));
	}
	struct name end = count > 0 && below(world, 10) == 0 ? nodes[below(world, count)]->name : target_of_chain(world);
	for (unsigned int i = 0; i < count; i++) {
		struct version *version = nodes[i]->sets->newest;
		struct name target = i + 1 < count ? nodes[i + 1]->name : end;
		version->rrset.count = 0;
		version->rrset.packed = span_of(NULL, 0);
		world_add(world, nodes[i], TYPE_CNAME, version->rrset.ttl, records_of_name(target));
	}
}

/* A DNAME into another zone's names, with questions below it; some make names that are too long, some loop. */
static void add_dname(struct world *world)
{
	char text[64], whole[200];
	struct node *node = new_node(world, any_zone(world));
	struct zone *target_zone = any_zone(world);
	if (node == NULL)
		return;
	struct name target = below(world, 2) == 0 ? target_zone->origin : target_of_chain(world);
	if (below(world, 8) == 0)
		target = node->name; /* each turn makes it longer, or it goes round */
	if (below(world, 6) == 0) {
		memset(whole, 'l', 180);
		whole[60] = whole[121] = '.';
		whole[180] = '\0';
		target = world_name(world, whole, target);
	}
	world_add(world, node, TYPE_DNAME, records_ttl(&world->rng), records_of_name(target));
	if (below(world, 3) == 0)
		records_fill(world, node, TYPE_TXT, 1, 300);
	for (unsigned int i = 0; i < 4; i++) {
		struct name name = world_name(world, records_label(&world->rng, text), node->name);
		world_ask_for(world, below(world, 3) == 0 ? world_name(world, "deep", name) : name);
	}
	memset(whole, 'q', 120);
	whole[55] = '.';
	whole[110] = '\0';
	world_ask_for(world, world_name(world, whole, node->name));
	/* What the DNAME leads to should be there now and then. */
	for (unsigned int i = 0; i < 2; i++) {
		const struct name *made = &world->names[world->name_count - 2 - i];
		struct name_buffer buffer;
		struct name there;
		struct zone *zone = world_zone_of(world, target, TYPE_A);
		if (!name_is_below(*made, node->name) ||
		    !name_replace_suffix(*made, node->name, target, &buffer, &there) || !is_free(world, zone, there))
			continue;
		struct node *end = world_node(world, zone, there);
		if (node_set(end, TYPE_CNAME) == NULL && node_set(end, TYPE_DNAME) == NULL && end->first_below == NULL)
			fill(world, end, TYPE_A, 1, 2);
	}
}

void content_build(struct world *world)
{
	for (unsigned int i = 0; i < world->zone_count; i++) {
		struct zone *zone = &world->zones[i];
		if (i > 0 || below(world, 2) == 0)
			add_host_names(world, zone);
		if (below(world, 4) == 0)
			add_wildcard(world, zone);
		if (below(world, 6) == 0)
			add_large(world, zone);
	}
	for (unsigned int i = 2 + below(world, 8); i > 0; i--)
		add_chain(world);
	for (unsigned int i = below(world, 4); i > 0; i--)
		add_dname(world);
}
