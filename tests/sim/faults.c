#include "faults.h"

#include "build.h"
#include "records.h"
#include "security.h"
#include "wire/limits.h"

#define FAULTS_MAX 3u
#define FAULTY_WORLDS 2u /* one in so many */
#define PLAIN_ZONES 4u   /* one in so many */

static const struct {
	const char *text;
	unsigned int hits;
} table[] = {
#define FAULT(name, text, hits) { text, hits },
	FAULTS(FAULT)
#undef FAULT
};

const char *fault_text(enum fault fault)
{
	return table[fault].text;
}

bool fault_hits(const struct zone *zone, unsigned int hits, bool one)
{
	return (table[zone->fault].hits & hits) && (zone->faulty_host != NULL) == one;
}

bool fault_is_data(uint16_t type)
{
	return type != TYPE_DNSKEY && type != TYPE_DS && type != TYPE_NS && type != TYPE_SOA && type != TYPE_NSEC &&
	       type != TYPE_NSEC3 && type != TYPE_NSEC3PARAM;
}

bool fault_leads_to_server(const struct world *world, struct name name)
{
	for (unsigned int i = 0; i < world->server_count; i++)
		if (name_is_within(world->servers[i].name, name))
			return true;
	return false;
}

bool fault_hits_data(const struct world *world, const struct zone *zone, struct name name, uint16_t type)
{
	if (zone->fault == FAULT_PROOFS_UNSIGNED)
		return type == TYPE_NSEC;
	if (!(table[zone->fault].hits & HITS_DATA) || !fault_is_data(type) || fault_leads_to_server(world, name))
		return false;
	/* What a wildcard makes in a zone with opt-out can be told so: nobody can know better. */
	if (zone->fault == FAULT_FALSE_CUT && name_is_wildcard(name))
		return false;
	return !fault_flips(zone) || type == TYPE_A || type == TYPE_AAAA;
}

bool fault_flips(const struct zone *zone)
{
	return zone->fault == FAULT_FLIPPED || zone->fault == FAULT_FALSE_CUT;
}

bool fault_denies_cut(const struct zone *zone, const struct question *question, const struct look *look)
{
	bool cut = look->kind == LOOK_NODATA && !look->wildcard && look->node != zone->apex &&
		   node_set(look->node, TYPE_NS) != NULL;
	return zone->fault == FAULT_FALSE_CUT && question->type == TYPE_DS && name_is_below(question->name, zone->origin) &&
	       !cut && (look->kind == LOOK_NODATA || look->kind == LOOK_NXDOMAIN);
}

bool fault_denies(const struct world *world, const struct zone *zone, struct name name, uint16_t type)
{
	return (table[zone->fault].hits & HITS_EXISTENCE) && fault_is_data(type) &&
	       name_is_below(name, zone->origin) && !fault_leads_to_server(world, name);
}

bool fault_tampers(const struct zone *zone)
{
	return table[zone->fault].hits & TAMPERS;
}

/* The last octet of each digest becomes another: the parent signs what does not fit its child. */
static void break_ds(struct world *world, const struct zone *zone)
{
	const struct node *cut = world_find(world, zone->parent, zone->origin);
	struct version *version = node_version(cut, TYPE_DS, 0);
	struct span packed = records_copy(world, version->rrset.packed.octets, version->rrset.packed.size);
	struct rrset_walk walk = rrset_walk_data(&version->rrset);
	struct span rdata;
	while (rrset_next(&walk, &rdata))
		((uint8_t *)packed.octets)[rdata.octets + rdata.size - 1 - version->rrset.packed.octets] ^= 1;
	version->rrset.packed = packed;
}

void fault_set(struct world *world, struct zone *zone, enum fault fault, const struct host *host)
{
	zone->fault = fault;
	zone->faulty_host = host;
	if (fault == FAULT_DS_MISMATCH)
		break_ds(world, zone);
}

/* ---- of a world from a seed ---- */

static const struct host *any_host(const struct world *world, const struct zone *zone, struct rng *rng)
{
	const struct host *hosts[WORLD_HOSTS_MAX];
	unsigned int count = 0;
	for (unsigned int i = 0; i < world->host_count; i++)
		if (host_serves(&world->hosts[i], zone))
			hosts[count++] = &world->hosts[i];
	return count > 1 ? hosts[rng_below(rng, count)] : NULL;
}

/* Without signatures, an answer in a zone whose NSEC3 nobody works out may be taken for that of an unsigned zone below
 * it: RFC 9276 section 3.2 wants it so. Where delegations are opted out that holds for all that the zone does not prove. */
static bool is_taken_for_unsigned(const struct zone *zone, enum fault fault)
{
	const struct signing_plan *plan = &zone->signing->plan;
	unsigned int hits = table[fault].hits;
	bool stripped = fault == FAULT_DATA_UNSIGNED || fault == FAULT_FALSE_CUT || (hits & (HITS_DENIAL | HITS_CUTS | HITS_EXISTENCE));
	bool beyond = plan->iterations > LIMIT_NSEC3_ITERATIONS || plan->salt_size > LIMIT_NSEC3_SALT;
	return plan->nsec3 && ((beyond && stripped) || (plan->opt_out && (hits & HITS_EXISTENCE)));
}

static bool may_have(const struct zone *zone, enum fault fault, const struct host *host)
{
	if (fault == FAULT_DS_MISMATCH)
		return zone->parent != NULL && host == NULL;
	return !is_taken_for_unsigned(zone, fault);
}

void faults_build(struct world *world)
{
	struct rng rng = rng_of_number(world->seed ^ 0x6661756c74);
	struct security_map map;
	security_begin(&map, world);
	if (rng_below(&rng, FAULTY_WORLDS) != 0)
		return;
	for (unsigned int i = 1 + rng_below(&rng, FAULTS_MAX); i > 0; i--) {
		struct zone *zone = &world->zones[rng_below(&rng, world->zone_count)];
		enum fault fault = (enum fault)(1 + rng_below(&rng, FAULT_COUNT - 1));
		const struct host *host = any_host(world, zone, &rng);
		if (rng_below(&rng, 5) < 3)
			host = NULL;
		if (zone->parent == NULL && host == NULL && rng_below(&rng, 4) > 0)
			continue; /* most of the world would be bogus */
		if (map.zones[zone->number] == SECURITY_SECURE && zone->fault == FAULT_NONE && may_have(zone, fault, host))
			fault_set(world, zone, fault, host);
	}
}

void faults_build_plain(struct world *world)
{
	struct rng rng = rng_of_number(world->seed ^ 0x706c61696e);
	struct security_map map;
	security_begin(&map, world);
	for (unsigned int i = 1; i < world->zone_count; i++) {
		struct zone *zone = &world->zones[i];
		enum fault fault = (enum fault)(1 + rng_below(&rng, FAULT_COUNT - 1));
		if (rng_below(&rng, PLAIN_ZONES) == 0 && map.zones[i] == SECURITY_SECURE &&
		    !(table[fault].hits & TAMPERS) && may_have(zone, fault, NULL))
			fault_set(world, zone, fault, NULL);
	}
}
