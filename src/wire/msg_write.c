#include <assert.h>

#include "wire/msg.h"

#define FLAGS_OFFSET 2u
#define COUNTS_OFFSET 4u
#define POINTER 0xc000u

void msg_begin(struct msg_writer *writer, struct builder *builder, uint16_t id, uint16_t flags)
{
	assert(builder->size == 0);
	writer->builder = builder;
	memset(writer->counts, 0, sizeof writer->counts);
	compress_begin(&writer->compress);
	builder_u16(builder, id);
	builder_u16(builder, flags);
	for (size_t i = 0; i < sizeof writer->counts / sizeof writer->counts[0]; i++)
		builder_u16(builder, 0);
}

void msg_question(struct msg_writer *writer, const struct question *question)
{
	compress_name(&writer->compress, writer->builder, question->name);
	builder_u16(writer->builder, question->type);
	builder_u16(writer->builder, question->class);
	writer->counts[SECTION_QUESTION]++;
}

/* The owner of the RRset's next record: a pointer to that of the first, where one is possible and shorter. */
static void write_owner(struct msg_writer *writer, struct name owner, size_t first_at)
{
	struct builder *builder = writer->builder;
	if (first_at == builder->size || first_at >= 0x4000 || name_is_root(owner))
		compress_name(&writer->compress, builder, owner);
	else if (builder->start[first_at] >= 0xc0)
		builder_octets(builder, span_of(builder->start + first_at, 2));
	else
		builder_u16(builder, (uint16_t)(POINTER | first_at));
}

static void write_record(struct msg_writer *writer, const struct rrset *rrset, uint16_t type, uint32_t ttl,
			 struct span rdata)
{
	struct builder *builder = writer->builder;
	builder_u16(builder, type);
	builder_u16(builder, rrset->class);
	builder_u32(builder, ttl);
	size_t length_at = builder->size;
	builder_u16(builder, 0);
	rdata_write(builder, &writer->compress, type, rdata);
	builder_patch_u16(builder, length_at, (uint16_t)(builder->size - length_at - 2));
}

bool msg_rrset(struct msg_writer *writer, enum msg_section section, const struct rrset *rrset, uint32_t ttl,
	       bool signatures)
{
	struct builder *builder = writer->builder;
	size_t start = builder->size;
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	unsigned int count = 0;
	if (builder->overflowed)
		return false;
	if (signatures)
		walk.left += rrset->signatures;
	while (!builder->overflowed && rrset_next(&walk, &rdata)) {
		write_owner(writer, rrset->owner, start);
		write_record(writer, rrset, count < rrset->count ? rrset->type : TYPE_RRSIG, ttl, rdata);
		count++;
	}
	if (builder->overflowed) {
		builder_rewind(builder, start);
		compress_rewind(&writer->compress, start);
		return false;
	}
	writer->counts[section] = (uint16_t)(writer->counts[section] + count);
	return true;
}

void msg_edns(struct msg_writer *writer, const struct edns *edns)
{
	edns_write(writer->builder, edns);
	writer->counts[SECTION_ADDITIONAL]++;
}

void msg_set_flags(struct msg_writer *writer, uint16_t flags)
{
	builder_patch_u16(writer->builder, FLAGS_OFFSET, flags);
}

bool msg_end(struct msg_writer *writer)
{
	for (size_t i = 0; i < sizeof writer->counts / sizeof writer->counts[0]; i++)
		builder_patch_u16(writer->builder, COUNTS_OFFSET + 2 * i, writer->counts[i]);
	return !writer->builder->overflowed;
}
