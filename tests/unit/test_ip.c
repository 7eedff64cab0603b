#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ip.h"

static void text_round_trips(void **state)
{
	(void)state;
	static const struct {
		const char *text, *out;
		int version;
	} table[] = {
		{ "192.0.2.1", "192.0.2.1", 4 },   { "0.0.0.0", "0.0.0.0", 4 },
		{ "2001:DB8::1", "2001:db8::1", 6 }, { "::", "::", 6 },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", 6 },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct ip ip;
		char text[IP_TEXT_SIZE];
		assert_true(ip_of_text(table[i].text, &ip));
		assert_int_equal(ip.version, table[i].version);
		assert_string_equal(ip_to_text(ip, text), table[i].out);
	}
}

static void refuses_what_is_no_address(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "1.2.3", "1.2.3.4.5", "256.1.1.1", ":::", "1.2.3.4 ", "fe80::1%lo", "g::" };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct ip ip;
		assert_false(ip_of_text(texts[i], &ip));
	}
}

static void mapped_addresses_are_ipv4(void **state)
{
	(void)state;
	struct ip mapped, plain, other;
	ip_of_text("::ffff:192.0.2.1", &mapped);
	ip_of_text("192.0.2.1", &plain);
	ip_of_text("::fffe:192.0.2.1", &other);
	assert_false(ip_equal(mapped, plain));
	assert_true(ip_equal(ip_unmap(mapped), plain));
	assert_int_equal(ip_unmap(other).version, 6);
	assert_true(ip_equal(ip_unmap(plain), plain));
}

static void loopback_is_127_and_1(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool loopback;
	} table[] = {
		{ "127.0.0.1", true },  { "127.255.255.255", true }, { "126.255.255.255", false }, { "128.0.0.0", false },
		{ "::1", true },        { "::", false },             { "::2", false },             { "100::1", false },
		{ "7f00::1", false },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct ip ip;
		assert_true(ip_of_text(table[i].text, &ip));
		if (ip_is_loopback(ip) != table[i].loopback)
			fail_msg("%s", table[i].text);
	}
}

static void endpoints(void **state)
{
	(void)state;
	struct endpoint a = { .port = 53 }, b;
	char text[ENDPOINT_TEXT_SIZE];
	assert_string_equal(endpoint_to_text(a, text), "none:53");
	ip_of_text("2001:db8::1", &a.ip);
	assert_string_equal(endpoint_to_text(a, text), "[2001:db8::1]:53");
	b = a;
	assert_true(endpoint_equal(a, b));
	b.port = 54;
	assert_false(endpoint_equal(a, b));
	ip_of_text("192.0.2.1", &b.ip);
	assert_string_equal(endpoint_to_text(b, text), "192.0.2.1:54");
}

static void networks_of_text(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
		uint8_t prefix;
	} table[] = {
		{ "10.0.0.0/8", true, 8 },    { "0.0.0.0/0", true, 0 },   { "192.0.2.1", true, 32 },
		{ "::1", true, 128 },         { "2001:db8::/32", true, 32 }, { "::/0", true, 0 },
		{ "10.0.0.1/8", false, 0 },   { "10.0.0.0/33", false, 0 }, { "::/129", false, 0 },
		{ "10.0.0.0/", false, 0 },    { "10.0.0.0/-1", false, 0 }, { "10.0.0.0/8x", false, 0 },
		{ "10.0.0.0/ 8", false, 0 },  { "/8", false, 0 },          { "", false, 0 },
		{ "2001:db8::1/127", false, 0 }, { "10.0.0.0/99999999999999999999", false, 0 },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct network network;
		assert_int_equal(network_of_text(table[i].text, &network), table[i].good);
		if (table[i].good)
			assert_int_equal(network.prefix, table[i].prefix);
	}
}

static void networks_contain(void **state)
{
	(void)state;
	static const struct {
		const char *network, *ip;
		bool in;
	} table[] = {
		{ "10.0.0.0/8", "10.255.0.1", true },      { "10.0.0.0/8", "11.0.0.0", false },
		{ "192.0.2.128/25", "192.0.2.128", true }, { "192.0.2.128/25", "192.0.2.127", false },
		{ "0.0.0.0/0", "1.2.3.4", true },          { "0.0.0.0/0", "::1", false },
		{ "::/0", "2001:db8::1", true },           { "::1", "::1", true },
		{ "::1", "::2", false },                   { "2001:db8:8000::/33", "2001:db8:8000::1", true },
		{ "2001:db8:8000::/33", "2001:db8:7fff::1", false },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct network network;
		struct ip ip;
		assert_true(network_of_text(table[i].network, &network));
		assert_true(ip_of_text(table[i].ip, &ip));
		assert_int_equal(network_contains(network, ip), table[i].in);
		assert_int_equal(network_list_contains(&network, 1, ip), table[i].in);
		assert_false(network_list_contains(&network, 0, ip));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_round_trips), cmocka_unit_test(refuses_what_is_no_address),
		cmocka_unit_test(mapped_addresses_are_ipv4), cmocka_unit_test(loopback_is_127_and_1),
		cmocka_unit_test(endpoints), cmocka_unit_test(networks_of_text), cmocka_unit_test(networks_contain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
