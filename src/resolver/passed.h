/* passed: names that a request has shown to the servers of a zone and that are no cuts: the cache may have had nothing to
 * keep of them, and they need not be asked for again.
 */
#ifndef ROOTWALK_RESOLVER_PASSED_H
#define ROOTWALK_RESOLVER_PASSED_H

#include "wire/name.h"

struct passed_name;

struct passed {
	struct passed_name *names; /* at most one for each query that the budget allows */
};

/* The name lives as long as the arena. Without memory it is asked for once more, at worst. */
void passed_add(struct passed *passed, struct arena *arena, struct name name);

bool passed_has(const struct passed *passed, struct name name);

#endif
