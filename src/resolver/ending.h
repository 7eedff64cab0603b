/* ending: how a look-up ends. Each returns what its step returns: nothing is to be done any more. */
#ifndef ROOTWALK_RESOLVER_ENDING_H
#define ROOTWALK_RESOLVER_ENDING_H

#include "resolver/lookup.h"

/* With data or their absence. */
struct next end_with(struct lookup *lookup, const struct cached *cached);

/* With the links that it has, and this rcode. */
struct next end_as(struct lookup *lookup, uint16_t rcode);

/* Without an answer; `ours`: on a bound of ours. What the servers brought on themselves is remembered for a moment
 * (RFC 9520). */
struct next end_failed(struct lookup *lookup, int ede, const char *why, bool ours);

struct next end_without_memory(struct lookup *lookup);

/* The links are shown: they are the fault. */
struct next end_in_circle(struct lookup *lookup);

/* Its validation came to no end. */
struct next end_unchecked(struct lookup *lookup);

/* Its validation found it bogus. */
struct next end_bogus(struct lookup *lookup);

/* It failed a moment ago, and that stands for now; false when not. */
bool end_as_before(struct lookup *lookup, struct next *next);

/* Words for what its validation came to: "example.com.: the signature has expired". */
const char *ending_words(const struct lookup *lookup);

#endif
