/* One thing is off: an octet of a record, of its signature, of its owner; a whole RRset; the clock; the anchor. Whatever
 * follows from it must be refused. Each case has a fresh engine; the octet is put back behind it.
 *
 * Changing an octet is changing one bit of it, but never the bit that parts capital and small letters: names in RDATA are
 * compared without it.
 */
#include "chain.h"

#include "wire/codes.h"
#include "wire/limits.h"

#define CASE_BIT 0x20u
#define RRSIG_EXPIRATION 8u
#define RRSIG_INCEPTION 12u

static uint8_t draw_bit(struct chain *chain)
{
	uint8_t bit = (uint8_t)(1u << rng_below(&chain->rng, 8));
	return bit == CASE_BIT ? 1 : bit;
}

/* The octets belong to the zone, which is ours. */
static void flip(struct span octets, size_t offset, uint8_t bits)
{
	uint8_t *octet = (uint8_t *)(uintptr_t)(octets.octets + offset);
	*octet ^= bits;
}

static struct expectation refused(struct name name, uint16_t type, const char *about)
{
	return (struct expectation){ .name = name, .type = type, .outcome = OUTCOME_REFUSED, .about = about };
}

static void damage_octet(struct chain *chain, const struct zone_record *record, size_t offset,
			 const struct expectation *expectation)
{
	uint8_t bit = draw_bit(chain);
	flip(record->shown.rdata, offset, bit);
	chain_check_fresh(chain, CHAIN_WALL, expectation);
	flip(record->shown.rdata, offset, bit);
}

/* Every octet of an RRset at the apex and of its signatures. */
static void damage_every_octet(struct chain *chain, uint16_t type)
{
	struct zone_rrset rrset;
	struct expectation data = refused(name_root, type, "an octet of the data is another");
	struct expectation signature = refused(name_root, type, "an octet of the signature is another");
	if (!zone_find(&chain->zone, name_root, type, &rrset))
		return;
	for (size_t i = 0; i < rrset.count; i++)
		for (size_t offset = 0; offset < rrset.at[i].shown.rdata.size; offset++)
			damage_octet(chain, &rrset.at[i], offset, rrset.at[i].signature ? &signature : &data);
}

static void flip_owner(const struct zone_rrset *rrset, size_t offset)
{
	for (size_t i = 0; i < rrset->count; i++) {
		struct name owner = rrset->at[i].shown.owner;
		flip(span_of(owner.octets, owner.size), offset, 1);
	}
}

/* An octet of a label: of a name with one label. */
static void damage_owner(struct chain *chain, const struct zone_rrset *rrset, const struct expectation *expectation)
{
	struct name owner = rrset->at[0].shown.owner;
	if (name_is_root(owner))
		return;
	size_t offset = 1 + rng_below(&chain->rng, owner.size - 2u);
	flip_owner(rrset, offset);
	chain_check_fresh(chain, CHAIN_WALL, expectation);
	flip_owner(rrset, offset);
}

static uint32_t read_time(const struct zone_rrset *rrset, size_t offset)
{
	const struct span rdata = rrset->at[rrset->count - 1].shown.rdata;
	struct cursor cursor = cursor_of(span_of(rdata.octets + offset, 4));
	return cursor_u32(&cursor);
}

static void damage_clock(struct chain *chain, const struct zone_rrset *rrset, struct expectation *expectation)
{
	expectation->about = "the clock is before the inception";
	chain_check_fresh(chain, (int64_t)read_time(rrset, RRSIG_INCEPTION) - LIMIT_CLOCK_SKEW_MAX_S - 1, expectation);
	expectation->about = "the clock is behind the expiration";
	chain_check_fresh(chain, (int64_t)read_time(rrset, RRSIG_EXPIRATION) + LIMIT_CLOCK_SKEW_MAX_S + 1, expectation);
}

static void damage_hidden(struct chain *chain, const struct zone_rrset *rrset, struct expectation *expectation)
{
	expectation->about = "the RRset that it rests on is left out";
	chain->authority.hidden = rrset->at;
	chain_check_fresh(chain, CHAIN_WALL, expectation);
	chain->authority.hidden = NULL;
}

/* What is asked rests on this RRset: it falls with any part of it. */
static void damage_rrset(struct chain *chain, struct name name, uint16_t type, const struct zone_rrset *rrset)
{
	struct expectation expectation = refused(name, type, "an octet of the data that it rests on is another");
	const struct zone_record *data = &rrset->at[rng_below(&chain->rng, (uint32_t)(rrset->count - rrset->signatures))];
	const struct zone_record *signature = &rrset->at[rrset->count - 1];
	damage_octet(chain, data, rng_below(&chain->rng, (uint32_t)data->shown.rdata.size), &expectation);
	expectation.about = "an octet of the signature that it rests on is another";
	damage_octet(chain, signature, rng_below(&chain->rng, (uint32_t)signature->shown.rdata.size), &expectation);
	expectation.about = "an octet of the owner that it rests on is another";
	damage_owner(chain, rrset, &expectation);
	damage_hidden(chain, rrset, &expectation);
}

static struct name below(struct chain *chain, struct name top)
{
	uint8_t octets[NAME_SIZE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	builder_octets(&builder, span_of("\3www", 4));
	name_write(&builder, top);
	struct span kept = arena_copy(&chain->arena, builder_written(&builder));
	return (struct name){ .octets = kept.octets, .size = (uint8_t)kept.size, .labels = (uint8_t)(top.labels + 1) };
}

/* A delegation: its DS, or the NSEC that says that there is none; and what is below it, which rests on the same. */
static void damage_delegation(struct chain *chain, struct name top)
{
	struct zone_rrset rrset;
	struct expectation clock = refused(top, TYPE_DS, "");
	if (!zone_find(&chain->zone, top, TYPE_DS, &rrset))
		rrset = zone_nsec_before(&chain->zone, top);
	damage_rrset(chain, top, TYPE_DS, &rrset);
	damage_clock(chain, &rrset, &clock);
	damage_rrset(chain, below(chain, top), TYPE_A, &rrset);
}

static void damage_denial(struct chain *chain, struct name name)
{
	struct zone_rrset nsec = zone_nsec_before(&chain->zone, name), apex;
	struct expectation clock = refused(name, TYPE_A, "");
	damage_rrset(chain, name, TYPE_A, &nsec);
	damage_clock(chain, &nsec, &clock);
	if (zone_find(&chain->zone, name_root, TYPE_NSEC, &apex) && apex.at != nsec.at)
		damage_rrset(chain, name, TYPE_A, &apex);
	if (zone_find(&chain->zone, name_root, TYPE_SOA, &apex))
		damage_octet(chain, &apex.at[0], rng_below(&chain->rng, (uint32_t)apex.at[0].shown.rdata.size), &clock);
}

/* Key tag and digest; another algorithm or digest type makes an anchor that nobody knows, and that is another matter. */
static void damage_anchor(struct chain *chain)
{
	struct expectation expectation = refused(name_root, TYPE_SOA, "an octet of the trust anchor is another");
	for (size_t i = 0; i < ANCHOR_RDATA_SIZE; i++) {
		uint8_t bit = draw_bit(chain);
		if (i == 2 || i == 3)
			continue;
		chain->anchor_octets[2 + i] ^= bit;
		chain_check_fresh(chain, CHAIN_WALL, &expectation);
		chain->anchor_octets[2 + i] ^= bit;
	}
}

static void damage_apex(struct chain *chain)
{
	static const uint16_t types[] = { TYPE_DNSKEY, TYPE_SOA, TYPE_NS };
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct expectation clock = refused(name_root, types[i], "");
		struct zone_rrset rrset;
		damage_every_octet(chain, types[i]);
		if (zone_find(&chain->zone, name_root, types[i], &rrset))
			damage_clock(chain, &rrset, &clock);
	}
}

void chain_damage(struct chain *chain)
{
	damage_anchor(chain);
	damage_apex(chain);
	for (size_t i = 0; i < chain->top_count; i++)
		damage_delegation(chain, chain->tops[i]);
	for (size_t i = 0; i < NONEXISTENT; i++)
		damage_denial(chain, chain->nothing[i]);
}
