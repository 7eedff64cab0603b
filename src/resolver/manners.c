#include "resolver/manners.h"

#include "wire/limits.h"

void manners_doubt_edns(struct table *table, struct ip address, uint64_t age)
{
	struct server server;
	servers_get(table, address, age, &server);
	if (server.edns_doubts == 0 || age - server.edns_doubted > LIMIT_EDNS_DOUBTS_S) {
		server.edns_doubts = 0;
		server.edns_doubted = age;
	}
	if (server.edns_doubts < LIMIT_EDNS_DOUBTS)
		server.edns_doubts++;
	if (server.edns_doubts >= LIMIT_EDNS_DOUBTS) {
		server.edns_broken = true;
		server.edns_retry = age + LIMIT_EDNS_BROKEN_TTL;
	}
	servers_put(table, address, age, &server);
}

void manners_trust_edns(struct table *table, struct ip address, uint64_t age)
{
	struct server server;
	servers_get(table, address, age, &server);
	server.edns_doubts = 0;
	server.edns_broken = false;
	servers_put(table, address, age, &server);
}

bool manners_lack_edns(const struct server *server, uint64_t age)
{
	return server->edns_broken && server->edns_retry > age;
}

void manners_doubt_case(struct table *table, struct ip address, uint64_t age)
{
	struct server server;
	servers_get(table, address, age, &server);
	if (server.case_doubts < LIMIT_CASE_DOUBTS)
		server.case_doubts++;
	server.case_broken = server.case_broken || server.case_doubts >= LIMIT_CASE_DOUBTS;
	servers_put(table, address, age, &server);
}

/* ---- cookies ---- */

static bool is_doubted(const struct server *server, uint64_t age)
{
	return server->cookie_doubts >= LIMIT_COOKIE_DOUBTS && server->cookie_retry > age;
}

/* Who never gave a cookie and answers only without ours gets none for a while. */
static void doubt_cookie(struct server *server, uint64_t age)
{
	if (server->cookie_retry <= age) {
		server->cookie_doubts = 0;
		server->cookie_broken = false;
	}
	if (server->cookie_doubts < LIMIT_COOKIE_DOUBTS)
		server->cookie_doubts++;
	server->cookie_retry = age + LIMIT_COOKIE_DOUBTS_TTL;
}

void manners_doubt_cookie(struct table *table, struct ip address, uint64_t age)
{
	struct server server;
	servers_get(table, address, age, &server);
	doubt_cookie(&server, age);
	if (server.cookie_size == 0 && is_doubted(&server, age))
		server.cookie_broken = true;
	servers_put(table, address, age, &server);
}

bool manners_take_cookie(const struct server *server, uint64_t age)
{
	/* Some are silent to what they do not know. */
	bool silent = server->silences > 0 && server->cookie_size == 0;
	return server->edns_doubts == 0 && !silent && !(server->cookie_broken && server->cookie_retry > age);
}

bool manners_give_cookie(const struct server *server, uint64_t age)
{
	return server->cookie_size > 0 && !is_doubted(server, age);
}

static void forget_cookie(struct server *server)
{
	server->cookie_size = 0;
	memset(server->cookie, 0, sizeof server->cookie);
}

void manners_hear_cookie(struct server *server, uint64_t age, bool stream, enum shown_cookie shown, struct span cookie)
{
	if (shown == SHOWN_OURS && cookie.size >= SERVER_COOKIE_SIZE_MIN && cookie.size <= SERVER_COOKIE_SIZE_MAX) {
		forget_cookie(server);
		memcpy(server->cookie, cookie.octets, cookie.size);
		server->cookie_size = (uint8_t)cookie.size;
	}
	if (!stream || shown == SHOWN_OURS)
		return;
	if (shown == SHOWN_NONE && server->cookie_size == 0)
		return; /* as ever */
	forget_cookie(server);
	doubt_cookie(server, age);
	if (shown == SHOWN_WRONG)
		server->cookie_broken = true;
}
