/* anchors: where trust begins (RFC 4033 section 2) and where it is set aside (RFC 7646).
 *
 * The deepest anchor at or above a name decides; a negative one wins over a positive one at the same name.
 */
#ifndef ROOTWALK_RESOLVER_ANCHORS_H
#define ROOTWALK_RESOLVER_ANCHORS_H

#include "resolver/engine.h"

struct anchors {
	struct rrset *trusted; /* of type DS or DNSKEY; a zone may have one of each; one without an owner ends them */
	size_t trusted_count;
	struct negative_anchor *negative;
	size_t negative_count;
};

/* Copies the setup's anchors into the arena; false when out of memory. */
bool anchors_read(struct anchors *anchors, const struct engine_setup *setup, struct arena *arena);

/* Trust begins with these from now on. What was there before stays whole, for chains that are under way. False when out of
 * memory: all stays as it was. */
bool anchors_replace(struct anchors *anchors, const struct rrset *rrsets, size_t count, struct arena *arena);

/* Is anything validated at all? */
static inline bool anchors_exist(const struct anchors *anchors)
{
	return anchors->trusted_count > 0;
}

/* The anchor that a chain of trust to `name` begins at, at POSIX second `wall`; NULL: the name is insecure. */
const struct rrset *anchors_find(const struct anchors *anchors, struct name name, int64_t wall);

/* For how many seconds from `wall` on the name is insecure, because a negative anchor stands there or no anchor at all. */
uint32_t anchors_aside_for(const struct anchors *anchors, struct name name, int64_t wall);

/* Another anchor of the same zone behind this one, or NULL. */
const struct rrset *anchors_next(const struct anchors *anchors, const struct rrset *anchor);

#endif
