/* fuzz_msg: whole messages.
 *
 * What msg_read takes is written again and read back: the same RRsets. ldns must take it too and count the same
 * records, less those that are dropped by rule (equal ones, those beyond a limit).
 */
#include <ctype.h>
#include <ldns/ldns.h>
#include <stdlib.h>

#include "wire/codes.h"
#include "wire/limits.h"
#include "wire/msg.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_section(const struct section *section)
{
	for (size_t i = 0; i < section->count; i++) {
		const struct rrset *rrset = &section->rrsets[i];
		struct rrset_walk walk = rrset_walk_data(rrset);
		struct span rdata;
		size_t count = 0, size = 0;
		for (; rrset_next(&walk, &rdata); count++, size += 2 + rdata.size)
			REQUIRE(rrset->class != CLASS_IN || rdata_is_valid(rrset->type, rdata));
		REQUIRE(count == rrset->count && count >= 1 && count <= LIMIT_RRSET_RECORDS);
		walk = rrset_walk_signatures(rrset);
		for (count = 0; rrset_next(&walk, &rdata); count++, size += 2 + rdata.size)
			REQUIRE(rdata_is_valid(TYPE_RRSIG, rdata));
		REQUIRE(count == rrset->signatures && count <= LIMIT_RRSET_SIGNATURES);
		REQUIRE(size == rrset->packed.size && rrset->ttl <= INT32_MAX);
		for (size_t j = 0; j < i; j++)
			REQUIRE(section->rrsets[j].type != rrset->type || section->rrsets[j].class != rrset->class ||
				!name_equal(section->rrsets[j].owner, rrset->owner));
	}
}

static bool write_section(struct msg_writer *writer, enum msg_section number, const struct section *section)
{
	for (size_t i = 0; i < section->count; i++)
		if (!msg_rrset(writer, number, &section->rrsets[i], section->rrsets[i].ttl, true))
			return false;
	return true;
}

static bool write_msg(const struct msg *msg, struct builder *builder)
{
	struct msg_writer writer;
	msg_begin(&writer, builder, msg->header.id, msg->header.flags);
	if (msg->header.questions > 0)
		msg_question(&writer, &msg->question);
	if (!write_section(&writer, SECTION_ANSWER, &msg->answer) ||
	    !write_section(&writer, SECTION_AUTHORITY, &msg->authority) ||
	    !write_section(&writer, SECTION_ADDITIONAL, &msg->additional))
		return false;
	if (msg->edns.present)
		msg_edns(&writer, &msg->edns);
	return msg_end(&writer);
}

static void same_section(const struct section *a, const struct section *b)
{
	REQUIRE(a->count == b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct rrset *x = &a->rrsets[i], *y = &b->rrsets[i];
		REQUIRE(name_equal(x->owner, y->owner) && x->type == y->type && x->class == y->class);
		REQUIRE(x->ttl == y->ttl && x->count == y->count && x->signatures == y->signatures);
		REQUIRE(x->packed.size == y->packed.size);
		/* Compression may give a name in RDATA the case of an earlier one. */
		for (size_t j = 0; j < x->packed.size; j++)
			REQUIRE(tolower(x->packed.octets[j]) == tolower(y->packed.octets[j]));
	}
}

static bool same_edns(const struct edns *a, const struct edns *b)
{
	return a->present == b->present && a->version == b->version && a->extended_rcode == b->extended_rcode &&
	       a->dnssec_ok == b->dnssec_ok && a->udp_size == b->udp_size && a->ede == b->ede &&
	       span_equal(a->cookie, b->cookie);
}

static void round_trip(const struct msg *msg)
{
	static uint8_t octets[MSG_SIZE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	struct arena arena = arena_of(0);
	struct msg again;
	if (write_msg(msg, &builder)) {
		REQUIRE(msg_read(builder_written(&builder), &arena, &again));
		REQUIRE(again.rcode == msg->rcode && again.header.flags == msg->header.flags);
		REQUIRE(msg->header.questions == 0 || question_equal(&msg->question, &again.question));
		REQUIRE(same_edns(&msg->edns, &again.edns));
		same_section(&msg->answer, &again.answer);
		same_section(&msg->authority, &again.authority);
		same_section(&msg->additional, &again.additional);
	}
	arena_free(&arena);
}

static size_t count_records(const struct section *section)
{
	size_t count = 0;
	for (size_t i = 0; i < section->count; i++)
		count += section->rrsets[i].count + section->rrsets[i].signatures;
	return count;
}

/* How many of ldns' records are left when equal ones are counted once. */
static size_t distinct(const ldns_rr_list *list)
{
	size_t count = 0;
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		bool seen = false;
		for (size_t j = 0; j < i && !seen; j++)
			seen = ldns_rr_compare(ldns_rr_list_rr(list, i), ldns_rr_list_rr(list, j)) == 0;
		count += !seen;
	}
	return count;
}

/* ldns takes every class for IN and does not read some RDATA to its end; then it is out of step with the rest. */
static bool ldns_keeps_step(const struct section *section)
{
	for (size_t i = 0; i < section->count; i++) {
		const struct rrset *rrset = &section->rrsets[i];
		if (rrset->class != CLASS_IN || rdata_is_valid(rrset->type, span_of("", 0)))
			return false;
	}
	return true;
}

static void compare_with_ldns(struct span octets, const struct msg *msg)
{
	ldns_pkt *packet = NULL;
	if (!ldns_keeps_step(&msg->answer) || !ldns_keeps_step(&msg->authority) || !ldns_keeps_step(&msg->additional))
		return;
	if (octets.size > 1000 || ldns_wire2pkt(&packet, octets.octets, octets.size) != LDNS_STATUS_OK)
		return;
	REQUIRE(ldns_pkt_id(packet) == msg->header.id);
	REQUIRE((unsigned int)ldns_pkt_get_rcode(packet) == (msg->rcode & FLAGS_RCODE_MASK));
	REQUIRE((bool)ldns_pkt_edns(packet) == msg->edns.present);
	if (msg->header.questions == 1) {
		const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
		const ldns_rdf *name = ldns_rr_owner(question);
		REQUIRE(ldns_rr_get_type(question) == msg->question.type);
		REQUIRE(span_equal(span_of(ldns_rdf_data(name), ldns_rdf_size(name)),
				   span_of(msg->question.name.octets, msg->question.name.size)));
	}
	/* Never less than ldns, but for dropped signatures; more where only we tell names by their case. */
	REQUIRE(count_records(&msg->answer) <= ldns_pkt_ancount(packet));
	REQUIRE(count_records(&msg->authority) <= ldns_pkt_nscount(packet));
	if (ldns_pkt_ancount(packet) <= LIMIT_RRSET_SIGNATURES)
		REQUIRE(count_records(&msg->answer) >= distinct(ldns_pkt_answer(packet)));
	if (ldns_pkt_nscount(packet) <= LIMIT_RRSET_SIGNATURES)
		REQUIRE(count_records(&msg->authority) >= distinct(ldns_pkt_authority(packet)));
	ldns_pkt_free(packet);
}

static void read_query(struct span octets, const struct msg *msg)
{
	struct query query;
	enum query_form form = query_read(octets, &query);
	if (form == QUERY_GOOD && header_opcode(&query.header) == OPCODE_QUERY) {
		REQUIRE(query.question_end <= octets.size);
		REQUIRE(query.header.questions <= 1);
	}
	/* What is good in all is good in outline. */
	if (msg != NULL && form == QUERY_GOOD && header_opcode(&query.header) == OPCODE_QUERY) {
		REQUIRE(query.header.questions == 0 || question_equal(&query.question, &msg->question));
		REQUIRE(same_edns(&query.edns, &msg->edns));
	}
	REQUIRE(msg == NULL || form == QUERY_GOOD || form == QUERY_IS_REPLY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = arena_of(LIMIT_REQUEST_MEMORY);
	struct span octets = span_of(data, size);
	struct msg msg;
	bool good = msg_read(octets, &arena, &msg);
	read_query(octets, good ? &msg : NULL);
	if (good) {
		check_section(&msg.answer);
		check_section(&msg.authority);
		check_section(&msg.additional);
		round_trip(&msg);
		compare_with_ldns(octets, &msg);
	}
	arena_free(&arena);
	return 0;
}
