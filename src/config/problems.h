/* problems: what is wrong with a configuration, as sentences for a person.
 *
 * Reading goes on after a mistake, so that an administrator mends several at once; up to PROBLEMS_MAX are kept and
 * the rest is counted. A sentence begins with the file's name and, where there is one, the place:
 *
 *	rootwalk.yaml:12:5: unknown key "recurson"; did you mean "recursion"?
 *
 * Whoever reads the file moves `at` along; whoever finds a mistake says it and need not know where it is. Control
 * octets that came out of the file are shown as '?'.
 */
#ifndef ROOTWALK_CONFIG_PROBLEMS_H
#define ROOTWALK_CONFIG_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

#define PROBLEMS_MAX 16u
#define PROBLEM_SIZE 512u /* longer sentences are cut */

/* As editors count: from 1. Line 0 is no place. */
struct place {
	size_t line;
	size_t column;
};

struct problems {
	const char *name; /* of the file; outlives the struct's use */
	struct place at;  /* what is being read */
	size_t count;     /* of sentences in `text` */
	size_t more;      /* problems that found no room there */
	char text[PROBLEMS_MAX][PROBLEM_SIZE];
};

struct problems problems_of(const char *name);

/* A sentence about the place where reading is. */
void problems_say(struct problems *problems, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool problems_any(const struct problems *problems);

#endif
