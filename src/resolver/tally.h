/* tally: how many there are of each, for quotas: queries in flight to a server or about a zone, clients waiting in one
 * network.
 *
 * What is counted is known by a keyed 64-bit hash alone; two with the same hash share a count, which nobody can bring
 * about on purpose. What is at zero takes no memory.
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

/* Counts one more. False when there are `limit` already, or no memory. */
bool tally_take(struct tally *tally, uint64_t hash, unsigned int limit);

/* One less; must have been taken. */
void tally_give(struct tally *tally, uint64_t hash);

unsigned int tally_count(const struct tally *tally, uint64_t hash);

#endif
