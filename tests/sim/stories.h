/* stories: worlds written by hand: what was once wrong, and what a seed seldom makes. */
#ifndef ROOTWALK_TESTS_SIM_STORIES_H
#define ROOTWALK_TESTS_SIM_STORIES_H

#include "run.h"

struct story {
	const char *name;
	void (*build)(struct world *world);
	void (*play)(struct run *run);
};

extern const struct story stories[];
extern const size_t story_count;

#endif
