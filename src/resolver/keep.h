/* keep: what of a useful reply goes into the cache, and for how long.
 *
 * The administrator's bounds on TTLs apply here, to what is kept and to what the client is told alike. A delegation
 * lives no longer than the one that led to it, so that a name which a parent took away is gone when the parent's word
 * is (ghost domains, CVE-2022-30698); the zone's own NS set may shorten its life and never extends it.
 */
#ifndef ROOTWALK_RESOLVER_KEEP_H
#define ROOTWALK_RESOLVER_KEEP_H

#include "cache/rrsets.h"
#include "resolver/cut.h"
#include "resolver/inside.h"
#include "resolver/judge.h"

/* A positive RRset; `authoritative`: AA was set. Its TTL is bounded in place; `kept` false: that is all. */
void keep_rrset(struct engine *engine, struct rrset *rrset, bool authoritative, bool kept);

/* The negative end of a judgement: bounded, kept, and in *cached. */
void keep_negative(struct engine *engine, const struct msg *msg, const struct judgement *judgement, uint16_t type,
		   struct name zone, struct cached *cached);

/* A referral made from `cut`, which lives until `cut_expiry` (age). False when out of memory. The new cut and its
 * end come out in place. */
bool keep_referral(struct engine *engine, const struct msg *msg, const struct rrset *ns, struct arena *arena,
		   struct cut *cut, uint64_t *cut_expiry);

/* The root's own NS set, from priming (RFC 8109). */
void keep_root(struct engine *engine, const struct msg *msg, const struct rrset *ns, struct arena *arena);

#endif
