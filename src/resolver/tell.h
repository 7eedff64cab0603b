/* tell: what a look-up, and its validation, add to the story of their request (trace.h), each time from where they
 * stand. */
#ifndef ROOTWALK_RESOLVER_TELL_H
#define ROOTWALK_RESOLVER_TELL_H

#include "resolver/chain.h"
#include "resolver/claim.h"
#include "resolver/lookup.h"
#include "resolver/trace.h"

struct target;

/* Of the name it is at, and no more. */
void tell(const struct lookup *lookup, enum trace_kind kind);

void tell_hit(const struct lookup *lookup, const struct cached *cached);
void tell_alias(const struct lookup *lookup, const struct rrset *cname, struct name target);

/* The cut it goes on at. */
void tell_zone(const struct lookup *lookup);

/* What its fetch heard; `data` NULL: nothing there. */
void tell_heard(const struct lookup *lookup, enum trace_kind kind, const struct rrset *data);

/* What its fetch heard made the cut it is at now. */
void tell_referral(const struct lookup *lookup);

/* How far a task stands from the client's question: name-server look-ups that it is inside of, and one more beside the
 * walk, where chains of trust are. */
uint8_t tell_depth(const struct task *task);

/* A chain of trust, of itself and no more; and how it ends: with `keys`, or for a reason. */
void tell_chain(const struct chain *chain, enum trace_kind kind);
void tell_trusted(const struct chain *chain, const struct rrset *dnskeys);
void tell_verdict(const struct chain *chain, enum trace_kind kind, struct verdict verdict);

/* What came of a claim, and what zone that is about. */
void tell_claim(const struct task *task, const struct claim *claim, struct verdict verdict, struct name zone);

/* What is bogus came from there (NULL: nobody knows), and elsewhere it may not be. */
void tell_distrusted(const struct task *task, const struct fetch *fetch);

/* How it ends: its result. */
void tell_failed(const struct lookup *lookup);
void tell_done(const struct lookup *lookup);

/* Of a fetch: whom it asks, and what it hears from whom it waited for. */
void tell_send(const struct fetch *fetch, const struct target *target);
void tell_reply(const struct fetch *fetch, enum trace_kind kind, uint16_t rcode, const char *detail);

#endif
