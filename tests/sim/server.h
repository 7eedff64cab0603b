/* server: what a host says to a query, with its mood.
 *
 * The honest answer is authority's; here it becomes octets (truncation by EDNS size, EDNS or FORMERR without) and the
 * mood spoils it. One query may bring several packets, or none.
 */
#ifndef ROOTWALK_TESTS_SIM_SERVER_H
#define ROOTWALK_TESTS_SIM_SERVER_H

#include "authority.h"

#define REPLIES_MAX 4u
#define REPLY_VERSIONS_MAX 48u

struct asked {
	struct span octets;
	bool stream;
	unsigned int epoch;
	uint64_t at; /* ticks since the start */
};

struct reply {
	struct span octets;
	uint64_t delay; /* ticks after the query came */
	struct version *versions[REPLY_VERSIONS_MAX]; /* what truth is in it */
	unsigned int version_count;
};

struct replies {
	struct reply reply[REPLIES_MAX];
	unsigned int count;
	bool unreachable; /* the network says so */
	bool closed;      /* the stream is refused, or ends without a reply */
};

/* Octets are in the arena. */
void server_reply(struct world *world, const struct host *host, const struct asked *asked, struct arena *arena,
		  struct replies *replies);

/* Does it give signatures and proofs to who asks for them? */
bool server_has_edns(const struct host *host);

/* Is the host one of the dead in this epoch? */
bool server_is_dead(const struct host *host, unsigned int epoch);

#endif
