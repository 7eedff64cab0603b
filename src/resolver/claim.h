/* claim: one thing that a zone's servers said, on its way to a verdict: an RRset, or that there is none.
 *
 * A reply makes a claim for each alias on the way that it speaks of, and one for what stands at the end; the cache makes
 * one at a time. What they say is believed after validation, each by itself (RFC 4035 section 5).
 */
#ifndef ROOTWALK_RESOLVER_CLAIM_H
#define ROOTWALK_RESOLVER_CLAIM_H

#include "cache/rrsets.h"
#include "resolver/judge.h"

struct claim {
	struct name name;     /* asked for */
	uint16_t type;        /* asked for; that of the RRset where there is one */
	struct name zone;     /* whose servers said it, as far as is known: the name's zone or one above it */
	struct cached cached; /* its `security` is what validation is to find out */
	bool alias;           /* CNAME at the name, or DNAME above it: the answer goes on elsewhere */
	bool kept;            /* may go into the cache */
	struct name signer;   /* the zone that has just vouched for it; size 0: none */
	unsigned int beside;  /* cached.proofs that came along without need, where proof_count is 0 */
	unsigned int proven;  /* the first of cached.proofs, which it has vouched for too */
	uint32_t alone;       /* seconds that its RRset lives by itself, without proofs; 0: not known */
	unsigned int labels;  /* of its signature's: a wildcard made it when they are fewer than the name's */
};

#define CLAIMS_MAX (LIMIT_ALIAS_LINKS + 1)

/* The claims of a judged reply from servers of `zone`, at most CLAIMS_MAX, into the arena: its aliases, then its data or
 * the absence of `type`. `age` is now. `kept` is left false. Their number; 0 when out of memory, or when there are none. */
unsigned int claims_read(const struct msg *msg, const struct judgement *judgement, uint16_t type, struct name zone,
			 uint64_t age, struct arena *arena, struct claim **claims);

/* The zone that the claim says it is of, by its signatures; size 0 when there are none that could be right. */
struct name claim_signer(const struct claim *claim);

/* Are all of them known to be secure, insecure...? */
bool claims_are_checked(const struct claim *claims, unsigned int count);

#endif
