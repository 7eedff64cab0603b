/* table: the shared memory of the process: a store in 1,024 shards, each behind a short lock.
 *
 * Values are copied in and copied out; no pointer into the table ever leaves it. All kinds of knowledge share one
 * table and so one limit and one eviction: the first octet of a key says the kind.
 */
#ifndef ROOTWALK_CACHE_TABLE_H
#define ROOTWALK_CACHE_TABLE_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/span.h"
#include "cache/store.h"
#include "wire/name.h"

#define TABLE_SHARDS 1024u

/* First octet of every key. */
enum table_kind {
	TABLE_RRSET = 'r',
	TABLE_DELEGATION = 'd',
	TABLE_SERVER = 's',
	TABLE_LAME = 'l',
	TABLE_FAILURE = 'f',
	TABLE_INSECURE = 'i',
};

struct table;

/* `octets_max` is the limit of the table's resident memory; small limits use fewer shards. NULL: out of memory. */
struct table *table_create(size_t octets_max, struct hash_key key);
void table_destroy(struct table *table);

struct table_found {
	struct span value; /* in the arena */
	uint64_t expiry;
	uint8_t rank;
};

/* Copies the value into the arena. False: not there, expired, or out of memory. */
bool table_get(struct table *table, struct span key, uint64_t age, struct arena *arena, struct table_found *found);

/* Copies a value of at most `capacity` octets into the caller's memory; a larger one is not found. */
bool table_get_into(struct table *table, struct span key, uint64_t age, uint8_t *into, size_t capacity, size_t *size);

/* As store_put. */
bool table_put(struct table *table, struct span key, struct span value, uint64_t age, uint64_t expiry, uint8_t rank);

bool table_remove(struct table *table, struct span key);

/* As store_shorten. */
bool table_shorten(struct table *table, struct span key, uint64_t expiry);

/* Removes an entry whose rank is not above `rank`. */
bool table_remove_ranked(struct table *table, struct span key, uint8_t rank);
void table_clear(struct table *table);

struct store_counts table_count(struct table *table);

/* A key: kind, name in lower case, and up to 18 octets behind it. Built by the typed views. */
struct table_key {
	uint8_t octets[STORE_KEY_MAX];
	size_t size;
};

struct table_key table_key_of_name(enum table_kind kind, struct name name, struct span suffix);
struct span table_key_span(const struct table_key *key);

#endif
