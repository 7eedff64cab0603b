/* order: positions in a zone's chain of NSEC or NSEC3 records, as octets that memcmp puts in the chain's own order.
 *
 * NSEC (RFC 4034 section 6.1): the labels below the zone's apex in lower case, the one nearest to the apex first, each with
 * a zero behind it; octets 0 and 1 inside a label are written as 1 1 and 1 2, so that the shorter of two labels stays
 * first. The apex is no octets at all. NSEC3 (RFC 5155 section 3): the hash.
 *
 * A position can be made into the owner again, in lower case: that is how signatures see it (RFC 4034 section 6.2), and so
 * owners need not be kept.
 */
#ifndef ROOTWALK_CACHE_ORDER_H
#define ROOTWALK_CACHE_ORDER_H

#include "base/arena.h"
#include "wire/name.h"
#include "wire/rrset.h"

#define POSITION_SIZE_MAX (2u * NAME_SIZE_MAX)
#define POSITION_HASH_SIZE 20u /* SHA-1 is the only hash there is (RFC 5155 section 11) */

struct position {
	uint8_t octets[POSITION_SIZE_MAX];
	size_t size;
};

/* `name` lies within `zone`. */
void position_of_name(struct name name, struct name zone, struct position *position);
void position_of_hash(const uint8_t hash[POSITION_HASH_SIZE], struct position *position);

/* Of the owner of an NSEC or NSEC3 RRset, and of the next one that it names. False when it is none of the zone, or
 * malformed. */
bool position_of_owner(const struct rrset *rrset, struct name zone, struct position *position);
bool position_of_next(const struct rrset *rrset, struct name zone, struct position *position);

/* What a NSEC3 of one record is hashed with: a view of algorithm, flags, iterations and salt. False when malformed. */
struct hashing {
	uint8_t algorithm;
	uint16_t iterations;
	struct span salt;
};

bool hashing_of_rrset(const struct rrset *rrset, struct hashing *hashing);

/* The owner of an RRset of `type` (NSEC or NSEC3) at a position of the zone. octets NULL: out of memory. */
struct name position_owner(struct span position, uint16_t type, struct name zone, struct arena *arena);

/* As memcmp. */
int position_compare(struct span a, struct span b);

/* Is the position behind `owner` and before `next`, the last of a chain reaching round to the first? */
bool position_is_between(struct span position, struct span owner, struct span next);

static inline struct span position_span(const struct position *position)
{
	return span_of(position->octets, position->size);
}

#endif
