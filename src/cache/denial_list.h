/* denial_list: the NSEC or NSEC3 records of one zone in the order of its chain, as a skip list (Pugh, 1990).
 *
 * Found, added and taken out in logarithmic time, next to next by one pointer. How many levels an element has is drawn by
 * a keyed hash of its position, so a zone's owner cannot make a list that is slow. An element is one block of memory:
 *
 *	struct denial, `levels` pointers, position, packed octets
 *
 * The list owns nothing and locks nothing; denials.c does.
 */
#ifndef ROOTWALK_CACHE_DENIAL_LIST_H
#define ROOTWALK_CACHE_DENIAL_LIST_H

#include "base/hash.h"
#include "cache/order.h"

#include <sys/queue.h>

#define DENIAL_LEVELS 12u /* one in four goes a level up: enough for 16 million */

struct denial_chain;

struct denial {
	TAILQ_ENTRY(denial) link;   /* denials.c: in the order of their coming */
	struct denial_chain *chain; /* denials.c */
	uint32_t expiry;            /* seconds on the age clock */
	uint16_t position_size, packed_size;
	uint8_t signatures;
	uint8_t levels;
	bool asked;                 /* since the hand last passed */
	struct denial *next[];
};

struct denial_list {
	struct denial *first[DENIAL_LEVELS];
};

/* What an element for this takes, and the element; NULL when out of memory. */
size_t denial_footprint(struct span position, struct span packed, uint8_t levels);
struct denial *denial_create(struct span position, struct span packed, uint8_t levels);

uint8_t denial_levels(const struct hash_key *key, struct span position);

struct span denial_position(const struct denial *denial);
struct span denial_packed(const struct denial *denial);

/* The last that stands at or before the position; NULL when all stand behind. */
struct denial *denial_list_find(const struct denial_list *list, struct span position);

struct denial *denial_list_last(const struct denial_list *list);

/* There must be none at its position yet. */
void denial_list_add(struct denial_list *list, struct denial *denial);

/* It must be in. */
void denial_list_remove(struct denial_list *list, struct denial *denial);

#endif
