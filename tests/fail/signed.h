/* signed: an internet with signatures, made of what the simulator's worlds are made of (tests/sim): a root and com with
 * zones of every kind of proof, zones without DS, and zones whose signatures are wrong, at all of their servers or at one.
 */
#ifndef ROOTWALK_TESTS_FAIL_SIGNED_H
#define ROOTWALK_TESTS_FAIL_SIGNED_H

#include "trial.h"

/* There is one such world in a process. Out of memory ends it. */
const struct trial_world *signed_begin(void);
void signed_end(void);

/* The n-th life in it, from 0; count 0 behind the last. */
struct life signed_life(unsigned int n);

#endif
