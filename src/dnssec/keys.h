/* keys: a zone's public keys, decoded, and who signed them.
 *
 * The keys of a zone are trusted as a whole: a DS (or a trust anchor) names one of them, that one signs the DNSKEY RRset,
 * and from then on every zone key in the RRset may sign the zone's data (RFC 4035 section 5.2). Revoked keys (RFC 5011
 * section 2.1) and keys without the zone flag never do.
 *
 * A struct keys owns copies of all it needs; keys are decoded when first used and stay decoded.
 */
#ifndef ROOTWALK_DNSSEC_KEYS_H
#define ROOTWALK_DNSSEC_KEYS_H

#include "base/arena.h"
#include "dnssec/crypto.h"
#include "dnssec/verdict.h"
#include "dnssec/work.h"
#include "wire/rrset.h"

#define DNSKEY_FLAG_ZONE 0x0100u
#define DNSKEY_FLAG_REVOKED 0x0080u
#define DNSKEY_FLAG_SEP 0x0001u
#define DNSKEY_PROTOCOL 3u

/* A DNSKEY's RDATA (RFC 4034 section 2.1), as views of it. */
struct dnskey {
	uint16_t flags;
	uint8_t protocol;
	uint8_t algorithm;
	uint16_t tag; /* RFC 4034 appendix B */
	struct span public_key;
};

/* A DS's RDATA (RFC 4034 section 5.1). */
struct ds {
	uint16_t tag;
	uint8_t algorithm;
	uint8_t digest_type;
	struct span digest;
};

/* False when too short. */
bool dnskey_read(struct span rdata, struct dnskey *dnskey);
bool ds_read(struct span rdata, struct ds *ds);

/* Is this the DS of that key, owned by `zone` (RFC 4034 section 5.1.4)? */
bool ds_matches(struct span ds, struct name zone, struct span dnskey);

/* Can the zone be validated with at least one of these DS records: digest and algorithm known (RFC 4035 section 5.2)?
 * Otherwise the zone is insecure, and `*ede` is EDE_DNSKEY_ALGORITHM or EDE_DS_DIGEST. */
bool ds_usable(const struct rrset *ds, int *ede);

struct keys;
struct zone_key;

/* Of a DNSKEY RRset, at most LIMIT_ZONE_KEYS of them. NULL when out of memory. */
struct keys *keys_create(const struct rrset *dnskeys);
void keys_destroy(struct keys *keys);

struct name keys_zone(const struct keys *keys);

/* Octets that it holds, about, decoded keys included. */
size_t keys_size(const struct keys *keys);

/* Is the DNSKEY RRset signed by a key that `trusted` names: DS records of the parent (of those of a known kind at most
 * LIMIT_DS_RECORDS; SHA-1 ones only when there is no other of their algorithm, RFC 4509 section 3), or DNSKEY records of
 * a trust anchor? `wall`: POSIX seconds. `keys` must be made of `dnskeys`.
 * SECURE; INSECURE when nothing in `trusted` is of a known kind; BOGUS with EDE_DNSKEY_MISSING (no key is named),
 * EDE_NO_ZONE_KEY, EDE_BOGUS, EDE_SIGNATURE_EXPIRED, EDE_RRSIGS_MISSING ...; UNCHECKED: no memory, or no work left.
 * `*ttl` is lowered as by signature_check. */
struct verdict keys_trust(struct keys *keys, const struct rrset *dnskeys, const struct rrset *trusted, int64_t wall,
			  struct work *work, struct arena *scratch, uint32_t *ttl);

/* For signature_check: the `n`-th key (from 0) that may sign data with this algorithm and tag; NULL when there are no
 * more, or beyond LIMIT_KEYS_PER_TAG. Whether it is well-formed shows when it is decoded. */
struct zone_key *keys_find(struct keys *keys, uint8_t algorithm, uint16_t tag, unsigned int n);

/* The key in a form to check signatures with; NULL when malformed, odd, or out of memory. The zone key owns it. */
struct crypto_key *keys_decode(struct zone_key *key);

/* Of those with its algorithm and tag, the key found as number `n` was right: it is number 0 from now on. Two keys with
 * one tag are an accident that happens; each of the zone's RRsets would cost a failure otherwise. */
void keys_prefer(struct keys *keys, uint8_t algorithm, uint16_t tag, unsigned int n);

/* Does the zone have a usable key of any algorithm that is known here? (RFC 4035 section 5.2 asks this of the DS; a
 * trust anchor has no DS.) */
bool keys_known(const struct keys *keys);

#endif
