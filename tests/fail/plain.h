/* plain: a little internet without signatures: a referral with glue, one without, an alias into another zone, an answer
 * too long for UDP, names that do not exist.
 */
#ifndef ROOTWALK_TESTS_FAIL_PLAIN_H
#define ROOTWALK_TESTS_FAIL_PLAIN_H

#include "trial.h"

/* Hints lie in the arena. False: out of memory. */
bool plain_begin(struct arena *arena, struct trial_world *world);

struct life plain_life(const struct trial_world *world);

#endif
