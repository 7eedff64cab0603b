/* server: the resolver as a service, from options to a clean end.
 *
 * The order of starting: listening sockets, the table, the workers, then their threads. What fails before the
 * threads run is told in one sentence and leaves nothing behind.
 *
 * `cache.size` is the memory of the whole process. Some is set aside for what is not cache: a fixed part for the
 * program, a part for each worker (buffers, lookups in flight), never more than half. Of the rest an eighth goes to
 * the workers' finished answers, in equal parts, a sixteenth to what is proven not to exist (denials.h), and the others to
 * the shared table.
 */
#ifndef ROOTWALK_DAEMON_SERVER_H
#define ROOTWALK_DAEMON_SERVER_H

#include "base/log.h"
#include "cache/delegations.h"
#include "config/options.h"
#include "daemon/trust.h"

/* Serves until it is told to stop (signals.h). True when it ended because it was told to; else the log says why. */
bool server_run(const struct options *options, const struct delegation *hints, const struct trust *trust,
		const struct log *log);

/* How `cache.size` is divided; octets. */
struct server_shares {
	size_t table;
	size_t answers;        /* of each worker */
	size_t denials;        /* 0: switched off */
	unsigned int requests; /* that each worker may work on at once */
};

struct server_shares server_shares_of(const struct options *options, size_t workers);

/* workers of the options; `auto` is one for each processor that the process may run on. */
size_t server_workers(const struct options *options);

#endif
