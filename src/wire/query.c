#include "wire/codes.h"
#include "wire/limits.h"
#include "wire/msg.h"

bool header_read(struct span octets, struct header *header)
{
	struct cursor cursor = cursor_of(octets);
	*header = (struct header){ .id = cursor_u16(&cursor) };
	header->flags = cursor_u16(&cursor);
	header->questions = cursor_u16(&cursor);
	header->answers = cursor_u16(&cursor);
	header->authorities = cursor_u16(&cursor);
	header->additionals = cursor_u16(&cursor);
	return !cursor.failed;
}

bool question_name_read(struct cursor *message, struct name_buffer *buffer, struct name *name)
{
	size_t start = cursor_offset(message);
	return name_read(message, buffer, name) && cursor_offset(message) - start == name->size;
}

bool question_equal(const struct question *a, const struct question *b)
{
	return a->type == b->type && a->class == b->class && name_equal(a->name, b->name);
}

static bool read_question(struct cursor *cursor, struct query *query)
{
	if (query->header.questions == 0)
		return true;
	if (query->header.questions > 1 || !question_name_read(cursor, &query->name, &query->question.name))
		return false;
	query->question.type = cursor_u16(cursor);
	query->question.class = cursor_u16(cursor);
	return !cursor->failed;
}

static bool read_record(struct cursor *cursor, struct query *query, bool additional)
{
	const uint8_t *owner = cursor->at;
	if (!name_skip(cursor))
		return false;
	bool root = cursor->at - owner == 1;
	uint16_t type = cursor_u16(cursor), class = cursor_u16(cursor);
	uint32_t ttl = cursor_u32(cursor);
	struct span rdata = cursor_take(cursor, cursor_u16(cursor));
	if (cursor->failed)
		return false;
	if (type != TYPE_OPT)
		return true;
	return additional && root && !query->edns.present && edns_read(class, ttl, rdata, &query->edns);
}

static bool read_records(struct cursor *cursor, struct query *query)
{
	unsigned int before = query->header.answers + query->header.authorities;
	unsigned int count = before + query->header.additionals;
	if (count > LIMIT_MESSAGE_RECORDS)
		return false;
	for (unsigned int i = 0; i < count; i++)
		if (!read_record(cursor, query, i >= before))
			return false;
	return true;
}

bool msg_find_edns(struct span octets, struct edns *edns)
{
	struct query query = { .edns = edns_none() };
	struct cursor cursor = cursor_of(octets);
	*edns = edns_none();
	if (!header_read(octets, &query.header))
		return false;
	cursor_skip(&cursor, HEADER_SIZE);
	if (!read_question(&cursor, &query) || !read_records(&cursor, &query))
		return false;
	*edns = query.edns;
	return true;
}

enum query_form query_read(struct span octets, struct query *query)
{
	struct cursor cursor = cursor_of(octets);
	query->question = (struct question){ 0 };
	query->question_end = HEADER_SIZE;
	query->edns = edns_none();
	if (!header_read(octets, &query->header))
		return QUERY_NO_HEADER;
	if (query->header.flags & FLAG_QR)
		return QUERY_IS_REPLY;
	if (header_opcode(&query->header) != OPCODE_QUERY)
		return QUERY_GOOD;
	cursor_skip(&cursor, HEADER_SIZE);
	if (!read_question(&cursor, query))
		return QUERY_MALFORMED;
	query->question_end = cursor_offset(&cursor);
	return read_records(&cursor, query) ? QUERY_GOOD : QUERY_MALFORMED;
}
