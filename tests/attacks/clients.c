/* What clients do to others through us, and what they are shown. */
#include "attacks.h"

#include "resolver/cookie.h"
#include "wire/msg.h"

/* ---- 6: many equal questions at once ---- */

static void serve_one(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	response->delay = 500 * TICKS_PER_MS;
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
}

static void play_birthday(struct stage *stage, struct finding *finding)
{
	finding->what = "queries in flight for one name that 1,000 clients ask";
	finding->limit = 1;
	stage_wait(stage, stage_ask(stage, "warm.evil.", TYPE_A), TICKS_PER_S);
	unsigned int before = stage->to_evil, first = stage->question_count;
	for (unsigned int i = 0; i < 1000; i++) {
		char client[32];
		snprintf(client, sizeof client, "10.9.%u.%u", i / 200, i % 200);
		stage_ask_from(stage, client, (uint16_t)(2000 + i), "birthday.evil.", TYPE_A);
	}
	unsigned int last = stage->question_count;
	stage_run(stage, TICKS_PER_S);
	finding->value = stage->to_evil - before;
	for (unsigned int i = first; i < last; i++)
		finding->value += !stage->questions[i].good && !stage->questions[i].answered;
}

/* ---- 19: our own IDs ---- */

static void serve_failures(struct stage *stage, const struct asked *asked, struct response *response)
{
	const uint16_t rcodes[] = { RCODE_SERVFAIL, RCODE_REFUSED, RCODE_FORMERR, RCODE_NOTIMP };
	(void)asked;
	response->flags |= rcodes[stage->step++ % 4];
}

static void play_ids(struct stage *stage, struct finding *finding)
{
	finding->what = "answers with another ID than the client's, of 1,000 failures";
	for (unsigned int i = 0; i < 1000; i++) {
		char name[64];
		snprintf(name, sizeof name, "i%u.evil.", i % 300);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), 5 * TICKS_PER_S);
		finding->value += !question->answered || question->rcode != RCODE_SERVFAIL;
	}
	finding->value += stage->wrong_ids;
}

/* ---- 44: answers to those who did not ask ---- */

static bool open_to_all(struct options *options)
{
	struct network network;
	return network_of_text("0.0.0.0/0", &network) && option_append(option_find("access.allow"), options, &network);
}

static void serve_large(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	response->flags |= FLAG_AA;
	for (unsigned int i = 0; i < 70; i++) {
		char address[32];
		snprintf(address, sizeof address, "192.0.2.%u", 100 + i);
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, address);
	}
}

static void ask_spoofed(struct stage *stage, unsigned int count)
{
	char client[32];
	for (unsigned int i = 0; i < count; i++) {
		snprintf(client, sizeof client, "198.51.100.%u", i % 256);
		stage_ask_from(stage, client, (uint16_t)(1024 + i % 60000), "large.evil.", TYPE_A);
		if (i % 10 == 9)
			stage_run(stage, 2 * TICKS_PER_MS); /* 5,000 a second */
	}
}

/* A client in the victim's network that shows our cookie; how much it was not answered. */
static unsigned int ask_proven(struct stage *stage)
{
	const struct hash_key secret = { 0 }; /* the stage's */
	uint8_t octets[512], cookie[COOKIE_SIZE];
	struct builder builder = builder_of(octets, sizeof octets);
	struct msg_writer writer;
	struct edns edns = edns_none();
	struct question question = { { (const uint8_t *)"\5large\4evil", 12, 2 }, TYPE_A, CLASS_IN };
	struct ip ip;
	ip_of_text("198.51.100.9", &ip);
	cookie_for_client(&secret, ip, stage->now.wall, (const uint8_t *)"whoever.", cookie);
	edns.udp_size = 1232;
	edns.cookie = span_of(cookie, sizeof cookie);
	msg_begin(&writer, &builder, 1, FLAG_RD);
	msg_question(&writer, &question);
	msg_edns(&writer, &edns);
	if (!msg_end(&writer))
		return 1;
	size_t size = stage_ask_raw(stage, "198.51.100.9", 5353, builder_written(&builder));
	return size < 1000;
}

static void play_reflection(struct stage *stage, struct finding *finding)
{
	finding->what = "octets out for each octet in, after the first second of 5,000 q/s";
	finding->limit = 1;
	stage_wait(stage, stage_ask(stage, "large.evil.", TYPE_A), TICKS_PER_S);
	ask_spoofed(stage, 5000);
	unsigned int first = stage->question_count, in = stage->client_octets, out = 0, cut = 0;
	ask_spoofed(stage, 10000);
	for (unsigned int i = first; i < stage->question_count; i++) {
		const struct question_state *question = &stage->questions[i];
		out += question->good ? 0 : question->size;
		cut += !question->good && question->cut && question->answers == 0;
	}
	finding->value = (double)out / (double)(stage->client_octets - in);
	if (cut < 3000) /* whoever is real there must learn to come over TCP */
		finding->value += 100;
	for (unsigned int i = 0; i < 100; i++)
		finding->value += ask_proven(stage);
	stage->over_stream = true;
	for (unsigned int i = 0; i < 100; i++)
		finding->value += stage->questions[stage_ask_from(stage, "198.51.100.9", 5353, "large.evil.", TYPE_A)]
					  .answers != 70;
	/* And the good client's network is not held back, though it asks 100 a second. */
}

/* ---- 48: names that answers lead to ---- */

static bool with_additional(struct options *options)
{
	options->answer_minimal = false;
	return true;
}

static void serve_targets(struct stage *stage, const struct asked *asked, struct response *response)
{
	(void)stage;
	response->flags |= FLAG_AA;
	if (asked->type == TYPE_A) {
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
	} else if (asked->type != TYPE_SRV) {
		say(response, SECTION_AUTHORITY, 60, "evil.", TYPE_SOA, NULL);
	} else if (!asked->stream) {
		response->flags |= FLAG_TC;
	} else {
		for (unsigned int i = 0; i < 200; i++) {
			char target[32];
			snprintf(target, sizeof target, "t%u.evil.", i);
			say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_SRV, target);
		}
	}
}

static void play_additional(struct stage *stage, struct finding *finding)
{
	char name[32];
	finding->what = "names looked up or added for an SRV of 200 targets";
	finding->limit = LIMIT_ADDITIONAL_NAMES;
	stage_wait(stage, stage_ask(stage, "_a._tcp.evil.", TYPE_SRV), TICKS_PER_S);
	stage_run(stage, TICKS_PER_S);
	unsigned int before = stage->to_evil;
	stage->over_stream = true;
	const struct question_state *cold = &stage->questions[stage_ask(stage, "_a._tcp.evil.", TYPE_SRV)];
	finding->value = cold->answers == 200 && cold->additionals == 1 ? 0 : 1000;
	stage_run(stage, TICKS_PER_S);
	finding->value += stage->to_evil - before;
	for (unsigned int i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "t%u.evil.", i);
		stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
	}
	const struct question_state *warm =
		stage_wait(stage, stage_ask(stage, "_b._tcp.evil.", TYPE_SRV), TICKS_PER_S);
	finding->value += warm->answers == 200 ? warm->additionals - 1 : 1000;
}

/* ---- 64: answers that must be cut ---- */

static void serve_by_name(struct stage *stage, const struct asked *asked, struct response *response)
{
	unsigned int count = 0;
	(void)stage;
	if (sscanf((const char *)asked->name.octets + 1, "%3u", &count) != 1 || asked->type != TYPE_A)
		count = 0;
	if (count > 60 && !asked->stream) {
		response->flags |= FLAG_TC;
		return;
	}
	response->flags |= FLAG_AA;
	for (unsigned int i = 0; i < count; i++) {
		char address[32];
		snprintf(address, sizeof address, "192.0.2.%u", i);
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, address);
	}
}

/* True when the answer is no longer than it may be, can be read, and has all or says that it has not. */
static bool is_cut_well(struct stage *stage, const char *text, uint16_t size, unsigned int count)
{
	uint8_t octets[512];
	struct builder builder = builder_of(octets, sizeof octets);
	struct msg_writer writer;
	struct edns edns = edns_none();
	struct name_buffer buffer;
	struct question question = { .type = TYPE_A, .class = CLASS_IN };
	struct arena arena = arena_of(0);
	struct msg msg;
	if (!name_of_text(text, &buffer, &question.name))
		return false;
	edns.udp_size = size;
	msg_begin(&writer, &builder, 7, FLAG_RD);
	msg_question(&writer, &question);
	msg_edns(&writer, &edns);
	if (!msg_end(&writer) || stage_ask_raw(stage, "127.0.0.1", 4000, builder_written(&builder)) == 0)
		return false;
	bool good = stage->last_size <= (size < 512 ? 512 : size) &&
		    msg_read(span_of(stage->last, stage->last_size), &arena, &msg) && msg.edns.present &&
		    (msg.header.flags & FLAG_TC || (msg.answer.count == 1 && msg.answer.rrsets[0].count == count));
	arena_free(&arena);
	return good;
}

static void play_cuts(struct stage *stage, struct finding *finding)
{
	finding->what = "answers too long, broken or cut without TC, of 600 sizes times 20";
	for (unsigned int i = 0; i < 20; i++) {
		char name[32];
		unsigned int count = 3 + i * 9;
		snprintf(name, sizeof name, "%03u.evil.", count);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), TICKS_PER_S);
		finding->value += !question->answered;
		for (unsigned int size = 0; size < 600; size++)
			finding->value += !is_cut_well(stage, name, (uint16_t)(400 + 2 * size), count);
	}
}

const struct attack client_attacks[] = {
	{ 6, "birthday: 1,000 equal questions", serve_one, play_birthday, NULL },
	{ 19, "upstream IDs shown in errors", serve_failures, play_ids, NULL },
	{ 44, "an open resolver's large answers, spoofed", serve_large, play_reflection, open_to_all },
	{ 48, "SRV with 200 targets", serve_targets, play_additional, with_additional },
	{ 64, "answers cut to 600 sizes", serve_by_name, play_cuts, NULL },
};
const size_t client_attack_count = sizeof client_attacks / sizeof client_attacks[0];
