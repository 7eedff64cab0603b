/* tell: what a look-up adds to the story of its request (trace.h), each time from where it stands. */
#ifndef ROOTWALK_RESOLVER_TELL_H
#define ROOTWALK_RESOLVER_TELL_H

#include "resolver/lookup.h"
#include "resolver/trace.h"

/* Of the name it is at, and no more. */
void tell(const struct lookup *lookup, enum trace_kind kind);

/* `synthesised`: not the name itself is known, but what its zone has proven of others. */
void tell_hit(const struct lookup *lookup, const struct cached *cached, bool synthesised);
void tell_alias(const struct lookup *lookup, const struct rrset *cname, struct name target);

/* The cut it goes on at. */
void tell_zone(const struct lookup *lookup);

/* What its fetch heard; `data` NULL: nothing there. */
void tell_heard(const struct lookup *lookup, enum trace_kind kind, const struct rrset *data);

/* What its fetch heard made the cut it is at now. */
void tell_referral(const struct lookup *lookup);

/* How it ends: its result. */
void tell_failed(const struct lookup *lookup);
void tell_done(const struct lookup *lookup);

#endif
