/* Zones that were proven to have no chain of trust. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cache/insecure.h"
#include "tests/unit/named.h"
#include "wire/codes.h"

struct fixture {
	struct table *table;
	struct arena arena;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture.table = table_create(1 << 20, (struct hash_key){ 1, 2 });
	fixture.arena = arena_of(0);
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

static bool knows(struct fixture *fixture, const char *zone, uint64_t age, int *ede)
{
	*ede = 12345;
	return insecure_get(fixture->table, named(&fixture->arena, zone), age, ede);
}

static void it_is_known_until_its_ttl_is_over(void **state)
{
	struct fixture *fixture = *state;
	int ede;
	assert_false(knows(fixture, "example.com", 100, &ede));
	insecure_put(fixture->table, named(&fixture->arena, "example.com"), 100, 60, EDE_NONE);
	assert_true(knows(fixture, "example.com", 100, &ede));
	assert_true(knows(fixture, "example.com", 159, &ede));
	assert_int_equal(ede, EDE_NONE);
	assert_false(knows(fixture, "example.com", 160, &ede));
}

static void the_reason_is_kept(void **state)
{
	static const int codes[] = { EDE_NONE, EDE_OTHER, EDE_DNSKEY_ALGORITHM, EDE_DS_DIGEST, EDE_NSEC3_ITERATIONS };
	struct fixture *fixture = *state;
	int ede;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		insecure_put(fixture->table, named(&fixture->arena, "example.com"), 100 + i, 60, codes[i]);
		assert_true(knows(fixture, "example.com", 100 + i, &ede));
		assert_int_equal(ede, codes[i]);
	}
}

static void names_are_one_whatever_their_case(void **state)
{
	struct fixture *fixture = *state;
	int ede;
	insecure_put(fixture->table, named(&fixture->arena, "Example.COM"), 100, 60, EDE_NONE);
	assert_true(knows(fixture, "eXAMPLE.com", 110, &ede));
}

/* What is below is insecure too, but it is not what was proven. */
static void no_other_zone_is_meant(void **state)
{
	struct fixture *fixture = *state;
	int ede;
	insecure_put(fixture->table, named(&fixture->arena, "example.com"), 100, 60, EDE_NONE);
	assert_false(knows(fixture, "www.example.com", 110, &ede));
	assert_false(knows(fixture, "com", 110, &ede));
	assert_false(knows(fixture, ".", 110, &ede));
}

static void without_a_ttl_nothing_is_kept(void **state)
{
	struct fixture *fixture = *state;
	int ede;
	insecure_put(fixture->table, named(&fixture->arena, "example.com"), 100, 0, EDE_NONE);
	assert_false(knows(fixture, "example.com", 100, &ede));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_known_until_its_ttl_is_over), TEST(the_reason_is_kept),	  TEST(names_are_one_whatever_their_case),
		TEST(no_other_zone_is_meant),		 TEST(without_a_ttl_nothing_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
