/* nsec: one NSEC record and what it says (RFC 4034 section 4).
 *
 * The bitmap reader serves NSEC3 too.
 */
#ifndef ROOTWALK_DNSSEC_NSEC_H
#define ROOTWALK_DNSSEC_NSEC_H

#include "base/span.h"
#include "wire/rrset.h"

struct nsec {
	struct name owner;
	struct name next;
	struct span types; /* the type bitmaps (RFC 4034 section 4.1.2) */
};

/* Of an RRset of type NSEC with one record. False when malformed, of more than one record, or when an end lies outside
 * of the zone. */
bool nsec_read(const struct rrset *rrset, struct name zone, struct nsec *nsec);

/* Are the bitmaps well-formed: windows in order, none empty or longer than 32 octets? */
bool bitmap_is_valid(struct span types);
bool bitmap_has(struct span types, uint16_t type);

/* The name lies between owner and next, in canonical order, the last NSEC of a zone reaching round to its apex. */
bool nsec_covers(const struct nsec *nsec, struct name zone, struct name name);

/* It covers the name, and nothing forbids to conclude from it (parent side of a cut, DNAME, above the name). */
bool nsec_denies(const struct nsec *nsec, struct name zone, struct name name);

#endif
