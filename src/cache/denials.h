/* denials: what validated NSEC and NSEC3 records say, for answers that nobody has to be asked for (RFC 8198).
 *
 * Shared by all workers. A chain is a zone's records of one type in the chain's order (order.h), its SOA, and of NSEC3 the
 * one set of parameters that the zone uses; a record says what its owner has and that there is nothing up to the next. What
 * this proves is not known here (dnssec/denial.h); who puts records in has validated them as SECURE and not made from a
 * wildcard.
 *
 *   - A newer record takes out those that it overlaps: at its own position, inside what it spans, and the one that reaches
 *     across its owner. Where these are more than LIMIT_DENIAL_OVERLAPS, and where the parameters are others, the chain is
 *     let go as a whole and begun anew. What is let go is found no more and freed little by little.
 *   - Zones are spread over shards, each with a lock and a share of the memory, so that a flood of names in one zone
 *     takes the room of few others. In a shard SIEVE decides, as in store.h, looking at no more than LIMIT_DENIAL_SPARED
 *     records at a time: what was asked for since the hand last passed stays, so the records of zones that are asked
 *     seldom go first, and those of a flood, each of which helps once or never, before those of the root.
 *   - Accounting is in octets of resident memory. No pointer into it leaves it; an allocation that fails keeps nothing and
 *     breaks nothing.
 *   - Whether a zone has anything at all is known without a lock (or a few zones in a thousand times a lock for nothing).
 */
#ifndef ROOTWALK_CACHE_DENIALS_H
#define ROOTWALK_CACHE_DENIALS_H

#include "base/arena.h"
#include "base/hash.h"
#include "cache/order.h"

struct denials;

/* `octets_max` is the limit of resident memory. NULL: out of memory. */
struct denials *denials_create(size_t octets_max, struct hash_key key);
void denials_destroy(struct denials *denials);

/* Keeps an NSEC or NSEC3 RRset of the zone (in lower case) for rrset->ttl seconds. False when refused: malformed, a TTL of
 * 0, a hash other than SHA-1, more than LIMIT_NSEC3_ITERATIONS, a salt over LIMIT_NSEC3_SALT, too large, out of memory. */
bool denials_put(struct denials *denials, struct name zone, const struct rrset *rrset, uint64_t age);

/* Keeps the SOA beside the zone's records of `type` (NSEC or NSEC3), which must be there. */
bool denials_put_soa(struct denials *denials, struct name zone, uint16_t type, const struct rrset *soa, uint64_t age);

/* Whose word is wanted, when, and where copies go. The zone in any case. */
struct denials_view {
	struct denials *denials;
	struct name zone;
	uint64_t hash; /* of the zone */
	uint64_t age;
	struct arena *arena;
};

struct denials_view denials_view_of(struct denials *denials, struct name zone, uint64_t age, struct arena *arena);

/* Are there records of this type? False is sure. */
bool denials_have(const struct denials_view *view, uint16_t type);

/* The record at the name or across it; TTLs are what is left. False when there is none, or out of memory. The name must
 * lie within the zone. */
bool denials_find_name(const struct denials_view *view, struct name name, struct rrset *rrset);
bool denials_find_hash(const struct denials_view *view, const uint8_t hash[POSITION_HASH_SIZE], struct rrset *rrset);

/* What the zone's NSEC3 are hashed with. */
bool denials_hashing(const struct denials_view *view, struct hashing *hashing);

bool denials_soa(const struct denials_view *view, uint16_t type, struct rrset *soa);

struct denials_counts {
	uint64_t zones, records, octets; /* what was let go and is not freed yet included */
	uint64_t inserted, evicted, refused;
};

struct denials_counts denials_count(struct denials *denials);

#endif
