/* engine: the whole resolver with nothing around it.
 *
 * Feed it events (a client's query, a reply from a server, a failed exchange, the passing of time), each with what
 * time it is; then drain its effects (answer this client, send these octets to that server, forget that exchange),
 * and call engine_tick no later than engine_deadline says. It opens no socket, reads no clock and draws chance only
 * from its seed: the same setup and the same events give the same effects, octet for octet.
 *
 *	daemon or simulator                      engine
 *	  a client's query  -- engine_query -->    client -> lookup -> fetch
 *	                    <-- EFFECT_SEND --                           |
 *	  a server's reply  -- engine_reply -->    match -> judge -> scrub -> cache
 *	                    <-- EFFECT_ANSWER --   client <- lookup <- fetch
 *
 * One engine belongs to one thread. Engines share a table (cache/table.h), which is thread-safe.
 *
 * Matching replies to questions (ID, question, 0x20, address, cookie) happens inside, so that spoofing can be
 * simulated and fuzzed like everything else.
 */
#ifndef ROOTWALK_RESOLVER_ENGINE_H
#define ROOTWALK_RESOLVER_ENGINE_H

#include "base/instant.h"
#include "base/ip.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/span.h"
#include "cache/delegations.h"
#include "cache/table.h"
#include "config/options.h"
#include "dnssec/anchor.h"
#include "resolver/trace.h"
#include "wire/msg.h"

struct engine;
struct denials;
struct limiter;

/* A zone that is not validated, nor what is below it, until a moment has come (RFC 7646). */
struct negative_anchor {
	struct name zone;
	int64_t until; /* POSIX seconds; INT64_MAX: for good */
};

struct engine_setup {
	const struct options *options;  /* outlives the engine */
	struct table *table;            /* shared; outlives the engine */
	struct denials *denials;        /* shared; outlives the engine; NULL: nothing is made from NSEC and NSEC3 records */
	const struct delegation *hints; /* the root's servers and addresses; copied */
	const struct rrset *anchors;    /* trust anchors, an RRset of DS or DNSKEY each; copied */
	size_t anchor_count;            /* 0: nothing is validated */
	const struct negative_anchor *negative_anchors; /* copied */
	size_t negative_anchor_count;
	const struct trust_point *trust_points; /* copied; this engine follows them (RFC 5011), EFFECT_ANCHORS says where to */
	size_t trust_point_count;       /* 0: another engine does, and tells by engine_trust */
	uint8_t seed[RNG_SEED_SIZE];
	struct hash_key cookie_secret;  /* the same for all engines of a server: any of them may be shown a cookie */
	struct limiter *limiter;        /* shared like the table; NULL: UDP answers are not rationed */
	size_t answers_octets;          /* memory for finished answers; 0 switches them off */
	unsigned int requests;          /* worked on at once; 0: LIMIT_REQUESTS */
	struct log log;
};

/* NULL when out of memory or when an option cannot be used; *problem then says why in one sentence (static text). */
struct engine *engine_create(const struct engine_setup *setup, const char **problem);
void engine_destroy(struct engine *engine);

/* Who asks. `handle` is the caller's own number and comes back with the answer. */
struct client_origin {
	struct endpoint from;
	uint64_t handle;
	bool stream; /* TCP: no size limit, no spoofed address */
};

/* A query from a client. What can be answered at once (finished answers, cache, refusals, errors) is written to
 * `answer` (`capacity` octets, at least 512; give 65,535 for streams) and its size returned. 0: there is nothing to
 * say now; either an EFFECT_ANSWER with the handle follows later, or, when *silent, nothing ever will. */
size_t engine_query(struct engine *engine, struct instant now, const struct client_origin *origin,
		    struct span octets, uint8_t *answer, size_t capacity, bool *silent);

/* The client went away (a closed stream): no answer for this handle is wanted. */
void engine_client_gone(struct engine *engine, struct instant now, uint64_t handle);

/* Octets that came for an exchange. `from` is who sent them as far as the transport knows. They may be anything:
 * what does not match is ignored (and counted), the exchange stays open. */
void engine_reply(struct engine *engine, struct instant now, uint64_t exchange, struct endpoint from,
		  struct span octets);

enum exchange_failure {
	EXCHANGE_UNREACHABLE, /* the network says so, or nothing could be sent */
	EXCHANGE_CLOSED,      /* a stream was refused or ended before the reply */
	EXCHANGE_NO_ROOM,     /* out of sockets or memory here: says nothing about the server */
};

/* The exchange is over without a reply; the caller has forgotten it. */
void engine_failed(struct engine *engine, struct instant now, uint64_t exchange, enum exchange_failure failure);

/* Time passes: whatever is due happens. */
void engine_tick(struct engine *engine, struct instant now);

/* When engine_tick is wanted at the latest, in ticks; TICKS_NEVER when nothing waits. */
uint64_t engine_deadline(const struct engine *engine);

enum effect_kind {
	EFFECT_ANSWER,      /* send `octets` to the client `handle` */
	EFFECT_SEND_UDP,    /* send `octets` to `server` from a fresh port; replies come as `exchange` */
	EFFECT_SEND_STREAM, /* the same over TCP, on a kept connection where there is one */
	EFFECT_CANCEL,      /* no reply to `exchange` is wanted any more */
	EFFECT_ANCHORS,     /* what is known of trust anchors is to be remembered, and other engines are to be told */
};

struct effect {
	enum effect_kind kind;
	uint64_t handle;        /* EFFECT_ANSWER */
	uint64_t exchange;      /* the others; never used twice */
	struct endpoint server; /* EFFECT_SEND_* */
	struct span octets;     /* good until the next engine_ call */
	const struct trace *trace; /* EFFECT_ANSWER to engine_lookup: its story; NULL otherwise */
	const struct trust_point *trust_points; /* EFFECT_ANCHORS; good until the next engine_ call */
	size_t trust_point_count;
};

/* The next effect; false when there is none. Its octets and trace are good until the next engine_ call. Drain after
 * every event. */
bool engine_effect(struct engine *engine, struct effect *effect);

/* Resolves a name for the program itself, with its story kept; not validated when `unchecked` (CD). The answer comes as
 * EFFECT_ANSWER with the handle. False when out of memory. */
bool engine_lookup(struct engine *engine, struct instant now, const struct question *question, bool unchecked,
		   uint64_t handle);

/* Asks the root servers for their own names (RFC 8109). Called once at start; the engine repeats it as needed. */
void engine_prime(struct engine *engine, struct instant now);

/* Trust begins with these RRsets from now on (DS, DNSKEY); copied. False when out of memory: all stays as it was. */
bool engine_trust(struct engine *engine, struct instant now, const struct rrset *anchors, size_t count);

struct engine_counts {
	uint64_t queries;         /* from clients */
	uint64_t hits_finished;   /* answered from finished answers */
	uint64_t hits_cache;      /* answered at once from the shared cache */
	uint64_t misses;          /* a walk was needed */
	uint64_t joined;          /* waited for a question already in flight */
	uint64_t answers;         /* sent, of every kind */
	uint64_t servfails;
	uint64_t secure, insecure, bogus; /* what validation came to, once for each question worked on */
	uint64_t signatures;      /* looked at by validation */
	uint64_t held_back;       /* queries above the rate (limiter.h) */
	uint64_t dropped;         /* never answered */
	uint64_t upstream_udp, upstream_stream; /* queries sent */
	uint64_t upstream_timeouts;
	uint64_t upstream_mismatched; /* packets that matched no question */
	uint64_t requests;        /* in flight now */
	uint64_t exchanges;       /* in flight now */
};

struct engine_counts engine_count(const struct engine *engine);

#endif
