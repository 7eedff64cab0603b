#include <assert.h>

#include "wire/codes.h"
#include "wire/gather.h"
#include "wire/limits.h"
#include "wire/msg.h"

/* A record is a name of at least one octet, then type, class, TTL and length. */
#define RECORD_SIZE_MIN 11u

#define POINTER_TO_QUESTION (0xc000u | HEADER_SIZE)

/* Room to unpack what is small; larger RDATA is unpacked into the arena at once. */
#define SCRATCH_SIZE 2048u

struct reader {
	struct cursor cursor;
	struct arena *arena;
	struct msg *msg;
	uint16_t pointer;  /* the owner that was written with this pointer: mostly the next one is too */
	struct name owner; /* lives in the arena */
};

static bool read_question(struct reader *reader)
{
	struct name_buffer buffer;
	struct name name;
	struct question *question = &reader->msg->question;
	if (reader->msg->header.questions == 0)
		return true;
	if (reader->msg->header.questions > 1 || !question_name_read(&reader->cursor, &buffer, &name))
		return false;
	question->type = cursor_u16(&reader->cursor);
	question->class = cursor_u16(&reader->cursor);
	name = name_copy(reader->arena, name);
	if (name.octets == NULL)
		return false;
	question->name = reader->owner = name;
	reader->pointer = POINTER_TO_QUESTION;
	return !reader->cursor.failed;
}

/* `*pointer` is how the owner is written, 0 when otherwise than by a pointer alone. */
static bool read_owner(struct reader *reader, struct name_buffer *buffer, struct name *owner, uint16_t *pointer)
{
	const uint8_t *at = reader->cursor.at;
	*pointer = (uint16_t)(cursor_left(&reader->cursor) >= 2 && at[0] >= 0xc0 ? at[0] << 8 | at[1] : 0);
	if (*pointer == 0 || *pointer != reader->pointer)
		return name_read(&reader->cursor, buffer, owner);
	cursor_skip(&reader->cursor, 2);
	*owner = reader->owner;
	return true;
}

static bool unpack(struct reader *reader, uint16_t type, uint16_t size, struct span *rdata)
{
	uint8_t scratch[SCRATCH_SIZE];
	size_t room = size + RDATA_UNPACKED_EXTRA;
	bool small = room <= sizeof scratch;
	uint8_t *memory = small ? scratch : arena_alloc(reader->arena, room);
	struct builder builder = builder_of(memory, memory != NULL ? room : 0);
	if (!rdata_read(&reader->cursor, type, size, &builder) || builder.overflowed)
		return false;
	assert(builder.size <= UINT16_MAX + RDATA_UNPACKED_EXTRA);
	if (builder.size > UINT16_MAX)
		return false;
	*rdata = builder_written(&builder);
	if (small)
		*rdata = arena_copy(reader->arena, *rdata);
	return rdata->size == builder.size;
}

/* The form of a type holds in class IN; in others only that of the types which RFC 1035 gives to all classes. */
static bool read_rdata(struct reader *reader, struct record *record, uint16_t size)
{
	if (rdata_may_be_packed(record->type))
		return unpack(reader, record->type, size, &record->rdata);
	record->rdata = cursor_take(&reader->cursor, size);
	if (reader->cursor.failed)
		return false;
	bool formed = record->class == CLASS_IN || record->type == TYPE_RRSIG;
	return !formed || rdata_is_valid(record->type, record->rdata);
}

static bool read_opt(struct reader *reader, const struct record *record, uint16_t size)
{
	struct span rdata = cursor_take(&reader->cursor, size);
	if (reader->cursor.failed || reader->msg->edns.present || !name_is_root(record->owner))
		return false;
	return edns_read(record->class, record->ttl, rdata, &reader->msg->edns);
}

/* Types that only a question may have are in no record (RFC 6895 section 3.1). */
static bool is_record_type(uint16_t type)
{
	return type == TYPE_TSIG || type == TYPE_TKEY || (type != TYPE_NONE && !type_is_meta(type));
}

static bool read_record(struct reader *reader, struct gather *gather, bool additional)
{
	struct name_buffer buffer;
	struct record record;
	struct name kept;
	uint16_t pointer;
	if (!read_owner(reader, &buffer, &record.owner, &pointer))
		return false;
	record.owner_kept = record.owner.octets != buffer.octets;
	record.type = cursor_u16(&reader->cursor);
	record.class = cursor_u16(&reader->cursor);
	record.ttl = cursor_u32(&reader->cursor);
	uint16_t size = cursor_u16(&reader->cursor);
	if (record.type == TYPE_OPT && additional) /* its owner is one zero octet (RFC 6891 section 6.1.2) */
		return pointer == 0 && read_opt(reader, &record, size);
	if (!is_record_type(record.type) || !read_rdata(reader, &record, size))
		return false;
	if (!gather_record(gather, &record, &kept))
		return false;
	if (pointer != 0) {
		reader->pointer = pointer;
		reader->owner = kept;
	}
	return true;
}

static bool read_section(struct reader *reader, uint16_t records, struct section *section)
{
	struct gather gather;
	bool additional = section == &reader->msg->additional;
	if (records > cursor_left(&reader->cursor) / RECORD_SIZE_MIN)
		return false;
	if (!gather_begin(&gather, reader->arena, records))
		return false;
	for (unsigned int i = 0; i < records; i++)
		if (!read_record(reader, &gather, additional))
			return false;
	return gather_end(&gather, section);
}

static bool has_too_many_records(const struct header *header)
{
	return header->answers + header->authorities + header->additionals > LIMIT_MESSAGE_RECORDS;
}

bool msg_read(struct span octets, struct arena *arena, struct msg *msg)
{
	struct reader reader = { .cursor = cursor_of(octets), .arena = arena, .msg = msg };
	*msg = (struct msg){ .size = octets.size, .edns = edns_none() };
	if (!header_read(octets, &msg->header))
		return false;
	msg->rcode = msg->header.flags & FLAGS_RCODE_MASK;
	cursor_skip(&reader.cursor, HEADER_SIZE);
	bool good = octets.size <= MSG_SIZE_MAX && !has_too_many_records(&msg->header) && read_question(&reader) &&
		    read_section(&reader, msg->header.answers, &msg->answer) &&
		    read_section(&reader, msg->header.authorities, &msg->authority) &&
		    read_section(&reader, msg->header.additionals, &msg->additional);
	if (!good) {
		*msg = (struct msg){ .header = msg->header, .rcode = msg->rcode, .size = msg->size, .edns = edns_none() };
		return false;
	}
	msg->rcode = (uint16_t)(msg->edns.extended_rcode << 4 | msg->rcode);
	return true;
}

const struct rrset *section_find(const struct section *section, struct name owner, uint16_t type)
{
	for (size_t i = 0; i < section->count; i++) {
		const struct rrset *rrset = &section->rrsets[i];
		if (rrset->type == type && rrset->class == CLASS_IN && name_equal(rrset->owner, owner))
			return rrset;
	}
	return NULL;
}
