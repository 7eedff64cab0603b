/* store: a bounded map from octets to octets that forgets by SIEVE. For one thread at a time.
 *
 * table (shared, sharded, locked) and answers (private to a worker, no lock) are both made of stores, so there is
 * one index, one eviction and one accounting in the house.
 *
 *   index   open addressing over 32-bit positions in the queue; a few octets an entry
 *   queue   entries in the order of their arrival, oldest first. SIEVE's hand walks from old to new: an entry that
 *           was asked for since the hand last passed is spared and its mark wiped, one that was not is evicted
 *           (Zhang et al., NSDI 2024). An entry removed from the middle leaves a hole; when the queue is full and a
 *           quarter of it are holes, they are squeezed out, which renumbers the index of this store only.
 *   entry   one block: expiry, rank, mark, key, value
 *
 * Accounting is in octets of resident memory, as the allocator gives them, index and queue included. A put that
 * would pass the limit evicts first; one that can never fit is refused. Keys are compared octet by octet: callers
 * put names in lower case. An allocation that fails refuses the put and changes nothing.
 */
#ifndef ROOTWALK_CACHE_STORE_H
#define ROOTWALK_CACHE_STORE_H

#include "base/hash.h"
#include "base/span.h"

#define STORE_KEY_MAX 288u   /* octets: two names' worth is never needed, a name and an address is */
#define STORE_VALUE_MAX 65535u

struct store; /* layout in store.c */

struct store_found {
	struct span value;  /* inside the store: good until the next put or remove */
	uint64_t expiry;    /* seconds on the age clock */
	uint8_t rank;
};

struct store_counts {
	uint64_t entries;
	uint64_t octets;
	uint64_t inserted, evicted, refused;
};

/* NULL when out of memory. */
struct store *store_create(size_t octets_max);
void store_destroy(struct store *store);

/* An entry is found until the second of its expiry. Being found marks it for SIEVE. */
bool store_find(struct store *store, uint64_t hash, struct span key, uint64_t age, struct store_found *found);

/* Keeps the value until `expiry`. An entry that stands, has not expired at `age` and has a higher rank stays: the
 * put is refused (false). Equal or lower rank is replaced. False also when out of memory or too large. */
bool store_put(struct store *store, uint64_t hash, struct span key, struct span value, uint64_t age,
	       uint64_t expiry, uint8_t rank);

bool store_remove(struct store *store, uint64_t hash, struct span key);

/* Ends its life at `expiry`, if that is earlier. False when it is not there. */
bool store_shorten(struct store *store, uint64_t hash, struct span key, uint64_t expiry);

/* Changes the limit; evicts down to it when it is lower, and gives back what index and queue no longer need. */
void store_resize(struct store *store, size_t octets_max);

size_t store_limit(const struct store *store);

struct store_counts store_count(const struct store *store);

#endif
