#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cache/servers.h"
#include "wire/limits.h"

static void a_server_is_remembered(void **state)
{
	(void)state;
	struct table *table = table_create(1 << 20, (struct hash_key){ 1, 2 });
	struct server server = { .srtt_us = 1234, .silences = 3, .edns_broken = true }, out;
	struct ip one, other;
	assert_true(ip_of_text("192.0.2.1", &one));
	assert_true(ip_of_text("2001:db8::1", &other));
	servers_put(table, one, 100, &server);
	servers_get(table, one, 100 + LIMIT_SERVER_MEMORY_S - 1, &out);
	assert_int_equal(out.srtt_us, 1234);
	assert_int_equal(out.silences, 3);
	assert_true(out.edns_broken);
	servers_get(table, one, 100 + LIMIT_SERVER_MEMORY_S, &out);
	assert_int_equal(out.srtt_us, 0);
	servers_get(table, other, 100, &out);
	assert_int_equal(out.srtt_us, 0);
	table_destroy(table);
}

static void lame_for_a_zone(void **state)
{
	(void)state;
	struct table *table = table_create(1 << 20, (struct hash_key){ 1, 2 });
	struct name_buffer buffer;
	struct name zone;
	struct ip one, other;
	assert_true(ip_of_text("192.0.2.1", &one));
	assert_true(ip_of_text("192.0.2.2", &other));
	assert_true(name_of_text("Example.com", &buffer, &zone));
	servers_set_lame(table, one, zone, 100);
	assert_true(servers_are_lame(table, one, zone, 100 + LIMIT_LAME_TTL - 1));
	assert_false(servers_are_lame(table, one, zone, 100 + LIMIT_LAME_TTL));
	assert_false(servers_are_lame(table, other, zone, 100));
	assert_false(servers_are_lame(table, one, name_parent(zone), 100));
	servers_clear_lame(table, one, zone);
	assert_false(servers_are_lame(table, one, zone, 100));
	table_destroy(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_remembered),
		cmocka_unit_test(lame_for_a_zone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
