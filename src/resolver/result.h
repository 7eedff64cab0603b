/* result: what a look-up ends with: links of aliases, then data, its absence, or a failure with its reason.
 *
 * Everything points into the request's arena. TTLs are the seconds that are left.
 */
#ifndef ROOTWALK_RESOLVER_RESULT_H
#define ROOTWALK_RESOLVER_RESULT_H

#include "cache/rrsets.h"
#include "wire/limits.h"

/* One CNAME, or a DNAME with the CNAME that it makes for one name (RFC 6672 section 3.1). */
struct result_link {
	struct rrset dname; /* count 0: there is none */
	struct rrset cname;
};

struct result {
	uint16_t rcode;
	struct result_link links[LIMIT_ALIAS_LINKS];
	unsigned int link_count;
	struct cached found;  /* kind CACHED_NONE: failed, or (cache only) nothing known */
	int ede;              /* EDE_NONE, or why */
	const char *why;      /* static text or NULL */
	bool ours;            /* failed on a bound of ours, or for want of memory: says nothing about the name */
	bool waited;          /* a server was asked */
};

/* The smallest TTL in it; 0 when it must not be kept. */
uint32_t result_ttl(const struct result *result);

#endif
