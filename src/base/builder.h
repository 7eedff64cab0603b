/* builder: a bounded writer with a sticky error.
 *
 * It fills memory that the caller owns. After the first write that does not fit the builder is `overflowed`:
 * later writes do nothing. `builder_rewind` goes back to a mark and clears the error, so that a record that did
 * not fit can be taken out as a whole (RFC 2181 section 9: never half an RRset without TC).
 *
 * Integers are written in network order.
 */
#ifndef ROOTWALK_BASE_BUILDER_H
#define ROOTWALK_BASE_BUILDER_H

#include "base/span.h"

struct builder {
	uint8_t *start;
	size_t capacity; /* in octets; may be lowered below the memory's real size to hold room back */
	size_t size;     /* written so far */
	bool overflowed;
};

struct builder builder_of(void *memory, size_t capacity);

void builder_u8(struct builder *builder, uint8_t value);
void builder_u16(struct builder *builder, uint16_t value);
void builder_u32(struct builder *builder, uint32_t value);
void builder_octets(struct builder *builder, struct span octets);

/* Overwrites two octets written before; `offset` must lie in what is written. */
void builder_patch_u16(struct builder *builder, size_t offset, uint16_t value);

/* Forgets all written after `size` and the error with it. */
void builder_rewind(struct builder *builder, size_t size);

struct span builder_written(const struct builder *builder);

#endif
