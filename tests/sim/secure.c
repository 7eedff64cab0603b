/* Which zones of a world from a seed are signed, and how. It draws from chance of its own, so that all else about the
 * world is as it would be without signatures. */
#include "build.h"
#include "server.h"
#include "signing.h"
#include "wire/limits.h"

#include <stdlib.h>

#define SIGNED_WORLDS 6u  /* of ten */
#define UNSIGNED_ROOTS 8u /* of these, one in so many has only islands */

static uint8_t draw_algorithm(struct rng *rng)
{
	static const struct {
		unsigned int weight;
		uint8_t algorithm;
	} algorithms[] = { { 45, 13 }, { 22, 15 }, { 16, 8 }, { 4, 10 }, { 2, 5 }, { 2, 7 }, { 3, 14 }, { 3, 16 },
			   { 3, ALGORITHM_UNKNOWN } };
	unsigned int luck = rng_below(rng, 100), i = 0;
	while (luck >= algorithms[i].weight)
		luck -= algorithms[i++].weight;
	return algorithms[i].algorithm;
}

static uint8_t draw_digest(struct rng *rng)
{
	static const uint8_t digests[] = { 2, 2, 2, 2, 2, 2, 4, 1 };
	return digests[rng_below(rng, 8)];
}

static enum keys_plan draw_keys(struct rng *rng)
{
	unsigned int luck = rng_below(rng, 10);
	return luck < 4 ? KEYS_CSK : luck < 7 ? KEYS_KSK_ZSK : (enum keys_plan)rng_below(rng, KEYS_PLAN_COUNT);
}

static enum ds_plan draw_ds(struct rng *rng)
{
	switch (rng_below(rng, 24)) {
	case 0:
	case 1:
		return DS_NONE;
	case 2:
		return DS_MIXED;
	case 3:
		return DS_UNKNOWN_DIGEST;
	default:
		return DS_GOOD;
	}
}

static struct signing_plan draw_plan(struct rng *rng)
{
	static const uint16_t iterations[] = { 0, 0, 0, 0, 1, 5, 10, LIMIT_NSEC3_ITERATIONS, LIMIT_NSEC3_ITERATIONS + 1, 150 };
	struct signing_plan plan = { .algorithm = draw_algorithm(rng) };
	plan.digest = draw_digest(rng);
	plan.key = rng_below(rng, SIGN_KEYS);
	plan.keys = draw_keys(rng);
	plan.ds = draw_ds(rng);
	plan.nsec3 = rng_below(rng, 2) == 0;
	plan.opt_out = rng_below(rng, 3) == 0 && plan.nsec3;
	plan.iterations = iterations[rng_below(rng, 10)];
	plan.salt_size = (uint8_t)(rng_below(rng, 3) == 0 ? 1 + rng_below(rng, 12) : 0);
	if (rng_below(rng, 60) == 0)
		plan.salt_size = LIMIT_NSEC3_SALT + 1;
	return plan;
}

static void sign_root(struct world *world, struct rng *rng)
{
	struct signing_plan plan = draw_plan(rng);
	if (plan.algorithm == ALGORITHM_UNKNOWN)
		plan.algorithm = 13;
	plan.ds = DS_GOOD;
	plan.opt_out = false;
	sign_zone(world, &world->zones[0], &plan);
	signing_anchor(world, &world->zones[0], rng_below(rng, 2) == 0);
}

/* What a host cannot be whose zones are signed: one that gives no signatures, or denies what is there. Such a host is
 * a fault (faults.h), not a mood. */
static void calm_hosts(struct world *world)
{
	for (unsigned int i = 0; i < world->host_count; i++) {
		struct host *host = &world->hosts[i];
		bool is_signer = false;
		for (unsigned int j = 0; j < host->zone_count; j++)
			is_signer |= host->zones[j]->signing != NULL;
		if (is_signer && (!server_has_edns(host) || host->mood == MOOD_BROKEN_ENT || host->mood == MOOD_NO_SOA))
			host->mood = MOOD_PERFECT;
	}
	moods_note(world);
}

void secure_build(struct world *world)
{
	struct rng rng = rng_of_number(world->seed ^ 0x7369676e);
	if (rng_below(&rng, 10) >= SIGNED_WORLDS)
		return;
	bool islands = rng_below(&rng, UNSIGNED_ROOTS) == 0;
	if (!islands)
		sign_root(world, &rng);
	for (unsigned int i = 1; i < world->zone_count; i++) {
		struct signing_plan plan = draw_plan(&rng);
		unsigned int signed_ones = world->zones[i].origin.labels == 1 ? 9 : 6; /* of ten */
		if (rng_below(&rng, 10) < signed_ones)
			sign_zone(world, &world->zones[i], &plan);
	}
	calm_hosts(world);
	signing_end(world);
}
