/* sighting: what a DNSKEY RRset shows about the trust anchors of its zone.
 *
 *	struct sighting sighting = sighting_of(point, &dnskeys, trusted, &means);
 *	if (anchor_see(point, &sighting, wall)) ...
 *
 * Whether the RRset is trusted the caller has found out already: keys_trust was SECURE for one of anchor_trusted's RRsets.
 * Here is the one thing that nobody else asks: does an anchor that has the REVOKE bit sign the RRset itself (RFC 5011
 * section 2.1)? Only then it counts, and then also in an RRset that nothing else vouches for: whoever holds a key may
 * always revoke it. For any other purpose such a signature is worth nothing.
 */
#ifndef ROOTWALK_DNSSEC_SIGHTING_H
#define ROOTWALK_DNSSEC_SIGHTING_H

#include "dnssec/anchor.h"
#include "dnssec/work.h"

struct sighting_means {
	int64_t wall;       /* POSIX seconds */
	struct work *work;
	struct arena *scratch;
};

/* Of an RRset with its signatures. What could not be checked for want of memory or work is not revoked. */
struct sighting sighting_of(struct trust_point *point, const struct rrset *dnskeys, bool trusted,
			    const struct sighting_means *means);

#endif
