/* stage: the engine, a small internet in virtual time, an attack on it, and a good client beside it.
 *
 * The root (192.0.2.1) delegates `good.` to 192.0.2.10, `evil.` and `else.` to 192.0.2.66 and `victim.` to 192.0.2.77, with
 * glue.
 * The root, good and the victim behave; what evil's servers say is the attack's matter. The good client asks 100
 * questions a second about names below `good.`, every second one new, and none may be lost.
 */
#ifndef ROOTWALK_TESTS_ATTACKS_STAGE_H
#define ROOTWALK_TESTS_ATTACKS_STAGE_H

#include "base/heap.h"
#include "cache/denials.h"
#include "resolver/limiter.h"
#include "resolver/engine.h"
#include "say.h"
#include "wire/codes.h"
#include "wire/limits.h"

#include <stdio.h>

#define ROOT 1u
#define GOOD 10u
#define EVIL 66u
#define VICTIM 77u
#define ONE_WAY (5 * (uint64_t)TICKS_PER_MS)
#define ASKED_MAX 400000u
#define STAGE_WALL 1700000000u /* POSIX seconds at the beginning */

struct stage;

/* A query that reached a server, 192.0.2.host. */
struct asked {
	unsigned int host;
	struct name name;
	uint16_t type, id;
	bool stream, edns;
	struct span cookie; /* as it came */
	uint64_t exchange;
	struct endpoint server;
};

/* What evil's servers (host EVIL and above, but for the victim) say. */
typedef void evil_server(struct stage *stage, const struct asked *asked, struct response *response);

/* A client's question. */
struct question_state {
	uint64_t asked_at, answered_at;
	uint16_t rcode;
	uint16_t answers, additionals; /* records, OPT among them */
	bool answered, good, cut; /* TC */
	uint32_t size;
};

struct flight;

struct stage {
	struct options options;
	struct table *table;
	struct denials *denials;
	struct engine *engine;
	struct arena arena;
	struct instant now;
	uint64_t start;
	struct heap flights;
	evil_server *evil;
	bool secure;       /* the root, good and evil are signed, and the root's keys are trusted (seal.h) */
	bool checking_disabled; /* clients other than the good one set CD */
	unsigned int step; /* the attack's own */
	struct limiter *limiter;
	bool over_stream;  /* clients come over TCP */
	uint8_t last[MSG_SIZE_MAX]; /* the last answer to a client that is not the good one */
	size_t last_size;
	struct question_state *questions; /* ASKED_MAX, by handle - 1 */
	unsigned int question_count;
	uint64_t next_good; /* ticks: when the good client asks again */
	unsigned int goods;

	/* What is counted. */
	bool evil_signed; /* the root has a DS for evil */
	unsigned int plain; /* queries to evil without EDNS */
	unsigned int to_evil, to_victim, to_nobody /* outside 192.0.2.0/24 */, streams, octets, good_lost, good_asked;
	unsigned int in_flight, in_flight_max;
	unsigned int wrong_ids; /* answers whose ID is not that of the question */
	unsigned int client_octets; /* of questions, but for the good client's */
	uint64_t good_worst;  /* ticks */
	uint64_t cpu_ns;
	size_t memory_before;
};

/* What an attack needs other than the defaults; false: out of memory. */
typedef bool prepare_options(struct options *options);

/* `prepare` may be NULL. */
bool stage_begin(struct stage *stage, evil_server *evil, prepare_options *prepare, bool secure);

/* While it is calm the good client is silent. */
void stage_calm(struct stage *stage, bool calm);
void stage_end(struct stage *stage);

/* Asks as 127.0.0.1, or from another address; the question's index. */
unsigned int stage_ask(struct stage *stage, const char *name, uint16_t type);
unsigned int stage_ask_from(struct stage *stage, const char *client, uint16_t port, const char *name, uint16_t type);

/* Octets as a client sends them; what is answered at once, 0: nothing. */
size_t stage_ask_raw(struct stage *stage, const char *client, uint16_t port, struct span octets);

/* Lets time pass. */
void stage_run(struct stage *stage, uint64_t ticks);

/* Runs until the question is answered, at most so long; its state. */
const struct question_state *stage_wait(struct stage *stage, unsigned int question, uint64_t ticks);

/* A packet that pretends to be a reply to this query, after `delay`. */
void stage_forge(struct stage *stage, const struct asked *asked, uint16_t id, const char *address, uint64_t delay);

/* The same with an error in it, without OPT. */
void stage_forge_error(struct stage *stage, const struct asked *asked, uint16_t id, uint16_t rcode, uint64_t delay);

/* Octets that malloc has handed out beyond what there were at the beginning. */
size_t stage_memory(const struct stage *stage);

#endif
