#include "cookies.h"

#define SECRET_S 30u /* a changing secret lives so long */
#define STOP_S 100u  /* who stops and begins does so after so long */

const char *cookies_text(enum cookies cookies)
{
	static const char *const texts[] = {
#define KIND(name, text) text,
		COOKIES(KIND)
#undef KIND
	};
	return texts[cookies];
}

static bool may_have_cookies(enum mood mood)
{
	return mood == MOOD_PERFECT || mood == MOOD_LOSSY || mood == MOOD_SLOW || mood == MOOD_LOWERCASE ||
	       mood == MOOD_TRUNCATES || mood == MOOD_LIAR || mood == MOOD_NO_AA || mood == MOOD_NO_SOA;
}

void cookies_draw(struct world *world)
{
	struct rng rng = rng_of_number(world->seed ^ 0x636f6f6b);
	if (rng_below(&rng, 3) == 0)
		return; /* nobody has heard of them */
	for (unsigned int i = 0; i < world->host_count; i++) {
		bool odd = rng_below(&rng, 3) == 0;
		enum cookies drawn = odd ? (enum cookies)rng_below(&rng, COOKIES_COUNT) :
					   rng_below(&rng, 2) == 0 ? COOKIES_RIGHT : COOKIES_NONE;
		if (may_have_cookies(world->hosts[i].mood))
			world->hosts[i].cookies = drawn;
	}
}

static void put_server_part(const struct host *host, uint64_t secret, struct cookies_reply *reply)
{
	uint64_t hash = 0xcbf29ce484222325u ^ secret;
	size_t size = 8 + host->number * 5 % 25;
	for (size_t i = 0; i < EDNS_COOKIE_CLIENT_SIZE; i++)
		hash = (hash ^ reply->octets[i]) * 0x100000001b3u;
	for (size_t i = 0; i < size; i++) {
		hash = (hash ^ host->number) * 0x100000001b3u;
		reply->octets[EDNS_COOKIE_CLIENT_SIZE + i] = (uint8_t)(hash >> 32);
	}
	reply->size = EDNS_COOKIE_CLIENT_SIZE + size;
}

static enum cookies_do refuse_option(const struct host *host)
{
	return host->number % 2 == 0 ? COOKIES_DO_FORMERR : COOKIES_DO_FORMERR_BARE;
}

struct cookies_reply cookies_hear(struct world *world, const struct host *host, const struct query *query, bool stream,
				  uint64_t elapsed)
{
	struct cookies_reply reply = { .what = COOKIES_DO_ANSWER };
	struct span shown = query->edns.cookie;
	uint64_t second = elapsed / TICKS_PER_S;
	if (host->cookies == COOKIES_NONE || shown.size < EDNS_COOKIE_CLIENT_SIZE)
		return reply;
	bool without = (host->cookies == COOKIES_MIXED && rng_below(&world->rng, 2) == 0) ||
		       (host->cookies == COOKIES_STOPPING && second / STOP_S % 2 == 1);
	if (without)
		return reply;
	memcpy(reply.octets, shown.octets, EDNS_COOKIE_CLIENT_SIZE);
	put_server_part(host, host->cookies == COOKIES_CHANGING ? second / SECRET_S : 0, &reply);
	bool right = span_equal(shown, span_of(reply.octets, reply.size));
	if (host->cookies == COOKIES_CHANGING && !stream && !right)
		reply.what = COOKIES_DO_REFUSE;
	if (host->cookies == COOKIES_ALWAYS_BAD && !stream)
		reply.what = COOKIES_DO_REFUSE;
	if (host->cookies == COOKIES_SILENT)
		reply.what = COOKIES_DO_NOTHING;
	if (host->cookies == COOKIES_FORMERR)
		reply.what = refuse_option(host);
	if (host->cookies == COOKIES_WRONG)
		reply.octets[0] ^= 1;
	return reply;
}
