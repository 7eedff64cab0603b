/* fetch: one question asked of the servers of one zone, until one of them says something of use.
 *
 *	choose -> send -> heard --useful--> over
 *	  ^ |               |
 *	  | +-> address     +--silent, lame, broken, truncated--> choose
 *	  +------+
 *
 * Servers are chosen by select.c among the addresses that are known; when none is left, the address of one more name
 * server is looked up (address.c). Every send is paid for by the request's budget; the same server is asked at most
 * LIMIT_SENDS_PER_SERVER times in one manner.
 */
#ifndef ROOTWALK_RESOLVER_FETCH_H
#define ROOTWALK_RESOLVER_FETCH_H

#include "resolver/cut.h"
#include "resolver/exchange.h"
#include "resolver/judge.h"
#include "resolver/lookup.h"
#include "resolver/targets.h"

struct address;

/* An answer for want of a better one. */
struct weak_answer {
	struct msg msg;
	struct judgement judgement;
};

struct fetch {
	struct task task;
	struct lookup *lookup;
	struct question question;
	struct targets targets;
	struct address *address;
	struct target *asked;     /* by the exchange under way; NULL: somebody else's, of a server not ours */
	struct wait wait;
	LIST_ENTRY(fetch) link;   /* in request->fetches while waiting */
	bool waiting;
	unsigned int weak_count;  /* weak answers heard */
	struct weak_answer *weak; /* the first of them */
	bool completed;           /* the other family of a name was looked for */
	bool borrowed;            /* glue of other delegations was looked at */
	bool refused;             /* a server was lame or broken */

	/* When it is over. */
	bool useful;
	struct msg msg;
	struct judgement judgement;
	struct endpoint server;
	uint32_t rtt_us;
	int ede;         /* otherwise why */
	const char *why;
	bool ours;       /* a bound of ours ended it */
	bool crowded;    /* it was a quota: nothing was sent that need not be repeated (RFC 9520) */
};

/* Creates it as a child of the look-up and makes it ready; NULL when out of memory. */
struct fetch *fetch_begin(struct lookup *lookup, const struct question *question);

/* Time is short: a weak answer in hand is to do, if the fetch waits for a better one; it is ready then. False otherwise. */
bool fetch_settle(struct fetch *fetch);

/* Does not wait for its exchange any more. */
void fetch_leave(struct fetch *fetch);

/* Its exchange is over. */
void fetch_stop_waiting(struct fetch *fetch);

/* Steps where it goes on: chooses a server; asks the one that is chosen. */
task_step fetch_choose, fetch_send;

/* It is over, on a bound of ours or for want of memory. */
struct next fetch_fail_ours(struct fetch *fetch, int ede, const char *why);

#endif
