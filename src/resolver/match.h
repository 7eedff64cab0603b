/* match: is this packet the reply to that question? Pure (RFC 5452 section 9.1).
 *
 * Address and port, ID, question and the case of its name (0x20) must be as sent. What does not match changes
 * nothing: it neither ends the wait nor says anything about the server (CVE-2023-26437).
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
};

enum match {
	MATCH_REPLY,
	MATCH_NOT_A_REPLY,  /* from elsewhere, too short, not a response: as if it never came */
	MATCH_WRONG_ID,     /* someone guesses */
	MATCH_WRONG_CASE,   /* right but for the case of the name: a guess, or a server that does not keep case */
	MATCH_WRONG_QUESTION,
};

/* A reply without a question section is taken when it is an error (RFC 1035 leaves servers free to send a bare
 * header with FORMERR). */
enum match match_reply(const struct sent *sent, struct endpoint from, struct span octets);

#endif
