/* stage: an engine that trusts the root's key and asks an authority, in virtual time and at a wall clock that is set.
 *
 * Each stage is fresh: nothing is known at its beginning, so what it says of a name follows from what the authority says
 * now. Replies come one millisecond after their query.
 */
#ifndef ROOTWALK_TESTS_CHAIN_STAGE_H
#define ROOTWALK_TESTS_CHAIN_STAGE_H

#include "authority.h"
#include "cache/denials.h"
#include "resolver/engine.h"

struct flight {
	uint64_t exchange;
	struct endpoint server;
	struct span octets;
	struct flight *next;
};

/* An answer to a client. */
struct stage_answer {
	uint64_t handle;
	struct span octets;
	struct stage_answer *next;
};

struct stage {
	struct options options;
	const struct authority *authority;
	const struct rrset *anchor;
	struct table *table;
	struct denials *denials;
	struct engine *engine;
	struct arena arena;    /* replies on their way, answers */
	struct arena scratch;  /* while one reply is made */
	uint64_t ticks;
	int64_t wall;          /* at the beginning */
	struct flight *flights, **end; /* oldest first */
	uint64_t handles;              /* of clients' queries: the last */
	struct stage_answer *answers;  /* youngest first */
};

/* False when it cannot be made; `*problem` says why. stage_end is called in any case. */
bool stage_begin(struct stage *stage, const struct authority *authority, const struct rrset *anchor, int64_t wall,
		 const char **problem);
void stage_end(struct stage *stage);

/* Sends a question with DO and does not wait; its handle. */
uint64_t stage_send(struct stage *stage, struct name name, uint16_t type);

/* Waits for the answer. NULL when it was read, as good as long as the stage; else what went wrong. */
const char *stage_hear(struct stage *stage, uint64_t handle, struct message *answer);

#endif
