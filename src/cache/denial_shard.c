#include "cache/denial_shard.h"

#include "cache/footprint.h"
#include "wire/codes.h"

#include <stdlib.h>

bool denial_shard_init(struct denial_shard *shard, size_t octets_max)
{
	*shard = (struct denial_shard){ .chains = index_of(), .octets_max = octets_max };
	TAILQ_INIT(&shard->queue);
	return pthread_mutex_init(&shard->lock, NULL) == 0;
}

void denial_shard_free(struct denial_shard *shard)
{
	while (!TAILQ_EMPTY(&shard->queue))
		denial_shard_remove(shard, TAILQ_FIRST(&shard->queue));
	index_free(&shard->chains);
	pthread_mutex_destroy(&shard->lock);
}

/* ---- chains ---- */

static atomic_uint *counter(struct denial_shard *shard, uint64_t hash, uint16_t type)
{
	return &shard->counters[type == TYPE_NSEC3][hash & (DENIAL_COUNTERS - 1)];
}

bool denial_shard_present(struct denial_shard *shard, uint64_t hash, uint16_t type)
{
	return atomic_load_explicit(counter(shard, hash, type), memory_order_relaxed) > 0;
}

struct denial_chain *denial_shard_find(const struct denial_shard *shard, uint64_t hash, struct name zone, uint16_t type)
{
	for (struct index_node *n = index_first(&shard->chains, hash); n != NULL; n = index_next(n, hash)) {
		struct denial_chain *chain = CONTAINER_OF(n, struct denial_chain, node);
		if (chain->type == type && name_equal(chain->zone, zone))
			return chain;
	}
	return NULL;
}

size_t denial_chain_size(struct name zone)
{
	return footprint(sizeof(struct denial_chain) + zone.size);
}

size_t denial_soa_size(const struct denial_soa *soa)
{
	return soa != NULL ? footprint(sizeof *soa + soa->size) : 0;
}

/* The index grows and does not shrink. */
static bool index_chain(struct denial_shard *shard, struct denial_chain *chain, uint64_t hash)
{
	size_t before = shard->chains.bucket_count;
	bool added = index_add(&shard->chains, &chain->node, hash);
	shard->octets += (shard->chains.bucket_count - before) * sizeof(struct index_node *);
	return added;
}

struct denial_chain *denial_shard_begin(struct denial_shard *shard, uint64_t hash, struct name zone, uint16_t type)
{
	struct denial_chain *chain = calloc(1, sizeof *chain + zone.size);
	if (chain == NULL)
		return NULL;
	chain->type = type;
	memcpy(chain->zone_octets, zone.octets, zone.size);
	chain->zone = (struct name){ chain->zone_octets, zone.size, zone.labels };
	if (!index_chain(shard, chain, hash)) {
		free(chain);
		return NULL;
	}
	shard->octets += denial_chain_size(zone);
	shard->zones++;
	atomic_fetch_add_explicit(counter(shard, hash, type), 1, memory_order_relaxed);
	return chain;
}

void denial_shard_let_go(struct denial_shard *shard, struct denial_chain *chain)
{
	if (chain->let_go)
		return;
	atomic_fetch_sub_explicit(counter(shard, chain->node.hash, chain->type), 1, memory_order_relaxed);
	index_remove(&shard->chains, &chain->node);
	chain->let_go = true;
}

void denial_shard_drop_if_empty(struct denial_shard *shard, struct denial_chain *chain)
{
	if (chain->count > 0)
		return;
	denial_shard_let_go(shard, chain);
	shard->octets -= denial_chain_size(chain->zone) + denial_soa_size(chain->soa);
	shard->zones--;
	free(chain->soa);
	free(chain);
}

void denial_shard_set_soa(struct denial_shard *shard, struct denial_chain *chain, struct denial_soa *soa)
{
	shard->octets += denial_soa_size(soa) - denial_soa_size(chain->soa);
	free(chain->soa);
	chain->soa = soa;
}

/* ---- records ---- */

static size_t record_size(const struct denial *denial)
{
	return denial_footprint(denial_position(denial), denial_packed(denial), denial->levels);
}

void denial_shard_add(struct denial_shard *shard, struct denial_chain *chain, struct denial *denial)
{
	denial->chain = chain;
	denial_list_add(&chain->list, denial);
	TAILQ_INSERT_TAIL(&shard->queue, denial, link);
	chain->count++;
	shard->octets += record_size(denial);
	shard->records++;
	shard->inserted++;
}

void denial_shard_take_out(struct denial_shard *shard, struct denial *denial)
{
	if (shard->hand == denial)
		shard->hand = TAILQ_NEXT(denial, link);
	TAILQ_REMOVE(&shard->queue, denial, link);
	denial_list_remove(&denial->chain->list, denial);
	denial->chain->count--;
	shard->octets -= record_size(denial);
	shard->records--;
	free(denial);
}

void denial_shard_remove(struct denial_shard *shard, struct denial *denial)
{
	struct denial_chain *chain = denial->chain;
	denial_shard_take_out(shard, denial);
	denial_shard_drop_if_empty(shard, chain);
}

/* SIEVE, with an end: where all were asked for, the last one looked at goes all the same. */
static void evict_one(struct denial_shard *shard, uint64_t age)
{
	struct denial *denial = NULL;
	for (unsigned int spared = 0; spared <= LIMIT_DENIAL_SPARED; spared++) {
		denial = shard->hand != NULL ? shard->hand : TAILQ_FIRST(&shard->queue);
		if (!denial->asked || denial->chain->let_go || !denial_is_live(denial, age))
			break;
		denial->asked = false;
		shard->hand = TAILQ_NEXT(denial, link);
	}
	shard->evicted++;
	denial_shard_remove(shard, denial);
}

bool denial_shard_make_room(struct denial_shard *shard, size_t need, uint64_t age)
{
	while (shard->octets + need > shard->octets_max && !TAILQ_EMPTY(&shard->queue))
		evict_one(shard, age);
	return shard->octets + need <= shard->octets_max;
}
