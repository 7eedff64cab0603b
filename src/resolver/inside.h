/* inside: the engine as its own files see it; nobody outside resolver/ includes this.
 *
 *	engine.c    the events: what comes in goes to the part that knows it, then ready tasks run
 *	client.c    a query in octets -> refused, answered at once, or a request
 *	request.c   one question being worked on, its clients, its clock, its end
 *	exchange.c  one query to one server, shared by all who want the same
 *	effects.c   what the caller is to do
 *
 * One engine, one thread; `now` is the moment of the event that is worked on.
 */
#ifndef ROOTWALK_RESOLVER_INSIDE_H
#define ROOTWALK_RESOLVER_INSIDE_H

#include "base/heap.h"
#include "base/index.h"
#include "cache/answers.h"
#include "resolver/anchors.h"
#include "resolver/cut.h"
#include "resolver/effects.h"
#include "resolver/engine.h"
#include "resolver/keyring.h"
#include "resolver/tally.h"

#include <sys/queue.h>

struct exchange;
struct limiter;
struct request;
struct rollover;
struct special_zone;
struct timer;

TAILQ_HEAD(request_list, request);

struct engine {
	const struct options *options;
	struct table *table;
	struct denials *denials; /* NULL: switched off */
	struct answers *answers; /* NULL: switched off */
	struct limiter *limiter; /* NULL: switched off */
	struct log log;
	struct rng rng;
	struct hash_key key;
	struct hash_key cookie_secret;  /* for clients; shared with other engines */
	struct hash_key server_secret;  /* of our own cookies to servers; shared too, since what they gave is */
	struct instant now;
	struct arena fixed; /* what lives as long as the engine */
	const struct special_zone *special; /* local.h */
	struct roots roots; /* root hints, forward and stub zones */
	struct anchors anchors;
	struct keyring keyring;
	struct rollover *rollover; /* NULL: another engine follows the trust anchors */
	struct timer *signalling;  /* NULL: this one does not tell of them (signalling.h) */
	struct arena workbench; /* memory of one check */
	struct effects effects;
	struct heap timers;        /* of requests and exchanges */
	struct index requests;     /* by question */
	struct index clients;      /* by handle */
	struct index exchanges;    /* by number */
	struct index asked;        /* exchanges by what they ask */
	struct tally zone_tally;   /* exchanges about a zone */
	struct tally server_tally; /* exchanges with a server */
	struct tally prefix_tally; /* clients that wait over UDP, by network */
	struct tally owner_tally;  /* requests, by the network that asked first */
	struct request_list ready; /* with ready tasks */
	struct request_list ages;  /* all, the oldest first, but for those that were spared (request_make_room) */
	struct exchange *unused;   /* exchanges to be used again */
	uint64_t last_exchange;
	uint64_t prime_not_before; /* ticks */
	unsigned int places;       /* requests at once */
	struct engine_counts counts;
	uint8_t *scratch;          /* MSG_SIZE_MAX octets: the answer being written */
	uint8_t *reply;            /* the same: what a server said; several requests may read it, and answer, in one event */
};

/* What a deadline in engine->timers belongs to. */
enum timer_kind { TIMER_REQUEST, TIMER_EXCHANGE, TIMER_ROLLOVER, TIMER_SIGNALLING };

struct timer {
	struct heap_node node;
	enum timer_kind kind;
};

/* Sets when the timer goes off; false when out of memory. */
static inline bool timer_set(struct engine *engine, struct timer *timer, uint64_t at)
{
	return heap_set(&engine->timers, &timer->node, at);
}

#endif
