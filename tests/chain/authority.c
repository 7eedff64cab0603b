#include "authority.h"

#include "wire/codes.h"

#define REPLY_RECORDS 256u
#define REPLY_UDP_SIZE 4096u

/* A reply that is being made. */
struct reply {
	const struct authority *authority;
	struct message message;
	struct arena *scratch;
	bool good;
};

static void add(struct reply *reply, enum message_section section, const struct presentable *record)
{
	struct records *records = &reply->message.sections[section];
	if (records->at == NULL) {
		records->at = arena_alloc(reply->scratch, REPLY_RECORDS * sizeof *records->at);
		records->capacity = records->at != NULL ? REPLY_RECORDS : 0;
	}
	reply->good = reply->good && records->count < records->capacity;
	if (reply->good)
		records->at[records->count++].shown = *record;
}

static void add_rrset(struct reply *reply, enum message_section section, const struct zone_rrset *rrset)
{
	if (rrset->at == reply->authority->hidden)
		return;
	for (size_t i = 0; i < rrset->count; i++)
		add(reply, section, &rrset->at[i].shown);
}

static bool add_found(struct reply *reply, enum message_section section, struct name name, uint16_t type)
{
	struct zone_rrset rrset;
	if (!zone_find(reply->authority->zone, name, type, &rrset) || rrset.at == reply->authority->hidden)
		return false;
	add_rrset(reply, section, &rrset);
	return true;
}

static void add_glue(struct reply *reply, const struct presentable *ns)
{
	struct cursor cursor = cursor_of(ns->rdata);
	struct name name;
	if (!name_read_plain(&cursor, &name))
		return;
	add_found(reply, MESSAGE_ADDITIONAL, name, TYPE_A);
	add_found(reply, MESSAGE_ADDITIONAL, name, TYPE_AAAA);
}

static void add_all_glue(struct reply *reply, const struct zone_rrset *ns)
{
	for (size_t i = 0; i < ns->count - ns->signatures; i++)
		add_glue(reply, &ns->at[i].shown);
}

static void deny(struct reply *reply, struct name name)
{
	struct zone_rrset nsec = zone_nsec_before(reply->authority->zone, name);
	add_found(reply, MESSAGE_AUTHORITY, name_root, TYPE_SOA);
	add_rrset(reply, MESSAGE_AUTHORITY, &nsec);
	reply->message.flags |= FLAG_AA;
}

/* A name that does not exist; the wildcard of the root is covered by the NSEC at the apex. */
static void say_nxdomain(struct reply *reply, struct name name)
{
	struct zone_rrset nsec = zone_nsec_before(reply->authority->zone, name);
	deny(reply, name);
	if (!name_is_root(nsec.at->place))
		add_found(reply, MESSAGE_AUTHORITY, name_root, TYPE_NSEC);
	reply->message.rcode = RCODE_NXDOMAIN;
}

static void refer(struct reply *reply, const struct zone_rrset *ns)
{
	struct name zone = ns->at->place;
	add_rrset(reply, MESSAGE_AUTHORITY, ns);
	if (!add_found(reply, MESSAGE_AUTHORITY, zone, TYPE_DS)) {
		struct zone_rrset nsec = zone_nsec_before(reply->authority->zone, zone);
		add_rrset(reply, MESSAGE_AUTHORITY, &nsec);
	}
	add_all_glue(reply, ns);
}

static void speak_for_root(struct reply *reply)
{
	const struct question *question = &reply->message.question;
	struct name top = name_suffix(question->name, 1);
	struct zone_rrset ns;
	bool delegated = top.labels > 0 && zone_find(reply->authority->zone, top, TYPE_NS, &ns);
	bool of_parent = question->type == TYPE_DS && name_equal(top, question->name);
	if (delegated && !of_parent) {
		refer(reply, &ns);
		return;
	}
	if (!delegated && top.labels > 0) {
		say_nxdomain(reply, question->name);
		return;
	}
	if (!add_found(reply, MESSAGE_ANSWER, question->name, question->type)) {
		deny(reply, question->name);
		return;
	}
	reply->message.flags |= FLAG_AA;
	if (question->type == TYPE_NS && zone_find(reply->authority->zone, name_root, TYPE_NS, &ns))
		add_all_glue(reply, &ns);
}

static void speak_for_top(struct reply *reply)
{
	static const uint8_t address[] = { 192, 0, 2, 1 };
	/* MNAME and RNAME the root, then five numbers. */
	static const uint8_t soa[22] = { [5] = 1, [9] = 60, [13] = 60, [16] = 60, [21] = 60 };
	const struct question *question = &reply->message.question;
	struct presentable record = { .class = CLASS_IN, .ttl = 300 };
	reply->message.flags |= FLAG_AA;
	if (question->type == TYPE_A) {
		record.owner = question->name;
		record.type = TYPE_A;
		record.rdata = span_of(address, sizeof address);
		add(reply, MESSAGE_ANSWER, &record);
		return;
	}
	record.owner = name_suffix(question->name, 1);
	record.type = TYPE_SOA;
	record.rdata = span_of(soa, sizeof soa);
	add(reply, MESSAGE_AUTHORITY, &record);
}

/* Is the address in this RRset of addresses? */
static bool is_listed(const struct zone *zone, struct name name, uint16_t type, struct ip server)
{
	struct zone_rrset rrset;
	size_t size = type == TYPE_A ? 4 : 16;
	if ((type == TYPE_A) != (server.version == 4) || !zone_find(zone, name, type, &rrset))
		return false;
	for (size_t i = 0; i < rrset.count; i++)
		if (memcmp(rrset.at[i].shown.rdata.octets, server.octets, size) == 0)
			return true;
	return false;
}

/* Root servers have moved since 2017: the hints have some of them elsewhere. */
static bool is_in_zone(const struct zone *zone, struct ip server)
{
	struct zone_rrset ns;
	struct name name;
	if (!zone_find(zone, name_root, TYPE_NS, &ns))
		return false;
	for (size_t i = 0; i < ns.count - ns.signatures; i++) {
		struct cursor cursor = cursor_of(ns.at[i].shown.rdata);
		if (name_read_plain(&cursor, &name) &&
		    (is_listed(zone, name, TYPE_A, server) || is_listed(zone, name, TYPE_AAAA, server)))
			return true;
	}
	return false;
}

static bool is_root_server(const struct authority *authority, struct ip server)
{
	for (size_t i = 0; i < authority->hints->count; i++)
		for (size_t j = 0; j < authority->hints->servers[i].glue_count; j++)
			if (ip_equal(authority->hints->servers[i].glue[j], server))
				return true;
	return is_in_zone(authority->zone, server);
}

size_t authority_answer(const struct authority *authority, struct ip server, const struct message *query,
			struct arena *scratch, uint8_t *octets, size_t capacity)
{
	struct reply reply = { .authority = authority, .scratch = scratch, .good = query->has_question };
	reply.message = (struct message){ .id = query->id,
					  .flags = FLAG_QR,
					  .has_question = true,
					  .question = query->question,
					  .has_edns = query->has_edns,
					  .dnssec_ok = query->dnssec_ok,
					  .udp_size = REPLY_UDP_SIZE };
	if (reply.good && is_root_server(authority, server))
		speak_for_root(&reply);
	else if (reply.good)
		speak_for_top(&reply);
	return reply.good ? message_write(&reply.message, octets, capacity) : 0;
}
