/* denial_shard: a part of denials (denials.h), with its lock, its share of the memory and its eviction.
 *
 * A chain that is let go is in no index any more; its records wait in the queue until the hand comes by, and with the last
 * of them it is freed. All but denial_shard_present want the lock held.
 */
#ifndef ROOTWALK_CACHE_DENIAL_SHARD_H
#define ROOTWALK_CACHE_DENIAL_SHARD_H

#include "base/index.h"
#include "cache/denial_list.h"
#include "wire/limits.h"

#include <pthread.h>
#include <stdatomic.h>

#define DENIAL_COUNTERS 512u /* of chains, by the hash of their zone */

TAILQ_HEAD(denial_queue, denial);

struct denial_soa {
	uint32_t expiry; /* seconds on the age clock */
	uint16_t signatures;
	uint16_t size;
	uint8_t octets[];
};

struct denial_chain {
	struct index_node node;
	uint16_t type;
	bool let_go;             /* not in the index any more */
	struct hashing hashing;  /* NSEC3 */
	uint8_t salt[LIMIT_NSEC3_SALT];
	size_t count;
	struct denial_list list;
	struct denial_soa *soa;
	struct name zone;
	uint8_t zone_octets[];
};

/* Each in its own cache line, as in table.c. */
struct denial_shard {
	_Alignas(64) pthread_mutex_t lock;
	struct index chains;
	struct denial_queue queue; /* the newest at the end */
	struct denial *hand;       /* where SIEVE looks next; NULL: at the oldest */
	size_t octets_max, octets;
	uint64_t zones, records, inserted, evicted, refused;
	atomic_uint counters[2][DENIAL_COUNTERS]; /* NSEC, NSEC3 */
};

/* False: no lock could be made. The shard's memory is the caller's. */
bool denial_shard_init(struct denial_shard *shard, size_t octets_max);
void denial_shard_free(struct denial_shard *shard);

/* May there be a chain of this zone? Without the lock. */
bool denial_shard_present(struct denial_shard *shard, uint64_t hash, uint16_t type);

struct denial_chain *denial_shard_find(const struct denial_shard *shard, uint64_t hash, struct name zone, uint16_t type);

/* An empty chain, to which a record is to be added or which is to be dropped; NULL when out of memory. */
struct denial_chain *denial_shard_begin(struct denial_shard *shard, uint64_t hash, struct name zone, uint16_t type);
void denial_shard_let_go(struct denial_shard *shard, struct denial_chain *chain);
void denial_shard_drop_if_empty(struct denial_shard *shard, struct denial_chain *chain);

/* What a chain of this zone takes without records. */
size_t denial_chain_size(struct name zone);

void denial_shard_add(struct denial_shard *shard, struct denial_chain *chain, struct denial *denial);

/* Takes out and frees; the chain may be left empty. */
void denial_shard_take_out(struct denial_shard *shard, struct denial *denial);

/* The same, and an empty chain goes too. */
void denial_shard_remove(struct denial_shard *shard, struct denial *denial);

/* The chain's SOA becomes this one, which is the shard's from now on. */
void denial_shard_set_soa(struct denial_shard *shard, struct denial_chain *chain, struct denial_soa *soa);
size_t denial_soa_size(const struct denial_soa *soa);

/* Evicts until there is room; any chain may be gone then. False: there will never be. */
bool denial_shard_make_room(struct denial_shard *shard, size_t need, uint64_t age);

static inline bool denial_is_live(const struct denial *denial, uint64_t age)
{
	return denial->expiry > age;
}

#endif
