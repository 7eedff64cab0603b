/* nsec3: one NSEC3 record and what it says (RFC 5155 section 3).
 *
 * The same as an NSEC says, of hashes: which types there are at the name whose hash is in the owner, and that the zone
 * has no name with a hash between that and the next. Empty non-terminals have records of their own, with empty bitmaps.
 * Where opt-out is set (RFC 5155 section 6), delegations without DS, and empty non-terminals above nothing else, may
 * hide between the hashes.
 *
 * Hashing a name costs as many rounds of SHA-1 as the zone's owner likes; struct work counts the names.
 */
#ifndef ROOTWALK_DNSSEC_NSEC3_H
#define ROOTWALK_DNSSEC_NSEC3_H

#include "dnssec/crypto.h"
#include "dnssec/nsec.h"
#include "dnssec/work.h"

struct nsec3_params {
	uint8_t algorithm;
	uint16_t iterations;
	struct span salt;
};

struct nsec3 {
	struct nsec3_params params;
	bool opt_out;
	uint8_t owner[NSEC3_HASH_SIZE]; /* the hash in the owner's first label */
	uint8_t next[NSEC3_HASH_SIZE];
	struct span types;
};

/* Of an RRset of type NSEC3 with one record. False when malformed, when its hash is unknown, when flags other than
 * opt-out are set, or when the owner is not one label of 32 base32hex digits below the zone. */
bool nsec3_read(const struct rrset *rrset, struct name zone, struct nsec3 *nsec3);

bool nsec3_same_params(const struct nsec3_params *a, const struct nsec3_params *b);

/* Beyond LIMIT_NSEC3_ITERATIONS or LIMIT_NSEC3_SALT: not to be hashed with. */
bool nsec3_is_costly(const struct nsec3_params *params);

/* The name's hash; false when no work or memory is left. */
bool nsec3_hash_name(const struct nsec3_params *params, struct name name, struct work *work,
		     uint8_t hash[NSEC3_HASH_SIZE]);

/* Is it the owner's hash? Does it lie between the owner's and the next, the last NSEC3 reaching round to the first? */
bool nsec3_matches(const struct nsec3 *nsec3, const uint8_t hash[NSEC3_HASH_SIZE]);
bool nsec3_covers(const struct nsec3 *nsec3, const uint8_t hash[NSEC3_HASH_SIZE]);

#endif
