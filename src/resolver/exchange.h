/* exchange: one query to one server and the wait for its reply, shared by all who ask the same of the same zone.
 *
 * There is never more than one exchange for a question about a zone in one manner (UDP or TCP): whoever wants it joins
 * (attacks row 6). It ends in one of the ways of enum heard, and everyone who waits hears the same. What is known of
 * the server's speed is brought up to date here, and only by what matched (CVE-2023-26437).
 *
 * ID and case of the name come from the generator; the port is the caller's matter (daemon/ports.h).
 */
#ifndef ROOTWALK_RESOLVER_EXCHANGE_H
#define ROOTWALK_RESOLVER_EXCHANGE_H

#include "resolver/inside.h"
#include "resolver/match.h"
#include "resolver/task.h"

enum heard {
	HEARD_NOTHING, /* not yet */
	HEARD_REPLY,
	HEARD_TIMEOUT,
	HEARD_UNREACHABLE,
	HEARD_CLOSED,     /* the stream ended */
	HEARD_MISMATCH,   /* somebody guesses IDs: ask over TCP (attacks row 1) */
	HEARD_WRONG_CASE, /* the name came back in another case: ask over TCP */
	HEARD_WRONG_COOKIE, /* or without the cookie that is due: the same */
	HEARD_NO_ROOM,    /* we could not send */
};

/* What is asked, of whom and how. */
struct wanted {
	struct endpoint server;
	struct name zone;
	struct question question; /* the name in lower case */
	bool stream;
	bool edns;
	bool recursion;    /* RD: of a forwarder */
	bool plain_case;   /* no 0x20 for this one */
	bool cookie;       /* send one, with the part that the server gave: */
	bool cookie_expected;
	struct span server_cookie;
	uint32_t timeout_us;
};

/* One task's interest in an exchange. */
struct wait {
	struct task *task;
	struct exchange *exchange; /* NULL: over */
	struct wait *next, *previous;
	enum heard heard;
	struct endpoint server;
	struct span octets; /* HEARD_REPLY: good until the event is over */
	uint32_t rtt_us;
	bool stream, edns, cookie;
};

/* Joins an exchange that asks `wanted` (whoever its server is). False when there is none. */
bool exchange_join(struct engine *engine, const struct wanted *wanted, struct wait *wait);

enum begun { BEGUN, BEGUN_NO_MEMORY, BEGUN_TOO_MANY };

/* Sends a query. TOO_MANY: the quota of the zone or the server is used up. */
enum begun exchange_begin(struct engine *engine, const struct wanted *wanted, struct wait *wait);

/* How many exchanges there are about the same zone or with the same server as the one that is waited for. */
unsigned int exchange_crowd(const struct engine *engine, const struct wait *wait);

/* The task does not wait any more; the last to leave ends the exchange. */
void exchange_leave(struct engine *engine, struct wait *wait);

/* Events. */
void exchange_reply(struct engine *engine, uint64_t number, struct endpoint from, struct span octets);
void exchange_failed(struct engine *engine, uint64_t number, enum exchange_failure failure);
void exchange_time_out(struct engine *engine, struct timer *timer);

/* At the end of the engine. */
void exchanges_free(struct engine *engine);

#endif
