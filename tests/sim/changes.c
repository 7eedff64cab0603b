#include "build.h"
#include "records.h"

static unsigned int below(struct world *world, unsigned int bound)
{
	return rng_below(&world->rng, bound);
}

/* Is this what clients ask for: neither a cut nor glue nor what the tree is made of? */
static bool may_change(const struct world *world, const struct node *node)
{
	if (node == node->zone->apex || world_zone_of(world, node->name, TYPE_A) != node->zone)
		return false;
	for (unsigned int i = 0; i < world->server_count; i++)
		if (name_equal(world->servers[i].name, node->name))
			return false;
	return true;
}

static struct node *draw_node(struct world *world)
{
	for (unsigned int i = 0; i < 20; i++) {
		struct name name = world->names[below(world, world->name_count)];
		struct node *node = world_find(world, world_zone_of(world, name, TYPE_A), name);
		if (node != NULL && node->sets != NULL && may_change(world, node))
			return node;
	}
	return NULL;
}

static void change_set(struct world *world, struct node *node, struct set *set, unsigned int epoch)
{
	struct span rdata[3];
	size_t count = 1 + below(world, 3);
	if (set->type == TYPE_DNAME || set->newest->epoch == epoch)
		return;
	if (below(world, 5) == 0)
		count = 0; /* the set goes */
	if (set->type == TYPE_CNAME) {
		count = count > 1 ? 1 : count;
		rdata[0] = records_of_name(world->names[below(world, world->name_count)]);
	} else {
		for (size_t i = 0; i < count; i++)
			rdata[i] = records_rdata(world, set->type);
	}
	world_change(world, node, set->type, epoch, records_ttl(&world->rng), rdata, count);
}

/* A type that was not there, at a name that was. */
static void new_type(struct world *world, struct node *node, unsigned int epoch)
{
	uint16_t type = records_any_type(&world->rng);
	if (node_set(node, type) != NULL || node_set(node, TYPE_CNAME) != NULL)
		return;
	struct span rdata = records_rdata(world, type);
	if (rdata_is_valid(type, rdata))
		world_change(world, node, type, epoch, records_ttl(&world->rng), &rdata, 1);
}

/* A name that was not there. It is asked for before and after. */
static void new_name(struct world *world, unsigned int epoch)
{
	struct zone *zone = &world->zones[below(world, world->zone_count)];
	struct name name = world_name(world, "tomorrow", zone->origin);
	struct span rdata = records_rdata(world, TYPE_A);
	if (name.labels == zone->origin.labels || world_find(world, zone, name) != NULL ||
	    world_zone_of(world, name, TYPE_A) != zone || node_set(zone->apex, TYPE_DNAME) != NULL)
		return;
	struct node *node = world_node(world, zone, name);
	world_change(world, node, TYPE_A, epoch, records_ttl(&world->rng), &rdata, 1);
	for (unsigned int i = 0; i < 3; i++)
		world_ask_for(world, node->name);
}

void changes_build(struct world *world)
{
	static const uint32_t moments[] = { 3, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 43200, 86400 };
	unsigned int count = below(world, 2) == 0 ? 0 : 1 + below(world, 4);
	uint64_t at = 0;
	for (unsigned int i = 0; i < count; i++) {
		unsigned int epoch = world->epoch_count;
		uint64_t ms = moments[below(world, 12)] * (uint64_t)1000;
		at += (ms + below(world, 1000)) * TICKS_PER_MS;
		world->epoch_at[world->epoch_count++] = at;
		for (unsigned int j = 10 + below(world, 20); j > 0; j--) {
			struct node *node = draw_node(world);
			if (node != NULL && below(world, 3) > 0)
				change_set(world, node, node->sets, epoch);
			else if (node != NULL)
				new_type(world, node, epoch);
		}
		new_name(world, epoch);
	}
	/* Now and then a host falls silent for an epoch and comes back. */
	for (unsigned int i = 0; count > 1 && i < world->host_count; i++)
		if (below(world, 12) == 0) {
			world->hosts[i].rests_from = 1 + below(world, count);
			world->hosts[i].rests_to = world->hosts[i].rests_from + 1;
		}
}

void build_world(struct world *world)
{
	tree_build(world);
	content_build(world);
	moods_build(world);
	changes_build(world);
	secure_build(world);
}
