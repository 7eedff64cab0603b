#include "stage.h"

#include "wire/codes.h"

#define TABLE_OCTETS (16u << 20)
#define DENIALS_OCTETS (1u << 20)
#define ONE_WAY TICKS_PER_MS
#define START_TICKS (1000 * (uint64_t)TICKS_PER_S)
#define EVENTS_MAX 20000u /* of one question */
#define CLIENT_UDP_SIZE 4096u
#define SEED 1u

static struct instant now(const struct stage *stage)
{
	uint64_t seconds = (stage->ticks - START_TICKS) / TICKS_PER_S;
	return (struct instant){ .ticks = stage->ticks,
				 .age = START_TICKS / TICKS_PER_S + seconds,
				 .wall = stage->wall + (int64_t)seconds };
}

bool stage_begin(struct stage *stage, const struct authority *authority, const struct rrset *anchor, int64_t wall,
		 const char **problem)
{
	struct rng rng = rng_of_number(SEED);
	struct hash_key key = { .k0 = rng_u64(&rng), .k1 = rng_u64(&rng) };
	struct engine_setup setup = { .options = &stage->options,
				      .hints = authority->hints,
				      .anchors = anchor,
				      .anchor_count = 1 };
	*stage = (struct stage){ .authority = authority,
				 .arena = arena_of(0),
				 .scratch = arena_of(0),
				 .ticks = START_TICKS,
				 .wall = wall };
	stage->end = &stage->flights;
	*problem = "out of memory";
	if (!options_default(&stage->options))
		return false;
	stage->options.recursion_edns_size = CLIENT_UDP_SIZE;
	stage->options.answer_udp_size = CLIENT_UDP_SIZE;
	stage->options.recursion_ipv6 = RECURSION_IPV6_TRUE;
	setup.table = stage->table = table_create(TABLE_OCTETS, key);
	setup.denials = stage->denials = denials_create(DENIALS_OCTETS, key);
	if (stage->table == NULL || stage->denials == NULL)
		return false;
	rng_octets(&rng, setup.seed, sizeof setup.seed);
	stage->engine = engine_create(&setup, problem);
	return stage->engine != NULL;
}

void stage_end(struct stage *stage)
{
	if (stage->engine != NULL)
		engine_destroy(stage->engine);
	if (stage->table != NULL)
		table_destroy(stage->table);
	denials_destroy(stage->denials);
	options_free(&stage->options);
	arena_free(&stage->arena);
	arena_free(&stage->scratch);
}

static void carry_query(struct stage *stage, const struct effect *effect)
{
	uint8_t octets[MSG_SIZE_MAX];
	struct message query;
	struct flight *flight = ARENA_NEW(&stage->arena, struct flight);
	arena_reset(&stage->scratch);
	if (flight == NULL || message_read(effect->octets, &stage->scratch, &query) != NULL)
		return;
	size_t size = authority_answer(stage->authority, effect->server.ip, &query, &stage->scratch, octets,
				       sizeof octets);
	*flight = (struct flight){ .exchange = effect->exchange,
				   .server = effect->server,
				   .octets = arena_copy(&stage->arena, span_of(octets, size)) };
	*stage->end = flight;
	stage->end = &flight->next;
}

static void take_answer(struct stage *stage, uint64_t handle, struct span octets)
{
	struct stage_answer *answer = ARENA_NEW(&stage->arena, struct stage_answer);
	if (answer == NULL)
		return;
	*answer = (struct stage_answer){ .handle = handle,
					 .octets = arena_copy(&stage->arena, octets),
					 .next = stage->answers };
	stage->answers = answer;
}

static const struct stage_answer *find_answer(const struct stage *stage, uint64_t handle)
{
	const struct stage_answer *answer = stage->answers;
	while (answer != NULL && answer->handle != handle)
		answer = answer->next;
	return answer;
}

static void drain(struct stage *stage)
{
	struct effect effect;
	while (engine_effect(stage->engine, &effect)) {
		if (effect.kind == EFFECT_SEND_UDP || effect.kind == EFFECT_SEND_STREAM)
			carry_query(stage, &effect);
		if (effect.kind == EFFECT_ANSWER)
			take_answer(stage, effect.handle, effect.octets);
	}
}

/* The next reply arrives; without any, time passes until the engine wants it. False when it wants nothing. */
static bool step_on(struct stage *stage)
{
	struct flight *flight = stage->flights;
	uint64_t at = engine_deadline(stage->engine);
	if (flight == NULL && at == TICKS_NEVER)
		return false;
	if (flight == NULL) {
		stage->ticks = at > stage->ticks ? at : stage->ticks;
		engine_tick(stage->engine, now(stage));
		return true;
	}
	stage->flights = flight->next;
	if (stage->flights == NULL)
		stage->end = &stage->flights;
	stage->ticks += ONE_WAY;
	engine_reply(stage->engine, now(stage), flight->exchange, flight->server, flight->octets);
	return true;
}

static size_t write_query(struct stage *stage, struct name name, uint16_t type, uint8_t *octets, size_t capacity)
{
	const struct message query = { .id = (uint16_t)++stage->handles,
				       .flags = FLAG_RD,
				       .has_question = true,
				       .question = { .name = name, .type = type, .class = CLASS_IN },
				       .has_edns = true,
				       .dnssec_ok = true,
				       .udp_size = CLIENT_UDP_SIZE };
	return message_write(&query, octets, capacity);
}

uint64_t stage_send(struct stage *stage, struct name name, uint16_t type)
{
	uint8_t query[512], octets[MSG_SIZE_MAX];
	bool silent = false;
	size_t size = write_query(stage, name, type, query, sizeof query);
	struct client_origin origin = { .handle = stage->handles, .from.port = 5353 };
	ip_of_text("127.0.0.1", &origin.from.ip);
	size = engine_query(stage->engine, now(stage), &origin, span_of(query, size), octets, sizeof octets, &silent);
	if (size > 0)
		take_answer(stage, stage->handles, span_of(octets, size));
	drain(stage);
	return stage->handles;
}

const char *stage_hear(struct stage *stage, uint64_t handle, struct message *answer)
{
	const struct stage_answer *found = find_answer(stage, handle);
	for (unsigned int i = 0; i < EVENTS_MAX && found == NULL && step_on(stage); i++) {
		drain(stage);
		found = find_answer(stage, handle);
	}
	return found != NULL ? message_read(found->octets, &stage->arena, answer) : "no answer";
}
