/* authority: what the servers of the root say, and those of the TLDs, out of the root's zone.
 *
 * The root's servers are those with an address in the root hints or in the zone's own glue. Every other address is a server of TLDs: it says, of
 * whatever TLD it is asked about, that names have the address 192.0.2.1, and signs nothing.
 */
#ifndef ROOTWALK_TESTS_CHAIN_AUTHORITY_H
#define ROOTWALK_TESTS_CHAIN_AUTHORITY_H

#include "../replay/message.h"
#include "base/ip.h"
#include "cache/delegations.h"
#include "zone.h"

struct authority {
	const struct zone *zone;
	const struct delegation *hints;
	const struct zone_record *hidden; /* the first record of an RRset that is left out of every reply; or NULL */
};

/* Writes the reply to a query into `octets`; 0 when out of memory. What is needed only meanwhile is in `scratch`. */
size_t authority_answer(const struct authority *authority, struct ip server, const struct message *query,
			struct arena *scratch, uint8_t *octets, size_t capacity);

#endif
