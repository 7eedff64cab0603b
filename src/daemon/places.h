/* places: how many TCP connections there may be, in all and from one client; shared by all workers.
 *
 * A client is an IPv4 address or an IPv6 /56, which is what one customer has (attacks row 69). Taken when a
 * connection is accepted and given back when it is closed: two short locks for each connection, none for a query.
 */
#ifndef ROOTWALK_DAEMON_PLACES_H
#define ROOTWALK_DAEMON_PLACES_H

#include "base/hash.h"
#include "base/ip.h"

struct places; /* layout in places.c */

/* NULL when out of memory. The key is secret: clients choose what is hashed. */
struct places *places_create(size_t max, size_t per_client, struct hash_key key);
void places_destroy(struct places *places);

enum place {
	PLACE_TAKEN,
	PLACE_HOUSE_FULL,
	PLACE_CLIENT_FULL, /* it has as many as one may have */
	PLACE_NO_MEMORY,
};

enum place places_take(struct places *places, struct ip ip);
void places_leave(struct places *places, struct ip ip);

/* 80 of 100 are taken: idle connections have to go sooner (RFC 7766 section 6.2.3). */
bool places_are_pressed(struct places *places);

#endif
