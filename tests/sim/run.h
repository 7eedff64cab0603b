/* run: one world, its resolvers and the clients that ask them.
 *
 * Questions come alone or many at a time, now and then the same again, at names that are there and names that are
 * not; between them time stands, passes, or jumps over the TTLs. What the seed is, that is the run.
 */
#ifndef ROOTWALK_TESTS_SIM_RUN_H
#define ROOTWALK_TESTS_SIM_RUN_H

#include "liar.h"
#include "cache/denials.h"
#include "config/options.h"

#define QUERIES_MAX 4096u

struct run {
	struct world world;
	struct oracle oracle;
	struct internet internet;
	struct checker checker;
	struct options options;
	struct table *table;
	struct denials *denials;
	struct delegation hints;
	struct client_query *queries[QUERIES_MAX];
	unsigned int query_count;
	bool pretends;     /* its engines have no anchors, and liar.h says what validating ones would */
	enum lie lie;
	uint64_t signatures_before; /* that the process had made when the run began */
};

/* The world is built (run->world); makes the resolvers and primes them. */
bool run_begin(struct run *run, FILE *story);
void run_end(struct run *run);

/* How a client asks. */
struct manner {
	enum client_kind kind;
	uint16_t udp_size; /* CLIENT_EDNS_NONE: without OPT */
	bool stream, dnssec_ok, authentic_data, checking_disabled;
	unsigned int resolver;
};

/* NULL: too many. */
struct client_query *run_ask(struct run *run, const struct question *question, const struct manner *manner);

/* Waits until nothing is under way and checks that it is so. */
void run_calm(struct run *run);
void run_pass(struct run *run, uint64_t ticks);

/* The clients of a world from a seed: asks `count` questions and checks everything at the end. */
void run_questions(struct run *run, unsigned int count);
void run_close(struct run *run);

#endif
