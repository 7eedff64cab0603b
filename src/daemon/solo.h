/* solo: one engine with the network behind it and no clients, for a program that asks for itself (rootwalk lookup).
 *
 *	struct solo *solo = solo_create(&setup, problem);
 *	solo_lookup(solo, &wish, print, &printer);   returns when the answer was printed
 *	solo_destroy(solo);
 *
 * Lookups one after another share the cache, so a second one shows what the first left there. Signals are not
 * touched: Ctrl-C ends the program.
 */
#ifndef ROOTWALK_DAEMON_SOLO_H
#define ROOTWALK_DAEMON_SOLO_H

#include "base/log.h"
#include "cache/delegations.h"
#include "config/options.h"
#include "daemon/trust.h"
#include "resolver/trace.h"
#include "wire/msg.h"

#define SOLO_PROBLEM_SIZE 256u

struct solo; /* layout in solo.c */

struct solo_setup {
	const struct options *options;   /* outlives the solo; `listen` and `workers` are not looked at */
	const struct delegation *hints;
	const struct trust *trust;
	const struct log *log;           /* outlives the solo */
};

/* The answer: a whole message, and the story of how it was found. Both are good until the function returns. */
typedef void solo_answered(void *context, struct span octets, const struct trace *trace);

/* NULL: *problem says why in one sentence. */
struct solo *solo_create(const struct solo_setup *setup, char problem[SOLO_PROBLEM_SIZE]);
void solo_destroy(struct solo *solo);

struct solo_wish {
	struct question question;
	bool unchecked; /* not validated */
};

/* Resolves and calls `answered` once, SERVFAIL at worst. False when out of memory or the event loop failed;
 * `answered` was not called then. */
bool solo_lookup(struct solo *solo, const struct solo_wish *wish, solo_answered *answered, void *context);

#endif
