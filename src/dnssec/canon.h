/* canon: the octets that a signature is made over (RFC 4034 sections 3.1.8.1 and 6, RFC 6840 section 5.1).
 *
 * The records of an RRset are brought into canonical form and order once, however many RRSIGs it has; what differs from
 * RRSIG to RRSIG (its own fields, the owner where a wildcard was expanded, the original TTL) is written around them.
 */
#ifndef ROOTWALK_DNSSEC_CANON_H
#define ROOTWALK_DNSSEC_CANON_H

#include "dnssec/signature.h"

struct canon {
	const struct rrset *rrset;
	const struct span *records; /* RDATA in canonical form and order, equal ones once */
	size_t count;
	uint8_t *memory; /* for the signed octets */
	size_t capacity;
};

/* Of an RRset of 1 to LIMIT_RRSET_RECORDS records. False when it is none, or when out of memory. */
bool canon_prepare(struct canon *canon, const struct rrset *rrset, struct arena *scratch);

/* RRSIG RDATA without the signature, then each record of the RRset with the RRSIG's original TTL and, where its labels
 * are fewer than the owner's, under the wildcard's name. Good until the next call. */
struct span canon_signed_octets(const struct canon *canon, const struct rrsig *rrsig);

#endif
