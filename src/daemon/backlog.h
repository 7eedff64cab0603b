/* backlog: octets that a stream has not taken yet. */
#ifndef ROOTWALK_DAEMON_BACKLOG_H
#define ROOTWALK_DAEMON_BACKLOG_H

#include "base/span.h"

struct backlog {
	uint8_t *octets; /* malloc; NULL while nothing waits */
	size_t capacity;
	size_t start, end; /* what waits */
};

void backlog_free(struct backlog *backlog);

size_t backlog_size(const struct backlog *backlog);

/* Adds a copy; false when out of memory, nothing is added then. */
bool backlog_add(struct backlog *backlog, struct span octets);

/* The same, with the two octets of its size before it. */
bool backlog_add_message(struct backlog *backlog, struct span message);

/* Sends what the socket takes. False when the connection is lost. */
bool backlog_send(struct backlog *backlog, int fd);

/* Sends the octets, behind those that wait, and adds what the socket does not take. False when the connection is
 * lost or memory is. */
bool backlog_send_after(struct backlog *backlog, int fd, struct span octets);

#endif
