/* chain: the real root zone of 21 August 2017, as on the 25th, under the key 19036: what holds, and that nothing holds
 * once one octet of it is another.
 */
#ifndef ROOTWALK_TESTS_CHAIN_CHAIN_H
#define ROOTWALK_TESTS_CHAIN_CHAIN_H

#include "stage.h"

#define CHAIN_WALL 1503662400 /* 2017-08-25 12:00:00 UTC */
#define NONEXISTENT 1000u
#define ANCHOR_RDATA_SIZE 36u

struct chain {
	struct arena arena;
	struct zone zone;
	struct delegation hints;
	struct authority authority;
	struct rrset anchor;
	uint8_t anchor_octets[2 + ANCHOR_RDATA_SIZE];
	struct name *tops; /* the delegated names */
	size_t top_count;
	struct name nothing[NONEXISTENT]; /* names that do not exist */
	struct rng rng;
	unsigned int passed, failed;
};

/* What an answer must be. */
enum outcome {
	OUTCOME_SECURE,   /* AD, and the zone's own records or proofs */
	OUTCOME_INSECURE, /* an answer without AD */
	OUTCOME_REFUSED,  /* SERVFAIL and nothing in it */
};

struct expectation {
	struct name name;
	uint16_t type;
	enum outcome outcome;
	uint16_t rcode;    /* unless refused */
	const char *about; /* what was done to the zone */
};

/* Asks and counts one case. */
void chain_check(struct chain *chain, struct stage *stage, const struct expectation *expectation);

/* Hears and counts one that was sent. */
void chain_hear(struct chain *chain, struct stage *stage, uint64_t handle, const struct expectation *expectation);

/* The same on a fresh stage at a wall clock. */
void chain_check_fresh(struct chain *chain, int64_t wall, const struct expectation *expectation);

bool chain_is_secure(const struct chain *chain, struct name top);

/* damage.c: everything again, with something off. */
void chain_damage(struct chain *chain);

#endif
