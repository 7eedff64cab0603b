/* rdata: the one table that knows where names hide in each type.
 *
 * Needed when a message is read (compressed names are unpacked: the types of RFC 1035 and those that RFC 3597
 * section 4 adds), when one is written (the types of RFC 1035 only may be compressed), and to canonicalise (RFC 4034
 * section 6.2, RFC 6840 section 5.1). A type without a row is opaque octets, kept as they are (RFC 3597).
 */
#ifndef ROOTWALK_WIRE_RDATA_H
#define ROOTWALK_WIRE_RDATA_H

#include "base/builder.h"
#include "base/cursor.h"
#include "base/span.h"
#include "wire/name.h"

struct compress;

/* Reads RDATA of `size` octets at the message cursor (made over the whole message) and writes it with every name
 * unpacked. The form that the table knows is checked: lengths must come out even. Malformed: false and the
 * cursor failed; no room: the builder overflowed. */
bool rdata_read(struct cursor *message, uint16_t type, uint16_t size, struct builder *unpacked);

/* May names in this type's RDATA be compressed in a message? Where not, its octets are unpacked already. */
bool rdata_may_be_packed(uint16_t type);

/* How much longer than in the message RDATA can get by unpacking. */
#define RDATA_UNPACKED_EXTRA (2 * NAME_SIZE_MAX)

/* Writes RDATA into a message, compressing names where RFC 3597 section 4 allows. The length is not written. */
void rdata_write(struct builder *message, struct compress *compress, uint16_t type, struct span rdata);

/* Is unpacked RDATA well-formed for its type? */
bool rdata_is_valid(uint16_t type, struct span rdata);

/* Lowers the case of the names that RFC 4034 section 6.2 (less those of RFC 6840 section 5.1) lists, in place. */
void rdata_canonicalise(uint16_t type, uint8_t *rdata, uint16_t size);

/* Equal in canonical form: the case of names does not count where rdata_canonicalise lowers it. */
bool rdata_equal(uint16_t type, struct span a, struct span b);

/* Of a name-carrying RDATA (NS, CNAME, DNAME, PTR; MX, SRV, SVCB and their like with their leading numbers): the
 * target, as a view. */
bool rdata_target(uint16_t type, struct span rdata, struct name *target);

#endif
