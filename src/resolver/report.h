/* report: what the log hears of clients: each query and its outcome (log.queries), and why an answer is SERVFAIL
 * (log.level: debug). Names are escaped by name_to_text: nothing that came from the network reaches a line as it is.
 */
#ifndef ROOTWALK_RESOLVER_REPORT_H
#define ROOTWALK_RESOLVER_REPORT_H

#include "resolver/request.h"

/* `message` is the answer as it is sent; empty: none is. `why` may be NULL. */
void report_answer(const struct engine *engine, const struct client *client, struct span message, const char *why);

#endif
