#include "trial.h"

#include "allocator.h"
#include "cache/denials.h"
#include "resolver/engine.h"
#include "wire/codes.h"

#include <stdlib.h>

#define TABLE_OCTETS (1u << 20)
#define DENIALS_OCTETS (256u << 10)
#define ANSWERS_OCTETS (256u << 10)
#define STEPS_MAX 2000u

void trial_fault(struct trial *trial, const char *what)
{
	if (trial->fault != NULL)
		return;
	trial->fault = what;
	trial->about = trial->question;
}

void trial_pass(struct trial *trial, uint64_t ticks)
{
	trial->now.ticks += ticks;
	trial->now.age = 1000 + trial->now.ticks / TICKS_PER_S;
	trial->now.wall = trial->life->world->wall + (int64_t)(trial->now.ticks / TICKS_PER_S);
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
			size_t size = trial->life->world->reply(effect.server, effect.kind == EFFECT_SEND_STREAM,
								effect.octets, reply, sizeof reply);
			trial->sent++;
			trial_pass(trial, TICKS_PER_MS);
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
			trial_pass(trial, at - trial->now.ticks);
		allocator_enter();
		engine_tick(trial->engine, trial->now);
		allocator_leave();
	}
	trial_fault(trial, "endless waiting");
}

/* When all time has passed, nothing is left to do. */
static void rest(struct trial *trial)
{
	trial->size = 0;
	trial->waits_for = 0;
	wait_for_answer(trial);
	struct engine_counts counts = engine_count(trial->engine);
	if (counts.requests > 0 || counts.exchanges > 0)
		trial_fault(trial, "work is left");
}

static size_t write_query(const struct trial_question *question, uint16_t id, uint8_t *octets, size_t capacity)
{
	struct builder builder = builder_of(octets, capacity);
	struct msg_writer writer;
	struct name_buffer buffer;
	struct question asked = { .type = question->type, .class = CLASS_IN };
	struct edns edns = edns_none();
	edns.udp_size = 4096;
	edns.dnssec_ok = question->is & ASKED_DO;
	if (!name_of_text(question->name, &buffer, &asked.name))
		return 0;
	msg_begin(&writer, &builder, id, (uint16_t)(FLAG_RD | (question->is & ASKED_CD ? FLAG_CD : 0)));
	msg_question(&writer, &asked);
	msg_edns(&writer, &edns);
	return msg_end(&writer) ? builder.size : 0;
}

/* ---- what comes out ---- */

/* A number that stands for the data of a section, in whatever order they are. */
static uint64_t digest(const struct section *section)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < section->count; i++) {
		struct rrset_walk walk = rrset_walk_data(&section->rrsets[i]);
		struct span rdata;
		while (rrset_next(&walk, &rdata)) {
			uint64_t hash = 0xcbf29ce484222325u ^ section->rrsets[i].type;
			for (size_t at = 0; at < rdata.size; at++)
				hash = (hash ^ rdata.octets[at]) * 0x100000001b3u;
			sum += hash;
		}
	}
	return sum;
}

static unsigned int count(const struct section *section)
{
	unsigned int records = 0;
	for (size_t i = 0; i < section->count; i++)
		records += section->rrsets[i].count;
	return records;
}

static void check_data(struct trial *trial, const struct trial_question *question, const struct section *answer)
{
	uint64_t *truth = &trial->truth->data[question - trial->life->questions];
	if (question->answers != ANSWERS_ANY && count(answer) != question->answers)
		trial_fault(trial, "the answer is wrong");
	if (trial->learning)
		*truth = digest(answer);
	else if (!(question->is & IS_TAMPERED) && *truth != digest(answer))
		trial_fault(trial, "the data are wrong");
}

/* Whatever memory there is: the client's ID, and the truth or SERVFAIL. */
static void check_answer(struct trial *trial, const struct trial_question *question, uint16_t id, bool must)
{
	struct arena arena = arena_of(0);
	struct msg msg;
	if (trial->size == 0) {
		if (must || !trial->silent)
			trial_fault(trial, "no answer");
		return;
	}
	if (!msg_read(span_of(trial->answer, trial->size), &arena, &msg) || msg.header.id != id ||
	    !(msg.header.flags & FLAG_QR)) {
		trial_fault(trial, "an answer that is none");
	} else if (msg.rcode != RCODE_SERVFAIL || must) {
		bool secure = question->is & IS_SECURE;
		if (msg.rcode != question->rcode)
			trial_fault(trial, "the rcode is wrong");
		else if (!(question->is & ASKED_CD) && secure != ((msg.header.flags & FLAG_AD) != 0))
			trial_fault(trial, secure ? "secure, and not told so" : "AD, and it is not secure");
		else
			check_data(trial, question, &msg.answer);
	}
	arena_free(&arena);
}

/* ---- asking ---- */

static void ask(struct trial *trial, const struct trial_question *question, uint16_t id, bool must)
{
	uint8_t octets[512];
	size_t size = write_query(question, id, octets, sizeof octets);
	struct client_origin origin = { .handle = ++trial->handle, .stream = true };
	uint64_t sent = trial->sent;
	trial->question = (unsigned int)(question - trial->life->questions);
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
	if (trial->learning && (question->is & IS_KNOWN) && trial->sent > sent)
		trial_fault(trial, "it should be known");
}

/* For the program itself, with its story. */
static void look_up(struct trial *trial, const struct trial_question *question, bool must)
{
	struct name_buffer buffer;
	struct question asked = { .type = question->type, .class = CLASS_IN };
	if (!name_of_text(question->name, &buffer, &asked.name))
		abort();
	trial->waits_for = ++trial->handle;
	trial->size = trial->told = 0;
	trial->question = 0;
	allocator_enter();
	bool good = engine_lookup(trial->engine, trial->now, &asked, false, trial->waits_for);
	allocator_leave();
	trial->silent = !must; /* where nothing at all is left, there is no place for an answer either */
	if (good)
		wait_for_answer(trial);
	check_answer(trial, question, 0, must);
	if (must && trial->told == 0)
		trial_fault(trial, "no story");
}

void trial_ask(struct trial *trial, unsigned int first, unsigned int end, bool must)
{
	if (trial->life->told && first == 0 && end > 0)
		look_up(trial, &trial->life->questions[0], must);
	for (unsigned int i = first; i < end; i++)
		ask(trial, &trial->life->questions[i], (uint16_t)(100 + i), must);
	rest(trial);
}

/* ---- life and death ---- */

struct trial trial_of(const struct options *options, const struct life *life, struct truth *truth, bool learning)
{
	struct trial trial = { .options = options, .life = life, .truth = truth, .learning = learning };
	trial_pass(&trial, TICKS_PER_S);
	return trial;
}

bool trial_begin(struct trial *trial)
{
	const struct trial_world *world = trial->life->world;
	struct engine_setup setup = {
		.options = trial->options,
		.hints = &world->hints,
		.anchors = world->anchors,
		.anchor_count = world->anchor_count,
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

void trial_end(struct trial *trial)
{
	allocator_enter();
	engine_destroy(trial->engine);
	table_destroy(trial->table);
	denials_destroy(trial->denials);
	allocator_leave();
}
