#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/builder.h"

static void writes_in_network_order(void **state)
{
	(void)state;
	static const uint8_t expected[] = { 1, 2, 3, 4, 5, 6, 7, 'a', 'b' };
	uint8_t memory[sizeof expected];
	struct builder builder = builder_of(memory, sizeof memory);
	builder_u8(&builder, 1);
	builder_u16(&builder, 0x0203);
	builder_u32(&builder, 0x04050607);
	builder_octets(&builder, span_of("ab", 2));
	assert_false(builder.overflowed);
	assert_true(span_equal(builder_written(&builder), span_of(expected, sizeof expected)));
}

static void overflows_for_good_and_touches_nothing_beyond(void **state)
{
	(void)state;
	uint8_t memory[8] = { 0 };
	struct builder builder = builder_of(memory, 5);
	builder_u32(&builder, 0xffffffff);
	builder_u16(&builder, 0xffff);
	assert_true(builder.overflowed);
	builder_u8(&builder, 0xff);
	assert_int_equal(builder.size, 4);
	for (size_t i = 4; i < sizeof memory; i++)
		assert_int_equal(memory[i], 0);
}

static void rewinds_with_the_error(void **state)
{
	(void)state;
	uint8_t memory[4];
	struct builder builder = builder_of(memory, sizeof memory);
	builder_u16(&builder, 0x0102);
	size_t mark = builder.size;
	builder_octets(&builder, span_of("abc", 3));
	assert_true(builder.overflowed);
	builder_rewind(&builder, mark);
	assert_false(builder.overflowed);
	builder_u16(&builder, 0x0304);
	assert_true(span_equal(builder_written(&builder), span_of("\1\2\3\4", 4)));
}

static void holds_room_back_by_capacity(void **state)
{
	(void)state;
	uint8_t memory[8];
	struct builder builder = builder_of(memory, sizeof memory);
	builder_u32(&builder, 1);
	builder.capacity = 2;
	builder_u8(&builder, 1);
	assert_true(builder.overflowed);
	builder_rewind(&builder, 4);
	builder.capacity = sizeof memory;
	builder_u32(&builder, 1);
	assert_false(builder.overflowed);
}

static void patches_what_is_written(void **state)
{
	(void)state;
	uint8_t memory[4];
	struct builder builder = builder_of(memory, sizeof memory);
	builder_u32(&builder, 0);
	builder_patch_u16(&builder, 2, 0xabcd);
	assert_true(span_equal(builder_written(&builder), span_of("\0\0\xab\xcd", 4)));
	builder_u8(&builder, 1);
	builder_patch_u16(&builder, 0, 0xffff);
	assert_int_equal(memory[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_in_network_order),
		cmocka_unit_test(overflows_for_good_and_touches_nothing_beyond),
		cmocka_unit_test(rewinds_with_the_error),
		cmocka_unit_test(holds_room_back_by_capacity),
		cmocka_unit_test(patches_what_is_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
