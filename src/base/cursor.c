#include "base/cursor.h"

struct cursor cursor_of(struct span octets)
{
	return (struct cursor){
		.start = octets.octets,
		.end = octets.octets + octets.size,
		.at = octets.octets,
	};
}

size_t cursor_offset(const struct cursor *cursor)
{
	return (size_t)(cursor->at - cursor->start);
}

size_t cursor_left(const struct cursor *cursor)
{
	return cursor->failed ? 0 : (size_t)(cursor->end - cursor->at);
}

static bool has(struct cursor *cursor, size_t size)
{
	if (size > cursor_left(cursor))
		cursor->failed = true;
	return !cursor->failed;
}

uint8_t cursor_u8(struct cursor *cursor)
{
	return has(cursor, 1) ? *cursor->at++ : 0;
}

uint16_t cursor_u16(struct cursor *cursor)
{
	if (!has(cursor, 2))
		return 0;
	const uint8_t *at = cursor->at;
	cursor->at += 2;
	return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t cursor_u32(struct cursor *cursor)
{
	if (!has(cursor, 4))
		return 0;
	const uint8_t *at = cursor->at;
	cursor->at += 4;
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

struct span cursor_take(struct cursor *cursor, size_t size)
{
	if (!has(cursor, size))
		return span_of(cursor->at, 0);
	struct span taken = span_of(cursor->at, size);
	cursor->at += size;
	return taken;
}

void cursor_skip(struct cursor *cursor, size_t size)
{
	(void)cursor_take(cursor, size);
}

void cursor_seek(struct cursor *cursor, size_t offset)
{
	if (cursor->failed)
		return;
	if (offset > (size_t)(cursor->end - cursor->start))
		cursor->failed = true;
	else
		cursor->at = cursor->start + offset;
}

void cursor_fail(struct cursor *cursor)
{
	cursor->failed = true;
}
