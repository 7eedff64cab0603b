#include "resolver/match.h"

static bool is_error_without_question(const struct header *header)
{
	uint16_t rcode = header->flags & FLAGS_RCODE_MASK;
	return header->questions == 0 && rcode != RCODE_NOERROR && rcode != RCODE_NXDOMAIN;
}

static enum match match_question(const struct sent *sent, struct span octets)
{
	struct cursor cursor = cursor_of(octets);
	struct name_buffer buffer;
	struct question question;
	cursor_seek(&cursor, HEADER_SIZE);
	if (!name_read(&cursor, &buffer, &question.name))
		return MATCH_WRONG_QUESTION;
	question.type = cursor_u16(&cursor);
	question.class = cursor_u16(&cursor);
	if (cursor.failed || !question_equal(&question, &sent->question))
		return MATCH_WRONG_QUESTION;
	if (sent->case_random && !sent->stream && !name_equal_octets(question.name, sent->question.name))
		return MATCH_WRONG_CASE;
	return MATCH_REPLY;
}

enum shown_cookie match_cookie(const struct sent *sent, struct span octets, struct span *server)
{
	struct edns edns;
	*server = span_of(NULL, 0);
	if (!msg_find_edns(octets, &edns) || (edns.cookie.size == 0 && !edns.cookie_malformed))
		return SHOWN_NONE;
	if (edns.cookie_malformed || memcmp(edns.cookie.octets, sent->cookie, sizeof sent->cookie) != 0)
		return SHOWN_WRONG;
	*server = span_of(edns.cookie.octets + sizeof sent->cookie, edns.cookie.size - sizeof sent->cookie);
	return SHOWN_OURS;
}

/* Over TCP nobody off the path can speak; there a reply without cookie says that the server has stopped. */
static enum match check_cookie(const struct sent *sent, struct span octets)
{
	struct span server;
	if (!sent->has_cookie || sent->stream)
		return MATCH_REPLY;
	enum shown_cookie shown = match_cookie(sent, octets, &server);
	bool missing = shown == SHOWN_NONE && sent->cookie_expected;
	return missing || shown == SHOWN_WRONG ? MATCH_WRONG_COOKIE : MATCH_REPLY;
}

static enum match match_outline(const struct sent *sent, struct endpoint from, struct span octets)
{
	struct header header;
	if (!endpoint_equal(from, sent->server) || !header_read(octets, &header))
		return MATCH_NOT_A_REPLY;
	if (!(header.flags & FLAG_QR) || header_opcode(&header) != OPCODE_QUERY)
		return MATCH_NOT_A_REPLY;
	if (header.id != sent->id)
		return MATCH_WRONG_ID;
	if (is_error_without_question(&header))
		return MATCH_REPLY;
	if (header.questions != 1)
		return MATCH_WRONG_QUESTION;
	return match_question(sent, octets);
}

enum match match_reply(const struct sent *sent, struct endpoint from, struct span octets)
{
	enum match match = match_outline(sent, from, octets);
	return match == MATCH_REPLY ? check_cookie(sent, octets) : match;
}
