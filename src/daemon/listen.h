/* listen: every socket that clients come to, opened before anything else starts.
 *
 * Each worker has its own UDP and TCP socket for each address (SO_REUSEPORT): the kernel spreads clients over them by
 * a hash of the client's address and port. Either all sockets are open or none is, and the first one that cannot be
 * opened is told in one sentence.
 *
 * SO_REUSEPORT would also let a second rootwalk of the same user share the port silently, so each address is first
 * tried without it.
 */
#ifndef ROOTWALK_DAEMON_LISTEN_H
#define ROOTWALK_DAEMON_LISTEN_H

#include "base/log.h"
#include "config/options.h"

#define LISTEN_PROBLEM_SIZE 256u

/* One address of one worker. */
struct listen_pair {
	struct endpoint endpoint;
	int udp;
	int tcp;
};

struct listening {
	struct listen_pair *pairs; /* worker 0's, then worker 1's, ... */
	size_t count;              /* for each worker */
	size_t workers;
};

/* Opens options->listen for so many workers. False: *problem says why in one sentence and nothing is open. ::1 is
 * left out with a warning where the machine has no IPv6, because it is listened on by default. */
bool listen_open(struct listening *listening, const struct options *options, size_t workers, const struct log *log,
		 char problem[LISTEN_PROBLEM_SIZE]);

void listen_close(struct listening *listening);

/* The `count` pairs of one worker. */
const struct listen_pair *listen_of_worker(const struct listening *listening, size_t worker);

#endif
