#include "security.h"

#include "faults.h"
#include "wire/limits.h"

static bool is_anchored(const struct world *world, const struct zone *zone)
{
	for (unsigned int i = 0; i < world->anchor_count; i++)
		if (name_equal(world->anchors[i].owner, zone->origin))
			return true;
	return false;
}

/* What of the parent's the chain of trust goes through. */
static unsigned int cut_of(const struct zone *zone)
{
	return zone->signing != NULL && zone->signing->plan.ds != DS_NONE ? HITS_CUTS : HITS_DENIAL;
}

static enum security security_of_zone(const struct security_map *map, const struct zone *zone)
{
	if (!is_anchored(map->world, zone)) {
		enum security above = zone->parent != NULL ? map->zones[zone->parent->number] : SECURITY_INSECURE;
		if (above != SECURITY_SECURE)
			return above;
		if (fault_hits(zone->parent, cut_of(zone), false))
			return SECURITY_BOGUS;
		if (!signing_has_usable_ds(zone))
			return SECURITY_INSECURE;
	}
	return fault_hits(zone, HITS_KEYS, false) ? SECURITY_BOGUS : SECURITY_SECURE;
}

/* Names between the zone and this one are shown to it first (RFC 9156), and what it says of them may be bogus. */
static bool is_shown_bogus(const struct zone *zone, struct name name)
{
	unsigned int hits = HITS_DENIAL | HITS_EXISTENCE;
	return name.labels > zone->origin.labels + 1u &&
	       (fault_hits(zone, hits, false) || fault_hits(zone, hits, true) || zone->fault == FAULT_FALSE_CUT);
}

static bool is_doubtful(const struct security_map *map, const struct zone *zone)
{
	const struct zone *parent = zone->parent;
	if (fault_hits(zone, HITS_KEYS, true))
		return true;
	return parent != NULL && (map->doubtful[parent->number] || fault_hits(parent, cut_of(zone), true) ||
				  is_shown_bogus(parent, zone->origin));
}

void security_begin(struct security_map *map, const struct world *world)
{
	map->world = world;
	for (unsigned int i = 0; i < world->zone_count; i++) {
		const struct zone *zone = &world->zones[i];
		map->zones[i] = security_of_zone(map, zone);
		map->doubtful[i] = is_doubtful(map, zone);
		map->tampered[i] = fault_tampers(zone) || (zone->parent != NULL && map->tampered[zone->parent->number]);
	}
}

static bool is_beyond_hashing(const struct signing *signing)
{
	return signing->plan.nsec3 &&
	       (signing->plan.iterations > LIMIT_NSEC3_ITERATIONS || signing->plan.salt_size > LIMIT_NSEC3_SALT);
}

static bool is_denial(const struct look *look)
{
	return look->kind == LOOK_NODATA || look->kind == LOOK_NXDOMAIN;
}

/* Does the zone's fault hit the answer, on the hosts that have it? */
static bool is_hit(const struct security_map *map, const struct zone *zone, const struct question *question,
		   const struct look *look)
{
	bool one = zone->faulty_host != NULL;
	uint16_t type = look->version != NULL ? look->version->rrset.type : question->type;
	if (look->kind != LOOK_NXDOMAIN && fault_denies(map->world, zone, question->name, question->type))
		return true;
	if (fault_denies_cut(zone, question, look))
		return true;
	if ((is_denial(look) || look->wildcard) && fault_hits(zone, HITS_DENIAL, one))
		return true;
	if (is_denial(look))
		return false;
	return fault_hits_data(map->world, zone, look->node->name, type) ||
	       (type == TYPE_DS && fault_hits(zone, HITS_CUTS, one));
}

/* Without faults. */
static enum security nominal(const struct zone *zone, const struct asking *asking, const struct look *look)
{
	if (!is_denial(look) && !look->wildcard)
		return SECURITY_SECURE;
	if (is_beyond_hashing(zone->signing))
		return SECURITY_INSECURE;
	if (!zone->signing->plan.opt_out)
		return SECURITY_SECURE;
	bool matched = look->kind == LOOK_NODATA && !look->wildcard &&
		       chain_match(zone, asking->question.name, asking->epoch) != NULL;
	return matched ? SECURITY_SECURE : SECURITY_INSECURE;
}

struct judgement security_of_look(const struct security_map *map, const struct zone *zone,
				  const struct asking *asking, const struct look *look, bool aliased)
{
	struct judgement judgement = { map->zones[zone->number], map->doubtful[zone->number] };
	if (judgement.security != SECURITY_SECURE)
		return judgement;
	judgement.security = nominal(zone, asking, look);
	judgement.doubtful |= is_shown_bogus(zone, asking->question.name) ||
			      (asking->question.type == TYPE_ANY && zone->fault != FAULT_NONE);
	if (!is_hit(map, zone, &asking->question, look))
		return judgement;
	/* What a wildcard makes in a zone with opt-out may be taken for a delegation that is not signed. */
	bool unsigned_there = look->wildcard && zone->signing->plan.opt_out && zone->fault == FAULT_DATA_UNSIGNED;
	bool told_there = aliased && fault_denies(map->world, zone, asking->question.name, asking->question.type);
	if (zone->faulty_host != NULL || asking->question.type == TYPE_ANY || unsigned_there || told_there)
		judgement.doubtful = true;
	else
		judgement.security = SECURITY_BOGUS;
	return judgement;
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
	return (is_denial(look) ? 4 : look->wildcard ? 2 : 1) * most_signatures(zone);
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
