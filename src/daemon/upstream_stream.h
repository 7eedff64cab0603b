/* upstream_stream: queries to servers over TCP, on kept connections (RFC 7766).
 *
 *	link    a connection to a server; carries several errands at once, then waits LIMIT_UPSTREAM_STREAM_IDLE_S for more
 *	errand  an exchange: a query sent on a link whose reply has not come
 *
 * A reply finds its errand by its message ID, so two errands with one ID never share a link; whether it really is the
 * reply, the engine decides. An errand goes on a link to its server where there is one with room, else on a new one.
 *
 * A server may end a kept connection at the moment in which we use it (attacks row 76). So an errand that joined a
 * link which then ended without its reply is sent once more, on a new link of its own; one whose own link ended is
 * over (EXCHANGE_CLOSED). A link on which a reply did not come in time takes no more errands.
 *
 * All reading and writing happens in events of the links, never inside worker_drain.
 */
#ifndef ROOTWALK_DAEMON_UPSTREAM_STREAM_H
#define ROOTWALK_DAEMON_UPSTREAM_STREAM_H

#include "daemon/worker.h"

struct upstream_stream; /* layout in upstream_stream.c */

/* NULL when out of memory. */
struct upstream_stream *upstream_stream_create(struct worker *worker);
void upstream_stream_destroy(struct upstream_stream *upstream);

/* Carries out an EFFECT_SEND_STREAM. False: nothing will be sent, and why. */
bool upstream_stream_send(struct upstream_stream *upstream, const struct effect *effect,
			  enum exchange_failure *failure);

/* Forgets the exchange; false when it is not one of these. */
bool upstream_stream_cancel(struct upstream_stream *upstream, uint64_t exchange);

/* Closes an idle connection; false when there is none. */
bool upstream_stream_spare(struct upstream_stream *upstream);

#endif
