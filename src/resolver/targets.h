/* targets: the servers of one cut, by address: who can be asked.
 *
 * Glue and addresses from the cache come in at once; the names that are left are looked up one by one when they are
 * needed (fetch.c). An address that may not be asked (access.c, an unused family) never comes in, and none twice.
 */
#ifndef ROOTWALK_RESOLVER_TARGETS_H
#define ROOTWALK_RESOLVER_TARGETS_H

#include "resolver/cut.h"
#include "resolver/request.h"
#include "resolver/select.h"

struct targets {
	struct request *request;
	const struct cut *cut;
	const struct question *question; /* that they are to be asked */
	struct target *list;
	unsigned int count, room;
	unsigned int order; /* the first name server used, drawn; the others follow round */
	unsigned int names; /* name servers used */
	unsigned int seen;  /* of these, looked at by targets_next_unknown */
	uint32_t reached;   /* a bit for each that has addresses, its own or shared with another */
};

/* False when out of memory. A list that an earlier call made is used again. */
bool targets_collect(struct targets *targets, struct request *request, const struct cut *cut,
		     const struct question *question);

struct target *targets_find(const struct targets *targets, struct endpoint server);

/* Addresses of a name server that were looked up; false when none is of use. */
bool targets_add(struct targets *targets, struct name name, const struct rrset *addresses);

/* The next name server without address that nobody looks for or looked for in this request, or NULL. `task`: who would
 * look for it. */
const struct name_server *targets_next_unknown(struct targets *targets, const struct task *task);

/* Of a name server that is known by addresses of one family only, nobody looked for the other: what is missing. NULL: there
 * is no such. */
const struct name_server *targets_next_half(const struct targets *targets, const struct task *task, uint16_t *type);

/* Is there such a one outside the zone? One inside would be found through the servers that are known. */
bool targets_know_others(const struct targets *targets, const struct task *task);

/* Adds the glue that other delegations have for these name servers: the last resort for those whose own zone gives no
 * way to them. It serves to reach a server and for nothing else. True when something was added. */
bool targets_borrow(struct targets *targets);

/* The one to ask next, or NULL. */
struct target *targets_select(struct targets *targets);

#endif
