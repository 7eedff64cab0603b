/* rrset: all records of one (name, class, type), packed in one run of octets.
 *
 * `packed` holds `count` records, then `signatures` RRSIG records that cover the type; each is a 16-bit length in
 * network order and the RDATA, in which names are never compressed. The order is the order in which they came.
 * One run is copied into and out of the cache with one memcpy and canonicalised where it lies.
 *
 * An rrset owns nothing: owner and packed point into an arena (or a test's array).
 */
#ifndef ROOTWALK_WIRE_RRSET_H
#define ROOTWALK_WIRE_RRSET_H

#include "base/arena.h"
#include "wire/name.h"
#include "wire/rdata.h"

struct rrset {
	struct name owner;
	uint16_t type;
	uint16_t class;
	uint32_t ttl;        /* seconds; the smallest of the records' and signatures' (RFC 2181 section 5.2) */
	uint16_t count;      /* data records */
	uint16_t signatures; /* RRSIG records behind them */
	bool oversized;      /* records beyond LIMIT_RRSET_RECORDS were dropped: never to be used as a whole RRset */
	struct span packed;
};

/* Walks records: `rrset_walk_data` over the data, `rrset_walk_signatures` over the RRSIGs.
 *
 *	struct rrset_walk walk = rrset_walk_data(rrset);
 *	struct span rdata;
 *	while (rrset_next(&walk, &rdata)) ...
 */
struct rrset_walk {
	struct cursor cursor;
	unsigned int left;
};

struct rrset_walk rrset_walk_data(const struct rrset *rrset);
struct rrset_walk rrset_walk_signatures(const struct rrset *rrset);
bool rrset_next(struct rrset_walk *walk, struct span *rdata);

/* The first data record; an empty span when there is none. */
struct span rrset_first(const struct rrset *rrset);

/* Same data records as multisets (order does not count, signatures are not looked at; case by case in names). False
 * for RRsets beyond LIMIT_RRSET_RECORDS. */
bool rrset_same_data(const struct rrset *a, const struct rrset *b);

/* A copy of owner and packed octets into an arena; false when out of memory. */
bool rrset_copy(struct arena *arena, const struct rrset *rrset, struct rrset *copy);

/* Makes an RRset of one record, class IN. False when out of memory. */
bool rrset_of_one(struct arena *arena, struct name owner, uint16_t type, uint32_t ttl, struct span rdata,
		  struct rrset *rrset);

#endif
