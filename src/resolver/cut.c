#include "resolver/cut.h"

static bool read_zone(const struct zone_servers *servers, bool forward, struct arena *arena,
		      struct configured_zone *zone)
{
	struct name_buffer buffer;
	struct name name;
	if (!name_of_text(servers->zone, &buffer, &name))
		return false;
	*zone = (struct configured_zone){ name_copy_lower(arena, name), forward, servers };
	return zone->zone.octets != NULL;
}

static bool copy_hints(const struct delegation *hints, struct arena *arena, struct delegation *copy)
{
	*copy = *hints;
	copy->servers = arena_alloc(arena, (hints->count + 1) * sizeof *copy->servers);
	if (copy->servers == NULL)
		return false;
	copy->zone = name_root;
	copy->ds = (struct rrset){ 0 };
	for (size_t i = 0; i < hints->count; i++) {
		copy->servers[i] = hints->servers[i];
		copy->servers[i].name = name_copy_lower(arena, hints->servers[i].name);
		if (copy->servers[i].name.octets == NULL)
			return false;
	}
	return true;
}

bool roots_read(struct roots *roots, const struct options *options, const struct delegation *hints,
		struct arena *arena, const char **problem)
{
	size_t forwards = options->recursion_forward_count, stubs = options->recursion_stub_count;
	*problem = "out of memory";
	roots->zones = arena_alloc(arena, (forwards + stubs + 1) * sizeof *roots->zones);
	if (roots->zones == NULL || !copy_hints(hints, arena, &roots->hints))
		return false;
	*problem = "a zone to forward or a stub zone has no usable name";
	for (size_t i = 0; i < forwards; i++)
		if (!read_zone(&options->recursion_forward[i], true, arena, &roots->zones[roots->count++]))
			return false;
	for (size_t i = 0; i < stubs; i++)
		if (!read_zone(&options->recursion_stub[i], false, arena, &roots->zones[roots->count++]))
			return false;
	return true;
}

bool roots_have_address(const struct roots *roots, struct ip ip)
{
	for (size_t i = 0; i < roots->hints.count; i++)
		for (unsigned int j = 0; j < roots->hints.servers[i].glue_count; j++)
			if (ip_equal(roots->hints.servers[i].glue[j], ip))
				return true;
	return false;
}

static const struct name_server *find_hint(const struct roots *roots, struct name name)
{
	for (size_t i = 0; i < roots->hints.count; i++)
		if (name_equal(roots->hints.servers[i].name, name))
			return &roots->hints.servers[i];
	return NULL;
}

void roots_add_glue(const struct roots *roots, struct delegation *delegation)
{
	for (size_t i = 0; i < delegation->count; i++) {
		struct name_server *server = &delegation->servers[i];
		const struct name_server *hint = server->glue_count == 0 ? find_hint(roots, server->name) : NULL;
		if (hint != NULL) {
			memcpy(server->glue, hint->glue, sizeof server->glue);
			server->glue_count = hint->glue_count;
		}
	}
}

/* The deepest configured zone at or above the name, or NULL. */
static const struct configured_zone *find_configured(const struct roots *roots, struct name name)
{
	const struct configured_zone *best = NULL;
	for (size_t i = 0; i < roots->count; i++)
		if (name_is_within(name, roots->zones[i].zone) &&
		    (best == NULL || roots->zones[i].zone.labels > best->zone.labels))
			best = &roots->zones[i];
	return best;
}

/* Names below a forward zone are all asked there: a recursive server gives no referrals. */
bool cut_find(const struct roots *roots, struct table *table, struct name name, uint64_t age, struct arena *arena,
	      struct cut *cut)
{
	const struct configured_zone *configured = roots->count > 0 ? find_configured(roots, name) : NULL;
	bool known = false;
	*cut = (struct cut){ .source = CUT_CACHE };
	if (configured == NULL || !configured->forward)
		known = delegations_find(table, name, age, arena, &cut->delegation);
	if (configured != NULL && (!known || cut->delegation.zone.labels <= configured->zone.labels)) {
		cut->source = configured->forward ? CUT_FORWARD : CUT_STUB;
		cut->zone = configured->zone;
		cut->configured = configured->servers;
		return true;
	}
	if (!known) {
		cut->source = CUT_HINTS;
		cut->delegation = roots->hints;
	}
	cut->zone = cut->delegation.zone;
	return cut->zone.octets != NULL;
}

struct name cut_floor(const struct roots *roots, struct name name)
{
	const struct configured_zone *configured = roots->count > 0 ? find_configured(roots, name) : NULL;
	return configured != NULL ? configured->zone : name_root;
}
