#include "daemon/sink.h"

#include "daemon/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX_SIZE 64u

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

static void put(const char *line, int size)
{
	if (write(STDERR_FILENO, line, (size_t)size) < 0)
		return; /* there is nobody left to tell */
}

static void write_journal(void *context, enum log_level level, const char *line)
{
	char text[LOG_LINE_SIZE + PREFIX_SIZE];
	(void)context;
	put(text, snprintf(text, sizeof text, "<%c>%s\n", level_digits[level], line));
}

static void write_plain(void *context, enum log_level level, const char *line)
{
	char text[LOG_LINE_SIZE + PREFIX_SIZE], when[32];
	struct timespec now = system_wall();
	struct tm parts;
	(void)context;
	if (gmtime_r(&now.tv_sec, &parts) == NULL || strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
		when[0] = '\0';
	put(text, snprintf(text, sizeof text, "%s.%03ldZ %s: %s\n", when, now.tv_nsec / 1000000, level_words[level],
			   line));
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

struct log sink_log(enum log_level level)
{
	return (struct log){ .sink = is_journal() ? write_journal : write_plain, .level = level };
}
