/* explained: the scenarios that are failed on purpose, from a table in Markdown (explained.md). */
#ifndef ROOTWALK_TESTS_REPLAY_EXPLAINED_H
#define ROOTWALK_TESTS_REPLAY_EXPLAINED_H

#include "lines.h"

struct explained {
	const char *name; /* "folder/file", without ".rpl" */
	const char *reason;
	struct explained *next;
};

/* False when the file cannot be read; errno says why. */
bool explained_read(const char *path, struct arena *arena, struct explained **list);

/* The row about a scenario's file, or NULL. */
const struct explained *explained_find(const struct explained *list, const char *path);

#endif
