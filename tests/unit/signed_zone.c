#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/signed_zone.h"

static bool chance(struct rng *rng, uint32_t percent)
{
	return rng_below(rng, 100) < percent;
}

static struct name under(struct arena *arena, const char *label, struct name name)
{
	struct name_buffer buffer;
	size_t size = strlen(label);
	assert_true(size + 1 + name.size <= NAME_SIZE_MAX);
	buffer.octets[0] = (uint8_t)size;
	memcpy(buffer.octets + 1, label, size);
	memcpy(buffer.octets + 1 + size, name.octets, name.size);
	struct name result = { buffer.octets, (uint8_t)(size + 1 + name.size), (uint8_t)(name.labels + 1) };
	return name_copy(arena, result);
}

struct name zone_wildcard(const struct signed_zone *zone, struct name encloser)
{
	return under(zone->arena, "*", encloser);
}

static const char *any_label(struct rng *rng)
{
	static const char *const labels[] = { "a", "b", "c", "d", "B", "*", "!", "a\xff" };
	return labels[rng_below(rng, sizeof labels / sizeof labels[0])];
}

struct name zone_random_name(const struct signed_zone *zone, struct rng *rng)
{
	struct name name = zone->apex;
	if (chance(rng, 70))
		name = zone->nodes[rng_below(rng, zone->count)].name;
	if (chance(rng, 40) && name.labels > zone->apex.labels)
		name = name_suffix(name, zone->apex.labels + rng_below(rng, name.labels - zone->apex.labels + 1u));
	for (uint32_t more = rng_below(rng, 3); more > 0; more--)
		name = under(zone->arena, any_label(rng), name);
	return name;
}

const struct node *zone_node(const struct signed_zone *zone, struct name name)
{
	for (unsigned int i = 0; i < zone->count; i++)
		if (name_equal(zone->nodes[i].name, name))
			return &zone->nodes[i];
	return NULL;
}

/* The cut or DNAME above the name, below which nothing is the zone's. */
static const struct node *lid_above(const struct signed_zone *zone, struct name name)
{
	for (unsigned int i = 0; i < zone->count; i++) {
		const struct node *node = &zone->nodes[i];
		bool cut = (node->has & HAS_NS) != 0 && (node->has & HAS_SOA) == 0;
		if ((cut || (node->has & HAS_DNAME) != 0) && name_is_below(name, node->name))
			return node;
	}
	return NULL;
}

static bool exists(const struct signed_zone *zone, struct name name)
{
	for (unsigned int i = 0; i < zone->count; i++)
		if (name_is_within(zone->nodes[i].name, name))
			return true;
	return false;
}

static bool has_type(unsigned int has, uint16_t type)
{
	static const struct {
		unsigned int bit;
		uint16_t type;
	} types[] = {
		{ HAS_A, TYPE_A },   { HAS_TXT, TYPE_TXT }, { HAS_CNAME, TYPE_CNAME }, { HAS_DNAME, TYPE_DNAME },
		{ HAS_NS, TYPE_NS }, { HAS_DS, TYPE_DS },   { HAS_SOA, TYPE_SOA },
	};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if ((has & types[i].bit) != 0 && (type == types[i].type || type == TYPE_ANY))
			return true;
	return false;
}

static enum truth at_node(const struct node *node, uint16_t type)
{
	if ((node->has & HAS_NS) != 0 && (node->has & HAS_SOA) == 0 && type != TYPE_DS)
		return TRUTH_BEYOND;
	if ((node->has & HAS_SOA) != 0 && type == TYPE_DS && !name_is_root(node->name))
		return TRUTH_BEYOND;
	return has_type(node->has, type) || (node->has & HAS_CNAME) != 0 ? TRUTH_DATA : TRUTH_NODATA;
}

struct told zone_tell(const struct signed_zone *zone, struct name name, uint16_t type)
{
	struct told told = { .truth = TRUTH_BEYOND, .encloser = name.labels };
	if (!name_is_within(name, zone->apex) || lid_above(zone, name) != NULL)
		return told;
	const struct node *node = zone_node(zone, name);
	if (node != NULL) {
		told.delegation = (node->has & HAS_NS) != 0 && (node->has & HAS_SOA) == 0;
		told.truth = at_node(node, type);
		return told;
	}
	told.truth = TRUTH_NODATA;
	if (exists(zone, name))
		return told;
	while (!exists(zone, name_suffix(name, told.encloser)))
		told.encloser--;
	struct name wildcard = zone_wildcard(zone, name_suffix(name, told.encloser));
	told.wildcard = exists(zone, wildcard);
	node = zone_node(zone, wildcard);
	if (node != NULL)
		told.truth = at_node(node, type);
	else if (!told.wildcard)
		told.truth = TRUTH_NXDOMAIN;
	return told;
}

const struct node *zone_node_before(const struct signed_zone *zone, struct name name)
{
	const struct node *before = NULL;
	for (unsigned int i = 0; i < zone->count && name_compare(zone->nodes[i].name, name) < 0; i++)
		before = &zone->nodes[i];
	return before;
}

const struct hashed_node *zone_hashed(const struct signed_zone *zone, struct name name)
{
	for (unsigned int i = 0; i < zone->hashed_count; i++)
		if (name_equal(zone->hashed[i].name, name))
			return &zone->hashed[i];
	return NULL;
}

const struct hashed_node *zone_hashed_before(const struct signed_zone *zone, struct name name)
{
	uint8_t hash[NSEC3_HASH_SIZE];
	const struct hashed_node *before = &zone->hashed[zone->hashed_count - 1]; /* reaches round */
	hash_into(name, zone->fields, hash);
	for (unsigned int i = 0; i < zone->hashed_count; i++)
		if (memcmp(zone->hashed[i].hash, hash, NSEC3_HASH_SIZE) < 0)
			before = &zone->hashed[i];
	return before;
}

unsigned int zone_hashed_encloser(const struct signed_zone *zone, struct name name)
{
	unsigned int labels = zone->apex.labels;
	while (labels < name.labels && zone_hashed(zone, name_suffix(name, labels + 1)) != NULL)
		labels++;
	return labels;
}

/* ---- making ---- */

static unsigned int any_records(struct rng *rng, struct name name)
{
	static const unsigned int kinds[] = { HAS_A,           HAS_A | HAS_TXT, HAS_TXT, HAS_CNAME,
					      HAS_A | HAS_DNAME, HAS_NS,          HAS_NS,  HAS_NS | HAS_DS };
	/* RFC 4592 sections 4.2 and 4.4: neither cuts nor DNAMEs at wildcards. */
	return kinds[rng_below(rng, name_is_wildcard(name) ? 4 : sizeof kinds / sizeof kinds[0])];
}

/* Before the first that comes behind it; the names are the zone's own: none below a cut or DNAME. */
static void add_node(struct signed_zone *zone, struct name name, unsigned int has)
{
	if (zone->count == ZONE_NODES || zone_node(zone, name) != NULL || lid_above(zone, name) != NULL)
		return;
	if ((has & (HAS_NS | HAS_DNAME)) != 0 && (has & HAS_SOA) == 0 && exists(zone, name))
		return;
	unsigned int at = zone->count++;
	for (; at > 0 && name_compare(zone->nodes[at - 1].name, name) > 0; at--)
		zone->nodes[at] = zone->nodes[at - 1];
	zone->nodes[at] = (struct node){ .name = name, .has = has };
}

static size_t list_types(unsigned int has, uint16_t types[16])
{
	static const uint16_t known[] = { TYPE_A, TYPE_TXT, TYPE_CNAME, TYPE_DNAME, TYPE_NS, TYPE_DS, TYPE_SOA };
	size_t count = 0;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (has_type(has, known[i]))
			types[count++] = known[i];
	return count;
}

static void make_nsecs(struct signed_zone *zone)
{
	for (unsigned int i = 0; i < zone->count; i++) {
		uint8_t memory[PROVING_RDATA];
		uint16_t types[16];
		struct builder rdata = builder_of(memory, sizeof memory);
		size_t count = list_types(zone->nodes[i].has, types);
		types[count++] = TYPE_RRSIG;
		types[count++] = TYPE_NSEC;
		name_write(&rdata, zone->nodes[(i + 1) % zone->count].name);
		write_types(&rdata, types, count);
		zone->nodes[i].nsec = record_of(zone->arena, zone->nodes[i].name, TYPE_NSEC, &rdata);
	}
}

static void add_hashed(struct signed_zone *zone, struct name name, unsigned int has)
{
	struct hashed_node node = { .name = name, .has = has };
	if (zone_hashed(zone, name) != NULL)
		return;
	assert_true(zone->hashed_count < ZONE_HASHED);
	hash_into(name, zone->fields, node.hash);
	unsigned int at = zone->hashed_count++;
	for (; at > 0 && memcmp(zone->hashed[at - 1].hash, node.hash, NSEC3_HASH_SIZE) > 0; at--)
		zone->hashed[at] = zone->hashed[at - 1];
	zone->hashed[at] = node;
}

/* With all empty non-terminals above it. Nodes are added before them, so that none is taken for one. */
static void add_enclosers(struct signed_zone *zone, struct name name)
{
	for (unsigned int labels = zone->apex.labels; labels < name.labels; labels++)
		add_hashed(zone, name_suffix(name, labels), 0);
}

static void make_nsec3s(struct signed_zone *zone, bool opt_out_everywhere)
{
	for (unsigned int i = 0; i < zone->hashed_count; i++) {
		struct hashed_node *node = &zone->hashed[i];
		struct nsec3_fields fields = zone->fields;
		uint8_t memory[PROVING_RDATA];
		uint16_t types[16];
		struct builder rdata = builder_of(memory, sizeof memory);
		size_t count = list_types(node->has, types);
		if ((node->has & ~(unsigned int)HAS_NS) != 0)
			types[count++] = TYPE_RRSIG;
		node->opt_out = node->opt_out || opt_out_everywhere;
		fields.flags = node->opt_out;
		write_nsec3_fields(&rdata, fields,
				   span_of(zone->hashed[(i + 1) % zone->hashed_count].hash, NSEC3_HASH_SIZE));
		write_types(&rdata, types, count);
		node->nsec3 = record_of(zone->arena, hashed_owner(zone->arena, zone->apex, node->hash), TYPE_NSEC3, &rdata);
	}
}

/* The spans in which the name and the empty non-terminals above nothing else hide. */
static void hide(struct signed_zone *zone, struct name name)
{
	for (unsigned int labels = zone->apex.labels + 1u; labels <= name.labels; labels++) {
		struct name hidden = name_suffix(name, labels);
		if (zone_hashed(zone, hidden) != NULL)
			continue;
		struct hashed_node *span = &zone->hashed[zone_hashed_before(zone, hidden) - zone->hashed];
		span->opt_out = true;
	}
}

struct signed_zone zone_of_chance(struct rng *rng, struct arena *arena)
{
	static const char *const apexes[] = { ".", "example.", "b.example." };
	static const char *const salts[] = { "", "salt" };
	struct signed_zone zone = { .arena = arena, .apex = named(arena, apexes[rng_below(rng, 3)]) };
	zone.fields = (struct nsec3_fields){ 1, 0, (uint16_t)rng_below(rng, 3), salts[rng_below(rng, 2)] };
	add_node(&zone, zone.apex, HAS_NS | HAS_SOA | (chance(rng, 50) ? HAS_A : 0) | (chance(rng, 4) ? HAS_DNAME : 0));
	for (uint32_t more = rng_below(rng, 14); more > 0; more--) {
		struct name name = zone_random_name(&zone, rng);
		if (name.labels <= zone.apex.labels + 4)
			add_node(&zone, name, any_records(rng, name));
	}
	make_nsecs(&zone);
	bool opt_out = chance(rng, 50), omitted[ZONE_NODES] = { false };
	for (unsigned int i = 0; i < zone.count; i++) {
		omitted[i] = opt_out && zone.nodes[i].has == HAS_NS && chance(rng, 70);
		if (!omitted[i])
			add_hashed(&zone, zone.nodes[i].name, zone.nodes[i].has);
	}
	for (unsigned int i = 0; i < zone.count; i++)
		if (!omitted[i])
			add_enclosers(&zone, zone.nodes[i].name);
	for (unsigned int i = 0; i < zone.count; i++)
		if (omitted[i])
			hide(&zone, zone.nodes[i].name);
	make_nsec3s(&zone, opt_out && chance(rng, 50));
	return zone;
}
