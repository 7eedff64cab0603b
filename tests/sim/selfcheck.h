/* selfcheck: do the hosts and the oracle see the same world?
 *
 * A walk as simple as it can be, from the root down, over hosts that do right and by TCP: what it finds must be what
 * the oracle calls true, for names and types of all kinds. It shows that the simulator is right before anybody else
 * is called wrong. The chains of signed zones are looked through as well.
 */
#ifndef ROOTWALK_TESTS_SIM_SELFCHECK_H
#define ROOTWALK_TESTS_SIM_SELFCHECK_H

#include "run.h"

/* Asks `count` questions; the fault is in run->internet.fault. The world is built; no resolver is needed. */
void selfcheck_world(struct run *run, unsigned int count);

#endif
