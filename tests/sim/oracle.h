/* oracle: who sees the whole world says whether a question can be answered.
 *
 * A zone is `reachable` when by glue or by other zones that are reachable an address of a host is found that does
 * right; `surely` when no host on the way is shaky. The cost is the virtual time that a resolver needs that has the
 * worst luck with every choice: where it is within a client's patience, nothing but the answer is right. The rest
 * may be SERVFAIL.
 *
 * It also says how far the answer can be relied on (security.h): what validating resolvers say with AD, and what they do
 * not hand out at all.
 */
#ifndef ROOTWALK_TESTS_SIM_ORACLE_H
#define ROOTWALK_TESTS_SIM_ORACLE_H

#include "security.h"

enum expected {
	EXPECT_ANSWER,  /* nothing but the truth */
	EXPECT_EITHER,  /* the truth or SERVFAIL */
	EXPECT_FAILURE, /* SERVFAIL: the truth is a loop or a chain too long */
};

struct expectation {
	enum expected expected;
	const char *why; /* not EXPECT_ANSWER */
	uint64_t cost;   /* ms */
	enum security security; /* of the whole chain, for whoever has the world's anchors */
	bool security_sure;     /* nothing else can be right */
	bool tampered;          /* who switches checking off may be told what is false */
	bool hopeless;   /* no server of a zone on the way can be reached: an answer would come from the cache */
};

struct reach {
	bool reachable, surely;
	uint64_t cost;        /* ms to reach it from the root */
	unsigned int tries;   /* queries for one question to the zone itself */
	unsigned int lookups; /* of name servers' addresses on the way */
	unsigned int depth;   /* of such look-ups inside each other */
};

struct oracle {
	const struct world *world;
	struct security_map security;
	struct reach reach[WORLD_EPOCHS_MAX][WORLD_ZONES_MAX];
};

void oracle_begin(struct oracle *oracle, const struct world *world);

/* What is right for the question, asked at `elapsed` ticks, with CD or without? */
struct expectation oracle_expect(const struct oracle *oracle, struct name name, uint16_t type, uint64_t elapsed,
				 bool checking_disabled);

/* Does a host of the zone deny empty non-terminals, and with them this name, which is one or below one? */
bool oracle_denies_wrongly(const struct world *world, const struct zone *zone, struct name name, unsigned int epoch);

/* One step of the truth. */
struct look oracle_look(const struct world *world, struct name name, uint16_t type, unsigned int epoch,
			struct zone **zone);

#endif
