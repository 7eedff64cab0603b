/* tally: how many there are of each, for quotas: queries in flight to a server or about a zone, clients waiting in one
 * network. The quota adapts: what mostly ends in time-outs may have fewer at once.
 *
 * Every LIMIT_QUOTA_SAMPLE ends, the share of those that were in vain is looked at: above LIMIT_QUOTA_FALL_PERCENT the
 * quota falls by a quarter, down to LIMIT_QUOTA_FLOOR_PERCENT of it, below LIMIT_QUOTA_RISE_PERCENT it rises by a third, up to its
 * limit. So a flood of questions about names whose servers are silent takes ever less of what all share.
 *
 * What is counted is known by a keyed 64-bit hash alone; two with the same hash share a count, which nobody can bring
 * about on purpose. What is at zero takes no memory, and its quota is whole again.
 */
#ifndef ROOTWALK_RESOLVER_TALLY_H
#define ROOTWALK_RESOLVER_TALLY_H

#include "base/index.h"

struct tally_row;

struct tally {
	struct index rows;
	struct tally_row *unused;
};

struct tally tally_of(void);
void tally_free(struct tally *tally);

/* Counts one more. False when there are as many already as its quota allows, at most `limit`, or no memory. */
bool tally_take(struct tally *tally, uint64_t hash, unsigned int limit);

/* The same with the quota as it is when nothing ends in vain. */
bool tally_take_whole(struct tally *tally, uint64_t hash, unsigned int limit);

/* One less; must have been taken. */
void tally_give(struct tally *tally, uint64_t hash);

/* One of them ended so; it is given back besides. */
void tally_learn(struct tally *tally, uint64_t hash, bool in_vain);

unsigned int tally_count(const struct tally *tally, uint64_t hash);

/* How many more its quota of at most `limit` allows. */
unsigned int tally_left(const struct tally *tally, uint64_t hash, unsigned int limit);

#endif
