/* keep: what of a useful reply goes into the cache, and for how long.
 *
 * The administrator's bounds on TTLs apply here, to what is kept and to what the client is told alike. A delegation
 * lives no longer than the one that led to it, so that a name which a parent took away is gone when the parent's word
 * is (ghost domains, CVE-2022-30698); the zone's own NS set may shorten its life and never extends it.
 */
#ifndef ROOTWALK_RESOLVER_KEEP_H
#define ROOTWALK_RESOLVER_KEEP_H

#include "cache/rrsets.h"
#include "resolver/claim.h"
#include "resolver/cut.h"
#include "resolver/inside.h"
#include "resolver/judge.h"

/* The administrator's bounds, on all TTLs in it. */
void keep_bound(const struct engine *engine, struct cached *cached);

/* Into the cache, if that is allowed of this claim. */
void keep_claim(struct engine *engine, const struct claim *claim);

/* The first `count` proofs, which `zone` has vouched for, for answers that nobody needs to be asked for (synthesise.h). */
void keep_proofs(struct engine *engine, struct name zone, const struct cached *cached, unsigned int count);

/* The same of a claim just validated, and the wildcard that made it (RFC 8198 section 5.3). */
void keep_proven(struct engine *engine, const struct claim *claim);

/* A referral made from `cut`, which lives until `cut_expiry` (age). False when out of memory. The new cut and its
 * end come out in place. */
bool keep_referral(struct engine *engine, const struct msg *msg, const struct rrset *ns, struct arena *arena,
		   struct cut *cut, uint64_t *cut_expiry);

/* The root's own NS set, from priming (RFC 8109). */
void keep_root(struct engine *engine, const struct msg *msg, const struct rrset *ns, struct arena *arena);

#endif
