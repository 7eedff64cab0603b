#include "session.h"

#include <stdarg.h>

#define TABLE_OCTETS (16u << 20)
#define DENIALS_OCTETS (1u << 20)
#define ANSWERS_OCTETS (1u << 20)
#define START_TICKS (1000 * (uint64_t)TICKS_PER_S)
#define START_AGE 1000000u
#define EVENTS_MAX 200000u /* of one wait; more means that the engine does not get on */
#define CALM_TICKS (TICKS_PER_S / 2)
#define CLIENT_PORT 5353u
#define TEXT_SIZE 16384u

static struct instant now(const struct session *session)
{
	uint64_t seconds = session->elapsed / TICKS_PER_S;
	return (struct instant){ .ticks = START_TICKS + session->elapsed,
				 .age = START_AGE + seconds,
				 .wall = session->settings->wall + (int64_t)seconds };
}

static void fail(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The first fault is the one that is told. */
static void fail(struct session *session, const char *format, ...)
{
	va_list arguments;
	if (session->fault[0] != '\0')
		return;
	va_start(arguments, format);
	vsnprintf(session->fault, sizeof session->fault, format, arguments);
	va_end(arguments);
}

static void tell(const struct session *session, const char *what, struct ip ip, bool stream, struct span octets)
{
	struct arena arena = arena_of(0);
	struct message message;
	char address[IP_TEXT_SIZE], text[TEXT_SIZE];
	if (session->log == NULL)
		return;
	const char *problem = message_read(octets, &arena, &message);
	fprintf(session->log, "  %4u %9.3f s  %s %s%s: %s\n", session->step, (double)session->elapsed / TICKS_PER_S,
		what, ip_to_text(ip, address), stream ? " (TCP)" : "",
		problem != NULL ? problem : message_to_text(&message, text, sizeof text));
	arena_free(&arena);
}

static void write_log(void *context, enum log_level level, const char *line)
{
	const struct session *session = context;
	(void)level;
	if (session->log != NULL)
		fprintf(session->log, "       %s\n", line);
}

bool session_begin(struct session *session, uint64_t seed)
{
	struct rng rng = rng_of_number(seed);
	struct hash_key key = { .k0 = rng_u64(&rng), .k1 = rng_u64(&rng) };
	struct engine_setup setup = { .options = &session->settings->options,
				      .table = table_create(TABLE_OCTETS, key),
				      .denials = denials_create(DENIALS_OCTETS, key),
				      .hints = &session->settings->hints,
				      .anchors = session->settings->anchors.rrsets,
				      .anchor_count = session->settings->anchors.count,
				      .negative_anchors = session->settings->anchors.negative,
				      .negative_anchor_count = session->settings->anchors.negative_count,
				      .answers_octets = ANSWERS_OCTETS,
				      .log = { .sink = write_log,
					       .context = session,
					       .level = session->log != NULL ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR } };
	const char *problem = "out of memory";
	session->table = setup.table;
	session->denials = setup.denials;
	if (session->table == NULL || session->denials == NULL) {
		fail(session, "%s", problem);
		return false;
	}
	rng_octets(&rng, setup.seed, sizeof setup.seed);
	session->engine = engine_create(&setup, &problem);
	if (session->engine == NULL) {
		fail(session, "the engine cannot be made: %s", problem);
		return false;
	}
	engine_prime(session->engine, now(session));
	session_settle(session);
	return true;
}

void session_end(struct session *session)
{
	if (session->engine != NULL)
		engine_destroy(session->engine);
	if (session->table != NULL)
		table_destroy(session->table);
	denials_destroy(session->denials);
}

static struct span keep(struct session *session, struct span octets)
{
	struct span kept = arena_copy(session->arena, octets);
	if (kept.size != octets.size)
		fail(session, "out of memory");
	return kept;
}

static void add_flight(struct session *session, const struct effect *effect, struct span octets)
{
	struct flight *flight = ARENA_NEW(session->arena, struct flight);
	struct flight **place = &session->flights;
	if (flight == NULL) {
		fail(session, "out of memory");
		return;
	}
	*flight = (struct flight){ .at = session->elapsed + REPLY_TICKS,
				   .exchange = effect->exchange,
				   .server = effect->server,
				   .octets = keep(session, octets) };
	while (*place != NULL && (*place)->at <= flight->at)
		place = &(*place)->next;
	flight->next = *place;
	*place = flight;
}

static void remove_flight(struct session *session, uint64_t exchange)
{
	for (struct flight **place = &session->flights; *place != NULL; place = &(*place)->next)
		if ((*place)->exchange == exchange) {
			*place = (*place)->next;
			return;
		}
}

/* The resolver asks a server. */
static void carry_query(struct session *session, const struct effect *effect)
{
	uint8_t reply[MSG_SIZE_MAX];
	struct sent *sent = ARENA_NEW(session->arena, struct sent);
	if (sent == NULL) {
		fail(session, "out of memory");
		return;
	}
	*sent = (struct sent){ .server = effect->server.ip,
			       .stream = effect->kind == EFFECT_SEND_STREAM,
			       .next = session->sent };
	session->sent = sent;
	tell(session, "asks", sent->server, sent->stream, effect->octets);
	const char *problem = message_read(effect->octets, session->arena, &sent->message);
	if (problem != NULL) {
		fail(session, "a query to a server is malformed: %s", problem);
		return;
	}
	struct asked asked = { .step = session->step,
			       .server = sent->server,
			       .stream = sent->stream,
			       .query = &sent->message };
	size_t size = internet_answer(session->internet, &asked, reply, sizeof reply);
	if (size > 0)
		add_flight(session, effect, span_of(reply, size));
}

static void take_answer(struct session *session, uint64_t handle, struct span octets)
{
	struct answer *answer = ARENA_NEW(session->arena, struct answer);
	if (answer == NULL) {
		fail(session, "out of memory");
		return;
	}
	*answer = (struct answer){ .handle = handle, .octets = keep(session, octets), .next = session->answers };
	session->answers = answer;
}

static void drain(struct session *session)
{
	struct effect effect;
	while (engine_effect(session->engine, &effect)) {
		switch (effect.kind) {
		case EFFECT_ANSWER:
			take_answer(session, effect.handle, effect.octets);
			break;
		case EFFECT_SEND_UDP:
		case EFFECT_SEND_STREAM:
			carry_query(session, &effect);
			break;
		case EFFECT_CANCEL:
			remove_flight(session, effect.exchange);
			break;
		case EFFECT_ANCHORS:
			break;
		}
	}
}

static const struct answer *find_answer(const struct session *session, uint64_t handle)
{
	for (const struct answer *answer = session->answers; answer != NULL; answer = answer->next)
		if (answer->handle == handle)
			return answer;
	return NULL;
}

/* Elapsed ticks at which the engine wants a tick. */
static uint64_t deadline(const struct session *session)
{
	uint64_t at = engine_deadline(session->engine);
	if (at == TICKS_NEVER)
		return TICKS_NEVER;
	return at <= START_TICKS + session->elapsed ? session->elapsed : at - START_TICKS;
}

/* The next thing happens, if it happens before `end`. */
static bool step_on(struct session *session, uint64_t end)
{
	struct flight *flight = session->flights;
	uint64_t tick = deadline(session);
	bool arrives = flight != NULL && flight->at <= tick;
	uint64_t at = arrives ? flight->at : tick;
	if (at > end)
		return false;
	if (at > session->elapsed)
		session->elapsed = at;
	if (!arrives) {
		engine_tick(session->engine, now(session));
		return true;
	}
	session->flights = flight->next;
	tell(session, "hears from", flight->server.ip, false, flight->octets);
	engine_reply(session->engine, now(session), flight->exchange, flight->server, flight->octets);
	return true;
}

/* Until `end`, or until the answer is there. */
static void run(struct session *session, uint64_t handle, uint64_t end)
{
	for (unsigned int events = 0; events < EVENTS_MAX; events++) {
		drain(session);
		if (session->fault[0] != '\0' || (handle != 0 && find_answer(session, handle) != NULL))
			return;
		if (!step_on(session, end)) {
			session->elapsed = end;
			return;
		}
	}
	fail(session, "the engine does not get on: %u events within a wait", EVENTS_MAX);
}

struct span session_ask(struct session *session, struct ip from, struct span query, uint64_t ticks)
{
	uint8_t octets[MSG_SIZE_MAX];
	struct client_origin origin = { .from = { .ip = from, .port = CLIENT_PORT }, .handle = ++session->handles };
	bool silent = false;
	tell(session, "client", from, false, query);
	size_t size = engine_query(session->engine, now(session), &origin, query, octets, sizeof octets, &silent);
	if (size > 0)
		take_answer(session, origin.handle, span_of(octets, size));
	if (!silent)
		run(session, origin.handle, session->elapsed + ticks);
	else
		drain(session);
	const struct answer *answer = find_answer(session, origin.handle);
	if (answer == NULL)
		return span_of(NULL, 0);
	tell(session, "answer to", from, false, answer->octets);
	return answer->octets;
}

void session_settle(struct session *session)
{
	drain(session);
	for (unsigned int i = 0; i < EVENTS_MAX && session->flights != NULL && session->fault[0] == '\0'; i++)
		run(session, 0, session->flights->at);
}

void session_calm(struct session *session)
{
	const struct sent *last;
	do {
		last = session->sent;
		run(session, 0, session->elapsed + CALM_TICKS);
	} while (session->sent != last && session->fault[0] == '\0');
}

void session_jump(struct session *session, uint64_t ticks)
{
	session_settle(session);
	session->elapsed += ticks;
	session->jumped += ticks;
	engine_tick(session->engine, now(session));
	drain(session);
}

uint32_t session_seconds(const struct session *session)
{
	return (uint32_t)((session->elapsed - session->jumped) / TICKS_PER_S);
}
