#include "resolver/keyring.h"

#include "wire/limits.h"

#include <stdlib.h>

struct held_keys {
	struct index_node node;
	TAILQ_ENTRY(held_keys) link;
	struct keyring *ring; /* NULL: it let go of them */
	struct keys *keys;
	size_t octets;      /* when they were weighed */
	uint64_t expiry;    /* age */
	unsigned int users; /* the ring is one of them */
};

void keyring_init(struct keyring *keyring, struct hash_key key)
{
	keyring->key = key;
	keyring->zones = index_of();
	keyring->count = 0;
	keyring->octets = 0;
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

static void let_go(struct keyring *keyring, struct held_keys *held)
{
	index_remove(&keyring->zones, &held->node);
	TAILQ_REMOVE(&keyring->used, held, link);
	keyring->count--;
	keyring->octets -= held->octets;
	held->ring = NULL;
	held_keys_release(held);
}

static void weigh(struct keyring *keyring, struct held_keys *held)
{
	keyring->octets -= held->octets;
	held->octets = sizeof *held + keys_size(held->keys);
	keyring->octets += held->octets;
}

static void make_room(struct keyring *keyring)
{
	while (keyring->count > LIMIT_KEYRING_ZONES || keyring->octets > LIMIT_KEYRING_OCTETS)
		let_go(keyring, TAILQ_FIRST(&keyring->used));
}

void held_keys_release(struct held_keys *held)
{
	struct keyring *keyring = held->ring;
	if (keyring != NULL)
		weigh(keyring, held);
	if (--held->users == 0) {
		keys_destroy(held->keys);
		free(held);
	} else if (keyring != NULL) {
		make_room(keyring);
	}
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
	/* Without memory for the index the keys serve this once. */
	if (!index_add(&keyring->zones, &held->node, name_hash(&keyring->key, keys_zone(keys))))
		return held;
	TAILQ_INSERT_TAIL(&keyring->used, held, link);
	keyring->count++;
	held->users++;
	held->ring = keyring;
	weigh(keyring, held);
	make_room(keyring);
	return held;
}
