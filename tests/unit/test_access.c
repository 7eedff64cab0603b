#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "resolver/access.h"

static struct ip ip(const char *text)
{
	struct ip ip;
	if (!ip_of_text(text, &ip))
		fail_msg("%s", text);
	return ip;
}

static bool may_ask(const struct options *options, const char *text)
{
	return access_upstream(options, (struct endpoint){ ip(text), 53 });
}

static void add(struct options *options, const char *option, const char *text)
{
	struct network network;
	assert_true(network_of_text(text, &network));
	assert_true(option_append(option_find(option), options, &network));
}

static void by_default(void **state)
{
	(void)state;
	struct options options;
	assert_true(options_default(&options));
	static const char *const never[] = { "127.0.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "::", "::1",
					     "ff02::1" };
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		if (may_ask(&options, never[i]))
			fail_msg("%s may be asked", never[i]);
	assert_true(may_ask(&options, "192.0.2.1") && may_ask(&options, "2001:db8::1"));
	assert_true(access_client(&options, ip("192.168.1.1")) && access_client(&options, ip("fe80::1")));
	assert_false(access_client(&options, ip("192.0.2.1")) || access_client(&options, ip("2001:db8::1")));
	assert_true(access_snoop(&options, ip("127.0.0.1")));
	assert_false(access_snoop(&options, ip("192.168.1.1")));
	options_free(&options);
}

/* Whom access.allow names is known; who came in because everybody may is not, and strangers are not either. */
static void who_is_rationed(void **state)
{
	(void)state;
	struct options options;
	assert_true(options_default(&options));
	assert_false(access_rationed(&options, ip("127.0.0.1")) || access_rationed(&options, ip("fd00::1")));
	assert_true(access_rationed(&options, ip("192.0.2.1")) && access_rationed(&options, ip("2001:db8::1")));
	add(&options, "access.allow", "0.0.0.0/0");
	add(&options, "access.allow", "2000::/3");
	assert_true(access_rationed(&options, ip("192.0.2.1")) && access_rationed(&options, ip("2001:db8::1")));
	add(&options, "access.allow", "192.0.2.0/24");
	add(&options, "access.allow", "2001:db8::/32");
	assert_false(access_rationed(&options, ip("192.0.2.1")) || access_rationed(&options, ip("2001:db8::1")));
	assert_true(access_rationed(&options, ip("192.0.3.1")) && access_rationed(&options, ip("2001:db9::1")));
	options.rate_limit = RATE_LIMIT_TRUE;
	assert_true(access_rationed(&options, ip("192.0.2.1")));
	assert_false(access_rationed(&options, ip("10.1.2.3")) || access_rationed(&options, ip("::1")));
	option_clear(option_find("rate.exempt"), &options);
	assert_true(access_rationed(&options, ip("10.1.2.3")) && access_rationed(&options, ip("::1")));
	options.rate_limit = RATE_LIMIT_FALSE;
	assert_false(access_rationed(&options, ip("192.0.3.1")) || access_rationed(&options, ip("::1")));
	options_free(&options);
}

static void as_told(void **state)
{
	(void)state;
	struct options options;
	assert_true(options_default(&options));
	struct listen_address own = { { ip("198.51.100.7"), 53 } };
	assert_true(option_append(option_find("listen"), &options, &own));
	assert_false(may_ask(&options, "198.51.100.7"));
	assert_true(access_upstream(&options, (struct endpoint){ ip("198.51.100.7"), 54 }));
	add(&options, "recursion.upstream-deny", "192.0.2.0/24");
	assert_false(may_ask(&options, "192.0.2.1"));
	add(&options, "recursion.upstream-allow", "127.53.0.0/16");
	add(&options, "recursion.upstream-allow", "192.0.2.0/24");
	assert_true(may_ask(&options, "127.53.0.1"));
	assert_false(may_ask(&options, "127.0.0.1") || may_ask(&options, "203.0.113.1") || may_ask(&options, "192.0.2.1"));
	options_free(&options);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(by_default), cmocka_unit_test(who_is_rationed),
		cmocka_unit_test(as_told) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
