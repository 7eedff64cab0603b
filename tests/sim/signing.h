/* signing: zones with keys, signatures and proofs of absence.
 *
 *	signing.c   keys of a zone in every phase of their life, its DNSKEY and the parent's DS
 *	chain.c     NSEC or NSEC3 records of each epoch (RFC 4034 section 4, RFC 5155 section 7)
 *	seal.c      signatures, made when somebody wants them and then kept
 *	proofs.c    which records of the chain prove what (RFC 4035 section 3.1.3, RFC 5155 section 7.2)
 *	secure.c    which zones of a world from a seed are signed, and how
 *
 * A zone is signed by a plan. Order: zones and their content first, then sign_zone for each, parents or children first
 * as you like, and signing_end, which makes the chains: what is added to a signed zone after that is not proven.
 */
#ifndef ROOTWALK_TESTS_SIM_SIGNING_H
#define ROOTWALK_TESTS_SIM_SIGNING_H

#include "../sign/sign.h"
#include "world.h"

#define SIGNING_KEYS_MAX 4u
#define SIGNING_LIFE_S (400u * 86400u) /* of a signature: longer than any world is played */

/* Algorithms and digests that nobody knows. */
#define ALGORITHM_UNKNOWN 199u
#define DIGEST_UNKNOWN 99u

/* KEYS(NAME, text) */
#define KEYS_PLANS(KEYS) \
	KEYS(CSK, "one key") \
	KEYS(KSK_ZSK, "KSK and ZSK") \
	KEYS(PREPUBLISHED, "the next ZSK is published (RFC 7583 section 3.2.1)") \
	KEYS(DOUBLE_SIGNATURE, "two ZSKs sign (RFC 7583 section 3.2.2)") \
	KEYS(DOUBLE_KSK, "two KSKs sign the keys (RFC 7583 section 3.3.1)") \
	KEYS(DOUBLE_DS, "the DS of the next KSK is there before it (RFC 7583 section 3.3.2)") \
	KEYS(STANDBY, "the next KSK has DS and stands by, without a signature") \
	KEYS(NEW_DS, "the DS is of the new KSK, the old one still signs too") \
	KEYS(TWO_ALGORITHMS, "everything is signed by two algorithms (RFC 6781 section 4.1.4)") \
	KEYS(REVOKED, "the old KSK is revoked (RFC 5011 section 2.1)")

enum keys_plan {
#define KEYS(name, text) KEYS_##name,
	KEYS_PLANS(KEYS)
#undef KEYS
	KEYS_PLAN_COUNT
};

/* DS(NAME, text): what the parent has. */
#define DS_PLANS(DS) \
	DS(GOOD, "DS") \
	DS(NONE, "no DS: an island") \
	DS(MIXED, "DS, and one of an unknown digest") \
	DS(UNKNOWN_DIGEST, "DS of an unknown digest only") \
	DS(MISMATCH, "DS that matches no key")

enum ds_plan {
#define DS(name, text) DS_##name,
	DS_PLANS(DS)
#undef DS
	DS_PLAN_COUNT
};

struct signing_plan {
	uint8_t algorithm; /* ALGORITHM_UNKNOWN: with DS the zone is insecure */
	uint8_t digest;
	unsigned int key;  /* number of its first key */
	enum keys_plan keys;
	enum ds_plan ds;
	bool nsec3, opt_out;
	uint16_t iterations;
	uint8_t salt_size;
	uint32_t life; /* of its signatures from the start, seconds; 0: SIGNING_LIFE_S */
};

/* Epochs: `to` is the first in which it is over. */
struct span_of_epochs {
	unsigned int from, to;
};

/* A key that comes and goes. */
struct key_life {
	uint16_t flags;
	unsigned int number;
	struct span_of_epochs published, delegated, signs;
};

struct signing_key {
	const struct sign_key *key;
	uint16_t flags;
	uint16_t tag;
	struct span dnskey;
	bool published, delegated; /* in the DNSKEY set; has a DS */
	bool signs_keys, signs_data;
	struct span_of_epochs signs; /* in these epochs */
};

/* A link of the chain: a node that has an NSEC, or the NSEC3 of a name's hash. */
struct link {
	uint8_t hash[SIGN_HASH_SIZE];
	const struct node *name; /* whose it is */
	struct node *node;       /* where the record stands; in no bucket when it is an NSEC3 */
};

struct signing {
	struct signing_plan plan;
	struct signing_key keys[SIGNING_KEYS_MAX];
	unsigned int key_count;
	struct span salt;
	uint32_t proof_ttl; /* RFC 9077 */
	bool rolls;         /* who signs depends on the epoch */
	struct link *chain; /* in the chain's order, of all epochs */
	unsigned int chain_count;
};

void sign_zone(struct world *world, struct zone *zone, const struct signing_plan *plan);

/* The same with keys that come and go (plan->keys does not count); all TTLs are an hour. */
void sign_zone_rolling(struct world *world, struct zone *zone, const struct signing_plan *plan,
		       const struct key_life *lives, unsigned int count);
void signing_end(struct world *world);

/* The zone's keys are trusted: an RRset of DS, or of DNSKEY, goes to world->anchors. */
void signing_anchor(struct world *world, const struct zone *zone, bool dnskey);

/* Can a resolver use the DS of the zone? False for none and for those that nobody knows. */
bool signing_has_usable_ds(const struct zone *zone);

/* chain.c */
void chain_build(struct world *world, struct zone *zone);

/* The record that stands for the name, or whose span covers it; NULL when there is none. Of NSEC3 by its hash. */
const struct link *chain_match(const struct zone *zone, struct name name, unsigned int epoch);
const struct link *chain_cover(const struct zone *zone, struct name name, unsigned int epoch);
struct version *chain_version(const struct zone *zone, const struct link *link, unsigned int epoch);

/* seal.c. How a signature is made; good ones are kept with the version. */
enum seal {
	SEAL_GOOD,
	SEAL_EXPIRED,
	SEAL_NOT_YET,
	SEAL_WRONG,     /* octets of the signature are changed */
	SEAL_OTHER_KEY, /* made with a key that the zone does not have */
	SEAL_NONE,
};

/* Is the set signed at all: of a signed zone, and the zone's own? */
bool seal_wanted(const struct version *version);

/* The set with its signatures of this epoch; without, where none are wanted. */
struct rrset seal_version(struct world *world, struct version *version, enum seal seal, unsigned int epoch,
			  struct arena *arena);

const char *keys_plan_text(enum keys_plan plan);
const char *ds_plan_text(enum ds_plan plan);

#endif
