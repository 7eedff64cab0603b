/* judge: what a matched reply says. A pure function: message in, verdict out, no side effect.
 *
 * It follows the chain of CNAME and DNAME from the question through the answer section as long as it stays inside
 * the zone that was asked; what cannot be reached that way does not exist for us (CVE-2026-42960). Every rrset in
 * a judgement is therefore one that this server may speak about.
 *
 * AA is not asked for where data is there: too many servers forget it. What comes from the cache of another resolver
 * (RA without AA), and an empty answer that gives no reason, is weak.
 */
#ifndef ROOTWALK_RESOLVER_JUDGE_H
#define ROOTWALK_RESOLVER_JUDGE_H

#include "wire/limits.h"
#include "wire/msg.h"

enum reply_verdict {
	VERDICT_ANSWER,   /* the links, then `data` at `end` */
	VERDICT_ALIAS,    /* the links; the question goes on at `end` */
	VERDICT_NODATA,   /* the links; `end` exists without that type */
	VERDICT_NXDOMAIN, /* the links; `end` does not exist */
	VERDICT_TOO_LONG, /* the links; a DNAME makes a name over 255 octets: YXDOMAIN (RFC 6672 section 2.2) */
	VERDICT_REFERRAL, /* `ns`: a zone below the one asked, at or above the name */
	VERDICT_LAME,     /* this server does not serve the zone */
	VERDICT_BROKEN,   /* an error, or nonsense: another server may do better */
};

struct alias {
	const struct rrset *rrset; /* CNAME at `owner`, or DNAME above it */
	struct name owner;
	struct name target;
};

struct judgement {
	enum reply_verdict verdict;
	struct alias *links; /* LIMIT_ALIAS_LINKS of them, in the arena; NULL while there is none */
	unsigned int link_count;
	struct name end;
	const struct rrset *data;
	const struct rrset *soa; /* negative: may be NULL */
	const struct rrset *ns;  /* of a referral */
	const char *why;         /* static text; of VERDICT_LAME and VERDICT_BROKEN, and of what is weak */
	bool weak;               /* to be used only when no other server has better */
};

/* `zone` is the zone whose servers were asked; `forwarder`: the server recursed for us, its answers may leave the
 * zone by CNAME and it gives no referrals. The arena takes names that a DNAME makes; false when out of memory. */
bool judge_reply(const struct msg *msg, const struct question *question, struct name zone, bool forwarder,
		 struct arena *arena, struct judgement *judgement);

#endif
