/* named: a name from text, for tests; one that is none fails the test. To be included behind cmocka.h. */
#ifndef ROOTWALK_TESTS_UNIT_NAMED_H
#define ROOTWALK_TESTS_UNIT_NAMED_H

#include "base/arena.h"
#include "wire/name.h"

static inline struct name named(struct arena *arena, const char *text)
{
	struct name_buffer buffer;
	struct name name;
	if (!name_of_text(text, &buffer, &name))
		fail_msg("%s is no name", text);
	return name_copy(arena, name);
}

#endif
