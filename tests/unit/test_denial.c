/* Each case that the field knows of, by itself. The RFCs' own are in denial_examples.c, and denial_model.c tells what
 * holds in every zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/denial_examples.h"
#include "tests/unit/denial_model.h"
#include "tests/unit/denies.h"
#include "wire/limits.h"

static const struct nsec3_fields plain = { 1, 0, 1, "ab" };
static const struct nsec3_fields opt_out = { 1, 1, 1, "ab" };

/* At a name of its own, in both chains alike. */
static void types_at_a_name(void **state)
{
	(void)state;
	static const struct {
		const char *types;
		uint16_t type;
		int security;
		enum cut_proof cut;
	} table[] = {
		{ "A RRSIG NSEC", TYPE_AAAA, SECURE, CUT_NONE },
		{ "A RRSIG NSEC", TYPE_ANY, BOGUS, CUT_NONE },
		{ "A RRSIG NSEC", TYPE_DS, SECURE, CUT_NONE },
		{ "RRSIG NSEC", TYPE_ANY, SECURE, CUT_NONE },
		{ "", TYPE_ANY, SECURE, CUT_NONE },
		{ "RRSIG NSEC NXNAME", TYPE_A, SECURE, CUT_NONE },
		{ "CNAME RRSIG NSEC", TYPE_A, BOGUS, CUT_NONE },
		{ "CNAME RRSIG NSEC", TYPE_CNAME, BOGUS, CUT_NONE },
		{ "CNAME RRSIG NSEC", TYPE_DS, BOGUS, CUT_NONE },
		{ "DNAME RRSIG NSEC", TYPE_A, SECURE, CUT_NONE },
		{ "DNAME RRSIG NSEC", TYPE_DNAME, BOGUS, CUT_NONE },
		{ "NS RRSIG NSEC", TYPE_A, BOGUS, CUT_INSECURE },
		{ "NS RRSIG NSEC", TYPE_ANY, BOGUS, CUT_INSECURE },
		{ "NS RRSIG NSEC", TYPE_DS, SECURE, CUT_INSECURE },
		{ "NS DS RRSIG NSEC", TYPE_A, BOGUS, CUT_UNPROVEN },
		{ "NS DS RRSIG NSEC", TYPE_DS, BOGUS, CUT_UNPROVEN },
		{ "DS RRSIG NSEC", TYPE_A, SECURE, CUT_UNPROVEN },
		{ "NS SOA RRSIG NSEC", TYPE_A, BOGUS, CUT_UNPROVEN },
		{ "NS SOA RRSIG NSEC", TYPE_DS, BOGUS, CUT_UNPROVEN },
		{ "SOA RRSIG NSEC", TYPE_DS, BOGUS, CUT_UNPROVEN },
	};
	for (size_t i = 0; i < 2 * sizeof table / sizeof table[0]; i++) {
		struct proving proving = proving_of("example.");
		if (i % 2 == 0)
			prove_nsec(&proving, "b.example.", "c.example.", table[i / 2].types);
		else
			prove_nsec3_at(&proving, plain, "b.example.", table[i / 2].types);
		if (denies_type(&proving, "b.example.", table[i / 2].type) != table[i / 2].security)
			fail_msg("type %d of %s", table[i / 2].type, table[i / 2].types);
		if (cut_at(&proving, "b.example.") != table[i / 2].cut)
			fail_msg("cut at %s", table[i / 2].types);
		bool nxname = strstr(table[i / 2].types, "NXNAME") != NULL;
		assert_int_equal(denies_name(&proving, "b.example."), nxname ? SECURE : BOGUS);
		arena_free(&proving.arena);
	}
}

static void the_root_has_no_parent(void **state)
{
	(void)state;
	struct proving proving = proving_of(".");
	prove_nsec(&proving, ".", "aaa.", "NS SOA RRSIG NSEC DNSKEY");
	assert_int_equal(denies_type(&proving, ".", TYPE_DS), SECURE);
	assert_int_equal(denies_type(&proving, ".", TYPE_A), SECURE);
	assert_int_equal(denies_type(&proving, ".", TYPE_SOA), BOGUS);
	assert_int_equal(denies_name(&proving, "aa."), SECURE);
	assert_int_equal(denies_name(&proving, "."), BOGUS);
	arena_free(&proving.arena);
}

static void a_zone_of_one_name(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	prove_nsec(&proving, "example.", "example.", "NS SOA RRSIG NSEC DNSKEY");
	assert_int_equal(denies_name(&proving, "a.b.example."), SECURE);
	assert_int_equal(denies_name(&proving, "*.example."), SECURE);
	assert_int_equal(denies_name(&proving, "example."), BOGUS);
	assert_int_equal(denies_name(&proving, "a.other."), BOGUS);
	assert_int_equal(denies_type(&proving, "other.", TYPE_A), BOGUS);
	assert_int_equal(cut_at(&proving, "a.example."), CUT_NONE);
	uint8_t hash[NSEC3_HASH_SIZE];
	proving.count = 0;
	hash_into(proving.zone, plain, hash);
	prove_nsec3_hashes(&proving, plain, hash, hash, "NS SOA RRSIG DNSKEY NSEC3PARAM");
	assert_int_equal(denies_name(&proving, "a.b.example."), SECURE);
	assert_int_equal(denies_name(&proving, "example."), BOGUS);
	assert_int_equal(cut_at(&proving, "a.example."), CUT_NONE);
	arena_free(&proving.arena);
}

/* RFC 5155 section 8.3: what lies below these is not the zone's. */
static void cuts_enclose_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *types;
		int security;
	} table[] = {
		{ "", SECURE },     { "A RRSIG", SECURE },         { "NS RRSIG", BOGUS },
		{ "NS", BOGUS },    { "NS DS RRSIG", BOGUS },      { "NS SOA RRSIG", BOGUS },
		{ "DNAME", BOGUS }, { "RRSIG NSEC NXNAME", BOGUS },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct proving proving = proving_of("example.");
		prove_nsec3_at(&proving, plain, "c.example.", table[i].types);
		prove_nsec3_around(&proving, plain, "b.c.example.");
		prove_nsec3_around(&proving, plain, "*.c.example.");
		assert_int_equal(denies_name(&proving, "a.b.c.example."), table[i].security);
		assert_int_equal(denies_name(&proving, "b.c.example."), table[i].security);
		assert_int_equal(cut_at(&proving, "a.b.c.example."),
				 table[i].security == SECURE ? CUT_NONE : CUT_UNPROVEN);
		arena_free(&proving.arena);
	}
}

static void opt_out_makes_insecure(void **state)
{
	(void)state;
	for (unsigned int flags = 0; flags < 4; flags++) {
		struct proving proving = proving_of("example.");
		prove_nsec3_at(&proving, plain, "example.", "NS SOA RRSIG");
		prove_nsec3_around(&proving, (flags & 1) != 0 ? opt_out : plain, "b.example.");
		prove_nsec3_around(&proving, (flags & 2) != 0 ? opt_out : plain, "*.example.");
		assert_int_equal(denies_name(&proving, "a.b.example."), flags == 0 ? SECURE : INSECURE);
		assert_int_equal(denies_closer(&proving, "a.b.example.", 1), (flags & 1) != 0 ? INSECURE : SECURE);
		assert_int_equal(cut_at(&proving, "a.b.example."), (flags & 1) != 0 ? CUT_INSECURE : CUT_NONE);
		assert_int_equal(cut_at(&proving, "b.example."), (flags & 1) != 0 ? CUT_INSECURE : CUT_NONE);
		/* An empty non-terminal above insecure delegations alone: erratum 3441. */
		assert_int_equal(denies_type(&proving, "b.example.", TYPE_A), (flags & 1) != 0 ? INSECURE : BOGUS);
		assert_int_equal(denies_type(&proving, "b.example.", TYPE_DS), (flags & 1) != 0 ? INSECURE : BOGUS);
		arena_free(&proving.arena);
	}
}

static void no_data_at_a_wildcard(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	prove_nsec3_at(&proving, plain, "c.example.", "");
	prove_nsec3_around(&proving, plain, "b.c.example.");
	struct rrset *wildcard = prove_nsec3_at(&proving, plain, "*.c.example.", "A RRSIG");
	assert_int_equal(denies_type(&proving, "a.b.c.example.", TYPE_MX), SECURE);
	assert_int_equal(denies_type(&proving, "a.b.c.example.", TYPE_DS), SECURE);
	assert_int_equal(denies_type(&proving, "a.b.c.example.", TYPE_A), BOGUS);
	proving.count--;
	*wildcard = *prove_nsec3_at(&proving, plain, "*.c.example.", "CNAME RRSIG");
	assert_int_equal(denies_type(&proving, "a.b.c.example.", TYPE_MX), BOGUS);
	arena_free(&proving.arena);
}

/* RFC 9824: one record of the name says that there is none; RFC 4470: two that cover one name each. */
static void proofs_made_when_asked(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	prove_nsec(&proving, "a.b.example.", "\\000.a.b.example.", "RRSIG NSEC NXNAME");
	assert_int_equal(denies_type(&proving, "a.b.example.", TYPE_A), SECURE);
	assert_int_equal(denies_name(&proving, "a.b.example."), SECURE);
	assert_int_equal(denies_name(&proving, "b.example."), BOGUS);
	assert_int_equal(denies_name(&proving, "c.a.b.example."), BOGUS);
	proving.count = 0;
	prove_nsec(&proving, "a.b.example.", "\\000.a.b.example.", "A RRSIG NSEC NXNAME");
	assert_int_equal(denies_name(&proving, "a.b.example."), BOGUS);
	proving.count = 0;
	prove_nsec3_at(&proving, plain, "a.b.example.", "NXNAME");
	assert_int_equal(denies_type(&proving, "a.b.example.", TYPE_A), SECURE);
	assert_int_equal(denies_name(&proving, "a.b.example."), SECURE);
	proving.count = 0;
	prove_nsec(&proving, "an~.example.", "ao-.example.", "RRSIG NSEC");
	prove_nsec(&proving, ")~.example.", "+.example.", "RRSIG NSEC");
	assert_int_equal(denies_name(&proving, "ao.example."), SECURE);
	proving.count = 1;
	assert_int_equal(denies_name(&proving, "ao.example."), BOGUS);
	arena_free(&proving.arena);
}

/* ---- bounds ---- */

static void costly_nsec3_is_insecure_and_not_hashed(void **state)
{
	(void)state;
	static const char long_salt[] = "123456789012345678901234567890123";
	static const struct nsec3_fields costly[] = { { 1, 0, LIMIT_NSEC3_ITERATIONS + 1, "" }, { 1, 0, 0, long_salt } };
	for (size_t i = 0; i < 2; i++) {
		struct proving proving = proving_of("example.");
		prove_nsec3_at(&proving, costly[i], "example.", "NS SOA RRSIG");
		struct proofs proofs = proving_proofs(&proving);
		struct name name = named(&proving.arena, "a.example.");
		struct verdict verdict = denial_of_name(&proofs, name);
		assert_int_equal(verdict.security, SECURITY_INSECURE);
		assert_int_equal(verdict.ede, EDE_NSEC3_ITERATIONS);
		assert_int_equal(denial_of_type(&proofs, name, TYPE_A).ede, EDE_NSEC3_ITERATIONS);
		assert_int_equal(denial_of_closer(&proofs, name, 1).ede, EDE_NSEC3_ITERATIONS);
		assert_int_equal(denial_of_ds(&proofs, name, &verdict), CUT_INSECURE);
		assert_int_equal(verdict.ede, EDE_NSEC3_ITERATIONS);
		/* The apex exists all the same, and its DS is the parent's. */
		assert_int_equal(denies_name(&proving, "example."), BOGUS);
		assert_int_equal(denies_type(&proving, "example.", TYPE_DS), BOGUS);
		/* Nor has it a word on other zones' names, or on wildcards above the zone. */
		assert_int_equal(denies_name(&proving, "a.other."), BOGUS);
		assert_int_equal(denies_type(&proving, "a.other.", TYPE_A), BOGUS);
		assert_int_equal(denies_closer(&proving, "a.example.", 0), BOGUS);
		/* Nor does it excuse others that prove nothing. */
		prove_nsec3_at(&proving, plain, "example.", "NS SOA RRSIG");
		assert_int_equal(denies_name(&proving, "a.example."), BOGUS);
		arena_free(&proving.arena);
	}
}

static void at_most_so_many_records_are_read(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	for (unsigned int i = 0; i < LIMIT_PROOF_RRSETS; i++)
		prove_nsec(&proving, "x.example.", "y.example.", "A");
	prove_nsec(&proving, "b.example.", "c.example.", "A");
	assert_int_equal(denies_type(&proving, "b.example.", TYPE_MX), BOGUS);
	proving.rrsets[LIMIT_PROOF_RRSETS - 1] = proving.rrsets[LIMIT_PROOF_RRSETS];
	assert_int_equal(denies_type(&proving, "b.example.", TYPE_MX), SECURE);
	proving.rrsets[LIMIT_PROOF_RRSETS - 1].oversized = true;
	assert_int_equal(denies_type(&proving, "b.example.", TYPE_MX), BOGUS);
	arena_free(&proving.arena);
}

/* 120 labels over example. */
static const char *long_name(char text[NAME_TEXT_SIZE])
{
	for (size_t i = 0; i < 119; i++)
		memcpy(text + 2 * i, "a.", 2);
	strcpy(text + 2 * 119, "example.");
	return text;
}

static void a_long_name_costs_few_hashes(void **state)
{
	(void)state;
	char text[NAME_TEXT_SIZE];
	const char *name = long_name(text);
	struct proving proving = proving_of("example.");
	prove_nsec3_at(&proving, plain, "example.", "NS SOA RRSIG");
	prove_nsec3_around(&proving, plain, name + 2 * 118);
	prove_nsec3_around(&proving, plain, "*.example.");
	assert_int_equal(denies_name(&proving, name), SECURE);
	assert_int_equal(proving.work.hashes, 3);
	proving.count = 0;
	prove_nsec3_at(&proving, plain, name + 2, "");
	prove_nsec3_around(&proving, plain, name);
	char wildcard[NAME_TEXT_SIZE];
	memcpy(wildcard, name, strlen(name) + 1);
	wildcard[0] = '*';
	prove_nsec3_around(&proving, plain, wildcard);
	proving.work.hashes = 0;
	assert_int_equal(denies_name(&proving, name), SECURE);
	assert_int_equal(proving.work.hashes, 4);
	/* What proves nothing costs each ancestor once. */
	proving.count = 1;
	proving.work.hashes = 0;
	assert_int_equal(denies_name(&proving, name), BOGUS);
	assert_int_equal(proving.work.hashes, 120);
	assert_int_equal(denies_type(&proving, name, TYPE_A), BOGUS);
	assert_int_equal(proving.work.hashes, 240);
	arena_free(&proving.arena);
}

static void without_work_or_memory_nothing_is_said(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	prove_nsec3_at(&proving, plain, "example.", "NS SOA RRSIG");
	prove_nsec3_around(&proving, plain, "b.example.");
	prove_nsec3_around(&proving, plain, "*.example.");
	for (unsigned int left = 0; left <= 3; left++) {
		proving.work.hashes = LIMIT_NSEC3_HASHES - left;
		assert_int_equal(denies_name(&proving, "b.example."), left < 3 ? SECURITY_UNCHECKED : SECURITY_SECURE);
		proving.work.hashes = LIMIT_NSEC3_HASHES - left;
		assert_int_equal(cut_at(&proving, "b.example."), left < 2 ? CUT_UNCHECKED : CUT_NONE);
	}
	struct arena small = arena_of(1);
	struct proofs proofs = proving_proofs(&proving);
	struct name name = named(&proving.arena, "b.example.");
	struct verdict verdict;
	proofs.scratch = &small;
	proving.work.hashes = 0;
	assert_int_equal(denial_of_name(&proofs, name).security, SECURITY_UNCHECKED);
	assert_int_equal(denial_of_type(&proofs, name, TYPE_A).security, SECURITY_UNCHECKED);
	assert_int_equal(denial_of_closer(&proofs, name, 1).security, SECURITY_UNCHECKED);
	assert_int_equal(denial_of_ds(&proofs, name, &verdict), CUT_UNCHECKED);
	assert_int_equal(verdict.security, SECURITY_UNCHECKED);
	assert_int_equal(proving.work.hashes, 0);
	arena_free(&proving.arena);
}

/* RFC 5155 section 8.2: of several sets the first is used, so that halves of two proofs are none. */
static void parameter_sets_are_not_mixed(void **state)
{
	(void)state;
	static const struct nsec3_fields other = { 1, 0, 2, "ab" };
	struct proving proving = proving_of("example.");
	prove_nsec3_at(&proving, plain, "example.", "NS SOA RRSIG");
	prove_nsec3_around(&proving, plain, "b.example.");
	prove_nsec3_around(&proving, other, "*.example.");
	assert_int_equal(denies_name(&proving, "b.example."), BOGUS);
	/* Nor does a wide span of the other set say anything of this one's hashes. */
	static const uint8_t low[NSEC3_HASH_SIZE], high[NSEC3_HASH_SIZE] = { 0xff, 0xff };
	prove_nsec3_hashes(&proving, other, low, high, "A RRSIG");
	assert_int_equal(denies_name(&proving, "b.example."), BOGUS);
	prove_nsec3_around(&proving, plain, "*.example.");
	assert_int_equal(denies_name(&proving, "b.example."), SECURE);
	arena_free(&proving.arena);
}

/* Each chain proves all by itself. */
static void both_chains_together(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	prove_nsec3_at(&proving, plain, "example.", "NS SOA RRSIG");
	prove_nsec3_around(&proving, plain, "b.example.");
	prove_nsec(&proving, "example.", "a.example.", "NS SOA RRSIG NSEC"); /* denies the wildcard only */
	assert_int_equal(denies_name(&proving, "b.example."), BOGUS);
	prove_nsec3_around(&proving, plain, "*.example.");
	assert_int_equal(denies_name(&proving, "b.example."), SECURE);
	proving.count--;
	prove_nsec(&proving, "a.example.", "c.example.", "A RRSIG NSEC");
	assert_int_equal(denies_name(&proving, "b.example."), SECURE);
	arena_free(&proving.arena);
}

static void reasons_are_given(void **state)
{
	(void)state;
	struct proving proving = proving_of("example.");
	struct proofs proofs = proving_proofs(&proving);
	struct verdict verdict = denial_of_name(&proofs, named(&proving.arena, "a.example."));
	assert_int_equal(verdict.security, SECURITY_BOGUS);
	assert_int_equal(verdict.ede, EDE_NSEC_MISSING);
	assert_string_equal(verdict.why, "there is no NSEC or NSEC3 record of the zone");
	prove_nsec(&proving, "b.example.", "c.example.", "NS RRSIG NSEC");
	proofs = proving_proofs(&proving);
	verdict = denial_of_name(&proofs, named(&proving.arena, "bb.example."));
	assert_string_equal(verdict.why, "no NSEC or NSEC3 record denies the wildcard");
	arena_free(&proving.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc4035_name_error),
		cmocka_unit_test(rfc4035_no_data),
		cmocka_unit_test(rfc4035_referrals),
		cmocka_unit_test(rfc4035_wildcards),
		cmocka_unit_test(rfc4035_ds_at_the_child),
		cmocka_unit_test(rfc5155_name_error),
		cmocka_unit_test(rfc5155_no_data),
		cmocka_unit_test(rfc5155_opt_out_referral),
		cmocka_unit_test(rfc5155_wildcards),
		cmocka_unit_test(rfc5155_ds_at_the_child),
		cmocka_unit_test(types_at_a_name),
		cmocka_unit_test(the_root_has_no_parent),
		cmocka_unit_test(a_zone_of_one_name),
		cmocka_unit_test(cuts_enclose_nothing),
		cmocka_unit_test(opt_out_makes_insecure),
		cmocka_unit_test(no_data_at_a_wildcard),
		cmocka_unit_test(proofs_made_when_asked),
		cmocka_unit_test(costly_nsec3_is_insecure_and_not_hashed),
		cmocka_unit_test(at_most_so_many_records_are_read),
		cmocka_unit_test(a_long_name_costs_few_hashes),
		cmocka_unit_test(without_work_or_memory_nothing_is_said),
		cmocka_unit_test(parameter_sets_are_not_mixed),
		cmocka_unit_test(both_chains_together),
		cmocka_unit_test(reasons_are_given),
		cmocka_unit_test(nothing_that_exists_is_denied),
		cmocka_unit_test(right_proofs_are_accepted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
