/* trace: the story of one lookup, in the order in which it happened.
 *
 * Kept only when someone wants it (rootwalk lookup, a debug log). Lines live in the request's arena; a story that
 * grows beyond LIMIT_TRACE_EVENTS, or out of memory, says that it was cut. What a line means in words is text/story.c.
 */
#ifndef ROOTWALK_RESOLVER_TRACE_H
#define ROOTWALK_RESOLVER_TRACE_H

#include "base/arena.h"
#include "base/ip.h"
#include "wire/limits.h"
#include "wire/name.h"
#include "wire/security.h"

enum trace_kind {
	TRACE_QUESTION,       /* a lookup begins: name, type, depth (0 is the client's, more are name servers') */
	TRACE_CACHE_HIT,      /* answered from the cache; ttl, rcode */
	TRACE_CACHE_MISS,
	TRACE_LOCAL,          /* rootwalk's own answer (special names) */
	TRACE_ZONE,           /* the walk goes on at `zone` with `count` name servers; from cache or hints: detail */
	TRACE_SEND,           /* name, type asked of server (server_name) about zone; detail "TCP", "no EDNS"... */
	TRACE_REFERRAL,       /* reply: to `zone` with `count` servers, `glue` of them with addresses */
	TRACE_ANSWER,         /* reply: `count` records, ttl */
	TRACE_ALIAS,          /* reply or cache: CNAME or DNAME to `target` */
	TRACE_NODATA,         /* reply */
	TRACE_NXDOMAIN,       /* reply */
	TRACE_TRUNCATED,      /* reply: asked again over TCP */
	TRACE_BAD_REPLY,      /* reply that cannot be used: rcode, detail says why (lame, FORMERR...) */
	TRACE_TIMEOUT,        /* no reply within rtt_us */
	TRACE_UNREACHABLE,    /* the network or a closed connection */
	TRACE_MISMATCH,       /* a packet that matched no question; asked again over TCP */
	TRACE_NS_ADDRESS,     /* the address of name server `name` is looked up as a child */
	TRACE_KEYS_NEEDED,    /* signatures of `zone` are to be checked, and its keys are not known */
	TRACE_KEYS_KNOWN,     /* ... and they are */
	TRACE_DS,             /* `target` signed the `count` DS of `zone` */
	TRACE_ZONE_SECURE,    /* `zone` signed its `count` keys with one that is trusted */
	TRACE_ZONE_INSECURE,  /* no chain of trust reaches `zone`: ede, detail says why */
	TRACE_ZONE_BOGUS,     /* the chain of trust to `zone` breaks at the RRset `name` `type`: ede, detail */
	TRACE_SECURE,         /* `name` `type`, `count` records (0: there are none, by rcode), is signed by `zone` */
	TRACE_INSECURE,       /* ... is of `zone`, which no chain of trust reaches: ede, detail */
	TRACE_BOGUS,          /* ... is not as `zone` signed it: ede, detail */
	TRACE_UNCHECKED,      /* ... could not be checked: ede, detail */
	TRACE_DISTRUSTED,     /* another server is asked than `server`, which what was bogus came from */
	TRACE_FAILED,         /* the lookup ends without an answer: ede, detail, security */
	TRACE_DONE,           /* the lookup ends: rcode, security */
};

struct trace_event {
	enum trace_kind kind;
	uint8_t depth;
	uint64_t ticks;        /* when */
	struct name name;      /* question */
	uint16_t type;
	struct name zone;
	struct name server_name;
	struct name target;
	struct endpoint server;
	uint32_t rtt_us;
	uint32_t ttl;
	uint16_t rcode;
	uint16_t count;
	uint16_t glue;
	int ede;
	enum security security;
	const char *detail;    /* or NULL */
	struct trace_event *next;
};

struct trace {
	struct trace_event *first, *last;
	struct arena *arena;
	unsigned int count;
	bool cut;
};

/* Appends a copy of the event, names and detail copied into the arena. Nothing happens when `trace` is NULL. */
void trace_add(struct trace *trace, const struct trace_event *event);

/* A copy of the story in another arena; NULL when out of memory. */
const struct trace *trace_copy(struct arena *arena, const struct trace *trace);

#endif
