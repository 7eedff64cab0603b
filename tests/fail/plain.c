#include "plain.h"

#include "wire/codes.h"
#include "wire/msg.h"

#define TTL 300u
#define LONG_TEXTS 12u

static const struct trial_question questions[] = {
	{ "www.example.com", TYPE_A, RCODE_NOERROR, 2, 0 },
	{ "long.example.com", TYPE_TXT, RCODE_NOERROR, LONG_TEXTS, 0 },
	{ "gone.example.com", TYPE_A, RCODE_NXDOMAIN, 0, 0 },
	{ "www.example.com", TYPE_MX, RCODE_NOERROR, 1, 0 },
	{ "web.example.net", TYPE_AAAA, RCODE_NOERROR, 0, 0 },
};

/* Which server a zone has: 192.0.2.host, by a name server that has glue or not. */
static const struct zone {
	const char *name, *server;
	uint8_t host;
	bool glue;
} zones[] = {
	{ "example.com", "ns.example.net", 4, false },
	{ "example.net", "ns1.example.net", 3, true },
	{ "com", "ns.com", 2, true },
	{ "net", "ns.net", 2, true },
	{ ".", "a.root", 1, true },
};

static const struct record {
	const char *owner;
	uint16_t type;
	const char *target;
	uint8_t host;
} records[] = {
	{ "www.example.com", TYPE_CNAME, "web.example.net", 0 },
	{ "web.example.net", TYPE_A, NULL, 77 },
	{ "ns.example.net", TYPE_A, NULL, 4 },
	{ "ns1.example.net", TYPE_A, NULL, 3 },
	{ ".", TYPE_NS, "a.root", 0 },
};

struct reply {
	struct msg_writer writer;
	struct arena arena;
	struct name name;
	uint16_t type;
	bool stream;
	uint16_t flags;
};

static struct name named(struct arena *arena, const char *text)
{
	struct name_buffer buffer;
	struct name name = name_root;
	(void)name_of_text(text, &buffer, &name);
	return name_copy(arena, name);
}

static void write(struct reply *reply, enum msg_section section, const char *owner, uint16_t type, struct span rdata)
{
	struct rrset rrset;
	if (rrset_of_one(&reply->arena, named(&reply->arena, owner), type, TTL, rdata, &rrset))
		(void)msg_rrset(&reply->writer, section, &rrset, TTL, false);
}

static void write_name(struct reply *reply, enum msg_section section, const char *owner, uint16_t type,
		       const char *target)
{
	struct name name = named(&reply->arena, target);
	write(reply, section, owner, type, span_of(name.octets, name.size));
}

static void write_address(struct reply *reply, enum msg_section section, const char *owner, uint8_t host)
{
	uint8_t octets[4] = { 192, 0, 2, host };
	write(reply, section, owner, TYPE_A, span_of(octets, sizeof octets));
}

static void write_soa(struct reply *reply, const struct zone *zone)
{
	uint8_t rdata[22] = { [21] = 60 };
	write(reply, SECTION_AUTHORITY, zone->name, TYPE_SOA, span_of(rdata, sizeof rdata));
}

static bool write_record(struct reply *reply)
{
	bool found = false;
	for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
		const struct record *record = &records[i];
		if (!name_equal(reply->name, named(&reply->arena, record->owner)))
			continue;
		if (record->type != reply->type && record->type != TYPE_CNAME)
			continue;
		found = true;
		if (record->target != NULL)
			write_name(reply, SECTION_ANSWER, record->owner, record->type, record->target);
		else
			write_address(reply, SECTION_ANSWER, record->owner, record->host);
	}
	return found;
}

/* Twelve texts of 200 octets: too long for UDP. */
static void write_long(struct reply *reply)
{
	uint8_t text[201] = { 200 };
	if (!reply->stream) {
		reply->flags |= FLAG_TC;
		return;
	}
	for (uint8_t i = 0; i < LONG_TEXTS; i++) {
		text[1] = i;
		write(reply, SECTION_ANSWER, "long.example.com", TYPE_TXT, span_of(text, sizeof text));
	}
}

static void answer(struct reply *reply, const struct zone *zone)
{
	bool is_long = name_equal(reply->name, named(&reply->arena, "long.example.com"));
	reply->flags |= FLAG_AA;
	if (is_long && reply->type == TYPE_TXT) {
		write_long(reply);
	} else if (!write_record(reply)) {
		if (name_equal(reply->name, named(&reply->arena, "gone.example.com")))
			reply->flags |= RCODE_NXDOMAIN;
		write_soa(reply, zone);
	}
}

static void refer(struct reply *reply, const struct zone *child)
{
	write_name(reply, SECTION_AUTHORITY, child->name, TYPE_NS, child->server);
	if (child->glue)
		write_address(reply, SECTION_ADDITIONAL, child->server, child->host);
}

/* The zone of the name that this server has, and the zone below it towards the name. */
static void respond(struct reply *reply, uint8_t host)
{
	const struct zone *below = NULL;
	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
		const struct zone *zone = &zones[i];
		if (!name_is_within(reply->name, named(&reply->arena, zone->name)))
			continue;
		if (zone->host != host) {
			below = zone;
			continue;
		}
		if (below != NULL)
			refer(reply, below);
		else
			answer(reply, zone);
		return;
	}
	reply->flags |= RCODE_REFUSED;
}

static size_t reply_of(struct endpoint server, bool stream, struct span octets, uint8_t *into, size_t capacity)
{
	struct query query;
	struct builder builder = builder_of(into, capacity);
	struct reply reply = { .arena = arena_of(0), .stream = stream, .flags = FLAG_QR };
	if (query_read(octets, &query) != QUERY_GOOD)
		return 0;
	reply.name = query.question.name;
	reply.type = query.question.type;
	msg_begin(&reply.writer, &builder, query.header.id, 0);
	msg_question(&reply.writer, &query.question);
	respond(&reply, server.ip.octets[3]);
	msg_set_flags(&reply.writer, reply.flags);
	bool good = msg_end(&reply.writer);
	arena_free(&reply.arena);
	return good ? builder.size : 0;
}

static bool make_hints(struct arena *arena, struct delegation *hints)
{
	*hints = (struct delegation){ .zone = name_root, .ttl = TTL, .count = 1 };
	hints->servers = ARENA_NEW(arena, struct name_server);
	if (hints->servers == NULL)
		return false;
	hints->servers[0].name = named(arena, "a.root");
	hints->servers[0].glue_count = 1;
	return ip_of_text("192.0.2.1", &hints->servers[0].glue[0]);
}

bool plain_begin(struct arena *arena, struct trial_world *world)
{
	*world = (struct trial_world){ .reply = reply_of };
	return make_hints(arena, &world->hints);
}

struct life plain_life(const struct trial_world *world)
{
	return (struct life){ .name = "all of a plain world",
			      .world = world,
			      .questions = questions,
			      .count = sizeof questions / sizeof questions[0],
			      .told = true };
}
