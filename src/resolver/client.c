#include "resolver/client.h"

#include "resolver/access.h"
#include "resolver/answer.h"
#include "resolver/cookie.h"
#include "resolver/limiter.h"
#include "resolver/local.h"
#include "resolver/report.h"
#include "wire/limits.h"

#define PORT_DNS 53u
#define PORT_DOT 853u
#define PREFIX_OCTETS_V6 7u /* a /56, what one customer has */

/* A query on its way through this file. */
struct visit {
	struct engine *engine;
	struct query query;
	struct client client;
	uint8_t *answer;
	size_t capacity;
	bool *silent;
	const char *why; /* the answer is what it is, for the log; NULL: that needs no words */
};

static size_t say_nothing(struct visit *visit)
{
	visit->engine->counts.dropped++;
	*visit->silent = true;
	return 0;
}

static size_t sent(struct visit *visit, size_t size)
{
	if (size == 0)
		return say_nothing(visit);
	visit->engine->counts.answers++;
	if (visit->engine->options->log_queries || visit->why != NULL)
		report_answer(visit->engine, &visit->client, span_of(visit->answer, size), visit->why);
	return size;
}

/* Two servers that answer each other's errors would never stop (CVE-2024-2169). */
static bool is_server_port(const struct client_origin *origin)
{
	return !origin->stream && (origin->from.port == PORT_DNS || origin->from.port == PORT_DOT);
}

static size_t refuse(struct visit *visit, uint16_t rcode, int ede, const char *why)
{
	if (is_server_port(&visit->client.origin))
		return say_nothing(visit);
	if (rcode == RCODE_SERVFAIL)
		visit->engine->counts.servfails++;
	visit->why = why;
	return sent(visit, answer_refusal(visit->engine, &visit->client, rcode, ede, why, visit->answer,
					  visit->capacity));
}

/* A bare header with the opcode that came, for what could not be read further. */
static size_t refuse_header(struct visit *visit, uint16_t rcode)
{
	const struct header *header = &visit->query.header;
	struct builder builder = builder_of(visit->answer, visit->capacity);
	struct msg_writer writer;
	if (is_server_port(&visit->client.origin))
		return say_nothing(visit);
	uint16_t opcode = (uint16_t)(header_opcode(header) << FLAGS_OPCODE_SHIFT);
	msg_begin(&writer, &builder, header->id, (uint16_t)(FLAG_QR | FLAG_RA | opcode | (header->flags & FLAG_RD) | rcode));
	return sent(visit, msg_end(&writer) ? builder.size : 0);
}

/* ---- waiting ---- */

static uint64_t hash_prefix(const struct engine *engine, struct ip ip)
{
	size_t kept = ip.version == 4 ? 4 : PREFIX_OCTETS_V6;
	memset(ip.octets + kept, 0, sizeof ip.octets - kept);
	return hash_octets(&engine->key, span_of(&ip, sizeof ip));
}

/* How many may wait over UDP, where the address may be a lie (DNSBomb). Nobody outside can lie about loopback. */
static bool take_place(struct visit *visit)
{
	struct client *client = &visit->client;
	client->prefix_hash = hash_prefix(visit->engine, client->origin.from.ip);
	if (client->origin.stream || client->is_proven || ip_is_loopback(client->origin.from.ip))
		return true;
	client->counted = tally_take(&visit->engine->prefix_tally, client->prefix_hash, LIMIT_WAITING_PER_PREFIX);
	return client->counted;
}

static size_t join(struct visit *visit, struct request *request)
{
	if (!take_place(visit))
		return say_nothing(visit);
	if (request_await(request, &visit->client))
		return 0;
	if (visit->client.counted)
		tally_give(&visit->engine->prefix_tally, visit->client.prefix_hash);
	return refuse(visit, RCODE_SERVFAIL, EDE_OTHER, "too many wait for this answer");
}

/* ---- resolving ---- */

static size_t resolve(struct visit *visit)
{
	struct engine *engine = visit->engine;
	const struct question *question = &visit->query.question;
	bool recursion = visit->client.flags & FLAG_RD;
	bool checking_disabled = visit->client.flags & FLAG_CD && anchors_exist(&engine->anchors);
	struct request *request = recursion ? request_find(engine, question, checking_disabled) : NULL;
	if (request != NULL) {
		engine->counts.joined++;
		return join(visit, request);
	}
	request = request_create(engine, question, recursion ? REQUEST_CLIENT : REQUEST_CACHE_ONLY,
				 checking_disabled);
	if (request == NULL)
		return refuse(visit, RCODE_SERVFAIL, EDE_OTHER, "too much to do, or out of memory");
	request_run(request);
	if (!request->over) {
		engine->counts.misses++;
		size_t size = join(visit, request);
		if (TAILQ_EMPTY(&request->clients))
			request_close(request);
		return size;
	}
	engine->counts.hits_cache++;
	const struct result *result = request_result(request);
	if (result->rcode == RCODE_SERVFAIL)
		engine->counts.servfails++;
	visit->why = result->why;
	size_t size = sent(visit, answer_write(engine, &visit->client, result, visit->answer, visit->capacity));
	request_close(request);
	return size;
}

static size_t answer_local(struct visit *visit, bool (*local)(const struct engine *engine,
							     const struct question *question, struct arena *arena,
							     struct result *result))
{
	struct arena arena = arena_of(0);
	struct result result;
	size_t size = 0;
	if (local(visit->engine, &visit->query.question, &arena, &result))
		size = answer_write(visit->engine, &visit->client, &result, visit->answer, visit->capacity);
	arena_free(&arena);
	return size;
}

/* The way of a hit: no allocation, no record is looked at. */
static size_t answer_finished(struct visit *visit)
{
	struct engine *engine = visit->engine;
	const struct client *client = &visit->client;
	struct answers_key key = {
		.name = visit->query.question.name,
		.type = visit->query.question.type,
		.variant = answer_variant(client),
	};
	size_t room = answer_room(engine, client, visit->capacity);
	size_t reserve = answer_opt_size(client);
	int ede = EDE_NONE;
	if (engine->answers == NULL)
		return 0;
	size_t size = answers_get(engine->answers, &key, engine->now.age, client->id,
				  client->flags & (FLAG_RD | FLAG_CD), client->question, visit->answer,
				  room - reserve, &ede);
	if (size == 0)
		return 0;
	engine->counts.hits_finished++;
	struct builder builder = { .start = visit->answer, .capacity = room, .size = size };
	answer_append_opt(engine, client, &builder, RCODE_NOERROR, ede, NULL);
	return builder.overflowed ? 0 : builder.size;
}

static size_t answer_question(struct visit *visit)
{
	const struct client *client = &visit->client;
	if (!(client->flags & FLAG_RD) && !access_snoop(visit->engine->options, client->origin.from.ip))
		return refuse(visit, RCODE_REFUSED, EDE_NOT_AUTHORITATIVE, "the cache is not for looking into");
	size_t size = answer_finished(visit);
	if (size == 0)
		size = answer_local(visit, local_answer);
	return size > 0 ? sent(visit, size) : resolve(visit);
}

/* ---- rates ---- */

static bool is_above_rate(const struct visit *visit)
{
	struct engine *engine = visit->engine;
	const struct client *client = &visit->client;
	return engine->limiter != NULL && !client->origin.stream && !client->is_proven &&
	       access_rationed(engine->options, client->origin.from.ip) &&
	       !limiter_take(engine->limiter, client->origin.from.ip, engine->now.ticks);
}

/* Mostly nothing. Who is real learns now and then to come over TCP, by chance, so that no rhythm of its own makes it
 * always meet silence; nothing longer than the question is said. */
static size_t hold_back(struct visit *visit)
{
	struct engine *engine = visit->engine;
	const struct result nothing = { .ede = EDE_NONE };
	engine->counts.held_back++;
	if (visit->client.question.size == 0 || engine->options->rate_slip == 0 ||
	    rng_below(&engine->rng, engine->options->rate_slip) > 0)
		return say_nothing(visit);
	size_t size = answer_write(engine, &visit->client, &nothing, visit->answer, visit->capacity);
	if (size > 0)
		visit->answer[2] |= FLAG_TC >> 8;
	return sent(visit, size);
}

/* ---- what is asked ---- */

static bool is_for_us(uint16_t type)
{
	return type == TYPE_ANY || !type_is_meta(type);
}

static size_t judge_question(struct visit *visit)
{
	const struct question *question = &visit->query.question;
	if (question->class == CLASS_CHAOS) {
		size_t size = answer_local(visit, local_chaos);
		return size > 0 ? sent(visit, size) : refuse(visit, RCODE_REFUSED, EDE_NOT_SUPPORTED, NULL);
	}
	if (question->class != CLASS_IN)
		return refuse(visit, RCODE_REFUSED, EDE_NOT_SUPPORTED, "only class IN is served");
	if (question->type == TYPE_NONE)
		return refuse(visit, RCODE_FORMERR, EDE_NONE, NULL);
	if (!is_for_us(question->type))
		return refuse(visit, RCODE_NOTIMP, EDE_NOT_SUPPORTED, "this type can only be asked of a zone's servers");
	return answer_question(visit);
}

static size_t judge_query(struct visit *visit)
{
	const struct query *query = &visit->query;
	if (query->header.questions == 0 || query->edns.cookie_malformed)
		return refuse_header(visit, RCODE_FORMERR);
	if (query->edns.present && query->edns.version > 0)
		return refuse(visit, RCODE_BADVERS, EDE_NONE, NULL);
	if (!access_client(visit->engine->options, visit->client.origin.from.ip))
		return refuse(visit, RCODE_REFUSED, EDE_PROHIBITED, NULL);
	return judge_question(visit);
}

static void take_cookie(struct visit *visit)
{
	const struct engine *engine = visit->engine;
	struct client *client = &visit->client;
	struct span cookie = visit->query.edns.cookie;
	client->has_cookie = cookie.size >= COOKIE_CLIENT_SIZE;
	if (!client->has_cookie)
		return;
	memcpy(client->cookie, cookie.octets, COOKIE_CLIENT_SIZE);
	client->is_proven = cookie_is_ours(&engine->cookie_secret, client->origin.from.ip, engine->now.wall, cookie);
}

size_t client_query(struct engine *engine, const struct client_origin *origin, struct span octets, uint8_t *answer,
		    size_t capacity, bool *silent)
{
	struct visit visit;
	visit.engine = engine;
	visit.answer = answer;
	visit.capacity = capacity;
	visit.silent = silent;
	visit.why = NULL;
	*silent = false;
	engine->counts.queries++;
	enum query_form form = query_read(octets, &visit.query);
	visit.client = (struct client){ .origin = *origin, .since = engine->now.ticks, .edns = visit.query.edns };
	if (form == QUERY_NO_HEADER || form == QUERY_IS_REPLY)
		return say_nothing(&visit);
	visit.client.id = visit.query.header.id;
	visit.client.flags = visit.query.header.flags;
	if (form == QUERY_GOOD && visit.query.header.questions > 0)
		visit.client.question =
			span_of(octets.octets + HEADER_SIZE, visit.query.question_end - HEADER_SIZE);
	take_cookie(&visit);
	if (is_above_rate(&visit))
		return hold_back(&visit);
	if (form == QUERY_MALFORMED)
		return refuse_header(&visit, RCODE_FORMERR);
	if (header_opcode(&visit.query.header) != OPCODE_QUERY)
		return refuse_header(&visit, RCODE_NOTIMP);
	return judge_query(&visit);
}
