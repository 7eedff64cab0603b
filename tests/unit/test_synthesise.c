#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include "cache/denials.h"
#include "resolver/keep.h"
#include "resolver/synthesise.h"
#include "tests/unit/signed_zone.h"

#define AGE 1000u

struct fixture {
	struct options options;
	struct engine engine;
	struct request request;
	struct lookup lookup;
	struct rrset anchor;
	struct rrset soa;
};

static struct fixture fixture_of(void)
{
	struct fixture fixture = { .engine = { .now = { .age = AGE, .wall = 100 } } };
	fixture.engine.table = table_create(1u << 20, (struct hash_key){ 1, 2 });
	fixture.engine.denials = denials_create(1u << 20, (struct hash_key){ 3, 4 });
	fixture.engine.workbench = arena_of(0);
	fixture.request.arena = arena_of(0);
	fixture.anchor = (struct rrset){ .owner = name_root, .type = TYPE_DS, .count = 1 };
	assert_true(options_default(&fixture.options));
	assert_true(fixture.engine.table != NULL && fixture.engine.denials != NULL);
	return fixture;
}

/* What points into itself, once it lies where it stays. */
static void settle(struct fixture *fixture)
{
	fixture->engine.options = &fixture->options;
	fixture->engine.anchors = (struct anchors){ .trusted = &fixture->anchor, .trusted_count = 1 };
	fixture->request.engine = &fixture->engine;
	fixture->lookup.task.request = &fixture->request;
	fixture->lookup.cut.zone = name_root;
}

static void fixture_end(struct fixture *fixture)
{
	table_destroy(fixture->engine.table);
	denials_destroy(fixture->engine.denials);
	arena_free(&fixture->engine.workbench);
	arena_free(&fixture->request.arena);
	options_free(&fixture->options);
}

static bool ask(struct fixture *fixture, struct name name, uint16_t type, struct claim *claim)
{
	struct lookup *lookup = &fixture->lookup;
	lookup->name = name;
	lookup->question = (struct question){ name, type, CLASS_IN };
	fixture->request.work = (struct work){ 0 };
	return synthesise(lookup, claim);
}

static void keep(struct fixture *fixture, struct name zone, const struct rrset *rrset, uint32_t ttl)
{
	struct rrset record = *rrset;
	record.ttl = ttl;
	assert_true(denials_put(fixture->engine.denials, zone, &record, AGE));
}

static void keep_soa(struct fixture *fixture, struct name zone, uint16_t type, uint32_t ttl)
{
	struct rrset soa = { .owner = zone, .type = TYPE_SOA, .class = CLASS_IN, .ttl = ttl, .count = 1 };
	soa.packed = span_of("\0\3soa", 5);
	assert_true(denials_put_soa(fixture->engine.denials, zone, type, &soa, AGE));
}

/* ---- against the definitions ---- */

/* `share` of 4 records of the chain are known. */
static void keep_some(struct fixture *fixture, const struct signed_zone *zone, struct rng *rng, bool hashed,
		      unsigned int share)
{
	unsigned int count = hashed ? zone->hashed_count : zone->count, kept = 0;
	for (unsigned int i = 0; i < count; i++) {
		if (rng_below(rng, 4) >= share)
			continue;
		keep(fixture, zone->apex, hashed ? &zone->hashed[i].nsec3 : &zone->nodes[i].nsec, 100);
		kept++;
	}
	if (kept > 0)
		keep_soa(fixture, zone->apex, hashed ? TYPE_NSEC3 : TYPE_NSEC, 50);
}

struct score {
	unsigned int denied, missed, opted_out;
};

static void check_claim(const struct told *told, const struct claim *claim)
{
	const struct cached *cached = &claim->cached;
	assert_true(cached->kind == CACHED_NXDOMAIN || cached->kind == CACHED_NODATA);
	assert_int_equal(told->truth, cached->kind == CACHED_NXDOMAIN ? TRUTH_NXDOMAIN : TRUTH_NODATA);
	assert_true(cached->security == SECURITY_SECURE && cached->soa.count == 1 && cached->proof_count > 0);
	assert_true(cached->ttl == 50 && cached->soa.ttl == 50 && cached->as_of == AGE);
	for (unsigned int i = 0; i < cached->proof_count; i++)
		assert_int_equal(cached->proofs[i].ttl, 50);
}

static bool has_opt_out(const struct signed_zone *zone)
{
	for (unsigned int i = 0; i < zone->hashed_count; i++)
		if (zone->hashed[i].opt_out)
			return true;
	return false;
}

static void ask_zone(struct fixture *fixture, const struct signed_zone *zone, struct rng *rng, bool whole,
		     struct score *score)
{
	static const uint16_t types[] = { TYPE_A, TYPE_TXT, TYPE_DS, TYPE_MX, TYPE_CNAME };
	for (unsigned int i = 0; i < 40; i++) {
		struct name name = zone_random_name(zone, rng);
		uint16_t type = types[rng_below(rng, 5)];
		struct claim claim;
		if (type == TYPE_DS && name_equal(name, zone->apex))
			continue;
		struct told told = zone_tell(zone, name, type);
		bool denies = told.truth == TRUTH_NXDOMAIN || told.truth == TRUTH_NODATA;
		if (ask(fixture, name, type, &claim)) {
			check_claim(&told, &claim);
			score->denied++;
		} else if (denies) {
			assert_false(whole);
			score->missed++;
		}
	}
}

static void it_says_what_the_zone_is_like(void **state)
{
	(void)state;
	struct score whole = { 0 }, parts = { 0 };
	for (uint64_t seed = 0; seed < 3000; seed++) {
		struct rng rng = rng_of_number(seed);
		struct arena arena = arena_of(0);
		struct signed_zone zone = zone_of_chance(&rng, &arena);
		struct fixture fixture = fixture_of();
		bool hashed = seed % 2 == 0;
		unsigned int share = 1 + (unsigned int)(seed / 2 % 4);
		settle(&fixture);
		keep_some(&fixture, &zone, &rng, hashed, share);
		ask_zone(&fixture, &zone, &rng, share == 4 && !(hashed && has_opt_out(&zone)),
			 share == 4 ? &whole : &parts);
		fixture_end(&fixture);
		arena_free(&arena);
	}
	print_message("of whole chains %u denied, %u not; of parts %u denied, %u not\n", whole.denied, whole.missed,
		      parts.denied, parts.missed);
	assert_true(whole.denied > 10000 && parts.denied > 5000 && parts.missed > 5000);
}

/* ---- when not ---- */

static struct rrset nsec_of(struct proving *proving, const char *owner, const char *next, const char *types)
{
	prove_nsec(proving, owner, next, types);
	return proving->rrsets[proving->count - 1];
}

/* A zone "example." with one NSEC, from its apex round to its apex. */
static struct fixture flat(struct proving *proving)
{
	struct fixture fixture = fixture_of();
	*proving = proving_of("example.");
	struct rrset nsec = nsec_of(proving, "example.", "example.", "NS SOA RRSIG NSEC DNSKEY");
	keep(&fixture, proving->zone, &nsec, 100);
	keep_soa(&fixture, proving->zone, TYPE_NSEC, 300);
	return fixture;
}

static void some_look_ups_are_not_answered(void **state)
{
	(void)state;
	struct proving proving;
	struct fixture fixture = flat(&proving);
	struct name name = named(&proving.arena, "a.example.");
	struct task parent;
	struct claim claim;
	settle(&fixture);
	assert_true(ask(&fixture, name, TYPE_A, &claim) && claim.cached.kind == CACHED_NXDOMAIN);
	assert_true(claim.cached.ttl == 100 && claim.cached.proof_count == 1 && !claim.kept);
	assert_false(ask(&fixture, name, TYPE_ANY, &claim) || ask(&fixture, name, TYPE_RRSIG, &claim));
	assert_false(ask(&fixture, proving.zone, TYPE_DS, &claim)); /* its parent's word */
	fixture.request.checking_disabled = true;
	assert_false(ask(&fixture, name, TYPE_A, &claim));
	fixture.request.checking_disabled = false;
	fixture.lookup.task.parent = &parent;
	assert_false(ask(&fixture, name, TYPE_A, &claim));
	fixture.lookup.task.parent = NULL;
	fixture.lookup.cut.zone = name; /* a delegation is known */
	assert_false(ask(&fixture, name, TYPE_A, &claim));
	fixture.lookup.cut.zone = proving.zone;
	assert_true(ask(&fixture, name, TYPE_A, &claim));
	fixture.engine.denials = (denials_destroy(fixture.engine.denials), NULL);
	assert_false(ask(&fixture, name, TYPE_A, &claim));
	arena_free(&proving.arena);
	fixture_end(&fixture);
}

static void trust_set_aside_is_not_synthesised(void **state)
{
	(void)state;
	struct proving proving;
	struct fixture fixture = flat(&proving);
	struct negative_anchor aside = { .zone = named(&proving.arena, "b.example."), .until = INT64_MAX };
	struct claim claim;
	settle(&fixture);
	fixture.engine.anchors.negative = &aside;
	fixture.engine.anchors.negative_count = 1;
	assert_true(ask(&fixture, named(&proving.arena, "a.example."), TYPE_A, &claim));
	assert_false(ask(&fixture, named(&proving.arena, "a.b.example."), TYPE_A, &claim));
	/* An island of trust below the zone. */
	fixture.engine.anchors.negative_count = 0;
	fixture.anchor.owner = named(&proving.arena, "island.example.");
	assert_false(ask(&fixture, named(&proving.arena, "a.island.example."), TYPE_A, &claim));
	arena_free(&proving.arena);
	fixture_end(&fixture);
}

static void without_a_soa_nothing_is_denied(void **state)
{
	(void)state;
	struct fixture fixture = fixture_of();
	struct proving proving = proving_of("example.");
	struct rrset nsec = nsec_of(&proving, "example.", "example.", "NS SOA RRSIG NSEC");
	struct claim claim;
	settle(&fixture);
	keep(&fixture, proving.zone, &nsec, 100);
	assert_false(ask(&fixture, named(&proving.arena, "a.example."), TYPE_A, &claim));
	arena_free(&proving.arena);
	fixture_end(&fixture);
}

/* ---- wildcards ---- */

/* What a server made of *.example. for `owner`, as it was validated. */
static struct claim made_by_wildcard(struct proving *proving, const char *owner, uint16_t type, unsigned int labels)
{
	struct claim claim = { .name = named(&proving->arena, owner), .type = type, .zone = proving->zone };
	assert_true(rrset_of_one(&proving->arena, claim.name, type, 200, span_of("\1a\0", 3), &claim.cached.rrset));
	claim.cached.kind = CACHED_POSITIVE;
	claim.cached.trust = TRUST_AUTHORITATIVE_ANSWER;
	claim.cached.security = SECURITY_SECURE;
	claim.cached.ttl = 40;
	claim.cached.as_of = AGE;
	claim.cached.proofs[0] = proving->rrsets[0];
	claim.cached.proofs[0].ttl = 40;
	claim.cached.proof_count = claim.proven = 1;
	claim.labels = labels;
	claim.alone = 200;
	claim.kept = true;
	claim.signer = proving->zone;
	return claim;
}

static void a_wildcard_makes_data(void **state)
{
	(void)state;
	struct fixture fixture = fixture_of();
	struct proving proving = proving_of("example.");
	struct claim claim;
	settle(&fixture);
	(void)nsec_of(&proving, "*.example.", "x.example.", "TXT RRSIG NSEC");
	struct claim made = made_by_wildcard(&proving, "a.example.", TYPE_TXT, 1);
	keep_proven(&fixture.engine, &made);
	struct name name = named(&proving.arena, "b.c.example.");
	assert_true(ask(&fixture, name, TYPE_TXT, &claim));
	assert_true(claim.cached.kind == CACHED_POSITIVE && claim.cached.security == SECURITY_SECURE && !claim.alias);
	assert_true(name_equal(claim.cached.rrset.owner, name) && claim.cached.ttl == 40 && claim.cached.rrset.ttl == 40);
	assert_true(claim.cached.proof_count == 1 && claim.cached.proofs[0].ttl == 40);
	/* Its own life is longer than that of the proof beside it. */
	struct cached cached;
	assert_true(rrsets_get(fixture.engine.table, named(&proving.arena, "*.example."), TYPE_TXT, AGE,
			       &proving.arena, &cached) && cached.ttl == 200 && cached.proof_count == 0);
	/* Behind the span nothing is known. */
	assert_false(ask(&fixture, named(&proving.arena, "y.example."), TYPE_TXT, &claim));
	assert_false(ask(&fixture, name, TYPE_A, &claim)); /* no SOA */
	keep_soa(&fixture, proving.zone, TYPE_NSEC, 300);
	assert_true(ask(&fixture, name, TYPE_A, &claim) && claim.cached.kind == CACHED_NODATA);
	arena_free(&proving.arena);
	fixture_end(&fixture);
}

static void a_wildcard_makes_an_alias(void **state)
{
	(void)state;
	struct fixture fixture = fixture_of();
	struct proving proving = proving_of("example.");
	struct claim claim;
	settle(&fixture);
	(void)nsec_of(&proving, "*.example.", "x.example.", "CNAME RRSIG NSEC");
	struct claim made = made_by_wildcard(&proving, "a.example.", TYPE_CNAME, 1);
	keep_proven(&fixture.engine, &made);
	assert_true(ask(&fixture, named(&proving.arena, "b.example."), TYPE_A, &claim));
	assert_true(claim.alias && claim.type == TYPE_CNAME);
	assert_true(ask(&fixture, named(&proving.arena, "b.example."), TYPE_CNAME, &claim) && !claim.alias);
	arena_free(&proving.arena);
	fixture_end(&fixture);
}

/* "*.sub.example." came from *.example.: it is no wildcard of sub.example. */
static void what_a_wildcard_made_is_no_wildcard(void **state)
{
	(void)state;
	struct fixture fixture = fixture_of();
	struct proving proving = proving_of("example.");
	struct claim claim;
	settle(&fixture);
	(void)nsec_of(&proving, "*.sub.example.", "x.sub.example.", "TXT RRSIG NSEC");
	struct rrset nsec = proving.rrsets[0];
	struct claim made = made_by_wildcard(&proving, "*.sub.example.", TYPE_TXT, 1);
	keep(&fixture, proving.zone, &nsec, 100);
	assert_true(rrsets_put(fixture.engine.table, made.name, TYPE_TXT, AGE, &made.cached));
	assert_false(ask(&fixture, named(&proving.arena, "b.sub.example."), TYPE_TXT, &claim));
	made.cached.proof_count = 0;
	assert_true(rrsets_put(fixture.engine.table, made.name, TYPE_TXT, AGE, &made.cached));
	assert_true(ask(&fixture, named(&proving.arena, "b.sub.example."), TYPE_TXT, &claim));
	made.cached.security = SECURITY_INSECURE;
	assert_true(rrsets_remove(fixture.engine.table, made.name, TYPE_TXT));
	assert_true(rrsets_put(fixture.engine.table, made.name, TYPE_TXT, AGE, &made.cached));
	assert_false(ask(&fixture, named(&proving.arena, "b.sub.example."), TYPE_TXT, &claim));
	arena_free(&proving.arena);
	fixture_end(&fixture);
}

/* ---- what is fed ---- */

static void only_what_was_vouched_for_is_kept(void **state)
{
	(void)state;
	struct fixture fixture = fixture_of();
	struct proving proving = proving_of("example.");
	settle(&fixture);
	(void)nsec_of(&proving, "*.example.", "x.example.", "TXT RRSIG NSEC");
	struct claim made = made_by_wildcard(&proving, "a.example.", TYPE_TXT, 1);
	made.signer = (struct name){ 0 };
	keep_proven(&fixture.engine, &made);
	made.signer = proving.zone;
	made.kept = false;
	keep_proven(&fixture.engine, &made);
	made.kept = true;
	made.proven = made.cached.proof_count = 0;
	keep_proven(&fixture.engine, &made);
	assert_int_equal(denials_count(fixture.engine.denials).records, 0);
	made.proven = 1;
	keep_proven(&fixture.engine, &made);
	assert_int_equal(denials_count(fixture.engine.denials).records, 1);
	fixture.options.cache_max_negative_ttl = 7;
	keep_proven(&fixture.engine, &made);
	struct denials_view view = denials_view_of(fixture.engine.denials, proving.zone, AGE, &proving.arena);
	struct rrset found;
	assert_true(denials_find_name(&view, made.name, &found) && found.ttl == 7);
	arena_free(&proving.arena);
	fixture_end(&fixture);
}

/* ---- cuts ---- */

static void a_cut_without_ds_is_known(void **state)
{
	(void)state;
	struct proving proving;
	struct fixture fixture = flat(&proving);
	struct name zone;
	uint32_t ttl;
	settle(&fixture);
	assert_int_equal(synthesise_cut(&fixture.request, named(&proving.arena, "a.example."), &zone, &ttl), CUT_NONE);
	assert_true(name_equal(zone, proving.zone) && ttl == 100);
	struct rrset nsec = nsec_of(&proving, "sub.example.", "t.example.", "NS RRSIG NSEC");
	keep(&fixture, proving.zone, &nsec, 60);
	assert_int_equal(synthesise_cut(&fixture.request, named(&proving.arena, "sub.example."), &zone, &ttl),
			 CUT_INSECURE);
	assert_int_equal(ttl, 60);
	assert_int_equal(synthesise_cut(&fixture.request, named(&proving.arena, "a.sub.example."), &zone, &ttl),
			 CUT_UNPROVEN);
	nsec = nsec_of(&proving, "sub.example.", "t.example.", "NS DS RRSIG NSEC");
	keep(&fixture, proving.zone, &nsec, 60);
	assert_int_equal(synthesise_cut(&fixture.request, named(&proving.arena, "sub.example."), &zone, &ttl),
			 CUT_UNPROVEN);
	assert_int_equal(synthesise_cut(&fixture.request, named(&proving.arena, "example."), &zone, &ttl), CUT_UNPROVEN);
	arena_free(&proving.arena);
	fixture_end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_the_zone_is_like),
		cmocka_unit_test(some_look_ups_are_not_answered),
		cmocka_unit_test(trust_set_aside_is_not_synthesised),
		cmocka_unit_test(without_a_soa_nothing_is_denied),
		cmocka_unit_test(a_wildcard_makes_data),
		cmocka_unit_test(a_wildcard_makes_an_alias),
		cmocka_unit_test(what_a_wildcard_made_is_no_wildcard),
		cmocka_unit_test(only_what_was_vouched_for_is_kept),
		cmocka_unit_test(a_cut_without_ds_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
