#include "compare.h"

#include "wire/codes.h"

static bool same_type(const struct message *a, const struct message *b)
{
	return a->has_question == b->has_question && (!a->has_question || a->question.type == b->question.type);
}

static bool same_name(const struct message *a, const struct message *b)
{
	return a->has_question == b->has_question &&
	       (!a->has_question || name_equal(a->question.name, b->question.name));
}

static bool same_case(const struct message *a, const struct message *b)
{
	return a->has_question == b->has_question &&
	       (!a->has_question || name_equal_octets(a->question.name, b->question.name));
}

static bool is_subdomain(const struct message *zone, const struct message *below)
{
	return zone->has_question && below->has_question &&
	       name_is_within(below->question.name, zone->question.name);
}

/* Each record of `wanted` is found its own in `got`: by value, and by TTL where that counts. */
static bool same_records(const struct comparison *comparison, enum message_section section)
{
	const struct records *wanted = &comparison->entry->message.sections[section];
	const struct records *got = &comparison->message->sections[section];
	bool ttl = (comparison->entry->match & MATCH_TTL) != 0;
	bool taken[4096] = { false };
	if (wanted->count != got->count || got->count > sizeof taken)
		return false;
	for (size_t i = 0; i < wanted->count; i++) {
		const struct record *record = &wanted->at[i];
		size_t j = 0;
		while (j < got->count &&
		       (taken[j] || !span_equal(record->canonical, got->at[j].canonical) ||
			(ttl && (got->at[j].shown.ttl > record->shown.ttl ||
				 record->shown.ttl - got->at[j].shown.ttl > comparison->ttl_tolerance))))
			j++;
		if (j == got->count)
			return false;
		taken[j] = true;
	}
	return true;
}

static bool same_edns(const struct message *a, const struct message *b)
{
	return a->has_edns == b->has_edns &&
	       (!a->has_edns || (a->edns_version == b->edns_version && a->udp_size == b->udp_size));
}

/* What `all` stands for. */
static unsigned int spell_out(const struct comparison *comparison)
{
	unsigned int words = comparison->entry->match;
	if ((words & MATCH_ALL) == 0)
		return words;
	words |= MATCH_OPCODE | MATCH_QTYPE | MATCH_QNAME | MATCH_FLAGS | MATCH_RCODE | MATCH_ANSWER;
	if (!comparison->relaxed)
		words |= MATCH_AUTHORITY | MATCH_ADDITIONAL;
	return words;
}

/* Any of the extended errors will do. */
static bool has_ede(const struct entry *entry, const struct message *got)
{
	unsigned int n = 0;
	int ede = message_ede(got, n);
	while (ede != EDE_NONE && ede != entry->ede && entry->ede != MATCH_EDE_ANY)
		ede = message_ede(got, ++n);
	return ede != EDE_NONE;
}

const char *compare(const struct comparison *comparison)
{
	const struct entry *entry = comparison->entry;
	const struct message *wanted = &entry->message, *got = comparison->message;
	bool edns_counts = (entry->match & MATCH_ALL) != 0 && comparison->unbound && !comparison->relaxed;
	const struct {
		unsigned int word;
		bool holds;
		const char *name;
	} checks[] = {
		{ MATCH_OPCODE, wanted->opcode == got->opcode, "opcode" },
		{ MATCH_QTYPE, same_type(wanted, got), "qtype" },
		{ MATCH_QNAME, same_name(wanted, got), "qname" },
		{ MATCH_QCASE, same_case(wanted, got), "qcase" },
		{ MATCH_SUBDOMAIN, is_subdomain(wanted, got), "subdomain" },
		{ MATCH_RCODE, wanted->rcode == got->rcode, "rcode" },
		{ MATCH_FLAGS, wanted->flags == got->flags, "flags" },
		{ MATCH_EDNS, same_edns(wanted, got), "edns" },
		{ MATCH_UDP, !comparison->stream, "UDP" },
		{ MATCH_TCP, comparison->stream, "TCP" },
		{ MATCH_DO, got->dnssec_ok, "DO" },
		{ MATCH_NO_EDNS, !got->has_edns, "noedns" },
		{ MATCH_EDE, has_ede(entry, got), "ede" },
		{ MATCH_OPTIONS, span_equal(wanted->options, got->options), "ednsdata" },
		{ MATCH_ALL, !edns_counts || (entry->has_options || wanted->dnssec_ok) == got->has_edns,
		  "all (presence of EDNS)" },
	};
	unsigned int words = spell_out(comparison);
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		if ((words & checks[i].word) != 0 && !checks[i].holds)
			return checks[i].name;
	if ((words & MATCH_ANSWER) != 0 && !same_records(comparison, MESSAGE_ANSWER))
		return "answer";
	if ((words & MATCH_AUTHORITY) != 0 && !same_records(comparison, MESSAGE_AUTHORITY))
		return "authority";
	if ((words & MATCH_ADDITIONAL) != 0 && !same_records(comparison, MESSAGE_ADDITIONAL))
		return "additional";
	return NULL;
}
