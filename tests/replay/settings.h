/* settings: a scenario's configuration becomes options and root hints (FORMAT.md sections 2 and 8).
 *
 * Every key has one row: what to do with it, or why a scenario that has it is not to be played yet. A key without a
 * row is a feature that rootwalk does not have; nothing is passed over silently. Besides the keys of FORMAT.md our
 * own scenarios have, in both dialects: case-randomisation and special-names.
 */
#ifndef ROOTWALK_TESTS_REPLAY_SETTINGS_H
#define ROOTWALK_TESTS_REPLAY_SETTINGS_H

#include "anchors.h"
#include "cache/delegations.h"
#include "config/options.h"
#include "internet.h"

struct settings {
	struct options options;
	struct delegation hints;
	struct anchors anchors;
	bool minimise_given;  /* the scenario says which */
	bool minimise;
	int64_t wall;         /* POSIX seconds at the start */
	struct ip client;     /* where queries come from unless the step says otherwise */
	const char *feature;  /* not NULL: why the scenario is skipped */
	char problem[256];    /* not empty: the configuration is no good */
};

/* Takes the settings in; addresses of servers are made known to the internet. False when the scenario cannot be
 * played: `feature` or `problem` says why. On success settings_free frees the options. */
bool settings_take(struct settings *settings, const struct scenario *scenario, struct internet *internet,
		   struct arena *arena);
void settings_free(struct settings *settings);

#endif
