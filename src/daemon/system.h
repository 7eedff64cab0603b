/* system: the only place that reads clocks and draws entropy.
 *
 * All through libc, so that a test can put another clock under the process (libfaketime, preloaded). TTLs count on
 * CLOCK_BOOTTIME, which nobody can set and which runs while the machine sleeps: a record is not younger because the
 * lid was closed. With `cache.clock: wall` they follow CLOCK_REALTIME instead, for tests that turn the clock.
 */
#ifndef ROOTWALK_DAEMON_SYSTEM_H
#define ROOTWALK_DAEMON_SYSTEM_H

#include "base/instant.h"
#include "config/options.h"

#include <time.h>

struct instant system_now(enum cache_clock clock);

/* The time of day for a line of the log. */
struct timespec system_wall(void);

/* Does the machine have a route into the IPv6 internet? Nothing is sent to find out. */
bool system_has_ipv6(void);

/* Options that depend on the machine get their value: recursion.ipv6 auto. */
void system_settle(struct options *options);

/* Fills `into` from the kernel's generator, waiting until it is seeded. False when the kernel has none. */
bool system_entropy(void *into, size_t size);

#endif
