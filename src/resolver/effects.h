/* effects: what the engine wants done, in order, until the caller fetches it.
 *
 * Octets are kept in an arena that is emptied when everything was fetched, so that an effect stays good while others
 * are added (engine_failed may come while effects are fetched).
 */
#ifndef ROOTWALK_RESOLVER_EFFECTS_H
#define ROOTWALK_RESOLVER_EFFECTS_H

#include "resolver/engine.h"

struct effect_node;

struct effects {
	struct arena arena;
	struct effect_node *first, *last;
};

struct effects effects_of(void);
void effects_free(struct effects *effects);

/* Adds a copy, octets included. False when out of memory. */
bool effects_add(struct effects *effects, const struct effect *effect);

bool effects_take(struct effects *effects, struct effect *effect);

/* At the beginning of an event: when nothing is left to fetch, the memory is used again. */
void effects_begin(struct effects *effects);

/* An arena for what goes with an effect (a story); as good as the effect's octets. */
struct arena *effects_arena(struct effects *effects);

#endif
