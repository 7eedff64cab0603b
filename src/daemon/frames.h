/* frames: messages out of a stream, each behind two octets that say its size (RFC 7766 section 8).
 *
 * Most reads bring whole messages: they are handed out where they were read, in memory that all connections of a
 * worker share. What is left over, the beginning of a message or messages nobody wants yet, is kept by the
 * connection itself, in memory that grows with what has really come and not with what a size octet promises. While
 * something is kept, reads go behind it and bring no more than the message needs.
 *
 *	frames_read(&frames, fd, shared)           once for each time the socket is readable
 *	while (frames_next(&frames, &message))     message is good until the next call of any kind
 *	frames_keep(&frames)                       at the end; frames_next may go on later, without a read
 */
#ifndef ROOTWALK_DAEMON_FRAMES_H
#define ROOTWALK_DAEMON_FRAMES_H

#include "base/span.h"

struct frames {
	uint8_t *kept;        /* malloc */
	size_t kept_capacity;
	const uint8_t *from;  /* what is not handed out yet: in `kept` or in shared memory */
	size_t size;
	bool borrowed;        /* it is in shared memory */
};

enum frames_result {
	FRAMES_READ,  /* something came */
	FRAMES_WAIT,  /* nothing to read now */
	FRAMES_END,   /* the peer sends no more */
	FRAMES_BROKEN /* the connection is lost, or memory is */
};

void frames_free(struct frames *frames);

/* Reads once. `shared` has room for the largest message with its size (65,537 octets) or more. No whole message may
 * be left over from before. */
enum frames_result frames_read(struct frames *frames, int fd, uint8_t *shared, size_t shared_size);

/* The next whole message, without its size; false when there is none. */
bool frames_next(struct frames *frames, struct span *message);

/* Takes what is left into memory of its own; false when there is none to have. */
bool frames_keep(struct frames *frames);

/* There is a whole message. */
bool frames_have_whole(const struct frames *frames);

/* A message has begun and is not complete. */
bool frames_are_partial(const struct frames *frames);

#endif
