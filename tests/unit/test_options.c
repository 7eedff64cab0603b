/* The table and what is read from and written as text: options, value, amount, suggest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "config/check.h"
#include "config/options.h"
#include "config/suggest.h"
#include "config/value.h"
#include "wire/limits.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct options defaults(void)
{
	struct options options;
	assert_true(options_default(&options));
	return options;
}

static void the_table_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *option = &option_rows[i];
		const char *dot = strchr(option->path, '.');
		assert_ptr_equal(option_find(option->path), option); /* no path is there twice */
		assert_true(strlen(option->path) < OPTION_PATH_SIZE);
		assert_true(strlen(option->path) < SUGGESTION_WORD_SIZE);
		assert_true(dot == NULL || (strchr(dot + 1, '.') == NULL && option_section_of(option) != NULL));
		assert_true(option->min <= option->max);
		assert_true(option->kind == OPTION_SIZE || option->max <= UINT32_MAX);
		assert_true((option->kind == OPTION_ENUM) == (option->words != NULL));
		assert_int_equal(option->meaning[strlen(option->meaning) - 1], '.');
		assert_int_equal(option_index(option), i);
		bool counted = option->kind == OPTION_SIZE || option->kind == OPTION_DURATION ||
			       option->kind == OPTION_NUMBER || option->kind == OPTION_TEXT;
		assert_true(counted == (option->max > 0));
	}
	for (size_t i = 0; i < OPTION_SECTION_COUNT; i++) {
		assert_ptr_equal(option_section_find(option_sections[i].name), &option_sections[i]);
		assert_null(option_find(option_sections[i].name));
	}
}

/* Options of a section stand together: the documents begin a section once. */
static void sections_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++)
		for (size_t j = i + 2; j < OPTION_COUNT; j++)
			if (option_section_of(&option_rows[i]) == option_section_of(&option_rows[j]))
				assert_ptr_equal(option_section_of(&option_rows[j - 1]),
						 option_section_of(&option_rows[j]));
}

static void defaults_are_what_is_promised(void **state)
{
	(void)state;
	struct options options = defaults();
	char text[IP_TEXT_SIZE];
	assert_int_equal(options.listen_count, 2);
	assert_string_equal(ip_to_text(options.listen[0].endpoint.ip, text), "127.0.0.1");
	assert_string_equal(ip_to_text(options.listen[1].endpoint.ip, text), "::1");
	assert_int_equal(options.listen[0].endpoint.port, 53);
	assert_int_equal(options.workers, 0);
	assert_int_equal(options.access_allow_count, 9);
	assert_int_equal(options.access_snoop_count, 2);
	assert_int_equal(options.cache_size, 256u << 20);
	assert_int_equal(options.cache_max_ttl, 86400);
	assert_int_equal(options.cache_min_ttl, 0);
	assert_int_equal(options.cache_max_negative_ttl, 3600);
	assert_int_equal(options.cache_clock, CACHE_CLOCK_STEADY);
	assert_null(options.recursion_root_hints);
	assert_true(options.recursion_qname_minimisation && options.recursion_case_randomisation);
	assert_true(options.recursion_ipv4);
	assert_int_equal(options.recursion_ipv6, RECURSION_IPV6_AUTO);
	assert_int_equal(options.recursion_upstream_port, 53);
	assert_int_equal(options.recursion_upstream_allow_count + options.recursion_upstream_deny_count, 0);
	assert_false(options.recursion_upstream_loopback);
	assert_int_equal(options.recursion_edns_size, LIMIT_EDNS_UDP_SIZE);
	assert_int_equal(options.answer_udp_size, LIMIT_EDNS_UDP_SIZE);
	assert_true(options.recursion_harden_glue && options.recursion_special_names);
	assert_int_equal(options.recursion_forward_count + options.recursion_stub_count, 0);
	assert_true(options.answer_minimal);
	assert_int_equal(options.tcp_idle, 10);
	assert_string_equal(options.server_identity, "");
	assert_string_equal(options.server_version, "rootwalk");
	assert_int_equal(options.log_level, LOG_LEVEL_INFO);
	assert_false(options.log_queries);
	options_free(&options);
	assert_null(options.listen);
}

static void defaults_agree_with_each_other(void **state)
{
	(void)state;
	struct options options = defaults();
	struct problems problems = problems_of("defaults");
	assert_true(config_check(&options, NULL, &problems));
	assert_int_equal(problems.count, 0);
	options_free(&options);
}

static void private_networks_are_allowed(void **state)
{
	(void)state;
	static const struct {
		const char *ip;
		bool allowed;
	} cases[] = {
		{ "127.0.0.1", true },	   { "127.255.255.255", true },	 { "::1", true },	 { "10.1.2.3", true },
		{ "172.16.0.1", true },	   { "172.31.255.255", true },	 { "172.32.0.0", false }, { "192.168.9.9", true },
		{ "169.254.1.1", true },   { "100.64.0.1", true },	 { "100.128.0.0", false }, { "fd00::1", true },
		{ "fe80::1", true },	   { "febf::1", true },		 { "fec0::1", false },	 { "2001:db8::1", false },
		{ "192.0.2.1", false },	   { "0.0.0.0", false },	 { "::2", false },
	};
	struct options options = defaults();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ip ip;
		assert_true(ip_of_text(cases[i].ip, &ip));
		assert_int_equal(network_list_contains(options.access_allow, options.access_allow_count, ip),
				 cases[i].allowed);
	}
	options_free(&options);
}

struct value_case {
	const char *path, *text;
	const char *written; /* what is written back; NULL: refused */
	const char *problem;
};

static const struct value_case value_cases[] = {
	{ "cache.size", "4M", "4M", NULL },
	{ "cache.size", "4194304", "4M", NULL },
	{ "cache.size", "4194305", "4194305", NULL },
	{ "cache.size", "8192k", "8M", NULL },
	{ "cache.size", "2G", "2G", NULL },
	{ "cache.size", "1T", "1T", NULL },
	{ "cache.size", "1025G", NULL, "cache.size: 1025G is too large; the most is 1T" },
	{ "cache.size", "4095K", NULL, "cache.size: 4095K is too small; the least is 4M" },
	{ "cache.size", "18446744073709551616", NULL,
	  "cache.size: \"18446744073709551616\" is no size; write octets, as 4096, 64K, 256M or 2G" },
	{ "cache.size", "99999999999999999T", NULL,
	  "cache.size: \"99999999999999999T\" is no size; write octets, as 4096, 64K, 256M or 2G" },
	{ "cache.size", "256MB", NULL, "cache.size: \"256MB\" is no size; write octets, as 4096, 64K, 256M or 2G" },
	{ "cache.size", "-4M", NULL, "cache.size: \"-4M\" is no size; write octets, as 4096, 64K, 256M or 2G" },
	{ "cache.size", "1.5G", NULL, "cache.size: \"1.5G\" is no size; write octets, as 4096, 64K, 256M or 2G" },
	{ "cache.size", "", NULL, "cache.size: \"\" is no size; write octets, as 4096, 64K, 256M or 2G" },
	{ "cache.max-ttl", "5", "5s", NULL },
	{ "cache.max-ttl", "5s", "5s", NULL },
	{ "cache.max-ttl", "10m", "10m", NULL },
	{ "cache.max-ttl", "600", "10m", NULL },
	{ "cache.max-ttl", "2H", "2h", NULL },
	{ "cache.max-ttl", "24h", "1d", NULL },
	{ "cache.max-ttl", "7d", "1w", NULL },
	{ "cache.max-ttl", "0", NULL, "cache.max-ttl: 0 is too small; the least is 1s" },
	{ "cache.max-ttl", "366d", NULL, "cache.max-ttl: 366d is too large; the most is 365d" },
	{ "cache.max-ttl", "1y", NULL,
	  "cache.max-ttl: \"1y\" is no duration; write seconds, or 30s, 10m, 2h, 1d or 1w" },
	{ "cache.max-ttl", " 5", NULL,
	  "cache.max-ttl: \" 5\" is no duration; write seconds, or 30s, 10m, 2h, 1d or 1w" },
	{ "cache.min-ttl", "0", "0s", NULL },
	{ "workers", "auto", "auto", NULL },
	{ "workers", "AUTO", "auto", NULL },
	{ "workers", "4", "4", NULL },
	{ "workers", "0", NULL, "workers: 0 is too small; the least is 1" },
	{ "workers", "many", NULL, "workers: \"many\" is no whole number, nor auto" },
	{ "workers", "4s", NULL, "workers: \"4s\" is no whole number, nor auto" },
	{ "recursion.upstream-port", "65536", NULL,
	  "recursion.upstream-port: 65536 is too large; the most is 65535" },
	{ "recursion.ipv4", "off", "false", NULL },
	{ "recursion.ipv4", "Yes", "true", NULL },
	{ "recursion.ipv4", "1", NULL, "recursion.ipv4: \"1\" is neither true nor false" },
	{ "recursion.ipv6", "auto", "auto", NULL },
	{ "recursion.ipv6", "no", "false", NULL },
	{ "recursion.ipv6", "on", "true", NULL },
	{ "recursion.ipv6", "sometimes", NULL, "recursion.ipv6: \"sometimes\" is not auto, true or false" },
	{ "log.level", "Debug", "debug", NULL },
	{ "log.level", "yes", NULL, "log.level: \"yes\" is not error, warning, info or debug" },
	{ "log.level", "waring", NULL,
	  "log.level: \"waring\" is not error, warning, info or debug; did you mean \"warning\"?" },
	{ "cache.clock", "wall", "wall", NULL },
	{ "recursion.root-hints", "/etc/hints", "/etc/hints", NULL },
	{ "recursion.root-hints", "built-in", "built-in", NULL },
	{ "recursion.root-hints", "my \"hints\"", "\"my \\\"hints\\\"\"", NULL },
	{ "recursion.root-hints", "", NULL, "recursion.root-hints: an empty name is no file" },
	{ "server.identity", "", "\"\"", NULL },
	{ "server.identity", "ns1.example", "ns1.example", NULL },
	{ "server.identity", "a: b", "\"a: b\"", NULL },
	{ "server.identity", "a\nb", NULL, "server.identity: a text must not hold control characters" },
	{ "server.identity", "a\xc2\x85", NULL, "server.identity: a text must not hold control characters" },
	{ "server.identity", "a\xe2\x80\xa8", NULL, "server.identity: a text must not hold control characters" },
	{ "server.identity", "\xc3\xa4", "\"\xc3\xa4\"", NULL },
	{ "access.allow", "10.0.0.0/8", "[10.0.0.0/8]", NULL },
	{ "access.allow", "192.0.2.1", "[192.0.2.1/32]", NULL },
	{ "access.allow", "2001:db8::/32", "[\"2001:db8::/32\"]", NULL },
	{ "access.allow", "::ffff:10.0.0.0/104", "[10.0.0.0/8]", NULL },
	{ "access.allow", "10.0.0.1/8", NULL,
	  "access.allow: 10.0.0.1/8 has bits behind its prefix; did you mean 10.0.0.0/8?" },
	{ "access.allow", "2001:db8::1/32", NULL,
	  "access.allow: 2001:db8::1/32 has bits behind its prefix; did you mean 2001:db8::/32?" },
	{ "access.allow", "10.0.0.0/33", NULL,
	  "access.allow: \"10.0.0.0/33\" is no network; write one as 192.0.2.0/24 or 2001:db8::/32" },
	{ "access.allow", "all", NULL,
	  "access.allow: \"all\" is no network; write one as 192.0.2.0/24 or 2001:db8::/32" },
	{ "recursion.source-address", "192.0.2.9", "[192.0.2.9]", NULL },
	{ "recursion.source-address", "::ffff:192.0.2.9", "[192.0.2.9]", NULL },
	{ "recursion.source-address", "192.0.2.9/32", NULL,
	  "recursion.source-address: \"192.0.2.9/32\" is no address; write one as 192.0.2.1 or 2001:db8::1" },
	{ "dnssec.negative-anchors", "corp.example", "[corp.example]", NULL },
	{ "dnssec.negative-anchors", "Example.com. until 2026-12-01", "[\"Example.com. until 2026-12-01\"]", NULL },
	{ "dnssec.negative-anchors", "a  until  2026-12-01T00:00:00Z", "[\"a until 2026-12-01\"]", NULL },
	{ "dnssec.negative-anchors", ". until 2026-12-01T18:30:00Z", "[\". until 2026-12-01T18:30:00Z\"]", NULL },
	{ "dnssec.negative-anchors", "a..b", NULL, "dnssec.negative-anchors: \"a..b\" is no name of a zone" },
	{ "dnssec.negative-anchors", "", NULL, "dnssec.negative-anchors: \"\" is no name of a zone" },
	{ "dnssec.negative-anchors", "a 2026-12-01", NULL,
	  "dnssec.negative-anchors: \"2026-12-01\" is no end; write one as until 2026-12-01 or until "
	  "2026-12-01T18:30:00Z" },
	{ "dnssec.negative-anchors", "a until 2026-02-30", NULL,
	  "dnssec.negative-anchors: \"until 2026-02-30\" is no end; write one as until 2026-12-01 or until "
	  "2026-12-01T18:30:00Z" },
	{ "dnssec.trust-anchors", "built-in", "built-in", NULL },
	{ "dnssec.anchor-state", "none", "none", NULL },
	{ "listen", "::", "[\"::\"]", NULL },
	{ "listen", "localhost", NULL, "listen: \"localhost\" is no address; write one as 192.0.2.1 or 2001:db8::1" },
};

static void try_value(const struct value_case *value)
{
	const struct option_row *option = option_find(value->path);
	struct options options = defaults();
	struct problems problems = problems_of("x");
	char before[1024], after[1024], problem[PROBLEM_SIZE];
	assert_non_null(option);
	if (option_is_list(option))
		option_clear(option, &options);
	value_to_text(option, &options, before, sizeof before);
	bool good = option_is_list(option) ? value_add(option, &options, value->text, &problems)
					   : value_set(option, &options, value->text, &problems);
	value_to_text(option, &options, after, sizeof after);
	assert_int_equal(good, value->written != NULL);
	assert_string_equal(after, good ? value->written : before);
	if (!good) {
		assert_int_equal(problems.count, 1);
		snprintf(problem, sizeof problem, "x: %s", value->problem);
		assert_string_equal(problems.text[0], problem);
	}
	options_free(&options);
}

static void values_are_read_and_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(value_cases); i++)
		try_value(&value_cases[i]);
}

static void bounds_are_inclusive(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *option = &option_rows[i];
		if (option->max == 0 || option->kind == OPTION_TEXT)
			continue;
		struct options options = defaults();
		struct problems problems = problems_of("x");
		char text[AMOUNT_TEXT_SIZE];
		assert_true(value_set(option, &options, value_number_to_text(option, option->min, text), &problems));
		assert_true(value_set(option, &options, value_number_to_text(option, option->max, text), &problems));
		amount_number_to_text(option->max + 1, text);
		assert_false(value_set(option, &options, text, &problems));
		if (option->min > 0) {
			amount_number_to_text(option->min - 1, text);
			assert_false(value_set(option, &options, text, &problems));
		}
		options_free(&options);
	}
}

static void texts_are_bounded(void **state)
{
	(void)state;
	struct options options = defaults();
	struct problems problems = problems_of("x");
	char text[257];
	memset(text, 'a', sizeof text);
	text[256] = '\0';
	assert_false(value_set(option_find("server.identity"), &options, text, &problems));
	assert_string_equal(problems.text[0], "x: server.identity: the text is too large; the most is 255");
	text[255] = '\0';
	assert_true(value_set(option_find("server.identity"), &options, text, &problems));
	options_free(&options);
}

static void lists_are_bounded(void **state)
{
	(void)state;
	struct options options = defaults();
	struct problems problems = problems_of("x");
	const struct option_row *option = option_find("recursion.upstream-deny");
	for (size_t i = 0; i < OPTION_LIST_MAX; i++)
		assert_true(value_add(option, &options, "192.0.2.1", &problems));
	assert_false(value_add(option, &options, "192.0.2.1", &problems));
	assert_string_equal(problems.text[0], "x: recursion.upstream-deny: more than 1024 items");
	assert_int_equal(options.recursion_upstream_deny_count, OPTION_LIST_MAX);
	options_free(&options);
}

static void written_values_that_do_not_fit_are_cut(void **state)
{
	(void)state;
	struct options options = defaults();
	char text[8];
	value_to_text(option_find("access.allow"), &options, text, sizeof text);
	assert_true(strlen(text) < sizeof text);
	options_free(&options);
}

static void zones_are_names(void **state)
{
	(void)state;
	static const char *const good[] = { ".", "com", "example.com.", "_x.example", "1.2.3.in-addr.arpa" };
	static const char *const bad[] = { "", "..", "a..b", ".a", "a b", "a.b..", "m\xc3\xbcller.example", "a\\.b" };
	const struct option_row *option = option_find("recursion.stub");
	struct problems problems = problems_of("x");
	char text[300];
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(value_zone(option, good[i], &problems));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(value_zone(option, bad[i], &problems));
	memset(text, 'a', sizeof text);
	text[64] = '\0';
	assert_false(value_zone(option, text, &problems));
	text[63] = '\0';
	assert_true(value_zone(option, text, &problems));
	memset(text, 'a', sizeof text);
	text[63] = text[127] = text[191] = '.';
	text[253] = '\0';
	assert_true(value_zone(option, text, &problems));
	text[253] = 'a', text[254] = '\0';
	assert_false(value_zone(option, text, &problems));
	text[253] = '.';
	assert_true(value_zone(option, text, &problems));
}

static void near_words_are_suggested(void **state)
{
	(void)state;
	static const struct {
		const char *written, *meant;
	} cases[] = {
		{ "recurson", "recursion" }, { "recrusion", "recursion" }, { "Recursion", "recursion" },
		{ "cahce", "cache" },	     { "cach", "cache" },	   { "ca", NULL },
		{ "max_ttl", "max-ttl" },    { "zebra", NULL },		   { "", NULL },
		{ "a-key-that-is-much-longer-than-any-word-known", NULL },
	};
	static const char *const words[] = { "recursion", "cache", "max-ttl" };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct suggestion near = suggestion_for(cases[i].written);
		for (size_t j = 0; j < COUNT(words); j++)
			suggestion_offer(&near, words[j], words[j]);
		if (cases[i].meant == NULL)
			assert_null(near.best);
		else
			assert_string_equal(near.best, cases[i].meant);
	}
}

static void only_some_problems_are_kept(void **state)
{
	(void)state;
	struct problems problems = problems_of("f.yaml");
	assert_false(problems_any(&problems));
	problems.at = (struct place){ 3, 4 };
	problems_say(&problems, "a%cb", '\n');
	assert_string_equal(problems.text[0], "f.yaml:3:4: a?b");
	for (size_t i = 0; i < PROBLEMS_MAX + 1; i++)
		problems_say(&problems, "more");
	assert_int_equal(problems.count, PROBLEMS_MAX);
	assert_int_equal(problems.more, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(sections_are_whole),
		cmocka_unit_test(defaults_are_what_is_promised),
		cmocka_unit_test(defaults_agree_with_each_other),
		cmocka_unit_test(private_networks_are_allowed),
		cmocka_unit_test(values_are_read_and_written),
		cmocka_unit_test(bounds_are_inclusive),
		cmocka_unit_test(texts_are_bounded),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(written_values_that_do_not_fit_are_cut),
		cmocka_unit_test(zones_are_names),
		cmocka_unit_test(near_words_are_suggested),
		cmocka_unit_test(only_some_problems_are_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
