/* Moments as text: the days of the calendar against those that libc counts, and what is no day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/date.h"

static void every_day_is_that_of_libc(void **state)
{
	char expected[DATE_TEXT_SIZE], text[DATE_TEXT_SIZE];
	int64_t back;
	(void)state;
	/* a day and a bit, so that all hours come */
	for (int64_t seconds = 0; seconds < INT64_C(253402300800); seconds += 86400 + 3607) {
		time_t time = (time_t)seconds;
		struct tm parts;
		assert_non_null(gmtime_r(&time, &parts));
		assert_int_equal(strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &parts), 20);
		assert_string_equal(date_to_text(seconds, text), expected);
		assert_true(date_of_text(text, &back));
		assert_int_equal(back, seconds);
	}
}

static void a_day_alone_is_its_beginning(void **state)
{
	char text[DATE_TEXT_SIZE];
	int64_t seconds;
	(void)state;
	assert_true(date_of_text("2026-12-01", &seconds));
	assert_int_equal(seconds, 1796083200);
	assert_string_equal(date_to_short_text(seconds, text), "2026-12-01");
	assert_string_equal(date_to_short_text(seconds + 1, text), "2026-12-01T00:00:01Z");
	assert_true(date_of_text("2024-02-29", &seconds));
	assert_true(date_of_text("2000-02-29", &seconds));
	assert_string_equal(date_to_text(-5, text), "1970-01-01T00:00:00Z");
	assert_string_equal(date_to_text(INT64_MAX, text), "9999-12-31T23:59:59Z");
}

static void what_is_no_moment_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "2026", "2026-12", "2026-12-1", "2026-13-01", "2026-00-01", "2026-12-00", "2026-12-32",
		"2026-04-31", "2025-02-29", "2100-02-29", "1969-12-31", "2026-12-01 ", " 2026-12-01",
		"2026-12-01T18:30:00", "2026-12-01T24:00:00Z", "2026-12-01T18:60:00Z", "2026-12-01T18:30:60Z",
		"2026-12-01T18:30:00+01:00", "02026-12-01", "2026/12/01", "-026-12-01", "2026-12-01T18:30:00ZZ",
	};
	int64_t seconds = 77;
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (date_of_text(wrong[i], &seconds))
			fail_msg("%s was taken", wrong[i]);
	assert_int_equal(seconds, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_is_that_of_libc),
		cmocka_unit_test(a_day_alone_is_its_beginning),
		cmocka_unit_test(what_is_no_moment_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
