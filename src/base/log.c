#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static void emit(const struct log *log, enum log_level level, const char *format, va_list arguments)
{
	if (log == NULL || log->sink == NULL || level > log->level)
		return;
	char line[LOG_LINE_SIZE];
	vsnprintf(line, sizeof line, format, arguments);
	for (char *at = line; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
	log->sink(log->context, level, line);
}

#define DEFINE_LEVEL(function, level)                                                                                  \
	void function(const struct log *log, const char *format, ...)                                                  \
	{                                                                                                              \
		va_list arguments;                                                                                     \
		va_start(arguments, format);                                                                           \
		emit(log, level, format, arguments);                                                                   \
		va_end(arguments);                                                                                     \
	}

DEFINE_LEVEL(log_error, LOG_LEVEL_ERROR)
DEFINE_LEVEL(log_warning, LOG_LEVEL_WARNING)
DEFINE_LEVEL(log_info, LOG_LEVEL_INFO)
DEFINE_LEVEL(log_debug, LOG_LEVEL_DEBUG)
