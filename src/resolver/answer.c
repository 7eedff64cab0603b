#include "resolver/answer.h"

#include "resolver/additional.h"
#include "resolver/cookie.h"
#include "resolver/report.h"
#include "wire/limits.h"

#include <stdlib.h>

#define UDP_SIZE_PLAIN 512u   /* RFC 1035 section 4.2.1 */
#define EDE_OPTION_SIZE 6u    /* option code and length, info code */
#define COOKIE_OPTION_SIZE (4u + COOKIE_SIZE)
#define EXTENDED_RCODE_SHIFT 4u
#define ADDITIONAL_COUNT_OFFSET 10u

uint8_t answer_variant(const struct client *client)
{
	return (uint8_t)((client->edns.dnssec_ok ? 1 : 0) | (client->flags & FLAG_CD ? 2 : 0) |
			 (client->flags & FLAG_AD ? 4 : 0));
}

size_t answer_room(const struct engine *engine, const struct client *client, size_t capacity)
{
	size_t room = capacity;
	if (client->origin.stream)
		return room;
	room = UDP_SIZE_PLAIN;
	if (client->edns.present && client->edns.udp_size > room)
		room = client->edns.udp_size;
	if (room > engine->options->answer_udp_size)
		room = engine->options->answer_udp_size;
	return room < capacity ? room : capacity;
}

size_t answer_opt_size(const struct client *client)
{
	return client->edns.present ? EDNS_OPT_SIZE + (client->has_cookie ? COOKIE_OPTION_SIZE : 0) : 0;
}

static size_t opt_room(const struct client *client, int ede, const char *why)
{
	if (!client->edns.present)
		return 0;
	size_t text = why != NULL ? strlen(why) : 0;
	return answer_opt_size(client) + (ede != EDE_NONE ? EDE_OPTION_SIZE + text : 0);
}

void answer_append_opt(struct engine *engine, const struct client *client, struct builder *builder, uint16_t rcode,
		       int ede, const char *why)
{
	if (!client->edns.present)
		return;
	struct edns edns = edns_none();
	edns.udp_size = (uint16_t)engine->options->answer_udp_size;
	edns.dnssec_ok = client->edns.dnssec_ok;
	edns.extended_rcode = (uint8_t)(rcode >> EXTENDED_RCODE_SHIFT);
	edns.ede = ede;
	uint8_t cookie[COOKIE_SIZE];
	if (client->has_cookie) {
		cookie_for_client(&engine->cookie_secret, client->origin.from.ip, engine->now.wall, client->cookie,
				  cookie);
		edns.cookie = span_of(cookie, sizeof cookie);
	}
	if (why != NULL)
		edns.ede_text = span_of(why, strlen(why));
	edns_write(builder, &edns);
	if (builder->overflowed)
		return;
	const uint8_t *count = builder->start + ADDITIONAL_COUNT_OFFSET;
	builder_patch_u16(builder, ADDITIONAL_COUNT_OFFSET, (uint16_t)((count[0] << 8 | count[1]) + 1));
}

/* RFC 6840 section 5.8: for who understands it; and what nobody checked on the client's own wish is not vouched for. */
static bool is_authentic(const struct client *client, const struct result *result)
{
	return result->security == SECURITY_SECURE && !(client->flags & FLAG_CD) && !result->local &&
	       (client->edns.dnssec_ok || (client->flags & FLAG_AD)) &&
	       (result->rcode == RCODE_NOERROR || result->rcode == RCODE_NXDOMAIN);
}

static uint16_t flags_of(const struct client *client, const struct result *result)
{
	unsigned int ours = FLAG_QR | (result->refused ? 0 : FLAG_RA) | (result->local ? FLAG_AA : 0) |
			    (is_authentic(client, result) ? FLAG_AD : 0);
	return (uint16_t)(ours | (client->flags & (FLAG_RD | FLAG_CD)) | (result->rcode & FLAGS_RCODE_MASK));
}

static bool write_question(struct msg_writer *writer, const struct client *client)
{
	struct cursor cursor = cursor_of(client->question);
	struct question question;
	if (client->question.size == 0)
		return true;
	if (!name_read_plain(&cursor, &question.name))
		return false;
	question.type = cursor_u16(&cursor);
	question.class = cursor_u16(&cursor);
	msg_question(writer, &question);
	return !cursor.failed;
}

/* A DNAME that renames twice is shown once. */
static bool is_shown(const struct result *result, unsigned int before)
{
	const struct rrset *dname = &result->links[before].dname;
	for (unsigned int i = 0; i < before; i++)
		if (result->links[i].dname.count > 0 && name_equal(result->links[i].dname.owner, dname->owner))
			return true;
	return false;
}

/* Links and data; false when they do not fit. */
static bool write_answer(struct msg_writer *writer, const struct result *result, uint64_t age, bool signatures)
{
	for (unsigned int i = 0; i < result->link_count; i++) {
		const struct result_link *link = &result->links[i];
		bool made = link->dname.count > 0;
		uint32_t ttl = result_left(link->cname.ttl, link->as_of, age);
		if (made && !is_shown(result, i) &&
		    !msg_rrset(writer, SECTION_ANSWER, &link->dname, ttl, signatures))
			return false;
		if (link->cname.count > 0 &&
		    !msg_rrset(writer, SECTION_ANSWER, &link->cname, ttl, signatures && !made))
			return false;
	}
	const struct cached *found = &result->found;
	return found->kind != CACHED_POSITIVE ||
	       msg_rrset(writer, SECTION_ANSWER, &found->rrset,
			 result_left(found->rrset.ttl, result->found_as_of, age), signatures);
}

/* The proofs that come along, each once: a reply's links and its end may need the same. */
struct proof_list {
	const struct rrset *proofs[LIMIT_PROOF_RRSETS * 2];
	unsigned int count;
};

static void list_proofs(struct proof_list *list, const struct rrset *proofs, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		bool listed = list->count == sizeof list->proofs / sizeof list->proofs[0];
		for (unsigned int j = 0; j < list->count && !listed; j++)
			listed = list->proofs[j]->type == proofs[i].type &&
				 name_equal(list->proofs[j]->owner, proofs[i].owner);
		if (!listed)
			list->proofs[list->count++] = &proofs[i];
	}
}

static bool write_proofs(struct msg_writer *writer, const struct result *result, uint32_t ttl)
{
	struct proof_list list = { .count = 0 };
	for (unsigned int i = 0; i < result->link_count; i++)
		list_proofs(&list, result->links[i].proofs, result->links[i].proof_count);
	list_proofs(&list, result->found.proofs, result->found.proof_count);
	for (unsigned int i = 0; i < list.count; i++)
		if (!msg_rrset(writer, SECTION_AUTHORITY, list.proofs[i], ttl, true))
			return false;
	return true;
}

/* The SOA that says how long nothing is there (RFC 2308 section 3), and the proofs of it for who wants them. */
static bool write_authority(struct msg_writer *writer, const struct result *result, uint64_t age, bool signatures)
{
	const struct cached *found = &result->found;
	uint32_t ttl = result_ttl(result, age);
	if (found->soa.count > 0 &&
	    !msg_rrset(writer, SECTION_AUTHORITY, &found->soa, result_left(found->ttl, result->found_as_of, age), signatures))
		return false;
	return !signatures || write_proofs(writer, result, ttl);
}

static void keep_finished(struct engine *engine, const struct client *client, int ede, uint32_t ttl,
			  const struct builder *builder)
{
	struct cursor cursor = cursor_of(client->question);
	struct answers_key key = { .variant = answer_variant(client) };
	if (engine->answers == NULL || ttl == 0 || !name_read_plain(&cursor, &key.name))
		return;
	key.type = cursor_u16(&cursor);
	answers_put(engine->answers, &key, engine->now.age, ttl, builder_written(builder), ede);
}

size_t answer_write(struct engine *engine, const struct client *client, const struct result *result,
		    uint8_t *octets, size_t capacity)
{
	size_t room = answer_room(engine, client, capacity);
	size_t reserve = opt_room(client, result->ede, result->why);
	if (reserve > room / 2)
		reserve = answer_opt_size(client);
	struct builder builder = builder_of(octets, room - reserve);
	struct msg_writer writer;
	bool signatures = client->edns.dnssec_ok;
	uint16_t flags = flags_of(client, result);
	msg_begin(&writer, &builder, client->id, flags);
	if (!write_question(&writer, client))
		return 0;
	uint64_t age = engine->now.age;
	uint32_t ttl = result_ttl(result, age);
	bool whole = write_answer(&writer, result, age, signatures) &&
		     write_authority(&writer, result, age, signatures);
	if (!whole)
		msg_set_flags(&writer, flags | FLAG_TC);
	else if (!engine->options->answer_minimal)
		ttl = additional_write(engine, &writer, result, signatures, ttl);
	if (!msg_end(&writer))
		return 0;
	if (whole)
		keep_finished(engine, client, result->ede, ttl, &builder);
	builder.capacity = room;
	answer_append_opt(engine, client, &builder, result->rcode, result->ede, result->why);
	return builder.overflowed ? 0 : builder.size;
}

size_t answer_refusal(struct engine *engine, const struct client *client, uint16_t rcode, int ede, const char *why,
		      uint8_t *octets, size_t capacity)
{
	struct result result = { .rcode = rcode, .ede = ede, .why = why };
	result.refused = ede == EDE_PROHIBITED;
	return answer_write(engine, client, &result, octets, capacity);
}

static bool hand_over(struct engine *engine, const struct client *client, const struct result *result,
		      struct effect *effect)
{
	size_t size = answer_write(engine, client, result, engine->scratch, MSG_SIZE_MAX);
	effect->octets = span_of(engine->scratch, size);
	if (size == 0 || !effects_add(&engine->effects, effect))
		return false;
	if (result->rcode == RCODE_SERVFAIL)
		engine->counts.servfails++;
	report_answer(engine, client, effect->octets, result->why);
	engine->counts.answers++;
	return true;
}

void answer_later(struct request *request, const struct client *client, const struct result *result)
{
	/* There may be memory left for a few octets where there is none for a long answer. */
	static const struct result failure = { .rcode = RCODE_SERVFAIL, .ede = EDE_OTHER, .why = "out of memory" };
	struct engine *engine = request->engine;
	struct effect effect = { .kind = EFFECT_ANSWER, .handle = client->origin.handle };
	if (client->internal && request->trace != NULL)
		effect.trace = trace_copy(effects_arena(&engine->effects), request->trace);
	if (hand_over(engine, client, result, &effect) || hand_over(engine, client, &failure, &effect))
		return;
	report_answer(engine, client, span_of(NULL, 0), result->why);
	engine->counts.dropped++;
}
