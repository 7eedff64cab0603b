/* session: an engine in a fake internet, in virtual time.
 *
 * Nothing sleeps: time jumps from event to event, a reply comes REPLY_TICKS after its query, and what never comes
 * costs nothing but the engine's own time-outs. The same scenario and seed take the same path, octet for octet.
 */
#ifndef ROOTWALK_TESTS_REPLAY_SESSION_H
#define ROOTWALK_TESTS_REPLAY_SESSION_H

#include "cache/denials.h"
#include "resolver/engine.h"
#include "settings.h"

#include <stdio.h>

#define REPLY_TICKS (5 * TICKS_PER_MS)

/* A reply on its way. */
struct flight {
	uint64_t at; /* elapsed ticks */
	uint64_t exchange;
	struct endpoint server;
	struct span octets;
	struct flight *next;
};

/* A query that the resolver sent. */
struct sent {
	struct ip server;
	bool stream;
	bool checked; /* a CHECK_OUT_QUERY was about it */
	struct message message;
	struct sent *next;
};

/* An answer to a client. */
struct answer {
	uint64_t handle;
	struct span octets;
	struct answer *next;
};

struct session {
	const struct settings *settings;
	struct internet *internet;
	struct arena *arena;
	struct table *table;
	struct denials *denials;
	struct engine *engine;
	unsigned int step;   /* the current one, or the last */
	uint64_t elapsed;    /* ticks since the start */
	uint64_t jumped;     /* how many of them were TIME_PASSES */
	struct flight *flights; /* earliest first */
	struct sent *sent;      /* youngest first */
	struct answer *answers; /* youngest first */
	uint64_t handles;
	FILE *log;           /* NULL: silent */
	char fault[512];     /* what the engine must never do, and did; empty when all is well */
};

/* False when the engine cannot be made; fault says why. `session` is good for session_end in any case. */
bool session_begin(struct session *session, uint64_t seed);
void session_end(struct session *session);

/* A client's query. Waits up to `ticks` for the answer; empty when none came. */
struct span session_ask(struct session *session, struct ip from, struct span query, uint64_t ticks);

/* Lets everything that is under way arrive. */
void session_settle(struct session *session);

/* Lets time pass until nothing was sent for half a second. */
void session_calm(struct session *session);

void session_jump(struct session *session, uint64_t ticks);

/* Seconds that went by without a jump: so much lower may TTLs be. */
uint32_t session_seconds(const struct session *session);

#endif
