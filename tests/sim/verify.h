/* verify: the signatures of a message, checked by ldns against the keys of the world.
 *
 * The resolver's own arithmetic has no part in it. What is checked: that each RRset of the answer and authority sections
 * has a signature, unless a DNAME made it, and that all of them are good.
 */
#ifndef ROOTWALK_TESTS_SIM_VERIFY_H
#define ROOTWALK_TESTS_SIM_VERIFY_H

#include "wire/msg.h"
#include "world.h"

struct verify {
	const struct world *world;
	int64_t wall;      /* POSIX seconds */
	bool all;          /* each RRset must be signed; else only those that have signatures are looked at */
	unsigned int good; /* how many signatures were right */
};

/* NULL, or what is wrong. */
const char *verify_message(struct verify *verify, struct span octets);

#endif
