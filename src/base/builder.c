#include "base/builder.h"

#include <assert.h>

struct builder builder_of(void *memory, size_t capacity)
{
	return (struct builder){ .start = memory, .capacity = capacity };
}

static uint8_t *room(struct builder *builder, size_t size)
{
	if (builder->overflowed || builder->size > builder->capacity || size > builder->capacity - builder->size) {
		builder->overflowed = true;
		return NULL;
	}
	uint8_t *at = builder->start + builder->size;
	builder->size += size;
	return at;
}

void builder_u8(struct builder *builder, uint8_t value)
{
	uint8_t *at = room(builder, 1);
	if (at != NULL)
		*at = value;
}

void builder_u16(struct builder *builder, uint16_t value)
{
	uint8_t *at = room(builder, 2);
	if (at == NULL)
		return;
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void builder_u32(struct builder *builder, uint32_t value)
{
	uint8_t *at = room(builder, 4);
	if (at == NULL)
		return;
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

void builder_octets(struct builder *builder, struct span octets)
{
	uint8_t *at = room(builder, octets.size);
	if (at != NULL && octets.size > 0)
		memcpy(at, octets.octets, octets.size);
}

void builder_patch_u16(struct builder *builder, size_t offset, uint16_t value)
{
	if (builder->overflowed)
		return;
	assert(offset + 2 <= builder->size);
	builder->start[offset] = (uint8_t)(value >> 8);
	builder->start[offset + 1] = (uint8_t)value;
}

void builder_rewind(struct builder *builder, size_t size)
{
	assert(size <= builder->size);
	builder->size = size;
	builder->overflowed = false;
}

struct span builder_written(const struct builder *builder)
{
	return span_of(builder->start, builder->size);
}
