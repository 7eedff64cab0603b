/* zone: a signed zone out of a file, in which single octets can be changed.
 *
 * Records stand in the order of the zone's names (RFC 4034 section 6.1) and types, an RRSIG behind what it covers, so
 * that an RRset with its signatures is one run of them. Where a record stands does not change when its owner is changed:
 * `place` and `shown.owner` are two copies.
 */
#ifndef ROOTWALK_TESTS_CHAIN_ZONE_H
#define ROOTWALK_TESTS_CHAIN_ZONE_H

#include "base/arena.h"
#include "text/present.h"

struct zone_record {
	struct name place;
	uint16_t type; /* of an RRSIG: what it covers */
	bool signature;
	struct presentable shown;
};

struct zone {
	struct arena *arena;
	struct zone_record *records;
	size_t count, capacity;
	struct zone_record **nsecs; /* the NSEC records, in order */
	size_t nsec_count;
};

/* An RRset and its signatures: `count` records, the last `signatures` of them RRSIGs. */
struct zone_rrset {
	struct zone_record *at;
	size_t count, signatures;
};

/* False when the file cannot be read; `problem` says why. */
bool zone_read(struct zone *zone, const char *path, struct arena *arena, char *problem, size_t problem_size);

/* False when there is none. */
bool zone_find(const struct zone *zone, struct name name, uint16_t type, struct zone_rrset *rrset);

/* The NSEC RRset at or before a name. */
struct zone_rrset zone_nsec_before(const struct zone *zone, struct name name);

#endif
