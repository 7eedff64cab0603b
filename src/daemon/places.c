#include "daemon/places.h"

#include "base/index.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct holder {
	struct index_node node;
	struct ip client;
	size_t count;
};

struct places {
	pthread_mutex_t lock;
	struct hash_key key;
	size_t max, per_client;
	atomic_size_t taken;
	struct index holders;
};

struct places *places_create(size_t max, size_t per_client, struct hash_key key)
{
	struct places *places = calloc(1, sizeof *places);
	if (places == NULL)
		return NULL;
	pthread_mutex_init(&places->lock, NULL);
	places->key = key;
	places->max = max;
	places->per_client = per_client;
	places->holders = index_of();
	return places;
}

/* Every connection has left. */
void places_destroy(struct places *places)
{
	if (places == NULL)
		return;
	index_free(&places->holders);
	pthread_mutex_destroy(&places->lock);
	free(places);
}

static struct ip client_of(struct ip ip)
{
	if (ip.version == 6)
		memset(ip.octets + 7, 0, sizeof ip.octets - 7);
	return ip;
}

static struct holder *find(const struct places *places, struct ip client, uint64_t hash)
{
	for (struct index_node *node = index_first(&places->holders, hash); node != NULL;
	     node = index_next(node, hash)) {
		struct holder *holder = CONTAINER_OF(node, struct holder, node);
		if (ip_equal(holder->client, client))
			return holder;
	}
	return NULL;
}

static uint64_t hash_of(const struct places *places, struct ip client)
{
	return hash_octets(&places->key, span_of(&client, sizeof client));
}

static struct holder *add(struct places *places, struct ip client, uint64_t hash)
{
	struct holder *holder = calloc(1, sizeof *holder);
	if (holder == NULL)
		return NULL;
	holder->client = client;
	if (index_add(&places->holders, &holder->node, hash))
		return holder;
	free(holder);
	return NULL;
}

static enum place take_locked(struct places *places, struct ip client)
{
	uint64_t hash = hash_of(places, client);
	struct holder *holder = find(places, client, hash);
	if (holder != NULL && holder->count >= places->per_client)
		return PLACE_CLIENT_FULL;
	if (atomic_load(&places->taken) >= places->max)
		return PLACE_HOUSE_FULL;
	if (holder == NULL)
		holder = add(places, client, hash);
	if (holder == NULL)
		return PLACE_NO_MEMORY;
	holder->count++;
	atomic_fetch_add(&places->taken, 1);
	return PLACE_TAKEN;
}

enum place places_take(struct places *places, struct ip ip)
{
	pthread_mutex_lock(&places->lock);
	enum place place = take_locked(places, client_of(ip));
	pthread_mutex_unlock(&places->lock);
	return place;
}

void places_leave(struct places *places, struct ip ip)
{
	struct ip client = client_of(ip);
	pthread_mutex_lock(&places->lock);
	struct holder *holder = find(places, client, hash_of(places, client));
	if (holder != NULL) {
		atomic_fetch_sub(&places->taken, 1);
		if (--holder->count == 0) {
			index_remove(&places->holders, &holder->node);
			free(holder);
		}
	}
	pthread_mutex_unlock(&places->lock);
}

bool places_are_pressed(struct places *places)
{
	return atomic_load(&places->taken) * 10 >= places->max * 8;
}
