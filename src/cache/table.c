#include "cache/table.h"

#include <pthread.h>
#include <stdlib.h>

#define SHARD_OCTETS_MIN (256u << 10) /* the largest value fits, and many more */

/* Each in its own cache line, so that locks of neighbours do not slow each other. */
struct shard {
	_Alignas(64) pthread_mutex_t lock;
	struct store *store;
};

struct table {
	struct hash_key key;
	size_t shard_count; /* a power of two */
	struct shard *shards;
};

static size_t choose_shards(size_t octets_max)
{
	size_t count = 1;
	while (count < TABLE_SHARDS && octets_max / (2 * count) >= SHARD_OCTETS_MIN)
		count *= 2;
	return count;
}

struct table *table_create(size_t octets_max, struct hash_key key)
{
	struct table *table = calloc(1, sizeof *table);
	size_t count = choose_shards(octets_max);
	if (table == NULL)
		return NULL;
	table->key = key;
	table->shards = aligned_alloc(_Alignof(struct shard), count * sizeof *table->shards);
	while (table->shards != NULL && table->shard_count < count) {
		struct shard *shard = &table->shards[table->shard_count];
		shard->store = store_create(octets_max / count);
		if (shard->store == NULL || pthread_mutex_init(&shard->lock, NULL) != 0) {
			store_destroy(shard->store);
			break;
		}
		table->shard_count++;
	}
	if (table->shard_count == count)
		return table;
	table_destroy(table);
	return NULL;
}

void table_destroy(struct table *table)
{
	if (table == NULL)
		return;
	for (size_t i = 0; i < table->shard_count; i++) {
		pthread_mutex_destroy(&table->shards[i].lock);
		store_destroy(table->shards[i].store);
	}
	free(table->shards);
	free(table);
}

/* The store uses the lower half of the hash, the choice of a shard the upper. */
static struct shard *lock_shard(struct table *table, uint64_t hash)
{
	struct shard *shard = &table->shards[(hash >> 32) & (table->shard_count - 1)];
	pthread_mutex_lock(&shard->lock);
	return shard;
}

static void unlock(struct shard *shard)
{
	pthread_mutex_unlock(&shard->lock);
}

bool table_get(struct table *table, struct span key, uint64_t age, struct arena *arena, struct table_found *found)
{
	uint64_t hash = hash_octets(&table->key, key);
	struct store_found stored;
	struct shard *shard = lock_shard(table, hash);
	bool there = store_find(shard->store, hash, key, age, &stored);
	if (there) {
		*found = (struct table_found){ arena_copy(arena, stored.value), stored.expiry, stored.rank };
		there = found->value.size == stored.value.size;
	}
	unlock(shard);
	return there;
}

bool table_get_into(struct table *table, struct span key, uint64_t age, uint8_t *into, size_t capacity, size_t *size)
{
	uint64_t hash = hash_octets(&table->key, key);
	struct store_found stored;
	struct shard *shard = lock_shard(table, hash);
	bool there = store_find(shard->store, hash, key, age, &stored) && stored.value.size <= capacity;
	if (there) {
		memcpy(into, stored.value.octets, stored.value.size);
		*size = stored.value.size;
	}
	unlock(shard);
	return there;
}

bool table_put(struct table *table, struct span key, struct span value, uint64_t age, uint64_t expiry, uint8_t rank)
{
	uint64_t hash = hash_octets(&table->key, key);
	struct shard *shard = lock_shard(table, hash);
	bool kept = store_put(shard->store, hash, key, value, age, expiry, rank);
	unlock(shard);
	return kept;
}

bool table_remove(struct table *table, struct span key)
{
	uint64_t hash = hash_octets(&table->key, key);
	struct shard *shard = lock_shard(table, hash);
	bool removed = store_remove(shard->store, hash, key);
	unlock(shard);
	return removed;
}

bool table_shorten(struct table *table, struct span key, uint64_t expiry)
{
	uint64_t hash = hash_octets(&table->key, key);
	struct shard *shard = lock_shard(table, hash);
	bool there = store_shorten(shard->store, hash, key, expiry);
	unlock(shard);
	return there;
}

bool table_remove_ranked(struct table *table, struct span key, uint8_t rank)
{
	uint64_t hash = hash_octets(&table->key, key);
	struct store_found found;
	struct shard *shard = lock_shard(table, hash);
	bool removed = store_find(shard->store, hash, key, 0, &found) && found.rank <= rank &&
		       store_remove(shard->store, hash, key);
	unlock(shard);
	return removed;
}

/* A store that cannot be made anew is emptied by a limit of nothing. */
void table_clear(struct table *table)
{
	for (size_t i = 0; i < table->shard_count; i++) {
		struct shard *shard = &table->shards[i];
		pthread_mutex_lock(&shard->lock);
		size_t limit = store_limit(shard->store);
		store_resize(shard->store, 0);
		store_resize(shard->store, limit);
		unlock(shard);
	}
}

struct store_counts table_count(struct table *table)
{
	struct store_counts sum = { 0 };
	for (size_t i = 0; i < table->shard_count; i++) {
		struct shard *shard = &table->shards[i];
		pthread_mutex_lock(&shard->lock);
		struct store_counts counts = store_count(shard->store);
		unlock(shard);
		sum.entries += counts.entries;
		sum.octets += counts.octets;
		sum.inserted += counts.inserted;
		sum.evicted += counts.evicted;
		sum.refused += counts.refused;
	}
	return sum;
}

struct table_key table_key_of_name(enum table_kind kind, struct name name, struct span suffix)
{
	struct table_key key;
	key.octets[0] = (uint8_t)kind;
	name_lower_into(name, key.octets + 1);
	if (suffix.size > 0)
		memcpy(key.octets + 1 + name.size, suffix.octets, suffix.size);
	key.size = 1 + name.size + suffix.size;
	return key;
}

struct span table_key_span(const struct table_key *key)
{
	return span_of(key->octets, key->size);
}
