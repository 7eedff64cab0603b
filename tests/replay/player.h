/* player: a scenario played from its first step to its last, with the verdict (FORMAT.md sections 5 and 7).
 *
 * The bar is lenient and relaxed: queries that the author did not foresee are answered SERVFAIL and allowed, and
 * `MATCH all` asks for opcode, question, flags, rcode and answer. Whether the scenario passes strictly too is said
 * beside. A scenario that leaves QNAME minimisation open is played with and without it, and must pass both times.
 */
#ifndef ROOTWALK_TESTS_REPLAY_PLAYER_H
#define ROOTWALK_TESTS_REPLAY_PLAYER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum verdict { VERDICT_PASSED, VERDICT_FAILED, VERDICT_SKIPPED };

struct outcome {
	enum verdict verdict;
	bool strict;       /* of VERDICT_PASSED: passes the strict reading too */
	char detail[6000]; /* why it failed, why it was skipped, or why it is not strict */
};

struct performance {
	const char *path;
	uint64_t seed;
	bool strict; /* the strict reading is the bar */
	bool skip_validation; /* what has trust anchors is skipped */
	FILE *log;   /* where every message is told; NULL: nowhere */
};

void player_play(const struct performance *performance, struct outcome *outcome);

#endif
