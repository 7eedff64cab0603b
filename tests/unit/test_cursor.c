#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cursor.h"

static const uint8_t octets[] = { 1, 2, 3, 4, 5, 6, 7, 0xff };

static void reads_in_network_order(void **state)
{
	(void)state;
	struct cursor cursor = cursor_of(span_of(octets, sizeof octets));
	assert_int_equal(cursor_u8(&cursor), 1);
	assert_int_equal(cursor_u16(&cursor), 0x0203);
	assert_int_equal(cursor_u32(&cursor), 0x04050607);
	assert_int_equal(cursor_offset(&cursor), 7);
	assert_int_equal(cursor_left(&cursor), 1);
	assert_int_equal(cursor_u8(&cursor), 0xff);
	assert_false(cursor.failed);
}

static void fails_for_good(void **state)
{
	(void)state;
	struct cursor cursor = cursor_of(span_of(octets, 3));
	assert_int_equal(cursor_u32(&cursor), 0);
	assert_true(cursor.failed);
	assert_int_equal(cursor_left(&cursor), 0);
	assert_int_equal(cursor_u8(&cursor), 0);
	assert_int_equal(cursor_take(&cursor, 1).size, 0);
	cursor_seek(&cursor, 0);
	assert_int_equal(cursor_u8(&cursor), 0);
	assert_int_equal(cursor_offset(&cursor), 0);
}

static void never_reads_past_any_end(void **state)
{
	(void)state;
	for (size_t size = 0; size <= sizeof octets; size++) {
		struct cursor cursor = cursor_of(span_of(octets, size));
		for (size_t i = 0; i < size; i++)
			assert_int_equal(cursor_u8(&cursor), octets[i]);
		assert_false(cursor.failed);
		(void)cursor_u8(&cursor);
		assert_true(cursor.failed);
	}
}

static void takes_views(void **state)
{
	(void)state;
	struct cursor cursor = cursor_of(span_of(octets, sizeof octets));
	cursor_skip(&cursor, 2);
	struct span taken = cursor_take(&cursor, 3);
	assert_ptr_equal(taken.octets, octets + 2);
	assert_int_equal(taken.size, 3);
	assert_int_equal(cursor_take(&cursor, SIZE_MAX).size, 0);
	assert_true(cursor.failed);
}

static void seeks_within(void **state)
{
	(void)state;
	struct cursor cursor = cursor_of(span_of(octets, sizeof octets));
	cursor_seek(&cursor, sizeof octets);
	assert_int_equal(cursor_left(&cursor), 0);
	assert_false(cursor.failed);
	cursor_seek(&cursor, 1);
	assert_int_equal(cursor_u8(&cursor), 2);
	cursor_seek(&cursor, sizeof octets + 1);
	assert_true(cursor.failed);
}

static void can_be_failed(void **state)
{
	(void)state;
	struct cursor cursor = cursor_of(span_of(octets, sizeof octets));
	cursor_fail(&cursor);
	assert_int_equal(cursor_u16(&cursor), 0);
	assert_int_equal(cursor_left(&cursor), 0);
}

static void empty_input_is_input(void **state)
{
	(void)state;
	struct cursor cursor = cursor_of(span_of(NULL, 0));
	assert_int_equal(cursor_left(&cursor), 0);
	assert_int_equal(cursor_take(&cursor, 0).size, 0);
	assert_false(cursor.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_network_order), cmocka_unit_test(fails_for_good),
		cmocka_unit_test(never_reads_past_any_end), cmocka_unit_test(takes_views),
		cmocka_unit_test(seeks_within), cmocka_unit_test(can_be_failed),
		cmocka_unit_test(empty_input_is_input),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
