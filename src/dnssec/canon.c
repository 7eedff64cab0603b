#include "dnssec/canon.h"

#include "wire/limits.h"

#define RECORD_HEAD 10u /* type, class, TTL, length */

/* RFC 4034 section 6.3: octets from the left; of two that are equal so far the shorter one is first. */
static int compare(struct span a, struct span b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int difference = size > 0 ? memcmp(a.octets, b.octets, size) : 0;
	return difference != 0 ? difference : (a.size > b.size) - (a.size < b.size);
}

static void merge(const struct span *left, const struct span *middle, const struct span *end, struct span *merged)
{
	const struct span *right = middle;
	while (left < middle || right < end)
		*merged++ = right == end || (left < middle && compare(*left, *right) <= 0) ? *left++ : *right++;
}

/* Merge sort between two halves of `records`, from runs of one upwards; says in which half the result is. */
static struct span *sort(struct span *records, size_t count)
{
	struct span *from = records, *to = records + count;
	for (size_t run = 1; run < count; run *= 2) {
		for (size_t at = 0; at < count; at += 2 * run) {
			size_t middle = at + run < count ? at + run : count;
			size_t end = at + 2 * run < count ? at + 2 * run : count;
			merge(from + at, from + middle, from + end, to + at);
		}
		struct span *before = from;
		from = to;
		to = before;
	}
	return from;
}

/* The same record twice is the same RRset (RFC 2181 section 5, RFC 4034 section 6.3). */
static size_t drop_equals(struct span *records, size_t count)
{
	size_t kept = 1;
	for (size_t i = 1; i < count; i++)
		if (!span_equal(records[i], records[kept - 1]))
			records[kept++] = records[i];
	return kept;
}

bool canon_prepare(struct canon *canon, const struct rrset *rrset, struct arena *scratch)
{
	size_t count = rrset->count, room = rrset->packed.size;
	if (count == 0 || count > LIMIT_RRSET_RECORDS)
		return false;
	struct span *records = arena_alloc(scratch, 2 * count * sizeof *records);
	uint8_t *octets = arena_alloc(scratch, room);
	*canon = (struct canon){ .rrset = rrset };
	canon->capacity = 2 * NAME_SIZE_MAX + RECORD_HEAD + count * (rrset->owner.size + RECORD_HEAD) + room;
	canon->memory = arena_alloc(scratch, canon->capacity);
	if (records == NULL || octets == NULL || canon->memory == NULL)
		return false;
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	for (size_t i = 0; i < count; i++) {
		if (!rrset_next(&walk, &rdata))
			return false;
		if (rdata.size > 0)
			memcpy(octets, rdata.octets, rdata.size);
		rdata_canonicalise(rrset->type, octets, (uint16_t)rdata.size);
		records[i] = span_of(octets, rdata.size);
		octets += rdata.size;
	}
	records = sort(records, count);
	canon->records = records;
	canon->count = drop_equals(records, count);
	return true;
}

static void write_lower(struct builder *builder, struct name name)
{
	uint8_t lower[NAME_SIZE_MAX];
	name_lower_into(name, lower);
	builder_octets(builder, span_of(lower, name.size));
}

/* RFC 4035 section 5.3.2. An owner that is the wildcard itself comes out as it is. */
static void write_owner(struct builder *builder, struct name owner, unsigned int labels)
{
	if (labels >= owner.labels) {
		write_lower(builder, owner);
		return;
	}
	builder_octets(builder, span_of("\1*", 2));
	write_lower(builder, name_suffix(owner, labels));
}

struct span canon_signed_octets(const struct canon *canon, const struct rrsig *rrsig)
{
	const struct rrset *rrset = canon->rrset;
	uint8_t memory[NAME_SIZE_MAX + RECORD_HEAD];
	struct builder head = builder_of(memory, sizeof memory);
	write_owner(&head, rrset->owner, rrsig->labels);
	builder_u16(&head, rrset->type);
	builder_u16(&head, rrset->class);
	builder_u32(&head, rrsig->original_ttl);

	struct builder builder = builder_of(canon->memory, canon->capacity);
	builder_octets(&builder, span_of(rrsig->head.octets, rrsig->head.size - rrsig->signer.size));
	write_lower(&builder, rrsig->signer);
	for (size_t i = 0; i < canon->count; i++) {
		builder_octets(&builder, builder_written(&head));
		builder_u16(&builder, (uint16_t)canon->records[i].size);
		builder_octets(&builder, canon->records[i]);
	}
	return builder_written(&builder);
}
