#include "config/problems.h"

#include <stdarg.h>
#include <stdio.h>

struct problems problems_of(const char *name)
{
	return (struct problems){ .name = name };
}

static size_t write_place(const struct problems *problems, char *text)
{
	const char *form = problems->at.line > 0 ? "%s:%zu:%zu: " : "%s: ";
	int size = snprintf(text, PROBLEM_SIZE, form, problems->name, problems->at.line, problems->at.column);
	return size > 0 && (size_t)size < PROBLEM_SIZE ? (size_t)size : 0;
}

void problems_say(struct problems *problems, const char *format, ...)
{
	if (problems->count == PROBLEMS_MAX) {
		problems->more++;
		return;
	}
	char *text = problems->text[problems->count++];
	size_t size = write_place(problems, text);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text + size, PROBLEM_SIZE - size, format, arguments);
	va_end(arguments);
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

bool problems_any(const struct problems *problems)
{
	return problems->count > 0;
}
