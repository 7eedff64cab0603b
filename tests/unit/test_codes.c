#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/codes.h"

static void types_to_text_and_back(void **state)
{
	(void)state;
	char text[CODE_TEXT_SIZE];
	for (unsigned int type = 0; type <= UINT16_MAX; type++) {
		uint16_t back;
		assert_true(type_of_text(type_to_text((uint16_t)type, text), &back));
		assert_int_equal(back, type);
	}
}

static void known_and_unknown_numbers(void **state)
{
	(void)state;
	char text[CODE_TEXT_SIZE];
	assert_string_equal(type_to_text(TYPE_AAAA, text), "AAAA");
	assert_string_equal(type_to_text(TYPE_NULL, text), "NULL");
	assert_string_equal(type_to_text(65280, text), "TYPE65280");
	assert_string_equal(class_to_text(CLASS_IN, text), "IN");
	assert_string_equal(class_to_text(CLASS_CHAOS, text), "CH");
	assert_string_equal(class_to_text(4711, text), "CLASS4711");
	assert_string_equal(rcode_to_text(RCODE_NXDOMAIN, text), "NXDOMAIN");
	assert_string_equal(rcode_to_text(RCODE_BADCOOKIE, text), "BADCOOKIE");
	assert_string_equal(rcode_to_text(4095, text), "RCODE4095");
	assert_string_equal(opcode_to_text(OPCODE_NOTIFY, text), "NOTIFY");
	assert_string_equal(opcode_to_text(15, text), "OPCODE15");
}

static void types_of_text(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
		uint16_t type;
	} table[] = {
		{ "A", true, 1 },           { "aaaa", true, 28 },       { "Type65280", true, 65280 },
		{ "TYPE1", true, 1 },       { "TYPE0", true, 0 },       { "TYPE65535", true, 65535 },
		{ "TYPE65536", false, 0 },  { "TYPE", false, 0 },       { "TYPE-1", false, 0 },
		{ "TYPE1x", false, 0 },     { "TYPE 1", false, 0 },     { "", false, 0 },
		{ "AA", false, 0 },         { "TYPE000001", false, 0 }, { "nsec3param", true, 51 },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		uint16_t type = 0;
		assert_int_equal(type_of_text(table[i].text, &type), table[i].good);
		if (table[i].good)
			assert_int_equal(type, table[i].type);
	}
}

static void extended_errors_have_words(void **state)
{
	(void)state;
	assert_string_equal(ede_text(EDE_BOGUS), "DNSSEC Bogus");
	assert_string_equal(ede_text(EDE_OTHER), "Other");
	assert_string_equal(ede_text(EDE_NONE), "");
	assert_string_equal(ede_text(49152), "");
}

static void meta_types(void **state)
{
	(void)state;
	static const uint16_t meta[] = { TYPE_OPT, TYPE_TSIG, TYPE_ANY, TYPE_AXFR, TYPE_IXFR, 128 };
	static const uint16_t data[] = { TYPE_A, TYPE_RRSIG, TYPE_CAA, 127, 256, 65535 };
	for (size_t i = 0; i < sizeof meta / sizeof meta[0]; i++)
		assert_true(type_is_meta(meta[i]));
	for (size_t i = 0; i < sizeof data / sizeof data[0]; i++)
		assert_false(type_is_meta(data[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_to_text_and_back), cmocka_unit_test(known_and_unknown_numbers),
		cmocka_unit_test(types_of_text), cmocka_unit_test(extended_errors_have_words),
		cmocka_unit_test(meta_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
