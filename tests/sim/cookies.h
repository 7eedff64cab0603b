/* cookies: what a host does with a DNS cookie (RFC 7873), beside its mood.
 *
 * COOKIES(NAME, text). Where the host gives cookies, the server's part has 8 to 32 octets, by its number, and depends on
 * the client's part and the host's secret. What is drawn for a host comes from a generator of its own: a seed's world is
 * otherwise as it was without cookies.
 */
#ifndef ROOTWALK_TESTS_SIM_COOKIES_H
#define ROOTWALK_TESTS_SIM_COOKIES_H

#include "wire/msg.h"
#include "world.h"

enum cookies_do {
	COOKIES_DO_ANSWER, /* with the cookie, if there is one */
	COOKIES_DO_REFUSE, /* BADCOOKIE, with the cookie */
	COOKIES_DO_FORMERR,
	COOKIES_DO_FORMERR_BARE, /* without OPT */
	COOKIES_DO_NOTHING,
};

struct cookies_reply {
	enum cookies_do what;
	uint8_t octets[EDNS_COOKIE_SIZE_MAX];
	size_t size; /* 0: no cookie */
};

/* For all hosts, once their moods are drawn. */
void cookies_draw(struct world *world);

/* `elapsed`: ticks since the start. */
struct cookies_reply cookies_hear(struct world *world, const struct host *host, const struct query *query, bool stream,
				  uint64_t elapsed);

const char *cookies_text(enum cookies cookies);

#endif
