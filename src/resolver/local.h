/* local: what rootwalk answers itself: names for special use (special.def), and who it is (class CHAOS, RFC 4892). */
#ifndef ROOTWALK_RESOLVER_LOCAL_H
#define ROOTWALK_RESOLVER_LOCAL_H

#include "resolver/inside.h"
#include "resolver/result.h"
#include "wire/msg.h"

struct special_zone;

/* The table with its names in wire form, in the arena; NULL when out of memory. */
const struct special_zone *local_read(struct arena *arena);

/* Answers a name for special use; false when it is none, or a forward or stub zone holds it. */
bool local_answer(const struct engine *engine, const struct question *question, struct arena *arena,
		  struct result *result);

/* Answers version.bind, version.server, id.server and hostname.bind; false when it is none of these. */
bool local_chaos(const struct engine *engine, const struct question *question, struct arena *arena,
		 struct result *result);

#endif
