/* attacks: what resolvers were broken with, each as a play on the stage, with the number that must hold.
 *
 * The rows are those of the project's list of attacks (1 to 84); here are those that concern the engine. Those about
 * sockets are in tests/live.
 */
#ifndef ROOTWALK_TESTS_ATTACKS_ATTACKS_H
#define ROOTWALK_TESTS_ATTACKS_ATTACKS_H

#include "stage.h"

/* What came out: a number that must not be above its limit. */
struct finding {
	double value;
	double limit;
	const char *what; /* in words: "queries at the victim" */
	uint64_t took;    /* ticks from the question to its answer; 0: does not matter */
};

struct attack {
	unsigned int row;
	const char *name;
	evil_server *evil; /* NULL: no server is asked; queries, octets and memory mean nothing */
	void (*play)(struct stage *stage, struct finding *finding);
	prepare_options *prepare; /* NULL: the defaults */
};

extern const struct attack poison_attacks[], manners_attacks[], amplify_attacks[], bulk_attacks[], client_attacks[],
	memory_attacks[], wild_attacks[], proof_attacks[], keytrap_attacks[], chain_attacks[];
extern const size_t poison_attack_count, manners_attack_count, amplify_attack_count, bulk_attack_count,
	client_attack_count, memory_attack_count, wild_attack_count, proof_attack_count, keytrap_attack_count,
	chain_attack_count;

#endif
