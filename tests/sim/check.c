#include "check.h"

#include "poison.h"
#include "proven.h"
#include "story.h"
#include "truth.h"
#include "verify.h"
#include "wire/limits.h"

#include <stdio.h>

#define UDP_SIZE_PLAIN 512u
#define VERIFIED_ONE_IN 3u /* secure answers whose signatures are checked */

static void fault(const struct checker *checker, const struct client_query *query, const char *what)
{
	char name[NAME_TEXT_SIZE], type[CODE_TEXT_SIZE];
	internet_fault(checker->internet, "client %llu, %s %s: %s", (unsigned long long)query->handle,
		       name_to_text(query->question.name, name), type_to_text(query->question.type, type), what);
}

/* The same with the RRset that it is about. */
static void blame(const struct checker *checker, const struct client_query *query, const struct truth *truth,
		  const char *what)
{
	char text[NAME_TEXT_SIZE + 200], name[NAME_TEXT_SIZE], type[CODE_TEXT_SIZE];
	snprintf(text, sizeof text, "%s, at %s %s", what, name_to_text(truth->blamed, name),
		 type_to_text(truth->blamed_type, type));
	fault(checker, query, text);
}

static size_t size_limit(const struct client_query *query)
{
	if (query->stream)
		return MSG_SIZE_MAX;
	if (query->udp_size == CLIENT_EDNS_NONE || query->udp_size < UDP_SIZE_PLAIN)
		return UDP_SIZE_PLAIN;
	return query->udp_size < LIMIT_EDNS_UDP_SIZE ? query->udp_size : LIMIT_EDNS_UDP_SIZE;
}

static const char *check_header(const struct client_query *query, const struct header *header, struct span octets)
{
	struct header asked;
	if (!header_read(query->octets, &asked))
		return "an answer to what has no header";
	if (header->id != asked.id)
		return "the ID is another";
	if (!(header->flags & FLAG_QR))
		return "QR is not set";
	if (header_opcode(header) != header_opcode(&asked))
		return "the opcode is another";
	if ((header->flags ^ asked.flags) & FLAG_RD)
		return "RD is not as it was sent";
	if (query->kind == CLIENT_MALFORMED)
		return NULL;
	if (header->flags & FLAG_AA)
		return "AA is set";
	if (header->flags & FLAG_Z)
		return "Z is set";
	if (!(header->flags & FLAG_RA))
		return "RA is not set";
	if ((header->flags & FLAG_TC) && query->stream)
		return "TC is set over TCP";
	if (header->questions == 1 && octets.size >= query->question_end &&
	    memcmp(octets.octets + HEADER_SIZE, query->octets.octets + HEADER_SIZE,
		   query->question_end - HEADER_SIZE) != 0)
		return "the question is not as it was sent";
	if (header->questions != 1 && query->kind != CLIENT_OTHER_OPCODE)
		return "there is no question";
	return NULL;
}

static const char *check_edns(const struct client_query *query, const struct msg *msg)
{
	if (msg->edns.present && query->udp_size == CLIENT_EDNS_NONE)
		return "an OPT that nobody asked for";
	bool read = query->kind != CLIENT_OTHER_OPCODE && query->kind != CLIENT_MALFORMED; /* else only a header is */
	if (!msg->edns.present && query->udp_size != CLIENT_EDNS_NONE && read)
		return "there is no OPT";
	if (msg->edns.present && (msg->edns.version != 0 || msg->edns.udp_size < UDP_SIZE_PLAIN))
		return "the OPT is a bad one";
	if ((msg->rcode == RCODE_SERVFAIL || msg->rcode == RCODE_REFUSED) && msg->edns.present &&
	    msg->edns.ede == EDE_NONE)
		return "no extended error says why";
	return NULL;
}

static bool is_of_proof(uint16_t type)
{
	return type == TYPE_NSEC || type == TYPE_NSEC3 || type == TYPE_RRSIG;
}

/* Who did not set DO gets no records of DNSSEC but those asked for (RFC 4035 section 3.2.1). */
static const char *check_unasked(const struct client_query *query, const struct section *section)
{
	for (size_t i = 0; !query->dnssec_ok && i < section->count; i++) {
		const struct rrset *rrset = &section->rrsets[i];
		bool asked_for = query->question.type == rrset->type || query->question.type == TYPE_ANY;
		if (rrset->signatures > 0 && query->question.type != TYPE_ANY)
			return "signatures that nobody asked for";
		if (is_of_proof(rrset->type) && !asked_for)
			return "proofs that nobody asked for";
	}
	return NULL;
}

/* AD (RFC 6840 section 5.8, RFC 4035 section 3.2.3). */
static const char *check_security(struct checker *checker, const struct client_query *query, const struct msg *msg,
				  struct span octets)
{
	const struct expectation *expectation = &query->expectation;
	const struct internet *internet = checker->internet;
	bool secure = msg->header.flags & FLAG_AD, validated = internet->world->validated;
	bool understood = query->dnssec_ok || query->authentic_data;
	if (secure && !validated)
		return "AD is set without an anchor";
	if (secure && !understood)
		return "AD is set for a client that set neither DO nor AD";
	if (secure && expectation->security != SECURITY_SECURE && expectation->security_sure)
		return "AD is set on what is not secure";
	bool must = validated && understood && !query->checking_disabled && expectation->security_sure &&
		    expectation->security == SECURITY_SECURE && query->kind == CLIENT_PLAIN &&
		    query->question.type != TYPE_ANY && msg->rcode != RCODE_YXDOMAIN;
	if (!secure && must)
		return "AD is not set on what is secure";
	checker->secure += secure;
	if (secure && query->dnssec_ok && query->question.type != TYPE_ANY && msg->rcode != RCODE_YXDOMAIN) {
		const char *missing = proven_check(internet->world, msg);
		if (missing != NULL)
			return missing;
	}
	if (!query->dnssec_ok || checker->answers % VERIFIED_ONE_IN != 0 || (validated && !secure))
		return NULL;
	struct verify verify = { .world = internet->world, .wall = internet_wall_at(internet->elapsed), .all = secure };
	const char *why = verify_message(&verify, octets);
	checker->verified += verify.good;
	return why;
}

/* Who sets CD where somebody on the way tells what is false has to check for itself. */
static bool may_be_false(const struct checker *checker, const struct client_query *query)
{
	return query->checking_disabled && query->expectation.tampered && checker->internet->world->validated;
}

static const char *check_failure(struct checker *checker, struct client_query *query)
{
	checker->failures++;
	if (query->kind == CLIENT_NO_RECURSION || query->kind == CLIENT_TRANSFER)
		return NULL;
	if (query->expectation.expected == EXPECT_ANSWER)
		return "SERVFAIL, though it can be answered";
	if (query->expectation.expected == EXPECT_EITHER && query->expectation.hopeless)
		checker->hopeless++;
	else if (query->expectation.expected == EXPECT_EITHER)
		checker->excused++;
	return NULL;
}

/* Rcodes that are no answer to the question; NULL and *judged when that is right. */
static const char *check_rcode(struct checker *checker, struct client_query *query, const struct msg *msg,
			       bool *judged)
{
	*judged = true;
	switch (query->kind) {
	case CLIENT_OTHER_OPCODE:
		return msg->rcode == RCODE_NOTIMP ? NULL : "another opcode is not NOTIMP";
	case CLIENT_MALFORMED:
		return msg->rcode == RCODE_FORMERR ? NULL : "a malformed query is not FORMERR";
	case CLIENT_TRANSFER:
		return msg->rcode == RCODE_NOERROR ? "a transfer is NOERROR" : NULL;
	default:
		break;
	}
	if (msg->rcode == RCODE_SERVFAIL)
		return check_failure(checker, query);
	if (query->kind == CLIENT_NO_RECURSION && (msg->rcode == RCODE_REFUSED || msg->answer.count == 0))
		return NULL;
	*judged = false;
	if (msg->rcode != RCODE_NOERROR && msg->rcode != RCODE_NXDOMAIN && msg->rcode != RCODE_YXDOMAIN)
		return "the rcode is a strange one";
	if (query->expectation.expected == EXPECT_FAILURE && query->kind != CLIENT_NO_RECURSION &&
	    !may_be_false(checker, query))
		return "an answer, though there is none";
	return NULL;
}

static const char *check_message(struct checker *checker, struct client_query *query, const struct msg *msg,
				 struct span octets, bool at_once)
{
	bool judged;
	const char *why = check_edns(query, msg);
	if (why == NULL && poison_is_in(msg))
		why = "there is poison in it";
	if (why == NULL && (msg->header.flags & FLAG_AD) && msg->rcode != RCODE_NOERROR &&
	    msg->rcode != RCODE_NXDOMAIN && msg->rcode != RCODE_YXDOMAIN)
		why = "AD is set on an error";
	if (why == NULL)
		why = check_rcode(checker, query, msg, &judged);
	if (why != NULL || judged)
		return why;
	if (msg->header.flags & FLAG_TC) {
		query->truncated = true;
		return NULL;
	}
	if (may_be_false(checker, query))
		return msg->header.flags & FLAG_AD ? "AD is set on what was not checked" : NULL;
	checker->answers++;
	checker->doubtful += query->expectation.expected == EXPECT_EITHER;
	struct truth truth = {
		.world = checker->internet->world,
		.msg = msg,
		.question = query->question,
		.now = checker->internet->elapsed,
		.fresh_at = at_once ? checker->internet->elapsed : query->work_from,
		.partial = query->kind == CLIENT_NO_RECURSION,
		.validated = checker->internet->world->validated && !checker->pretends,
	};
	why = truth_check(&truth);
	if (why != NULL && truth.blamed.size > 0)
		blame(checker, query, &truth, why);
	if (why == NULL)
		why = check_unasked(query, &msg->answer);
	if (why == NULL)
		why = check_unasked(query, &msg->authority);
	return why != NULL ? why : check_security(checker, query, msg, octets);
}

void check_answer(struct checker *checker, struct client_query *query, struct span octets, bool at_once)
{
	struct internet *internet = checker->internet;
	struct arena arena = arena_of(0);
	struct msg msg;
	const char *why = NULL;
	story_answer(internet, query->handle, octets);
	if (query->answered)
		why = "it is answered twice";
	else if (query->gone)
		why = "it is answered after it went away";
	else if (internet->elapsed - query->asked_at > (LIMIT_CLIENT_ANSWER_MS + 100) * (uint64_t)TICKS_PER_MS)
		why = "the answer comes too late";
	else if (octets.size > size_limit(query))
		why = "the answer is larger than it may be";
	else if (!msg_read(octets, &arena, &msg))
		why = "the answer is malformed";
	query->answered = true;
	if (why == NULL) {
		query->rcode = msg.rcode;
		query->secure = msg.header.flags & FLAG_AD;
		query->answered_at = internet->elapsed;
		query->records = msg.header.answers;
		query->ede = msg.edns.ede;
		snprintf(query->reason, sizeof query->reason, "%.*s", (int)msg.edns.ede_text.size,
			 (const char *)msg.edns.ede_text.octets);
		query->ttl = msg.answer.count > 0 ? msg.answer.rrsets[0].ttl : 0;
		why = check_header(query, &msg.header, octets);
	}
	if (why == NULL)
		why = check_message(checker, query, &msg, octets, at_once);
	if (why != NULL)
		fault(checker, query, why);
	arena_free(&arena);
}
