/* canon: the octets that a signature is made over (RFC 4034 sections 3.1.8.1 and 6, RFC 6840 section 5.1).
 */
#ifndef ROOTWALK_DNSSEC_CANON_H
#define ROOTWALK_DNSSEC_CANON_H

#include "dnssec/signature.h"

/* RRSIG RDATA without the signature, then each record of the RRset, sorted, equal ones once, in canonical form, with the
 * RRSIG's original TTL and, where its labels are fewer than the owner's, under the wildcard's name. The octets are in the
 * arena; an empty span when out of memory. */
struct span canon_signed_octets(const struct rrset *rrset, const struct rrsig *rrsig, struct arena *scratch);

#endif
