#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dnssec/nsec.h"
#include "tests/unit/proving.h"

static bool valid(const char *octets, size_t size)
{
	return bitmap_is_valid(span_of(octets, size));
}

static void bitmaps_are_checked(void **state)
{
	(void)state;
	assert_true(valid("", 0));
	assert_true(valid("\0\1\x40", 3));
	assert_true(valid("\0\1\x40\1\1\x40", 6));
	assert_false(valid("\0", 1));
	assert_false(valid("\0\0", 2));            /* an empty window */
	assert_false(valid("\0\2\x40", 3));        /* cut short */
	assert_false(valid("\1\1\x40\0\1\x40", 6)); /* not in order */
	assert_false(valid("\1\1\x40\1\1\x40", 6)); /* twice */
	assert_false(valid("\0\1\x40\1", 4));
	char window[2 + 33] = { 0, 32 };
	assert_true(valid(window, 2 + 32));
	window[1] = 33;
	assert_false(valid(window, 2 + 33));
}

/* What was put in is there, and nothing else, in all windows. */
static void a_bitmap_has_its_types(void **state)
{
	(void)state;
	static const uint16_t types[] = { TYPE_A, TYPE_NSEC, TYPE_ANY, TYPE_URI, TYPE_CAA, 4711, TYPE_DLV, 65535 };
	uint8_t memory[256];
	struct builder builder = builder_of(memory, sizeof memory);
	write_types(&builder, types, sizeof types / sizeof types[0]);
	struct span bitmap = builder_written(&builder);
	size_t found = 0;
	assert_true(bitmap_is_valid(bitmap));
	for (unsigned int type = 0; type <= UINT16_MAX; type++)
		if (bitmap_has(bitmap, (uint16_t)type))
			assert_int_equal(types[found++], type);
	assert_int_equal(found, sizeof types / sizeof types[0]);
	assert_false(bitmap_has(span_of("", 0), TYPE_A));
}

/* A bitmap that nobody checked is read to its end at most. */
static void a_broken_bitmap_ends(void **state)
{
	(void)state;
	uint8_t memory[64];
	struct builder builder = builder_of(memory, sizeof memory);
	write_types_of_text(&builder, "A CAA TYPE65280");
	for (size_t size = 0; size <= builder.size; size++) {
		uint8_t *exact = malloc(size + 1);
		assert_non_null(exact);
		memcpy(exact, memory, size);
		for (unsigned int type = 0; type <= UINT16_MAX; type += 7)
			(void)bitmap_has(span_of(exact, size), (uint16_t)type);
		(void)bitmap_is_bare(span_of(exact, size));
		free(exact);
	}
}

static void what_a_bitmap_says_of_below(void **state)
{
	(void)state;
	static const struct {
		const char *types;
		bool bare, cut, hides, at_apex;
	} table[] = {
		{ "", true, false, false, false },
		{ "RRSIG NSEC", true, false, false, false },
		{ "RRSIG NSEC NXNAME", true, false, false, false },
		{ "A RRSIG NSEC", false, false, false, false },
		{ "CAA", false, false, false, false },
		{ "NS RRSIG NSEC", false, true, true, true },
		{ "NS DS RRSIG NSEC", false, true, true, true },
		{ "NS SOA RRSIG NSEC", false, true, true, false },
		{ "DNAME RRSIG NSEC", false, false, true, true },
		{ "NS SOA DNAME RRSIG NSEC", false, true, true, true },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		uint8_t memory[256];
		struct builder builder = builder_of(memory, sizeof memory);
		write_types_of_text(&builder, table[i].types);
		struct span types = builder_written(&builder);
		assert_int_equal(bitmap_is_bare(types), table[i].bare);
		assert_int_equal(bitmap_is_cut(types, false), table[i].cut);
		assert_int_equal(bitmap_hides_below(types, false), table[i].hides);
		assert_int_equal(bitmap_hides_below(types, true), table[i].at_apex);
	}
}

static bool reads(struct proving *proving, const struct rrset *rrset)
{
	struct nsec nsec;
	return nsec_read(rrset, proving->zone, &nsec);
}

static void a_record_is_read(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	struct nsec nsec;
	struct rrset *rrset = prove_nsec(&proving, "a.Example.", "b.example.", "A NSEC");
	assert_true(nsec_read(rrset, proving.zone, &nsec));
	assert_true(name_equal(nsec.owner, named(&proving.arena, "a.example.")));
	assert_true(name_equal(nsec.next, named(&proving.arena, "b.example.")));
	assert_true(bitmap_has(nsec.types, TYPE_A) && !bitmap_has(nsec.types, TYPE_NS));
	assert_true(reads(&proving, prove_nsec(&proving, "example.", "example.", "A NSEC")));
	arena_free(&proving.arena);
}

/* CVE-2026-13321: both ends lie within the zone. */
static void what_is_not_the_zones_is_refused(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	assert_false(reads(&proving, prove_nsec(&proving, "a.example.", "b.other.", "A NSEC")));
	assert_false(reads(&proving, prove_nsec(&proving, "a.other.", "b.example.", "A NSEC")));
	assert_false(reads(&proving, prove_nsec(&proving, ".", "example.", "A NSEC")));
	assert_false(reads(&proving, prove_nsec(&proving, "example.", "other.", "NS NSEC")));
	assert_false(reads(&proving, prove_nsec(&proving, "a.xexample.", "b.xexample.", "A NSEC")));
	arena_free(&proving.arena);
}

static void malformed_ones_are_refused(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	struct rrset *rrset = prove_nsec(&proving, "a.example.", "b.example.", "A NSEC");
	size_t whole = rrset->packed.size - 2;
	uint8_t memory[256];
	for (size_t size = 0; size <= whole; size++) {
		struct rrset shorter = *rrset;
		struct builder builder = builder_of(memory, sizeof memory);
		builder_u16(&builder, (uint16_t)size);
		builder_octets(&builder, span_of(rrset->packed.octets + 2, size));
		shorter.packed = builder_written(&builder);
		/* The name alone is whole: no types. */
		assert_int_equal(reads(&proving, &shorter), size == whole || size == whole - 8);
	}
	struct rrset other = *rrset;
	other.type = TYPE_NSEC3;
	assert_false(reads(&proving, &other));
	other = *rrset;
	other.count = 2;
	assert_false(reads(&proving, &other));
	other.count = 0;
	assert_false(reads(&proving, &other));
	arena_free(&proving.arena);
}

enum { COVERED = 1, DENIED = 2, IMPLIED = 4 };

static void a_record_covers(void **state)
{
	(void)state;
	static const struct {
		const char *owner, *next, *types, *name;
		int says;
	} table[] = {
		{ "b.example.", "d.example.", "A", "c.example.", COVERED | DENIED },
		{ "b.example.", "d.example.", "A", "C.c.EXAMPLE.", COVERED | DENIED },
		{ "b.example.", "d.example.", "A", "a.b.example.", COVERED | DENIED },
		{ "b.example.", "d.example.", "A", "b.example.", 0 },
		{ "b.example.", "d.example.", "A", "d.example.", 0 },
		{ "b.example.", "d.example.", "A", "a.d.example.", 0 },
		{ "b.example.", "d.example.", "A", "a.example.", 0 },
		{ "b.example.", "d.example.", "A", "example.", 0 },
		{ "b.example.", "d.example.", "A", "c.other.", 0 },
		{ "d.example.", "example.", "A", "c.other.", 0 },
		/* Empty non-terminals. */
		{ "b.example.", "a.b.c.example.", "A", "c.example.", COVERED | IMPLIED },
		{ "b.example.", "a.b.c.example.", "A", "b.c.example.", COVERED | IMPLIED },
		{ "b.example.", "a.b.c.example.", "A", "a.c.example.", COVERED | DENIED },
		{ "b.example.", "a.b.c.example.", "A", "0.b.c.example.", COVERED | DENIED },
		{ "example.", "a.b.c.example.", "NS SOA", "c.example.", COVERED | IMPLIED },
		/* Cuts and DNAMEs. */
		{ "b.example.", "d.example.", "NS", "c.example.", COVERED | DENIED },
		{ "b.example.", "d.example.", "NS", "a.b.example.", COVERED },
		{ "b.example.", "d.example.", "NS DS", "a.b.example.", COVERED },
		{ "b.example.", "d.example.", "NS SOA", "a.b.example.", COVERED },
		{ "b.example.", "d.example.", "DNAME", "a.b.example.", COVERED },
		{ "b.example.", "d.example.", "DNAME", "c.example.", COVERED | DENIED },
		{ "b.example.", "c.a.b.example.", "NS", "a.b.example.", COVERED },
		{ "example.", "d.example.", "NS SOA", "a.example.", COVERED | DENIED },
		{ "example.", "d.example.", "NS SOA DNAME", "a.example.", COVERED },
		{ "example.", "d.example.", "NS", "a.example.", COVERED }, /* of above the zone */
		/* The last one, and the only one. */
		{ "d.example.", "example.", "A", "e.example.", COVERED | DENIED },
		{ "d.example.", "example.", "A", "c.example.", 0 },
		{ "d.example.", "example.", "A", "d.example.", 0 },
		{ "d.example.", "example.", "A", "example.", 0 },
		{ "example.", "example.", "NS SOA", "e.example.", COVERED | DENIED },
		{ "example.", "example.", "NS SOA", "example.", 0 },
		/* No chain goes back to anything else than the apex. */
		{ "d.example.", "b.example.", "A", "e.example.", 0 },
		{ "d.example.", "b.example.", "A", "a.example.", 0 },
		{ "d.example.", "d.example.", "A", "e.example.", 0 },
		/* A wildcard's own. */
		{ "*.example.", "b.example.", "A", "a.example.", COVERED | DENIED },
		{ "*.example.", "b.example.", "A", "*.example.", 0 },
		{ "*.example.", "b.example.", "A", "a.*.example.", COVERED | DENIED },
		/* Minimally covering: RFC 4470. */
		{ "b\\255.example.", "c\\000.example.", "RRSIG NSEC", "c.example.", COVERED | DENIED },
		{ "c.example.", "\\000.c.example.", "RRSIG NSEC", "b.c.example.", 0 },
	};
	struct proving proving = proving_of("example.");
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct nsec nsec;
		struct name name = named(&proving.arena, table[i].name);
		proving.count = 0;
		assert_true(nsec_read(prove_nsec(&proving, table[i].owner, table[i].next, table[i].types), proving.zone,
				      &nsec));
		int says = (nsec_covers(&nsec, proving.zone, name) ? COVERED : 0) |
			   (nsec_denies(&nsec, proving.zone, name) ? DENIED : 0) |
			   (nsec_implies(&nsec, proving.zone, name) ? IMPLIED : 0);
		if (says != table[i].says)
			fail_msg("%s NSEC %s %s says %d of %s", table[i].owner, table[i].next, table[i].types, says,
				 table[i].name);
	}
	arena_free(&proving.arena);
}

static void the_encloser_is_seen_from_both_ends(void **state)
{
	(void)state;
	static const struct {
		const char *owner, *next, *name;
		unsigned int labels;
	} table[] = {
		{ "a.example.", "d.example.", "c.example.", 1 },
		{ "a.c.example.", "d.example.", "x.b.c.example.", 2 },
		{ "a.example.", "d.c.example.", "b.c.example.", 2 },
		{ "d.example.", "example.", "x.y.z.example.", 1 },
	};
	struct proving proving = proving_of("example.");
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct nsec nsec;
		assert_true(nsec_read(prove_nsec(&proving, table[i].owner, table[i].next, "A"), proving.zone, &nsec));
		assert_int_equal(nsec_encloser_labels(&nsec, named(&proving.arena, table[i].name)), table[i].labels);
	}
	arena_free(&proving.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bitmaps_are_checked),
		cmocka_unit_test(a_bitmap_has_its_types),
		cmocka_unit_test(a_broken_bitmap_ends),
		cmocka_unit_test(what_a_bitmap_says_of_below),
		cmocka_unit_test(a_record_is_read),
		cmocka_unit_test(what_is_not_the_zones_is_refused),
		cmocka_unit_test(malformed_ones_are_refused),
		cmocka_unit_test(a_record_covers),
		cmocka_unit_test(the_encloser_is_seen_from_both_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
