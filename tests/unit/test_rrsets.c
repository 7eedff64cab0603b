#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cache/rrsets.h"
#include "wire/codes.h"

struct fixture {
	struct table *table;
	struct arena arena;
	struct name_buffer buffer;
	struct name name, zone;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture.table = table_create(4u << 20, (struct hash_key){ 1, 2 });
	fixture.arena = arena_of(0);
	name_of_text("www.example.com", &fixture.buffer, &fixture.name);
	fixture.zone = name_parent(fixture.name);
	*state = &fixture;
	return fixture.table == NULL;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	table_destroy(fixture->table);
	arena_free(&fixture->arena);
	return 0;
}

static struct cached positive(struct fixture *fixture, const char *address, enum trust trust, uint32_t ttl)
{
	struct cached cached = { .kind = CACHED_POSITIVE, .trust = trust, .ttl = ttl };
	assert_true(rrset_of_one(&fixture->arena, fixture->name, TYPE_A, ttl, span_of(address, 4), &cached.rrset));
	return cached;
}

static struct cached negative(struct fixture *fixture, enum cached_kind kind, uint32_t ttl)
{
	static const uint8_t soa[22] = { 0 };
	struct cached cached = { .kind = kind, .trust = TRUST_AUTHORITATIVE_ANSWER, .ttl = ttl, .proof_count = 1 };
	assert_true(rrset_of_one(&fixture->arena, fixture->zone, TYPE_SOA, ttl, span_of(soa, sizeof soa), &cached.soa));
	assert_true(rrset_of_one(&fixture->arena, fixture->zone, TYPE_NSEC, ttl, span_of("\0\0\1\2", 4),
				 &cached.proofs[0]));
	return cached;
}

static void a_ttl_counts_down(void **state)
{
	struct fixture *fixture = *state;
	struct cached in = positive(fixture, "\1\2\3\4", TRUST_ANSWER, 60), out;
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_A, 100, &in));
	assert_true(rrsets_get(fixture->table, fixture->name, TYPE_A, 130, &fixture->arena, &out));
	assert_int_equal(out.kind, CACHED_POSITIVE);
	assert_int_equal(out.ttl, 30);
	assert_int_equal(out.rrset.ttl, 30);
	assert_int_equal(out.rrset.count, 1);
	assert_true(rrset_same_data(&in.rrset, &out.rrset));
	assert_true(name_equal(out.rrset.owner, fixture->name));
	assert_true(rrsets_get(fixture->table, fixture->name, TYPE_A, 159, &fixture->arena, &out));
	assert_int_equal(out.ttl, 1);
	assert_false(rrsets_get(fixture->table, fixture->name, TYPE_A, 160, &fixture->arena, &out));
	assert_false(rrsets_get(fixture->table, fixture->name, TYPE_AAAA, 100, &fixture->arena, &out));
}

static void a_ttl_of_zero_is_not_kept(void **state)
{
	struct fixture *fixture = *state;
	struct cached in = positive(fixture, "\1\2\3\4", TRUST_ANSWER, 0), out;
	assert_false(rrsets_put(fixture->table, fixture->name, TYPE_A, 100, &in));
	assert_false(rrsets_get(fixture->table, fixture->name, TYPE_A, 100, &fixture->arena, &out));
}

static void worse_data_replaces_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct cached good = positive(fixture, "\1\2\3\4", TRUST_AUTHORITATIVE_ANSWER, 60), out;
	struct cached bad = positive(fixture, "\6\6\6\6", TRUST_ANSWER, 600);
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_A, 100, &good));
	assert_false(rrsets_put(fixture->table, fixture->name, TYPE_A, 110, &bad));
	assert_true(rrsets_get(fixture->table, fixture->name, TYPE_A, 110, &fixture->arena, &out));
	assert_true(rrset_same_data(&good.rrset, &out.rrset));
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_A, 160, &bad));
}

static void what_does_not_exist(void **state)
{
	struct fixture *fixture = *state;
	struct cached nothing = negative(fixture, CACHED_NXDOMAIN, 30), out;
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_MX, 0, &nothing));
	assert_true(rrsets_get(fixture->table, fixture->name, TYPE_TXT, 10, &fixture->arena, &out));
	assert_int_equal(out.kind, CACHED_NXDOMAIN);
	assert_int_equal(out.soa.ttl, 20);
	assert_int_equal(out.proof_count, 1);
	assert_int_equal(out.proofs[0].ttl, 20);
	assert_int_equal(out.proofs[0].type, TYPE_NSEC);
	assert_true(name_equal(out.soa.owner, fixture->zone));
	assert_true(rrsets_get_nxdomain(fixture->table, fixture->name, 10, &fixture->arena, &out));
	assert_false(rrsets_get_nxdomain(fixture->table, fixture->zone, 10, &fixture->arena, &out));
}

/* A name with data exists. */
static void data_ends_nxdomain(void **state)
{
	struct fixture *fixture = *state;
	struct cached nothing = negative(fixture, CACHED_NXDOMAIN, 300), out;
	struct cached weak = positive(fixture, "\1\2\3\4", TRUST_ANSWER, 60);
	struct cached good = positive(fixture, "\1\2\3\4", TRUST_AUTHORITATIVE_ANSWER, 60);
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_A, 0, &nothing));
	rrsets_put(fixture->table, fixture->name, TYPE_A, 0, &weak);
	assert_true(rrsets_get_nxdomain(fixture->table, fixture->name, 10, &fixture->arena, &out));
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_A, 0, &good));
	assert_false(rrsets_get_nxdomain(fixture->table, fixture->name, 10, &fixture->arena, &out));
}

/* What is refused says nothing about the name. */
static void refused_data_does_not_end_nxdomain(void **state)
{
	struct fixture *fixture = *state;
	struct cached good = positive(fixture, "\1\2\3\4", TRUST_AUTHORITATIVE_ANSWER, 60), out;
	struct cached weak = positive(fixture, "\6\6\6\6", TRUST_ANSWER, 60);
	struct cached nothing = negative(fixture, CACHED_NXDOMAIN, 300);
	nothing.trust = TRUST_ANSWER;
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_A, 0, &good));
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_A, 0, &nothing));
	assert_false(rrsets_put(fixture->table, fixture->name, TYPE_A, 0, &weak));
	assert_true(rrsets_get_nxdomain(fixture->table, fixture->name, 10, &fixture->arena, &out));
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_TXT, 0, &weak));
	assert_false(rrsets_get_nxdomain(fixture->table, fixture->name, 10, &fixture->arena, &out));
}

static void nodata_is_of_its_type(void **state)
{
	struct fixture *fixture = *state;
	struct cached nothing = negative(fixture, CACHED_NODATA, 30), out;
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_AAAA, 0, &nothing));
	assert_true(rrsets_get(fixture->table, fixture->name, TYPE_AAAA, 10, &fixture->arena, &out));
	assert_int_equal(out.kind, CACHED_NODATA);
	assert_false(rrsets_get(fixture->table, fixture->name, TYPE_A, 10, &fixture->arena, &out));
	assert_true(rrsets_remove(fixture->table, fixture->name, TYPE_AAAA));
	assert_false(rrsets_get(fixture->table, fixture->name, TYPE_AAAA, 10, &fixture->arena, &out));
}

static void too_many_octets(void **state)
{
	struct fixture *fixture = *state;
	static uint8_t big[LIMIT_RRSET_OCTETS];
	struct cached in = { .kind = CACHED_POSITIVE, .trust = TRUST_ANSWER, .ttl = 60 };
	assert_true(rrset_of_one(&fixture->arena, fixture->name, TYPE_TXT, 60, span_of(big, sizeof big), &in.rrset));
	assert_false(rrsets_put(fixture->table, fixture->name, TYPE_TXT, 0, &in));
}

static void why_it_is_insecure_is_kept(void **state)
{
	struct fixture *fixture = *state;
	struct cached in = positive(fixture, "\1\2\3\4", TRUST_AUTHORITATIVE_ANSWER, 60), out;
	in.security = SECURITY_INSECURE;
	in.ede = EDE_DS_DIGEST;
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_A, 100, &in));
	assert_true(rrsets_get(fixture->table, fixture->name, TYPE_A, 110, &fixture->arena, &out));
	assert_int_equal(out.security, SECURITY_INSECURE);
	assert_int_equal(out.ede, EDE_DS_DIGEST);
	assert_true(rrset_same_data(&out.rrset, &in.rrset));
	in.security = SECURITY_SECURE; /* there is nothing to say then */
	assert_true(rrsets_put(fixture->table, fixture->name, TYPE_A, 110, &in));
	assert_true(rrsets_get(fixture->table, fixture->name, TYPE_A, 110, &fixture->arena, &out));
	assert_int_equal(out.security, SECURITY_SECURE);
	assert_int_equal(out.ede, 0);
}

static void failures_are_remembered(void **state)
{
	struct fixture *fixture = *state;
	struct failure unreachable = { .ede = EDE_NO_REACHABLE_AUTHORITY, .ttl = 5 };
	struct failure unsaid = { .ede = EDE_NONE, .validation = true, .ttl = 5 };
	struct failure found = { .validation = true };
	failures_put(fixture->table, fixture->name, TYPE_A, 100, &unreachable);
	assert_true(failures_get(fixture->table, fixture->name, TYPE_A, 104, &found));
	assert_int_equal(found.ede, EDE_NO_REACHABLE_AUTHORITY);
	assert_false(found.validation);
	assert_false(failures_get(fixture->table, fixture->name, TYPE_A, 105, &found));
	assert_false(failures_get(fixture->table, fixture->name, TYPE_AAAA, 104, &found));
	failures_put(fixture->table, fixture->name, TYPE_A, 100, &unsaid);
	assert_true(failures_get(fixture->table, fixture->name, TYPE_A, 104, &found));
	assert_int_equal(found.ede, EDE_NONE);
	assert_true(found.validation);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_ttl_counts_down),     TEST(a_ttl_of_zero_is_not_kept), TEST(worse_data_replaces_nothing),
		TEST(what_does_not_exist),   TEST(data_ends_nxdomain),	      TEST(nodata_is_of_its_type),
		TEST(too_many_octets),	     TEST(why_it_is_insecure_is_kept),   TEST(failures_are_remembered),    TEST(refused_data_does_not_end_nxdomain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
