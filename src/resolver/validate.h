/* validate: the claims of a reply (or of the cache) are brought to a verdict, one after the other.
 *
 *	next_claim -> (the chain to its signer) -> judge_signed ----------------------> next_claim
 *	        \---> (the chain to its zone) -> judge_unsigned -> search_cut -> ... ----^     +--> over
 *
 * What is not signed must be proven insecure: the zone that the walk had come to is, or one between that and the name,
 * whose servers are the same, so that the walk did not see it.
 *
 * The search begins at the zone whose servers said it where the claim lies in that zone, at the trust anchor otherwise. A
 * zone above the deepest anchor is believed in what it proves; that something is insecure it cannot say.
 *
 * A task; the claims are its caller's, who waits for it.
 */
#ifndef ROOTWALK_RESOLVER_VALIDATE_H
#define ROOTWALK_RESOLVER_VALIDATE_H

#include "resolver/chain.h"
#include "resolver/claim.h"

struct validation {
	struct task task;
	struct claim *claims;
	unsigned int count;
	unsigned int at;            /* the claim that is looked at */
	struct name signer;         /* size 0: not signed */
	struct chain *chain;
	unsigned int searched;      /* labels: there is no cut without DS down to there */
	struct chain_waiter waiter;

	/* When it is over. */
	struct verdict verdict;     /* of the worst claim */
	struct name where;          /* the zone that it is about */
};

/* Creates it as a child of `parent` and makes it ready; NULL when out of memory. Claims whose security is known already
 * are passed over. It ends at the first claim that is bogus or cannot be checked. */
struct validation *validation_begin(struct task *parent, struct claim *claims, unsigned int count);

#endif
