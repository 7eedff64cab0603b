/* gather: the records of one section of a message become RRsets.
 *
 * Records come one by one, in any order; each is found its RRset by (owner, type, class): mostly the one before,
 * else through a hash table. The table has no key (wire/ knows no chance), so its chains are bounded instead: a
 * section made to collide is refused, and the work stays linear in the records. An RRSIG goes to the RRset that it
 * covers; those that cover nothing in the section become an RRset of type RRSIG at the end.
 *
 * Equal records (without the case of names) are kept once, as the first was spelt. Of an RRset beyond LIMIT_RRSET_RECORDS the rest is dropped and `oversized` set; of
 * more than LIMIT_RRSET_SIGNATURES signatures the first are kept.
 */
#ifndef ROOTWALK_WIRE_GATHER_H
#define ROOTWALK_WIRE_GATHER_H

#include "base/arena.h"
#include "wire/msg.h"

struct record {
	struct name owner;
	bool owner_kept; /* it lives in the arena already */
	uint16_t type;
	uint16_t class;
	uint32_t ttl;      /* as on the wire */
	struct span rdata; /* unpacked; must live until gather_end */
};

struct gather_group; /* what a growing RRset needs beside itself */
struct gather_datum;
struct gather_stray;

struct gather {
	struct arena *arena;
	struct rrset *rrsets;
	struct gather_group *groups; /* of the rrset with the same index */
	size_t count;
	struct gather_datum *data;
	size_t data_count;
	size_t capacity; /* of rrsets, groups and data */
	uint16_t *buckets;
	size_t bucket_count; /* a power of two */
	struct gather_stray *strays; /* RRSIGs whose RRset was not there yet, youngest first */
};

/* For at most `records` records, at most LIMIT_MESSAGE_RECORDS. False when out of memory. */
bool gather_begin(struct gather *gather, struct arena *arena, size_t records);

/* Adds a record. Its owner is copied when needed; `*kept` is then the owner in the arena (or the record's own).
 * False when out of memory or when chains grow too long. */
bool gather_record(struct gather *gather, const struct record *record, struct name *kept);

/* Packs the RRsets. False when out of memory. */
bool gather_end(struct gather *gather, struct section *section);

#endif
