/* chain: the chain of trust down to a name (RFC 4035 section 5): is the zone that it lies in secure, and with which keys?
 *
 *	begin -> look_above -> get_ds -> weigh_ds -> (the chain above) -> check_ds -> get_keys -> have_keys -> over
 *	  |          |                                                                   ^
 *	  |          +--> over: below an insecure zone            a trust anchor's zone -+
 *	  +--> over: no anchor, keys known, failed lately
 *
 * DS that are not signed may be so because a zone between the anchor and here is insecure: `descend` looks from the top.
 *
 * One task of a request for one name, whoever needs it; begun early, it runs beside the walk: as soon as a referral has
 * brought DS, the zone's keys are asked for. A chain rests on the chain of a name strictly above (the signer of the DS, or
 * the parent when nothing is signed), so that it ends at an anchor.
 *
 * A name need not be the apex of a zone: DS that are proven not to exist where there is no delegation make it part of the
 * zone above (`apex`). That is how an unsigned zone is found whose parent lies on the same servers, so that no referral
 * told of the cut.
 */
#ifndef ROOTWALK_RESOLVER_CHAIN_H
#define ROOTWALK_RESOLVER_CHAIN_H

#include "cache/rrsets.h"
#include "base/ip.h"
#include "dnssec/verdict.h"
#include "resolver/keyring.h"
#include "resolver/task.h"

#include <sys/queue.h>

struct chain;
struct lookup;

/* Lives in the task that waits. */
struct chain_waiter {
	struct task *task;
	LIST_ENTRY(chain_waiter) link;
};

LIST_HEAD(chain_waiters, chain_waiter);
LIST_HEAD(chains, chain);

struct chain {
	struct task task;
	struct name name;              /* in lower case */
	LIST_ENTRY(chain) link;        /* in request->chains */
	struct chain_waiters waiters;
	struct chain_waiter waiter;    /* our own, on the chain above */
	struct chain *above;
	unsigned int looked_at;        /* labels: ancestors up to there are not known to be insecure */
	struct cached ds;              /* DS, the proof that there is none, or an alias instead */
	struct name signer;            /* of it; size 0: not signed */
	const struct rrset *trusted;   /* names the key that signs the keys */
	uint32_t trusted_ttl;
	struct lookup *ds_lookup, *key_lookup;
	struct endpoint distrusted[LIMIT_BOGUS_RETRIES]; /* servers whose DS or keys were bogus */
	unsigned int distrusted_count;
	struct verdict bogus;          /* why, so far */

	/* When it is over. */
	struct verdict verdict;
	bool unanswered;               /* UNCHECKED, because no server gave the DS or keys */
	struct name where;             /* the zone that the verdict is about: for words */
	struct name apex;              /* SECURE: of the zone that the name lies in */
	struct held_keys *held;        /* SECURE: its keys */
};

/* The chain to this name, running or over; NULL when out of memory. */
struct chain *chain_to(struct request *request, struct name name);

/* A referral to `zone` brought this about its DS (kind CACHED_NONE: nothing): the chain begins beside the walk. */
void chain_offer(struct request *request, struct name zone, const struct cached *ds);

/* False when the chain is over; else the task is made ready when it is. */
bool chain_await(struct chain *chain, struct chain_waiter *waiter, struct task *task);

/* At the end of a request: keys are given back. */
void chains_release(struct request *request);

#endif
