#include "cache/denials.h"

#include "cache/denial_shard.h"
#include "cache/footprint.h"
#include "wire/codes.h"

#include <stdlib.h>

#define SHARDS_MAX 16u
#define SHARD_OCTETS_MIN (2u << 20) /* three root zones fit */

struct denials {
	struct hash_key key;
	size_t shard_count; /* a power of two */
	struct denial_shard *shards;
};

struct denials *denials_create(size_t octets_max, struct hash_key key)
{
	struct denials *denials = calloc(1, sizeof *denials);
	size_t count = 1;
	if (denials == NULL)
		return NULL;
	denials->key = key;
	while (count < SHARDS_MAX && octets_max / (2 * count) >= SHARD_OCTETS_MIN)
		count *= 2;
	size_t besides = footprint(sizeof *denials) + footprint(count * sizeof *denials->shards);
	if (besides > octets_max / 2)
		besides = octets_max / 2;
	denials->shards = aligned_alloc(_Alignof(struct denial_shard), count * sizeof *denials->shards);
	while (denials->shards != NULL && denials->shard_count < count) {
		if (!denial_shard_init(&denials->shards[denials->shard_count], (octets_max - besides) / count))
			break;
		denials->shard_count++;
	}
	if (denials->shard_count == count)
		return denials;
	denials_destroy(denials);
	return NULL;
}

void denials_destroy(struct denials *denials)
{
	if (denials == NULL)
		return;
	for (size_t i = 0; i < denials->shard_count; i++)
		denial_shard_free(&denials->shards[i]);
	free(denials->shards);
	free(denials);
}

static struct denial_shard *shard_of(const struct denials *denials, uint64_t hash)
{
	return &denials->shards[(hash >> 32) & (denials->shard_count - 1)];
}

static struct denial_shard *lock_shard(const struct denials *denials, uint64_t hash)
{
	struct denial_shard *shard = shard_of(denials, hash);
	pthread_mutex_lock(&shard->lock);
	return shard;
}

static void unlock(struct denial_shard *shard)
{
	pthread_mutex_unlock(&shard->lock);
}

/* ---- finding ---- */

static struct rrset rrset_at(const struct denial *denial)
{
	return (struct rrset){ .type = denial->chain->type,
			       .class = CLASS_IN,
			       .count = 1,
			       .signatures = denial->signatures,
			       .packed = denial_packed(denial) };
}

static bool spans(const struct denial *denial, struct span position)
{
	struct rrset rrset = rrset_at(denial);
	struct position next;
	return position_of_next(&rrset, denial->chain->zone, &next) &&
	       position_is_between(position, denial_position(denial), position_span(&next));
}

static bool stands_at(const struct denial *denial, struct span position)
{
	return position_compare(denial_position(denial), position) == 0;
}

/* At or before the position, in a circle: the last reaches round to the first. NULL: the chain is empty. */
static struct denial *find_before(const struct denial_chain *chain, struct span position)
{
	struct denial *denial = denial_list_find(&chain->list, position);
	return denial != NULL ? denial : denial_list_last(&chain->list);
}

static bool copy_out(const struct denials_view *view, const struct denial *denial, struct rrset *rrset)
{
	struct span position = denial_position(denial);
	*rrset = rrset_at(denial);
	rrset->ttl = (uint32_t)(denial->expiry - view->age);
	rrset->owner = position_owner(position, rrset->type, denial->chain->zone, view->arena);
	rrset->packed = arena_copy(view->arena, rrset->packed);
	return rrset->owner.octets != NULL && rrset->packed.octets != NULL;
}

static bool find_in(const struct denials_view *view, struct denial_shard *shard, struct denial_chain *chain, struct span position,
		    struct rrset *rrset)
{
	struct denial *denial = find_before(chain, position);
	if (denial == NULL)
		return false;
	if (!denial_is_live(denial, view->age)) {
		denial_shard_remove(shard, denial);
		return false;
	}
	if (!stands_at(denial, position) && !spans(denial, position))
		return false;
	denial->asked = true;
	return copy_out(view, denial, rrset);
}

static bool find(const struct denials_view *view, uint16_t type, const struct position *position, struct rrset *rrset)
{
	struct denial_shard *shard = lock_shard(view->denials, view->hash);
	struct denial_chain *chain = denial_shard_find(shard, view->hash, view->zone, type);
	bool found = chain != NULL && find_in(view, shard, chain, position_span(position), rrset);
	unlock(shard);
	return found;
}

struct denials_view denials_view_of(struct denials *denials, struct name zone, uint64_t age, struct arena *arena)
{
	return (struct denials_view){ denials, zone, name_hash(&denials->key, zone), age, arena };
}

bool denials_have(const struct denials_view *view, uint16_t type)
{
	return denial_shard_present(shard_of(view->denials, view->hash), view->hash, type);
}

bool denials_find_name(const struct denials_view *view, struct name name, struct rrset *rrset)
{
	struct position position;
	position_of_name(name, view->zone, &position);
	return find(view, TYPE_NSEC, &position, rrset);
}

bool denials_find_hash(const struct denials_view *view, const uint8_t hash[POSITION_HASH_SIZE], struct rrset *rrset)
{
	struct position position;
	position_of_hash(hash, &position);
	return find(view, TYPE_NSEC3, &position, rrset);
}

bool denials_hashing(const struct denials_view *view, struct hashing *hashing)
{
	struct denial_shard *shard = lock_shard(view->denials, view->hash);
	const struct denial_chain *chain = denial_shard_find(shard, view->hash, view->zone, TYPE_NSEC3);
	bool found = chain != NULL;
	if (found) {
		*hashing = chain->hashing;
		hashing->salt = arena_copy(view->arena, chain->hashing.salt);
		found = hashing->salt.size == chain->hashing.salt.size;
	}
	unlock(shard);
	return found;
}

static bool copy_soa(const struct denials_view *view, const struct denial_soa *soa, struct rrset *rrset)
{
	*rrset = (struct rrset){ .owner = view->zone,
				 .type = TYPE_SOA,
				 .class = CLASS_IN,
				 .ttl = (uint32_t)(soa->expiry - view->age),
				 .count = 1,
				 .signatures = soa->signatures,
				 .packed = arena_copy(view->arena, span_of(soa->octets, soa->size)) };
	return rrset->packed.octets != NULL;
}

bool denials_soa(const struct denials_view *view, uint16_t type, struct rrset *soa)
{
	struct denial_shard *shard = lock_shard(view->denials, view->hash);
	const struct denial_chain *chain = denial_shard_find(shard, view->hash, view->zone, type);
	bool found = chain != NULL && chain->soa != NULL && chain->soa->expiry > view->age &&
		     copy_soa(view, chain->soa, soa);
	unlock(shard);
	return found;
}

/* ---- keeping ---- */

/* A record on its way in. */
struct newcomer {
	struct denial_shard *shard;
	uint64_t hash; /* of the zone */
	struct name zone;
	uint64_t age;
	const struct rrset *rrset;
	struct position owner, next;
	struct hashing hashing; /* NSEC3 */
	uint8_t levels;
};

static uint32_t expiry_of(uint64_t age, uint32_t ttl)
{
	return age + ttl < UINT32_MAX ? (uint32_t)(age + ttl) : UINT32_MAX;
}

static bool is_fit(struct newcomer *newcomer)
{
	const struct rrset *rrset = newcomer->rrset;
	if (rrset->ttl == 0 || rrset->oversized || rrset->packed.size > LIMIT_DENIAL_OCTETS ||
	    rrset->signatures > LIMIT_RRSET_SIGNATURES || !position_of_owner(rrset, newcomer->zone, &newcomer->owner) ||
	    !position_of_next(rrset, newcomer->zone, &newcomer->next))
		return false;
	if (rrset->type == TYPE_NSEC)
		return true;
	return hashing_of_rrset(rrset, &newcomer->hashing) &&
	       newcomer->hashing.iterations <= LIMIT_NSEC3_ITERATIONS &&
	       newcomer->hashing.salt.size <= LIMIT_NSEC3_SALT;
}

static bool is_hashed_so(const struct denial_chain *chain, const struct hashing *hashing)
{
	return chain->type == TYPE_NSEC || (chain->hashing.algorithm == hashing->algorithm &&
					    chain->hashing.iterations == hashing->iterations &&
					    span_equal(chain->hashing.salt, hashing->salt));
}

static struct denial_chain *begin_chain(const struct newcomer *newcomer)
{
	struct denial_chain *chain = denial_shard_begin(newcomer->shard, newcomer->hash, newcomer->zone,
							newcomer->rrset->type);
	if (chain == NULL || chain->type == TYPE_NSEC)
		return chain;
	chain->hashing = newcomer->hashing;
	chain->hashing.salt = span_of(chain->salt, newcomer->hashing.salt.size);
	if (newcomer->hashing.salt.size > 0)
		memcpy(chain->salt, newcomer->hashing.salt.octets, newcomer->hashing.salt.size);
	return chain;
}

static struct denial_chain *find_or_begin_chain(const struct newcomer *newcomer)
{
	struct denial_chain *chain =
		denial_shard_find(newcomer->shard, newcomer->hash, newcomer->zone, newcomer->rrset->type);
	if (chain != NULL && is_hashed_so(chain, &newcomer->hashing))
		return chain;
	if (chain != NULL)
		denial_shard_let_go(newcomer->shard, chain);
	return begin_chain(newcomer);
}

/* The next one that a new record contradicts: at its position, across its owner, or inside what it spans. */
static struct denial *find_overlap(const struct newcomer *newcomer, const struct denial_chain *chain)
{
	struct span owner = position_span(&newcomer->owner);
	struct denial *before = find_before(chain, owner);
	if (before == NULL || stands_at(before, owner) || spans(before, owner))
		return before;
	struct denial *behind = denial_list_find(&chain->list, owner) != NULL ? before->next[0] : chain->list.first[0];
	if (behind == NULL)
		behind = chain->list.first[0];
	return position_is_between(denial_position(behind), owner, position_span(&newcomer->next)) ? behind : NULL;
}

/* False: there are too many. */
static bool clear_overlaps(const struct newcomer *newcomer, const struct denial_chain *chain)
{
	struct denial *overlap;
	for (unsigned int i = 0; (overlap = find_overlap(newcomer, chain)) != NULL; i++) {
		if (i == LIMIT_DENIAL_OVERLAPS)
			return false;
		denial_shard_take_out(newcomer->shard, overlap);
	}
	return true;
}

/* The same again only lives on. */
static bool renew(const struct newcomer *newcomer, const struct denial_chain *chain)
{
	struct span owner = position_span(&newcomer->owner);
	struct denial *denial = denial_list_find(&chain->list, owner);
	if (denial == NULL || !stands_at(denial, owner) ||
	    !span_equal(denial_packed(denial), newcomer->rrset->packed) ||
	    denial->signatures != newcomer->rrset->signatures)
		return false;
	denial->expiry = expiry_of(newcomer->age, newcomer->rrset->ttl);
	return true;
}

static void add_record(const struct newcomer *newcomer, struct denial_chain *chain, struct denial *denial)
{
	denial->expiry = expiry_of(newcomer->age, newcomer->rrset->ttl);
	denial->signatures = (uint8_t)newcomer->rrset->signatures;
	denial_shard_add(newcomer->shard, chain, denial);
}

/* Into its chain; false when out of memory. */
static bool settle(const struct newcomer *newcomer, struct denial_chain *chain)
{
	struct denial *denial =
		denial_create(position_span(&newcomer->owner), newcomer->rrset->packed, newcomer->levels);
	if (denial != NULL && !clear_overlaps(newcomer, chain)) {
		denial_shard_let_go(newcomer->shard, chain);
		chain = begin_chain(newcomer);
	}
	if (denial != NULL && chain != NULL) {
		add_record(newcomer, chain, denial);
		return true;
	}
	free(denial);
	if (chain != NULL)
		denial_shard_drop_if_empty(newcomer->shard, chain);
	return false;
}

static bool take_in(const struct newcomer *newcomer)
{
	size_t need = denial_chain_size(newcomer->zone) +
		      denial_footprint(position_span(&newcomer->owner), newcomer->rrset->packed, newcomer->levels);
	if (!denial_shard_make_room(newcomer->shard, need, newcomer->age))
		return false;
	struct denial_chain *chain = find_or_begin_chain(newcomer);
	return chain != NULL && (renew(newcomer, chain) || settle(newcomer, chain));
}

bool denials_put(struct denials *denials, struct name zone, const struct rrset *rrset, uint64_t age)
{
	struct newcomer newcomer = { .zone = zone, .age = age, .rrset = rrset };
	if (!is_fit(&newcomer))
		return false;
	newcomer.levels = denial_levels(&denials->key, position_span(&newcomer.owner));
	newcomer.hash = name_hash(&denials->key, zone);
	newcomer.shard = lock_shard(denials, newcomer.hash);
	bool kept = take_in(&newcomer);
	if (!kept)
		newcomer.shard->refused++;
	unlock(newcomer.shard);
	return kept;
}

static struct denial_soa *make_soa(const struct rrset *rrset, uint64_t age)
{
	struct denial_soa *soa = malloc(sizeof *soa + rrset->packed.size);
	if (soa == NULL)
		return NULL;
	soa->expiry = expiry_of(age, rrset->ttl);
	soa->signatures = rrset->signatures;
	soa->size = (uint16_t)rrset->packed.size;
	memcpy(soa->octets, rrset->packed.octets, rrset->packed.size);
	return soa;
}

bool denials_put_soa(struct denials *denials, struct name zone, uint16_t type, const struct rrset *soa, uint64_t age)
{
	uint64_t hash = name_hash(&denials->key, zone);
	if (soa->ttl == 0 || soa->count != 1 || soa->packed.size > LIMIT_DENIAL_OCTETS)
		return false;
	struct denial_soa *kept = make_soa(soa, age);
	if (kept == NULL)
		return false;
	struct denial_shard *shard = lock_shard(denials, hash);
	bool room = denial_shard_make_room(shard, denial_soa_size(kept), age);
	struct denial_chain *chain = room ? denial_shard_find(shard, hash, zone, type) : NULL;
	if (chain != NULL) {
		denial_shard_set_soa(shard, chain, kept);
		kept = NULL;
	}
	unlock(shard);
	free(kept);
	return kept == NULL;
}

struct denials_counts denials_count(struct denials *denials)
{
	struct denials_counts counts = { .octets = footprint(sizeof *denials) };
	counts.octets += footprint(denials->shard_count * sizeof *denials->shards);
	for (size_t i = 0; i < denials->shard_count; i++) {
		struct denial_shard *shard = &denials->shards[i];
		pthread_mutex_lock(&shard->lock);
		counts.zones += shard->zones;
		counts.records += shard->records;
		counts.octets += shard->octets;
		counts.inserted += shard->inserted;
		counts.evicted += shard->evicted;
		counts.refused += shard->refused;
		unlock(shard);
	}
	return counts;
}
