#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/denial_examples.h"
#include "tests/unit/denies.h"

static const struct nsec3_fields of_the_rfc = { 1, 1, 12, "\xaa\xbb\xcc\xdd" };

/* ---- RFC 4035 appendix B ---- */

static const char *const rfc4035_zone[][3] = {
	{ "example.", "a.example.", "NS SOA MX RRSIG NSEC DNSKEY" },
	{ "a.example.", "ai.example.", "NS DS RRSIG NSEC" },
	{ "ai.example.", "b.example.", "A HINFO AAAA RRSIG NSEC" },
	{ "b.example.", "ns1.example.", "NS RRSIG NSEC" },
	{ "ns1.example.", "ns2.example.", "A RRSIG NSEC" },
	{ "ns2.example.", "*.w.example.", "A RRSIG NSEC" },
	{ "*.w.example.", "x.w.example.", "MX RRSIG NSEC" },
	{ "x.w.example.", "x.y.w.example.", "MX RRSIG NSEC" },
	{ "x.y.w.example.", "xx.example.", "MX RRSIG NSEC" },
	{ "xx.example.", "example.", "A HINFO AAAA RRSIG NSEC" },
};

/* The records of these owners. */
static struct proving rfc4035(const char *const owners[])
{
	struct proving proving = proving_of("example.");
	for (; *owners != NULL; owners++)
		for (size_t i = 0; i < sizeof rfc4035_zone / sizeof rfc4035_zone[0]; i++)
			if (strcmp(rfc4035_zone[i][0], *owners) == 0)
				prove_nsec(&proving, rfc4035_zone[i][0], rfc4035_zone[i][1], rfc4035_zone[i][2]);
	return proving;
}

#define OWNERS(...) ((const char *const[]){ __VA_ARGS__, NULL })

void rfc4035_name_error(void **state)
{
	(void)state;
	struct proving proving = rfc4035(OWNERS("b.example.", "example."));
	assert_int_equal(denies_name(&proving, "ml.example."), SECURE);
	assert_int_equal(denies_type(&proving, "ml.example.", TYPE_A), BOGUS);
	assert_int_equal(denies_name(&proving, "a.b.example."), BOGUS);
	proving.count = 1;
	assert_int_equal(denies_name(&proving, "ml.example."), BOGUS);
	arena_free(&proving.arena);
}

void rfc4035_no_data(void **state)
{
	(void)state;
	struct proving proving = rfc4035(OWNERS("ns1.example."));
	assert_int_equal(denies_type(&proving, "ns1.example.", TYPE_MX), SECURE);
	assert_int_equal(denies_type(&proving, "NS1.example.", TYPE_MX), SECURE);
	assert_int_equal(denies_type(&proving, "ns1.example.", TYPE_A), BOGUS);
	assert_int_equal(denies_type(&proving, "ns2.example.", TYPE_MX), BOGUS);
	assert_int_equal(denies_name(&proving, "ns1.example."), BOGUS);
	arena_free(&proving.arena);
	proving = rfc4035(OWNERS("ns2.example.")); /* the empty non-terminal w */
	assert_int_equal(denies_type(&proving, "w.example.", TYPE_A), SECURE);
	assert_int_equal(denies_name(&proving, "w.example."), BOGUS);
	arena_free(&proving.arena);
}

void rfc4035_referrals(void **state)
{
	(void)state;
	struct proving proving = rfc4035(OWNERS("b.example."));
	assert_int_equal(cut_at(&proving, "b.example."), CUT_INSECURE);
	assert_int_equal(cut_at(&proving, "mc.b.example."), CUT_UNPROVEN);
	assert_int_equal(cut_at(&proving, "c.example."), CUT_NONE);
	arena_free(&proving.arena);
	proving = rfc4035(OWNERS("a.example."));
	assert_int_equal(cut_at(&proving, "a.example."), CUT_UNPROVEN);
	assert_int_equal(cut_at(&proving, "mc.a.example."), CUT_UNPROVEN);
	arena_free(&proving.arena);
}

void rfc4035_wildcards(void **state)
{
	(void)state;
	struct proving proving = rfc4035(OWNERS("x.y.w.example."));
	assert_int_equal(denies_closer(&proving, "a.z.w.example.", 2), SECURE);
	assert_int_equal(denies_closer(&proving, "a.z.w.example.", 1), BOGUS); /* w exists */
	assert_int_equal(denies_closer(&proving, "a.y.w.example.", 2), BOGUS); /* y.w is in between */
	assert_int_equal(denies_closer(&proving, "a.z.w.example.", 4), BOGUS);
	assert_int_equal(denies_closer(&proving, "a.z.w.example.", 0), BOGUS);
	assert_int_equal(denies_type(&proving, "a.z.w.example.", TYPE_AAAA), BOGUS);
	arena_free(&proving.arena);
	proving = rfc4035(OWNERS("x.y.w.example.", "*.w.example."));
	assert_int_equal(denies_type(&proving, "a.z.w.example.", TYPE_AAAA), SECURE);
	assert_int_equal(denies_type(&proving, "a.z.w.example.", TYPE_MX), BOGUS);
	assert_int_equal(denies_name(&proving, "a.z.w.example."), BOGUS);
	arena_free(&proving.arena);
}

void rfc4035_ds_at_the_child(void **state)
{
	(void)state;
	struct proving proving = rfc4035(OWNERS("example."));
	assert_int_equal(denies_type(&proving, "example.", TYPE_DS), BOGUS);
	assert_int_equal(denies_type(&proving, "example.", TYPE_A), SECURE);
	assert_int_equal(cut_at(&proving, "example."), CUT_UNPROVEN);
	arena_free(&proving.arena);
}

/* ---- RFC 5155 appendix B ---- */

static const char *const rfc5155_zone[][2] = {
	{ "example.", "MX DNSKEY NS SOA NSEC3PARAM RRSIG" },
	{ "ns1.example.", "A RRSIG" },
	{ "x.y.w.example.", "MX RRSIG" },
	{ "a.example.", "NS DS RRSIG" },
	{ "x.w.example.", "MX RRSIG" },
	{ "ai.example.", "HINFO A AAAA RRSIG" },
	{ "y.w.example.", "" },
	{ "w.example.", "" },
	{ "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example.", "A RRSIG" },
	{ "ns2.example.", "A RRSIG" },
	{ "*.w.example.", "MX RRSIG" },
	{ "xx.example.", "HINFO A AAAA RRSIG" },
};

#define RFC5155_SIZE (sizeof rfc5155_zone / sizeof rfc5155_zone[0])

/* Each points to the one behind it; the last to the first. */
static struct proving rfc5155(const char *const names[])
{
	struct proving proving = proving_of("example.");
	for (; *names != NULL; names++)
		for (size_t i = 0; i < RFC5155_SIZE; i++) {
			const char *const *next = rfc5155_zone[(i + 1) % RFC5155_SIZE];
			uint8_t owner_hash[NSEC3_HASH_SIZE], next_hash[NSEC3_HASH_SIZE];
			if (strcmp(rfc5155_zone[i][0], *names) != 0)
				continue;
			hash_into(named(&proving.arena, rfc5155_zone[i][0]), of_the_rfc, owner_hash);
			hash_into(named(&proving.arena, next[0]), of_the_rfc, next_hash);
			prove_nsec3_hashes(&proving, of_the_rfc, owner_hash, next_hash, rfc5155_zone[i][1]);
		}
	return proving;
}

/* B.1; all its spans are opt-out, so that no name is denied for sure. */
void rfc5155_name_error(void **state)
{
	(void)state;
	struct proving proving = rfc5155(OWNERS("example.", "x.w.example.", "a.example."));
	assert_int_equal(proving.count, 3);
	assert_int_equal(denies_name(&proving, "a.c.x.w.example."), INSECURE);
	for (unsigned int left_out = 0; left_out < 3; left_out++) {
		struct rrset last = proving.rrsets[2], kept = proving.rrsets[left_out];
		proving.rrsets[left_out] = last;
		proving.count = 2;
		assert_int_equal(denies_name(&proving, "a.c.x.w.example."), BOGUS);
		proving.rrsets[left_out] = kept;
		proving.rrsets[2] = last;
		proving.count = 3;
	}
	arena_free(&proving.arena);
}

/* B.2, B.2.1 */
void rfc5155_no_data(void **state)
{
	(void)state;
	struct proving proving = rfc5155(OWNERS("ns1.example."));
	assert_int_equal(denies_type(&proving, "ns1.example.", TYPE_MX), SECURE);
	assert_int_equal(denies_type(&proving, "ns1.example.", TYPE_A), BOGUS);
	assert_int_equal(denies_name(&proving, "ns1.example."), BOGUS);
	arena_free(&proving.arena);
	proving = rfc5155(OWNERS("y.w.example."));
	assert_int_equal(denies_type(&proving, "y.w.example.", TYPE_A), SECURE);
	assert_int_equal(denies_name(&proving, "y.w.example."), BOGUS);
	arena_free(&proving.arena);
}

/* B.3 */
void rfc5155_opt_out_referral(void **state)
{
	(void)state;
	struct proving proving = rfc5155(OWNERS("a.example.", "example."));
	assert_int_equal(cut_at(&proving, "c.example."), CUT_INSECURE);
	assert_int_equal(denies_type(&proving, "c.example.", TYPE_DS), INSECURE);
	assert_int_equal(cut_at(&proving, "a.example."), CUT_UNPROVEN);
	arena_free(&proving.arena);
	proving = rfc5155(OWNERS("a.example."));
	assert_int_equal(cut_at(&proving, "c.example."), CUT_UNPROVEN);
	arena_free(&proving.arena);
}

/* B.4, B.5 */
void rfc5155_wildcards(void **state)
{
	(void)state;
	struct proving proving = rfc5155(OWNERS("ns2.example."));
	assert_int_equal(denies_closer(&proving, "a.z.w.example.", 2), INSECURE);
	assert_int_equal(proving.work.hashes, 1);
	assert_int_equal(denies_closer(&proving, "a.z.w.example.", 3), BOGUS);
	arena_free(&proving.arena);
	proving = rfc5155(OWNERS("w.example.", "ns2.example.", "*.w.example."));
	assert_int_equal(denies_type(&proving, "a.z.w.example.", TYPE_AAAA), INSECURE);
	assert_int_equal(denies_name(&proving, "a.z.w.example."), BOGUS);
	arena_free(&proving.arena);
}

/* B.6 */
void rfc5155_ds_at_the_child(void **state)
{
	(void)state;
	struct proving proving = rfc5155(OWNERS("example."));
	assert_int_equal(denies_type(&proving, "example.", TYPE_DS), BOGUS);
	assert_int_equal(denies_type(&proving, "example.", TYPE_A), SECURE);
	arena_free(&proving.arena);
}
