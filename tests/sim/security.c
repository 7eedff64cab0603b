#include "security.h"

#include "signing.h"
#include "wire/limits.h"

static bool is_anchored(const struct world *world, const struct zone *zone)
{
	for (unsigned int i = 0; i < world->anchor_count; i++)
		if (name_equal(world->anchors[i].owner, zone->origin))
			return true;
	return false;
}

static enum security security_of_zone(const struct security_map *map, const struct zone *zone)
{
	if (is_anchored(map->world, zone))
		return SECURITY_SECURE;
	enum security above = zone->parent != NULL ? map->zones[zone->parent->number] : SECURITY_INSECURE;
	if (above != SECURITY_SECURE)
		return above;
	return signing_has_usable_ds(zone) ? SECURITY_SECURE : SECURITY_INSECURE;
}

void security_begin(struct security_map *map, const struct world *world)
{
	map->world = world;
	for (unsigned int i = 0; i < world->zone_count; i++)
		map->zones[i] = security_of_zone(map, &world->zones[i]);
}

static bool is_beyond_hashing(const struct signing *signing)
{
	return signing->plan.nsec3 &&
	       (signing->plan.iterations > LIMIT_NSEC3_ITERATIONS || signing->plan.salt_size > LIMIT_NSEC3_SALT);
}

enum security security_of_look(const struct security_map *map, const struct zone *zone, struct name name,
			       const struct look *look, unsigned int epoch)
{
	enum security security = map->zones[zone->number];
	bool denied = look->kind == LOOK_NODATA || look->kind == LOOK_NXDOMAIN;
	if (security != SECURITY_SECURE || (!denied && !look->wildcard))
		return security;
	if (is_beyond_hashing(zone->signing))
		return SECURITY_INSECURE;
	if (!zone->signing->plan.opt_out)
		return SECURITY_SECURE;
	bool matched = look->kind == LOOK_NODATA && !look->wildcard && chain_match(zone, name, epoch) != NULL;
	return matched ? SECURITY_SECURE : SECURITY_INSECURE;
}

/* ---- what it costs ---- */

static unsigned int most_signatures(const struct zone *zone)
{
	return zone->signing->plan.keys == KEYS_CSK ? 1 : 2;
}

unsigned int security_chain_checks(const struct security_map *map, const struct zone *zone)
{
	unsigned int checks = 0;
	for (; zone != NULL; zone = zone->parent) {
		if (map->zones[zone->number] == SECURITY_SECURE)
			checks += most_signatures(zone);
		if (zone->parent != NULL && map->zones[zone->parent->number] == SECURITY_SECURE)
			checks += (signing_has_usable_ds(zone) ? 1 : 3) * most_signatures(zone->parent);
	}
	return checks;
}

unsigned int security_answer_checks(const struct security_map *map, const struct zone *zone, const struct look *look)
{
	if (map->zones[zone->number] != SECURITY_SECURE)
		return 0;
	bool denied = look->kind == LOOK_NODATA || look->kind == LOOK_NXDOMAIN;
	return (denied ? 4 : look->wildcard ? 2 : 1) * most_signatures(zone);
}

enum security security_worse(enum security a, enum security b)
{
	if (a == SECURITY_BOGUS || b == SECURITY_BOGUS)
		return SECURITY_BOGUS;
	return a == SECURITY_SECURE && b == SECURITY_SECURE ? SECURITY_SECURE : SECURITY_INSECURE;
}

const char *security_text(enum security security)
{
	static const char *const texts[] = {
		[SECURITY_UNCHECKED] = "unchecked",
		[SECURITY_INSECURE] = "insecure",
		[SECURITY_SECURE] = "secure",
		[SECURITY_BOGUS] = "bogus",
	};
	return texts[security];
}
