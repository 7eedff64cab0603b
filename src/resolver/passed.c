#include "resolver/passed.h"

struct passed_name {
	struct name name;
	struct passed_name *next;
};

void passed_add(struct passed *passed, struct arena *arena, struct name name)
{
	struct passed_name *added = ARENA_NEW(arena, struct passed_name);
	if (added == NULL)
		return;
	*added = (struct passed_name){ name, passed->names };
	passed->names = added;
}

bool passed_has(const struct passed *passed, struct name name)
{
	const struct passed_name *at = passed->names;
	while (at != NULL && !name_equal(at->name, name))
		at = at->next;
	return at != NULL;
}
