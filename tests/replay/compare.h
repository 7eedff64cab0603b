/* compare: does a message hold what an entry's MATCH words say (FORMAT.md section 3)? Pure. */
#ifndef ROOTWALK_TESTS_REPLAY_COMPARE_H
#define ROOTWALK_TESTS_REPLAY_COMPARE_H

#include "entry.h"

struct comparison {
	const struct entry *entry;
	const struct message *message;
	bool stream;            /* the transport by which it came */
	bool unbound;           /* the dialect: `all` has the presence of EDNS in it */
	bool relaxed;           /* `all` without authority, additional and EDNS (FORMAT.md section 7) */
	uint32_t ttl_tolerance; /* TTLs may be lower by so many seconds */
};

/* NULL when all words hold; else the first that does not. */
const char *compare(const struct comparison *comparison);

#endif
