#include "wire/gather.h"

#include <assert.h>

#include "wire/codes.h"
#include "wire/fold.h"
#include "wire/limits.h"

/* By chance no chain comes near it: there are at least as many buckets as RRsets. */
#define CHAIN_MAX 64

#define TTL_TOP_BIT 0x80000000u

_Static_assert(LIMIT_MESSAGE_RECORDS < UINT16_MAX, "index + 1 fits 16 bits");

/* Lists are of index + 1; 0 ends them. */
struct list {
	uint16_t first, last;
};

struct gather_group {
	struct list data, signatures;
	uint16_t next; /* in the bucket */
};

struct gather_datum {
	struct span rdata;
	uint16_t next;
};

struct gather_stray {
	struct record record;
	struct gather_stray *older;
};

bool gather_begin(struct gather *gather, struct arena *arena, size_t records)
{
	assert(records <= LIMIT_MESSAGE_RECORDS);
	*gather = (struct gather){ .arena = arena, .capacity = records, .bucket_count = 8 };
	if (records == 0)
		return true;
	while (gather->bucket_count < records)
		gather->bucket_count *= 2;
	gather->rrsets = arena_alloc(arena, records * sizeof *gather->rrsets);
	gather->groups = arena_alloc(arena, records * sizeof *gather->groups);
	gather->data = arena_alloc(arena, records * sizeof *gather->data);
	gather->buckets = arena_alloc(arena, gather->bucket_count * sizeof *gather->buckets);
	return gather->rrsets != NULL && gather->groups != NULL && gather->data != NULL && gather->buckets != NULL;
}

/* Negative TTLs count as 0 (RFC 2181 section 8). */
static uint32_t ttl_of(const struct record *record)
{
	return record->ttl & TTL_TOP_BIT ? 0 : record->ttl;
}

static uint16_t covered_type(const struct record *record)
{
	assert(record->rdata.size >= 2);
	return (uint16_t)(record->rdata.octets[0] << 8 | record->rdata.octets[1]);
}

static uint16_t *bucket_of(const struct gather *gather, const struct record *record, uint16_t type)
{
	uint64_t seed = (uint64_t)record->class << 16 | type;
	uint64_t hash = fold_hash(seed, record->owner.octets, record->owner.size);
	return &gather->buckets[hash & (gather->bucket_count - 1)];
}

static bool belongs(const struct record *record, uint16_t type, const struct rrset *rrset)
{
	return rrset->type == type && rrset->class == record->class && name_equal(rrset->owner, record->owner);
}

/* The RRset's index + 1; 0 when there is none; `*links` is the length of the chain walked. */
static uint16_t find(const struct gather *gather, const struct record *record, uint16_t type, int *links)
{
	*links = 0;
	if (gather->count > 0 && belongs(record, type, &gather->rrsets[gather->count - 1]))
		return (uint16_t)gather->count;
	uint16_t at = gather->count > 0 ? *bucket_of(gather, record, type) : 0;
	for (; at != 0 && *links < CHAIN_MAX; at = gather->groups[at - 1].next, ++*links)
		if (belongs(record, type, &gather->rrsets[at - 1]))
			return at;
	return 0;
}

static struct name keep_owner(const struct gather *gather, const struct record *record)
{
	return record->owner_kept ? record->owner : name_copy(gather->arena, record->owner);
}

static uint16_t add_rrset(struct gather *gather, const struct record *record)
{
	struct name owner = keep_owner(gather, record);
	if (owner.octets == NULL)
		return 0;
	uint16_t *bucket = bucket_of(gather, record, record->type);
	gather->rrsets[gather->count] = (struct rrset){
		.owner = owner,
		.type = record->type,
		.class = record->class,
		.ttl = ttl_of(record),
	};
	gather->groups[gather->count].next = *bucket;
	*bucket = (uint16_t)++gather->count;
	return *bucket;
}

static bool holds(const struct gather *gather, struct list list, uint16_t type, struct span rdata)
{
	for (uint16_t at = list.first; at != 0; at = gather->data[at - 1].next)
		if (rdata_equal(type, gather->data[at - 1].rdata, rdata))
			return true;
	return false;
}

static void append(struct gather *gather, struct list *list, struct span rdata)
{
	gather->data[gather->data_count].rdata = rdata;
	uint16_t at = (uint16_t)++gather->data_count;
	if (list->first == 0)
		list->first = at;
	else
		gather->data[list->last - 1].next = at;
	list->last = at;
}

static void add_datum(struct gather *gather, uint16_t index, const struct record *record, bool signature)
{
	struct rrset *rrset = &gather->rrsets[index - 1];
	struct gather_group *group = &gather->groups[index - 1];
	struct list *list = signature ? &group->signatures : &group->data;
	uint16_t *count = signature ? &rrset->signatures : &rrset->count;
	if (ttl_of(record) < rrset->ttl)
		rrset->ttl = ttl_of(record);
	if (*count == (signature ? LIMIT_RRSET_SIGNATURES : LIMIT_RRSET_RECORDS)) {
		rrset->oversized |= !signature;
	} else if (!holds(gather, *list, record->type, record->rdata)) {
		append(gather, list, record->rdata);
		++*count;
	}
}

static bool add_data(struct gather *gather, const struct record *record, struct name *kept)
{
	int links;
	uint16_t index = find(gather, record, record->type, &links);
	if (index == 0 && links < CHAIN_MAX)
		index = add_rrset(gather, record);
	if (index == 0)
		return false;
	*kept = gather->rrsets[index - 1].owner;
	add_datum(gather, index, record, false);
	return true;
}

static bool put_aside(struct gather *gather, const struct record *record, struct name *kept)
{
	struct gather_stray *stray = ARENA_NEW(gather->arena, struct gather_stray);
	if (stray == NULL)
		return false;
	*stray = (struct gather_stray){ .record = *record, .older = gather->strays };
	stray->record.owner = *kept = keep_owner(gather, record);
	stray->record.owner_kept = true;
	gather->strays = stray;
	return kept->octets != NULL;
}

bool gather_record(struct gather *gather, const struct record *record, struct name *kept)
{
	int links;
	if (record->type != TYPE_RRSIG)
		return add_data(gather, record, kept);
	uint16_t index = find(gather, record, covered_type(record), &links);
	if (index == 0)
		return links < CHAIN_MAX && put_aside(gather, record, kept);
	*kept = gather->rrsets[index - 1].owner;
	add_datum(gather, index, record, true);
	return true;
}

static struct gather_stray *oldest_first(struct gather_stray *stray)
{
	struct gather_stray *oldest = NULL;
	while (stray != NULL) {
		struct gather_stray *older = stray->older;
		stray->older = oldest;
		oldest = stray;
		stray = older;
	}
	return oldest;
}

static bool place_strays(struct gather *gather)
{
	struct gather_stray *stray = oldest_first(gather->strays);
	size_t data_rrsets = gather->count;
	for (; stray != NULL; stray = stray->older) {
		int links;
		struct name kept;
		uint16_t index = find(gather, &stray->record, covered_type(&stray->record), &links);
		if (index != 0 && index <= data_rrsets)
			add_datum(gather, index, &stray->record, true);
		else if (!add_data(gather, &stray->record, &kept))
			return false;
	}
	return true;
}

static size_t packed_size(const struct gather *gather)
{
	size_t size = 0;
	for (size_t i = 0; i < gather->data_count; i++)
		size += 2 + gather->data[i].rdata.size;
	return size;
}

static void pack(const struct gather *gather, struct list list, struct builder *builder)
{
	for (uint16_t at = list.first; at != 0; at = gather->data[at - 1].next) {
		builder_u16(builder, (uint16_t)gather->data[at - 1].rdata.size);
		builder_octets(builder, gather->data[at - 1].rdata);
	}
}

bool gather_end(struct gather *gather, struct section *section)
{
	if (!place_strays(gather))
		return false;
	size_t size = packed_size(gather);
	uint8_t *memory = size > 0 ? arena_alloc(gather->arena, size) : NULL;
	if (size > 0 && memory == NULL)
		return false;
	struct builder builder = builder_of(memory, size);
	for (size_t i = 0; i < gather->count; i++) {
		size_t start = builder.size;
		pack(gather, gather->groups[i].data, &builder);
		pack(gather, gather->groups[i].signatures, &builder);
		gather->rrsets[i].packed = span_of(memory + start, builder.size - start);
	}
	assert(!builder.overflowed && builder.size == size);
	*section = (struct section){ .rrsets = gather->rrsets, .count = gather->count };
	return true;
}
