#include "lines.h"

#include <ctype.h>
#include <stdio.h>

bool lines_open(struct lines *lines, const char *path, struct arena *arena)
{
	*lines = (struct lines){ .arena = arena };
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return false;
	bool good = fseek(file, 0, SEEK_END) == 0;
	long size = good ? ftell(file) : -1;
	rewind(file);
	lines->text = size >= 0 ? arena_alloc(arena, (size_t)size + 1) : NULL;
	good = lines->text != NULL && fread(lines->text, 1, (size_t)size, file) == (size_t)size;
	fclose(file);
	lines->next = lines->text;
	return good;
}

/* Ends the text where its comment begins. */
static void cut_comment(char *text, bool hash_comments)
{
	bool quoted = false;
	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (!quoted && (*text == ';' || (hash_comments && *text == '#')))
			*text = '\0';
		if (*text == '\0')
			return;
	}
}

static char *trim(char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	size_t size = strlen(text);
	while (size > 0 && isspace((unsigned char)text[size - 1]))
		text[--size] = '\0';
	return text;
}

char *lines_next(struct lines *lines)
{
	while (lines->next != NULL && *lines->next != '\0') {
		char *line = lines->next;
		char *end = strchr(line, '\n');
		lines->next = end != NULL ? end + 1 : NULL;
		lines->number++;
		if (end != NULL)
			*end = '\0';
		if (!lines->no_comments)
			cut_comment(line, lines->hash_comments);
		line = trim(line);
		if (*line != '\0')
			return line;
	}
	return NULL;
}

static int open_parentheses(const char *text)
{
	bool quoted = false;
	int open = 0;
	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (!quoted)
			open += (*text == '(') - (*text == ')');
	}
	return open;
}

char *lines_next_joined(struct lines *lines)
{
	char *line = lines_next(lines);
	while (line != NULL && open_parentheses(line) > 0) {
		const char *more = lines_next(lines);
		if (more == NULL)
			return line;
		size_t size = strlen(line) + 1 + strlen(more) + 1;
		char *joined = arena_alloc(lines->arena, size);
		if (joined == NULL)
			return line;
		snprintf(joined, size, "%s %s", line, more);
		line = joined;
	}
	return line;
}

char *lines_word(char **rest)
{
	char *word = *rest;
	while (isspace((unsigned char)*word))
		word++;
	if (*word == '\0')
		return NULL;
	char *end = word;
	char quote = '\0';
	for (; *end != '\0' && (quote != '\0' || !isspace((unsigned char)*end)); end++) {
		if (*end == '\\' && end[1] != '\0')
			end++;
		else if (quote != '\0')
			quote = *end == quote ? '\0' : quote;
		else if (*end == '"')
			quote = '"';
	}
	if (*end != '\0')
		*end++ = '\0';
	*rest = end;
	return word;
}

char *lines_unquote(char *word)
{
	size_t size = strlen(word);
	if (size >= 2 && (word[0] == '"' || word[0] == '\'') && word[size - 1] == word[0]) {
		word[size - 1] = '\0';
		word++;
	}
	return word;
}
