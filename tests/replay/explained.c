#include "explained.h"

/* The text between two bars, without blanks and backquotes around it; NULL when there is none. */
static char *cut_cell(char **rest)
{
	char *cell = *rest, *bar = strchr(cell, '|');
	if (bar == NULL)
		return NULL;
	*bar = '\0';
	*rest = bar + 1;
	cell += strspn(cell, " `");
	size_t size = strlen(cell);
	while (size > 0 && strchr(" `", cell[size - 1]) != NULL)
		cell[--size] = '\0';
	return cell;
}

bool explained_read(const char *path, struct arena *arena, struct explained **list)
{
	struct lines lines;
	bool in_table = false;
	*list = NULL;
	if (!lines_open(&lines, path, arena))
		return false;
	lines.no_comments = true;
	for (char *line = lines_next(&lines); line != NULL; line = lines_next(&lines)) {
		char *rest = line + 1;
		bool is_row = line[0] == '|' && in_table;
		in_table = in_table || strncmp(line, "| --", 4) == 0;
		if (!is_row)
			continue;
		struct explained *explained = ARENA_NEW(arena, struct explained);
		if (explained == NULL)
			return false;
		explained->name = cut_cell(&rest);
		explained->reason = explained->name != NULL ? cut_cell(&rest) : NULL;
		explained->next = *list;
		if (explained->reason != NULL)
			*list = explained;
	}
	return true;
}

const struct explained *explained_find(const struct explained *list, const char *path)
{
	size_t size = strlen(path);
	if (size >= 4 && strcmp(path + size - 4, ".rpl") == 0)
		size -= 4;
	for (; list != NULL; list = list->next) {
		size_t name = strlen(list->name);
		if (name <= size && strncmp(path + size - name, list->name, name) == 0 &&
		    (name == size || path[size - name - 1] == '/'))
			return list;
	}
	return NULL;
}
