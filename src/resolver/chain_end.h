/* chain_end: how a chain of trust ends. Whoever waits for it is made ready; each returns what its step returns. */
#ifndef ROOTWALK_RESOLVER_CHAIN_END_H
#define ROOTWALK_RESOLVER_CHAIN_END_H

#include "resolver/chain.h"
#include "resolver/result.h"

struct next chain_end(struct chain *chain, struct verdict verdict);

/* SECURE, with the keys of the zone that the name lies in; takes the chain's share of them over. */
struct next chain_end_secure(struct chain *chain, struct name apex, struct held_keys *held);

/* What is true of the chain above is true here. */
struct next chain_end_as_above(struct chain *chain);

struct next chain_end_insecure(struct chain *chain, struct verdict verdict);
struct next chain_end_without_anchor(struct chain *chain);

/* The zone above has proven it, now or a while ago; with this EDE. */
struct verdict chain_insecure(int ede);

/* Remembered for a while. */
struct next chain_end_bogus(struct chain *chain, struct verdict verdict);

/* It could not be found out: a bound of ours, no server gave an answer, no memory. */
struct next chain_end_unchecked(struct chain *chain, int ede, const char *why);
struct next chain_end_unanswered(struct chain *chain, const struct result *result);
struct next chain_end_for_memory(struct chain *chain);

#endif
