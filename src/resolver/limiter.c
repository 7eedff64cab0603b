#include "resolver/limiter.h"

#include "base/instant.h"
#include "wire/limits.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PREFIX_OCTETS_V4 3u /* a /24: less is not routed on its own */
#define PREFIX_OCTETS_V6 7u /* a /56: what one customer has */
#define WAYS 4u
#define SETS (LIMIT_RATE_NETWORKS / WAYS)
#define TRIES 8u

/* A word: who, in its upper 20 bits, and up to when, in ticks that wrap after 203 days. */
#define WHO_SHIFT 44u
#define MOMENT_MASK ((UINT64_C(1) << WHO_SHIFT) - 1)

struct limiter {
	struct hash_key key;
	uint64_t worth; /* of one answer, in ticks */
	atomic_uint_least64_t words[LIMIT_RATE_NETWORKS];
};

struct limiter *limiter_create(uint32_t answers, struct hash_key key)
{
	struct limiter *limiter = calloc(1, sizeof *limiter);
	if (limiter == NULL)
		return NULL;
	limiter->key = key;
	limiter->worth = TICKS_PER_S / answers;
	for (size_t i = 0; i < LIMIT_RATE_NETWORKS; i++)
		atomic_init(&limiter->words[i], 0);
	return limiter;
}

void limiter_destroy(struct limiter *limiter)
{
	free(limiter);
}

static uint64_t hash_network(const struct limiter *limiter, struct ip client)
{
	size_t kept = client.version == 4 ? PREFIX_OCTETS_V4 : PREFIX_OCTETS_V6;
	memset(client.octets + kept, 0, sizeof client.octets - kept);
	return hash_octets(&limiter->key, span_of(&client, sizeof client));
}

/* How far ahead of the clock the word's moment is; 0 when it is past. It is a second at most by the clock of the worker
 * that set it, and ours may have stood still since this waking began; still further ahead is past: the clock wrapped. */
static uint64_t ahead(uint64_t word, uint64_t now)
{
	uint64_t distance = ((word & MOMENT_MASK) - now) & MOMENT_MASK;
	return distance <= 2 * TICKS_PER_S ? distance : 0;
}

/* How long it has been quiet; a word that is ahead is not quiet at all. */
static uint64_t quiet(uint64_t word, uint64_t now)
{
	return ahead(word, now) > 0 ? 0 : (now - (word & MOMENT_MASK)) & MOMENT_MASK;
}

/* The word of this network, or the one that it may take. */
static atomic_uint_least64_t *find(struct limiter *limiter, uint64_t hash, uint64_t now)
{
	atomic_uint_least64_t *set = &limiter->words[hash % SETS * WAYS], *oldest = set;
	uint64_t longest = 0;
	for (size_t i = 0; i < WAYS; i++) {
		uint64_t word = atomic_load_explicit(&set[i], memory_order_relaxed);
		if (word >> WHO_SHIFT == hash >> WHO_SHIFT)
			return &set[i];
		if (quiet(word, now) > longest) {
			longest = quiet(word, now);
			oldest = &set[i];
		}
	}
	return oldest;
}

bool limiter_take(struct limiter *limiter, struct ip client, uint64_t ticks)
{
	uint64_t hash = hash_network(limiter, client), now = ticks & MOMENT_MASK;
	atomic_uint_least64_t *at = find(limiter, hash, now);
	uint64_t word = atomic_load_explicit(at, memory_order_relaxed);
	for (unsigned int i = 0; i < TRIES; i++) {
		bool same = word >> WHO_SHIFT == hash >> WHO_SHIFT;
		uint64_t spent = (same ? ahead(word, now) : 0) + limiter->worth;
		if (spent > TICKS_PER_S)
			return false;
		uint64_t next = (hash >> WHO_SHIFT << WHO_SHIFT) | ((now + spent) & MOMENT_MASK);
		if (atomic_compare_exchange_weak_explicit(at, &word, next, memory_order_relaxed, memory_order_relaxed))
			return true;
	}
	return false; /* so many at once are a flood */
}
