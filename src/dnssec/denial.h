/* denial: what NSEC (RFC 4034 section 4, RFC 4035 section 5.4, RFC 6840) and NSEC3 (RFC 5155 section 8) records prove.
 *
 * All functions are given the same: the proof RRsets of a reply, each of which the caller has checked to be signed by
 * `zone` (signature_check: SECURE, and not expanded from a wildcard). LIMIT_PROOF_RRSETS of them are looked at. Malformed
 * ones, ones of names outside of the zone, of another NSEC3 hash or another parameter set are passed over:
 *   - both ends of an NSEC lie within the zone (CVE-2026-13321), a NSEC3 owner is exactly one label below it;
 *   - an NSEC or NSEC3 of a parent's side of a cut (NS without SOA) or of a DNAME says nothing about what lies below
 *     (RFC 6840 section 4.1), and nothing but DS about the cut itself;
 *   - NSEC3 of more than LIMIT_NSEC3_ITERATIONS or a salt of more than LIMIT_NSEC3_SALT octets are not hashed with. When
 *     there are no others, and no NSEC proves it, the answer is insecure, with EDE_NSEC3_ITERATIONS (RFC 9276 section
 *     3.2).
 * NSEC and NSEC3 may come together, while a zone changes from one to the other; each must prove all by itself.
 *
 * A name is hashed once for one proof (CVE-2023-50868): at most one hash for each label below the zone and two more, and
 * three for what does not exist in a flat zone, however long it is. Compact denial (RFC 9824) needs no rule for NODATA;
 * NXNAME at the very name denies the name too.
 *
 * Verdicts: SECURE: proven. INSECURE: proven up to an opt-out span (RFC 5155 sections 6 and 9.2), or not checkable as
 * above. BOGUS: not proven, EDE_NSEC_MISSING with what is missing. UNCHECKED: no work or memory left.
 *
 * How long a proof may be kept is for the caller to say: no longer than any of its RRsets (RFC 9077).
 */
#ifndef ROOTWALK_DNSSEC_DENIAL_H
#define ROOTWALK_DNSSEC_DENIAL_H

#include "base/arena.h"
#include "dnssec/verdict.h"
#include "dnssec/work.h"
#include "wire/rrset.h"

struct proofs {
	const struct rrset *rrsets;
	unsigned int count;
	struct name zone;
	struct work *work;
	struct arena *scratch;
};

/* `name` does not exist, nor a wildcard that would make it. */
struct verdict denial_of_name(const struct proofs *proofs, struct name name);

/* `name` exists (or a wildcard makes it, or it is an empty non-terminal) without records of `type` and without CNAME.
 * For DS it is the parent's side that speaks. */
struct verdict denial_of_type(const struct proofs *proofs, struct name name, uint16_t type);

/* An answer for `name` was made from the wildcard one label below the name's last `labels` labels: nothing closer to
 * `name` exists (RFC 4035 section 5.3.4, RFC 5155 section 8.8). */
struct verdict denial_of_closer(const struct proofs *proofs, struct name name, unsigned int labels);

/* What stands at a name between a secure zone and what lies below it. */
enum cut_proof {
	CUT_UNPROVEN,   /* nothing is proven: bogus */
	CUT_INSECURE,   /* a delegation without DS, or an opt-out span where there may be one */
	CUT_NONE,       /* no delegation: the name exists in this zone, or is an empty non-terminal, or does not exist */
	CUT_UNCHECKED,  /* no work or memory left */
};

/* Is there a delegation without DS at `name`, which is below the zone? From the proofs of a referral or of a NODATA
 * (or NXDOMAIN) answer to DS (RFC 4035 section 5.2, RFC 5155 sections 8.6 and 8.9, RFC 6840 section 4.4). *verdict has
 * EDE and words for CUT_UNPROVEN (BOGUS), and EDE_NSEC3_ITERATIONS when that is why CUT_INSECURE. */
enum cut_proof denial_of_ds(const struct proofs *proofs, struct name name, struct verdict *verdict);

#endif
