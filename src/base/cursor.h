/* cursor: a bounded reader with a sticky error.
 *
 * A parser reads straight on and asks once at the end whether everything was there. After the first read beyond
 * the end the cursor is `failed`: every later read returns zero or an empty span and moves nothing, so a parser
 * can neither run past its input nor act on half of it.
 *
 * Integers are in network order.
 */
#ifndef ROOTWALK_BASE_CURSOR_H
#define ROOTWALK_BASE_CURSOR_H

#include "base/span.h"

struct cursor {
	const uint8_t *start;
	const uint8_t *end;
	const uint8_t *at;
	bool failed;
};

struct cursor cursor_of(struct span octets);

/* Octets read so far, and octets still to read (0 once failed). */
size_t cursor_offset(const struct cursor *cursor);
size_t cursor_left(const struct cursor *cursor);

uint8_t cursor_u8(struct cursor *cursor);
uint16_t cursor_u16(struct cursor *cursor);
uint32_t cursor_u32(struct cursor *cursor);

/* The next `size` octets as a view into the input. */
struct span cursor_take(struct cursor *cursor, size_t size);

void cursor_skip(struct cursor *cursor, size_t size);

/* Moves to an offset from the start; beyond the end fails. */
void cursor_seek(struct cursor *cursor, size_t offset);

void cursor_fail(struct cursor *cursor);

#endif
