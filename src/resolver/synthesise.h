/* synthesise: answers that validated NSEC and NSEC3 records give without a question to anybody (RFC 8198).
 *
 * What is found is what the zone's server would have sent: NXDOMAIN, NODATA, or data made from a wildcard, with the SOA and
 * the proofs, SECURE, its TTL the least of all its parts' (RFC 8198 section 5.4; RFC 9077 was seen to when they were
 * kept). The proofs are weighed by the same functions as those of a reply (dnssec/denial.h), so what these do not take
 * as proof is asked for as ever: what lies at or below a cut or a DNAME, or in an opt-out span.
 *
 * Not for look-ups that do not validate (CD, name servers' addresses), nor below a negative trust anchor, nor from a zone
 * above a cut that is known or above the forward or stub zone that the name is in (CVE-2026-44687).
 */
#ifndef ROOTWALK_RESOLVER_SYNTHESISE_H
#define ROOTWALK_RESOLVER_SYNTHESISE_H

#include "dnssec/denial.h"
#include "resolver/claim.h"
#include "resolver/lookup.h"

/* The claim about the look-up's name, which is walking on at its cut. False when nobody but the servers can tell. */
bool synthesise(const struct lookup *lookup, struct claim *claim);

/* Is there a delegation at `name`, which is below an anchor? From the records of the deepest zone above it that has some:
 * CUT_INSECURE and CUT_NONE as denial_of_ds, with that zone and with *ttl as long as it holds; CUT_UNPROVEN: has to be
 * asked. */
enum cut_proof synthesise_cut(struct request *request, struct name name, struct name *zone, uint32_t *ttl);

#endif
