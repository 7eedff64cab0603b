/* lookup: one name and type, from the cache or down the tree to the answer, along aliases.
 *
 *	  +---------------------- next name ----------------------+
 *	  v                                                       |
 *	look -> find_cut -> ask -> heard -> (validation) -> accept --> over: data, NODATA, NXDOMAIN
 *	  |                  ^       |            ^  |
 *	  |                  +referral            |  +--> over: bogus
 *	  +-- known, but not validated yet -------+
 *
 * What is found, in the cache or in a reply, is a list of claims (claim.h). They are validated, if this look-up validates,
 * and then accepted: kept, and made part of the result. Only a client's question is validated; what is looked up on the
 * way (addresses of name servers, DS, DNSKEY) is kept as it is, and validated when a client asks for it.
 *
 * `look` asks the cache about the name itself, about an alias at it, and about its ancestors: one that does not exist
 * (RFC 8020) or is renamed by a DNAME. `ask` shows the zone's servers no more of the name than they need (RFC 9156).
 *
 * A look-up belongs to a request's client or, for the address of a name server, to an address task.
 */
#ifndef ROOTWALK_RESOLVER_LOOKUP_H
#define ROOTWALK_RESOLVER_LOOKUP_H

#include "resolver/cut.h"
#include "resolver/judge.h"
#include "resolver/minimise.h"
#include "resolver/request.h"
#include "resolver/result.h"

struct fetch;
struct validation;

struct lookup {
	struct task task;
	struct question question;
	struct name name;         /* where the chain of aliases has come to */
	struct cut cut;
	uint64_t cut_expiry;      /* age: the delegation walked on lives until then */
	struct minimiser minimiser;
	unsigned int sends;       /* queries for this name */
	unsigned int referrals;   /* for this name */
	bool minimised;           /* the fetch under way shows a part of the name */
	struct name shown;
	uint16_t shown_type;
	struct name above;        /* size > 0: begin above this zone, for glue; what is found is not kept */
	struct fetch *fetch;
	bool stops_at_alias;      /* an alias at the name is the result */
	struct claim *claims;     /* found, and not yet accepted */
	unsigned int claim_count;
	bool from_cache;          /* the claims are */
	struct validation *validation;
	struct endpoint distrusted[LIMIT_BOGUS_RETRIES]; /* servers whose replies were bogus */
	unsigned int distrusted_count;
	struct result result;
};

/* Creates it and makes it ready; with a parent it does not validate. NULL when out of memory. The question's name is in
 * lower case and lives as long as the request. */
struct lookup *lookup_begin(struct request *request, struct task *parent, const struct question *question);

/* Before it runs: the walk begins at the parent of `zone`, with the whole name, and nothing is kept in the cache. */
void lookup_ask_above(struct lookup *lookup, struct name zone);

/* Goes on with another name, where an alias leads. */
void lookup_begin_name(struct lookup *lookup, struct name name);

/* Steps where it goes on: looks into the cache; finds the cut to begin at; asks. */
task_step lookup_look, lookup_find_cut, lookup_ask;

/* Before it runs: the cache is not looked at. */
void lookup_skip_cache(struct lookup *lookup);

/* The result becomes this failure of ours. */
void lookup_give_up(struct lookup *lookup, int ede, const char *why);

/* What has gone wrong so far, for a client that cannot wait any longer. */
void lookup_why(const struct lookup *lookup, struct result *result);

#endif
