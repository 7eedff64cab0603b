/* client: a query in octets becomes an answer, a wait, or silence.
 *
 *	octets -> outline -> who asks? -> what class, what type? -> finished answers -> special names -> request
 *
 * Silence: for what is no query, for replies (attacks row 45), for errors to ports where servers live, and for clients
 * that wait already in great number.
 */
#ifndef ROOTWALK_RESOLVER_CLIENT_H
#define ROOTWALK_RESOLVER_CLIENT_H

#include "resolver/inside.h"

/* engine_query. */
size_t client_query(struct engine *engine, const struct client_origin *origin, struct span octets, uint8_t *answer,
		    size_t capacity, bool *silent);

#endif
