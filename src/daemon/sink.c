#include "daemon/sink.h"

#include "daemon/system.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_SIZE (LOG_LINE_SIZE + 64u) /* a line with its prefix */

static const char *const level_words[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

/* As syslog(3) counts them. */
static const char level_digits[] = {
	[LOG_LEVEL_ERROR] = '3',
	[LOG_LEVEL_WARNING] = '4',
	[LOG_LEVEL_INFO] = '6',
	[LOG_LEVEL_DEBUG] = '7',
};

/* Whether a line can go out at once. A pipe that is writable has room for PIPE_BUF octets, more than any line. */
static bool is_ready(void)
{
	struct pollfd standard_error = { .fd = STDERR_FILENO, .events = POLLOUT };
	return poll(&standard_error, 1, 0) == 1 && (standard_error.revents & POLLOUT);
}

/* False, with errno, when it did not go out, or not all of it. */
static bool put(struct sink *sink, const char *text, size_t size)
{
	errno = EAGAIN;
	if (!is_ready())
		return false;
	ssize_t wrote = write(STDERR_FILENO, text, size);
	if (wrote > 0)
		sink->cut = (size_t)wrote < size;
	if (wrote >= 0 && (size_t)wrote < size)
		errno = ENOSPC; /* what a disk says at the next try */
	return wrote == (ssize_t)size;
}

static size_t write_journal(enum log_level level, const char *line, char text[TEXT_SIZE])
{
	return (size_t)snprintf(text, TEXT_SIZE, "<%c>%s\n", level_digits[level], line);
}

static size_t write_plain(enum log_level level, const char *line, char text[TEXT_SIZE])
{
	char when[32];
	struct timespec now = system_wall();
	struct tm parts;
	if (gmtime_r(&now.tv_sec, &parts) == NULL || strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
		when[0] = '\0';
	return (size_t)snprintf(text, TEXT_SIZE, "%s.%03ldZ %s: %s\n", when, now.tv_nsec / 1000000, level_words[level],
				line);
}

static bool put_line(struct sink *sink, enum log_level level, const char *line)
{
	char text[TEXT_SIZE];
	size_t size = sink->journal ? write_journal(level, line, text) : write_plain(level, line, text);
	return put(sink, text, size);
}

/* What stood in the way of earlier lines is told first. */
static bool catch_up(struct sink *sink)
{
	char notice[LOG_LINE_SIZE];
	if (sink->cut && !put(sink, "\n", 1))
		return false;
	if (sink->lost == 0)
		return true;
	snprintf(notice, sizeof notice, "%lu %s of the log could not be written: %s", sink->lost,
		 sink->lost == 1 ? "line" : "lines", sink->why == EAGAIN ? "nobody reads it" : strerror(sink->why));
	if (!put_line(sink, LOG_LEVEL_WARNING, notice))
		return false;
	sink->lost = 0;
	return true;
}

static void take_line(void *context, enum log_level level, const char *line)
{
	struct sink *sink = context;
	pthread_mutex_lock(&sink->lock);
	if (!catch_up(sink) || !put_line(sink, level, line)) {
		if (sink->lost++ == 0)
			sink->why = errno;
	}
	pthread_mutex_unlock(&sink->lock);
}

/* systemd tells in JOURNAL_STREAM which file the journal is; it is only ours if it is still standard error. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat status;
	return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

struct log sink_log(struct sink *sink, enum log_level level)
{
	*sink = (struct sink){ .lock = PTHREAD_MUTEX_INITIALIZER, .journal = is_journal() };
	return (struct log){ .sink = take_line, .context = sink, .level = level };
}
