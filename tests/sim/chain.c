#include "signing.h"

#include "records.h"

#include <stdlib.h>

#define HASH_LABEL_SIZE 32u /* base32hex of SHA-1 */
#define BITMAP_TYPES_MAX 64u
#define PROOF_SIZE_MAX (NAME_SIZE_MAX + 300u + BITMAP_TYPES_MAX * 34u)
#define FLAG_OPT_OUT 1u

/* ---- where a node lies ---- */

static enum place place_of(const struct world *world, const struct node *node)
{
	const struct zone *zone = node->zone;
	if (node == zone->apex)
		return PLACE_INSIDE;
	for (unsigned int labels = zone->origin.labels; labels < node->name.labels; labels++) {
		const struct node *above = world_find(world, zone, name_suffix(node->name, labels));
		if (above != NULL && ((above != zone->apex && node_set(above, TYPE_NS) != NULL) ||
				      node_set(above, TYPE_DNAME) != NULL))
			return PLACE_BELOW;
	}
	return node_set(node, TYPE_NS) != NULL ? PLACE_CUT : PLACE_INSIDE;
}

/* ---- what a record says ---- */

static int compare_types(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* The types at a node, as the zone's signer sees them. */
static size_t write_bitmap(const struct node *node, unsigned int epoch, bool nsec3, uint8_t *octets)
{
	uint16_t types[BITMAP_TYPES_MAX];
	unsigned int count = 0;
	bool is_signed = false;
	for (const struct set *set = node->sets; set != NULL && count < BITMAP_TYPES_MAX - 2; set = set->next) {
		bool own = node->place == PLACE_INSIDE || set->type == TYPE_DS;
		if (node_version(node, set->type, epoch) == NULL || set->type == TYPE_NSEC || (!own && set->type != TYPE_NS))
			continue;
		types[count++] = set->type;
		is_signed |= own;
	}
	if (!nsec3)
		types[count++] = TYPE_NSEC;
	if (!nsec3 || is_signed)
		types[count++] = TYPE_RRSIG;
	qsort(types, count, sizeof types[0], compare_types);
	return sign_bitmap(types, count, octets);
}

static struct span rdata_of(struct world *world, const struct zone *zone, const struct link *link,
			    const struct link *next, unsigned int epoch)
{
	const struct signing *signing = zone->signing;
	uint8_t octets[PROOF_SIZE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	if (signing->plan.nsec3) {
		builder_u8(&builder, 1);
		builder_u8(&builder, signing->plan.opt_out ? FLAG_OPT_OUT : 0);
		builder_u16(&builder, signing->plan.iterations);
		builder_u8(&builder, signing->plan.salt_size);
		builder_octets(&builder, signing->salt);
		builder_u8(&builder, SIGN_HASH_SIZE);
		builder_octets(&builder, span_of(next->hash, SIGN_HASH_SIZE));
	} else {
		name_write(&builder, next->name->name);
	}
	builder.size += write_bitmap(link->name, epoch, signing->plan.nsec3, octets + builder.size);
	return records_copy(world, octets, builder.size);
}

/* ---- the chain ---- */

static int compare_names(const void *a, const void *b)
{
	const struct link *one = a, *other = b;
	return name_compare(one->name->name, other->name->name);
}

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(((const struct link *)a)->hash, ((const struct link *)b)->hash, SIGN_HASH_SIZE);
}

/* The node of an NSEC3: its owner is the hash, in base32hex (RFC 4648 section 7). */
static struct node *hashed_node(struct world *world, struct zone *zone, const uint8_t hash[SIGN_HASH_SIZE])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	char text[HASH_LABEL_SIZE + 1] = "";
	struct node *node = ARENA_NEW(&world->arena, struct node);
	if (node == NULL)
		exit(1);
	for (unsigned int i = 0; i < HASH_LABEL_SIZE; i++) {
		unsigned int bit = i * 5, pair = (unsigned int)hash[bit / 8] << 8;
		if (bit / 8 + 1 < SIGN_HASH_SIZE)
			pair |= hash[bit / 8 + 1];
		text[i] = digits[pair >> (11 - bit % 8) & 31];
	}
	node->name = world_name(world, text, zone->origin);
	node->zone = zone;
	return node;
}

static void add_link(struct world *world, struct zone *zone, struct node *node)
{
	struct signing *signing = zone->signing;
	struct link *link = &signing->chain[signing->chain_count++];
	*link = (struct link){ .name = node, .node = node };
	if (signing->plan.nsec3) {
		sign_nsec3_hash(node->name, signing->salt, signing->plan.iterations, link->hash);
		link->node = hashed_node(world, zone, link->hash);
	}
}

/* Does the link's name have a record in this epoch? An opted-out zone leaves delegations without DS alone. */
static bool is_linked(const struct signing *signing, const struct node *node, unsigned int epoch)
{
	bool any = false;
	for (const struct set *set = node->sets; set != NULL && !signing->plan.nsec3; set = set->next)
		any |= set->type != TYPE_NSEC && node_version(node, set->type, epoch) != NULL;
	if (!signing->plan.nsec3)
		return any;
	if (signing->plan.opt_out && node->place == PLACE_CUT && node_version(node, TYPE_DS, epoch) == NULL)
		return false;
	return node_exists(node, epoch);
}

static void link_epoch(struct world *world, struct zone *zone, unsigned int epoch, bool *linked)
{
	const struct signing *signing = zone->signing;
	uint16_t type = signing->plan.nsec3 ? TYPE_NSEC3 : TYPE_NSEC;
	for (unsigned int i = 0; i < signing->chain_count; i++)
		linked[i] = is_linked(signing, signing->chain[i].name, epoch);
	for (unsigned int i = 0; i < signing->chain_count; i++) {
		const struct link *link = &signing->chain[i];
		const struct version *before = epoch > 0 ? node_version(link->node, type, epoch) : NULL;
		unsigned int next = (i + 1) % signing->chain_count;
		if (!linked[i]) {
			if (before != NULL)
				world_change(world, link->node, type, epoch, signing->proof_ttl, NULL, 0);
			continue;
		}
		while (!linked[next])
			next = (next + 1) % signing->chain_count;
		struct span rdata = rdata_of(world, zone, link, &signing->chain[next], epoch);
		if (before == NULL || !span_equal(rrset_first(&before->rrset), rdata))
			world_change(world, link->node, type, epoch, signing->proof_ttl, &rdata, 1);
	}
}

void chain_build(struct world *world, struct zone *zone)
{
	struct signing *signing = zone->signing;
	unsigned int count = 0;
	for (unsigned int i = 0; i < NODE_BUCKETS; i++)
		for (struct node *node = world->buckets[i]; node != NULL; node = node->next)
			count += node->zone == zone;
	signing->chain = arena_alloc(&world->arena, count * sizeof *signing->chain);
	bool *linked = arena_alloc(&world->arena, count);
	if (signing->chain == NULL || linked == NULL)
		exit(1);
	for (unsigned int i = 0; i < NODE_BUCKETS; i++)
		for (struct node *node = world->buckets[i]; node != NULL; node = node->next) {
			if (node->zone != zone)
				continue;
			node->place = place_of(world, node);
			if (node->place != PLACE_BELOW)
				add_link(world, zone, node);
		}
	qsort(signing->chain, signing->chain_count, sizeof *signing->chain,
	      signing->plan.nsec3 ? compare_hashes : compare_names);
	for (unsigned int epoch = 0; epoch < world->epoch_count; epoch++)
		link_epoch(world, zone, epoch, linked);
}

/* ---- looking ---- */

struct version *chain_version(const struct zone *zone, const struct link *link, unsigned int epoch)
{
	return node_version(link->node, zone->signing->plan.nsec3 ? TYPE_NSEC3 : TYPE_NSEC, epoch);
}

/* Where the name stands in the chain: below zero when it comes before the link. */
static int compare_with(const struct signing *signing, struct name name, const uint8_t *hash, const struct link *link)
{
	return signing->plan.nsec3 ? memcmp(hash, link->hash, SIGN_HASH_SIZE) : name_compare(name, link->name->name);
}

static const struct link *look_for(const struct zone *zone, struct name name, unsigned int epoch, bool match)
{
	const struct signing *signing = zone->signing;
	const struct link *last = NULL, *before = NULL;
	uint8_t hash[SIGN_HASH_SIZE];
	if (signing->plan.nsec3)
		sign_nsec3_hash(name, signing->salt, signing->plan.iterations, hash);
	for (unsigned int i = 0; i < signing->chain_count; i++) {
		const struct link *link = &signing->chain[i];
		if (chain_version(zone, link, epoch) == NULL)
			continue;
		int order = compare_with(signing, name, hash, link);
		if (order == 0)
			return match ? link : NULL;
		if (order > 0)
			before = link;
		last = link;
	}
	if (match)
		return NULL;
	return before != NULL ? before : last; /* the last one reaches round */
}

const struct link *chain_match(const struct zone *zone, struct name name, unsigned int epoch)
{
	return look_for(zone, name, epoch, true);
}

const struct link *chain_cover(const struct zone *zone, struct name name, unsigned int epoch)
{
	return look_for(zone, name, epoch, false);
}
