#include "resolver/engine.h"

#include "resolver/client.h"
#include "resolver/exchange.h"
#include "resolver/inside.h"
#include "resolver/local.h"
#include "resolver/prime.h"
#include "resolver/request.h"
#include "resolver/rollover.h"
#include "resolver/signalling.h"
#include "wire/limits.h"

#include <stdlib.h>

static bool set_up(struct engine *engine, const struct engine_setup *setup, const char **problem)
{
	struct hash_key answers_key;
	engine->key = (struct hash_key){ rng_u64(&engine->rng), rng_u64(&engine->rng) };
	answers_key = (struct hash_key){ rng_u64(&engine->rng), rng_u64(&engine->rng) };
	if (!roots_read(&engine->roots, setup->options, setup->hints, &engine->fixed, problem))
		return false;
	*problem = "out of memory";
	if (!anchors_read(&engine->anchors, setup, &engine->fixed) || !rollover_begin(engine, setup) ||
	    !signalling_begin(engine, setup))
		return false;
	keyring_init(&engine->keyring, (struct hash_key){ rng_u64(&engine->rng), rng_u64(&engine->rng) });
	engine->special = local_read(&engine->fixed);
	engine->scratch = malloc(MSG_SIZE_MAX);
	engine->reply = malloc(MSG_SIZE_MAX);
	if (setup->answers_octets > 0)
		engine->answers = answers_create(setup->answers_octets, answers_key);
	return engine->special != NULL && engine->scratch != NULL && engine->reply != NULL &&
	       (engine->answers != NULL || setup->answers_octets == 0);
}

/* From other addresses of ours a server is shown another cookie (RFC 9018 section 3). */
static struct hash_key server_secret(const struct engine_setup *setup)
{
	struct hash_key secret = { ~setup->cookie_secret.k1, setup->cookie_secret.k0 };
	const struct options *options = setup->options;
	for (size_t i = 0; i < options->recursion_source_address_count; i++)
		secret.k1 ^= hash_octets(&secret, span_of(&options->recursion_source_address[i], sizeof(struct ip)));
	return secret;
}

struct engine *engine_create(const struct engine_setup *setup, const char **problem)
{
	struct engine *engine = calloc(1, sizeof *engine);
	*problem = "out of memory";
	if (engine == NULL)
		return NULL;
	engine->options = setup->options;
	engine->table = setup->table;
	engine->denials = setup->options->dnssec_aggressive_nsec ? setup->denials : NULL;
	engine->log = setup->log;
	engine->limiter = setup->limiter;
	engine->places = setup->requests > 0 && setup->requests < LIMIT_REQUESTS ? setup->requests : LIMIT_REQUESTS;
	engine->cookie_secret = setup->cookie_secret;
	engine->server_secret = server_secret(setup);
	engine->rng = rng_of(setup->seed);
	engine->fixed = arena_of(0);
	engine->workbench = arena_of(LIMIT_REQUEST_MEMORY);
	keyring_init(&engine->keyring, engine->key);
	engine->effects = effects_of();
	TAILQ_INIT(&engine->ready);
	TAILQ_INIT(&engine->ages);
	engine->timers = heap_of();
	engine->requests = engine->clients = engine->exchanges = engine->asked = index_of();
	engine->zone_tally = engine->server_tally = engine->prefix_tally = engine->owner_tally = tally_of();
	if (set_up(engine, setup, problem))
		return engine;
	engine_destroy(engine);
	return NULL;
}

void engine_destroy(struct engine *engine)
{
	if (engine == NULL)
		return;
	while (!TAILQ_EMPTY(&engine->ages))
		request_close(TAILQ_FIRST(&engine->ages));
	exchanges_free(engine);
	keyring_free(&engine->keyring);
	tally_free(&engine->zone_tally);
	tally_free(&engine->server_tally);
	tally_free(&engine->prefix_tally);
	tally_free(&engine->owner_tally);
	index_free(&engine->requests);
	index_free(&engine->clients);
	index_free(&engine->exchanges);
	index_free(&engine->asked);
	heap_free(&engine->timers);
	effects_free(&engine->effects);
	answers_destroy(engine->answers);
	arena_free(&engine->fixed);
	arena_free(&engine->workbench);
	free(engine->scratch);
	free(engine->reply);
	free(engine);
}

static void begin_event(struct engine *engine, struct instant now)
{
	engine->now = now;
	effects_begin(&engine->effects);
}

/* What the event made ready is done, until everything waits again. */
static void run_ready(struct engine *engine)
{
	struct request *request;
	while ((request = request_take_ready(engine)) != NULL) {
		request_run(request);
		if (request->over)
			request_close(request);
	}
}

size_t engine_query(struct engine *engine, struct instant now, const struct client_origin *origin,
		    struct span octets, uint8_t *answer, size_t capacity, bool *silent)
{
	begin_event(engine, now);
	size_t size = client_query(engine, origin, octets, answer, capacity, silent);
	run_ready(engine);
	return size;
}

void engine_client_gone(struct engine *engine, struct instant now, uint64_t handle)
{
	begin_event(engine, now);
	struct index_node *node = index_first(&engine->clients, handle);
	if (node != NULL)
		request_forget_client(CONTAINER_OF(node, struct client, node));
	run_ready(engine);
}

void engine_reply(struct engine *engine, struct instant now, uint64_t exchange, struct endpoint from,
		  struct span octets)
{
	begin_event(engine, now);
	exchange_reply(engine, exchange, from, octets);
	run_ready(engine);
}

void engine_failed(struct engine *engine, struct instant now, uint64_t exchange, enum exchange_failure failure)
{
	begin_event(engine, now);
	exchange_failed(engine, exchange, failure);
	run_ready(engine);
}

void engine_tick(struct engine *engine, struct instant now)
{
	begin_event(engine, now);
	struct heap_node *node;
	while ((node = heap_first(&engine->timers)) != NULL && node->at <= now.ticks) {
		struct timer *timer = CONTAINER_OF(node, struct timer, node);
		if (timer->kind == TIMER_EXCHANGE)
			exchange_time_out(engine, timer);
		else if (timer->kind == TIMER_ROLLOVER)
			rollover_look(engine);
		else if (timer->kind == TIMER_SIGNALLING)
			signalling_tell(engine);
		else
			request_time_out(engine, timer);
		run_ready(engine);
	}
	run_ready(engine);
}

uint64_t engine_deadline(const struct engine *engine)
{
	const struct heap_node *node = heap_first(&engine->timers);
	return node != NULL ? node->at : TICKS_NEVER;
}

bool engine_effect(struct engine *engine, struct effect *effect)
{
	return effects_take(&engine->effects, effect);
}

/* The question as a client would have spelt it. */
static size_t spell(const struct question *question, uint8_t *octets, size_t capacity)
{
	struct builder builder = builder_of(octets, capacity);
	name_write(&builder, question->name);
	builder_u16(&builder, question->type);
	builder_u16(&builder, question->class);
	return builder.size;
}

bool engine_lookup(struct engine *engine, struct instant now, const struct question *question, bool unchecked,
		   uint64_t handle)
{
	uint8_t octets[NAME_SIZE_MAX + 4];
	begin_event(engine, now);
	struct client client = {
		.origin = { .handle = handle, .stream = true },
		.since = now.ticks,
		.internal = true,
		.flags = (uint16_t)(FLAG_RD | FLAG_AD | (unchecked ? FLAG_CD : 0)),
		.question = span_of(octets, spell(question, octets, sizeof octets)),
		.edns = edns_none(),
	};
	client.edns.present = true;
	struct request *request = request_create(engine, question, REQUEST_STORY, unchecked);
	if (request == NULL)
		return false;
	if (!request_await(request, &client)) {
		request_close(request);
		return false;
	}
	run_ready(engine);
	return true;
}

void engine_prime(struct engine *engine, struct instant now)
{
	begin_event(engine, now);
	prime_root(engine);
	run_ready(engine);
}

bool engine_trust(struct engine *engine, struct instant now, const struct rrset *anchors, size_t count)
{
	begin_event(engine, now);
	return rollover_replace(engine, anchors, count);
}

struct engine_counts engine_count(const struct engine *engine)
{
	return engine->counts;
}
