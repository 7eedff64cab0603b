#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>

#include "base/rng.h"
#include "cache/denials.h"
#include "tests/unit/named.h"
#include "wire/codes.h"
#include "wire/limits.h"

#define OCTETS (8u << 20)
#define MODEL_MAX 512u

static const struct hash_key key = { 1, 2 };

/* ---- records ---- */

struct maker {
	struct arena arena;
	struct name zone;
};

/* An RRset of one record and `filler` octets of one signature. */
static struct rrset make_rrset(struct maker *maker, struct name owner, uint16_t type, struct span rdata, size_t filler)
{
	uint8_t octets[2048], signature[1024] = { 0x5a };
	struct builder builder = builder_of(octets, sizeof octets);
	builder_u16(&builder, (uint16_t)rdata.size);
	builder_octets(&builder, rdata);
	builder_u16(&builder, (uint16_t)filler);
	builder_octets(&builder, span_of(signature, filler));
	assert_false(builder.overflowed);
	return (struct rrset){ .owner = owner,
			       .type = type,
			       .class = CLASS_IN,
			       .ttl = 100,
			       .count = 1,
			       .signatures = 1,
			       .packed = arena_copy(&maker->arena, builder_written(&builder)) };
}

/* `mark` tells two of the same ends apart. */
static struct rrset make_nsec(struct maker *maker, struct name owner, struct name next, uint8_t mark)
{
	uint8_t octets[300];
	struct builder builder = builder_of(octets, sizeof octets);
	name_write(&builder, next);
	builder_u8(&builder, 0);
	builder_u8(&builder, 1);
	builder_u8(&builder, mark);
	return make_rrset(maker, owner, TYPE_NSEC, builder_written(&builder), 70);
}

static struct name hashed_owner(struct maker *maker, const uint8_t hash[20])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	uint8_t octets[300] = { 32 };
	for (unsigned int bit = 0; bit < 160; bit += 5) {
		unsigned int value = 0;
		for (unsigned int i = bit; i < bit + 5; i++)
			value = value << 1 | (hash[i / 8] >> (7 - i % 8) & 1u);
		octets[1 + bit / 5] = (uint8_t)digits[value];
	}
	memcpy(octets + 33, maker->zone.octets, maker->zone.size);
	struct name name = { octets, (uint8_t)(33 + maker->zone.size), (uint8_t)(maker->zone.labels + 1) };
	return name_copy(&maker->arena, name);
}

static struct rrset make_nsec3(struct maker *maker, const uint8_t owner[20], const uint8_t next[20], uint16_t iterations,
			       const char *salt)
{
	uint8_t octets[300];
	struct builder builder = builder_of(octets, sizeof octets);
	builder_u8(&builder, 1);
	builder_u8(&builder, 0);
	builder_u16(&builder, iterations);
	builder_u8(&builder, (uint8_t)strlen(salt));
	builder_octets(&builder, span_of(salt, strlen(salt)));
	builder_u8(&builder, 20);
	builder_octets(&builder, span_of(next, 20));
	return make_rrset(maker, hashed_owner(maker, owner), TYPE_NSEC3, builder_written(&builder), 70);
}

static struct maker maker_of(const char *zone)
{
	struct maker maker = { .arena = arena_of(0) };
	maker.zone = named(&maker.arena, zone);
	return maker;
}

/* ---- positions ---- */

static struct name odd_name(struct rng *rng, struct arena *arena, struct name zone)
{
	static const uint8_t alphabet[] = { 0, 1, 2, 'a', 'A', 'z', 'Z', '*', '[', 0xff };
	uint8_t octets[NAME_SIZE_MAX];
	size_t size = 0;
	unsigned int labels = rng_below(rng, 4);
	for (unsigned int i = 0; i < labels; i++) {
		unsigned int length = 1 + rng_below(rng, 3);
		octets[size++] = (uint8_t)length;
		while (length-- > 0)
			octets[size++] = alphabet[rng_below(rng, sizeof alphabet)];
	}
	memcpy(octets + size, zone.octets, zone.size);
	struct name name = { octets, (uint8_t)(size + zone.size), (uint8_t)(labels + zone.labels) };
	return name_copy(arena, name);
}

static int sign_of(int number)
{
	return number > 0 ? 1 : number < 0 ? -1 : 0;
}

static void positions_are_in_canonical_order(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(7);
	struct arena arena = arena_of(0);
	struct name zone = named(&arena, "zone.example.");
	for (unsigned int i = 0; i < 200000; i++) {
		struct name a = odd_name(&rng, &arena, zone), b = odd_name(&rng, &arena, zone);
		struct position x, y;
		position_of_name(a, zone, &x);
		position_of_name(b, zone, &y);
		assert_int_equal(sign_of(position_compare(position_span(&x), position_span(&y))),
				 sign_of(name_compare(a, b)));
		struct name back = position_owner(position_span(&x), TYPE_NSEC, zone, &arena);
		assert_true(name_equal(back, a) && back.labels == a.labels);
		if (i % 1000 == 0) {
			arena_free(&arena);
			zone = named(&arena, "zone.example.");
		}
	}
	arena_free(&arena);
}

static void the_longest_names_have_positions(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	uint8_t octets[NAME_SIZE_MAX] = { 0 };
	struct position position;
	for (unsigned int i = 0; i < 127; i++) {
		octets[2 * i] = 1;
		octets[2 * i + 1] = (uint8_t)(i % 2);
	}
	struct name name = { octets, NAME_SIZE_MAX, 127 };
	position_of_name(name, name_root, &position);
	assert_true(name_equal(position_owner(position_span(&position), TYPE_NSEC, name_root, &arena), name));
	arena_free(&arena);
}

/* ---- a model: a list without order ---- */

struct modelled {
	struct rrset rrset;
	struct name next;
	uint64_t expiry;
};

struct model {
	struct modelled list[MODEL_MAX];
	unsigned int count;
};

static bool lies_between(struct name name, struct name owner, struct name next)
{
	bool behind = name_compare(name, owner) > 0, before = name_compare(name, next) < 0;
	return name_compare(owner, next) < 0 ? behind && before : behind || before;
}

static void model_put(struct model *model, const struct rrset *rrset, struct name next, uint64_t expiry)
{
	unsigned int kept = 0;
	for (unsigned int i = 0; i < model->count; i++) {
		const struct modelled *old = &model->list[i];
		if (!name_equal(old->rrset.owner, rrset->owner) && !lies_between(rrset->owner, old->rrset.owner, old->next) &&
		    !lies_between(old->rrset.owner, rrset->owner, next))
			model->list[kept++] = *old;
	}
	assert_true(kept < MODEL_MAX);
	model->list[kept] = (struct modelled){ *rrset, next, expiry };
	model->count = kept + 1;
}

static const struct modelled *model_find(const struct model *model, struct name name, uint64_t age)
{
	for (unsigned int i = 0; i < model->count; i++) {
		const struct modelled *one = &model->list[i];
		if (one->expiry > age &&
		    (name_equal(one->rrset.owner, name) || lies_between(name, one->rrset.owner, one->next)))
			return one;
	}
	return NULL;
}

static void check_found(const struct modelled *expected, bool found, const struct rrset *rrset, uint64_t age)
{
	assert_int_equal(found, expected != NULL);
	if (!found)
		return;
	assert_true(name_equal(rrset->owner, expected->rrset.owner) && rrset->type == expected->rrset.type);
	assert_int_equal(rrset->ttl, expected->expiry - age);
	assert_true(span_equal(rrset->packed, expected->rrset.packed));
	assert_true(rrset->count == 1 && rrset->signatures == 1 && rrset->class == CLASS_IN);
}

static struct name number_name(struct maker *maker, uint32_t number)
{
	char text[64];
	snprintf(text, sizeof text, number % 3 == 0 ? "n%u." : "x.n%u.", number);
	struct name below = named(&maker->arena, text);
	uint8_t octets[NAME_SIZE_MAX];
	if (number == 0)
		return maker->zone;
	memcpy(octets, below.octets, below.size);
	memcpy(octets + below.size - 1, maker->zone.octets, maker->zone.size);
	struct name name = { octets, (uint8_t)(below.size - 1 + maker->zone.size),
			     (uint8_t)(below.labels + maker->zone.labels) };
	return name_copy(&maker->arena, name);
}

static void it_is_as_a_list_is(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct rng rng = rng_of_number(seed);
		struct maker maker = maker_of("z.");
		struct denials *denials = denials_create(OCTETS, key);
		static struct model model;
		uint64_t age = 1000;
		uint32_t names = 2 + rng_below(&rng, 50);
		model.count = 0;
		for (unsigned int i = 0; i < 800; i++) {
			struct name a = number_name(&maker, rng_below(&rng, names));
			struct name b = number_name(&maker, rng_below(&rng, names));
			struct denials_view view = denials_view_of(denials, maker.zone, age, &maker.arena);
			struct rrset rrset;
			if (rng_below(&rng, 3) == 0) {
				rrset = make_nsec(&maker, a, b, (uint8_t)rng_below(&rng, 2));
				rrset.ttl = 1 + rng_below(&rng, 60);
				assert_true(denials_put(denials, maker.zone, &rrset, age));
				model_put(&model, &rrset, b, age + rrset.ttl);
			} else {
				bool found = denials_find_name(&view, a, &rrset);
				check_found(model_find(&model, a, age), found, &rrset, age);
			}
			age += rng_below(&rng, 3) / 2;
		}
		assert_true(denials_count(denials).records <= model.count && denials_count(denials).evicted == 0);
		arena_free(&maker.arena);
		denials_destroy(denials);
	}
}

static void random_hash(struct rng *rng, unsigned int spread, uint8_t hash[20])
{
	memset(hash, 0, 20);
	hash[0] = (uint8_t)(rng_below(rng, spread) * 5);
	hash[19] = (uint8_t)(hash[0] * 3);
}

static void hashes_are_as_in_a_list(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct rng rng = rng_of_number(seed);
		struct maker maker = maker_of("zone.example.");
		struct denials *denials = denials_create(OCTETS, key);
		static struct model model;
		const char *salt = "";
		model.count = 0;
		for (unsigned int i = 0; i < 800; i++) {
			struct denials_view view = denials_view_of(denials, maker.zone, 50, &maker.arena);
			uint8_t a[20], b[20];
			struct rrset rrset;
			random_hash(&rng, 50, a);
			random_hash(&rng, 50, b);
			if (rng_below(&rng, 100) == 0) {
				salt = *salt == '\0' ? "pepper" : "";
				model.count = 0;
				rrset = make_nsec3(&maker, a, b, 3, salt);
				assert_true(denials_put(denials, maker.zone, &rrset, 50));
				model_put(&model, &rrset, hashed_owner(&maker, b), 150);
			} else if (rng_below(&rng, 3) == 0) {
				rrset = make_nsec3(&maker, a, b, 3, salt);
				assert_true(denials_put(denials, maker.zone, &rrset, 50));
				model_put(&model, &rrset, hashed_owner(&maker, b), 150);
			} else {
				bool found = denials_find_hash(&view, a, &rrset);
				check_found(model_find(&model, hashed_owner(&maker, a), 50), found, &rrset, 50);
			}
			struct hashing hashing;
			if (denials_hashing(&view, &hashing))
				assert_true(hashing.iterations == 3 && hashing.algorithm == 1 &&
					    span_equal(hashing.salt, span_of(salt, strlen(salt))));
		}
		arena_free(&maker.arena);
		denials_destroy(denials);
	}
}

/* ---- zones ---- */

static void zones_do_not_mix(void **state)
{
	(void)state;
	struct maker maker = maker_of("a.example."), other = maker_of("b.example.");
	struct denials *denials = denials_create(OCTETS, key);
	struct rrset mine = make_nsec(&maker, maker.zone, maker.zone, 1), theirs = make_nsec(&other, other.zone, other.zone, 2);
	struct rrset found;
	struct denials_view view = denials_view_of(denials, maker.zone, 0, &maker.arena);
	assert_false(denials_have(&view, TYPE_NSEC));
	assert_true(denials_put(denials, other.zone, &theirs, 0));
	assert_false(denials_find_name(&view, maker.zone, &found));
	assert_true(denials_put(denials, maker.zone, &mine, 0));
	assert_true(denials_have(&view, TYPE_NSEC) && !denials_have(&view, TYPE_NSEC3));
	assert_true(denials_find_name(&view, named(&maker.arena, "WWW.A.example."), &found));
	assert_true(span_equal(found.packed, mine.packed) && name_equal(found.owner, maker.zone));
	assert_int_equal(denials_count(denials).zones, 2);
	arena_free(&maker.arena);
	arena_free(&other.arena);
	denials_destroy(denials);
}

static void the_soa_stands_beside_records(void **state)
{
	(void)state;
	struct maker maker = maker_of("example.");
	struct denials *denials = denials_create(OCTETS, key);
	struct denials_view view = denials_view_of(denials, maker.zone, 10, &maker.arena);
	struct rrset nsec = make_nsec(&maker, maker.zone, maker.zone, 1), found;
	struct rrset soa = make_rrset(&maker, maker.zone, TYPE_SOA, span_of("not looked at", 13), 9);
	assert_false(denials_put_soa(denials, maker.zone, TYPE_NSEC, &soa, 10));
	assert_true(denials_put(denials, maker.zone, &nsec, 10));
	assert_false(denials_soa(&view, TYPE_NSEC, &found));
	assert_true(denials_put_soa(denials, maker.zone, TYPE_NSEC, &soa, 10));
	assert_true(denials_put_soa(denials, maker.zone, TYPE_NSEC, &soa, 20));
	assert_true(denials_soa(&view, TYPE_NSEC, &found) && !denials_soa(&view, TYPE_NSEC3, &found));
	assert_true(found.ttl == 110 && found.signatures == 1 && span_equal(found.packed, soa.packed));
	view.age = 120;
	assert_false(denials_soa(&view, TYPE_NSEC, &found));
	/* With the last record the zone goes. */
	assert_false(denials_find_name(&view, maker.zone, &found) || denials_have(&view, TYPE_NSEC));
	assert_int_equal(denials_count(denials).zones, 0);
	arena_free(&maker.arena);
	denials_destroy(denials);
}

static void what_is_unfit_is_refused(void **state)
{
	(void)state;
	struct maker maker = maker_of("example."), other = maker_of("other.");
	struct denials *denials = denials_create(OCTETS, key);
	uint8_t hash[20] = { 1 }, next[20] = { 2 };
	struct rrset good = make_nsec(&maker, maker.zone, maker.zone, 1), bad = good;
	bad.ttl = 0;
	assert_false(denials_put(denials, maker.zone, &bad, 0));
	bad = good;
	bad.count = 2;
	assert_false(denials_put(denials, maker.zone, &bad, 0));
	bad = good;
	bad.oversized = true;
	assert_false(denials_put(denials, maker.zone, &bad, 0));
	bad = good;
	bad.type = TYPE_A;
	assert_false(denials_put(denials, maker.zone, &bad, 0));
	bad = make_nsec(&maker, other.zone, maker.zone, 1);
	assert_false(denials_put(denials, maker.zone, &bad, 0));
	bad = make_nsec(&maker, maker.zone, other.zone, 1);
	assert_false(denials_put(denials, maker.zone, &bad, 0));
	bad = make_nsec3(&maker, hash, next, LIMIT_NSEC3_ITERATIONS + 1, "");
	assert_false(denials_put(denials, maker.zone, &bad, 0));
	bad = make_nsec3(&maker, hash, next, 0, "a salt of 33 octets, one too many");
	assert_false(denials_put(denials, maker.zone, &bad, 0));
	bad = make_nsec3(&maker, hash, next, 0, "");
	bad.owner = named(&maker.arena, "0123.example.");
	assert_false(denials_put(denials, maker.zone, &bad, 0));
	assert_int_equal(denials_count(denials).records, 0);
	good = make_nsec3(&maker, hash, next, LIMIT_NSEC3_ITERATIONS, "a salt of 32 octets, just enough");
	assert_true(denials_put(denials, maker.zone, &good, 0));
	arena_free(&maker.arena);
	arena_free(&other.arena);
	denials_destroy(denials);
}

/* ---- bounds ---- */

/* Names of eight digits, in their order. */
static struct rrset make_numbered(struct maker *maker, uint32_t number)
{
	char text[32];
	snprintf(text, sizeof text, "%08u.example.", number);
	struct name owner = named(&maker->arena, text);
	snprintf(text, sizeof text, "%08u.example.", number + 1);
	return make_nsec(maker, owner, named(&maker->arena, text), 1);
}

static void a_record_across_many_begins_the_zone_anew(void **state)
{
	(void)state;
	struct maker maker = maker_of("example.");
	struct denials *denials = denials_create(OCTETS, key);
	struct denials_view view = denials_view_of(denials, maker.zone, 0, &maker.arena);
	struct rrset found;
	for (uint32_t i = 0; i < 2 * LIMIT_DENIAL_OVERLAPS; i++) {
		struct rrset rrset = make_numbered(&maker, 10 * i);
		assert_true(denials_put(denials, maker.zone, &rrset, 0));
	}
	struct rrset wide = make_nsec(&maker, named(&maker.arena, "00000001.example."),
				      named(&maker.arena, "00000900.example."), 2);
	assert_true(denials_put(denials, maker.zone, &wide, 0));
	assert_true(denials_find_name(&view, named(&maker.arena, "00000500.example."), &found));
	assert_true(span_equal(found.packed, wide.packed));
	assert_false(denials_find_name(&view, named(&maker.arena, "00001000.example."), &found));
	assert_int_equal(denials_count(denials).zones, 2); /* the old one is not freed yet */
	arena_free(&maker.arena);
	denials_destroy(denials);
}

/* Of a flood nothing is asked twice; what is asked again and again stays. */
static void a_flood_takes_no_more_than_its_room(void **state)
{
	(void)state;
	const size_t limit = 256u << 10;
	struct maker maker = maker_of("example."), hot = maker_of("hot.");
	struct denials *denials = denials_create(limit, key);
	struct rng rng = rng_of_number(11);
	struct rrset mine = make_nsec(&hot, hot.zone, hot.zone, 3), found;
	assert_true(denials_put(denials, hot.zone, &mine, 0));
	for (unsigned int i = 0; i < 50000; i++) {
		struct rrset rrset = make_numbered(&maker, rng_below(&rng, 1000000));
		assert_true(denials_put(denials, maker.zone, &rrset, 0));
		arena_reset(&maker.arena);
		maker.zone = named(&maker.arena, "example.");
		if (i % 100 == 0) {
			struct denials_view view = denials_view_of(denials, hot.zone, 0, &hot.arena);
			assert_true(denials_find_name(&view, hot.zone, &found));
			assert_true(denials_count(denials).octets <= limit);
		}
	}
	struct denials_counts counts = denials_count(denials);
	print_message("%llu octets a record of two names and a signature of 70 octets\n",
		      (unsigned long long)(counts.octets / counts.records));
	assert_true(counts.octets > limit - limit / 10 && counts.evicted > 40000);
	arena_free(&maker.arena);
	arena_free(&hot.arena);
	denials_destroy(denials);
}

/* Also where everything was asked for a moment ago, and after the old parameters' records were let go. */
static void eviction_ends(void **state)
{
	(void)state;
	const size_t limit = 128u << 10;
	struct maker maker = maker_of("example.");
	struct denials *denials = denials_create(limit, key);
	struct rng rng = rng_of_number(12);
	for (unsigned int i = 0; i < 20000; i++) {
		uint8_t owner[20] = { 0 }, next[20] = { 0 };
		struct denials_view view = denials_view_of(denials, maker.zone, 0, &maker.arena);
		owner[0] = next[0] = (uint8_t)rng_u32(&rng);
		owner[1] = next[1] = (uint8_t)rng_u32(&rng);
		next[19] = 1;
		struct rrset found, rrset = make_nsec3(&maker, owner, next, i / 5000 % 2 ? 1 : 2, "");
		assert_true(denials_put(denials, maker.zone, &rrset, 0));
		assert_true(denials_find_hash(&view, owner, &found) && span_equal(found.packed, rrset.packed));
		assert_true(denials_count(denials).octets <= limit && denials_count(denials).zones <= 2);
		arena_free(&maker.arena);
		maker.zone = named(&maker.arena, "example.");
	}
	assert_int_equal(denials_count(denials).zones, 1);
	arena_free(&maker.arena);
	denials_destroy(denials);
}

static void many_zones_come_and_go(void **state)
{
	(void)state;
	struct denials *denials = denials_create(256u << 10, key);
	for (unsigned int i = 0; i < 20000; i++) {
		char text[32];
		snprintf(text, sizeof text, "z%u.example.", i);
		struct maker maker = maker_of(text);
		struct rrset nsec = make_nsec(&maker, maker.zone, maker.zone, 1);
		struct rrset soa = make_rrset(&maker, maker.zone, TYPE_SOA, span_of("not looked at", 13), 70);
		assert_true(denials_put(denials, maker.zone, &nsec, i / 100));
		(void)denials_put_soa(denials, maker.zone, TYPE_NSEC, &soa, i / 100);
		arena_free(&maker.arena);
	}
	struct denials_counts counts = denials_count(denials);
	assert_true(counts.octets <= 256u << 10 && counts.zones == counts.records && counts.zones > 100);
	denials_destroy(denials);
}

/* ---- threads ---- */

/* Each record holds its number many times over. */
struct hammer {
	struct denials *denials;
	uint64_t seed;
	unsigned int wrong;
};

static void *hammer(void *context)
{
	struct hammer *hammer = context;
	struct rng rng = rng_of_number(hammer->seed);
	for (unsigned int i = 0; i < 20000; i++) {
		char text[16];
		snprintf(text, sizeof text, "z%u.", rng_below(&rng, 5));
		struct maker maker = maker_of(text);
		struct denials_view view = denials_view_of(hammer->denials, maker.zone, i / 100, &maker.arena);
		uint8_t mark = (uint8_t)rng_below(&rng, 200);
		struct name owner = number_name(&maker, mark);
		struct rrset rrset = make_nsec(&maker, owner, number_name(&maker, rng_below(&rng, 200)), mark), found;
		if (rng_below(&rng, 2) == 0)
			denials_put(hammer->denials, maker.zone, &rrset, i / 100);
		else if (rng_below(&rng, 10) == 0)
			denials_put_soa(hammer->denials, maker.zone, TYPE_NSEC, &rrset, i / 100);
		else if (denials_have(&view, TYPE_NSEC) && denials_find_name(&view, owner, &found) &&
			 !name_equal(found.owner,
				     number_name(&maker, rrset_first(&found).octets[rrset_first(&found).size - 1])))
			hammer->wrong++;
		arena_free(&maker.arena);
	}
	return NULL;
}

static void threads_share_it(void **state)
{
	(void)state;
	struct denials *denials = denials_create(64u << 10, key);
	struct hammer hammers[4];
	pthread_t threads[4];
	for (unsigned int i = 0; i < 4; i++) {
		hammers[i] = (struct hammer){ denials, i + 1, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, &hammers[i]), 0);
	}
	for (unsigned int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(hammers[i].wrong, 0);
	}
	assert_true(denials_count(denials).octets <= 64u << 10);
	denials_destroy(denials);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(positions_are_in_canonical_order),
		cmocka_unit_test(the_longest_names_have_positions),
		cmocka_unit_test(it_is_as_a_list_is),
		cmocka_unit_test(hashes_are_as_in_a_list),
		cmocka_unit_test(zones_do_not_mix),
		cmocka_unit_test(the_soa_stands_beside_records),
		cmocka_unit_test(what_is_unfit_is_refused),
		cmocka_unit_test(a_record_across_many_begins_the_zone_anew),
		cmocka_unit_test(a_flood_takes_no_more_than_its_room),
		cmocka_unit_test(eviction_ends),
		cmocka_unit_test(many_zones_come_and_go),
		cmocka_unit_test(threads_share_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
