/* result: what a look-up ends with: links of aliases, then data, its absence, or a failure with its reason.
 *
 * Everything points into the request's arena. A long chain takes seconds to walk, so each part has its own moment
 * from which its TTLs count.
 */
#ifndef ROOTWALK_RESOLVER_RESULT_H
#define ROOTWALK_RESOLVER_RESULT_H

#include "cache/rrsets.h"
#include "wire/limits.h"

/* One CNAME, or a DNAME with the CNAME that it makes for one name (RFC 6672 section 3.1). */
struct result_link {
	struct rrset dname; /* count 0: there is none */
	struct rrset cname;
	const struct rrset *proofs; /* that nothing closer exists, where a wildcard made it */
	unsigned int proof_count;
	uint64_t as_of;       /* age at which the TTLs were right */
};

struct result {
	uint16_t rcode;
	enum security security;    /* of the least secure part */
	struct result_link *links; /* LIMIT_ALIAS_LINKS of them; NULL while there is none */
	unsigned int link_count;
	uint64_t found_as_of; /* age at which the TTLs of `found` were right */
	struct cached found;  /* kind CACHED_NONE: failed, or (cache only) nothing known */
	int ede;              /* EDE_NONE, or why */
	const char *why;      /* lives as long as the request; or NULL */
	bool ours;            /* failed on a bound of ours, or for want of memory: says nothing about the name */
	bool local;           /* rootwalk is the authority: AA */
	bool refused;         /* no recursion for this client: RA is not set */
	bool waited;          /* a server was asked */
};

enum added { ADDED, ADDED_TOO_LONG, ADDED_NO_MEMORY };

/* Adds the link of `name`: its CNAME, or a DNAME above it and the CNAME that it makes; `alias` lives as long as the
 * result. TOO_LONG: that would have more than 255 octets; the DNAME alone is added (RFC 6672 section 2.2). There must be
 * room: link_count below LIMIT_ALIAS_LINKS. */
enum added result_add_link(struct result *result, struct arena *arena, struct name name, const struct cached *alias);

/* Has the chain been at this name? */
bool result_was_at(const struct result *result, struct name name);

/* What is left at `age` of a TTL that was right at `as_of`. */
uint32_t result_left(uint32_t ttl, uint64_t as_of, uint64_t age);

/* The smallest TTL in it at `age`; 0 when it must not be kept. */
uint32_t result_ttl(const struct result *result, uint64_t age);

#endif
