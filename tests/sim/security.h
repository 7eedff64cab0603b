/* security: which data of the world are secure, insecure or bogus, by how the world was made (RFC 4033 section 5).
 *
 * Nothing of the resolver is asked. A zone is secure when an anchor names its keys, or when its parent is and has a DS
 * that somebody knows; below a secure zone without such a DS all is insecure. What a secure zone says is secure, but for
 * denials that reach up to an opt-out span (RFC 5155 section 9.2) or whose NSEC3 nobody works out (RFC 9276 section 3.2).
 * Faults (faults.h) make it bogus where all hosts have them, and doubtful where one has.
 */
#ifndef ROOTWALK_TESTS_SIM_SECURITY_H
#define ROOTWALK_TESTS_SIM_SECURITY_H

#include "authority.h"
#include "wire/security.h"

struct security_map {
	const struct world *world;
	enum security zones[WORLD_ZONES_MAX]; /* of what each zone says, if nothing else is wrong with it */
	bool doubtful[WORLD_ZONES_MAX];       /* the chain to it may seem bogus */
	bool tampered[WORLD_ZONES_MAX];       /* somebody on the way to it, or it, says what is false */
};

void security_begin(struct security_map *map, const struct world *world);

struct judgement {
	enum security security;
	bool doubtful; /* but it may seem bogus */
};

/* Of what the zone says about the name and type in this epoch. `aliased`: the name is an alias's target, and the alias's
 * host may serve the zone too and tell of it what it does not tell when it is asked. */
struct judgement security_of_look(const struct security_map *map, const struct zone *zone,
				  const struct asking *asking, const struct look *look, bool aliased);

/* Signatures that have to be looked at, at most, to trust the zone's keys; and for one answer of it. */
unsigned int security_chain_checks(const struct security_map *map, const struct zone *zone);
unsigned int security_answer_checks(const struct security_map *map, const struct zone *zone, const struct look *look);

/* The worst of both: bogus, then insecure. */
enum security security_worse(enum security a, enum security b);

const char *security_text(enum security security);

#endif
