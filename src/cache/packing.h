/* packing: how RRsets lie in the table's values: counts and the packed run, with or without the owner.
 *
 *	[owner]  count u16  signatures u16  size u16  packed octets
 *
 * An owner is followed by its type. Class is IN; the TTL is the entry's. Reading gives views of the value.
 */
#ifndef ROOTWALK_CACHE_PACKING_H
#define ROOTWALK_CACHE_PACKING_H

#include "base/builder.h"
#include "base/cursor.h"
#include "wire/rrset.h"

void packing_write(struct builder *builder, const struct rrset *rrset);
void packing_write_owned(struct builder *builder, const struct rrset *rrset);

/* Fills count, signatures and packed; the rest is the caller's. False when the octets do not add up. */
bool packing_read(struct cursor *cursor, struct rrset *rrset);

/* Fills all but the TTL. */
bool packing_read_owned(struct cursor *cursor, struct rrset *rrset);

#endif
