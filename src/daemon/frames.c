#include "daemon/frames.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#define PREFIX 2u
#define KEPT_LEAST 256u /* octets */

void frames_free(struct frames *frames)
{
	free(frames->kept);
	*frames = (struct frames){ 0 };
}

/* Octets of the first message with its size; of the size alone while that is not known. */
static size_t wanted(const struct frames *frames)
{
	return frames->size < PREFIX ? PREFIX : PREFIX + ((size_t)frames->from[0] << 8 | frames->from[1]);
}

bool frames_have_whole(const struct frames *frames)
{
	return frames->size >= PREFIX && frames->size >= wanted(frames);
}

static bool grow(struct frames *frames, size_t capacity)
{
	if (capacity <= frames->kept_capacity)
		return true;
	uint8_t *kept = realloc(frames->kept, capacity);
	if (kept == NULL)
		return false;
	frames->kept = kept;
	frames->kept_capacity = capacity;
	return true;
}

/* Moves what is left to the beginning of `kept` and makes room behind it for some of the message. */
static bool make_room(struct frames *frames)
{
	if (frames->size > 0 && frames->from != frames->kept)
		memmove(frames->kept, frames->from, frames->size);
	size_t want = wanted(frames), doubled = 2 * frames->size;
	if (want > doubled && want > KEPT_LEAST)
		want = doubled > KEPT_LEAST ? doubled : KEPT_LEAST;
	bool grown = grow(frames, want);
	frames->from = frames->kept;
	return grown;
}

static enum frames_result judge(ssize_t got)
{
	if (got > 0)
		return FRAMES_READ;
	if (got == 0)
		return FRAMES_END;
	return errno == EAGAIN || errno == EINTR ? FRAMES_WAIT : FRAMES_BROKEN;
}

enum frames_result frames_read(struct frames *frames, int fd, uint8_t *shared, size_t shared_size)
{
	if (frames->size == 0) {
		ssize_t got = recv(fd, shared, shared_size, MSG_DONTWAIT);
		frames->from = shared;
		frames->size = got > 0 ? (size_t)got : 0;
		frames->borrowed = true;
		return judge(got);
	}
	if (!make_room(frames))
		return FRAMES_BROKEN;
	size_t room = wanted(frames) < frames->kept_capacity ? wanted(frames) : frames->kept_capacity;
	ssize_t got = recv(fd, frames->kept + frames->size, room - frames->size, MSG_DONTWAIT);
	frames->size += got > 0 ? (size_t)got : 0;
	return judge(got);
}

bool frames_next(struct frames *frames, struct span *message)
{
	if (!frames_have_whole(frames))
		return false;
	size_t size = wanted(frames);
	*message = span_of(frames->from + PREFIX, size - PREFIX);
	frames->from += size;
	frames->size -= size;
	return true;
}

bool frames_keep(struct frames *frames)
{
	if (frames->size == 0) {
		free(frames->kept); /* an idle connection costs no memory for messages */
		*frames = (struct frames){ 0 };
		return true;
	}
	if (!frames->borrowed)
		return true;
	if (!grow(frames, frames->size > KEPT_LEAST ? frames->size : KEPT_LEAST))
		return false;
	memcpy(frames->kept, frames->from, frames->size);
	frames->from = frames->kept;
	frames->borrowed = false;
	return true;
}

bool frames_are_partial(const struct frames *frames)
{
	return frames->size > 0 && !frames_have_whole(frames);
}
