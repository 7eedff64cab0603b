#include "resolver/prime.h"

#include "resolver/request.h"
#include "wire/limits.h"

void prime_root(struct engine *engine)
{
	struct question question = { name_root, TYPE_NS, CLASS_IN };
	if (engine->now.ticks < engine->prime_not_before || engine->roots.hints.count == 0)
		return;
	for (size_t i = 0; i < engine->roots.count; i++)
		if (name_is_root(engine->roots.zones[i].zone))
			return;
	engine->prime_not_before = engine->now.ticks + LIMIT_PRIMING_RETRY_S * (uint64_t)TICKS_PER_S;
	(void)request_create(engine, &question, REQUEST_PRIMING, true); /* without, the hints go on serving */
}
