#include "internet.h"

#include "attacker.h"
#include "story.h"
#include "wire/limits.h"

#include <stdarg.h>
#include <stdlib.h>

#define START_TICKS (1000 * (uint64_t)TICKS_PER_S)
#define START_AGE 1000000u
#define START_WALL 1800000000
#define TICKS_AT_ONE_MOMENT 1000u /* more: the engine does not get on */
#define EVENTS_MAX 2000000u
#define STREAM_SETUP 2u /* one-way trips more than UDP */

/* An open exchange. */
struct exchange {
	struct index_node node;
	uint64_t number;
	bool stream;
};

/* Something that is going to happen to a resolver. */
struct event {
	struct heap_node node;
	struct resolver *resolver;
	uint64_t exchange;
	bool stream;
	bool failure;
	enum exchange_failure why;
	struct endpoint from;
	unsigned int version_count;
	struct version *versions[REPLY_VERSIONS_MAX];
	size_t size;
	uint8_t octets[];
};

void internet_begin(struct internet *internet, struct world *world, FILE *story)
{
	memset(internet, 0, sizeof *internet);
	internet->world = world;
	internet->rng = rng_of_number(world->seed ^ 0x6e6574);
	internet->events = heap_of();
	internet->story = story;
	internet->hash = 0xcbf29ce484222325u;
}

static void end_resolver(struct resolver *resolver)
{
	for (uint64_t number = 0; resolver->exchanges.count > 0 && number <= resolver->newest_exchange; number++) {
		struct index_node *node = index_first(&resolver->exchanges, number);
		if (node != NULL) {
			index_remove(&resolver->exchanges, node);
			free(CONTAINER_OF(node, struct exchange, node));
		}
	}
	index_free(&resolver->exchanges);
}

void internet_end(struct internet *internet)
{
	struct heap_node *node;
	while ((node = heap_first(&internet->events)) != NULL) {
		heap_remove(&internet->events, node);
		free(CONTAINER_OF(node, struct event, node));
	}
	heap_free(&internet->events);
	for (unsigned int i = 0; i < internet->resolver_count; i++)
		end_resolver(&internet->resolvers[i]);
	arena_free(&internet->scratch);
}

void internet_fault(struct internet *internet, const char *format, ...)
{
	va_list arguments;
	if (internet->fault[0] != '\0')
		return;
	va_start(arguments, format);
	vsnprintf(internet->fault, sizeof internet->fault, format, arguments);
	va_end(arguments);
}

uint64_t internet_age_at(uint64_t elapsed)
{
	return START_AGE + elapsed / TICKS_PER_S;
}

int64_t internet_wall_at(uint64_t elapsed)
{
	return START_WALL + (int64_t)(elapsed / TICKS_PER_S);
}

struct instant internet_now(const struct internet *internet)
{
	return (struct instant){ .ticks = START_TICKS + internet->elapsed,
				 .age = internet_age_at(internet->elapsed),
				 .wall = internet_wall_at(internet->elapsed) };
}

static void stir(struct internet *internet, const void *octets, size_t size)
{
	const uint8_t *at = octets;
	for (size_t i = 0; i < size; i++)
		internet->hash = (internet->hash ^ at[i]) * 0x100000001b3u;
}

/* ---- on the way back ---- */

static struct event *add_event(struct resolver *resolver, uint64_t exchange, uint64_t delay, struct span octets)
{
	struct internet *internet = resolver->internet;
	struct event *event = malloc(sizeof *event + octets.size);
	if (event == NULL)
		exit(1);
	memset(event, 0, sizeof *event);
	event->resolver = resolver;
	event->exchange = exchange;
	event->size = octets.size;
	if (octets.size > 0)
		memcpy(event->octets, octets.octets, octets.size);
	if (!heap_set(&internet->events, &event->node, internet->elapsed + delay))
		exit(1);
	return event;
}

void internet_deliver(struct resolver *resolver, uint64_t exchange, struct endpoint from, uint64_t delay,
		     struct span octets)
{
	add_event(resolver, exchange, delay, octets)->from = from;
}

static bool lose(struct internet *internet, const struct host *host)
{
	unsigned int loss = internet->world->weather.loss + (host != NULL ? host->loss : 0);
	if (loss == 0 || rng_below(&internet->rng, 1000) >= loss)
		return false;
	internet->counts.lost++;
	return true;
}

static uint64_t one_way(struct internet *internet, const struct host *host)
{
	return host->latency + (host->jitter > 0 ? rng_below(&internet->rng, (uint32_t)host->jitter) : 0);
}

static void send_back(struct resolver *resolver, const struct effect *effect, const struct reply *reply, uint64_t delay)
{
	struct event *event = add_event(resolver, effect->exchange, delay, reply->octets);
	event->from = effect->server;
	event->stream = effect->kind == EFFECT_SEND_STREAM;
	event->version_count = reply->version_count;
	memcpy(event->versions, reply->versions, sizeof event->versions);
}

static void send_failure(struct resolver *resolver, const struct effect *effect, uint64_t delay,
			 enum exchange_failure why)
{
	struct event *event = add_event(resolver, effect->exchange, delay, span_of(NULL, 0));
	event->failure = true;
	event->why = why;
	event->from = effect->server;
}

/* ---- on the way out ---- */

static void open_exchange(struct resolver *resolver, const struct effect *effect)
{
	struct exchange *exchange = calloc(1, sizeof *exchange);
	if (exchange == NULL)
		exit(1);
	if (index_first(&resolver->exchanges, effect->exchange) != NULL)
		internet_fault(resolver->internet, "exchange %llu is opened twice",
			      (unsigned long long)effect->exchange);
	exchange->number = effect->exchange;
	exchange->stream = effect->kind == EFFECT_SEND_STREAM;
	if (!index_add(&resolver->exchanges, &exchange->node, effect->exchange))
		exit(1);
	if (resolver->newest_exchange < effect->exchange)
		resolver->newest_exchange = effect->exchange;
}

static bool close_exchange(struct resolver *resolver, uint64_t number)
{
	struct index_node *node = index_first(&resolver->exchanges, number);
	if (node == NULL)
		return false;
	index_remove(&resolver->exchanges, node);
	free(CONTAINER_OF(node, struct exchange, node));
	return true;
}

/* The same question to the same address by the same transport, with EDNS or without: attacks 34. */
static void count_send(struct internet *internet, const struct effect *effect, const struct query *query)
{
	uint64_t key = 0xcbf29ce484222325u;
	struct sends *sends = &internet->sends;
	uint8_t lower[NAME_SIZE_MAX];
	char text[NAME_TEXT_SIZE], address[ENDPOINT_TEXT_SIZE];
	if (!sends->counting || name_is_root(query->question.name))
		return;
	uint8_t rest[] = { (uint8_t)query->question.type, (uint8_t)(query->question.type >> 8),
			   effect->kind == EFFECT_SEND_STREAM, query->edns.present };
	name_lower_into(query->question.name, lower);
	for (unsigned int i = 0; i < query->question.name.size; i++)
		key = (key ^ lower[i]) * 0x100000001b3u;
	for (unsigned int i = 0; i < sizeof rest; i++)
		key = (key ^ rest[i]) * 0x100000001b3u;
	for (unsigned int i = 0; i < 16; i++)
		key = (key ^ effect->server.ip.octets[i]) * 0x100000001b3u;
	if (++sends->total > LIMIT_UPSTREAM_QUERIES)
		internet_fault(internet, "more than %d upstream queries for one client query", LIMIT_UPSTREAM_QUERIES);
	size_t slot = key % SENDS_SLOTS;
	while (sends->count[slot] > 0 && sends->key[slot] != key)
		slot = (slot + 1) % SENDS_SLOTS;
	sends->key[slot] = key;
	if (++sends->count[slot] > LIMIT_SENDS_PER_SERVER)
		internet_fault(internet, "%s type %u is sent to %s for the %u. time", name_to_text(query->question.name, text),
			      query->question.type, endpoint_to_text(effect->server, address), sends->count[slot]);
}

/* What every query that leaves must be like. */
static bool check_query(struct internet *internet, const struct effect *effect, struct query *query)
{
	char address[ENDPOINT_TEXT_SIZE];
	endpoint_to_text(effect->server, address);
	if (query_read(effect->octets, query) != QUERY_GOOD || query->header.questions != 1)
		internet_fault(internet, "a malformed query is sent to %s", address);
	else if (world_is_poison(effect->server.ip))
		internet_fault(internet, "a query is sent to %s, which only liars named", address);
	else if (world_host_at(internet->world, effect->server.ip) == NULL)
		internet_fault(internet, "a query is sent to %s, which nobody named", address);
	else if (effect->server.ip.version == 6 && !internet->world->weather.ipv6)
		internet_fault(internet, "a query is sent to %s, but there is no IPv6", address);
	else if (effect->server.port != 53)
		internet_fault(internet, "a query is sent to port %u", effect->server.port);
	else if (query->header.flags & (FLAG_RD | FLAG_TC | FLAG_AA))
		internet_fault(internet, "a query to %s has flags %04x", address, query->header.flags);
	else if (query->edns.present && query->edns.udp_size != LIMIT_EDNS_UDP_SIZE)
		internet_fault(internet, "a query to %s announces %u octets", address, query->edns.udp_size);
	else
		return true;
	return false;
}

static void tally(struct host_tally *tally, bool stream, unsigned int labels)
{
	tally->udp += !stream;
	tally->stream += stream;
	if (tally->labels_most < labels)
		tally->labels_most = labels;
}

static void carry(struct resolver *resolver, const struct effect *effect)
{
	struct internet *internet = resolver->internet;
	bool stream = effect->kind == EFFECT_SEND_STREAM;
	struct query query;
	if (stream)
		internet->counts.stream++;
	else
		internet->counts.udp++;
	open_exchange(resolver, effect);
	story_send(internet, effect);
	if (!check_query(internet, effect, &query))
		return;
	count_send(internet, effect, &query);
	internet->counts.keys += query.question.type == TYPE_DNSKEY;
	internet->counts.ds += query.question.type == TYPE_DS;
	const struct host *host = world_host_at(internet->world, effect->server.ip);
	tally(&internet->tallies[host->number], stream, query.question.name.labels);
	uint64_t there = one_way(internet, host) * (stream ? 1 + STREAM_SETUP : 1);
	unsigned int epoch = world_epoch(internet->world, internet->elapsed + there);
	struct asked asked = { .octets = effect->octets, .stream = stream, .epoch = epoch,
			       .at = internet->elapsed + there };
	struct replies *replies = &internet->replies;
	if (!stream)
		attacker_race(resolver, effect, &query, host);
	if (lose(internet, host) && !stream)
		return;
	arena_reset(&internet->scratch);
	server_reply(internet->world, host, &asked, &internet->scratch, replies);
	if (replies->unreachable || replies->closed)
		send_failure(resolver, effect, there + one_way(internet, host),
			     replies->closed ? EXCHANGE_CLOSED : EXCHANGE_UNREACHABLE);
	for (unsigned int i = 0; i < replies->count; i++) {
		uint64_t delay = there + replies->reply[i].delay + one_way(internet, host);
		if (!lose(internet, host) || stream)
			send_back(resolver, effect, &replies->reply[i], delay);
		if (!stream && rng_below(&internet->rng, 1000) < internet->world->weather.duplication)
			send_back(resolver, effect, &replies->reply[i], delay + one_way(internet, host));
	}
}

static void drain(struct resolver *resolver)
{
	struct internet *internet = resolver->internet;
	struct effect effect;
	while (engine_effect(resolver->engine, &effect)) {
		stir(internet, &effect.kind, sizeof effect.kind);
		stir(internet, &internet->elapsed, sizeof internet->elapsed);
		stir(internet, effect.octets.octets, effect.kind == EFFECT_CANCEL ? 0 : effect.octets.size);
		switch (effect.kind) {
		case EFFECT_ANSWER:
			internet->take_answer(internet->context, resolver, effect.handle, effect.octets);
			break;
		case EFFECT_SEND_UDP:
		case EFFECT_SEND_STREAM:
			carry(resolver, &effect);
			break;
		case EFFECT_CANCEL:
			if (!close_exchange(resolver, effect.exchange))
				internet_fault(internet, "exchange %llu is cancelled but not open",
					      (unsigned long long)effect.exchange);
			break;
		case EFFECT_ANCHORS:
			break;
		}
	}
}

/* ---- events ---- */

static void mark_seen(const struct event *event, uint64_t age)
{
	for (unsigned int i = 0; i < event->version_count; i++) {
		struct version *version = event->versions[i];
		if (version->first_seen == SEEN_NEVER)
			version->first_seen = age;
		version->last_seen = age;
	}
}

static void happen(struct event *event)
{
	struct resolver *resolver = event->resolver;
	struct internet *internet = resolver->internet;
	bool open = index_first(&resolver->exchanges, event->exchange) != NULL;
	struct instant now = internet_now(internet);
	if (!open && event->failure)
		return;
	if (!open && rng_below(&internet->rng, 10) > 0)
		return; /* mostly its port is closed by then; it must not matter when it is not */
	if (event->failure) {
		close_exchange(resolver, event->exchange);
		story_failure(internet, event->from, event->why);
		engine_failed(resolver->engine, now, event->exchange, event->why);
	} else {
		internet->counts.replies++;
		mark_seen(event, now.age);
		story_reply(internet, event->from, event->stream, open, span_of(event->octets, event->size));
		engine_reply(resolver->engine, now, event->exchange, event->from, span_of(event->octets, event->size));
	}
	drain(resolver);
}

static uint64_t deadline(const struct resolver *resolver)
{
	uint64_t at = engine_deadline(resolver->engine);
	if (at == TICKS_NEVER)
		return TICKS_NEVER;
	uint64_t elapsed = resolver->internet->elapsed;
	return at <= START_TICKS + elapsed ? elapsed : at - START_TICKS;
}

/* The next thing that happens at or before `until`: an event, or a tick. False: there is none. */
static bool step(struct internet *internet, uint64_t until)
{
	struct heap_node *first = heap_first(&internet->events);
	struct resolver *due = NULL;
	uint64_t at = first != NULL ? first->at : TICKS_NEVER;
	for (unsigned int i = 0; i < internet->resolver_count; i++) {
		uint64_t wanted = deadline(&internet->resolvers[i]);
		if (wanted < at) {
			at = wanted;
			due = &internet->resolvers[i];
		}
	}
	if (at > until || at == TICKS_NEVER)
		return false;
	internet->elapsed = at;
	internet->counts.events++;
	if (due != NULL) {
		internet->counts.ticks++;
		engine_tick(due->engine, internet_now(internet));
		drain(due);
		return true;
	}
	struct event *event = CONTAINER_OF(first, struct event, node);
	heap_remove(&internet->events, first);
	happen(event);
	free(event);
	return true;
}

static bool go_on(struct internet *internet, uint64_t until)
{
	static const unsigned int ticks_max = TICKS_AT_ONE_MOMENT;
	uint64_t moment = internet->elapsed;
	for (unsigned int at_once = 0; at_once < ticks_max; at_once++) {
		if (internet->fault[0] != '\0' || !step(internet, until))
			return false;
		if (internet->elapsed != moment)
			return true;
	}
	internet_fault(internet, "%u events without a step in time", ticks_max);
	return false;
}

void internet_run(struct internet *internet, uint64_t until)
{
	while (go_on(internet, until))
		if (internet->counts.events > EVENTS_MAX)
			internet_fault(internet, "more than %u events", EVENTS_MAX);
	if (internet->elapsed < until && internet->fault[0] == '\0')
		internet->elapsed = until;
}

static bool is_calm(const struct internet *internet)
{
	for (unsigned int i = 0; i < internet->resolver_count; i++) {
		struct engine_counts counts = engine_count(internet->resolvers[i].engine);
		if (counts.requests > 0 || counts.exchanges > 0)
			return false;
	}
	return true;
}

bool internet_calm(struct internet *internet, uint64_t at_most)
{
	uint64_t until = internet->elapsed + at_most;
	while (!is_calm(internet) && go_on(internet, until))
		;
	return is_calm(internet);
}

bool internet_ask(struct resolver *resolver, const struct client_origin *origin, struct span octets, uint8_t *answer,
		 size_t capacity, size_t *size, bool *silent)
{
	struct internet *internet = resolver->internet;
	*silent = false;
	*size = engine_query(resolver->engine, internet_now(internet), origin, octets, answer, capacity, silent);
	stir(internet, answer, *size);
	drain(resolver);
	return *size > 0;
}

void internet_client_gone(struct resolver *resolver, uint64_t handle)
{
	engine_client_gone(resolver->engine, internet_now(resolver->internet), handle);
	drain(resolver);
}

void internet_prime(struct resolver *resolver)
{
	engine_prime(resolver->engine, internet_now(resolver->internet));
	drain(resolver);
}
