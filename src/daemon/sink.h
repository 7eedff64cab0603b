/* sink: where lines of the log go: standard error.
 *
 * Under systemd standard error is the journal, which keeps the time itself and reads a level from a prefix
 * (sd-daemon(3)): "<6>line". Elsewhere, on a terminal or in a file, a line begins with the time (UTC) and the level:
 * "2025-03-01T12:00:00.123Z warning: line". One write a line, so that threads and other writers do not mix.
 */
#ifndef ROOTWALK_DAEMON_SINK_H
#define ROOTWALK_DAEMON_SINK_H

#include "base/log.h"

/* Lines less urgent than `level` are left out. */
struct log sink_log(enum log_level level);

#endif
