#include "resolver/keyring.h"

#include "wire/limits.h"

#include <stdlib.h>

struct held_keys {
	struct index_node node;
	TAILQ_ENTRY(held_keys) link;
	struct keys *keys;
	uint64_t expiry;    /* age */
	unsigned int users; /* the ring is one of them */
};

void keyring_init(struct keyring *keyring, struct hash_key key)
{
	keyring->key = key;
	keyring->zones = index_of();
	keyring->count = 0;
	TAILQ_INIT(&keyring->used);
}

struct keys *held_keys(const struct held_keys *held)
{
	return held->keys;
}

void held_keys_share(struct held_keys *held)
{
	held->users++;
}

void held_keys_release(struct held_keys *held)
{
	if (--held->users > 0)
		return;
	keys_destroy(held->keys);
	free(held);
}

static void let_go(struct keyring *keyring, struct held_keys *held)
{
	index_remove(&keyring->zones, &held->node);
	TAILQ_REMOVE(&keyring->used, held, link);
	keyring->count--;
	held_keys_release(held);
}

void keyring_free(struct keyring *keyring)
{
	while (!TAILQ_EMPTY(&keyring->used))
		let_go(keyring, TAILQ_FIRST(&keyring->used));
	index_free(&keyring->zones);
}

static struct held_keys *find(const struct keyring *keyring, struct name zone)
{
	uint64_t hash = name_hash(&keyring->key, zone);
	for (struct index_node *n = index_first(&keyring->zones, hash); n != NULL; n = index_next(n, hash)) {
		struct held_keys *held = CONTAINER_OF(n, struct held_keys, node);
		if (name_equal(keys_zone(held->keys), zone))
			return held;
	}
	return NULL;
}

struct held_keys *keyring_get(struct keyring *keyring, struct name zone, uint64_t age)
{
	struct held_keys *held = find(keyring, zone);
	if (held == NULL)
		return NULL;
	if (held->expiry <= age) {
		let_go(keyring, held);
		return NULL;
	}
	TAILQ_REMOVE(&keyring->used, held, link);
	TAILQ_INSERT_TAIL(&keyring->used, held, link);
	held->users++;
	return held;
}

void keyring_remove(struct keyring *keyring, struct name zone)
{
	struct held_keys *held = find(keyring, zone);
	if (held != NULL)
		let_go(keyring, held);
}

struct held_keys *keyring_put(struct keyring *keyring, struct keys *keys, uint64_t expiry)
{
	struct held_keys *held = calloc(1, sizeof *held);
	if (held == NULL) {
		keys_destroy(keys);
		return NULL;
	}
	*held = (struct held_keys){ .keys = keys, .expiry = expiry, .users = 1 };
	keyring_remove(keyring, keys_zone(keys));
	if (keyring->count >= LIMIT_KEYRING_ZONES)
		let_go(keyring, TAILQ_FIRST(&keyring->used));
	/* Without memory for the index the keys serve this once. */
	if (!index_add(&keyring->zones, &held->node, name_hash(&keyring->key, keys_zone(keys))))
		return held;
	TAILQ_INSERT_TAIL(&keyring->used, held, link);
	keyring->count++;
	held->users++;
	return held;
}
