/* lines: a scenario's text, a line at a time, without comments.
 *
 * The whole file is in memory, in an arena. ';' begins a comment unless it stands between double quotes or behind a
 * backslash; in the configuration part '#' does too. Blank lines are passed over. Records in parentheses go on over
 * several lines.
 */
#ifndef ROOTWALK_TESTS_REPLAY_LINES_H
#define ROOTWALK_TESTS_REPLAY_LINES_H

#include "base/arena.h"

struct lines {
	struct arena *arena;
	char *text; /* the file; lines are cut out of it */
	char *next; /* line to be read; NULL at the end */
	size_t number; /* of the line read last, from 1 */
	bool hash_comments; /* '#' begins one too */
	bool no_comments;   /* nothing does */
};

/* False when the file cannot be read; errno says why. */
bool lines_open(struct lines *lines, const char *path, struct arena *arena);

/* The next line that has something on it, trimmed; NULL at the end. Good as long as the arena. */
char *lines_next(struct lines *lines);

/* The same, with the following lines joined while a parenthesis is open. */
char *lines_next_joined(struct lines *lines);

/* Cuts the first word off `*rest`; NULL when there is none. Quoted words keep their quotes. */
char *lines_word(char **rest);

/* Without the double or single quotes around it. */
char *lines_unquote(char *word);

#endif
