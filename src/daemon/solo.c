#include "daemon/solo.h"

#include "cache/denials.h"
#include "daemon/server.h"
#include "daemon/system.h"
#include "daemon/worker.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

struct solo {
	struct table *table;
	struct denials *denials; /* NULL: switched off */
	struct worker *worker;
	uint64_t handle; /* of the lookup that is under way */
	solo_answered *answered;
	void *context;
	bool done;
};

static void answer_came(void *context, const struct effect *effect)
{
	struct solo *solo = context;
	if (effect->handle != solo->handle || solo->done)
		return;
	solo->done = true;
	solo->answered(solo->context, effect->octets, effect->trace);
	worker_end(solo->worker);
}

struct solo *solo_create(const struct solo_setup *setup, char problem[SOLO_PROBLEM_SIZE])
{
	struct hash_key key;
	snprintf(problem, SOLO_PROBLEM_SIZE, "out of memory");
	struct solo *solo = calloc(1, sizeof *solo);
	if (solo == NULL)
		return NULL;
	struct server_shares shares = server_shares_of(setup->options, 1);
	if (system_entropy(&key, sizeof key))
		solo->table = table_create(shares.table, key);
	if (solo->table != NULL && shares.denials > 0)
		solo->denials = denials_create(shares.denials, key);
	if (solo->table != NULL && (solo->denials != NULL || shares.denials == 0)) {
		struct worker_setup worker = {
			.options = setup->options,
			.table = solo->table,
			.denials = solo->denials,
			.hints = setup->hints,
			.trust = setup->trust,
			.log = setup->log,
			.answered = answer_came,
			.context = solo,
		};
		solo->worker = worker_create(&worker, problem);
		if (solo->worker != NULL)
			return solo;
	}
	solo_destroy(solo);
	return NULL;
}

void solo_destroy(struct solo *solo)
{
	if (solo == NULL)
		return;
	worker_destroy(solo->worker);
	table_destroy(solo->table);
	denials_destroy(solo->denials);
	free(solo);
	libevent_global_shutdown();
}

bool solo_lookup(struct solo *solo, const struct solo_wish *wish, solo_answered *answered, void *context)
{
	struct worker *worker = solo->worker;
	solo->answered = answered;
	solo->context = context;
	solo->handle++;
	solo->done = false;
	worker_wake(worker);
	if (!engine_lookup(worker->engine, worker->now, &wish->question, wish->unchecked, solo->handle))
		return false;
	worker_settle(worker); /* what the cache knows is answered here */
	return solo->done || (worker_run(worker) && solo->done);
}
