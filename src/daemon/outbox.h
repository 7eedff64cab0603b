/* outbox: UDP answers on their way out, many for one system call.
 *
 * The headers that sendmmsg reads are laid out once; an answer is written straight into a slot's octets, and what
 * changes with it is its size, the client's address and, where a socket listens on all addresses, the one that was
 * asked. An outbox that is full, or is wanted for another socket, is sent first.
 *
 *	octets = outbox_room(&outbox, fd);      room for OUTBOX_OCTETS
 *	...written...
 *	outbox_add(&outbox, &route, size);      or nothing, and the room is used again
 *	outbox_flush(&outbox);                  at the end of a batch
 *
 * What the kernel does not take at once is lost, as UDP may be.
 */
#ifndef ROOTWALK_DAEMON_OUTBOX_H
#define ROOTWALK_DAEMON_OUTBOX_H

#include "base/span.h"
#include "daemon/address.h"

#define OUTBOX_SLOTS 32u
#define OUTBOX_OCTETS 4096u /* of one answer: the largest `answer.udp-size` */

/* The address of ours that a query was sent to, as a control message for the answer; size 0: the socket has one. */
struct outbox_local {
	union {
		struct in_pktinfo v4;
		struct in6_pktinfo v6;
	};
	uint8_t size;
};

/* The way back to a client. */
struct outbox_route {
	int fd;
	union address to;
	struct outbox_local local;
};

struct outbox; /* layout in outbox.c */

/* NULL when out of memory. */
struct outbox *outbox_create(void);
void outbox_destroy(struct outbox *outbox);

/* Room for the next answer, which must leave through `fd`. */
uint8_t *outbox_room(struct outbox *outbox, int fd);

/* The room's first `size` octets go to the client. The route's socket is the one that outbox_room was told. */
void outbox_add(struct outbox *outbox, const struct outbox_route *route, size_t size);

void outbox_flush(struct outbox *outbox);

#endif
