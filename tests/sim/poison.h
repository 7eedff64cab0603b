/* poison: what liars and attackers tell. All of it is known by its addresses and by the name "poison.". */
#ifndef ROOTWALK_TESTS_SIM_POISON_H
#define ROOTWALK_TESTS_SIM_POISON_H

#include "authority.h"

/* A forged answer to the question: data, a referral, an alias or a denial. Returns its size. */
size_t poison_answer(struct world *world, const struct question *question, uint16_t id, uint8_t *octets,
		     size_t capacity);

/* Adds to an honest answer what its sender has no right to say, and what nobody asked for. */
void poison_add(struct world *world, const struct host *host, struct authority *authority, struct arena *arena);

/* Is there poison in the message? */
bool poison_is_in(const struct msg *msg);

#endif
