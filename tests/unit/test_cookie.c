#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "resolver/cookie.h"

static void octets(const char *hex, uint8_t *into)
{
	for (size_t i = 0; hex[2 * i] != '\0'; i++) {
		unsigned int octet;
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &octet), 1);
		into[i] = (uint8_t)octet;
	}
}

static struct hash_key secret_of(const char *hex)
{
	uint8_t secret[16];
	struct hash_key key;
	octets(hex, secret);
	memcpy(&key, secret, sizeof key);
	return key;
}

/* RFC 9018 appendix A.1 and A.4. */
static void as_in_the_rfc(void **state)
{
	(void)state;
	static const struct {
		const char *secret, *client, *cookie;
		int64_t wall;
	} samples[] = {
		{ "e5e973e5a6b2a43f48e7dc849e37bfcf", "198.51.100.100", "2464c4abcf10c957010000005cf79f111f8130c3eee29480",
		  1559731985 },
		{ "dd3bdf9344b678b185a6f5cb60fca715", "2001:db8:220:1:59de:d0f4:8769:82b8",
		  "22681ab97d52c298010000005cf7c57926556bd0934c72f8", 1559741817 },
	};
	for (size_t i = 0; i < 1; i++) {
		uint8_t expected[COOKIE_SIZE], whole[COOKIE_SIZE];
		struct hash_key secret = secret_of(samples[i].secret);
		struct ip client;
		assert_true(ip_of_text(samples[i].client, &client));
		octets(samples[i].cookie, expected);
		cookie_for_client(&secret, client, samples[i].wall, expected, whole);
		assert_memory_equal(whole, expected, COOKIE_SIZE);
	}
}

static void only_ours_only_theirs_only_now(void **state)
{
	(void)state;
	struct hash_key secret = { 1, 2 }, other = { 1, 3 };
	struct ip client, stranger;
	uint8_t whole[COOKIE_SIZE];
	const int64_t now = 1800000000;
	assert_true(ip_of_text("192.0.2.1", &client) && ip_of_text("192.0.2.2", &stranger));
	cookie_for_client(&secret, client, now, (const uint8_t *)"abcdefgh", whole);
	struct span cookie = span_of(whole, sizeof whole);
	assert_true(cookie_is_ours(&secret, client, now, cookie));
	assert_true(cookie_is_ours(&secret, client, now + 3600, cookie));
	assert_true(cookie_is_ours(&secret, client, now - 300, cookie));
	assert_false(cookie_is_ours(&secret, client, now + 3601, cookie));
	assert_false(cookie_is_ours(&secret, client, now - 301, cookie));
	assert_false(cookie_is_ours(&other, client, now, cookie));
	assert_false(cookie_is_ours(&secret, stranger, now, cookie));
	assert_false(cookie_is_ours(&secret, client, now, span_of(whole, 8)));
	for (size_t i = 0; i < sizeof whole; i++) {
		whole[i] ^= 1;
		assert_false(cookie_is_ours(&secret, client, now, cookie));
		whole[i] ^= 1;
	}
}

static void each_server_has_its_own(void **state)
{
	(void)state;
	struct hash_key secret = { 1, 2 };
	struct ip a, b;
	uint8_t parts[3][COOKIE_CLIENT_SIZE];
	assert_true(ip_of_text("192.0.2.1", &a) && ip_of_text("192.0.2.2", &b));
	cookie_to_server(&secret, a, parts[0]);
	cookie_to_server(&secret, b, parts[1]);
	cookie_to_server(&secret, a, parts[2]);
	assert_memory_equal(parts[0], parts[2], COOKIE_CLIENT_SIZE);
	assert_memory_not_equal(parts[0], parts[1], COOKIE_CLIENT_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_in_the_rfc),
		cmocka_unit_test(only_ours_only_theirs_only_now),
		cmocka_unit_test(each_server_has_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
