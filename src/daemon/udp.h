/* udp: clients that come over UDP: the hot path.
 *
 * A batch of queries is read by one system call, each goes into the engine, whose answer is written straight into
 * the outbox; the batch of answers leaves by one system call. Nothing is allocated and the clocks are read once.
 * A query whose answer takes longer gets a seat; answers that come later leave through the same outbox.
 *
 * Silence: to port 0, which nobody can listen on. All else is the engine's to decide.
 */
#ifndef ROOTWALK_DAEMON_UDP_H
#define ROOTWALK_DAEMON_UDP_H

#include "daemon/worker.h"

struct udp; /* layout in udp.c */

/* Listens on the sockets of the worker's setup. NULL when out of memory. */
struct udp *udp_create(struct worker *worker);
void udp_destroy(struct udp *udp);

/* The answer that somebody waited for; the seat is free after it. */
void udp_answer(struct udp *udp, struct seat *seat, struct span octets);

#endif
