/* stories: worlds written by hand: what was once wrong, and what a seed seldom makes. A file for each theme. */
#ifndef ROOTWALK_TESTS_SIM_STORIES_H
#define ROOTWALK_TESTS_SIM_STORIES_H

#include "run.h"

struct story {
	const char *name;
	void (*build)(struct world *world);
	void (*play)(struct run *run);
	bool validated; /* of use only where the resolvers have anchors */
};

struct shelf {
	const struct story *stories;
	size_t count;
};

extern const struct shelf stories_walk, stories_servers, stories_data, stories_secure, stories_bogus;

/* The n-th of all, from 0; NULL behind the last. */
const struct story *stories_at(size_t n);

#endif
