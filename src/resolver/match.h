/* match: is this packet the reply to that question? Pure (RFC 5452 section 9.1).
 *
 * Address and port, ID, question, the case of its name (0x20) and our cookie must be as sent. What does not match
 * changes nothing: it says nothing about the server (CVE-2023-26437).
 */
#ifndef ROOTWALK_RESOLVER_MATCH_H
#define ROOTWALK_RESOLVER_MATCH_H

#include "base/ip.h"
#include "wire/codes.h"
#include "wire/msg.h"

struct sent {
	struct endpoint server;
	uint16_t id;
	struct question question; /* the name's case as it was sent */
	bool stream;              /* over TCP nobody off the path can speak: case is not compared */
	bool case_random;
	bool has_cookie;          /* RFC 7873: */
	bool cookie_expected;     /* the server gave one before: a reply without it is not believed */
	uint8_t cookie[EDNS_COOKIE_CLIENT_SIZE]; /* our part */
};

enum match {
	MATCH_REPLY,
	MATCH_NOT_A_REPLY,  /* from elsewhere, too short, not a response: as if it never came */
	MATCH_WRONG_ID,     /* someone guesses */
	MATCH_WRONG_CASE,   /* right but for the case of the name: a guess, or a server that does not keep case */
	MATCH_WRONG_QUESTION,
	MATCH_WRONG_COOKIE, /* without the cookie that is due, or with another than ours (RFC 7873 section 5.3) */
};

enum shown_cookie { SHOWN_NONE, SHOWN_OURS, SHOWN_WRONG };

/* A reply without a question section is taken when it is an error (RFC 1035 leaves servers free to send a bare
 * header with FORMERR). */
enum match match_reply(const struct sent *sent, struct endpoint from, struct span octets);

/* What a reply that matches so far says of our cookie; `*server`: its part, 8 to 32 octets of the reply, or empty. */
enum shown_cookie match_cookie(const struct sent *sent, struct span octets, struct span *server);

#endif
