#include "faults.h"

struct spoiling {
	struct world *world;
	const struct host *host;
	const struct asking *asking;
	struct arena *arena;
	struct authority *authority;
};

static enum fault fault_at(const struct spoiling *spoiling, const struct zone *zone)
{
	if (zone == NULL || zone->signing == NULL || (zone->faulty_host != NULL && zone->faulty_host != spoiling->host))
		return FAULT_NONE;
	return zone->fault;
}

static bool is_proof(uint16_t type)
{
	return type == TYPE_NSEC || type == TYPE_NSEC3;
}

/* How the host signs a set of the zone. */
static enum seal seal_of(const struct spoiling *spoiling, const struct version *version)
{
	uint16_t type = version->rrset.type;
	bool data = fault_is_data(type) && !fault_leads_to_server(spoiling->world, version->node->name);
	switch (fault_at(spoiling, version->node->zone)) {
	case FAULT_EXPIRED:
		return SEAL_EXPIRED;
	case FAULT_NOT_YET:
		return SEAL_NOT_YET;
	case FAULT_WRONG:
		return SEAL_WRONG;
	case FAULT_OTHER_KEY:
		return SEAL_OTHER_KEY;
	case FAULT_UNSIGNED:
		return SEAL_NONE;
	case FAULT_KEYS_EXPIRED:
		return type == TYPE_DNSKEY ? SEAL_EXPIRED : SEAL_GOOD;
	case FAULT_DATA_EXPIRED:
		return data ? SEAL_EXPIRED : SEAL_GOOD;
	case FAULT_DATA_WRONG:
		return data ? SEAL_WRONG : SEAL_GOOD;
	case FAULT_DATA_UNSIGNED:
		return data ? SEAL_NONE : SEAL_GOOD;
	case FAULT_FALSE_CUT:
		return fault_hits_data(spoiling->world, version->node->zone, version->node->name, type) ? SEAL_NONE :
													  SEAL_GOOD;
	case FAULT_PROOFS_UNSIGNED:
		return is_proof(type) ? SEAL_NONE : SEAL_GOOD;
	default:
		return SEAL_GOOD;
	}
}

/* An address becomes another one, and is the world's no more. */
static void flip(const struct spoiling *spoiling, struct entry *entry)
{
	struct span packed = arena_copy(spoiling->arena, entry->rrset.packed);
	if (packed.octets == NULL)
		return;
	((uint8_t *)packed.octets)[rrset_first(&entry->rrset).size + 1] ^= 0x55;
	entry->rrset.packed = packed;
	entry->version = NULL;
}

static void seal_section(struct spoiling *spoiling, struct section_entries *section)
{
	for (unsigned int i = 0; i < section->count; i++) {
		struct entry *entry = &section->entries[i];
		struct version *version = entry->version;
		struct name owner = entry->rrset.owner;
		if (version == NULL)
			continue;
		entry->rrset = seal_version(spoiling->world, version, seal_of(spoiling, version), spoiling->asking->epoch,
					    spoiling->arena);
		entry->rrset.owner = owner;
		if (fault_at(spoiling, version->node->zone) != FAULT_NONE && fault_flips(version->node->zone) &&
		    seal_wanted(version) &&
		    fault_hits_data(spoiling->world, version->node->zone, version->node->name, version->rrset.type))
			flip(spoiling, entry);
	}
}

/* ---- proofs ---- */

static bool is_among(const struct section_entries *section, const struct version *version)
{
	for (unsigned int i = 0; i < section->count; i++)
		if (section->entries[i].version == version)
			return true;
	return false;
}

/* A proof of the zone that says nothing about the name: none of those that an honest answer has. */
static void add_other_proof(struct spoiling *spoiling, const struct zone *zone, const struct section_entries *honest,
			    struct section_entries *section)
{
	unsigned int epoch = spoiling->asking->epoch;
	for (unsigned int i = 0; i < zone->signing->chain_count; i++) {
		const struct link *link = &zone->signing->chain[i];
		struct version *version = chain_version(zone, link, epoch);
		if (version == NULL || is_among(honest, version))
			continue;
		section_add(section, version, link->node->name);
		return;
	}
}

/* Without the zone's proofs (or, with `ds`, its DS), which `taken` keeps. */
static void take_out(struct section_entries *section, const struct zone *zone, bool ds, struct section_entries *taken)
{
	unsigned int kept = 0;
	taken->count = 0;
	for (unsigned int i = 0; i < section->count; i++) {
		const struct entry *entry = &section->entries[i];
		bool own = entry->version != NULL && entry->version->node->zone == zone;
		if (own && (ds ? entry->rrset.type == TYPE_DS : is_proof(entry->rrset.type)))
			taken->entries[taken->count++] = *entry;
		else
			section->entries[kept++] = *entry;
	}
	section->count = kept;
}

/* Not the answer to a question for NSEC itself: that is data. */
static void spoil_proofs(struct spoiling *spoiling, const struct zone *zone, struct section_entries *taken)
{
	enum fault fault = fault_at(spoiling, zone);
	struct section_entries *section = &spoiling->authority->authorities;
	if (fault != FAULT_NO_PROOFS && fault != FAULT_OTHER_PROOFS && fault != FAULT_UNSIGNED)
		return;
	take_out(section, zone, false, taken);
	if (taken->count > 0 && fault == FAULT_OTHER_PROOFS)
		add_other_proof(spoiling, zone, taken, section);
}

/* ---- denials ---- */

/* The answer becomes NODATA or NXDOMAIN of the zone; what honest proofs there would be is in `honest`. */
static void deny(struct spoiling *spoiling, struct zone *zone, uint16_t rcode, bool otherwise,
		 const struct section_entries *honest)
{
	struct authority *authority = spoiling->authority;
	struct version *soa = node_version(zone->apex, TYPE_SOA, spoiling->asking->epoch);
	authority->answer.count = authority->authorities.count = authority->additional.count = 0;
	authority->rcode = rcode;
	section_add(&authority->authorities, soa, zone->origin);
	if (otherwise)
		add_other_proof(spoiling, zone, honest, &authority->authorities);
}

/* Every proof that could be of use to who denies the name. */
static void collect_proofs(const struct spoiling *spoiling, const struct zone *zone, struct section_entries *honest)
{
	struct name name = spoiling->asking->question.name;
	honest->count = 0;
	for (; name.labels > zone->origin.labels; name = name_parent(name)) {
		const struct link *link = chain_match(zone, name, spoiling->asking->epoch);
		if (link == NULL)
			link = chain_cover(zone, name, spoiling->asking->epoch);
		if (link != NULL)
			section_add(honest, chain_version(zone, link, spoiling->asking->epoch), link->node->name);
	}
}

static void spoil_existence(struct spoiling *spoiling, struct zone *zone, struct section_entries *honest)
{
	const struct question *question = &spoiling->asking->question;
	enum fault fault = fault_at(spoiling, zone);
	if (fault == FAULT_NO_KEYS && question->type == TYPE_DNSKEY && name_equal(question->name, zone->origin)) {
		deny(spoiling, zone, RCODE_NOERROR, false, honest);
		return;
	}
	if (fault != FAULT_DENIED && fault != FAULT_DENIED_OTHERWISE)
		return;
	struct look look = zone_look(spoiling->world, zone, question->name, question->type, spoiling->asking->epoch);
	if (look.kind == LOOK_NXDOMAIN || !fault_denies(spoiling->world, zone, question->name, question->type))
		return;
	collect_proofs(spoiling, zone, honest);
	deny(spoiling, zone, RCODE_NXDOMAIN, fault == FAULT_DENIED_OTHERWISE, honest);
}

/* ---- DS ---- */

/* That no zone begins at the name is not told, but what does not belong to it. */
static void spoil_no_cut(struct spoiling *spoiling, struct zone *zone, struct section_entries *honest)
{
	const struct question *question = &spoiling->asking->question;
	struct look look = zone_look(spoiling->world, zone, question->name, question->type, spoiling->asking->epoch);
	if (!fault_denies_cut(zone, question, &look))
		return;
	collect_proofs(spoiling, zone, honest);
	deny(spoiling, zone, RCODE_NOERROR, true, honest);
}

static void spoil_ds(struct spoiling *spoiling, struct zone *zone, struct section_entries *honest)
{
	struct authority *authority = spoiling->authority;
	enum fault fault = fault_at(spoiling, zone);
	if (fault == FAULT_FALSE_CUT)
		spoil_no_cut(spoiling, zone, honest);
	bool otherwise = fault == FAULT_NO_DS_OTHERWISE;
	if (fault != FAULT_NO_DS && !otherwise)
		return;
	if (authority->answer.count > 0 && authority->answer.entries[0].rrset.type == TYPE_DS) {
		collect_proofs(spoiling, zone, honest);
		deny(spoiling, zone, RCODE_NOERROR, otherwise, honest);
		return;
	}
	if (!authority->referral)
		return;
	take_out(&authority->authorities, zone, true, honest);
	if (honest->count == 0 || !otherwise)
		return;
	collect_proofs(spoiling, zone, honest);
	add_other_proof(spoiling, zone, honest, &authority->authorities);
}

void spoil_answer(struct world *world, const struct host *host, const struct asking *asking, struct arena *arena,
		  struct authority *authority)
{
	struct spoiling spoiling = {
		.world = world, .host = host, .asking = asking, .arena = arena, .authority = authority
	};
	struct section_entries *honest = ARENA_NEW(arena, struct section_entries);
	struct zone *zone = world_zone_of(world, asking->question.name, asking->question.type);
	if (honest == NULL || authority->zone == NULL)
		return;
	if (host_serves(host, zone))
		spoil_existence(&spoiling, zone, honest);
	spoil_ds(&spoiling, authority->zone, honest);
	for (unsigned int i = 0; i < host->zone_count; i++)
		spoil_proofs(&spoiling, host->zones[i], honest);
	seal_section(&spoiling, &authority->answer);
	seal_section(&spoiling, &authority->authorities);
}
