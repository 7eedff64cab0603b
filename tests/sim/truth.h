/* truth: does the message say what the world says?
 *
 * Returned is NULL, or what is wrong in words. TTLs: see check.h. Negative answers are right when they were in some
 * epoch that ended no longer ago than their SOA's TTL allows.
 */
#ifndef ROOTWALK_TESTS_SIM_TRUTH_H
#define ROOTWALK_TESTS_SIM_TRUTH_H

#include "oracle.h"
#include "wire/msg.h"

struct truth {
	struct world *world;
	const struct msg *msg;
	struct question question;
	uint64_t now;      /* elapsed ticks */
	uint64_t fresh_at; /* what was still alive then may be in the answer */
	bool partial;      /* a chain may end where the cache ends */
	bool validated;    /* by the resolver: it knows how long proofs live */
	bool expanded;      /* a wildcard made one of the links: nothing behind it lives longer than the proof of that */
	struct name blamed; /* which RRset was looked at last */
	uint16_t blamed_type;
};

const char *truth_check(struct truth *truth);

#endif
