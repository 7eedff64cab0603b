#include "resolver/request.h"

#include "resolver/answer.h"
#include "resolver/exchange.h"
#include "resolver/fetch.h"
#include "resolver/lookup.h"
#include "resolver/rollover.h"
#include "resolver/weigh.h"
#include "wire/limits.h"

#include <stdlib.h>

#define ARENA_CHUNK 512u /* there may be LIMIT_REQUESTS of them, and most need little */

static uint64_t hash_question(const struct engine *engine, const struct question *question)
{
	uint8_t lower[NAME_SIZE_MAX];
	uint8_t type[2] = { (uint8_t)(question->type >> 8), (uint8_t)question->type };
	name_lower_into(question->name, lower);
	return hash_pair(&engine->key, span_of(lower, question->name.size), span_of(type, sizeof type));
}

struct request *request_find(const struct engine *engine, const struct question *question, bool checking_disabled)
{
	uint64_t hash = hash_question(engine, question);
	for (struct index_node *n = index_first(&engine->requests, hash); n != NULL; n = index_next(n, hash)) {
		struct request *request = CONTAINER_OF(n, struct request, node);
		if (request->checking_disabled == checking_disabled && question_equal(&request->question, question))
			return request;
	}
	return NULL;
}

/* ---- beginning ---- */

static bool begin_story(struct request *request)
{
	request->trace = ARENA_NEW(&request->arena, struct trace);
	if (request->trace != NULL)
		request->trace->arena = &request->arena;
	return request->trace != NULL;
}

static bool begin(struct request *request, const struct question *question, enum request_purpose purpose)
{
	request->question = *question;
	name_lower_into(question->name, request->name);
	request->question.name.octets = request->name;
	request->cache_only = purpose == REQUEST_CACHE_ONLY;
	request->priming = purpose == REQUEST_PRIMING;
	request->rolling = purpose == REQUEST_ROLLOVER;
	if (purpose == REQUEST_STORY && !begin_story(request))
		return false;
	request->lookup = lookup_begin(request, NULL, &request->question);
	return request->lookup != NULL &&
	       timer_set(request->engine, &request->timer,
			 request->began + LIMIT_WORK_END_MS * (uint64_t)TICKS_PER_MS);
}

/* How much of what is shared the like of it hold. */
static unsigned int weight_of(const struct request *request)
{
	const struct engine *engine = request->engine;
	unsigned int most = request->owned ? tally_count(&engine->owner_tally, request->owner_hash) : 0;
	const struct fetch *fetch;
	LIST_FOREACH(fetch, &request->fetches, link) {
		unsigned int crowd = exchange_crowd(engine, &fetch->wait);
		if (crowd > most)
			most = crowd;
	}
	return most;
}

struct weighed {
	struct request *request;
	unsigned int weight;
};

/* The oldest slow ones; how many. */
static unsigned int weigh_oldest(const struct engine *engine, struct weighed weighed[LIMIT_VICTIMS_WEIGHED])
{
	unsigned int count = 0;
	struct request *request = TAILQ_FIRST(&engine->ages);
	while (count < LIMIT_VICTIMS_WEIGHED && request != NULL &&
	       engine->now.ticks - request->began >= LIMIT_REQUEST_SLOW_MS * (uint64_t)TICKS_PER_MS) {
		weighed[count++] = (struct weighed){ request, weight_of(request) };
		request = TAILQ_NEXT(request, age_link);
	}
	return count;
}

bool request_make_room(struct engine *engine)
{
	struct weighed weighed[LIMIT_VICTIMS_WEIGHED];
	if (engine->counts.requests < engine->places)
		return true;
	unsigned int count = weigh_oldest(engine, weighed), victim = 0;
	if (count == 0)
		return false;
	for (unsigned int i = 1; i < count; i++)
		if (weighed[i].weight > weighed[victim].weight)
			victim = i;
	/* Those that hold little are not looked at again soon: else they would be all there is to look at. */
	for (unsigned int i = 0; i < count; i++)
		if (weighed[i].weight < weighed[victim].weight / 2) {
			TAILQ_REMOVE(&engine->ages, weighed[i].request, age_link);
			TAILQ_INSERT_TAIL(&engine->ages, weighed[i].request, age_link);
		}
	request_close(weighed[victim].request);
	return true;
}

struct request *request_create(struct engine *engine, const struct question *question, enum request_purpose purpose,
			       bool checking_disabled)
{
	if (!request_make_room(engine))
		return NULL;
	struct request *request = calloc(1, sizeof *request + question->name.size);
	if (request == NULL)
		return NULL;
	request->engine = engine;
	request->timer.kind = TIMER_REQUEST;
	request->arena = arena_of_small(LIMIT_REQUEST_MEMORY, ARENA_CHUNK);
	request->began = engine->now.ticks;
	request->checking_disabled = checking_disabled;
	LIST_INIT(&request->chains);
	TAILQ_INIT(&request->clients);
	TAILQ_INIT(&request->tasks);
	TAILQ_INSERT_TAIL(&engine->ages, request, age_link);
	engine->counts.requests++;
	if (begin(request, question, purpose))
		return request;
	request_close(request);
	return NULL;
}

/* ---- running ---- */

void request_ready(struct task *task)
{
	struct request *request = task->request;
	struct engine *engine = request->engine;
	if (task->ready || task->over)
		return;
	task->ready = true;
	TAILQ_INSERT_TAIL(&request->tasks, task, ready_link);
	if (request->ready)
		return;
	request->ready = true;
	TAILQ_INSERT_TAIL(&engine->ready, request, ready_link);
}

static void leave_ready(struct request *request)
{
	if (request->ready)
		TAILQ_REMOVE(&request->engine->ready, request, ready_link);
	request->ready = false;
}

struct request *request_take_ready(struct engine *engine)
{
	struct request *request = TAILQ_FIRST(&engine->ready);
	if (request != NULL)
		leave_ready(request);
	return request;
}

struct next finish(struct task *task)
{
	task->over = true;
	if (task->parent != NULL)
		request_ready(task->parent);
	else
		task->request->over = true;
	return (struct next){ NULL };
}

void request_run(struct request *request)
{
	leave_ready(request);
	while (!TAILQ_EMPTY(&request->tasks) && !request->over) {
		struct task *task = TAILQ_FIRST(&request->tasks);
		TAILQ_REMOVE(&request->tasks, task, ready_link);
		task->ready = false;
		struct next next = { task->wake };
		while (next.step != NULL)
			next = next.step(task);
	}
}

const struct result *request_result(const struct request *request)
{
	return &request->lookup->result;
}

/* ---- clients ---- */

/* The earlier of the oldest client's patience and the end of all work. */
static bool set_timer(struct request *request)
{
	uint64_t at = request->began + LIMIT_WORK_END_MS * (uint64_t)TICKS_PER_MS;
	const struct client *first = TAILQ_FIRST(&request->clients);
	if (first != NULL) {
		uint64_t patience = first->since + LIMIT_CLIENT_ANSWER_MS * (uint64_t)TICKS_PER_MS;
		if (patience < at)
			at = patience;
	}
	return timer_set(request->engine, &request->timer, at);
}

static bool make_known(struct request *request)
{
	struct engine *engine = request->engine;
	if (request->found_by_question || request->cache_only || request->trace != NULL)
		return true;
	request->found_by_question =
		index_add(&engine->requests, &request->node, hash_question(engine, &request->question));
	return request->found_by_question;
}

/* The request is its first client's. */
static void own(struct request *request, const struct client *client)
{
	if (request->owned || client->prefix_hash == 0)
		return;
	request->owner_hash = client->prefix_hash;
	request->owned = tally_take(&request->engine->owner_tally, client->prefix_hash, LIMIT_REQUESTS);
}

static void drop_client(struct client *client)
{
	struct request *request = client->request;
	struct engine *engine = request->engine;
	index_remove(&engine->clients, &client->node);
	if (client->counted)
		tally_give(&engine->prefix_tally, client->prefix_hash);
	TAILQ_REMOVE(&request->clients, client, link);
	request->client_count--;
}

bool request_await(struct request *request, const struct client *client)
{
	struct engine *engine = request->engine;
	if (request->client_count >= LIMIT_CLIENTS_PER_REQUEST || !make_known(request))
		return false;
	struct client *waiting = ARENA_NEW(&request->arena, struct client);
	if (waiting == NULL)
		return false;
	*waiting = *client;
	waiting->request = request;
	waiting->question = arena_copy(&request->arena, client->question);
	waiting->edns.cookie = waiting->edns.ede_text = span_of(NULL, 0);
	waiting->node = (struct index_node){ .in = false };
	if (waiting->question.size == 0 || !index_add(&engine->clients, &waiting->node, client->origin.handle))
		return false;
	TAILQ_INSERT_TAIL(&request->clients, waiting, link);
	own(request, client);
	request->client_count++;
	return set_timer(request);
}

void request_forget_client(struct client *client)
{
	struct request *request = client->request;
	drop_client(client);
	request->engine->counts.dropped++;
	(void)set_timer(request);
}

static void answer_clients(struct request *request, const struct result *result, uint64_t since)
{
	struct client *client;
	while ((client = TAILQ_FIRST(&request->clients)) != NULL && client->since <= since) {
		answer_later(request, client, result);
		if (client->counted)
			tally_learn(&request->engine->prefix_tally, client->prefix_hash, result->rcode == RCODE_SERVFAIL);
		drop_client(client);
	}
}

/* ---- the end ---- */

static const struct result nothing = {
	.rcode = RCODE_SERVFAIL,
	.ede = EDE_NO_REACHABLE_AUTHORITY,
	.why = "no answer in time",
	.ours = true,
};

void request_time_out(struct engine *engine, struct timer *timer)
{
	struct request *request = CONTAINER_OF(timer, struct request, timer);
	uint64_t work = LIMIT_WORK_END_MS * (uint64_t)TICKS_PER_MS;
	uint64_t patience = LIMIT_CLIENT_ANSWER_MS * (uint64_t)TICKS_PER_MS;
	if (engine->now.ticks - request->began >= work) {
		lookup_give_up(request->lookup, EDE_NO_REACHABLE_AUTHORITY, "no answer in time");
		request->over = true;
		request_close(request);
		return;
	}
	if (fetch_settle(request->lookup->fetch)) {
		request_run(request);
		if (request->over) {
			request_close(request);
			return;
		}
	}
	struct result late = nothing;
	lookup_why(request->lookup, &late);
	answer_clients(request, &late, engine->now.ticks - patience);
	if (!set_timer(request))
		request_close(request);
}

static void count(const struct request *request)
{
	struct engine_counts *counts = &request->engine->counts;
	counts->signatures += request->work.checks;
	if (!request->over || !weigh_validates(request->lookup))
		return;
	enum security security = request_result(request)->security;
	counts->secure += security == SECURITY_SECURE;
	counts->insecure += security == SECURITY_INSECURE;
	counts->bogus += security == SECURITY_BOGUS;
}

void request_close(struct request *request)
{
	struct engine *engine = request->engine;
	count(request);
	if (request->rolling)
		rollover_heard(request);
	answer_clients(request, request->over ? request_result(request) : &nothing, UINT64_MAX);
	while (!LIST_EMPTY(&request->fetches))
		fetch_leave(LIST_FIRST(&request->fetches));
	chains_release(request);
	if (request->owned)
		tally_give(&engine->owner_tally, request->owner_hash);
	leave_ready(request);
	if (request->found_by_question)
		index_remove(&engine->requests, &request->node);
	heap_remove(&engine->timers, &request->timer.node);
	TAILQ_REMOVE(&engine->ages, request, age_link);
	engine->counts.requests--;
	arena_free(&request->arena);
	free(request);
}
