#include "message.h"

#include "wire/codes.h"

#include <stdarg.h>
#include <stdio.h>

#define OUT_OF_MEMORY "out of memory"

static bool take_name(struct arena *arena, const ldns_rdf *rdf, struct name *name)
{
	struct cursor cursor = cursor_of(span_of(ldns_rdf_data(rdf), ldns_rdf_size(rdf)));
	if (!name_read_plain(&cursor, name))
		return false;
	*name = name_copy(arena, *name);
	return name->octets != NULL;
}

static struct span take_rdata(struct arena *arena, const ldns_rr *record)
{
	uint8_t octets[MSG_SIZE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	for (size_t i = 0; i < ldns_rr_rd_count(record); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(record, i);
		builder_octets(&builder, span_of(ldns_rdf_data(rdf), ldns_rdf_size(rdf)));
	}
	return arena_copy(arena, builder_written(&builder));
}

/* What counts of a record: all but its TTL and the case of its names. */
static struct span take_canonical(struct arena *arena, const ldns_rr *record)
{
	struct span canonical = { 0 };
	uint8_t *wire = NULL;
	size_t size = 0;
	ldns_rr *copy = ldns_rr_clone(record);
	if (copy == NULL)
		return canonical;
	ldns_rr2canonical(copy);
	ldns_rr_set_ttl(copy, 0);
	if (ldns_rr2wire(&wire, copy, LDNS_SECTION_ANSWER, &size) == LDNS_STATUS_OK)
		canonical = arena_copy(arena, span_of(wire, size));
	free(wire);
	ldns_rr_free(copy);
	return canonical;
}

static struct record *room(struct arena *arena, struct records *records)
{
	if (records->count == records->capacity) {
		size_t capacity = records->capacity == 0 ? 4 : 2 * records->capacity;
		struct record *more = arena_alloc(arena, capacity * sizeof *more);
		if (more == NULL)
			return NULL;
		if (records->count > 0)
			memcpy(more, records->at, records->count * sizeof *more);
		records->at = more;
		records->capacity = capacity;
	}
	return &records->at[records->count];
}

bool message_add(struct arena *arena, struct records *records, const ldns_rr *record)
{
	struct record *at = room(arena, records);
	if (at == NULL)
		return false;
	*at = (struct record){ .shown = { .type = (uint16_t)ldns_rr_get_type(record),
					  .class = (uint16_t)ldns_rr_get_class(record),
					  .ttl = ldns_rr_ttl(record),
					  .rdata = take_rdata(arena, record) },
			       .canonical = take_canonical(arena, record) };
	if (!take_name(arena, ldns_rr_owner(record), &at->shown.owner) || at->canonical.octets == NULL)
		return false;
	records->count++;
	return true;
}

static bool take_section(struct arena *arena, struct records *records, const ldns_rr_list *list)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		if (!message_add(arena, records, ldns_rr_list_rr(list, i)))
			return false;
	return true;
}

static uint16_t take_flags(const ldns_pkt *packet)
{
	return (uint16_t)((ldns_pkt_qr(packet) ? FLAG_QR : 0) | (ldns_pkt_aa(packet) ? FLAG_AA : 0) |
			  (ldns_pkt_tc(packet) ? FLAG_TC : 0) | (ldns_pkt_rd(packet) ? FLAG_RD : 0) |
			  (ldns_pkt_ra(packet) ? FLAG_RA : 0) | (ldns_pkt_ad(packet) ? FLAG_AD : 0) |
			  (ldns_pkt_cd(packet) ? FLAG_CD : 0));
}

static bool take_question(struct arena *arena, const ldns_pkt *packet, struct message *message)
{
	const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
	if (question == NULL)
		return true;
	message->has_question = true;
	message->question.type = (uint16_t)ldns_rr_get_type(question);
	message->question.class = (uint16_t)ldns_rr_get_class(question);
	return take_name(arena, ldns_rr_owner(question), &message->question.name);
}

static bool take_packet(struct arena *arena, const ldns_pkt *packet, struct message *message)
{
	*message = (struct message){ .id = ldns_pkt_id(packet),
				     .flags = take_flags(packet),
				     .opcode = (uint8_t)ldns_pkt_get_opcode(packet),
				     .rcode = (uint16_t)ldns_pkt_get_rcode(packet),
				     .has_edns = ldns_pkt_edns(packet) };
	if (message->has_edns) {
		const ldns_rdf *options = ldns_pkt_edns_data(packet);
		message->rcode = (uint16_t)(message->rcode | ldns_pkt_edns_extended_rcode(packet) << 4);
		message->edns_version = ldns_pkt_edns_version(packet);
		message->udp_size = ldns_pkt_edns_udp_size(packet);
		message->dnssec_ok = ldns_pkt_edns_do(packet);
		if (options != NULL)
			message->options = arena_copy(arena, span_of(ldns_rdf_data(options), ldns_rdf_size(options)));
	}
	return take_question(arena, packet, message) &&
	       take_section(arena, &message->sections[MESSAGE_ANSWER], ldns_pkt_answer(packet)) &&
	       take_section(arena, &message->sections[MESSAGE_AUTHORITY], ldns_pkt_authority(packet)) &&
	       take_section(arena, &message->sections[MESSAGE_ADDITIONAL], ldns_pkt_additional(packet));
}

const char *message_read(struct span octets, struct arena *arena, struct message *message)
{
	ldns_pkt *packet = NULL;
	ldns_status status = ldns_wire2pkt(&packet, octets.octets, octets.size);
	*message = (struct message){ 0 };
	if (status != LDNS_STATUS_OK)
		return ldns_get_errorstr_by_id(status);
	bool taken = take_packet(arena, packet, message);
	ldns_pkt_free(packet);
	return taken ? NULL : OUT_OF_MEMORY;
}

static void write_record(struct builder *builder, const struct presentable *record)
{
	name_write(builder, record->owner);
	builder_u16(builder, record->type);
	builder_u16(builder, record->class);
	builder_u32(builder, record->ttl);
	builder_u16(builder, (uint16_t)record->rdata.size);
	builder_octets(builder, record->rdata);
}

static void write_opt(struct builder *builder, const struct message *message)
{
	name_write(builder, name_root);
	builder_u16(builder, TYPE_OPT);
	builder_u16(builder, message->udp_size);
	builder_u8(builder, (uint8_t)(message->rcode >> 4));
	builder_u8(builder, message->edns_version);
	builder_u16(builder, message->dnssec_ok ? 0x8000 : 0);
	builder_u16(builder, (uint16_t)message->options.size);
	builder_octets(builder, message->options);
}

size_t message_write(const struct message *message, uint8_t *octets, size_t capacity)
{
	struct builder builder = builder_of(octets, capacity);
	builder_u16(&builder, message->id);
	unsigned int opcode = (unsigned int)message->opcode << FLAGS_OPCODE_SHIFT;
	builder_u16(&builder, (uint16_t)(message->flags | opcode | (message->rcode & FLAGS_RCODE_MASK)));
	builder_u16(&builder, message->has_question ? 1 : 0);
	for (unsigned int i = 0; i < MESSAGE_SECTIONS; i++)
		builder_u16(&builder, (uint16_t)(message->sections[i].count +
						 (i == MESSAGE_ADDITIONAL && message->has_edns ? 1 : 0)));
	if (message->has_question) {
		name_write(&builder, message->question.name);
		builder_u16(&builder, message->question.type);
		builder_u16(&builder, message->question.class);
	}
	for (unsigned int i = 0; i < MESSAGE_SECTIONS; i++)
		for (size_t j = 0; j < message->sections[i].count; j++)
			write_record(&builder, &message->sections[i].at[j].shown);
	if (message->has_edns)
		write_opt(&builder, message);
	return builder.overflowed ? 0 : builder.size;
}

struct sheet {
	char *text;
	size_t size, used;
};

static void say(struct sheet *sheet, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct sheet *sheet, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(sheet->text + sheet->used, sheet->size - sheet->used, format, arguments);
	va_end(arguments);
	if (size > 0)
		sheet->used += (size_t)size;
	if (sheet->used >= sheet->size)
		sheet->used = sheet->size - 1;
}

static void say_flags(struct sheet *sheet, const struct message *message)
{
	static const struct {
		uint16_t flag;
		const char *word;
	} words[] = { { FLAG_QR, "QR" }, { FLAG_AA, "AA" }, { FLAG_TC, "TC" }, { FLAG_RD, "RD" },
		      { FLAG_RA, "RA" }, { FLAG_AD, "AD" }, { FLAG_CD, "CD" } };
	char code[CODE_TEXT_SIZE];
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if ((message->flags & words[i].flag) != 0)
			say(sheet, "%s ", words[i].word);
	if (message->opcode != OPCODE_QUERY)
		say(sheet, "%s ", opcode_to_text(message->opcode, code));
	say(sheet, "%s", rcode_to_text(message->rcode, code));
	if (message->has_edns)
		say(sheet, " EDNS%s", message->dnssec_ok ? " DO" : "");
	for (unsigned int n = 0; message_ede(message, n) != EDE_NONE; n++)
		say(sheet, " EDE %d", message_ede(message, n));
}

const char *message_to_text(const struct message *message, char *text, size_t size)
{
	static const char *const sections[MESSAGE_SECTIONS] = { "answer", "authority", "additional" };
	struct sheet sheet = { .text = text, .size = size };
	char name[NAME_TEXT_SIZE], class[CODE_TEXT_SIZE], type[CODE_TEXT_SIZE], record[PRESENT_SIZE];
	say_flags(&sheet, message);
	if (message->has_question)
		say(&sheet, ", %s %s %s", name_to_text(message->question.name, name),
		    class_to_text(message->question.class, class), type_to_text(message->question.type, type));
	for (unsigned int i = 0; i < MESSAGE_SECTIONS; i++)
		for (size_t j = 0; j < message->sections[i].count; j++)
			say(&sheet, "%s%s", j == 0 ? "; " : ", ", j == 0 ? sections[i] : ""),
				say(&sheet, "%s%s", j == 0 ? ": " : "",
				    present_record(&message->sections[i].at[j].shown, record, sizeof record));
	return text;
}

int message_ede(const struct message *message, unsigned int n)
{
	struct cursor cursor = cursor_of(message->options);
	while (cursor_left(&cursor) >= 4) {
		uint16_t option = cursor_u16(&cursor);
		struct span data = cursor_take(&cursor, cursor_u16(&cursor));
		if (option == EDNS_EDE && data.size >= 2 && n-- == 0)
			return data.octets[0] << 8 | data.octets[1];
	}
	return EDE_NONE;
}
