/* address: the addresses of one name server, looked up inside a fetch that knows none for it.
 *
 * A first, AAAA only where A gave nothing (or IPv4 is not used): one way to reach the server is enough. A name server
 * that an enclosing task is looking for already is a loop (RFC 1034 section 5.2.2) and is not looked for again.
 */
#ifndef ROOTWALK_RESOLVER_ADDRESS_H
#define ROOTWALK_RESOLVER_ADDRESS_H

#include "resolver/request.h"

struct address {
	struct task task;
	struct name name, zone;
	struct lookup *lookup;
	unsigned int next_type;  /* 0: A, then AAAA; 1: AAAA; 2: no more */
	uint64_t began;          /* ticks */
	bool ours;               /* it failed on a bound of ours */
	struct rrset rrsets[2];
	unsigned int count;
	struct address *next;    /* in request->addresses, once it is over */
};

/* A child of `parent`, ready to run; NULL when out of memory. `zone`: the one whose servers are wanted; a name inside of
 * it is asked of the zone above, which owed us glue. */
struct address *address_begin(struct task *parent, struct name name, struct name zone);

/* What an earlier task of the request found out about the name; NULL when there was none. */
const struct address *address_before(const struct request *request, struct name name);

/* Has a look-up of an address that `task` is inside of taken so long that the fetch that wants it had better go on with
 * what else it has? */
bool address_is_late(const struct task *task);

/* Is the name's address being looked for by `task` or by one that it is inside of? */
bool address_is_wanted(const struct task *task, struct name name);

#endif
