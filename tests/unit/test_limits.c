#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "wire/limits.h"

static void rows_are_the_constants(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		long value;
	} constants[] = {
#define LIMIT(name, value, unit, reason) { #name, LIMIT_##name },
#include "wire/limits.def"
#undef LIMIT
	};
	assert_int_equal(limit_row_count, sizeof constants / sizeof constants[0]);
	for (size_t i = 0; i < limit_row_count; i++) {
		assert_string_equal(limit_rows[i].name, constants[i].name);
		assert_int_equal(limit_rows[i].value, constants[i].value);
	}
}

static void every_row_says_what_and_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < limit_row_count; i++) {
		assert_true(limit_rows[i].value > 0);
		assert_true(strlen(limit_rows[i].unit) > 0);
		assert_true(strlen(limit_rows[i].reason) >= 10);
		assert_null(strpbrk(limit_rows[i].reason, "|\n"));
	}
}

static void names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < limit_row_count; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(limit_rows[i].name, limit_rows[j].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_the_constants),
		cmocka_unit_test(every_row_says_what_and_why),
		cmocka_unit_test(names_are_unique),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
