#include "stage.h"

#include "base/index.h"
#include "seal.h"

#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#define TABLE_OCTETS (16u << 20)
#define DENIALS_OCTETS (256u << 10)
#define ANSWERS_OCTETS (1u << 20)
#define GOOD_EVERY (10 * (uint64_t)TICKS_PER_MS)
#define GOOD_PATIENCE (TICKS_PER_S)
#define START (1000 * (uint64_t)TICKS_PER_S)

/* A reply, or a forged packet, on its way. */
struct flight {
	struct heap_node node;
	uint64_t exchange;
	struct endpoint from;
	bool counted, closed;
	size_t size;
	uint8_t octets[];
};

static uint64_t cpu_now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void set_time(struct stage *stage, uint64_t ticks)
{
	stage->now.ticks = ticks;
	stage->now.age = ticks / TICKS_PER_S;
	stage->now.wall = (int64_t)(STAGE_WALL + stage->now.age - START / TICKS_PER_S);
}

static bool make_engine(struct stage *stage)
{
	struct name_server root = { .name = say_name(&stage->arena, "a.root"), .glue_count = 1 };
	struct delegation hints = { .zone = name_root, .ttl = 86400, .servers = &root, .count = 1 };
	struct engine_setup setup = {
		.options = &stage->options,
		.hints = &hints,
		.limiter = stage->limiter,
		.answers_octets = ANSWERS_OCTETS,
		.seed = "every attack has the same luck",
	};
	const char *problem;
	struct rrset anchor = { 0 };
	if (stage->secure)
		anchor = seal_anchor(&stage->arena);
	setup.anchors = &anchor;
	setup.anchor_count = stage->secure;
	ip_of_text("192.0.2.1", &root.glue[0]);
	setup.table = stage->table = table_create(TABLE_OCTETS, (struct hash_key){ 1, 2 });
	setup.denials = stage->denials = denials_create(DENIALS_OCTETS, (struct hash_key){ 3, 4 });
	stage->engine = stage->table != NULL && stage->denials != NULL ? engine_create(&setup, &problem) : NULL;
	return stage->engine != NULL;
}

void stage_calm(struct stage *stage, bool calm)
{
	stage->next_good = calm ? TICKS_NEVER : stage->now.ticks;
}

bool stage_begin(struct stage *stage, evil_server *evil, prepare_options *prepare, bool secure)
{
	*stage = (struct stage){ .evil = evil, .secure = secure, .arena = arena_of(0), .flights = heap_of() };
	stage->questions = calloc(ASKED_MAX, sizeof *stage->questions);
	if (stage->questions == NULL || !options_default(&stage->options))
		return false;
	stage->options.recursion_ipv6 = RECURSION_IPV6_FALSE;
	stage->limiter = limiter_create(stage->options.rate_answers, (struct hash_key){ 5, 6 });
	if (stage->limiter == NULL || (prepare != NULL && !prepare(&stage->options)))
		return false;
	set_time(stage, START);
	stage->start = stage->next_good = START;
	if (!make_engine(stage))
		return false;
	engine_prime(stage->engine, stage->now);
	stage_calm(stage, true);
	stage_run(stage, TICKS_PER_S);
	stage_calm(stage, false);
	stage->to_evil = stage->to_victim = stage->streams = stage->octets = 0;
	stage->cpu_ns = 0;
	stage->memory_before = mallinfo2().uordblks;
	return true;
}

void stage_end(struct stage *stage)
{
	struct heap_node *node;
	while ((node = heap_first(&stage->flights)) != NULL) {
		heap_remove(&stage->flights, node);
		free(CONTAINER_OF(node, struct flight, node));
	}
	heap_free(&stage->flights);
	engine_destroy(stage->engine);
	table_destroy(stage->table);
	denials_destroy(stage->denials);
	limiter_destroy(stage->limiter);
	options_free(&stage->options);
	arena_free(&stage->arena);
	free(stage->questions);
}

size_t stage_memory(const struct stage *stage)
{
	size_t now = mallinfo2().uordblks;
	return now > stage->memory_before ? now - stage->memory_before : 0;
}

/* ---- servers ---- */

static void fly(struct stage *stage, const struct asked *asked, struct endpoint from, struct span octets, uint64_t delay,
		bool counted, bool closed)
{
	struct flight *flight = malloc(sizeof *flight + octets.size);
	if (flight == NULL)
		abort();
	*flight = (struct flight){
		.exchange = asked->exchange,
		.from = from,
		.counted = counted,
		.closed = closed,
		.size = octets.size,
	};
	if (octets.size > 0)
		memcpy(flight->octets, octets.octets, octets.size);
	heap_set(&stage->flights, &flight->node, stage->now.ticks + delay);
}

static void delegate(struct response *response, const char *zone, const char *server, const char *address)
{
	say(response, SECTION_AUTHORITY, 3600, zone, TYPE_NS, server);
	say(response, SECTION_ADDITIONAL, 3600, server, TYPE_A, address);
}

static void answer_root(const struct stage *stage, const struct asked *asked, struct response *response)
{
	static const char *const zones[][3] = { { "good.", "ns.good.", "192.0.2.10" },
						{ "evil.", "ns.evil.", "192.0.2.66" },
						{ "victim.", "ns.victim.", "192.0.2.77" },
						{ "else.", "ns.else.", "192.0.2.66" } };
	if (stage->secure) {
		seal_answer_root(asked, response);
		return;
	}
	if (name_is_root(asked->name) && asked->type == TYPE_NS) {
		response->flags |= FLAG_AA;
		say(response, SECTION_ANSWER, 86400, ".", TYPE_NS, "a.root.");
		say(response, SECTION_ADDITIONAL, 86400, "a.root.", TYPE_A, "192.0.2.1");
		return;
	}
	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
		if (name_is_within(asked->name, say_name(response->arena, zones[i][0]))) {
			if (i == 1 && stage->evil_signed)
				say(response, SECTION_AUTHORITY, 3600, zones[i][0], TYPE_DS, NULL);
			delegate(response, zones[i][0], zones[i][1], zones[i][2]);
			return;
		}
	response->flags |= FLAG_AA | RCODE_NXDOMAIN;
	say(response, SECTION_AUTHORITY, 60, ".", TYPE_SOA, NULL);
}

static void answer_good(const struct asked *asked, struct response *response)
{
	response->flags |= FLAG_AA;
	if (asked->type == TYPE_A)
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "198.51.100.1");
	else
		say(response, SECTION_AUTHORITY, 60, "good.", TYPE_SOA, NULL);
}

static void answer_victim(struct response *response)
{
	response->flags |= FLAG_AA | RCODE_NXDOMAIN;
	say(response, SECTION_AUTHORITY, 60, "victim.", TYPE_SOA, NULL);
}

static void respond(struct stage *stage, const struct asked *asked, struct response *response)
{
	static const uint8_t network[] = { 192, 0, 2 };
	stage->to_nobody += memcmp(asked->server.ip.octets, network, sizeof network) != 0;
	if (asked->host == ROOT) {
		answer_root(stage, asked, response);
	} else if (asked->host == GOOD) {
		(stage->secure ? seal_answer_good : answer_good)(asked, response);
	} else if (asked->host == VICTIM) {
		stage->to_victim++;
		answer_victim(response);
	} else {
		stage->to_evil++;
		stage->plain += !asked->edns;
		stage->evil(stage, asked, response);
	}
}

/* A query arrives at its server, which answers at once; the way back is the delay. */
static void carry(struct stage *stage, const struct effect *effect)
{
	static struct response response;
	struct arena arena = arena_of(0);
	struct query query;
	if (query_read(effect->octets, &query) != QUERY_GOOD)
		abort();
	struct asked asked = {
		.host = effect->server.ip.octets[3],
		.name = query.question.name,
		.type = query.question.type,
		.id = query.header.id,
		.stream = effect->kind == EFFECT_SEND_STREAM,
		.edns = query.edns.present,
		.cookie = query.edns.cookie,
		.exchange = effect->exchange,
		.server = effect->server,
	};
	response.builder = builder_of(response.octets, sizeof response.octets);
	response.arena = &arena;
	response.flags = FLAG_QR;
	response.delay = response.cookie_size = response.extended_rcode = 0;
	response.silent = response.closed = false;
	response.mangle = NULL;
	stage->streams += asked.stream;
	msg_begin(&response.writer, &response.builder, asked.id, 0);
	msg_question(&response.writer, &query.question);
	respond(stage, &asked, &response);
	if (asked.edns && (response.flags & FLAGS_RCODE_MASK) != RCODE_FORMERR) {
		struct edns edns = edns_none();
		edns.udp_size = 1232;
		edns.extended_rcode = response.extended_rcode;
		edns.cookie = span_of(response.cookie, response.cookie_size);
		msg_edns(&response.writer, &edns);
	}
	msg_set_flags(&response.writer, response.flags);
	if (!response.silent && msg_end(&response.writer)) {
		if (response.mangle != NULL)
			response.mangle(response.octets, &response.builder.size);
		fly(stage, &asked, asked.server, builder_written(&response.builder), 2 * ONE_WAY + response.delay, true,
		    response.closed);
	}
	arena_free(&arena);
}

void stage_forge_error(struct stage *stage, const struct asked *asked, uint16_t id, uint16_t rcode, uint64_t delay)
{
	uint8_t octets[512];
	struct builder builder = builder_of(octets, sizeof octets);
	struct msg_writer writer;
	struct question question = { asked->name, asked->type, CLASS_IN };
	msg_begin(&writer, &builder, id, FLAG_QR | rcode);
	msg_question(&writer, &question);
	if (msg_end(&writer))
		fly(stage, asked, asked->server, builder_written(&builder), delay, false, false);
}

void stage_forge(struct stage *stage, const struct asked *asked, uint16_t id, const char *address, uint64_t delay)
{
	static struct response response;
	struct arena arena = arena_of(0);
	struct question question = { asked->name, asked->type, CLASS_IN };
	response.builder = builder_of(response.octets, sizeof response.octets);
	response.arena = &arena;
	msg_begin(&response.writer, &response.builder, id, FLAG_QR | FLAG_AA);
	msg_question(&response.writer, &question);
	say_of(&response, SECTION_ANSWER, 86400, asked->name, TYPE_A, address);
	if (msg_end(&response.writer))
		fly(stage, asked, asked->server, builder_written(&response.builder), delay, false, false);
	arena_free(&arena);
}

/* ---- clients ---- */

static void note_answer(struct stage *stage, uint64_t handle, struct span octets)
{
	struct question_state *question = &stage->questions[handle - 1];
	struct header header;
	if (handle == 0 || !question->good) {
		memcpy(stage->last, octets.octets, octets.size);
		stage->last_size = octets.size;
	}
	if (handle == 0 || handle > stage->question_count || question->answered || !header_read(octets, &header))
		return;
	stage->wrong_ids += header.id != (uint16_t)(handle - 1);
	question->answered = true;
	question->answered_at = stage->now.ticks;
	question->rcode = header.flags & FLAGS_RCODE_MASK;
	question->answers = header.answers;
	question->cut = header.flags & FLAG_TC;
	question->additionals = header.additionals;
	question->size = (uint32_t)octets.size;
	if (!question->good)
		return;
	uint64_t took = question->answered_at - question->asked_at;
	if (took > stage->good_worst)
		stage->good_worst = took;
}

static void drain(struct stage *stage)
{
	struct effect effect;
	while (engine_effect(stage->engine, &effect)) {
		if (effect.kind == EFFECT_ANSWER) {
			note_answer(stage, effect.handle, effect.octets);
		} else if (effect.kind != EFFECT_CANCEL) {
			stage->in_flight++;
			carry(stage, &effect);
		}
	}
	struct engine_counts counts = engine_count(stage->engine);
	stage->in_flight = (unsigned int)counts.exchanges;
	if (stage->in_flight > stage->in_flight_max)
		stage->in_flight_max = stage->in_flight;
}

static size_t query(struct stage *stage, const char *client, uint16_t port, struct span octets, uint64_t handle)
{
	static uint8_t answer[MSG_SIZE_MAX];
	bool good = handle > 0 && stage->questions[handle - 1].good;
	struct client_origin origin = { .handle = handle, .stream = stage->over_stream && !good };
	bool silent = false;
	ip_of_text(client, &origin.from.ip);
	origin.from.port = port;
	uint64_t began = cpu_now();
	size_t size = engine_query(stage->engine, stage->now, &origin, octets, answer, origin.stream ? MSG_SIZE_MAX : 4096, &silent);
	stage->cpu_ns += cpu_now() - began;
	stage->client_octets += good ? 0 : (unsigned int)octets.size;
	if (size > 0)
		note_answer(stage, handle, span_of(answer, size));
	drain(stage);
	return size;
}

size_t stage_ask_raw(struct stage *stage, const char *client, uint16_t port, struct span octets)
{
	return query(stage, client, port, octets, 0);
}

static unsigned int ask(struct stage *stage, const char *client, uint16_t port, struct question question, bool good)
{
	uint8_t octets[512];
	struct builder builder = builder_of(octets, sizeof octets);
	struct msg_writer writer;
	struct edns edns = edns_none();
	if (stage->question_count == ASKED_MAX)
		abort();
	unsigned int index = stage->question_count++;
	stage->questions[index] = (struct question_state){ .asked_at = stage->now.ticks, .good = good };
	edns.udp_size = 1232;
	msg_begin(&writer, &builder, (uint16_t)index, FLAG_RD | (stage->checking_disabled && !good ? FLAG_CD : 0));
	msg_question(&writer, &question);
	msg_edns(&writer, &edns);
	if (msg_end(&writer))
		query(stage, client, port, builder_written(&builder), index + 1);
	return index;
}

static struct name name_of(const char *text, struct name_buffer *buffer)
{
	struct name name;
	if (!name_of_text(text, buffer, &name))
		abort();
	return name;
}

unsigned int stage_ask_from(struct stage *stage, const char *client, uint16_t port, const char *text, uint16_t type)
{
	struct name_buffer buffer;
	struct question question = { name_of(text, &buffer), type, CLASS_IN };
	return ask(stage, client, port, question, false);
}

unsigned int stage_ask(struct stage *stage, const char *name, uint16_t type)
{
	return stage_ask_from(stage, "127.0.0.1", 40000, name, type);
}

static void ask_good(struct stage *stage)
{
	char name[64];
	snprintf(name, sizeof name, "n%u.good.", stage->goods % 2 ? stage->goods : stage->goods % 50);
	stage->goods++;
	stage->good_asked++;
	stage->next_good += GOOD_EVERY;
	struct name_buffer buffer;
	struct question question = { name_of(name, &buffer), TYPE_A, CLASS_IN };
	uint64_t cpu = stage->cpu_ns;
	ask(stage, "192.168.7.7", 5000, question, true);
	stage->cpu_ns = cpu;
}

/* ---- time ---- */

static void deliver(struct stage *stage, struct flight *flight)
{
	heap_remove(&stage->flights, &flight->node);
	stage->octets += flight->counted ? (unsigned int)flight->size : 0;
	uint64_t began = cpu_now();
	if (flight->closed)
		engine_failed(stage->engine, stage->now, flight->exchange, EXCHANGE_CLOSED);
	else
		engine_reply(stage->engine, stage->now, flight->exchange, flight->from,
			     span_of(flight->octets, flight->size));
	stage->cpu_ns += cpu_now() - began;
	free(flight);
	drain(stage);
}

static void tick(struct stage *stage)
{
	uint64_t began = cpu_now();
	engine_tick(stage->engine, stage->now);
	stage->cpu_ns += cpu_now() - began;
	drain(stage);
}

/* The next thing happens, if it happens by `end`. */
static bool go_on(struct stage *stage, uint64_t end)
{
	struct heap_node *node = heap_first(&stage->flights);
	uint64_t flight = node != NULL ? node->at : TICKS_NEVER;
	uint64_t deadline = engine_deadline(stage->engine);
	uint64_t at = flight < deadline ? flight : deadline;
	at = stage->next_good < at ? stage->next_good : at;
	if (at > end)
		return false;
	if (at > stage->now.ticks)
		set_time(stage, at);
	if (at == stage->next_good)
		ask_good(stage);
	else if (at == flight)
		deliver(stage, CONTAINER_OF(node, struct flight, node));
	else
		tick(stage);
	return true;
}

void stage_run(struct stage *stage, uint64_t ticks)
{
	uint64_t end = stage->now.ticks + ticks;
	while (go_on(stage, end))
		;
	set_time(stage, end);
	stage->good_lost = 0;
	for (unsigned int i = 0; i < stage->question_count; i++) {
		const struct question_state *question = &stage->questions[i];
		bool late = question->asked_at + GOOD_PATIENCE < end;
		if (question->good && (question->answered ? question->rcode != RCODE_NOERROR : late))
			stage->good_lost++;
	}
}

const struct question_state *stage_wait(struct stage *stage, unsigned int question, uint64_t ticks)
{
	uint64_t end = stage->now.ticks + ticks;
	while (!stage->questions[question].answered && stage->now.ticks < end)
		stage_run(stage, 10 * TICKS_PER_MS);
	return &stage->questions[question];
}
