/* world: a little internet for the tests of failing allocations: a referral with glue, one without, an alias into
 * another zone, an answer too long for UDP, names that do not exist.
 */
#ifndef ROOTWALK_TESTS_FAIL_WORLD_H
#define ROOTWALK_TESTS_FAIL_WORLD_H

#include "base/ip.h"
#include "base/span.h"
#include "cache/delegations.h"

#include <stddef.h>

/* The reply of this server to this query; its size, 0: silence. */
size_t world_reply(struct endpoint server, bool stream, struct span query, uint8_t *octets, size_t capacity);

/* The root hints. */
bool world_hints(struct arena *arena, struct delegation *hints);

/* The questions there are, and what comes out. */
struct world_question {
	const char *name;
	uint16_t type;
	uint16_t rcode;
	unsigned int answers; /* records */
};

extern const struct world_question world_questions[];
extern const size_t world_question_count;

#endif
