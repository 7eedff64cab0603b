/* proven: does a message with AD prove what it denies?
 *
 * Its NSEC and NSEC3 records are looked at as a client would who checks for itself (RFC 4035 section 5.4, RFC 5155
 * section 8); their signatures are verify.h's matter. Nothing of the resolver's own has a part in it.
 */
#ifndef ROOTWALK_TESTS_SIM_PROVEN_H
#define ROOTWALK_TESTS_SIM_PROVEN_H

#include "wire/msg.h"
#include "world.h"

/* NULL, or what is missing. */
const char *proven_check(const struct world *world, const struct msg *msg);

/* Of a zone that is signed: is its chain closed in this epoch, has each name that should be in it its record, and does that
 * tell all types of the name and no other? NULL, or what is wrong. */
const char *proven_chain(const struct zone *zone, unsigned int epoch);

#endif
