#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cache/delegations.h"
#include "tests/unit/named.h"
#include "wire/codes.h"

static struct delegation example(struct arena *arena, uint32_t ttl)
{
	struct delegation delegation = { .zone = named(arena, "example.com"), .ttl = ttl, .count = 2 };
	delegation.servers = arena_alloc(arena, 2 * sizeof *delegation.servers);
	delegation.servers[0].name = named(arena, "ns1.example.com");
	delegation.servers[0].glue_count = 2;
	assert_true(ip_of_text("192.0.2.1", &delegation.servers[0].glue[0]));
	assert_true(ip_of_text("2001:db8::1", &delegation.servers[0].glue[1]));
	delegation.servers[1].name = named(arena, "ns.example.net");
	assert_true(rrset_of_one(arena, delegation.zone, TYPE_DS, ttl, span_of("\0\1\10\2digest", 10),
				 &delegation.ds));
	return delegation;
}

static void the_deepest_is_found(void **state)
{
	(void)state;
	struct table *table = table_create(1 << 20, (struct hash_key){ 1, 2 });
	struct arena arena = arena_of(0);
	struct delegation in = example(&arena, 100), out;
	assert_true(delegations_put(table, 10, &in));
	assert_true(delegations_find(table, named(&arena, "a.b.WWW.Example.com"), 60, &arena, &out));
	assert_true(name_equal(out.zone, in.zone));
	assert_int_equal(out.ttl, 50);
	assert_int_equal(out.count, 2);
	assert_true(name_equal(out.servers[0].name, in.servers[0].name));
	assert_int_equal(out.servers[0].glue_count, 2);
	assert_true(ip_equal(out.servers[0].glue[1], in.servers[0].glue[1]));
	assert_int_equal(out.servers[1].glue_count, 0);
	assert_int_equal(out.ds.count, 1);
	assert_true(rrset_same_data(&out.ds, &in.ds));
	assert_false(delegations_find(table, named(&arena, "www.example.net"), 60, &arena, &out));
	assert_false(delegations_find(table, in.zone, 110, &arena, &out));
	assert_true(delegations_remove(table, in.zone));
	arena_free(&arena);
	table_destroy(table);
}

/* The child may shorten and never lengthen (ghost domains). */
static void a_life_is_only_shortened(void **state)
{
	(void)state;
	struct table *table = table_create(1 << 20, (struct hash_key){ 1, 2 });
	struct arena arena = arena_of(0);
	struct delegation in = example(&arena, 100), out;
	assert_true(delegations_put(table, 0, &in));
	delegations_shorten(table, in.zone, 0, 1000);
	assert_true(delegations_get(table, in.zone, 0, &arena, &out));
	assert_int_equal(out.ttl, 100);
	delegations_shorten(table, in.zone, 0, 30);
	assert_true(delegations_get(table, in.zone, 0, &arena, &out));
	assert_int_equal(out.ttl, 30);
	assert_int_equal(out.count, 2);
	assert_true(delegations_get(table, in.zone, 29, &arena, &out));
	assert_false(delegations_get(table, in.zone, 30, &arena, &out));
	delegations_shorten(table, in.zone, 0, 0);
	assert_false(delegations_get(table, in.zone, 0, &arena, &out));
	arena_free(&arena);
	table_destroy(table);
}

static void refused(void **state)
{
	(void)state;
	struct table *table = table_create(1 << 20, (struct hash_key){ 1, 2 });
	struct arena arena = arena_of(0);
	struct delegation in = example(&arena, 0);
	assert_false(delegations_put(table, 0, &in));
	in.ttl = 10;
	in.count = LIMIT_NS_NAMES_KEPT + 1;
	assert_false(delegations_put(table, 0, &in));
	arena_free(&arena);
	table_destroy(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_deepest_is_found),
		cmocka_unit_test(a_life_is_only_shortened),
		cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
