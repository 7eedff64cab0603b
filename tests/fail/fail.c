/* fail: every allocation of a resolution fails once, and then every one from there on.
 *
 * For n = 1, 2, ... an engine is made and asked all questions of a little world while its n-th allocation fails. It
 * must not crash, each client must have its right answer or SERVFAIL, nothing may leak; and when there is memory again,
 * every answer must be right. It ends with the first n that is never reached.
 */
#include "allocator.h"
#include "world.h"

#include "cache/denials.h"
#include "resolver/engine.h"
#include "wire/codes.h"
#include "wire/msg.h"

#include <stdio.h>
#include <stdlib.h>

#define TABLE_OCTETS (1u << 20)
#define DENIALS_OCTETS (256u << 10)
#define ANSWERS_OCTETS (256u << 10)
#define STEPS_MAX 2000u
#define NUMBERS_MAX 20000ul
#define LATER_S 100u /* failures are forgotten by then */

struct trial {
	const struct options *options;
	const struct delegation *hints;
	struct table *table;
	struct denials *denials;
	struct engine *engine;
	struct instant now;
	uint8_t answer[MSG_SIZE_MAX];
	size_t size;       /* of the answer; 0: none yet */
	bool silent;       /* there will be none */
	size_t told;       /* octets of its story */
	uint64_t handle;   /* of the newest client */
	uint64_t waits_for; /* whose answer is kept; 0: nobody's */
	const char *fault;
};

static void fault(struct trial *trial, const char *what)
{
	if (trial->fault == NULL)
		trial->fault = what;
}

static void pass(struct trial *trial, uint64_t ticks)
{
	trial->now.ticks += ticks;
	trial->now.age = 1000 + trial->now.ticks / TICKS_PER_S;
}

/* A story that memory did not suffice for is cut, or not there; what is there can be read. */
static size_t read_story(const struct trace *trace)
{
	size_t size = 0;
	for (const struct trace_event *event = trace != NULL ? trace->first : NULL; event != NULL; event = event->next)
		size += (event->detail != NULL ? strlen(event->detail) : 0) + event->name.size + event->zone.size;
	return size;
}

/* Does what the engine wants done; true when there was something. */
static bool drain(struct trial *trial)
{
	static uint8_t reply[MSG_SIZE_MAX];
	struct effect effect;
	bool some = false;
	for (;;) {
		allocator_enter();
		bool there = engine_effect(trial->engine, &effect);
		allocator_leave();
		if (!there)
			return some;
		some = true;
		if (effect.kind == EFFECT_ANSWER && effect.handle == trial->waits_for) {
			memcpy(trial->answer, effect.octets.octets, effect.octets.size);
			trial->size = effect.octets.size;
			trial->told = read_story(effect.trace);
		} else if (effect.kind == EFFECT_SEND_UDP || effect.kind == EFFECT_SEND_STREAM) {
			size_t size = world_reply(effect.server, effect.kind == EFFECT_SEND_STREAM, effect.octets, reply,
						  sizeof reply);
			pass(trial, TICKS_PER_MS);
			allocator_enter();
			engine_reply(trial->engine, trial->now, effect.exchange, effect.server, span_of(reply, size));
			allocator_leave();
		}
	}
}

/* Until the answer is there or nothing is left to wait for. */
static void wait_for_answer(struct trial *trial)
{
	for (unsigned int i = 0; i < STEPS_MAX; i++) {
		drain(trial);
		uint64_t at = engine_deadline(trial->engine);
		if (trial->size > 0 || at == TICKS_NEVER)
			return;
		if (at > trial->now.ticks)
			pass(trial, at - trial->now.ticks);
		allocator_enter();
		engine_tick(trial->engine, trial->now);
		allocator_leave();
	}
	fault(trial, "endless waiting");
}

/* When all time has passed, nothing is left to do. */
static void rest(struct trial *trial)
{
	trial->size = 0;
	trial->waits_for = 0;
	wait_for_answer(trial);
	struct engine_counts counts = engine_count(trial->engine);
	if (counts.requests > 0 || counts.exchanges > 0)
		fault(trial, "work is left");
}

static size_t write_query(const struct world_question *question, uint16_t id, uint8_t *octets, size_t capacity)
{
	struct builder builder = builder_of(octets, capacity);
	struct msg_writer writer;
	struct name_buffer buffer;
	struct question asked = { .type = question->type, .class = CLASS_IN };
	struct edns edns = edns_none();
	edns.udp_size = 4096;
	if (!name_of_text(question->name, &buffer, &asked.name))
		return 0;
	msg_begin(&writer, &builder, id, FLAG_RD);
	msg_question(&writer, &asked);
	msg_edns(&writer, &edns);
	return msg_end(&writer) ? builder.size : 0;
}

/* Whatever memory there is: the client's ID, and the truth or SERVFAIL. */
static void check_answer(struct trial *trial, const struct world_question *question, uint16_t id, bool must)
{
	struct header header;
	if (trial->size == 0) {
		if (must || !trial->silent)
			fault(trial, "no answer");
		return;
	}
	if (!header_read(span_of(trial->answer, trial->size), &header) || header.id != id || !(header.flags & FLAG_QR))
		fault(trial, "an answer that is none");
	uint16_t rcode = header.flags & FLAGS_RCODE_MASK;
	if (rcode == RCODE_SERVFAIL && !must)
		return;
	if (rcode != question->rcode)
		fault(trial, "the rcode is wrong");
	else if (header.answers != question->answers && question->type != TYPE_MX)
		fault(trial, "the answer is wrong");
}

static void ask(struct trial *trial, const struct world_question *question, uint16_t id, bool must)
{
	uint8_t octets[512];
	size_t size = write_query(question, id, octets, sizeof octets);
	struct client_origin origin = { .handle = ++trial->handle, .stream = true };
	trial->waits_for = origin.handle;
	if (!ip_of_text("127.0.0.1", &origin.from.ip) || size == 0)
		abort();
	origin.from.port = 5000;
	allocator_enter();
	trial->size = engine_query(trial->engine, trial->now, &origin, span_of(octets, size), trial->answer,
				   sizeof trial->answer, &trial->silent);
	allocator_leave();
	if (trial->size == 0 && !trial->silent)
		wait_for_answer(trial);
	else
		drain(trial);
	check_answer(trial, question, id, must);
}

/* For the program itself, with its story. */
static void look_up(struct trial *trial, const struct world_question *question, bool must)
{
	struct name_buffer buffer;
	struct question asked = { .type = question->type, .class = CLASS_IN };
	if (!name_of_text(question->name, &buffer, &asked.name))
		abort();
	trial->waits_for = ++trial->handle;
	trial->size = trial->told = 0;
	allocator_enter();
	bool good = engine_lookup(trial->engine, trial->now, &asked, false, trial->waits_for);
	allocator_leave();
	trial->silent = !must; /* where nothing at all is left, there is no place for an answer either */
	if (good)
		wait_for_answer(trial);
	check_answer(trial, question, 0, must);
	if (must && trial->told == 0)
		fault(trial, "no story");
}

static void ask_all(struct trial *trial, bool must)
{
	look_up(trial, &world_questions[0], must);
	for (size_t i = 0; i < world_question_count; i++)
		ask(trial, &world_questions[i], (uint16_t)(100 + i), must);
	rest(trial);
}

static bool begin(struct trial *trial)
{
	struct engine_setup setup = {
		.options = trial->options,
		.hints = trial->hints,
		.answers_octets = ANSWERS_OCTETS,
		.seed = "the same chance every time",
	};
	const char *problem = NULL;
	allocator_enter();
	setup.table = trial->table = table_create(TABLE_OCTETS, (struct hash_key){ 1, 2 });
	setup.denials = trial->denials = denials_create(DENIALS_OCTETS, (struct hash_key){ 3, 4 });
	if (trial->table != NULL && trial->denials != NULL)
		trial->engine = engine_create(&setup, &problem);
	if (trial->engine != NULL)
		engine_prime(trial->engine, trial->now);
	allocator_leave();
	return trial->engine != NULL;
}

static void end(struct trial *trial)
{
	allocator_enter();
	engine_destroy(trial->engine);
	table_destroy(trial->table);
	denials_destroy(trial->denials);
	allocator_leave();
}

/* One whole life with the n-th allocation failing. NULL: all was well. */
static const char *live(const struct options *options, const struct delegation *hints, unsigned long number,
			bool all_after, bool *reached)
{
	static struct trial trial;
	long blocks = allocator_blocks();
	trial = (struct trial){ .options = options, .hints = hints, .now = { TICKS_PER_S, 1000, 0 } };
	allocator_arm(number, all_after);
	bool made = begin(&trial);
	if (made)
		ask_all(&trial, false);
	*reached = allocator_count() >= number;
	allocator_arm(0, false);
	if (made) {
		pass(&trial, LATER_S * (uint64_t)TICKS_PER_S);
		ask_all(&trial, true);
	}
	end(&trial);
	if (allocator_blocks() != blocks)
		fault(&trial, "memory is not given back");
	return trial.fault;
}

int main(void)
{
	struct options options;
	struct arena arena = arena_of(0);
	struct delegation hints;
	unsigned long passed = 0, failed = 0;
	if (!options_default(&options) || !world_hints(&arena, &hints))
		return 2;
	options.recursion_ipv6 = RECURSION_IPV6_FALSE;
	for (int all_after = 0; all_after < 2; all_after++) {
		bool reached = true;
		for (unsigned long number = 1; reached && number < NUMBERS_MAX; number++) {
			const char *why = live(&options, &hints, number, all_after == 1, &reached);
			passed += why == NULL;
			failed += why != NULL;
			if (why != NULL)
				printf("allocation %lu%s: %s\n", number, all_after ? " and all after it" : "", why);
		}
	}
	options_free(&options);
	arena_free(&arena);
	printf("%lu passed, %lu failed\n", passed, failed);
	return failed > 0 || passed == 0;
}
