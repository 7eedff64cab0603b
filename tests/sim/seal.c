#include "signing.h"

#include "internet.h"

#include <stdlib.h>

#define DAY_S 86400u
#define RRSIG_TYPE_SIZE 2u

bool seal_wanted(const struct version *version)
{
	const struct node *node = version->node;
	const struct zone *zone = node->zone;
	if (zone == NULL || zone->signing == NULL || node->place == PLACE_BELOW)
		return false;
	return node->place == PLACE_INSIDE || version->rrset.type == TYPE_DS || version->rrset.type == TYPE_NSEC;
}

static struct signer signer_of(const struct zone *zone, const struct signing_key *key, enum seal seal)
{
	struct signer signer = { .zone = zone->origin, .key = key->key, .tag = key->tag };
	uint32_t start = (uint32_t)internet_wall_at(0);
	signer.inception = start - 10 * DAY_S;
	signer.expiration = start + (zone->signing->plan.life > 0 ? zone->signing->plan.life : SIGNING_LIFE_S);
	if (seal == SEAL_EXPIRED) { /* long ago: clocks may differ by a day */
		signer.inception = start - 90 * DAY_S;
		signer.expiration = start - 30 * DAY_S;
	} else if (seal == SEAL_NOT_YET) {
		signer.inception = start + SIGNING_LIFE_S / 2;
	} else if (seal == SEAL_OTHER_KEY) {
		signer.key = sign_key_of(sign_key_algorithm(key->key), zone->signing->plan.key + SIGNING_KEYS_MAX);
	}
	return signer;
}

static void append(struct rrset *rrset, struct builder *builder, struct span rrsig, enum seal seal)
{
	builder_u16(builder, (uint16_t)rrsig.size);
	builder_octets(builder, rrsig);
	if (seal == SEAL_WRONG)
		builder->start[builder->size - 7] ^= 0x10;
	rrset->signatures++;
}

static struct rrset sign(const struct version *version, enum seal seal, unsigned int epoch, struct arena *arena)
{
	const struct zone *zone = version->node->zone;
	const struct signing *signing = zone->signing;
	struct rrset rrset = version->rrset;
	size_t capacity = rrset.packed.size + SIGNING_KEYS_MAX * (RRSIG_TYPE_SIZE + 18u + NAME_SIZE_MAX + SIGNATURE_SIZE_MAX);
	struct builder builder = builder_of(arena_alloc(arena, capacity), capacity);
	bool keys = rrset.type == TYPE_DNSKEY;
	if (builder.start == NULL)
		exit(1);
	builder_octets(&builder, rrset.packed);
	for (unsigned int i = 0; i < signing->key_count; i++) {
		const struct signing_key *key = &signing->keys[i];
		if ((keys ? !key->signs_keys : !key->signs_data) || epoch < key->signs.from || epoch >= key->signs.to)
			continue;
		struct signer signer = signer_of(zone, key, seal);
		append(&rrset, &builder, sign_rrset(arena, &version->rrset, &signer), seal);
	}
	rrset.packed = builder_written(&builder);
	return rrset;
}

struct rrset seal_version(struct world *world, struct version *version, enum seal seal, unsigned int epoch,
			  struct arena *arena)
{
	if (seal == SEAL_NONE || !seal_wanted(version))
		return version->rrset;
	if (seal != SEAL_GOOD)
		return sign(version, seal, epoch, arena);
	if (version->sealed == NULL || (version->node->zone->signing->rolls && version->sealed_in != epoch)) {
		struct rrset *sealed = ARENA_NEW(&world->arena, struct rrset);
		if (sealed == NULL)
			exit(1);
		*sealed = sign(version, seal, epoch, &world->arena);
		version->sealed = sealed;
		version->sealed_in = epoch;
	}
	return *version->sealed;
}
