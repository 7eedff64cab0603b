/* sign: the records of a signed zone, made by hand: DNSKEY, DS, RRSIG, and the hash of NSEC3.
 *
 * What a zone's signer does, apart from the resolver: RFC 4034 sections 2, 3, 5, 6 and appendix B, RFC 5155 section 5.
 * RDATA lies in the arena that is given. Out of memory ends the program.
 */
#ifndef ROOTWALK_TESTS_SIGN_SIGN_H
#define ROOTWALK_TESTS_SIGN_SIGN_H

#include "base/arena.h"
#include "key.h"
#include "wire/rrset.h"

#define SIGN_FLAGS_ZSK 0x0100u
#define SIGN_FLAGS_KSK 0x0101u
#define SIGN_FLAGS_REVOKED 0x0181u
#define SIGN_HASH_SIZE 20u

struct span sign_dnskey(struct arena *arena, const struct sign_key *key, uint16_t flags);
uint16_t sign_tag(struct span dnskey);

/* Of a digest type that nobody knows too: its octets mean nothing. */
struct span sign_ds(struct arena *arena, struct name owner, struct span dnskey, uint8_t digest_type);

/* Who signs, with what and for how long. */
struct signer {
	struct name zone;
	const struct sign_key *key;
	uint16_t tag;
	uint32_t inception, expiration;
	uint8_t more_labels; /* claimed beyond the owner's: a lie */
};

/* The RRSIG of an RRset whose owner is the name that was signed: a wildcard's own name, not one made from it. */
struct span sign_rrset(struct arena *arena, const struct rrset *rrset, const struct signer *signer);

/* RFC 5155 section 5. */
void sign_nsec3_hash(struct name name, struct span salt, unsigned int iterations, uint8_t hash[SIGN_HASH_SIZE]);

/* Type bitmaps (RFC 4034 section 4.1.2) of `count` types in ascending order. Returns their size. */
size_t sign_bitmap(const uint16_t *types, unsigned int count, uint8_t *octets);

#endif
