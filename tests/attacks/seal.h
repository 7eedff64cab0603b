/* seal: signed zones on the stage: keys, RRsets with signatures, proofs of absence, and what a parent says of a child.
 *
 * The root's keys are trusted on a secure stage; it has DS for `good.` and `evil.` and proves that `else.` and `victim.`
 * have none. Below `evil.` a play may have as many signed zones as it likes: `evil.` (host EVIL) delegates names below
 * `z*.evil.` to hosts CHILD and the two behind it.
 */
#ifndef ROOTWALK_TESTS_ATTACKS_SEAL_H
#define ROOTWALK_TESTS_ATTACKS_SEAL_H

#include "../sign/sign.h"
#include "say.h"
#include "stage.h"

#define CHILD 67u
#define CHILD_HOSTS (LIMIT_BOGUS_RETRIES + 1u) /* what one says in vain is asked of the others */
#define SEAL_ALGORITHM 15u /* Ed25519: the plays have much to sign */
#define SEAL_NSEC3_SALT "\xaa\xbb"

/* A zone's key. */
struct seal {
	struct signer signer;
	struct span dnskey;
};

struct seal seal_of(struct arena *arena, struct name zone, uint8_t algorithm, unsigned int number);

/* The usual key of a zone on this stage: of the root, a TLD, or a child. */
struct seal seal_usual(struct arena *arena, struct name zone);

/* The trust anchor: the root's DNSKEY. */
struct rrset seal_anchor(struct arena *arena);

/* An RRset without signatures. */
struct rrset seal_set(struct arena *arena, struct name owner, uint16_t type, uint32_t ttl, const struct span *records,
		      size_t count);

/* One more RRSIG: a good one, or any octets. */
void seal_sign(struct arena *arena, struct rrset *rrset, const struct seal *seal);
void seal_append(struct arena *arena, struct rrset *rrset, struct span rrsig);

/* Signed as if it were of `signed_as`, which is a wildcard above its owner: a good RRSIG with fewer labels. */
void seal_sign_as(struct arena *arena, struct rrset *rrset, const struct seal *seal, struct name signed_as);

/* RDATA. */
struct span seal_ds(struct arena *arena, struct name zone, const struct seal *seal);
struct span seal_nsec(struct arena *arena, struct name next, const uint16_t *types, unsigned int count);
struct span seal_nsec3(struct arena *arena, uint16_t iterations, const uint8_t next[SIGN_HASH_SIZE],
		       const uint16_t *types, unsigned int count);
struct span seal_soa(struct arena *arena);

/* Two NSEC3 that deny all below `encloser`, which exists: its own, and one that spans all other hashes. Their owners are
 * below `zone`, and `seal` signs them. `flags`: 1 opt-out. */
struct nsec3_terms {
	struct name encloser, zone;
	uint16_t iterations;
	uint8_t flags;
};

void seal_say_nsec3(struct response *response, const struct nsec3_terms *terms, const struct seal *seal);

/* The owner of the NSEC3 with this hash. */
struct name seal_hashed(struct arena *arena, const uint8_t hash[SIGN_HASH_SIZE], struct name zone);

/* `label` before the name. */
struct name seal_below(struct arena *arena, const char *label, struct name name);

/* A name right behind this one in canonical order, that nobody has. */
struct name seal_behind(struct arena *arena, struct name name);

/* Into the response, with all its signatures. */
void seal_say(struct response *response, enum msg_section section, const struct rrset *rrset);

/* One record, signed once. */
void seal_say_one(struct response *response, enum msg_section section, struct name owner, uint16_t type,
		  struct span rdata, const struct seal *seal);

void seal_say_soa(struct response *response, const struct seal *seal);

/* SOA and an NSEC that spans the name and the wildcard: of the zone from its apex to its end. */
void seal_say_nothing(struct response *response, const struct seal *seal);

/* `name` exists without the type that was asked for: SOA and its NSEC. */
void seal_say_nodata(struct response *response, struct name name, const uint16_t *types, unsigned int count,
		     const struct seal *seal);

/* The NSEC of the name's neighbours: it denies the name and little else. */
void seal_say_gap(struct response *response, struct name name, const struct seal *seal);

/* DNSKEY at the zone's apex: was it asked for, and is it answered therefore? */
bool seal_answer_keys(const struct asked *asked, struct response *response, const struct seal *seal);

/* A referral to `zone` on host 192.0.2.`host` (CHILD: and the others), with its DS (signed already). */
void seal_refer(struct response *response, struct name zone, unsigned int host, const struct rrset *ds);

/* What `evil.` says as the parent of `z*.evil.`, of each of which `ds` would be the DS (NULL: that of the usual key): keys,
 * DS, referrals. False: the question is about something else. */
typedef void make_ds(struct arena *arena, struct name zone, struct rrset *ds);
bool seal_answer_parent(const struct asked *asked, struct response *response, make_ds *make);

/* The whole root and `good.`, signed. */
void seal_answer_root(const struct asked *asked, struct response *response);
void seal_answer_good(const struct asked *asked, struct response *response);

#endif
