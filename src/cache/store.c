#include "cache/store.h"

#include "cache/footprint.h"

#include <stdlib.h>

#define BUCKETS_MIN 16u
#define QUEUE_MIN 8u

struct entry {
	uint32_t expiry; /* seconds on the age clock */
	uint32_t hash;   /* the lower half */
	uint16_t key_size, value_size;
	uint8_t rank;
	uint8_t asked;   /* SIEVE's mark */
	uint8_t octets[]; /* key, value */
};

struct store {
	struct entry **queue;   /* oldest first; NULL is a hole, the last is none */
	uint32_t *buckets;      /* place in the queue + 1; 0 is free */
	size_t queue_capacity, queue_end;
	size_t bucket_count;    /* a power of two, at least 4/3 of the entries */
	size_t hand;            /* where SIEVE looks next; below queue_end, or 0 */
	size_t octets_max, octets;
	size_t entries;
	uint64_t inserted, evicted, refused;
};

struct store *store_create(size_t octets_max)
{
	struct store *store = calloc(1, sizeof *store);
	if (store == NULL)
		return NULL;
	store->octets_max = octets_max;
	store->octets = footprint(sizeof *store);
	return store;
}

void store_destroy(struct store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < store->queue_end; i++)
		free(store->queue[i]);
	free(store->queue);
	free(store->buckets);
	free(store);
}

static size_t entry_size(const struct entry *entry)
{
	return footprint(sizeof *entry + entry->key_size + entry->value_size);
}

/* What a store of one entry has besides it. */
static size_t least_size(void)
{
	return footprint(sizeof(struct store)) + footprint(BUCKETS_MIN * sizeof(uint32_t)) +
	       footprint(QUEUE_MIN * sizeof(struct entry *));
}

static bool is_live(const struct entry *entry, uint64_t age)
{
	return entry->expiry > age;
}

/* ---- index ---- */

static bool is_entry(const struct entry *entry, uint32_t hash, struct span key)
{
	return entry->hash == hash && entry->key_size == key.size && memcmp(entry->octets, key.octets, key.size) == 0;
}

/* The bucket of the key, or SIZE_MAX. */
static size_t find_bucket(const struct store *store, uint32_t hash, struct span key)
{
	if (store->bucket_count == 0)
		return SIZE_MAX;
	size_t mask = store->bucket_count - 1;
	for (size_t at = hash & mask; store->buckets[at] != 0; at = (at + 1) & mask)
		if (is_entry(store->queue[store->buckets[at] - 1], hash, key))
			return at;
	return SIZE_MAX;
}

static size_t bucket_of_place(const struct store *store, size_t place)
{
	size_t mask = store->bucket_count - 1;
	size_t at = store->queue[place]->hash & mask;
	while (store->buckets[at] != place + 1)
		at = (at + 1) & mask;
	return at;
}

static void fill_bucket(struct store *store, size_t place)
{
	size_t mask = store->bucket_count - 1;
	size_t at = store->queue[place]->hash & mask;
	while (store->buckets[at] != 0)
		at = (at + 1) & mask;
	store->buckets[at] = (uint32_t)(place + 1);
}

/* Linear probing without gravestones: those behind move up where they may. */
static void empty_bucket(struct store *store, size_t at)
{
	size_t mask = store->bucket_count - 1;
	for (size_t next = (at + 1) & mask; store->buckets[next] != 0; next = (next + 1) & mask) {
		size_t home = store->queue[store->buckets[next] - 1]->hash & mask;
		if (((next - home) & mask) >= ((next - at) & mask)) {
			store->buckets[at] = store->buckets[next];
			at = next;
		}
	}
	store->buckets[at] = 0;
}

static void index_all(struct store *store)
{
	memset(store->buckets, 0, store->bucket_count * sizeof *store->buckets);
	for (size_t i = 0; i < store->queue_end; i++)
		if (store->queue[i] != NULL)
			fill_bucket(store, i);
}

/* ---- room for one more ---- */

static void free_index(struct store *store)
{
	if (store->bucket_count > 0)
		store->octets -= footprint(store->bucket_count * sizeof *store->buckets);
	free(store->buckets);
	store->buckets = NULL;
	store->bucket_count = 0;
}

static bool resize_index(struct store *store, size_t count)
{
	uint32_t *buckets = calloc(count, sizeof *buckets);
	if (buckets == NULL)
		return false;
	free_index(store);
	store->octets += footprint(count * sizeof *buckets);
	store->buckets = buckets;
	store->bucket_count = count;
	index_all(store);
	return true;
}

static bool widen_index(struct store *store)
{
	if ((store->entries + 1) * 4 <= store->bucket_count * 3)
		return true;
	return resize_index(store, store->bucket_count == 0 ? BUCKETS_MIN : 2 * store->bucket_count);
}

static void squeeze(struct store *store)
{
	size_t end = 0, hand = 0;
	for (size_t i = 0; i < store->queue_end; i++) {
		if (i == store->hand)
			hand = end;
		if (store->queue[i] != NULL)
			store->queue[end++] = store->queue[i];
	}
	store->hand = hand;
	store->queue_end = end;
	if (store->bucket_count > 0)
		index_all(store);
}

static void free_queue(struct store *store)
{
	if (store->queue_capacity > 0)
		store->octets -= footprint(store->queue_capacity * sizeof *store->queue);
	free(store->queue);
	store->queue = NULL;
	store->queue_capacity = store->queue_end = store->hand = 0;
}

static bool resize_queue(struct store *store, size_t capacity)
{
	struct entry **queue = realloc(store->queue, capacity * sizeof *queue);
	if (queue == NULL)
		return false;
	if (store->queue_capacity > 0)
		store->octets -= footprint(store->queue_capacity * sizeof *queue);
	store->octets += footprint(capacity * sizeof *queue);
	store->queue = queue;
	store->queue_capacity = capacity;
	return true;
}

static bool widen_queue(struct store *store)
{
	if (store->queue_end < store->queue_capacity)
		return true;
	if (store->entries < store->queue_end - store->queue_end / 4) {
		squeeze(store);
		return true;
	}
	size_t capacity = store->queue_capacity == 0 ? QUEUE_MIN : store->queue_capacity + store->queue_capacity / 2;
	return capacity < UINT32_MAX && resize_queue(store, capacity);
}

/* ---- taking out ---- */

/* A hand behind the newest goes back to the oldest at once: waiting there it would take each newcomer in turn. */
static void drop_last_holes(struct store *store)
{
	while (store->queue_end > 0 && store->queue[store->queue_end - 1] == NULL)
		store->queue_end--;
	if (store->hand >= store->queue_end)
		store->hand = 0;
}

static void take_out(struct store *store, size_t bucket)
{
	size_t place = store->buckets[bucket] - 1;
	struct entry *entry = store->queue[place];
	empty_bucket(store, bucket);
	store->queue[place] = NULL;
	store->octets -= entry_size(entry);
	store->entries--;
	free(entry);
	drop_last_holes(store);
}

/* SIEVE: the hand spares what was asked for since it last passed, once, and takes the first that was not. */
static void evict_one(struct store *store, uint64_t age)
{
	for (;; store->hand++) {
		if (store->hand >= store->queue_end)
			store->hand = 0;
		struct entry *entry = store->queue[store->hand];
		if (entry == NULL)
			continue;
		if (!entry->asked || !is_live(entry, age))
			break;
		entry->asked = 0;
	}
	take_out(store, bucket_of_place(store, store->hand));
	store->evicted++;
}

static void make_room(struct store *store, size_t need, uint64_t age)
{
	while (store->entries > 0 && store->octets + need > store->octets_max)
		evict_one(store, age);
}

/* Gives back what index and queue have too much; where memory fails, they stay as they are. */
static void narrow(struct store *store)
{
	if (store->entries == 0) {
		free_index(store);
		free_queue(store);
		return;
	}
	squeeze(store);
	(void)resize_queue(store, store->queue_end + store->queue_end / 8 + 1);
	while (store->bucket_count / 2 >= BUCKETS_MIN && (store->entries + 1) * 4 <= store->bucket_count / 2 * 3)
		if (!resize_index(store, store->bucket_count / 2))
			break;
}

/* ---- the map ---- */

bool store_find(struct store *store, uint64_t hash, struct span key, uint64_t age, struct store_found *found)
{
	size_t bucket = find_bucket(store, (uint32_t)hash, key);
	if (bucket == SIZE_MAX)
		return false;
	struct entry *entry = store->queue[store->buckets[bucket] - 1];
	if (!is_live(entry, age))
		return false;
	if (!entry->asked)
		entry->asked = 1;
	*found = (struct store_found){
		.value = span_of(entry->octets + entry->key_size, entry->value_size),
		.expiry = entry->expiry,
		.rank = entry->rank,
	};
	return true;
}

static struct entry *make_entry(uint32_t hash, struct span key, struct span value, uint64_t expiry, uint8_t rank)
{
	struct entry *entry = malloc(sizeof *entry + key.size + value.size);
	if (entry == NULL)
		return NULL;
	entry->expiry = expiry < UINT32_MAX ? (uint32_t)expiry : UINT32_MAX;
	entry->hash = hash;
	entry->key_size = (uint16_t)key.size;
	entry->value_size = (uint16_t)value.size;
	entry->rank = rank;
	entry->asked = 0;
	memcpy(entry->octets, key.octets, key.size);
	if (value.size > 0)
		memcpy(entry->octets + key.size, value.octets, value.size);
	return entry;
}

static bool refuse(struct store *store)
{
	store->refused++;
	return false;
}

bool store_put(struct store *store, uint64_t hash, struct span key, struct span value, uint64_t age,
	       uint64_t expiry, uint8_t rank)
{
	if (key.size > STORE_KEY_MAX || value.size > STORE_VALUE_MAX)
		return refuse(store);
	size_t bucket = find_bucket(store, (uint32_t)hash, key);
	if (bucket != SIZE_MAX) {
		const struct entry *old = store->queue[store->buckets[bucket] - 1];
		if (is_live(old, age) && old->rank > rank)
			return refuse(store);
	}
	size_t need = footprint(sizeof(struct entry) + key.size + value.size);
	if (need > store->octets_max / 2 || need + least_size() > store->octets_max)
		return refuse(store);
	if (!widen_index(store) || !widen_queue(store))
		return refuse(store);
	struct entry *entry = make_entry((uint32_t)hash, key, value, expiry, rank);
	if (entry == NULL)
		return refuse(store);
	(void)store_remove(store, hash, key);
	make_room(store, need, age);
	store->queue[store->queue_end] = entry;
	store->octets += need;
	store->entries++;
	store->inserted++;
	fill_bucket(store, store->queue_end++);
	return true;
}

bool store_remove(struct store *store, uint64_t hash, struct span key)
{
	size_t bucket = find_bucket(store, (uint32_t)hash, key);
	if (bucket == SIZE_MAX)
		return false;
	take_out(store, bucket);
	return true;
}

bool store_shorten(struct store *store, uint64_t hash, struct span key, uint64_t expiry)
{
	size_t bucket = find_bucket(store, (uint32_t)hash, key);
	if (bucket == SIZE_MAX)
		return false;
	struct entry *entry = store->queue[store->buckets[bucket] - 1];
	if (entry->expiry > expiry)
		entry->expiry = (uint32_t)expiry;
	return true;
}

/* Index and queue hold so much themselves that a lower limit means smaller ones: some go, then room is given back. */
void store_resize(struct store *store, size_t octets_max)
{
	store->octets_max = octets_max;
	while (store->entries > 0 && store->octets > octets_max) {
		size_t left = octets_max < least_size() ? store->entries : store->entries / 8 + 1;
		for (; left > 0 && store->octets > octets_max; left--)
			evict_one(store, 0);
		narrow(store);
	}
}

size_t store_limit(const struct store *store)
{
	return store->octets_max;
}

struct store_counts store_count(const struct store *store)
{
	return (struct store_counts){ .entries = store->entries,
				      .octets = store->octets,
				      .inserted = store->inserted,
				      .evicted = store->evicted,
				      .refused = store->refused };
}
