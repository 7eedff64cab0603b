/* The root key sentinel (RFC 8509): which labels ask, and what they are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dnssec/keys.h"
#include "resolver/sentinel.h"
#include "wire/codes.h"

/* A DS of the root with key tag 19036; a DNSKEY of the root; a DS of example. with key tag 00077. */
static const uint8_t root_ds[] = { 0, 6, 0x4a, 0x5c, 8, 2, 1, 2 };
static const uint8_t root_dnskey[] = { 0, 8, 1, 1, 3, 13, 9, 9, 9, 9 };
static const uint8_t example_ds[] = { 0, 6, 0, 77, 8, 2, 1, 2 };
static const uint8_t example_octets[] = "\7example";

static struct rrset trusted[4];
static struct anchors anchors = { .trusted = trusted, .trusted_count = 3 };

static int set_up(void **state)
{
	static const struct name example = { example_octets, sizeof example_octets, 1 };
	(void)state;
	trusted[0] = (struct rrset){ .owner = name_root, .type = TYPE_DS, .count = 1, .packed = span_of(root_ds, sizeof root_ds) };
	trusted[1] = (struct rrset){
		.owner = name_root, .type = TYPE_DNSKEY, .count = 1, .packed = span_of(root_dnskey, sizeof root_dnskey)
	};
	trusted[2] = (struct rrset){ .owner = example, .type = TYPE_DS, .count = 1, .packed = span_of(example_ds, sizeof example_ds) };
	return 0;
}

static bool denies(const char *text, uint16_t type)
{
	struct name_buffer buffer;
	struct question question = { .type = type, .class = CLASS_IN };
	assert_true(name_of_text(text, &buffer, &question.name));
	return sentinel_denies(&anchors, &question);
}

static void a_key_is_trusted_or_is_not(void **state)
{
	(void)state;
	assert_false(denies("root-key-sentinel-is-ta-19036.example.com", TYPE_A));
	assert_true(denies("root-key-sentinel-not-ta-19036.example.com", TYPE_A));
	assert_true(denies("root-key-sentinel-is-ta-20326.example.com", TYPE_A));
	assert_false(denies("root-key-sentinel-not-ta-20326.example.com", TYPE_A));
	assert_true(denies("root-key-sentinel-not-ta-19036", TYPE_AAAA));
	assert_true(denies("RooT-Key-SentineL-Not-TA-19036.example.com", TYPE_AAAA));
}

static void anchors_may_be_dnskey(void **state)
{
	char text[64];
	struct dnskey dnskey;
	(void)state;
	assert_true(dnskey_read(span_of(root_dnskey + 2, sizeof root_dnskey - 2), &dnskey));
	snprintf(text, sizeof text, "root-key-sentinel-is-ta-%05u.com", dnskey.tag);
	assert_false(denies(text, TYPE_A));
	snprintf(text, sizeof text, "root-key-sentinel-not-ta-%05u.com", dnskey.tag);
	assert_true(denies(text, TYPE_A));
}

static void only_the_roots_keys_count(void **state)
{
	(void)state;
	assert_true(denies("root-key-sentinel-is-ta-00077.example", TYPE_A));
	assert_false(denies("root-key-sentinel-not-ta-00077.example", TYPE_A));
}

static void only_addresses_are_told(void **state)
{
	static const uint16_t others[] = { TYPE_TXT, TYPE_CNAME, TYPE_NS, TYPE_ANY, TYPE_DS };
	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(denies("root-key-sentinel-not-ta-19036.example.com", others[i]));
}

static void other_labels_are_not_meant(void **state)
{
	static const char *const texts[] = {
		"root-key-sentinel-not-ta-1903.example.com",   "root-key-sentinel-not-ta-019036.example.com",
		"root-key-sentinel-not-ta-19o36.example.com",  "root-key-sentinel-not-ta-.example.com",
		"root-key-sentinel-is-ta-99999.example.com",   "root-key-sentinel-is-ta-65536.example.com",
		"root-key-sentinel-not-ta-19036x.example.com", "xroot-key-sentinel-not-ta-19036.example.com",
		"www.root-key-sentinel-not-ta-19036.com",      "root-key-sentinel-is-19036.example.com",
		".",
	};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_false(denies(texts[i], TYPE_A));
	assert_true(denies("root-key-sentinel-is-ta-65535.example.com", TYPE_A));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_trusted_or_is_not),
		cmocka_unit_test(anchors_may_be_dnskey),
		cmocka_unit_test(only_the_roots_keys_count),
		cmocka_unit_test(only_addresses_are_told),
		cmocka_unit_test(other_labels_are_not_meant),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
