/* nsec: one NSEC record and what it says (RFC 4034 section 4).
 *
 * An NSEC says two things: which types there are at its owner, and that the zone has no owner of records between it and
 * the next one, in canonical order. A name in between does not exist, unless the next owner lies below it: then it is an
 * empty non-terminal (RFC 4035 section 5.4, RFC 4592 section 2.2.2). Below a zone cut and below a DNAME the chain is
 * silent: what is there belongs to others (RFC 6840 section 4.1). Minimally covering NSECs (RFC 4470), whose ends need
 * not exist, are read no differently.
 *
 * One NSEC is not yet a proof; denial.h puts them together. The readers of bitmaps serve NSEC3 too.
 */
#ifndef ROOTWALK_DNSSEC_NSEC_H
#define ROOTWALK_DNSSEC_NSEC_H

#include "base/span.h"
#include "wire/codes.h"
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

/* No type but those of a name that has no records of its own: RRSIG, NSEC, NXNAME (RFC 9824). */
bool bitmap_is_bare(struct span types);

/* The parent's side of a zone cut: NS, but not the SOA that only a zone's apex has. */
bool bitmap_is_cut(struct span types, bool apex);

/* A cut or a DNAME: the zone does not speak of what lies below. */
bool bitmap_hides_below(struct span types, bool apex);

/* The name lies between owner and next, in canonical order, the last NSEC of a zone reaching round to its apex. */
bool nsec_covers(const struct nsec *nsec, struct name zone, struct name name);

/* It covers the name, and nothing forbids to conclude from it (parent side of a cut, DNAME, next below the name). */
bool nsec_denies(const struct nsec *nsec, struct name zone, struct name name);

/* It covers the name and shows that it is an empty non-terminal. */
bool nsec_implies(const struct nsec *nsec, struct name zone, struct name name);

/* Of the closest encloser of a name that the NSEC denies: every ancestor of the name that exists is one of the owner or
 * of the next name too. */
unsigned int nsec_encloser_labels(const struct nsec *nsec, struct name name);

#endif
