/* stream: clients that come over TCP (RFC 7766).
 *
 * Queries of one connection are worked on side by side and answered in the order in which answers are found. Answers
 * known at once leave in one write for all queries of one read.
 *
 * A connection is always in one of four queues, each ordered by age, so that one timer that looks at their heads
 * finds all whose time is up:
 *
 *	IDLE     nothing asked, nothing owed        closed after `tcp.idle`, or LIMIT_STREAM_IDLE_PRESSED_MS at 80 %
 *	READING  a message has begun                closed after LIMIT_STREAM_MESSAGE_MS (slow-loris)
 *	BUSY     answers are being found            the engine ends that
 *	STALLED  answers wait for the client        closed after LIMIT_STREAM_STALL_MS without progress
 *
 * Reading stops while LIMIT_STREAM_PIPELINE queries are in flight or LIMIT_STREAM_UNSENT_OCTETS wait to be sent, and
 * goes on when there is room. A client that ended its side still gets its answers. How many connections there may be
 * is counted in places.h.
 *
 * A connection is closed in an event of its own, in the timer or in stream_flush, never by stream_answer: whoever
 * holds a pointer to one keeps it until then.
 */
#ifndef ROOTWALK_DAEMON_STREAM_H
#define ROOTWALK_DAEMON_STREAM_H

#include "daemon/worker.h"

struct stream; /* layout in stream.c */

/* Listens on the sockets of the worker's setup. NULL when out of memory. */
struct stream *stream_create(struct worker *worker);

/* Closes all connections; the engine hears of it. */
void stream_destroy(struct stream *stream);

/* The answer that somebody waited for; the seat is free after it. It leaves with stream_flush. */
void stream_answer(struct stream *stream, struct seat *seat, struct span octets);

/* Sends answers, and takes queries that waited for room. */
void stream_flush(struct stream *stream);

#endif
