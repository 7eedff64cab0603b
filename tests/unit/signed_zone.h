/* signed_zone: a small random zone, what it holds by the definitions of RFC 1034, 4592 and 6672, and its NSEC and NSEC3
 * chains by those of RFC 4034 section 4 and RFC 5155 section 7.1.
 *
 * It knows nothing of dnssec/ but the hash, so that it can be held against it. Names are made of few labels, so that
 * wildcards, cuts, DNAMEs and empty non-terminals come to lie above and beside each other. To be included behind
 * cmocka.h.
 */
#ifndef ROOTWALK_TESTS_UNIT_SIGNED_ZONE_H
#define ROOTWALK_TESTS_UNIT_SIGNED_ZONE_H

#include "base/rng.h"
#include "dnssec/nsec3.h"
#include "tests/unit/proving.h"

#define ZONE_NODES 12u
#define ZONE_HASHED 64u

enum { HAS_A = 1, HAS_TXT = 2, HAS_CNAME = 4, HAS_DNAME = 8, HAS_NS = 16, HAS_DS = 32, HAS_SOA = 64 };

struct node {
	struct name name;
	unsigned int has;
	struct rrset nsec;
};

/* A link of the NSEC3 chain. */
struct hashed_node {
	struct name name;
	unsigned int has; /* 0 at an empty non-terminal */
	uint8_t hash[NSEC3_HASH_SIZE];
	bool opt_out;
	struct rrset nsec3;
};

struct signed_zone {
	struct arena *arena;
	struct name apex;
	struct node nodes[ZONE_NODES]; /* of the zone's own, in canonical order */
	unsigned int count;
	struct hashed_node hashed[ZONE_HASHED]; /* in the order of hashes */
	unsigned int hashed_count;
	struct nsec3_fields fields;
};

struct signed_zone zone_of_chance(struct rng *rng, struct arena *arena);

/* A name of up to four labels that may or may not be in the zone, most often near to what is. */
struct name zone_random_name(const struct signed_zone *zone, struct rng *rng);

enum truth {
	TRUTH_BEYOND,   /* below a cut or a DNAME, or at a cut: not for this zone to say */
	TRUTH_DATA,     /* the type is there, or an alias */
	TRUTH_NODATA,
	TRUTH_NXDOMAIN,
};

struct told {
	enum truth truth;
	bool wildcard;         /* DATA or NODATA of the wildcard below the encloser */
	unsigned int encloser; /* labels of the closest encloser; of the name itself where it exists */
	bool delegation;       /* the name is a cut */
};

struct told zone_tell(const struct signed_zone *zone, struct name name, uint16_t type);

/* Links of the chains; NULL when there is none. */
const struct node *zone_node(const struct signed_zone *zone, struct name name);
const struct node *zone_node_before(const struct signed_zone *zone, struct name name);
const struct hashed_node *zone_hashed(const struct signed_zone *zone, struct name name);
const struct hashed_node *zone_hashed_before(const struct signed_zone *zone, struct name name);

/* The deepest ancestor of the name, or itself, that has a NSEC3 of its own and whose ancestors have too. */
unsigned int zone_hashed_encloser(const struct signed_zone *zone, struct name name);

/* "*." before a name. */
struct name zone_wildcard(const struct signed_zone *zone, struct name encloser);

#endif
