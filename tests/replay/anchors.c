#include "anchors.h"

#include "entry.h"
#include "wire/codes.h"

#define OUT_OF_MEMORY "out of memory"
#define ANCHOR_TTL 3600u

/* The RRset of that owner and type; a new and empty one when there is none yet, NULL when there is no room. */
static struct rrset *find_rrset(struct anchors *anchors, struct name owner, uint16_t type)
{
	for (size_t i = 0; i < anchors->count; i++)
		if (anchors->rrsets[i].type == type && name_equal(anchors->rrsets[i].owner, owner))
			return &anchors->rrsets[i];
	if (anchors->count == ANCHORS_MAX)
		return NULL;
	struct rrset *rrset = &anchors->rrsets[anchors->count++];
	*rrset = (struct rrset){ .owner = owner, .type = type, .class = CLASS_IN, .ttl = ANCHOR_TTL };
	return rrset;
}

static const char *append_record(struct rrset *rrset, struct arena *arena, struct span rdata)
{
	size_t size = rrset->packed.size + 2 + rdata.size;
	uint8_t *packed = arena_alloc(arena, size);
	if (packed == NULL)
		return OUT_OF_MEMORY;
	struct builder builder = builder_of(packed, size);
	builder_octets(&builder, rrset->packed);
	builder_u16(&builder, (uint16_t)rdata.size);
	builder_octets(&builder, rdata);
	rrset->packed = builder_written(&builder);
	rrset->count++;
	return NULL;
}

static void open_parentheses(char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '(' || *text == ')')
			*text = ' ';
}

const char *anchors_add(struct anchors *anchors, struct arena *arena, char *text)
{
	struct reading reading = { .arena = arena, .ttl = ANCHOR_TTL };
	struct records records = { 0 };
	open_parentheses(text);
	bool read = entry_read_record(&reading, &records, text);
	ldns_rdf_deep_free(reading.owner);
	if (!read)
		return "this is no record";
	const struct presentable *record = &records.at[0].shown;
	if (record->class != CLASS_IN || (record->type != TYPE_DS && record->type != TYPE_DNSKEY))
		return "a trust anchor is a DS or DNSKEY record";
	struct rrset *rrset = find_rrset(anchors, record->owner, record->type);
	if (rrset == NULL)
		return "too many trust anchors";
	return append_record(rrset, arena, record->rdata);
}

const char *anchors_add_negative(struct anchors *anchors, struct arena *arena, char *text)
{
	char *until = strchr(text, ' ');
	struct name_buffer buffer;
	struct negative_anchor anchor = { .until = INT64_MAX };
	if (anchors->negative_count == ANCHORS_MAX)
		return "too many zones that are not validated";
	if (until != NULL) {
		anchor.until = strtoll(until, NULL, 10);
		*until = '\0';
	}
	if (!name_of_text(text, &buffer, &anchor.zone))
		return "this is no name";
	anchor.zone = name_copy(arena, anchor.zone);
	if (anchor.zone.octets == NULL)
		return OUT_OF_MEMORY;
	anchors->negative[anchors->negative_count++] = anchor;
	return NULL;
}
