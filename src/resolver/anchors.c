#include "resolver/anchors.h"

bool anchors_replace(struct anchors *anchors, const struct rrset *rrsets, size_t count, struct arena *arena)
{
	struct rrset *trusted = arena_alloc(arena, (count + 1) * sizeof *trusted);
	if (trusted == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!rrset_copy(arena, &rrsets[i], &trusted[i]))
			return false;
	anchors->trusted = trusted;
	anchors->trusted_count = count;
	return true;
}

bool anchors_read(struct anchors *anchors, const struct engine_setup *setup, struct arena *arena)
{
	anchors->negative = arena_alloc(arena, (setup->negative_anchor_count + 1) * sizeof *anchors->negative);
	if (anchors->negative == NULL || !anchors_replace(anchors, setup->anchors, setup->anchor_count, arena))
		return false;
	for (size_t i = 0; i < setup->negative_anchor_count; i++) {
		struct negative_anchor *negative = &anchors->negative[anchors->negative_count++];
		*negative = setup->negative_anchors[i];
		negative->zone = name_copy_lower(arena, negative->zone);
		if (negative->zone.octets == NULL)
			return false;
	}
	return true;
}

/* The deepest one; NULL: nothing is trusted there. */
static const struct rrset *find_trusted(const struct anchors *anchors, struct name name)
{
	const struct rrset *found = NULL;
	for (size_t i = 0; i < anchors->trusted_count; i++) {
		const struct rrset *anchor = &anchors->trusted[i];
		if (name_is_within(name, anchor->owner) && (found == NULL || anchor->owner.labels > found->owner.labels))
			found = anchor;
	}
	return found;
}

/* The POSIX second until which trust that begins so many labels deep is set aside for the name; INT64_MIN: never. */
static int64_t aside_until(const struct anchors *anchors, struct name name, unsigned int labels)
{
	int64_t until = INT64_MIN;
	for (size_t i = 0; i < anchors->negative_count; i++) {
		const struct negative_anchor *negative = &anchors->negative[i];
		if (negative->zone.labels >= labels && negative->until > until && name_is_within(name, negative->zone))
			until = negative->until;
	}
	return until;
}

const struct rrset *anchors_find(const struct anchors *anchors, struct name name, int64_t wall)
{
	const struct rrset *found = find_trusted(anchors, name);
	return found != NULL && aside_until(anchors, name, found->owner.labels) <= wall ? found : NULL;
}

uint32_t anchors_aside_for(const struct anchors *anchors, struct name name, int64_t wall)
{
	const struct rrset *found = find_trusted(anchors, name);
	if (found == NULL)
		return UINT32_MAX;
	int64_t until = aside_until(anchors, name, found->owner.labels);
	if (until <= wall)
		return 0;
	return until - wall < UINT32_MAX ? (uint32_t)(until - wall) : UINT32_MAX;
}

const struct rrset *anchors_next(const struct anchors *anchors, const struct rrset *anchor)
{
	(void)anchors; /* the one that it is of may have been replaced */
	for (const struct rrset *next = anchor + 1; next->owner.size > 0; next++)
		if (name_equal(next->owner, anchor->owner))
			return next;
	return NULL;
}
