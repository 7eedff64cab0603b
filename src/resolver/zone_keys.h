/* zone_keys: the end of a chain of trust: its zone's DNSKEY are asked for, checked against DS or trust anchor, and kept.
 *
 *	zone_keys_get -> (look-up) -> have_keys -> over: secure, bogus ...
 *	     ^                            |
 *	     +-- another server is asked -+
 */
#ifndef ROOTWALK_RESOLVER_ZONE_KEYS_H
#define ROOTWALK_RESOLVER_ZONE_KEYS_H

#include "resolver/chain.h"

/* They will be wanted if the DS turn out good: they are asked for meanwhile. */
void zone_keys_ask(struct chain *chain);

/* Goes on with them; `chain->trusted` names the one that signs them. */
task_step zone_keys_get;

/* A look-up of the chain's own, of the servers not distrusted, and of the cache while all are trusted. NULL: no memory. */
struct lookup *chain_look_up(struct chain *chain, uint16_t type);

/* What was bogus may be so at one server only. False: enough were asked. `lookup` NULL: it came with a referral, or from
 * the cache. */
bool chain_distrust(struct chain *chain, const struct lookup *lookup);

/* What is known of the chain's name now goes into the cache. */
void chain_remember(const struct chain *chain, uint16_t type, struct cached *cached, enum security security);

/* A verdict lives at least LIMIT_TRUST_TTL_MIN, even where data do not. */
uint32_t chain_for_a_while(uint32_t ttl);

#endif
