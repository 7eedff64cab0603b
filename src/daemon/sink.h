/* sink: where lines of the log go: standard error.
 *
 * Under systemd standard error is the journal, which keeps the time itself and reads a level from a prefix
 * (sd-daemon(3)): "<6>line". Elsewhere, on a terminal or in a file, a line begins with the time (UTC) and the level:
 * "2025-03-01T12:00:00.123Z warning: line". One write a line, so that threads and other writers do not mix.
 *
 * Nobody's question waits for the log. A line goes out only if it can go at once: not into a pipe whose reader is
 * slow, a terminal that is held (Ctrl-S), a full disk. What could not be written is counted, and as soon as a line
 * goes out again it is told before it how many were lost and why.
 */
#ifndef ROOTWALK_DAEMON_SINK_H
#define ROOTWALK_DAEMON_SINK_H

#include "base/log.h"

#include <pthread.h>
#include <stdbool.h>

struct sink {
	pthread_mutex_t lock; /* of what is below: lines come from all threads */
	bool journal;
	bool cut;             /* the last line went out in part: the next one begins a new line */
	unsigned long lost;   /* lines, since the last one that went out */
	int why;              /* errno of the first of them */
};

/* Makes the sink, which outlives the log. Lines less urgent than `level` are left out. */
struct log sink_log(struct sink *sink, enum log_level level);

#endif
