#include "poison.h"

static const uint8_t poison_name[] = "\6poison";

static struct rrset make(struct world *world, struct arena *arena, struct name owner, uint16_t type)
{
	uint8_t rdata[16] = { 203, 0, 113 };
	struct rrset rrset = { .owner = owner };
	struct span octets = span_of(rdata, 4);
	rdata[3] = (uint8_t)rng_u16(&world->rng);
	if (type == TYPE_AAAA) {
		memcpy(rdata, (uint8_t[]){ 0x20, 0x01, 0x0d, 0xb8, 0x0b, 0xad }, 6);
		octets.size = 16;
	} else if (type == TYPE_NS || type == TYPE_CNAME || type == TYPE_DNAME) {
		octets = span_of(poison_name, sizeof poison_name);
	} else if (type != TYPE_A) {
		octets = span_of(poison_name, sizeof poison_name - 1);
	}
	rrset_of_one(arena, owner, type, 86400, octets, &rrset);
	return rrset;
}

static void put(struct section_entries *section, struct rrset rrset)
{
	if (section->count < ANSWER_ENTRIES_MAX && rrset.count > 0)
		section->entries[section->count++] = (struct entry){ .rrset = rrset };
}

static struct rrset poisoned_soa(struct arena *arena, struct name owner)
{
	uint8_t rdata[sizeof poison_name * 2 + 20] = { 0 };
	struct rrset rrset = { .owner = owner };
	memcpy(rdata, poison_name, sizeof poison_name);
	memcpy(rdata + sizeof poison_name, poison_name, sizeof poison_name);
	memset(rdata + sizeof poison_name * 2 + 16, 1, 3);
	rrset_of_one(arena, owner, TYPE_SOA, 86400, span_of(rdata, sizeof rdata), &rrset);
	return rrset;
}

size_t poison_answer(struct world *world, const struct question *question, uint16_t id, uint8_t *octets,
		     size_t capacity)
{
	struct arena arena = arena_of(0);
	struct name evil = { .octets = poison_name, .size = sizeof poison_name, .labels = 1 };
	struct builder builder = builder_of(octets, capacity);
	struct msg_writer writer;
	struct rrset rrset;
	struct name zone = name_suffix(question->name, question->name.labels > 1 ? 1 + (id & 1) : question->name.labels);
	unsigned int kind = rng_below(&world->rng, 4);
	msg_begin(&writer, &builder, id, (uint16_t)(FLAG_QR | (kind != 1 ? FLAG_AA : 0) | (kind == 3 ? RCODE_NXDOMAIN : 0)));
	msg_question(&writer, question);
	if (kind == 0 || kind == 2) {
		bool plain = question->type == TYPE_A || question->type == TYPE_AAAA || question->type == TYPE_TXT;
		rrset = make(world, &arena, question->name, kind == 0 && plain ? question->type : TYPE_CNAME);
		msg_rrset(&writer, SECTION_ANSWER, &rrset, rrset.ttl, false);
	}
	if (kind == 1 || kind == 2) {
		rrset = make(world, &arena, zone, TYPE_NS);
		msg_rrset(&writer, SECTION_AUTHORITY, &rrset, rrset.ttl, false);
		rrset = make(world, &arena, evil, TYPE_A);
		msg_rrset(&writer, SECTION_ADDITIONAL, &rrset, rrset.ttl, false);
	}
	if (kind == 3) {
		rrset = poisoned_soa(&arena, zone);
		msg_rrset(&writer, SECTION_AUTHORITY, &rrset, rrset.ttl, false);
	}
	bool good = msg_end(&writer);
	arena_free(&arena);
	return good ? builder_written(&builder).size : 0;
}

/* Does the zone's NS set, in some epoch, have a name that leads to the host? */
static bool names_host(const struct world *world, const struct set *ns, const struct host *host)
{
	struct span rdata;
	for (const struct version *version = ns != NULL ? ns->newest : NULL; version != NULL; version = version->older) {
		struct rrset_walk walk = rrset_walk_data(&version->rrset);
		while (rrset_next(&walk, &rdata))
			for (unsigned int i = 0; i < world->server_count; i++) {
				struct name name = world->servers[i].name;
				if (world->servers[i].host == host && span_equal(rdata, span_of(name.octets, name.size)))
					return true;
			}
	}
	return false;
}

/* Of a zone that it serves, or that names it though it does not serve it: what it says of that one is believed. */
static bool may_speak_of(const struct world *world, const struct host *host, struct name name)
{
	for (unsigned int i = 0; i < world->zone_count; i++) {
		const struct zone *zone = &world->zones[i];
		const struct node *cut = zone->parent != NULL ? world_find(world, zone->parent, zone->origin) : zone->apex;
		if (name_is_within(name, zone->origin) &&
		    (host_serves(host, zone) || (cut != NULL && names_host(world, node_set(cut, TYPE_NS), host))))
			return true;
	}
	return false;
}

static struct name somewhere_else(struct world *world, const struct host *host)
{
	for (unsigned int i = 0; i < 8; i++) {
		struct name name = world->names[rng_below(&world->rng, world->name_count)];
		if (!may_speak_of(world, host, name))
			return name;
	}
	return name_root;
}

/* Addresses for the name servers of a referral that are named elsewhere. */
static void add_glue(struct world *world, const struct host *host, struct authority *authority, struct arena *arena)
{
	struct name target;
	struct span rdata;
	if (!authority->referral || authority->authorities.count == 0)
		return;
	struct rrset_walk walk = rrset_walk_data(&authority->authorities.entries[0].rrset);
	while (rrset_next(&walk, &rdata))
		if (rdata_target(TYPE_NS, rdata, &target) && !may_speak_of(world, host, target))
			put(&authority->additional, make(world, arena, target, TYPE_A));
}

void poison_add(struct world *world, const struct host *host, struct authority *authority, struct arena *arena)
{
	struct name victim = somewhere_else(world, host);
	struct zone *zone = world_zone_of(world, victim, TYPE_A);
	struct name evil = { .octets = poison_name, .size = sizeof poison_name, .labels = 1 };
	struct name own = authority->zone != NULL ? authority->zone->origin : name_root;
	if (name_is_root(victim))
		return; /* the root's own hosts may speak about everything */
	switch (rng_below(&world->rng, 6)) {
	case 0: /* an address of another's name */
		put(&authority->additional, make(world, arena, victim, TYPE_A));
		put(&authority->additional, make(world, arena, victim, TYPE_AAAA));
		break;
	case 1: /* another's zone has moved */
		put(&authority->authorities, make(world, arena, zone->origin, TYPE_NS));
		put(&authority->additional, make(world, arena, evil, TYPE_A));
		break;
	case 2: /* data that nobody asked for in the answer */
		put(&authority->answer, make(world, arena, victim, TYPE_A));
		put(&authority->answer, make(world, arena, victim, TYPE_CNAME));
		break;
	case 3: /* promiscuous: its own zone's name servers, in an answer and not in a referral (attacks 7) */
		if (authority->referral || authority->answer.count == 0)
			break;
		put(&authority->authorities, make(world, arena, own, TYPE_NS));
		put(&authority->additional, make(world, arena, evil, TYPE_A));
		break;
	case 4:
		add_glue(world, host, authority, arena);
		break;
	default: /* below itself and above the victim */
		put(&authority->authorities, make(world, arena, victim, TYPE_DNAME));
		put(&authority->answer, make(world, arena, zone->origin, TYPE_DNAME));
	}
}

static bool is_in_octets(struct span octets)
{
	static const uint8_t address[] = { 0x20, 0x01, 0x0d, 0xb8, 0x0b, 0xad };
	return memmem(octets.octets, octets.size, poison_name, sizeof poison_name - 1) != NULL ||
	       memmem(octets.octets, octets.size, address, sizeof address) != NULL;
}

static bool is_in_section(const struct section *section)
{
	for (size_t i = 0; i < section->count; i++) {
		const struct rrset *rrset = &section->rrsets[i];
		struct rrset_walk walk = rrset_walk_data(rrset);
		struct span rdata;
		if (is_in_octets(span_of(rrset->owner.octets, rrset->owner.size)))
			return true;
		while (rrset_next(&walk, &rdata))
			if (is_in_octets(rdata) || (rrset->type == TYPE_A && rdata.size == 4 &&
						    memcmp(rdata.octets, (uint8_t[]){ 203, 0, 113 }, 3) == 0))
				return true;
	}
	return false;
}

bool poison_is_in(const struct msg *msg)
{
	return is_in_section(&msg->answer) || is_in_section(&msg->authority) || is_in_section(&msg->additional);
}
