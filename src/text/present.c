#include "text/present.h"

#include "wire/codes.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>

#define CUT "..."

/* Text that grows into bounded room. */
struct writing {
	char *text;
	size_t size; /* of the room, with the final NUL */
	size_t used;
	bool cut;
};

static void put(struct writing *writing, const char *octets, size_t size)
{
	size_t room = writing->size - writing->used - sizeof CUT;
	if (writing->cut)
		return;
	if (size > room) {
		size = room;
		writing->cut = true;
	}
	memcpy(writing->text + writing->used, octets, size);
	writing->used += size;
}

static const char *finish(struct writing *writing)
{
	strcpy(writing->text + writing->used, writing->cut ? CUT : "");
	return writing->text;
}

/* ldns escapes what zone files want escaped; not every type is as careful of terminals. */
static void put_printable(struct writing *writing, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char octet = (unsigned char)*text;
		char escaped[8];
		if (octet == '\t' || octet == '\n')
			put(writing, " ", 1);
		else if (octet < 0x20 || octet > 0x7e)
			put(writing, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\%03u", octet));
		else
			put(writing, text, 1);
	}
}

static void put_unknown(struct writing *writing, struct span rdata)
{
	char number[32];
	put(writing, number, (size_t)snprintf(number, sizeof number, "\\# %zu%s", rdata.size, rdata.size > 0 ? " " : ""));
	for (size_t i = 0; i < rdata.size; i++)
		put(writing, number, (size_t)snprintf(number, sizeof number, "%02x", rdata.octets[i]));
}

/* The record as ldns has it; NULL when it is malformed or there is no memory. */
static ldns_rr *parse(const struct presentable *record)
{
	size_t size = 1 + 10 + record->rdata.size, at = 0;
	ldns_rr *parsed = NULL;
	uint8_t *octets = record->rdata.size <= UINT16_MAX ? malloc(size) : NULL;
	if (octets == NULL)
		return NULL;
	struct builder builder = builder_of(octets, size);
	name_write(&builder, name_root);
	builder_u16(&builder, record->type);
	builder_u16(&builder, record->class);
	builder_u32(&builder, 0);
	builder_u16(&builder, (uint16_t)record->rdata.size);
	builder_octets(&builder, record->rdata);
	ldns_status status = ldns_wire2rr(&parsed, octets, size, &at, LDNS_SECTION_ANSWER);
	free(octets);
	if (status == LDNS_STATUS_OK && at == size)
		return parsed;
	if (status == LDNS_STATUS_OK)
		ldns_rr_free(parsed);
	return NULL;
}

/* Behind owner, TTL, class and type; malloc'd, NULL when there is none. */
static char *write_rdata(const ldns_rr *record)
{
	ldns_buffer *buffer = ldns_buffer_new(256);
	if (buffer == NULL)
		return NULL;
	ldns_status status = LDNS_STATUS_OK;
	for (size_t i = 0; i < ldns_rr_rd_count(record) && status == LDNS_STATUS_OK; i++) {
		if (i > 0)
			ldns_buffer_printf(buffer, " ");
		status = ldns_rdf2buffer_str(buffer, ldns_rr_rdf(record, i));
	}
	char *text = status == LDNS_STATUS_OK ? ldns_buffer_export2str(buffer) : NULL;
	ldns_buffer_free(buffer);
	return text;
}

static void put_rdata(struct writing *writing, const struct presentable *record)
{
	ldns_rr *parsed = record->rdata.size > 0 ? parse(record) : NULL;
	char *text = parsed != NULL && ldns_rr_rd_count(parsed) > 0 ? write_rdata(parsed) : NULL;
	if (text != NULL)
		put_printable(writing, text);
	else
		put_unknown(writing, record->rdata);
	free(text);
	ldns_rr_free(parsed);
}

const char *present_rdata(const struct presentable *record, char *text, size_t size)
{
	struct writing writing = { .text = text, .size = size };
	put_rdata(&writing, record);
	return finish(&writing);
}

static void put_record(struct writing *writing, const struct presentable *record)
{
	char name[NAME_TEXT_SIZE], class[CODE_TEXT_SIZE], type[CODE_TEXT_SIZE];
	char middle[16 + 2 * CODE_TEXT_SIZE];
	name_to_text(record->owner, name);
	put(writing, name, strlen(name));
	put(writing, middle,
	    (size_t)snprintf(middle, sizeof middle, " %lu %s %s ", (unsigned long)record->ttl,
			     class_to_text(record->class, class), type_to_text(record->type, type)));
	put_rdata(writing, record);
}

const char *present_record(const struct presentable *record, char *text, size_t size)
{
	struct writing writing = { .text = text, .size = size };
	put_record(&writing, record);
	return finish(&writing);
}

static size_t put_records(struct writing *writing, struct presentable *record, struct rrset_walk walk)
{
	size_t count = 0;
	while (rrset_next(&walk, &record->rdata)) {
		struct writing before = *writing;
		put_record(writing, record);
		put(writing, "\n", 1);
		if (writing->cut) {
			*writing = before;
			break;
		}
		count++;
	}
	return count;
}

size_t present_rrset(const struct rrset *rrset, bool signatures, char *text, size_t size)
{
	struct writing writing = { .text = text, .size = size };
	struct presentable record = { .owner = rrset->owner,
				      .type = rrset->type,
				      .class = rrset->class,
				      .ttl = rrset->ttl };
	size_t count = put_records(&writing, &record, rrset_walk_data(rrset));
	if (signatures) {
		record.type = TYPE_RRSIG;
		count += put_records(&writing, &record, rrset_walk_signatures(rrset));
	}
	finish(&writing);
	return count;
}
