/* fuzz_denial: questions to any proofs.
 *
 * The input is the type (2 octets), labels and a zone's labels (1 each), a name, and records: raw ones, or NSEC and NSEC3
 * that begin or end at the name's ancestors and their wildcards, where they mean something. Whatever is shown, a verdict
 * has its reason, is the same twice, costs each ancestor one hash for one proof, and is the same or none when no hash is
 * left. What can be read is valid for its type.
 */
#include <stdlib.h>

#include "dnssec/denial.h"
#include "dnssec/nsec3.h"
#include "wire/codes.h"
#include "wire/limits.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

#define RECORDS_MAX 12u
#define RDATA_MAX 1024u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct play {
	struct cursor input;
	struct arena arena;
	struct name zone;
	struct name name;
	uint16_t type;
	unsigned int labels;
	struct rrset rrsets[RECORDS_MAX];
	unsigned int count;
};

/* What all four questions came to. */
struct verdicts {
	struct verdict of[4];
	enum cut_proof cut;
	unsigned int hashes;
};

/* An ancestor of the name, or its wildcard. */
static struct name any_name(struct play *play, struct name_buffer *buffer)
{
	uint8_t choice = cursor_u8(&play->input);
	struct name name = name_suffix(play->name, choice & 0x7fu);
	if (choice < 0x80 || name.size + 2u > NAME_SIZE_MAX)
		return name;
	memcpy(buffer->octets, "\1*", 2);
	memcpy(buffer->octets + 2, name.octets, name.size);
	return (struct name){ buffer->octets, (uint8_t)(name.size + 2), (uint8_t)(name.labels + 1) };
}

static void write_types(struct play *play, struct builder *rdata)
{
	builder_octets(rdata, cursor_take(&play->input, cursor_u8(&play->input) & 0x1fu));
}

static void add(struct play *play, struct name owner, uint16_t type, const struct builder *rdata)
{
	if (play->input.failed || rdata->overflowed)
		return;
	REQUIRE(rrset_of_one(&play->arena, owner, type, 60, builder_written(rdata), &play->rrsets[play->count]));
	play->count++;
}

static void add_raw(struct play *play)
{
	uint8_t memory[RDATA_MAX];
	struct builder rdata = builder_of(memory, sizeof memory);
	uint16_t type = cursor_u8(&play->input) % 2 == 0 ? TYPE_NSEC : TYPE_NSEC3;
	struct name owner;
	if (!name_read_plain(&play->input, &owner))
		return;
	builder_octets(&rdata, cursor_take(&play->input, cursor_u8(&play->input)));
	add(play, owner, type, &rdata);
}

static void add_nsec(struct play *play)
{
	uint8_t memory[RDATA_MAX];
	struct builder rdata = builder_of(memory, sizeof memory);
	struct name_buffer first, second;
	struct name owner = any_name(play, &first);
	name_write(&rdata, any_name(play, &second));
	write_types(play, &rdata);
	add(play, owner, TYPE_NSEC, &rdata);
}

/* A name one label above the zone's end, of the hash's digits. */
static struct name hashed_owner(struct name zone, const uint8_t hash[NSEC3_HASH_SIZE], struct name_buffer *buffer)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	size_t size = zone.size + 33u <= NAME_SIZE_MAX ? zone.size : 1u;
	buffer->octets[0] = 32;
	for (unsigned int i = 0; i < 32; i++) {
		unsigned int value = 0;
		for (unsigned int bit = 5 * i; bit < 5 * i + 5; bit++)
			value = value << 1 | (hash[bit / 8] >> (7 - bit % 8) & 1u);
		buffer->octets[1 + i] = (uint8_t)digits[value];
	}
	memcpy(buffer->octets + 33, name_suffix(zone, size == 1 ? 0 : zone.labels).octets, size);
	struct cursor cursor = cursor_of(span_of(buffer->octets, 33 + size));
	struct name owner;
	REQUIRE(name_read_plain(&cursor, &owner));
	return owner;
}

/* From a name's hash, or just before it, to just behind it, or to any other's. */
static void add_nsec3(struct play *play)
{
	uint8_t memory[RDATA_MAX], hash[NSEC3_HASH_SIZE] = { 0 }, next[NSEC3_HASH_SIZE];
	struct builder rdata = builder_of(memory, sizeof memory);
	struct name_buffer buffer;
	uint8_t kind = cursor_u8(&play->input);
	struct nsec3_params params = { 1, kind >> 4, span_of("", 0) };
	struct work work = { 0 };
	REQUIRE(nsec3_hash_name(&params, any_name(play, &buffer), &work, hash));
	memcpy(next, hash, sizeof next);
	next[NSEC3_HASH_SIZE - 1]++;
	if ((kind & 1) != 0)
		hash[NSEC3_HASH_SIZE - 1]--;
	if ((kind & 2) != 0)
		REQUIRE(nsec3_hash_name(&params, any_name(play, &buffer), &work, next));
	builder_u8(&rdata, params.algorithm);
	builder_u8(&rdata, kind >> 2 & 1);
	builder_u16(&rdata, (kind & 8) != 0 ? LIMIT_NSEC3_ITERATIONS + 1 : params.iterations);
	builder_u8(&rdata, 0);
	builder_u8(&rdata, NSEC3_HASH_SIZE);
	builder_octets(&rdata, span_of(next, sizeof next));
	write_types(play, &rdata);
	add(play, hashed_owner(play->zone, hash, &buffer), TYPE_NSEC3, &rdata);
}

/* No name is hashed twice for one proof: the ancestors below the zone, the zone, one wildcard. */
static void check_cost(const struct play *play, const struct work *work, unsigned int *before)
{
	unsigned int most = name_is_within(play->name, play->zone) ? play->name.labels - play->zone.labels + 2u : 0;
	REQUIRE(work->hashes - *before <= most);
	*before = work->hashes;
}

static struct verdicts ask(struct play *play, struct work *work)
{
	struct proofs proofs = { play->rrsets, play->count, play->zone, work, &play->arena };
	struct verdicts verdicts;
	unsigned int before = work->hashes, began = before;
	verdicts.of[0] = denial_of_name(&proofs, play->name);
	check_cost(play, work, &before);
	verdicts.of[1] = denial_of_type(&proofs, play->name, play->type);
	check_cost(play, work, &before);
	verdicts.of[2] = denial_of_closer(&proofs, play->name, play->labels);
	check_cost(play, work, &before);
	verdicts.cut = denial_of_ds(&proofs, play->name, &verdicts.of[3]);
	check_cost(play, work, &before);
	verdicts.hashes = work->hashes - began;
	return verdicts;
}

static void check_verdict(const struct play *play, struct verdict verdict)
{
	if (verdict.security == SECURITY_BOGUS)
		REQUIRE((verdict.ede == EDE_NSEC_MISSING || verdict.ede == EDE_BOGUS) && verdict.why != NULL);
	else
		REQUIRE(name_is_within(play->name, play->zone) && play->count > 0);
	if (verdict.security == SECURITY_SECURE)
		REQUIRE(verdict.ede == EDE_NONE);
}

static void check_records(const struct play *play)
{
	for (unsigned int i = 0; i < play->count; i++) {
		struct nsec nsec;
		struct nsec3 nsec3;
		const struct rrset *rrset = &play->rrsets[i];
		if (nsec_read(rrset, play->zone, &nsec)) {
			REQUIRE(rdata_is_valid(TYPE_NSEC, rrset_first(rrset)));
			REQUIRE(!nsec_denies(&nsec, play->zone, play->name) || nsec_covers(&nsec, play->zone, play->name));
			REQUIRE(!nsec_denies(&nsec, play->zone, play->name) || !nsec_implies(&nsec, play->zone, play->name));
		}
		if (nsec3_read(rrset, play->zone, &nsec3))
			REQUIRE(rdata_is_valid(TYPE_NSEC3, rrset_first(rrset)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play play = { .input = cursor_of(span_of(data, size)), .arena = arena_of(0) };
	play.type = cursor_u16(&play.input);
	play.labels = cursor_u8(&play.input);
	unsigned int zone_labels = cursor_u8(&play.input);
	if (!name_read_plain(&play.input, &play.name))
		return 0;
	play.zone = name_suffix(play.name, zone_labels);
	while (cursor_left(&play.input) > 0 && play.count < RECORDS_MAX)
		switch (cursor_u8(&play.input) % 4) {
		case 0: add_raw(&play); break;
		case 1: add_nsec(&play); break;
		default: add_nsec3(&play); break;
		}
	check_records(&play);
	struct work work = { 0 }, again = { 0 }, none = { .hashes = LIMIT_NSEC3_HASHES };
	struct verdicts first = ask(&play, &work), second = ask(&play, &again), without = ask(&play, &none);
	REQUIRE(first.cut == second.cut && first.hashes == second.hashes && without.hashes == 0);
	REQUIRE(without.cut == first.cut || without.cut == CUT_UNCHECKED);
	for (unsigned int i = 0; i < 4; i++) {
		check_verdict(&play, first.of[i]);
		REQUIRE(first.of[i].security != SECURITY_UNCHECKED && first.of[i].security == second.of[i].security);
		REQUIRE(without.of[i].security == first.of[i].security || without.of[i].security == SECURITY_UNCHECKED);
	}
	arena_free(&play.arena);
	return 0;
}
