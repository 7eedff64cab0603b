/* anchor: the trust anchors of one zone and how they change (RFC 5011), as a pure state function.
 *
 *	  Start --new key--> AddPend --30 days in every RRset--> Valid <--absent, back--> Missing
 *	    ^                   |                                  |                         |
 *	    +------absent-------+                                  +--revokes itself--> Revoked --30 days absent--> Removed
 *
 * A trust point is the zone and what is known of its keys. It is shown every DNSKEY RRset of the zone (anchor_see), with
 * what the caller found out about it (sighting.h): is it signed by a key that is trusted, and which keys revoke themselves.
 * Only keys that are Valid or Missing begin chains of trust (anchor_trusted). When none is left the trust point is deleted:
 * the zone is treated as if it had never been configured (section 5).
 *
 * An anchor may be configured as DS; it is Valid, and becomes the DNSKEY that it names as soon as that one is seen in an
 * RRset that is trusted. Keys are kept without the REVOKE bit. A key without SEP is never taken up by itself (section 4),
 * but may have been configured.
 *
 * Times are POSIX seconds. A clock that is wrong does no harm: an RRset is only trusted while its signatures are in their
 * time, so that hold-down times cannot be skipped by more than that; one set back makes them longer.
 *
 * A struct trust_point owns no memory and can be copied.
 */
#ifndef ROOTWALK_DNSSEC_ANCHOR_H
#define ROOTWALK_DNSSEC_ANCHOR_H

#include "base/arena.h"
#include "wire/limits.h"
#include "wire/rrset.h"

enum anchor_state {
	ANCHOR_START,   /* not known; an anchor is in this state only to tell that it was given up */
	ANCHOR_ADDPEND, /* new; not trusted yet */
	ANCHOR_VALID,
	ANCHOR_MISSING, /* was not in the last RRset; trusted */
	ANCHOR_REVOKED, /* for good */
	ANCHOR_REMOVED, /* revoked and long gone; remembered so that it never comes back */
};

/* "addpend", "valid" ...; of text: false when it is none of them. */
const char *anchor_state_to_text(enum anchor_state state);
bool anchor_state_of_text(const char *text, enum anchor_state *state);

struct anchor {
	enum anchor_state state;
	enum anchor_state before; /* when the last RRset was seen */
	uint16_t type;            /* DNSKEY, or DS while nothing that it names has been seen */
	uint16_t size;
	int64_t since;            /* in this state; of a revoked one: seen last */
	int64_t until;            /* ADDPEND: the hold-down time ends */
	uint8_t rdata[LIMIT_ANCHOR_OCTETS];
};

struct trust_point {
	uint8_t zone[NAME_SIZE_MAX]; /* in lower case */
	uint8_t zone_size, zone_labels;
	unsigned int count;
	struct anchor anchors[LIMIT_ANCHORS_TRACKED];
	int64_t looked;      /* when an RRset was trusted last; 0: never */
	int64_t next;        /* when to look again */
	uint32_t ttl;        /* of that RRset */
	uint32_t life;       /* seconds that its signatures had left */
};

/* What the zone showed. */
struct sighting {
	const struct rrset *dnskeys;
	bool trusted;     /* signed by a key that is trusted */
	uint64_t revoked; /* bit n: the n-th key has the REVOKE bit and signs the RRset itself */
	uint32_t ttl;     /* original */
	uint32_t life;    /* seconds until its signatures end */
};

/* Without any anchor; looked at at once. */
void anchor_begin(struct trust_point *point, struct name zone);

struct name anchor_zone(const struct trust_point *point);

/* Adds the records of those RRsets (DS, DNSKEY) that the zone owns, Valid as of `now`; what is known already keeps its
 * state, for it may have been revoked. When nothing of it is known the administrator begins anew, and what was known
 * before is forgotten. False when the place does not suffice. */
bool anchor_configure(struct trust_point *point, const struct rrset *rrsets, size_t count, int64_t now);

/* A key of the zone's, REVOKE bit or not, as anchor; NULL when it is none. */
struct anchor *anchor_find(struct trust_point *point, struct span dnskey);

/* Takes up an anchor as it was written down. False when it has no place or is no DS or DNSKEY. */
bool anchor_restore(struct trust_point *point, const struct anchor *anchor, struct span rdata);

/* The zone answered: states and times move on. True when a state changed (`before` differs). */
bool anchor_see(struct trust_point *point, const struct sighting *sighting, int64_t now);

/* The zone did not answer, or nothing that could be read: it is asked again sooner (section 2.3). */
void anchor_fail(struct trust_point *point, int64_t now);

/* When to look, never further off than the longest interval that there is; INT64_MAX for a deleted trust point. */
int64_t anchor_next(const struct trust_point *point, int64_t now);

static inline bool anchor_is_trusted(const struct anchor *anchor)
{
	return anchor->state == ANCHOR_VALID || anchor->state == ANCHOR_MISSING;
}

/* Are any keys left that are trusted? */
bool anchor_any_trusted(const struct trust_point *point);

/* They as RRsets for keys_trust: one of DS, one of DNSKEY, or both. Their number; all is in the arena. False when out of
 * memory. */
bool anchor_trusted(const struct trust_point *point, struct arena *arena, struct rrset rrsets[2], size_t *count);

#endif
