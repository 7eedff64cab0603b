#include "signing.h"

#include "records.h"

#include <stdio.h>
#include <stdlib.h>

#define SALT_SIZE_MAX 255u
#define HOUR_S 3600u

const char *keys_plan_text(enum keys_plan plan)
{
	static const char *const texts[] = {
#define KEYS(name, text) text,
		KEYS_PLANS(KEYS)
#undef KEYS
	};
	return texts[plan];
}

const char *ds_plan_text(enum ds_plan plan)
{
	static const char *const texts[] = {
#define DS(name, text) text,
		DS_PLANS(DS)
#undef DS
	};
	return texts[plan];
}

/* What a key does in its phase. */
#define PUBLISHED 1u
#define DELEGATED 2u
#define SIGNS_KEYS 4u
#define SIGNS_DATA 8u

struct role {
	uint16_t flags;
	unsigned int does;
	bool other_algorithm;
};

#define ACTIVE_KSK { SIGN_FLAGS_KSK, PUBLISHED | DELEGATED | SIGNS_KEYS, false }
#define ACTIVE_ZSK { SIGN_FLAGS_ZSK, PUBLISHED | SIGNS_DATA, false }

static const struct role roles[KEYS_PLAN_COUNT][SIGNING_KEYS_MAX] = {
	[KEYS_CSK] = { { SIGN_FLAGS_KSK, PUBLISHED | DELEGATED | SIGNS_KEYS | SIGNS_DATA, false } },
	[KEYS_KSK_ZSK] = { ACTIVE_KSK, ACTIVE_ZSK },
	[KEYS_PREPUBLISHED] = { ACTIVE_KSK, ACTIVE_ZSK, { SIGN_FLAGS_ZSK, PUBLISHED, false } },
	[KEYS_DOUBLE_SIGNATURE] = { ACTIVE_KSK, ACTIVE_ZSK, ACTIVE_ZSK },
	[KEYS_DOUBLE_KSK] = { ACTIVE_KSK, ACTIVE_ZSK, { SIGN_FLAGS_KSK, PUBLISHED | SIGNS_KEYS, false } },
	[KEYS_DOUBLE_DS] = { ACTIVE_KSK, ACTIVE_ZSK, { SIGN_FLAGS_KSK, DELEGATED, false } },
	[KEYS_STANDBY] = { ACTIVE_KSK, ACTIVE_ZSK, { SIGN_FLAGS_KSK, PUBLISHED | DELEGATED, false } },
	[KEYS_NEW_DS] = { { SIGN_FLAGS_KSK, PUBLISHED | SIGNS_KEYS, false }, ACTIVE_ZSK, ACTIVE_KSK },
	[KEYS_TWO_ALGORITHMS] = { ACTIVE_KSK,
				  ACTIVE_ZSK,
				  { SIGN_FLAGS_KSK, PUBLISHED | SIGNS_KEYS, true },
				  { SIGN_FLAGS_ZSK, PUBLISHED | SIGNS_DATA, true } },
	[KEYS_REVOKED] = { ACTIVE_KSK, ACTIVE_ZSK, { SIGN_FLAGS_REVOKED, PUBLISHED | SIGNS_KEYS, false } },
};

/* Ed25519 beside all others, and P-256 beside that. */
static uint8_t other_algorithm(uint8_t algorithm)
{
	return algorithm == 15 ? 13 : 15;
}

static void make_keys(struct world *world, struct signing *signing)
{
	const struct signing_plan *plan = &signing->plan;
	for (unsigned int i = 0; i < SIGNING_KEYS_MAX && roles[plan->keys][i].flags != 0; i++) {
		const struct role *role = &roles[plan->keys][i];
		struct signing_key *key = &signing->keys[signing->key_count++];
		key->key = sign_key_of(role->other_algorithm ? other_algorithm(plan->algorithm) : plan->algorithm,
				       plan->key + i);
		key->flags = role->flags;
		key->published = role->does & PUBLISHED;
		key->delegated = role->does & DELEGATED;
		key->signs_keys = role->does & SIGNS_KEYS;
		key->signs_data = role->does & SIGNS_DATA;
		key->dnskey = sign_dnskey(&world->arena, key->key, key->flags);
		key->tag = sign_tag(key->dnskey);
		key->signs = (struct span_of_epochs){ 0, WORLD_EPOCHS_MAX };
	}
}

static struct span break_digest(struct world *world, struct span ds)
{
	struct span copy = records_copy(world, ds.octets, ds.size);
	((uint8_t *)copy.octets)[copy.size - 1] ^= 1;
	return copy;
}

static void add_ds(struct world *world, const struct zone *zone, uint32_t ttl)
{
	const struct signing *signing = zone->signing;
	struct node *cut = world_node(world, zone->parent, zone->origin);
	enum ds_plan plan = signing->plan.ds;
	for (unsigned int i = 0; i < signing->key_count; i++) {
		const struct signing_key *key = &signing->keys[i];
		if (!key->delegated || plan == DS_NONE)
			continue;
		struct span ds = sign_ds(&world->arena, zone->origin, key->dnskey,
					 plan == DS_UNKNOWN_DIGEST ? DIGEST_UNKNOWN : signing->plan.digest);
		world_add(world, cut, TYPE_DS, ttl, plan == DS_MISMATCH ? break_digest(world, ds) : ds);
		if (plan == DS_MIXED)
			world_add(world, cut, TYPE_DS, ttl,
				  sign_ds(&world->arena, zone->origin, key->dnskey, DIGEST_UNKNOWN));
	}
}

static void add_params(struct world *world, struct zone *zone, uint32_t ttl)
{
	const struct signing *signing = zone->signing;
	uint8_t octets[5 + SALT_SIZE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	builder_u8(&builder, 1);
	builder_u8(&builder, 0);
	builder_u16(&builder, signing->plan.iterations);
	builder_u8(&builder, signing->plan.salt_size);
	builder_octets(&builder, signing->salt);
	world_add(world, zone->apex, TYPE_NSEC3PARAM, ttl, records_copy(world, octets, builder.size));
}

static uint32_t smaller_ttl(const struct zone *zone)
{
	const struct rrset *soa = &node_version(zone->apex, TYPE_SOA, 0)->rrset;
	struct span rdata = rrset_first(soa);
	struct cursor cursor = cursor_of(rdata);
	cursor_seek(&cursor, rdata.size - 4);
	uint32_t minimum = cursor_u32(&cursor);
	return minimum < soa->ttl ? minimum : soa->ttl;
}

static struct signing *begin(struct world *world, struct zone *zone, const struct signing_plan *plan, struct rng *rng)
{
	uint8_t salt[SALT_SIZE_MAX];
	struct signing *signing = ARENA_NEW(&world->arena, struct signing);
	if (signing == NULL)
		exit(1);
	zone->signing = signing;
	signing->plan = *plan;
	signing->proof_ttl = smaller_ttl(zone);
	rng_octets(rng, salt, plan->salt_size);
	if (plan->salt_size > 0)
		signing->salt = records_copy(world, salt, plan->salt_size);
	return signing;
}

void sign_zone(struct world *world, struct zone *zone, const struct signing_plan *plan)
{
	static const uint32_t ttls[] = { 300, 3600, 3600, 86400, 172800 };
	struct rng rng = rng_of_number(world->seed ^ (uint64_t)zone->number << 40);
	struct signing *signing = begin(world, zone, plan, &rng);
	make_keys(world, signing);
	uint32_t ttl = ttls[rng_below(&rng, 5)];
	for (unsigned int i = 0; i < signing->key_count; i++)
		if (signing->keys[i].published)
			world_add(world, zone->apex, TYPE_DNSKEY, ttl, signing->keys[i].dnskey);
	if (plan->nsec3)
		add_params(world, zone, ttl);
	if (zone->parent != NULL)
		add_ds(world, zone, ttls[rng_below(&rng, 5)]);
}

static bool is_in(struct span_of_epochs span, unsigned int epoch)
{
	return epoch >= span.from && epoch < span.to;
}

/* The DNSKEY and DS sets of one epoch. */
static void change_keys(struct world *world, struct zone *zone, const struct key_life *lives, unsigned int epoch)
{
	const struct signing *signing = zone->signing;
	struct span keys[SIGNING_KEYS_MAX], ds[SIGNING_KEYS_MAX];
	size_t key_count = 0, ds_count = 0;
	for (unsigned int i = 0; i < signing->key_count; i++) {
		struct span dnskey = signing->keys[i].dnskey;
		if (is_in(lives[i].published, epoch))
			keys[key_count++] = dnskey;
		if (is_in(lives[i].delegated, epoch))
			ds[ds_count++] = sign_ds(&world->arena, zone->origin, dnskey, signing->plan.digest);
	}
	world_change(world, zone->apex, TYPE_DNSKEY, epoch, HOUR_S, keys, key_count);
	world_change(world, world_node(world, zone->parent, zone->origin), TYPE_DS, epoch, HOUR_S, ds, ds_count);
}

void sign_zone_rolling(struct world *world, struct zone *zone, const struct signing_plan *plan,
		       const struct key_life *lives, unsigned int count)
{
	struct rng rng = rng_of_number(world->seed ^ (uint64_t)zone->number << 40);
	struct signing *signing = begin(world, zone, plan, &rng);
	signing->rolls = true;
	for (unsigned int i = 0; i < count && i < SIGNING_KEYS_MAX; i++) {
		struct signing_key *key = &signing->keys[signing->key_count++];
		key->key = sign_key_of(plan->algorithm, lives[i].number);
		key->flags = lives[i].flags;
		key->published = true;
		key->delegated = lives[i].delegated.to > lives[i].delegated.from;
		key->signs_keys = key->flags == SIGN_FLAGS_KSK;
		key->signs_data = !key->signs_keys;
		key->dnskey = sign_dnskey(&world->arena, key->key, key->flags);
		key->tag = sign_tag(key->dnskey);
		key->signs = lives[i].signs;
	}
	for (unsigned int epoch = 0; epoch < world->epoch_count; epoch++)
		change_keys(world, zone, lives, epoch);
	if (plan->nsec3)
		add_params(world, zone, HOUR_S);
}

void signing_end(struct world *world)
{
	for (unsigned int i = 0; i < world->zone_count; i++)
		if (world->zones[i].signing != NULL)
			chain_build(world, &world->zones[i]);
}

void signing_anchor(struct world *world, const struct zone *zone, bool dnskey)
{
	const struct signing *signing = zone->signing;
	struct node *anchor = ARENA_NEW(&world->arena, struct node);
	uint16_t type = dnskey ? TYPE_DNSKEY : TYPE_DS;
	if (anchor == NULL || world->anchor_count == WORLD_ANCHORS_MAX)
		exit(1);
	anchor->name = zone->origin;
	for (unsigned int i = 0; i < signing->key_count; i++)
		if (signing->keys[i].delegated)
			world_add(world, anchor, type, 3600,
				  dnskey ? signing->keys[i].dnskey
					 : sign_ds(&world->arena, zone->origin, signing->keys[i].dnskey,
						   signing->plan.digest));
	world->anchors[world->anchor_count++] = node_version(anchor, type, 0)->rrset;
}

bool signing_has_usable_ds(const struct zone *zone)
{
	const struct signing *signing = zone->signing;
	return signing != NULL && signing->plan.ds != DS_NONE && signing->plan.ds != DS_UNKNOWN_DIGEST &&
	       signing->plan.algorithm != ALGORITHM_UNKNOWN;
}
