/* cut: where in the tree the walk stands: a zone and who is asked about it.
 *
 * The deepest of: a forward or stub zone of the configuration, a delegation in the cache, the root hints. A forward or
 * stub zone also stands above what is known of names in it from elsewhere: the cache may not deny a name above its apex
 * (CVE-2026-44687), see cut_floor.
 */
#ifndef ROOTWALK_RESOLVER_CUT_H
#define ROOTWALK_RESOLVER_CUT_H

#include "cache/delegations.h"
#include "config/options.h"

enum cut_source { CUT_CACHE, CUT_REFERRAL, CUT_HINTS, CUT_STUB, CUT_FORWARD };

struct cut {
	enum cut_source source;
	struct name zone;
	struct delegation delegation;          /* servers by name: CACHE, REFERRAL, HINTS */
	const struct zone_servers *configured; /* servers by address: STUB, FORWARD */
};

/* A forward or stub zone of the configuration. */
struct configured_zone {
	struct name zone;
	bool forward;
	const struct zone_servers *servers; /* in the options */
};

/* What the walk can begin with when nothing is known. */
struct roots {
	struct delegation hints;
	struct configured_zone *zones;
	size_t count;
};

/* Copies hints and zone names into the arena. False with *problem (static text) when a name cannot be used or memory
 * is out. */
bool roots_read(struct roots *roots, const struct options *options, const struct delegation *hints,
		struct arena *arena, const char **problem);

/* The address is one of the root hints', which the administrator trusts as it is. */
bool roots_have_address(const struct roots *roots, struct ip ip);

/* Gives servers of a root delegation that came without addresses those of the hints. */
void roots_add_glue(const struct roots *roots, struct delegation *delegation);

/* The deepest cut at or above `name`; false when out of memory. */
bool cut_find(const struct roots *roots, struct table *table, struct name name, uint64_t age, struct arena *arena,
	      struct cut *cut);

/* The forward or stub zone that the name is in, or the root: what lies above says nothing about the name. */
struct name cut_floor(const struct roots *roots, struct name name);

#endif
