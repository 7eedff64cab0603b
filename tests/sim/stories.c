#include "stories.h"

const struct story *stories_at(size_t n)
{
	static const struct shelf *const shelves[] = { &stories_walk, &stories_servers, &stories_data, &stories_secure,
						       &stories_bogus };
	for (size_t i = 0; i < sizeof shelves / sizeof shelves[0]; i++) {
		if (n < shelves[i]->count)
			return &shelves[i]->stories[n];
		n -= shelves[i]->count;
	}
	return NULL;
}
