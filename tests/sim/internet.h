/* internet: virtual time, and packets on their way.
 *
 * It carries what an engine sends to the world's hosts and their replies back, with latency, loss, duplication and
 * reordering, and lets an attacker off the path race them with forgeries. Time jumps from event to event; the engine
 * is ticked when it asks for it, and watched: what it must never do is a fault, and the first fault is the one that
 * is told.
 */
#ifndef ROOTWALK_TESTS_SIM_INTERNET_H
#define ROOTWALK_TESTS_SIM_INTERNET_H

#include "base/heap.h"
#include "base/index.h"
#include "resolver/engine.h"
#include "server.h"

#include <stdio.h>

#define RESOLVERS_MAX 2u
#define FAULT_SIZE 1024u
#define SENDS_SLOTS 2048u /* a power of two */

struct internet;

struct resolver {
	unsigned int number;
	struct internet *internet;
	struct engine *engine;
	struct index exchanges; /* open ones */
	uint64_t newest_exchange;
};

/* How often one question went to one host by one transport, while only one client waits. */
struct sends {
	uint64_t key[SENDS_SLOTS];
	unsigned int count[SENDS_SLOTS];
	unsigned int total;
	bool counting;
};

/* What one host was asked. */
struct host_tally {
	uint64_t udp, stream;
	unsigned int labels_most; /* of the longest name that it saw */
};

struct internet_counts {
	uint64_t udp, stream, replies, lost, forged, ticks, events;
	uint64_t keys, ds; /* queries for DNSKEY and DS among them: what validation costs */
};

/* Called with each answer to a client. */
typedef void answer_taker(void *context, struct resolver *resolver, uint64_t handle, struct span octets);

struct internet {
	struct world *world;
	struct rng rng; /* its own chance: the world's draws do not depend on what the engine does */
	struct resolver resolvers[RESOLVERS_MAX];
	unsigned int resolver_count;
	struct heap events;
	uint64_t elapsed; /* ticks since the start */
	uint64_t hash;    /* of all effects, in order */
	struct arena scratch;
	struct replies replies;
	struct sends sends;
	struct internet_counts counts;
	struct host_tally tallies[WORLD_HOSTS_MAX];
	answer_taker *take_answer;
	void *context;
	FILE *story; /* NULL: silent */
	char fault[FAULT_SIZE]; /* empty: none */
};

void internet_begin(struct internet *internet, struct world *world, FILE *story);
void internet_end(struct internet *internet);

struct instant internet_now(const struct internet *internet);
uint64_t internet_age_at(uint64_t elapsed);
int64_t internet_wall_at(uint64_t elapsed);

/* A query of a client. True: the answer came at once and lies in `answer`. */
bool internet_ask(struct resolver *resolver, const struct client_origin *origin, struct span octets, uint8_t *answer,
		 size_t capacity, size_t *size, bool *silent);
void internet_client_gone(struct resolver *resolver, uint64_t handle);
void internet_prime(struct resolver *resolver);

/* Lets time pass up to the moment; stops early at a fault. */
void internet_run(struct internet *internet, uint64_t until);

/* Lets time pass until nothing is under way, at most so long. False when something is then still under way. */
bool internet_calm(struct internet *internet, uint64_t at_most);

void internet_fault(struct internet *internet, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
