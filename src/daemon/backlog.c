#include "daemon/backlog.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#define CAPACITY_LEAST 512u /* octets */

void backlog_free(struct backlog *backlog)
{
	free(backlog->octets);
	*backlog = (struct backlog){ 0 };
}

size_t backlog_size(const struct backlog *backlog)
{
	return backlog->end - backlog->start;
}

static bool make_room(struct backlog *backlog, size_t more)
{
	size_t size = backlog_size(backlog);
	if (backlog->start > 0 && backlog->end + more > backlog->capacity) {
		memmove(backlog->octets, backlog->octets + backlog->start, size);
		backlog->start = 0;
		backlog->end = size;
	}
	if (backlog->end + more <= backlog->capacity)
		return true;
	size_t capacity = 2 * backlog->capacity > CAPACITY_LEAST ? 2 * backlog->capacity : CAPACITY_LEAST;
	if (capacity < size + more)
		capacity = size + more;
	uint8_t *octets = realloc(backlog->octets, capacity);
	if (octets == NULL)
		return false;
	backlog->octets = octets;
	backlog->capacity = capacity;
	return true;
}

bool backlog_add(struct backlog *backlog, struct span octets)
{
	if (octets.size == 0)
		return true;
	if (!make_room(backlog, octets.size))
		return false;
	memcpy(backlog->octets + backlog->end, octets.octets, octets.size);
	backlog->end += octets.size;
	return true;
}

bool backlog_add_message(struct backlog *backlog, struct span message)
{
	uint8_t size[2] = { (uint8_t)(message.size >> 8), (uint8_t)message.size };
	return make_room(backlog, sizeof size + message.size) && backlog_add(backlog, span_of(size, sizeof size)) &&
	       backlog_add(backlog, message);
}

/* How much the socket took, or -1 when the connection is lost. */
static ssize_t try_send(int fd, struct span octets)
{
	ssize_t sent = send(fd, octets.octets, octets.size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return sent;
}

bool backlog_send(struct backlog *backlog, int fd)
{
	if (backlog_size(backlog) == 0)
		return true;
	ssize_t sent = try_send(fd, span_of(backlog->octets + backlog->start, backlog_size(backlog)));
	if (sent < 0)
		return false;
	backlog->start += (size_t)sent;
	if (backlog_size(backlog) == 0)
		backlog_free(backlog);
	return true;
}

bool backlog_send_after(struct backlog *backlog, int fd, struct span octets)
{
	if (backlog_size(backlog) > 0)
		return backlog_add(backlog, octets) && backlog_send(backlog, fd);
	ssize_t sent = try_send(fd, octets);
	if (sent < 0)
		return false;
	return backlog_add(backlog, span_of(octets.octets + sent, octets.size - (size_t)sent));
}
