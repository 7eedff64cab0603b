/* signature: is an RRset signed by its zone? RFC 4035 section 5.3.
 *
 *	canon.c      the octets that were signed: RRset in canonical form and order, original TTL, wildcard owner
 *	crypto.c     the arithmetic
 *	signature.c  which RRSIG can be meant, is it the time for it, and what follows for TTL and wildcard
 */
#ifndef ROOTWALK_DNSSEC_SIGNATURE_H
#define ROOTWALK_DNSSEC_SIGNATURE_H

#include "base/arena.h"
#include "dnssec/keys.h"
#include "dnssec/verdict.h"
#include "dnssec/work.h"
#include "wire/rrset.h"

/* An RRSIG's RDATA (RFC 4034 section 3.1), as views of it. */
struct rrsig {
	uint16_t covered;
	uint8_t algorithm;
	uint8_t labels;
	uint32_t original_ttl;
	uint32_t expiration, inception; /* seconds modulo 2^32 (RFC 1982) */
	uint16_t tag;
	struct name signer;
	struct span head;      /* all before the signature, the signer's name as it came */
	struct span signature;
};

bool rrsig_read(struct span rdata, struct rrsig *rrsig);

/* The zone that an RRset says it is of: the signer of its first RRSIG that could be right (covers the type; the signer is
 * at or above the owner; for DS strictly above; labels not fewer than the signer's and not more than the owner's,
 * CVE-2026-44690). False when there is none. The name points into the RRset. */
bool signature_signer(const struct rrset *rrset, struct name *signer);

/* What a good signature says besides. */
struct signed_facts {
	uint32_t ttl;        /* the least of the RRset's, its original, what is left of the signature (section 5.3.3) */
	uint8_t labels;      /* RRSIG labels: fewer than the owner's mean that a wildcard was expanded */
	bool wildcard;       /* it was: that nothing closer exists must be proven (RFC 4035 section 5.3.4) */
};

/* Is one of the RRSIGs good under one of the zone's keys? At most LIMIT_SIGNATURES_PER_RRSET are looked at. Clocks may
 * differ: an RRSIG is good from a tenth of its life, at least LIMIT_CLOCK_SKEW_MIN_S and at most LIMIT_CLOCK_SKEW_MAX_S,
 * before its inception until as much behind its expiration. BOGUS says why, and of several reasons the one that tells
 * most: EDE_SIGNATURE_EXPIRED, EDE_SIGNATURE_NOT_YET_VALID, EDE_BOGUS, EDE_SIGNATURE_EXPIRED_BEFORE_VALID,
 * EDE_DNSKEY_MISSING (no key of that tag), EDE_BOGUS (no known algorithm), EDE_RRSIGS_MISSING. UNCHECKED, with
 * EDE_INDETERMINATE: no memory, or no work left. */
struct verdict signature_check(const struct rrset *rrset, struct keys *keys, int64_t wall, struct work *work,
			       struct arena *scratch, struct signed_facts *facts);

#endif
