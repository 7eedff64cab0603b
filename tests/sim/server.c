#include "server.h"

#include "cookies.h"
#include "faults.h"
#include "poison.h"
#include "wire/fold.h"
#include "wire/limits.h"

#define UDP_SIZE_PLAIN 512u
#define UDP_SIZE_MAX 4096u

struct hearing {
	struct world *world;
	const struct host *host;
	const struct asked *asked;
	struct query query;
	struct arena *arena;
	struct authority authority;
	struct replies *replies;
	bool edns; /* put an OPT into the reply */
	struct cookies_reply cookie;
};

static bool chance(struct hearing *hearing, unsigned int one_in)
{
	return rng_below(&hearing->world->rng, one_in) == 0;
}

bool server_has_edns(const struct host *host)
{
	return host->mood != MOOD_IGNORES_EDNS && host->mood != MOOD_FORMERR_EDNS && host->mood != MOOD_NOTIMP_EDNS &&
	       host->mood != MOOD_BADVERS;
}

bool server_is_dead(const struct host *host, unsigned int epoch)
{
	return host->mood == MOOD_DEAD || (epoch >= host->rests_from && epoch < host->rests_to);
}

static bool write_section(struct msg_writer *writer, enum msg_section number, const struct section_entries *section,
			  struct reply *reply)
{
	for (unsigned int i = 0; i < section->count; i++) {
		const struct entry *entry = &section->entries[i];
		if (!msg_rrset(writer, number, &entry->rrset, entry->rrset.ttl, true))
			return false;
		if (entry->version != NULL && reply->version_count < REPLY_VERSIONS_MAX)
			reply->versions[reply->version_count++] = entry->version;
	}
	return true;
}

static size_t size_limit(const struct hearing *hearing)
{
	if (hearing->asked->stream)
		return MSG_SIZE_MAX;
	if (!hearing->edns || hearing->query.edns.udp_size < UDP_SIZE_PLAIN)
		return UDP_SIZE_PLAIN;
	return hearing->query.edns.udp_size > UDP_SIZE_MAX ? UDP_SIZE_MAX : hearing->query.edns.udp_size;
}

static struct reply *add_reply(struct hearing *hearing, uint8_t *octets, size_t size)
{
	struct replies *replies = hearing->replies;
	if (replies->count == REPLIES_MAX)
		return NULL;
	struct reply *reply = &replies->reply[replies->count++];
	reply->octets = span_of(octets, size);
	reply->delay = (uint64_t)(replies->count - 1) * 50;
	reply->version_count = 0;
	return reply;
}

/* The question as the host says it back. */
static struct question echo(struct hearing *hearing)
{
	struct question question = hearing->query.question;
	if (hearing->host->mood == MOOD_LOWERCASE)
		question.name = name_copy_lower(hearing->arena, question.name);
	return question;
}

/* The authority's answer as a message; `rcode` and flags as they are told. */
static void tell(struct hearing *hearing, uint16_t rcode, uint16_t flags)
{
	size_t limit = size_limit(hearing);
	uint8_t *octets = arena_alloc(hearing->arena, limit);
	struct reply *reply = octets != NULL ? add_reply(hearing, octets, 0) : NULL;
	struct question question = echo(hearing);
	struct msg_writer writer;
	struct builder builder = builder_of(octets, limit);
	if (reply == NULL)
		return;
	flags |= (uint16_t)(FLAG_QR | (hearing->query.header.flags & (FLAG_RD | FLAG_CD)) | (rcode & FLAGS_RCODE_MASK));
	builder.capacity -= hearing->edns ? EDNS_OPT_SIZE + 4 + hearing->cookie.size : 0;
	msg_begin(&writer, &builder, hearing->query.header.id, flags);
	msg_question(&writer, &question);
	if ((flags & FLAG_TC) || !write_section(&writer, SECTION_ANSWER, &hearing->authority.answer, reply) ||
	    !write_section(&writer, SECTION_AUTHORITY, &hearing->authority.authorities, reply))
		msg_set_flags(&writer, flags | FLAG_TC);
	else if (!write_section(&writer, SECTION_ADDITIONAL, &hearing->authority.additional, reply) &&
		 hearing->authority.referral)
		msg_set_flags(&writer, flags | FLAG_TC); /* RFC 9471: not without its glue */
	builder.capacity = limit;
	if (hearing->edns) {
		struct edns edns = edns_none();
		edns.udp_size = 1232;
		edns.extended_rcode = (uint8_t)(rcode >> 4);
		edns.cookie = span_of(hearing->cookie.octets, hearing->cookie.size);
		msg_edns(&writer, &edns);
	}
	if (msg_end(&writer))
		reply->octets = builder_written(&builder);
	else
		hearing->replies->count--;
}

static void tell_nothing(struct hearing *hearing, uint16_t rcode, uint16_t flags)
{
	hearing->authority = (struct authority){ .rcode = rcode };
	tell(hearing, rcode, flags);
}

static void tell_honestly(struct hearing *hearing)
{
	uint16_t flags = hearing->authority.authoritative ? FLAG_AA : 0;
	if (hearing->authority.refused)
		tell_nothing(hearing, RCODE_REFUSED, 0);
	else
		tell(hearing, hearing->authority.rcode, flags);
}

/* A zone below this one that does not lead to the question; the zone itself when there is none. */
static const struct zone *zone_beside(const struct hearing *hearing, const struct zone *zone)
{
	const struct world *world = hearing->world;
	for (unsigned int i = 0; i < world->zone_count && hearing->host->number % 2 == 0; i++)
		if (world->zones[i].parent == zone &&
		    !name_is_within(hearing->query.question.name, world->zones[i].origin))
			return &world->zones[i];
	return zone;
}

/* A referral to a zone that does not lead on: the root's, the zone itself, or a wrong one. */
static void refer_wrongly(struct hearing *hearing, const struct zone *zone)
{
	struct section_entries *section = &hearing->authority.authorities;
	struct version *ns = node_version(zone->apex, TYPE_NS, hearing->asked->epoch);
	hearing->authority = (struct authority){ .rcode = RCODE_NOERROR, .referral = true };
	if (ns != NULL)
		section->entries[section->count++] = (struct entry){ .rrset = ns->rrset, .version = ns };
	tell(hearing, RCODE_NOERROR, 0);
}

static void tell_garbage(struct hearing *hearing)
{
	uint8_t *octets = arena_alloc(hearing->arena, 64);
	size_t size = rng_below(&hearing->world->rng, 64);
	if (octets == NULL)
		return;
	rng_octets(&hearing->world->rng, octets, 64);
	if (size >= 4 && chance(hearing, 2)) { /* its head may be right */
		memcpy(octets, hearing->asked->octets.octets, 2);
		octets[2] = 0x84;
		octets[3] = 0;
	}
	add_reply(hearing, octets, size);
}

static void tell_wrong_question(struct hearing *hearing)
{
	struct question question = { .name = world_name(hearing->world, "other.poison.", name_root),
				     .type = hearing->query.question.type,
				     .class = CLASS_IN };
	uint8_t *octets = arena_alloc(hearing->arena, UDP_SIZE_PLAIN);
	if (octets == NULL)
		return;
	size_t size = poison_answer(hearing->world, &question, hearing->query.header.id, octets, UDP_SIZE_PLAIN);
	add_reply(hearing, octets, size);
}

/* Junk first, then what is right: nothing of it may end the wait (attacks 18). */
static void tell_noisily(struct hearing *hearing)
{
	uint8_t *octets = arena_alloc(hearing->arena, UDP_SIZE_PLAIN);
	switch (rng_below(&hearing->world->rng, 4)) {
	case 0:
		tell_wrong_question(hearing);
		break;
	case 1: /* our own query comes back */
		add_reply(hearing, memcpy(arena_alloc(hearing->arena, hearing->asked->octets.size),
					  hearing->asked->octets.octets, hearing->asked->octets.size),
			  hearing->asked->octets.size);
		break;
	case 2:
		add_reply(hearing, octets, rng_below(&hearing->world->rng, HEADER_SIZE));
		break;
	default:
		rng_octets(&hearing->world->rng, octets, 40);
		octets[0] = (uint8_t)~hearing->asked->octets.octets[0];
		add_reply(hearing, octets, 40);
	}
	hearing->replies->reply[0].delay = 0;
	tell_honestly(hearing);
}

static void refuse_to_edns(struct hearing *hearing)
{
	if (!hearing->query.edns.present) {
		tell_honestly(hearing);
		return;
	}
	hearing->edns = hearing->host->mood == MOOD_BADVERS;
	tell_nothing(hearing,
		     hearing->host->mood == MOOD_BADVERS      ? RCODE_BADVERS
		     : hearing->host->mood == MOOD_NOTIMP_EDNS ? RCODE_NOTIMP
							       : RCODE_FORMERR,
		     0);
}

/* What it says depends on the host's number, so that it is the same each time. */
static void refuse_minimised(struct hearing *hearing)
{
	static const uint16_t rcodes[] = { RCODE_REFUSED, RCODE_SERVFAIL, RCODE_FORMERR, RCODE_NOTIMP };
	if (hearing->authority.leaf || hearing->authority.referral || hearing->authority.rcode == RCODE_NXDOMAIN ||
	    hearing->query.question.type != TYPE_A)
		tell_honestly(hearing);
	else
		tell_nothing(hearing, rcodes[hearing->host->number % 4], 0);
}

static void tell_by_mood(struct hearing *hearing)
{
	struct authority *authority = &hearing->authority;
	switch (hearing->host->mood) {
	case MOOD_REFUSES:
		tell_nothing(hearing, RCODE_REFUSED, 0);
		break;
	case MOOD_SERVFAILS:
		tell_nothing(hearing, RCODE_SERVFAIL, 0);
		break;
	case MOOD_EMPTY:
		tell_nothing(hearing, RCODE_NOERROR, 0);
		break;
	case MOOD_UPWARD:
		refer_wrongly(hearing, &hearing->world->zones[0]);
		break;
	case MOOD_SIDEWAYS:
		refer_wrongly(hearing, authority->zone != NULL ? zone_beside(hearing, authority->zone) :
								 &hearing->world->zones[0]);
		break;
	case MOOD_FORMERR_EDNS:
	case MOOD_NOTIMP_EDNS:
	case MOOD_BADVERS:
		refuse_to_edns(hearing);
		break;
	case MOOD_IGNORES_EDNS:
		hearing->edns = false;
		tell_honestly(hearing);
		break;
	case MOOD_TRUNCATES:
		if (hearing->asked->stream)
			tell_honestly(hearing);
		else
			tell(hearing, RCODE_NOERROR, FLAG_TC);
		break;
	case MOOD_BROKEN_ENT:
		if (authority->empty_non_terminal && authority->answer.count == 0)
			authority->rcode = RCODE_NXDOMAIN;
		tell_honestly(hearing);
		break;
	case MOOD_REFUSES_MINIMISED:
		refuse_minimised(hearing);
		break;
	case MOOD_LIAR:
		poison_add(hearing->world, hearing->host, authority, hearing->arena);
		tell_honestly(hearing);
		break;
	case MOOD_WRONG_QUESTION:
		tell_wrong_question(hearing);
		break;
	case MOOD_GARBAGE:
		tell_garbage(hearing);
		break;
	case MOOD_NOISY:
		tell_noisily(hearing);
		break;
	case MOOD_NO_AA:
		authority->authoritative = false;
		tell_honestly(hearing);
		break;
	case MOOD_NO_SOA:
		if (!authority->referral)
			authority->authorities.count = 0;
		tell_honestly(hearing);
		break;
	default:
		tell_honestly(hearing);
	}
}

static void work_out(struct hearing *hearing)
{
	struct asking asking = { .question = hearing->query.question,
				 .epoch = hearing->asked->epoch,
				 .dnssec_ok = hearing->query.edns.dnssec_ok && server_has_edns(hearing->host) };
	authority_answer(hearing->world, hearing->host, &asking, hearing->arena, &hearing->authority);
	if (asking.dnssec_ok)
		spoil_answer(hearing->world, hearing->host, &asking, hearing->arena, &hearing->authority);
}

/* What it does with the cookie comes before what it thinks of the question. */
static void tell_by_cookie(struct hearing *hearing)
{
	switch (hearing->cookie.what) {
	case COOKIES_DO_ANSWER:
		tell_by_mood(hearing);
		break;
	case COOKIES_DO_REFUSE:
		tell_nothing(hearing, RCODE_BADCOOKIE, 0);
		break;
	case COOKIES_DO_FORMERR:
	case COOKIES_DO_FORMERR_BARE:
		hearing->edns = hearing->cookie.what == COOKIES_DO_FORMERR;
		hearing->cookie.size = 0;
		tell_nothing(hearing, RCODE_FORMERR, 0);
		break;
	case COOKIES_DO_NOTHING:
		break;
	}
}

void server_reply(struct world *world, const struct host *host, const struct asked *asked, struct arena *arena,
		  struct replies *replies)
{
	struct hearing *hearing = ARENA_NEW(arena, struct hearing);
	replies->count = 0;
	replies->unreachable = host->mood == MOOD_UNREACHABLE;
	replies->closed = false;
	if (hearing == NULL || server_is_dead(host, asked->epoch) || replies->unreachable)
		return;
	bool careless = host->mood == MOOD_GARBAGE || host->mood == MOOD_WRONG_QUESTION;
	if (asked->stream && (host->mood == MOOD_NO_STREAM || careless)) {
		replies->closed = true;
		return;
	}
	hearing->world = world;
	hearing->host = host;
	hearing->asked = asked;
	hearing->arena = arena;
	hearing->replies = replies;
	if (query_read(asked->octets, &hearing->query) != QUERY_GOOD || hearing->query.header.questions != 1)
		return;
	hearing->edns = hearing->query.edns.present;
	work_out(hearing);
	hearing->cookie = cookies_hear(world, host, &hearing->query, asked->stream, asked->at);
	tell_by_cookie(hearing);
}
