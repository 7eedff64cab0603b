#include "resolver/exchange.h"

#include "cache/servers.h"
#include "resolver/cookie.h"
#include "resolver/manners.h"
#include "resolver/request.h"
#include "wire/limits.h"

#include <stdlib.h>

#define QUERY_SIZE_MAX 360u /* header, a name, type and class, OPT with a cookie */

struct exchange {
	struct timer timer;
	struct index_node by_number, by_question;
	uint64_t number;
	struct sent sent;
	struct name_buffer spelt; /* holds sent.question.name */
	uint64_t zone_hash; /* stands for the zone: nobody can bring about that two have the same */
	uint64_t server_hash;
	uint64_t began; /* ticks */
	bool edns, recursion;
	struct wait *waits;
	struct exchange *next; /* unused */
};

static uint64_t hash_server(const struct engine *engine, struct endpoint server)
{
	return hash_octets(&engine->key, span_of(&server.ip, sizeof server.ip));
}

static uint64_t hash_question(const struct engine *engine, const struct wanted *wanted)
{
	uint8_t names[2 * NAME_SIZE_MAX];
	uint8_t rest[4] = { (uint8_t)(wanted->question.type >> 8), (uint8_t)wanted->question.type, wanted->stream,
			    wanted->recursion };
	name_lower_into(wanted->question.name, names);
	name_lower_into(wanted->zone, names + wanted->question.name.size);
	return hash_pair(&engine->key, span_of(names, (size_t)wanted->question.name.size + wanted->zone.size),
			 span_of(rest, sizeof rest));
}

/* A recursive server is not held to the quota of a zone: all zones are behind it. */
static uint64_t hash_zone(const struct engine *engine, const struct wanted *wanted)
{
	return name_hash(&engine->key, wanted->zone) + wanted->recursion;
}

static bool asks(const struct engine *engine, const struct exchange *exchange, const struct wanted *wanted)
{
	return exchange->sent.stream == wanted->stream && exchange->recursion == wanted->recursion &&
	       exchange->edns == wanted->edns && question_equal(&exchange->sent.question, &wanted->question) &&
	       exchange->zone_hash == hash_zone(engine, wanted);
}

static void add_wait(struct exchange *exchange, struct wait *wait)
{
	wait->exchange = exchange;
	wait->heard = HEARD_NOTHING;
	wait->server = exchange->sent.server;
	wait->stream = exchange->sent.stream;
	wait->edns = exchange->edns;
	wait->cookie = exchange->sent.has_cookie;
	wait->previous = NULL;
	wait->next = exchange->waits;
	if (exchange->waits != NULL)
		exchange->waits->previous = wait;
	exchange->waits = wait;
}

bool exchange_join(struct engine *engine, const struct wanted *wanted, struct wait *wait)
{
	uint64_t hash = hash_question(engine, wanted);
	for (struct index_node *n = index_first(&engine->asked, hash); n != NULL; n = index_next(n, hash)) {
		struct exchange *exchange = CONTAINER_OF(n, struct exchange, by_question);
		if (asks(engine, exchange, wanted)) {
			add_wait(exchange, wait);
			return true;
		}
	}
	return false;
}

/* ---- beginning ---- */

static void mix_case(struct rng *rng, struct name_buffer *buffer, size_t size)
{
	uint32_t bits = 0;
	unsigned int left = 0;
	for (size_t i = 0; i < size; i++) {
		uint8_t octet = buffer->octets[i];
		if (octet < 'a' || octet > 'z')
			continue;
		if (left == 0) {
			bits = rng_u32(rng);
			left = 32;
		}
		buffer->octets[i] = octet ^ (bits & 1 ? 0x20 : 0);
		bits >>= 1;
		left--;
	}
}

static struct exchange *take_unused(struct engine *engine)
{
	struct exchange *exchange = engine->unused;
	if (exchange == NULL)
		return calloc(1, sizeof *exchange);
	engine->unused = exchange->next;
	*exchange = (struct exchange){ .number = 0 };
	return exchange;
}

static void give_back(struct engine *engine, struct exchange *exchange)
{
	exchange->next = engine->unused;
	engine->unused = exchange;
}

/* Forgets it everywhere but with those who wait. */
static void take_down(struct engine *engine, struct exchange *exchange)
{
	index_remove(&engine->exchanges, &exchange->by_number);
	index_remove(&engine->asked, &exchange->by_question);
	heap_remove(&engine->timers, &exchange->timer.node);
	tally_give(&engine->zone_tally, exchange->zone_hash);
	tally_give(&engine->server_tally, exchange->server_hash);
	engine->counts.exchanges--;
}

static void fill(struct engine *engine, struct exchange *exchange, const struct wanted *wanted)
{
	struct name name = wanted->question.name;
	exchange->timer.kind = TIMER_EXCHANGE;
	exchange->number = ++engine->last_exchange;
	exchange->began = engine->now.ticks;
	exchange->edns = wanted->edns;
	exchange->recursion = wanted->recursion;
	exchange->zone_hash = hash_zone(engine, wanted);
	exchange->server_hash = hash_server(engine, wanted->server);
	name_lower_into(name, exchange->spelt.octets);
	bool mixed = engine->options->recursion_case_randomisation && !wanted->plain_case;
	if (mixed)
		mix_case(&engine->rng, &exchange->spelt, name.size);
	exchange->sent = (struct sent){
		.server = wanted->server,
		.id = rng_u16(&engine->rng),
		.question = { { exchange->spelt.octets, name.size, name.labels }, wanted->question.type,
			      wanted->question.class },
		.stream = wanted->stream,
		.case_random = mixed,
		.has_cookie = wanted->cookie && wanted->edns,
		.cookie_expected = wanted->cookie_expected,
	};
	if (exchange->sent.has_cookie)
		cookie_to_server(&engine->server_secret, wanted->server.ip, exchange->sent.cookie);
}

static struct span write_cookie(const struct exchange *exchange, struct span server, uint8_t octets[EDNS_COOKIE_SIZE_MAX])
{
	struct builder builder = builder_of(octets, EDNS_COOKIE_SIZE_MAX);
	builder_octets(&builder, span_of(exchange->sent.cookie, sizeof exchange->sent.cookie));
	builder_octets(&builder, server);
	return builder_written(&builder);
}

static bool send_query(struct engine *engine, const struct exchange *exchange, struct span server_cookie)
{
	uint8_t octets[QUERY_SIZE_MAX], cookie[EDNS_COOKIE_SIZE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	struct msg_writer writer;
	msg_begin(&writer, &builder, exchange->sent.id, exchange->recursion ? FLAG_RD : 0);
	msg_question(&writer, &exchange->sent.question);
	if (exchange->edns) {
		struct edns edns = edns_none();
		edns.udp_size = (uint16_t)engine->options->recursion_edns_size;
		edns.dnssec_ok = true;
		if (exchange->sent.has_cookie)
			edns.cookie = write_cookie(exchange, server_cookie, cookie);
		msg_edns(&writer, &edns);
	}
	struct effect effect = {
		.kind = exchange->sent.stream ? EFFECT_SEND_STREAM : EFFECT_SEND_UDP,
		.exchange = exchange->number,
		.server = exchange->sent.server,
	};
	if (!msg_end(&writer))
		return false;
	effect.octets = builder_written(&builder);
	return effects_add(&engine->effects, &effect);
}

static bool set_up(struct engine *engine, struct exchange *exchange, const struct wanted *wanted)
{
	if (index_add(&engine->exchanges, &exchange->by_number, exchange->number) &&
	    index_add(&engine->asked, &exchange->by_question, hash_question(engine, wanted)) &&
	    timer_set(engine, &exchange->timer, engine->now.ticks + wanted->timeout_us) &&
	    send_query(engine, exchange, wanted->server_cookie))
		return true;
	take_down(engine, exchange);
	give_back(engine, exchange);
	return false;
}

/* A zone may have as many in flight as its server can still take: however many zones of a server are flooded, as much
 * as one of them has is left for the others (dynamic thresholds, Choudhury and Hahne 1998). A few it may always have. */
static bool take_server_quota(struct engine *engine, const struct exchange *exchange)
{
	unsigned int count = tally_count(&engine->zone_tally, exchange->zone_hash);
	unsigned int left = tally_left(&engine->server_tally, exchange->server_hash, LIMIT_FETCHES_PER_SERVER);
	if (count <= LIMIT_QUOTA_RESERVE)
		return tally_take_whole(&engine->server_tally, exchange->server_hash, LIMIT_FETCHES_PER_SERVER);
	return (exchange->recursion || count <= left) &&
	       tally_take(&engine->server_tally, exchange->server_hash, LIMIT_FETCHES_PER_SERVER);
}

static bool take_quota(struct engine *engine, const struct exchange *exchange)
{
	unsigned int zone_limit = exchange->recursion ? LIMIT_REQUESTS : LIMIT_FETCHES_PER_ZONE;
	if (!tally_take(&engine->zone_tally, exchange->zone_hash, zone_limit))
		return false;
	if (take_server_quota(engine, exchange))
		return true;
	tally_give(&engine->zone_tally, exchange->zone_hash);
	return false;
}

enum begun exchange_begin(struct engine *engine, const struct wanted *wanted, struct wait *wait)
{
	struct exchange *exchange = take_unused(engine);
	if (exchange == NULL)
		return BEGUN_NO_MEMORY;
	fill(engine, exchange, wanted);
	if (!take_quota(engine, exchange)) {
		give_back(engine, exchange);
		return BEGUN_TOO_MANY;
	}
	engine->counts.exchanges++;
	if (!set_up(engine, exchange, wanted))
		return BEGUN_NO_MEMORY;
	if (wanted->stream)
		engine->counts.upstream_stream++;
	else
		engine->counts.upstream_udp++;
	add_wait(exchange, wait);
	return BEGUN;
}

/* ---- ending ---- */

static void cancel(struct engine *engine, const struct exchange *exchange)
{
	struct effect effect = { .kind = EFFECT_CANCEL, .exchange = exchange->number };
	(void)effects_add(&engine->effects, &effect); /* not told, the caller's socket is freed by its next use */
}

unsigned int exchange_crowd(const struct engine *engine, const struct wait *wait)
{
	const struct exchange *exchange = wait->exchange;
	if (exchange == NULL)
		return 0;
	unsigned int zone = tally_count(&engine->zone_tally, exchange->zone_hash);
	unsigned int server = tally_count(&engine->server_tally, exchange->server_hash);
	return zone > server ? zone : server;
}

void exchange_leave(struct engine *engine, struct wait *wait)
{
	struct exchange *exchange = wait->exchange;
	if (exchange == NULL)
		return;
	wait->exchange = NULL;
	if (wait->previous != NULL)
		wait->previous->next = wait->next;
	else
		exchange->waits = wait->next;
	if (wait->next != NULL)
		wait->next->previous = wait->previous;
	if (exchange->waits != NULL)
		return;
	cancel(engine, exchange);
	take_down(engine, exchange);
	give_back(engine, exchange);
}

/* A first short wait that ended says little: the server may be slower than was thought. */
static void learn_quota(struct engine *engine, const struct exchange *exchange, enum heard heard)
{
	uint64_t waited = engine->now.ticks - exchange->began;
	bool silent = heard == HEARD_TIMEOUT && waited > LIMIT_UPSTREAM_TIMEOUT_FIRST_MS * (uint64_t)TICKS_PER_MS;
	if (heard != HEARD_REPLY && !silent)
		return;
	tally_learn(&engine->zone_tally, exchange->zone_hash, silent);
	tally_learn(&engine->server_tally, exchange->server_hash, silent);
}

static void conclude(struct engine *engine, struct exchange *exchange, enum heard heard, struct span octets)
{
	uint32_t rtt = (uint32_t)(engine->now.ticks - exchange->began);
	struct wait *wait = exchange->waits;
	learn_quota(engine, exchange, heard);
	exchange->waits = NULL;
	while (wait != NULL) {
		struct wait *next = wait->next;
		wait->exchange = NULL;
		wait->heard = heard;
		wait->octets = octets;
		wait->rtt_us = rtt;
		request_ready(wait->task);
		wait = next;
	}
	take_down(engine, exchange);
	give_back(engine, exchange);
}

/* RFC 6298 section 2. What was put down while the server was silent was a guess and is not averaged with (section 5.7). */
static void note_rtt(struct server *server, uint32_t rtt)
{
	if (server->srtt_us == 0 || server->silences > 0) {
		server->srtt_us = rtt > 0 ? rtt : 1;
		server->rttvar_us = rtt / 2;
		return;
	}
	uint32_t difference = rtt > server->srtt_us ? rtt - server->srtt_us : server->srtt_us - rtt;
	server->rttvar_us = (uint32_t)((3 * (uint64_t)server->rttvar_us + difference) / 4);
	server->srtt_us = (uint32_t)((7 * (uint64_t)server->srtt_us + rtt) / 8);
	if (server->srtt_us == 0)
		server->srtt_us = 1;
}

/* Over TCP nobody else can have changed it. */
static bool lost_case(const struct exchange *exchange, struct span octets)
{
	const struct name *name = &exchange->sent.question.name;
	struct header header;
	return exchange->sent.stream && exchange->sent.case_random && header_read(octets, &header) &&
	       header.questions == 1 && memcmp(octets.octets + HEADER_SIZE, name->octets, name->size) != 0;
}

static void note_reply(struct engine *engine, const struct exchange *exchange, struct span octets)
{
	struct server server;
	struct span cookie;
	servers_get(engine->table, exchange->sent.server.ip, engine->now.age, &server);
	if (!exchange->sent.stream)
		note_rtt(&server, (uint32_t)(engine->now.ticks - exchange->began));
	server.silences = 0;
	server.rest_until = 0;
	server.case_broken = server.case_broken || lost_case(exchange, octets);
	if (exchange->sent.has_cookie) {
		enum shown_cookie shown = match_cookie(&exchange->sent, octets, &cookie);
		manners_hear_cookie(&server, engine->now.age, exchange->sent.stream, shown, cookie);
	}
	servers_put(engine->table, exchange->sent.server.ip, engine->now.age, &server);
}

/* After some silences in a row the server rests, longer each time. */
static void note_silence(struct engine *engine, const struct exchange *exchange)
{
	struct server server;
	servers_get(engine->table, exchange->sent.server.ip, engine->now.age, &server);
	/* A hundred questions at once that are answered late are one silence. */
	if (exchange->began < server.silent_at)
		return;
	server.silent_at = engine->now.ticks;
	if (server.silences < UINT8_MAX)
		server.silences++;
	if (server.silences >= LIMIT_SERVER_SILENCES) {
		unsigned int doublings = server.silences - LIMIT_SERVER_SILENCES;
		uint64_t rest = (uint64_t)LIMIT_SERVER_BACKOFF_MIN_MS << (doublings < 16 ? doublings : 16);
		if (rest > LIMIT_SERVER_BACKOFF_MAX_MS)
			rest = LIMIT_SERVER_BACKOFF_MAX_MS;
		server.rest_until = engine->now.age + rest / 1000;
	}
	servers_put(engine->table, exchange->sent.server.ip, engine->now.age, &server);
}

static struct exchange *find(const struct engine *engine, uint64_t number)
{
	struct index_node *node = index_first(&engine->exchanges, number);
	return node != NULL ? CONTAINER_OF(node, struct exchange, by_number) : NULL;
}

/* The reply as if the question had been asked in lower case: names in it that point at the question come out so, and
 * not in the case that was drawn. */
static struct span lower_question(struct engine *engine, const struct exchange *exchange, struct span octets)
{
	size_t size = exchange->sent.question.name.size;
	if (octets.size > MSG_SIZE_MAX || octets.size < HEADER_SIZE + size ||
	    memcmp(octets.octets + HEADER_SIZE, exchange->sent.question.name.octets, size) != 0)
		return octets;
	memcpy(engine->reply, octets.octets, octets.size);
	name_lower_into(exchange->sent.question.name, engine->reply + HEADER_SIZE);
	return span_of(engine->reply, octets.size);
}

void exchange_reply(struct engine *engine, uint64_t number, struct endpoint from, struct span octets)
{
	static const enum heard heard[] = {
		[MATCH_NOT_A_REPLY] = HEARD_NOTHING,
		[MATCH_WRONG_QUESTION] = HEARD_NOTHING,
		[MATCH_WRONG_ID] = HEARD_MISMATCH,
		[MATCH_WRONG_CASE] = HEARD_WRONG_CASE,
		[MATCH_WRONG_COOKIE] = HEARD_WRONG_COOKIE,
	};
	struct exchange *exchange = find(engine, number);
	if (exchange == NULL)
		return;
	enum match match = match_reply(&exchange->sent, from, octets);
	if (match == MATCH_REPLY) {
		note_reply(engine, exchange, octets);
		cancel(engine, exchange);
		conclude(engine, exchange, HEARD_REPLY, lower_question(engine, exchange, octets));
		return;
	}
	engine->counts.upstream_mismatched++;
	if (exchange->sent.stream || heard[match] == HEARD_NOTHING)
		return;
	cancel(engine, exchange);
	conclude(engine, exchange, heard[match], span_of(NULL, 0));
}

void exchange_failed(struct engine *engine, uint64_t number, enum exchange_failure failure)
{
	static const enum heard heard[] = {
		[EXCHANGE_UNREACHABLE] = HEARD_UNREACHABLE,
		[EXCHANGE_CLOSED] = HEARD_CLOSED,
		[EXCHANGE_NO_ROOM] = HEARD_NO_ROOM,
	};
	struct exchange *exchange = find(engine, number);
	if (exchange != NULL)
		conclude(engine, exchange, heard[failure], span_of(NULL, 0));
}

void exchange_time_out(struct engine *engine, struct timer *timer)
{
	struct exchange *exchange = CONTAINER_OF(timer, struct exchange, timer);
	engine->counts.upstream_timeouts++;
	note_silence(engine, exchange);
	cancel(engine, exchange);
	conclude(engine, exchange, HEARD_TIMEOUT, span_of(NULL, 0));
}

void exchanges_free(struct engine *engine)
{
	while (engine->unused != NULL) {
		struct exchange *next = engine->unused->next;
		free(engine->unused);
		engine->unused = next;
	}
}
