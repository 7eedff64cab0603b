/* select: which server to ask next. Pure but for chance.
 *
 * A server's score is the time in which an answer is expected: its smoothed round-trip time, nothing for one that was
 * never asked (so that it is tried once), more for each time it was asked this question already. Chosen by chance among
 * those near the best; now and then by chance among all, so that a server that became faster is noticed.
 *
 * Silent servers that rest, and servers lame for the zone, are taken only when there are no others, and once.
 */
#ifndef ROOTWALK_RESOLVER_SELECT_H
#define ROOTWALK_RESOLVER_SELECT_H

#include "base/ip.h"
#include "base/rng.h"
#include "cache/servers.h"

struct target {
	struct endpoint server;
	struct name name;      /* of the name server; size 0 for a configured address */
	uint8_t sends;         /* of this question */
	uint8_t connects;      /* streams among them */
	bool useless;          /* it has said that, or shown that, it cannot answer */
	bool stream;           /* to be asked over TCP from now on */
	bool no_edns, no_cookie, plain_case; /* to be asked so from now on */
	bool wrong_case, wrong_cookie;       /* a reply was not believed for that */
	bool renewed;                        /* it said BADCOOKIE once */
	bool known;            /* `memory` and `lame` are filled in */
	bool lame;
	struct server memory;
};

#define SELECT_SAMPLE 8u /* targets looked at for one choice: a zone may have 26 */

/* Fills a target's memory before it is looked at. */
typedef void select_recall(void *context, struct target *target);

/* NULL when no target can be asked (again). */
struct target *select_target(struct target *targets, unsigned int count, uint64_t age, struct rng *rng,
			     select_recall *recall, void *context);

/* How long to wait for this target's reply, in microseconds. */
uint32_t select_timeout(const struct target *target);

#endif
