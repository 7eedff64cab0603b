/* internet: the fake internet of a scenario: who answers what (FORMAT.md section 4).
 *
 * An address that the scenario nowhere has does not exist: packets to it vanish. A query to an address that exists
 * but for which nothing is canned is `undefined`: it gets SERVFAIL and is noted.
 */
#ifndef ROOTWALK_TESTS_REPLAY_INTERNET_H
#define ROOTWALK_TESTS_REPLAY_INTERNET_H

#include "scenario.h"

struct internet {
	const struct scenario *scenario;
	struct arena *arena;
	struct address *known; /* addresses that exist */
	unsigned int undefined; /* queries */
	char first_undefined[NAME_TEXT_SIZE + 64];
};

/* False when out of memory. */
bool internet_begin(struct internet *internet, const struct scenario *scenario, struct arena *arena);

/* The address exists, whether a range has it or not. */
bool internet_add(struct internet *internet, struct ip ip);

struct asked {
	unsigned int step; /* the current one */
	struct ip server;
	bool stream;
	const struct message *query;
};

/* Writes the reply into `octets`; 0: none comes. */
size_t internet_answer(struct internet *internet, const struct asked *asked, uint8_t *octets, size_t capacity);

/* A canned reply that had to be used and was not, or NULL. */
const struct entry *internet_unused(const struct internet *internet);

#endif
