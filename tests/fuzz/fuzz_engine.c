/* Octets as events: clients' queries, replies of servers (well-formed ones made of a few names and types, mutated ones,
 * junk), failures, the passing of time. Whatever comes, answers are answers to their queries, nobody waits for ever, and
 * at the end nothing is left.
 */
#include "base/cursor.h"
#include "cache/denials.h"
#include "resolver/engine.h"
#include "wire/codes.h"
#include "wire/msg.h"

#include <stdlib.h>

#define PENDING_MAX 64u
#define EVENTS_MAX 400u
#define EFFECTS_MAX 4096u /* of one event */
#define EXCHANGES_MAX 1000u /* open at once: fewer than the questions that can be asked here, with their name servers */
#define IDLE_TICKS_MAX 4000u
#define TABLE_OCTETS (256u << 10)
#define DENIALS_OCTETS (256u << 10)

struct pending {
	uint64_t exchange;
	struct endpoint server;
	uint8_t query[512];
	size_t size;
};

/* A client that waits: what it asked, as far as the answer repeats it. */
struct waiting {
	bool waits;
	uint8_t id[2];
	uint8_t question[NAME_SIZE_MAX + 4];
	size_t question_size; /* 0: it was malformed */
};

struct play {
	struct cursor input;
	struct options options;
	struct arena arena;
	struct table *table;
	struct denials *denials;
	struct engine *engine;
	struct instant now;
	struct pending pending[PENDING_MAX];
	unsigned int pending_count;
	struct waiting clients[EVENTS_MAX + 1]; /* by handle */
	uint64_t handles;
};

static const char *const names[] = {
	".", "com", "example.com", "www.example.com", "a.b.c.www.example.com", "ns.example.com", "ns.example.net", "net",
	"*.example.com", "localhost", "a.root", "1.0.0.127.in-addr.arpa",
};
static const uint16_t types[] = {
	TYPE_A, TYPE_NS, TYPE_CNAME, TYPE_SOA, TYPE_AAAA, TYPE_DNAME, TYPE_DS, TYPE_MX, TYPE_ANY, TYPE_TXT, TYPE_NSEC, 65280,
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct name take_name(struct play *play)
{
	struct name_buffer buffer;
	struct name name;
	require(name_of_text(names[cursor_u8(&play->input) % COUNT(names)], &buffer, &name));
	return name_copy(&play->arena, name);
}

static uint16_t take_type(struct play *play)
{
	return types[cursor_u8(&play->input) % COUNT(types)];
}

/* RDATA that fits the type, more or less. */
static struct span take_rdata(struct play *play, uint16_t type)
{
	struct name name;
	static const uint8_t zeros[32];
	switch (type) {
	case TYPE_A: {
		uint8_t octets[4] = { 192, 0, 2, cursor_u8(&play->input) % 4 };
		return arena_copy(&play->arena, span_of(octets, 4));
	}
	case TYPE_AAAA:
		return span_of(zeros, 16);
	case TYPE_NS:
	case TYPE_CNAME:
	case TYPE_DNAME:
		name = take_name(play);
		return span_of(name.octets, name.size);
	case TYPE_SOA:
		return span_of(zeros, 22);
	default:
		return cursor_take(&play->input, cursor_u8(&play->input) % 16);
	}
}

static void keep_pending(struct play *play, const struct effect *effect)
{
	struct pending *pending = &play->pending[play->pending_count];
	if (play->pending_count == PENDING_MAX || effect->octets.size > sizeof pending->query)
		return; /* it will time out */
	pending->exchange = effect->exchange;
	pending->server = effect->server;
	pending->size = effect->octets.size;
	memcpy(pending->query, effect->octets.octets, effect->octets.size);
	play->pending_count++;
}

static void forget_pending(struct play *play, uint64_t exchange)
{
	for (unsigned int i = 0; i < play->pending_count; i++)
		if (play->pending[i].exchange == exchange)
			play->pending[i--] = play->pending[--play->pending_count];
}

/* Well-formed, to this client's query, whatever else it says. */
static void check_answer(const struct waiting *client, struct span octets)
{
	struct arena arena = arena_of(0);
	struct msg msg;
	require(msg_read(octets, &arena, &msg));
	require(memcmp(octets.octets, client->id, 2) == 0 && (msg.header.flags & FLAG_QR));
	if (msg.header.questions > 0)
		require(octets.size >= HEADER_SIZE + client->question_size &&
			memcmp(octets.octets + HEADER_SIZE, client->question, client->question_size) == 0);
	arena_free(&arena);
}

static void take_answer(struct play *play, const struct effect *effect)
{
	require(effect->handle > 0 && effect->handle <= play->handles);
	struct waiting *client = &play->clients[effect->handle];
	require(client->waits);
	client->waits = false;
	check_answer(client, effect->octets);
}

static void drain(struct play *play)
{
	struct effect effect;
	for (unsigned int i = 0; engine_effect(play->engine, &effect); i++) {
		require(i < EFFECTS_MAX && engine_count(play->engine).exchanges <= EXCHANGES_MAX);
		if (effect.kind == EFFECT_ANSWER)
			take_answer(play, &effect);
		else if (effect.kind == EFFECT_CANCEL)
			forget_pending(play, effect.exchange);
		else
			keep_pending(play, &effect);
	}
}

static void note_client(struct waiting *client, struct span octets)
{
	struct query query;
	*client = (struct waiting){ .question_size = 0 };
	if (octets.size >= 2)
		memcpy(client->id, octets.octets, 2);
	if (query_read(octets, &query) != QUERY_GOOD || query.header.questions != 1 ||
	    header_opcode(&query.header) != OPCODE_QUERY)
		return;
	client->question_size = query.question_end - HEADER_SIZE;
	memcpy(client->question, octets.octets + HEADER_SIZE, client->question_size);
}

static void ask(struct play *play, struct span octets)
{
	static uint8_t answer[MSG_SIZE_MAX];
	struct client_origin origin = { .handle = ++play->handles };
	struct waiting *client = &play->clients[origin.handle];
	bool silent = false;
	uint8_t way = cursor_u8(&play->input);
	require(ip_of_text(way & 2 ? "127.0.0.1" : "192.168.1.1", &origin.from.ip));
	origin.from.port = (uint16_t)(way * 7 + 50);
	origin.stream = way & 1;
	size_t capacity = origin.stream ? sizeof answer : 1232;
	size_t size = engine_query(play->engine, play->now, &origin, octets, answer, capacity, &silent);
	require(size <= capacity && !(size > 0 && silent));
	note_client(client, octets);
	client->waits = size == 0 && !silent;
	if (size == 0)
		return;
	require(octets.size >= HEADER_SIZE && !(octets.octets[2] & 0x80)); /* no answer to answers */
	check_answer(client, span_of(answer, size));
}

static void ask_well(struct play *play)
{
	uint8_t octets[512];
	struct builder builder = builder_of(octets, sizeof octets);
	struct msg_writer writer;
	struct question question = { .name = take_name(play), .class = CLASS_IN };
	question.type = take_type(play); /* after the name, whatever the compiler */
	uint8_t how = cursor_u8(&play->input);
	msg_begin(&writer, &builder, (uint16_t)(how * 257), how & 1 ? FLAG_RD : 0);
	msg_question(&writer, &question);
	if (how & 2) {
		struct edns edns = edns_none();
		edns.udp_size = (uint16_t)(how * 16);
		edns.dnssec_ok = how & 4;
		msg_edns(&writer, &edns);
	}
	if (msg_end(&writer))
		ask(play, builder_written(&builder));
}

static void write_section(struct play *play, struct msg_writer *writer, enum msg_section section, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		struct rrset rrset;
		struct name owner = take_name(play);
		uint16_t type = take_type(play);
		uint32_t ttl = cursor_u8(&play->input) * 3u;
		struct span rdata = take_rdata(play, type);
		if (rrset_of_one(&play->arena, owner, type, ttl, rdata, &rrset))
			(void)msg_rrset(writer, section, &rrset, ttl, false);
	}
}

/* A reply to an open query, whose ID and question are right unless the input says otherwise. */
static void reply_well(struct play *play, const struct pending *pending)
{
	uint8_t octets[2048];
	struct builder builder = builder_of(octets, sizeof octets);
	struct msg_writer writer;
	struct query query;
	uint8_t how = cursor_u8(&play->input), counts = cursor_u8(&play->input);
	require(query_read(span_of(pending->query, pending->size), &query) == QUERY_GOOD);
	uint16_t flags = (uint16_t)(FLAG_QR | (how & 1 ? FLAG_AA : 0) | (how & 2 ? FLAG_TC : 0) | (how & 4 ? FLAG_RA : 0));
	static const uint16_t rcodes[] = { 0, 0, 0, 3, 3, 2, 5, 1, 6, 4, 9, 16, 0, 0, 0, 0 };
	flags |= rcodes[how >> 4] & FLAGS_RCODE_MASK;
	uint16_t id = (uint16_t)(query.header.id + (how & 8 && counts > 240));
	msg_begin(&writer, &builder, id, flags);
	msg_question(&writer, &query.question);
	write_section(play, &writer, SECTION_ANSWER, counts & 3);
	write_section(play, &writer, SECTION_AUTHORITY, counts >> 2 & 3);
	write_section(play, &writer, SECTION_ADDITIONAL, counts >> 4 & 3);
	if (msg_end(&writer))
		engine_reply(play->engine, play->now, pending->exchange, pending->server, builder_written(&builder));
}

/* Octets of the input behind the header and question of the query. */
static void reply_badly(struct play *play, const struct pending *pending)
{
	uint8_t octets[1024];
	size_t keep = cursor_u8(&play->input) % (pending->size + 1);
	struct span rest = cursor_take(&play->input, cursor_u8(&play->input));
	memcpy(octets, pending->query, keep);
	if (keep > 2)
		octets[2] |= 0x80;
	if (rest.size > 0)
		memcpy(octets + keep, rest.octets, rest.size);
	engine_reply(play->engine, play->now, pending->exchange, pending->server, span_of(octets, keep + rest.size));
}

static void fail_exchange(struct play *play, const struct pending *pending)
{
	uint64_t exchange = pending->exchange;
	enum exchange_failure failure = cursor_u8(&play->input) % 3;
	forget_pending(play, exchange);
	engine_failed(play->engine, play->now, exchange, failure);
}

static void send_away(struct play *play, uint64_t handle)
{
	engine_client_gone(play->engine, play->now, handle);
	if (handle <= play->handles)
		play->clients[handle].waits = false;
}

static void tick(struct play *play, uint64_t ticks)
{
	play->now.ticks += ticks;
	play->now.age = 5000 + play->now.ticks / TICKS_PER_S;
	engine_tick(play->engine, play->now);
	require(engine_deadline(play->engine) > play->now.ticks);
}

static void play_event(struct play *play)
{
	uint8_t op = cursor_u8(&play->input);
	struct pending pending = { .size = 0 };
	if (play->pending_count > 0)
		pending = play->pending[cursor_u8(&play->input) % play->pending_count];
	switch (op % 8) {
	case 0:
	case 1:
		ask_well(play);
		break;
	case 2:
		ask(play, cursor_take(&play->input, cursor_u8(&play->input)));
		break;
	case 3:
	case 4:
		if (pending.size > 0)
			reply_well(play, &pending);
		break;
	case 5:
		if (pending.size > 0)
			reply_badly(play, &pending);
		break;
	case 6:
		if (pending.size > 0 && op & 8)
			fail_exchange(play, &pending);
		else
			send_away(play, 1 + cursor_u8(&play->input) % (play->handles + 1));
		break;
	default:
		tick(play, cursor_u8(&play->input) * (uint64_t)(op & 8 ? TICKS_PER_S : 10 * TICKS_PER_MS));
		break;
	}
	drain(play);
}

static bool begin(struct play *play)
{
	struct delegation hints = { .zone = name_root, .ttl = 100, .count = 1 };
	struct name_server root = { .glue_count = 1 };
	struct name_buffer buffer;
	uint8_t flags = cursor_u8(&play->input);
	const char *problem;
	require(name_of_text("a.root", &buffer, &root.name) && ip_of_text("192.0.2.1", &root.glue[0]));
	require(options_default(&play->options));
	hints.servers = &root;
	play->options.recursion_qname_minimisation = flags & 1;
	play->options.recursion_case_randomisation = flags & 2;
	play->options.recursion_ipv6 = flags & 4 ? RECURSION_IPV6_TRUE : RECURSION_IPV6_FALSE;
	play->options.answer_minimal = flags & 8;
	play->options.recursion_harden_glue = !(flags & 16);
	struct engine_setup setup = { .options = &play->options, .hints = &hints };
	setup.answers_octets = flags & 32 ? 65536 : 0;
	setup.table = play->table = table_create(TABLE_OCTETS, (struct hash_key){ 1, 2 });
	setup.denials = play->denials = denials_create(DENIALS_OCTETS, (struct hash_key){ 3, 4 });
	play->engine = play->table != NULL && play->denials != NULL ? engine_create(&setup, &problem) : NULL;
	return play->engine != NULL;
}

/* Time alone must bring everything to an end. */
static void run_out(struct play *play)
{
	for (unsigned int i = 0; engine_deadline(play->engine) != TICKS_NEVER; i++) {
		require(i < IDLE_TICKS_MAX);
		tick(play, engine_deadline(play->engine) - play->now.ticks);
		drain(play);
	}
	struct engine_counts counts = engine_count(play->engine);
	require(counts.requests == 0 && counts.exchanges == 0);
	for (uint64_t handle = 1; handle <= play->handles; handle++)
		require(!play->clients[handle].waits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct play play;
	play = (struct play){ .input = cursor_of(span_of(data, size)),
			      .arena = arena_of(0),
			      .now = { .ticks = TICKS_PER_S, .age = 5001 } };
	if (begin(&play)) {
		engine_prime(play.engine, play.now);
		drain(&play);
		for (unsigned int i = 0; i < EVENTS_MAX && cursor_left(&play.input) > 0; i++)
			play_event(&play);
		run_out(&play);
	}
	engine_destroy(play.engine);
	table_destroy(play.table);
	denials_destroy(play.denials);
	options_free(&play.options);
	arena_free(&play.arena);
	return 0;
}
