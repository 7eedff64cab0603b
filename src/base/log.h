/* log: one line at a time to whoever listens.
 *
 * The sink is a callback because base/ opens no file. A line has no control octet and no newline: whatever came
 * from the network is escaped by the module that knows its form (names by name_to_text).
 */
#ifndef ROOTWALK_BASE_LOG_H
#define ROOTWALK_BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

typedef void log_sink(void *context, enum log_level level, const char *line);

struct log {
	log_sink *sink; /* NULL: silent */
	void *context;
	enum log_level level; /* lines above it are not even formatted */
};

#define LOG_LINE_SIZE 1024u /* longer lines are cut */

void log_error(const struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warning(const struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
