/* rrsets: what a zone's own servers said; the only data that clients are served.
 *
 * Positive, NODATA and NXDOMAIN entries live in one map by (name, type); class is IN. NXDOMAIN is kept under
 * (name, TYPE_NONE) and holds for every type (and, RFC 8020, for what lies below: the resolver looks upwards).
 * Entries are ranked: worse data never replaces better that still lives (RFC 2181 section 5.4.1), and nothing but
 * secure data replaces secure data.
 *
 * The owner's spelling is not kept: an RRset comes out with the name it was asked by.
 */
#ifndef ROOTWALK_CACHE_RRSETS_H
#define ROOTWALK_CACHE_RRSETS_H

#include "base/arena.h"
#include "cache/table.h"
#include "wire/limits.h"
#include "wire/rrset.h"
#include "wire/security.h"

/* RFC 2181 section 5.4.1, without glue, which lives in delegations only. */
enum trust {
	TRUST_NONE = 0,
	TRUST_REFERRAL = 1,             /* DS, or the proof that there is none, beside a delegation */
	TRUST_ANSWER = 2,               /* answer section, AA not set */
	TRUST_AUTHORITATIVE_ANSWER = 3, /* answer section, AA set */
};

enum cached_kind { CACHED_NONE, CACHED_POSITIVE, CACHED_NODATA, CACHED_NXDOMAIN };

struct cached {
	enum cached_kind kind;
	enum trust trust;
	enum security security; /* SECURITY_BOGUS is never kept */
	uint8_t ede;           /* SECURITY_INSECURE: why, where it could have been secure (RFC 8914); 0: nothing to say */
	uint64_t as_of;        /* age at which the TTLs are right */
	uint32_t ttl;          /* seconds */
	struct rrset rrset;    /* CACHED_POSITIVE */
	struct rrset soa;      /* negative: count 0 when the zone's server sent none */
	struct rrset proofs[LIMIT_PROOF_RRSETS]; /* NSEC and NSEC3 with their signatures: of what is negative, and of what a
						  * wildcard made */
	unsigned int proof_count;
};

/* The entry for (name, type), or the NXDOMAIN of the name; all octets in the arena, every TTL in it set to what
 * is left. False when nothing is known. */
bool rrsets_get(struct table *table, struct name name, uint16_t type, uint64_t age, struct arena *arena,
		struct cached *cached);

/* The NXDOMAIN entry of exactly this name. */
bool rrsets_get_nxdomain(struct table *table, struct name name, uint64_t age, struct arena *arena,
			 struct cached *cached);

/* Keeps an entry for cached->ttl seconds from `age` on, which is cached->as_of where validation took its time. `type` is
 * ignored for NXDOMAIN. False when refused: larger than LIMIT_RRSET_OCTETS, better data stands, out of memory. A TTL of 0
 * is not kept. A positive entry removes a NXDOMAIN of its name that is not of higher rank: the name exists. */
bool rrsets_put(struct table *table, struct name name, uint16_t type, uint64_t age, const struct cached *cached);

bool rrsets_remove(struct table *table, struct name name, uint16_t type);

/* A resolution that failed (RFC 9520); kept apart from data. */
struct failure {
	int ede;         /* why */
	bool validation; /* what was there could not be validated: who sets CD is not concerned (RFC 4035 section 3.2.2) */
	uint32_t ttl;    /* seconds, when it is put */
};

bool failures_get(struct table *table, struct name name, uint16_t type, uint64_t age, struct failure *failure);
void failures_put(struct table *table, struct name name, uint16_t type, uint64_t age, const struct failure *failure);

#endif
