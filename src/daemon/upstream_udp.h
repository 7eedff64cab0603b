/* upstream_udp: queries to servers over UDP.
 *
 * One query, one socket, one fresh port (ports.h), connected to the server: the kernel hands us nothing from any
 * other address and tells when the server's port is closed. The socket belongs to the exchange until the engine
 * cancels it, and every packet that comes meanwhile goes to the engine, which decides whether it is the reply.
 *
 * Sockets that got their port from the kernel are kept for further queries, up to LIMIT_UPSTREAM_SOCKETS_IDLE: disconnected, which gives
 * the port back, and emptied, so that no late packet of one exchange is read in the next. Bound ones are closed.
 *
 * All sockets are watched by an epoll of its own, which the event loop sees as one descriptor: what libevent would
 * keep for each socket costs more than the query. Descriptors are the bound; when there are none left, an idle one is
 * given up for the one that is wanted (worker_spare), and without any the engine hears EXCHANGE_NO_ROOM.
 *
 * The path-MTU options of RFC 8085 do not matter here: queries are smaller than any path.
 */
#ifndef ROOTWALK_DAEMON_UPSTREAM_UDP_H
#define ROOTWALK_DAEMON_UPSTREAM_UDP_H

#include "daemon/worker.h"

struct upstream_udp; /* layout in upstream_udp.c */

/* NULL when out of memory or of descriptors. */
struct upstream_udp *upstream_udp_create(struct worker *worker);
void upstream_udp_destroy(struct upstream_udp *upstream);

/* Carries out an EFFECT_SEND_UDP. False: nothing was sent, and why. */
bool upstream_udp_send(struct upstream_udp *upstream, const struct effect *effect, enum exchange_failure *failure);

/* Forgets the exchange; false when it is not one of these. */
bool upstream_udp_cancel(struct upstream_udp *upstream, uint64_t exchange);

/* Closes an idle socket; false when there is none. */
bool upstream_udp_spare(struct upstream_udp *upstream);

#endif
