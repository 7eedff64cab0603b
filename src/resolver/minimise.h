/* minimise: how much of a name a zone's servers need to see (RFC 9156). Pure.
 *
 * Towards a zone, first the name one label below it is asked for, with type A (section 2.1: a type that hides the
 * real one); then one label more, as long as the answers show no delegation. After LIMIT_MINIMISED_SINGLE_LABELS
 * such questions several labels are added at once, so that a name is reached in LIMIT_MINIMISED_QUERIES questions
 * however long it is (section 2.3).
 */
#ifndef ROOTWALK_RESOLVER_MINIMISE_H
#define ROOTWALK_RESOLVER_MINIMISE_H

#include "wire/name.h"

struct minimiser {
	unsigned int asked;  /* minimised questions so far, over all zones of this name */
	unsigned int labels; /* labels of the name shown so far; 0 before the first */
	bool off;            /* the whole name only */
};

/* How many labels of `name` to show next to the servers of `zone`. name.labels: the whole name and the real type. */
unsigned int minimise_next(const struct minimiser *minimiser, struct name name, struct name zone);

#endif
