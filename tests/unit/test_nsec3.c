#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dnssec/nsec3.h"
#include "tests/unit/proving.h"
#include "wire/limits.h"

static const struct nsec3_fields plain = { 1, 0, 0, "" };
static const struct nsec3_fields of_the_rfc = { 1, 1, 12, "\xaa\xbb\xcc\xdd" };

/* Owners of RFC 5155 appendix A. */
static const struct {
	const char *name, *owner;
} appendix_a[] = {
	{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example." },
	{ "a.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl.example." },
	{ "ai.example.", "gjeqe526plbf1g8mklp59enfd789njgi.example." },
	{ "ns1.example.", "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example." },
	{ "ns2.example.", "q04jkcevqvmu85r014c7dkba38o0ji5r.example." },
	{ "w.example.", "k8udemvp1j2f7eg6jebps17vp3n8i58h.example." },
	{ "*.w.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en.example." },
	{ "x.w.example.", "b4um86eghhds6nea196smvmlo4ors995.example." },
	{ "y.w.example.", "ji6neoaepv8b5o6k4ev33abha8ht9fgc.example." },
	{ "x.y.w.example.", "2vptu5timamqttgl4luu9kg21e0aor3s.example." },
	{ "xx.example.", "t644ebqk9bibcna874givr6joj62mlhv.example." },
	{ "2T7B4G4VSA5SMI47K61MV5BV1A22BOJR.Example.", "KOHAR7MBB8DC2CE8A9QVL8HON4K53UHI.example." },
};

static void names_are_hashed(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	for (size_t i = 0; i < sizeof appendix_a / sizeof appendix_a[0]; i++) {
		struct nsec3 nsec3;
		uint8_t hash[NSEC3_HASH_SIZE];
		struct rrset rrset = *prove_nsec3_at(&proving, of_the_rfc, "example.", "A");
		rrset.owner = named(&proving.arena, appendix_a[i].owner);
		assert_true(nsec3_read(&rrset, proving.zone, &nsec3));
		struct name name = named(&proving.arena, appendix_a[i].name);
		assert_true(nsec3_hash_name(&nsec3.params, name, &proving.work, hash));
		assert_memory_equal(hash, nsec3.owner, NSEC3_HASH_SIZE);
		assert_true(nsec3_matches(&nsec3, hash));
		assert_int_equal(proving.work.hashes, i + 1);
	}
	arena_free(&proving.arena);
}

static void hashes_are_counted(void **state)
{
	(void)state;
	struct nsec3_params params = { 1, 0, span_of("", 0) };
	struct work work = { .hashes = LIMIT_NSEC3_HASHES - 1 };
	uint8_t hash[NSEC3_HASH_SIZE];
	assert_true(nsec3_hash_name(&params, name_root, &work, hash));
	assert_false(nsec3_hash_name(&params, name_root, &work, hash));
	assert_int_equal(work.hashes, LIMIT_NSEC3_HASHES);
}

static bool reads(struct proving *proving, const struct rrset *rrset)
{
	struct nsec3 nsec3;
	return nsec3_read(rrset, proving->zone, &nsec3);
}

static void a_record_is_read(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	struct nsec3_fields fields = { 1, 1, 4711, "salt" };
	struct nsec3 nsec3;
	uint8_t owner[NSEC3_HASH_SIZE], next[NSEC3_HASH_SIZE];
	for (unsigned int i = 0; i < NSEC3_HASH_SIZE; i++) {
		owner[i] = (uint8_t)(13 * i + 1);
		next[i] = (uint8_t)(201 - i);
	}
	assert_true(nsec3_read(prove_nsec3_hashes(&proving, fields, owner, next, "A CAA"), proving.zone, &nsec3));
	assert_int_equal(nsec3.params.algorithm, 1);
	assert_int_equal(nsec3.params.iterations, 4711);
	assert_true(span_equal(nsec3.params.salt, span_of("salt", 4)));
	assert_true(nsec3.opt_out);
	assert_memory_equal(nsec3.owner, owner, sizeof owner);
	assert_memory_equal(nsec3.next, next, sizeof next);
	assert_true(bitmap_has(nsec3.types, TYPE_CAA) && !bitmap_has(nsec3.types, TYPE_MX));
	assert_true(nsec3_read(prove_nsec3_at(&proving, plain, "example.", ""), proving.zone, &nsec3));
	assert_false(nsec3.opt_out);
	assert_int_equal(nsec3.types.size, 0);
	arena_free(&proving.arena);
}

/* Only one label of 32 digits right below the zone is an owner (CVE-2026-10723). */
static void owners_are_one_label_below_the_zone(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *owner;
		bool good;
	} table[] = {
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.", true },
		{ "example.", "0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM.EXAMPLE.", true },
		{ ".", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.", true },
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.a.example.", false },
		{ "example.", "a.0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.", false },
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.other.", false },
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.", false },
		{ "a.example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.", false },
		{ "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.", false },
		{ "example.", "example.", false },
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3to.example.", false },
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom0.example.", false },
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tow.example.", false },
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3to/.example.", false },
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3to:.example.", false },
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3to@.example.", false },
		{ "example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3to`.example.", false },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct proving proving = proving_of(table[i].zone);
		struct rrset rrset = *prove_nsec3_at(&proving, plain, table[i].zone, "A");
		rrset.owner = named(&proving.arena, table[i].owner);
		if (reads(&proving, &rrset) != table[i].good)
			fail_msg("%s in %s", table[i].owner, table[i].zone);
		arena_free(&proving.arena);
	}
}

/* RFC 5155 sections 8.1 and 8.2. */
static void unknown_hashes_and_flags_are_refused(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	for (unsigned int value = 0; value < 256; value++) {
		struct nsec3_fields fields = { (uint8_t)value, 0, 1, "" };
		proving.count = 0;
		assert_int_equal(reads(&proving, prove_nsec3_at(&proving, fields, "example.", "A")), value == 1);
		fields = (struct nsec3_fields){ 1, (uint8_t)value, 1, "" };
		assert_int_equal(reads(&proving, prove_nsec3_at(&proving, fields, "example.", "A")), value <= 1);
	}
	arena_free(&proving.arena);
}

static void malformed_ones_are_refused(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	struct nsec3_fields fields = { 1, 0, 1, "ab" };
	struct rrset *rrset = prove_nsec3_at(&proving, fields, "example.", "A");
	size_t whole = rrset->packed.size - 2;
	uint8_t memory[256];
	for (size_t size = 0; size <= whole; size++) {
		struct rrset shorter = *rrset;
		struct builder builder = builder_of(memory, sizeof memory);
		builder_u16(&builder, (uint16_t)size);
		builder_octets(&builder, span_of(rrset->packed.octets + 2, size));
		shorter.packed = builder_written(&builder);
		/* Without the bitmap it is that of an empty non-terminal. */
		assert_int_equal(reads(&proving, &shorter), size == whole || size == whole - 3);
	}
	for (size_t size = 0; size < 256; size++) {
		struct rrset other = *rrset;
		uint8_t next[256] = { 0 }, rdata[600];
		struct builder builder = builder_of(rdata, sizeof rdata);
		write_nsec3_fields(&builder, fields, span_of(next, size));
		assert_true(rrset_of_one(&proving.arena, rrset->owner, TYPE_NSEC3, 1, builder_written(&builder), &other));
		assert_int_equal(reads(&proving, &other), size == NSEC3_HASH_SIZE);
	}
	struct rrset other = *rrset;
	other.count = 2;
	assert_false(reads(&proving, &other));
	other = *rrset;
	other.type = TYPE_NSEC;
	assert_false(reads(&proving, &other));
	arena_free(&proving.arena);
}

static void parameters_are_compared_and_weighed(void **state)
{
	(void)state;
	struct nsec3_params params = { 1, 5, span_of("abc", 3) }, other = params;
	assert_true(nsec3_same_params(&params, &other));
	other.iterations = 6;
	assert_false(nsec3_same_params(&params, &other));
	other = params;
	other.salt = span_of("abd", 3);
	assert_false(nsec3_same_params(&params, &other));
	other.salt = span_of("ab", 2);
	assert_false(nsec3_same_params(&params, &other));
	uint8_t salt[LIMIT_NSEC3_SALT + 1] = { 0 };
	params = (struct nsec3_params){ 1, LIMIT_NSEC3_ITERATIONS, span_of(salt, LIMIT_NSEC3_SALT) };
	assert_false(nsec3_is_costly(&params));
	params.iterations++;
	assert_true(nsec3_is_costly(&params));
	params.iterations = 0;
	params.salt.size++;
	assert_true(nsec3_is_costly(&params));
}

static void spans_cover(void **state)
{
	(void)state;
	static const struct {
		uint8_t owner, next, hash;
		bool covers;
	} table[] = {
		{ 10, 20, 15, true },  { 10, 20, 10, false }, { 10, 20, 20, false }, { 10, 20, 5, false },
		{ 10, 20, 25, false }, { 20, 10, 25, true },  { 20, 10, 5, true },   { 20, 10, 15, false },
		{ 20, 10, 20, false }, { 20, 10, 10, false }, { 10, 10, 10, false }, { 10, 10, 9, true },
		{ 10, 10, 11, true },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		for (unsigned int at = 0; at < NSEC3_HASH_SIZE; at += NSEC3_HASH_SIZE - 1) {
			struct nsec3 nsec3 = { .opt_out = false };
			uint8_t hash[NSEC3_HASH_SIZE] = { 0 };
			nsec3.owner[at] = table[i].owner;
			nsec3.next[at] = table[i].next;
			hash[at] = table[i].hash;
			assert_int_equal(nsec3_covers(&nsec3, hash), table[i].covers);
			assert_int_equal(nsec3_matches(&nsec3, hash), table[i].owner == table[i].hash);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_hashed),
		cmocka_unit_test(hashes_are_counted),
		cmocka_unit_test(a_record_is_read),
		cmocka_unit_test(owners_are_one_label_below_the_zone),
		cmocka_unit_test(unknown_hashes_and_flags_are_refused),
		cmocka_unit_test(malformed_ones_are_refused),
		cmocka_unit_test(parameters_are_compared_and_weighed),
		cmocka_unit_test(spans_cover),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
