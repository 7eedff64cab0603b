/* signals: the process is told to stop by SIGTERM, SIGINT or SIGHUP and by nothing else.
 *
 * They are blocked before any thread starts and then taken by one that waits for them, so no handler runs anywhere
 * and no system call of a worker is interrupted. SIGPIPE is ignored: a peer that went away is an error of the write.
 */
#ifndef ROOTWALK_DAEMON_SIGNALS_H
#define ROOTWALK_DAEMON_SIGNALS_H

/* Call before threads start. */
void signals_block(void);

/* Waits until the process is told to stop; returns the signal's name. */
const char *signals_wait(void);

/* Tells the waiting thread to stop, from any thread. */
void signals_stop(void);

#endif
