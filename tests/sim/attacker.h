/* attacker: someone off the path who races the true reply with forgeries (RFC 5452; attacks 1, 17, 18, 20).
 *
 * She knows what is asked and guesses the rest: each forgery lacks at least one of what the resolver checks. All she
 * says is poison, so nothing of it may ever be answered, and no query may go where she points.
 */
#ifndef ROOTWALK_TESTS_SIM_ATTACKER_H
#define ROOTWALK_TESTS_SIM_ATTACKER_H

#include "internet.h"

void attacker_race(struct resolver *resolver, const struct effect *effect, const struct query *query,
		   const struct host *host);

/* Of internet.c: octets that come for an exchange after `delay` ticks. */
void internet_deliver(struct resolver *resolver, uint64_t exchange, struct endpoint from, uint64_t delay,
		     struct span octets);

#endif
