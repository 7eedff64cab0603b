/* parts: worlds played in several processes, one for each core.
 *
 * What a process has counted lies in memory that all share, with the seed that it plays: when a world makes it crash,
 * or play on without end, that seed is named, and a new process goes on with the next one.
 */
#ifndef ROOTWALK_TESTS_SIM_PARTS_H
#define ROOTWALK_TESTS_SIM_PARTS_H

#include <stdint.h>

#define PARTS 2u

struct totals {
	uint64_t worlds, queries, failed, twice;
	uint64_t walks; /* of the self-check */
	uint64_t answers, failures, excused, hopeless, doubtful;
	uint64_t secure, verified, signatures; /* answers with AD; signatures that ldns checked, that were made */
	uint64_t keys, ds; /* queries for DNSKEY and DS */
	uint64_t udp, stream, replies, lost, forged;
};

void totals_add(struct totals *totals, const struct totals *more);

/* Calls `play` once for each seed from `first` on, in a process that adds to its own totals; `*totals` gets the sum. */
typedef void parts_play(void *context, uint64_t seed, struct totals *totals);
void parts_run(parts_play *play, void *context, uint64_t first, uint64_t count, struct totals *totals);

#endif
