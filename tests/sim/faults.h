/* faults: what goes wrong with signatures, or what somebody on the path makes of them.
 *
 * A fault belongs to a zone whose chain of trust is whole but for it. Either all hosts of the zone have it, so that
 * nobody can have a secure answer, or one of several has it, whose answers must then be found out: the right answer may
 * come from another, and failing is allowed, but what is false never comes, and never with AD.
 *
 *	faults.c  which zones of a world from a seed have faults, and what follows for whoever validates
 *	spoil.c   an honest answer becomes what the fault makes of it
 */
#ifndef ROOTWALK_TESTS_SIM_FAULTS_H
#define ROOTWALK_TESTS_SIM_FAULTS_H

#include "authority.h"
#include "signing.h"

const char *fault_text(enum fault fault);

/* Gives the zone the fault; `host` is the only one that has it, NULL: all. Before the first question. */
void fault_set(struct world *world, struct zone *zone, enum fault fault, const struct host *host);

/* Faults for a world from a seed, whose resolvers validate. */
void faults_build(struct world *world);

/* Without false data and on all hosts only, but in many zones: what a resolver that checks nothing can stand. */
void faults_build_plain(struct world *world);

/* Does a fault of the zone hit this, on all its hosts or (`one`) on one of them? `hits` may be several. */
bool fault_hits(const struct zone *zone, unsigned int hits, bool one);

/* Does a fault of the zone hit data of this type at this name? */
bool fault_hits_data(const struct world *world, const struct zone *zone, struct name name, uint16_t type);

/* Would it deny that the name has this type, or is there at all? */
bool fault_denies(const struct world *world, const struct zone *zone, struct name name, uint16_t type);

/* Does it change addresses? */
bool fault_flips(const struct zone *zone);

/* Would it deny DS, where there is none and no delegation either, with the proof of another name? */
bool fault_denies_cut(const struct zone *zone, const struct question *question, const struct look *look);

/* May who does not validate be told what is false? */
bool fault_tampers(const struct zone *zone);

/* Is this a type that DATA faults are about: not what chains of trust and denials are made of? */
bool fault_is_data(uint16_t type);

/* Is it the name of a name server, or one above it? */
bool fault_leads_to_server(const struct world *world, struct name name);

/* Signs the answer, as the host's faults have it. */
void spoil_answer(struct world *world, const struct host *host, const struct asking *asking, struct arena *arena,
		  struct authority *authority);

#endif
