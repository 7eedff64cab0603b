/* instant: what time it is, as three clocks, passed into everything that asks.
 *
 * Nothing below daemon/ reads a clock. The three differ on purpose:
 *   ticks  runs evenly and orders time-outs and round-trip times;
 *   age    runs evenly too, also while the machine sleeps, and counts down TTLs: an administrator who sets the
 *          time makes no record live longer or die early;
 *   wall   is what signatures are compared with (RFC 4034 section 3.1.5).
 */
#ifndef ROOTWALK_BASE_INSTANT_H
#define ROOTWALK_BASE_INSTANT_H

#include <stdint.h>

struct instant {
	uint64_t ticks; /* microseconds since an arbitrary moment */
	uint64_t age;   /* seconds since an arbitrary moment */
	int64_t wall;   /* POSIX seconds */
};

#define TICKS_PER_MS 1000u
#define TICKS_PER_S 1000000u

/* No deadline: later than every moment. */
#define TICKS_NEVER UINT64_MAX

#endif
