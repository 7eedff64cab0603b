/* delegations: what a parent says about a child zone; used to walk, never served.
 *
 * A delegation lives at most as long as the parent said, counted from the referral. The zone's own NS set may
 * shorten that life, never extend or replace it (ghost domains, CVE-2022-30698).
 *
 * Glue is of use for its delegation only. It is kept as the referral gave it, in-bailiwick or sibling; what may be
 * taken into a delegation is the resolver's matter (scrub).
 */
#ifndef ROOTWALK_CACHE_DELEGATIONS_H
#define ROOTWALK_CACHE_DELEGATIONS_H

#include "base/arena.h"
#include "base/ip.h"
#include "cache/table.h"
#include "wire/limits.h"
#include "wire/rrset.h"

struct name_server {
	struct name name;
	struct ip glue[LIMIT_NS_ADDRESSES_PER_NAME];
	uint8_t glue_count;
};

struct delegation {
	struct name zone;
	uint32_t ttl; /* seconds left, or to live */
	struct name_server *servers;
	size_t count;    /* at most LIMIT_NS_NAMES_KEPT */
	struct rrset ds; /* as the referral had it, with signatures; count 0 when it had none */
};

/* The delegation of exactly this zone; octets in the arena. */
bool delegations_get(struct table *table, struct name zone, uint64_t age, struct arena *arena,
		     struct delegation *delegation);

/* The deepest known delegation of a zone at or above `name`; false when none, the root's included. */
bool delegations_find(struct table *table, struct name name, uint64_t age, struct arena *arena,
		      struct delegation *delegation);

/* Keeps it for delegation->ttl seconds from now, replacing what was known. False when refused. */
bool delegations_put(struct table *table, uint64_t age, const struct delegation *delegation);

/* The zone's own NS set has this TTL: the delegation dies then at the latest. */
void delegations_shorten(struct table *table, struct name zone, uint64_t age, uint32_t ttl);

bool delegations_remove(struct table *table, struct name zone);

#endif
