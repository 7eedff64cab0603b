/* scrub: what of a referral may become a delegation, and what of a negative answer is kept. Pure.
 *
 * Glue counts only for names that the parent's servers can speak about: at or below the zone that was asked
 * (in-bailiwick and sibling glue). An address for any other name is left out, whoever sent it.
 */
#ifndef ROOTWALK_RESOLVER_SCRUB_H
#define ROOTWALK_RESOLVER_SCRUB_H

#include "cache/delegations.h"
#include "cache/rrsets.h"
#include "resolver/judge.h"

/* Makes a delegation of an NS set and the addresses in the additional section. `bailiwick`: the zone that was
 * asked; `any_glue`: take glue for every name (option recursion.harden-glue off). Names and servers are in the
 * arena; false when out of memory. */
bool scrub_referral(const struct msg *msg, const struct rrset *ns, struct name bailiwick, bool any_glue,
		    struct arena *arena, struct delegation *delegation);

/* The entry for an RRset of the answer section; with the proofs that came along when a wildcard made it. Points into the
 * message. */
void scrub_positive(const struct msg *msg, const struct rrset *rrset, struct name zone, struct cached *cached);

/* The NSEC and NSEC3 of the authority section, instead of what proofs it has. */
void scrub_proofs(const struct msg *msg, struct name zone, struct cached *cached);

/* The entry for the DS of the zone that the referral `ns` leads to: the DS, or the proofs that there are none, or nothing
 * (CACHED_NONE). Points into the message. */
void scrub_ds(const struct msg *msg, const struct rrset *ns, struct name zone, struct cached *cached);

/* The entry for the negative end of a judgement: SOA, proofs, and the TTL of RFC 2308 section 5 (the smaller of the
 * SOA's TTL and its minimum); 0 without SOA, except of DS in a referral. Points into the message. */
void scrub_negative(const struct msg *msg, const struct judgement *judgement, struct name zone,
		    struct cached *cached);

#endif
