#include "authority.h"

#include "proofs.h"
#include "wire/limits.h"

#define LINKS_MAX 16u

static struct look look_at(const struct node *node, uint16_t type, unsigned int epoch, bool wildcard)
{
	struct look look = { .kind = LOOK_NODATA, .node = node, .wildcard = wildcard };
	look.version = type == TYPE_CNAME || type == TYPE_ANY ? NULL : node_version(node, TYPE_CNAME, epoch);
	if (look.version != NULL) {
		look.kind = LOOK_CNAME;
		return look;
	}
	bool any = false;
	for (const struct set *set = node->sets; set != NULL && !any; set = set->next)
		any = node_version(node, set->type, epoch) != NULL;
	look.empty_non_terminal = !any;
	if (type == TYPE_ANY) {
		look.kind = any ? LOOK_DATA : LOOK_NODATA;
		return look;
	}
	look.version = node_version(node, type, epoch);
	if (look.version != NULL)
		look.kind = LOOK_DATA;
	return look;
}

static struct look look_for_wildcard(const struct world *world, const struct zone *zone, const struct node *encloser,
				     uint16_t type, unsigned int epoch)
{
	uint8_t octets[NAME_SIZE_MAX] = { 1, '*' };
	struct look none = { .kind = LOOK_NXDOMAIN, .node = encloser };
	if (encloser->name.size + 2u > NAME_SIZE_MAX)
		return none;
	memcpy(octets + 2, encloser->name.octets, encloser->name.size);
	struct name name = { .octets = octets,
			     .size = (uint8_t)(encloser->name.size + 2),
			     .labels = (uint8_t)(encloser->name.labels + 1) };
	const struct node *node = world_find(world, zone, name);
	if (node == NULL || !node_exists(node, epoch))
		return none;
	return look_at(node, type, epoch, true);
}

struct look zone_look(const struct world *world, const struct zone *zone, struct name name, uint16_t type,
		      unsigned int epoch)
{
	const struct node *node = zone->apex;
	for (unsigned int labels = zone->origin.labels;; labels++) {
		struct name shown = name_suffix(name, labels);
		bool last = labels == name.labels;
		const struct node *next = labels == zone->origin.labels ? zone->apex : world_find(world, zone, shown);
		if (next == NULL || !node_exists(next, epoch))
			return look_for_wildcard(world, zone, node, type, epoch);
		node = next;
		struct version *ns = node == zone->apex ? NULL : node_version(node, TYPE_NS, epoch);
		if (ns != NULL && !(last && type == TYPE_DS))
			return (struct look){ .kind = LOOK_CUT, .node = node, .version = ns };
		if (last)
			return look_at(node, type, epoch, false);
		struct version *dname = node_version(node, TYPE_DNAME, epoch);
		if (dname != NULL)
			return (struct look){ .kind = LOOK_DNAME, .node = node, .version = dname };
	}
}

void section_add(struct section_entries *section, struct version *version, struct name owner)
{
	if (section->count == ANSWER_ENTRIES_MAX)
		return;
	for (unsigned int i = 0; i < section->count; i++)
		if (section->entries[i].version == version && name_equal(section->entries[i].rrset.owner, owner))
			return;
	struct entry *entry = &section->entries[section->count++];
	*entry = (struct entry){ .rrset = version->rrset, .version = version };
	entry->rrset.owner = owner;
}

static struct zone *nearest_zone(const struct host *host, struct name name, uint16_t type)
{
	struct zone *best = NULL, *at_cut = NULL;
	for (unsigned int i = 0; i < host->zone_count; i++) {
		struct zone *zone = host->zones[i];
		if (!name_is_within(name, zone->origin))
			continue;
		if (type == TYPE_DS && zone->parent != NULL && name_equal(name, zone->origin))
			at_cut = zone;
		else if (best == NULL || zone->origin.labels > best->origin.labels)
			best = zone;
	}
	/* DS belongs to the parent's side; who serves only the child says that there is none (RFC 4035 3.1.4.1). */
	return best != NULL ? best : at_cut;
}

static void add_soa(const struct zone *zone, unsigned int epoch, struct authority *authority)
{
	struct version *soa = node_version(zone->apex, TYPE_SOA, epoch);
	if (soa != NULL)
		section_add(&authority->authorities, soa, zone->origin);
}

/* Addresses that the zone has for a name, as data or as glue. */
static void add_addresses(const struct world *world, const struct zone *zone, struct name name, unsigned int epoch,
			  struct authority *authority)
{
	static const uint16_t types[] = { TYPE_A, TYPE_AAAA };
	const struct node *node = world_find(world, zone, name);
	for (unsigned int i = 0; node != NULL && i < 2; i++) {
		struct version *version = node_version(node, types[i], epoch);
		if (version != NULL)
			section_add(&authority->additional, version, node->name);
	}
}

static void add_targets(const struct world *world, const struct zone *zone, const struct rrset *rrset,
			unsigned int epoch, struct authority *authority)
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	struct name target;
	while (rrset_next(&walk, &rdata))
		if (rdata_target(rrset->type, rdata, &target) && name_is_within(target, zone->origin))
			add_addresses(world, zone, target, epoch, authority);
}

static void refer(const struct world *world, const struct look *look, unsigned int epoch, struct authority *authority)
{
	authority->referral = true;
	section_add(&authority->authorities, look->version, look->node->name);
	add_targets(world, look->node->zone, &look->version->rrset, epoch, authority);
}

/* The CNAME that a DNAME makes of `name`; false when it would be too long. */
static bool synthesise(const struct look *look, struct name name, struct arena *arena, struct authority *authority,
		       struct name *target)
{
	struct name_buffer buffer;
	struct name to, made;
	struct section_entries *answer = &authority->answer;
	if (!rdata_target(TYPE_DNAME, rrset_first(&look->version->rrset), &to) ||
	    !name_replace_suffix(name, look->node->name, to, &buffer, &made))
		return false;
	*target = name_copy(arena, made);
	if (answer->count < ANSWER_ENTRIES_MAX &&
	    rrset_of_one(arena, name, TYPE_CNAME, look->version->rrset.ttl, span_of(target->octets, target->size),
			 &answer->entries[answer->count].rrset))
		answer->entries[answer->count++].version = NULL;
	return true;
}

static void add_all(const struct look *look, struct name owner, unsigned int epoch, struct authority *authority)
{
	for (const struct set *set = look->node->sets; set != NULL; set = set->next) {
		struct version *version = node_version(look->node, set->type, epoch);
		if (version != NULL)
			section_add(&authority->answer, version, owner);
	}
}

static void give_data(const struct world *world, const struct look *look, const struct question *question,
		      struct name name, unsigned int epoch, struct authority *authority)
{
	if (question->type == TYPE_ANY) {
		add_all(look, name, epoch, authority);
		return;
	}
	section_add(&authority->answer, look->version, name);
	add_targets(world, look->node->zone, &look->version->rrset, epoch, authority);
}

static void deny(const struct zone *zone, uint16_t rcode, const struct look *look, const struct asking *asking,
		 struct authority *authority)
{
	authority->rcode = rcode;
	authority->empty_non_terminal = look->kind == LOOK_NODATA && look->empty_non_terminal;
	add_soa(zone, asking->epoch, authority);
}

/* What one look into one zone brings. True: an alias, and *name is where it leads. */
static bool take(const struct world *world, const struct look *look, const struct asking *asking, struct arena *arena,
		 struct authority *authority, struct name *name)
{
	switch (look->kind) {
	case LOOK_DATA:
		give_data(world, look, &asking->question, *name, asking->epoch, authority);
		return false;
	case LOOK_CUT:
		refer(world, look, asking->epoch, authority);
		if (asking->dnssec_ok)
			proofs_add_cut(authority->zone, look->node, asking->epoch, &authority->authorities);
		return false;
	case LOOK_NXDOMAIN:
		deny(authority->zone, RCODE_NXDOMAIN, look, asking, authority);
		return false;
	case LOOK_NODATA:
		deny(authority->zone, RCODE_NOERROR, look, asking, authority);
		return false;
	case LOOK_CNAME:
		section_add(&authority->answer, look->version, *name);
		return rdata_target(TYPE_CNAME, rrset_first(&look->version->rrset), name);
	case LOOK_DNAME:
		section_add(&authority->answer, look->version, look->node->name);
		if (synthesise(look, *name, arena, authority, name))
			return true;
		authority->rcode = RCODE_YXDOMAIN;
		return false;
	}
	return false;
}

void authority_answer(const struct world *world, const struct host *host, const struct asking *asking,
		      struct arena *arena, struct authority *authority)
{
	struct name name = asking->question.name;
	bool more = true;
	*authority = (struct authority){ .rcode = RCODE_NOERROR };
	for (unsigned int link = 0; link < LINKS_MAX && more; link++) {
		struct zone *zone = nearest_zone(host, name, asking->question.type);
		if (zone == NULL) {
			authority->refused = link == 0;
			return;
		}
		struct look look = zone_look(world, zone, name, asking->question.type, asking->epoch);
		struct name asked = name;
		authority->zone = zone;
		authority->authoritative |= link == 0 && look.kind != LOOK_CUT;
		authority->leaf |= link == 0 && look.kind <= LOOK_DNAME;
		more = take(world, &look, asking, arena, authority, &name);
		if (asking->dnssec_ok)
			proofs_add(zone, asked, &look, asking->epoch, &authority->authorities);
	}
}
