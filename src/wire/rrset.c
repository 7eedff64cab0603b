#include "wire/rrset.h"

#include "wire/codes.h"
#include "wire/limits.h"

struct rrset_walk rrset_walk_data(const struct rrset *rrset)
{
	return (struct rrset_walk){ .cursor = cursor_of(rrset->packed), .left = rrset->count };
}

struct rrset_walk rrset_walk_signatures(const struct rrset *rrset)
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	while (rrset_next(&walk, &rdata))
		;
	walk.left = rrset->signatures;
	return walk;
}

bool rrset_next(struct rrset_walk *walk, struct span *rdata)
{
	if (walk->left == 0)
		return false;
	walk->left--;
	*rdata = cursor_take(&walk->cursor, cursor_u16(&walk->cursor));
	return !walk->cursor.failed;
}

struct span rrset_first(const struct rrset *rrset)
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata = span_of(NULL, 0);
	(void)rrset_next(&walk, &rdata);
	return rdata;
}

static int compare_rdata(struct span a, struct span b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int difference = size > 0 ? memcmp(a.octets, b.octets, size) : 0;
	return difference != 0 ? difference : (a.size > b.size) - (a.size < b.size);
}

/* Shell sort with Ciura's gaps: as many records as an RRset may have, without the allocation that qsort may do. */
static void sort(struct span *records, size_t count)
{
	static const size_t gaps[] = { 132, 57, 23, 10, 4, 1 };
	for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++) {
		for (size_t i = gaps[g]; i < count; i++) {
			struct span record = records[i];
			size_t at = i;
			for (; at >= gaps[g] && compare_rdata(records[at - gaps[g]], record) > 0; at -= gaps[g])
				records[at] = records[at - gaps[g]];
			records[at] = record;
		}
	}
}

static size_t sorted_records(const struct rrset *rrset, struct span records[LIMIT_RRSET_RECORDS])
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	size_t count = 0;
	while (count < LIMIT_RRSET_RECORDS && rrset_next(&walk, &records[count]))
		count++;
	sort(records, count);
	return count;
}

bool rrset_same_data(const struct rrset *a, const struct rrset *b)
{
	struct span x[LIMIT_RRSET_RECORDS], y[LIMIT_RRSET_RECORDS];
	if (a->count != b->count || a->count > LIMIT_RRSET_RECORDS)
		return false;
	size_t count = sorted_records(a, x);
	if (sorted_records(b, y) != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!span_equal(x[i], y[i]))
			return false;
	return true;
}

bool rrset_copy(struct arena *arena, const struct rrset *rrset, struct rrset *copy)
{
	*copy = *rrset;
	copy->owner = name_copy(arena, rrset->owner);
	copy->packed = arena_copy(arena, rrset->packed);
	return copy->owner.octets != NULL && copy->packed.size == rrset->packed.size;
}

bool rrset_of_one(struct arena *arena, struct name owner, uint16_t type, uint32_t ttl, struct span rdata,
		  struct rrset *rrset)
{
	uint8_t *memory = rdata.size <= UINT16_MAX ? arena_alloc(arena, 2 + rdata.size) : NULL;
	if (memory == NULL)
		return false;
	struct builder builder = builder_of(memory, 2 + rdata.size);
	builder_u16(&builder, (uint16_t)rdata.size);
	builder_octets(&builder, rdata);
	*rrset = (struct rrset){
		.owner = name_copy(arena, owner),
		.type = type,
		.class = CLASS_IN,
		.ttl = ttl,
		.count = 1,
		.packed = builder_written(&builder),
	};
	return rrset->owner.octets != NULL;
}
