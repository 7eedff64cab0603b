/* proving: NSEC and NSEC3 records from text, for tests. To be included behind cmocka.h.
 *
 *	struct proving proving = proving_of("example.");
 *	prove_nsec(&proving, "a.example.", "b.example.", "A RRSIG NSEC");
 *	struct proofs proofs = proving_proofs(&proving);
 */
#ifndef ROOTWALK_TESTS_UNIT_PROVING_H
#define ROOTWALK_TESTS_UNIT_PROVING_H

#include <stdio.h>

#include "dnssec/denial.h"
#include "dnssec/nsec3.h"
#include "tests/unit/named.h"
#include "wire/codes.h"

#define PROVING_RECORDS 32u
#define PROVING_RDATA 1024u

struct proving {
	struct arena arena;
	struct name zone;
	struct work work;
	struct rrset rrsets[PROVING_RECORDS];
	unsigned int count;
};

/* The fields of an NSEC3 before the next hash. */
struct nsec3_fields {
	uint8_t algorithm;
	uint8_t flags;
	uint16_t iterations;
	const char *salt; /* its octets are its characters' */
};

static inline struct proving proving_of(const char *zone)
{
	struct proving proving = { .arena = arena_of(0) };
	proving.zone = named(&proving.arena, zone);
	return proving;
}

static inline struct proofs proving_proofs(struct proving *proving)
{
	return (struct proofs){ proving->rrsets, proving->count, proving->zone, &proving->work, &proving->arena };
}

/* Type bitmaps by RFC 4034 section 4.1.2, of types in any order. */
static inline void write_types(struct builder *builder, const uint16_t *types, size_t count)
{
	for (unsigned int window = 0; window < 256; window++) {
		uint8_t bits[32] = { 0 }, size = 0;
		for (size_t i = 0; i < count; i++) {
			unsigned int bit = types[i] & 0xffu;
			if (types[i] >> 8 != window)
				continue;
			bits[bit / 8] = (uint8_t)(bits[bit / 8] | 0x80u >> bit % 8);
			size = size > bit / 8 + 1 ? size : (uint8_t)(bit / 8 + 1);
		}
		if (size == 0)
			continue;
		builder_u8(builder, (uint8_t)window);
		builder_u8(builder, size);
		builder_octets(builder, span_of(bits, size));
	}
}

static inline void write_types_of_text(struct builder *builder, const char *text)
{
	uint16_t types[32];
	size_t count = 0;
	for (int used; *text != '\0'; text += used + (text[used] == ' ')) {
		char word[CODE_TEXT_SIZE];
		assert_int_equal(sscanf(text, "%15s%n", word, &used), 1);
		assert_true(count < 32 && type_of_text(word, &types[count]));
		count++;
	}
	write_types(builder, types, count);
}

static inline struct rrset record_of(struct arena *arena, struct name owner, uint16_t type, const struct builder *rdata)
{
	struct rrset rrset;
	assert_false(rdata->overflowed);
	assert_true(rrset_of_one(arena, owner, type, 3600, builder_written(rdata), &rrset));
	return rrset;
}

static inline struct rrset *prove(struct proving *proving, struct rrset rrset)
{
	assert_true(proving->count < PROVING_RECORDS);
	proving->rrsets[proving->count] = rrset;
	return &proving->rrsets[proving->count++];
}

static inline struct rrset *prove_nsec(struct proving *proving, const char *owner, const char *next, const char *types)
{
	uint8_t memory[PROVING_RDATA];
	struct builder rdata = builder_of(memory, sizeof memory);
	name_write(&rdata, named(&proving->arena, next));
	write_types_of_text(&rdata, types);
	return prove(proving, record_of(&proving->arena, named(&proving->arena, owner), TYPE_NSEC, &rdata));
}

/* `hash` of 20 octets below the zone. */
static inline struct name hashed_owner(struct arena *arena, struct name zone, const uint8_t hash[NSEC3_HASH_SIZE])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	uint8_t octets[NAME_SIZE_MAX + 33] = { 32 };
	for (unsigned int i = 0; i < 32; i++) {
		unsigned int bit = 5 * i, word = (unsigned int)hash[bit / 8] << 8;
		word |= bit / 8 + 1 < NSEC3_HASH_SIZE ? hash[bit / 8 + 1] : 0;
		octets[1 + i] = (uint8_t)digits[word >> (11 - bit % 8) & 31];
	}
	memcpy(octets + 33, zone.octets, zone.size);
	struct name owner = { octets, (uint8_t)(33 + zone.size), (uint8_t)(zone.labels + 1) };
	return name_copy(arena, owner);
}

static inline void write_nsec3_fields(struct builder *rdata, struct nsec3_fields fields, struct span next)
{
	builder_u8(rdata, fields.algorithm);
	builder_u8(rdata, fields.flags);
	builder_u16(rdata, fields.iterations);
	builder_u8(rdata, (uint8_t)strlen(fields.salt));
	builder_octets(rdata, span_of(fields.salt, strlen(fields.salt)));
	builder_u8(rdata, (uint8_t)next.size);
	builder_octets(rdata, next);
}

/* From hash to hash, which need not be those of any name. */
static inline struct rrset *prove_nsec3_hashes(struct proving *proving, struct nsec3_fields fields,
					       const uint8_t owner[NSEC3_HASH_SIZE], const uint8_t next[NSEC3_HASH_SIZE],
					       const char *types)
{
	uint8_t memory[PROVING_RDATA];
	struct builder rdata = builder_of(memory, sizeof memory);
	write_nsec3_fields(&rdata, fields, span_of(next, NSEC3_HASH_SIZE));
	write_types_of_text(&rdata, types);
	struct name name = hashed_owner(&proving->arena, proving->zone, owner);
	return prove(proving, record_of(&proving->arena, name, TYPE_NSEC3, &rdata));
}

static inline void hash_into(struct name name, struct nsec3_fields fields, uint8_t hash[NSEC3_HASH_SIZE])
{
	struct name_buffer lower;
	name_lower_into(name, lower.octets);
	assert_true(crypto_nsec3_hash(span_of(lower.octets, name.size), span_of(fields.salt, strlen(fields.salt)),
				      fields.iterations, hash));
}

/* One up or down: the neighbours of a hash. */
static inline void step_hash(uint8_t hash[NSEC3_HASH_SIZE], bool up)
{
	for (unsigned int i = NSEC3_HASH_SIZE; i-- > 0;) {
		hash[i] = (uint8_t)(up ? hash[i] + 1 : hash[i] - 1);
		if (hash[i] != (up ? 0 : 0xff))
			return;
	}
}

/* Of a name that exists; the next hash lies just behind, so that nothing is denied. */
static inline struct rrset *prove_nsec3_at(struct proving *proving, struct nsec3_fields fields, const char *name,
					   const char *types)
{
	uint8_t hash[NSEC3_HASH_SIZE], next[NSEC3_HASH_SIZE];
	hash_into(named(&proving->arena, name), fields, hash);
	memcpy(next, hash, sizeof next);
	step_hash(next, true);
	return prove_nsec3_hashes(proving, fields, hash, next, types);
}

/* That denies this name and no other. */
static inline struct rrset *prove_nsec3_around(struct proving *proving, struct nsec3_fields fields, const char *name)
{
	uint8_t hash[NSEC3_HASH_SIZE], next[NSEC3_HASH_SIZE];
	hash_into(named(&proving->arena, name), fields, hash);
	memcpy(next, hash, sizeof next);
	step_hash(hash, false);
	step_hash(next, true);
	return prove_nsec3_hashes(proving, fields, hash, next, "A RRSIG");
}

#endif
