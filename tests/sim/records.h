/* records: RDATA, by chance and by hand. */
#ifndef ROOTWALK_TESTS_SIM_RECORDS_H
#define ROOTWALK_TESTS_SIM_RECORDS_H

#include "world.h"

/* A type that hosts have at an ordinary name; sometimes one that nobody knows. */
uint16_t records_any_type(struct rng *rng);

/* Makes RDATA of the type; names in it are taken from the world. The octets are in the world's arena. */
struct span records_rdata(struct world *world, uint16_t type);

/* Octets copied into the world's arena. */
struct span records_copy(struct world *world, const void *octets, size_t size);
struct span records_of_name(struct name name);
struct span records_soa(struct world *world, const struct zone *zone, uint32_t minimum);

/* An RRset of `count` different records. */
void records_fill(struct world *world, struct node *node, uint16_t type, unsigned int count, uint32_t ttl);

/* TTLs as they are found: 0, 1, some seconds, minutes, hours, days, weeks. */
uint32_t records_ttl(struct rng *rng);

/* A label; now and then in mixed case. `taken` makes it one that is not in use. */
const char *records_label(struct rng *rng, char text[64]);

#endif
