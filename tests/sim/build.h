/* build: a whole world from a seed.
 *
 * tree.c makes zones, hosts and delegations of every shape; content.c fills the zones; moods.c spoils the hosts, but
 * leaves each zone that is not doomed one that does right; changes.c lets time pass over it; secure.c signs.
 */
#ifndef ROOTWALK_TESTS_SIM_BUILD_H
#define ROOTWALK_TESTS_SIM_BUILD_H

#include "world.h"

/* world_begin was called. */
void build_world(struct world *world);

/* Its parts, in this order. */
void tree_build(struct world *world);
void content_build(struct world *world);
void moods_build(struct world *world);
void changes_build(struct world *world);
void secure_build(struct world *world);

/* Notes at the zones what the moods of their hosts mean for them. */
void moods_note(struct world *world);

/* For stories: a root with one host, a zone with its host below a parent. */
struct zone *tree_root(struct world *world, unsigned int hosts);
struct zone *tree_zone(struct world *world, struct zone *parent, const char *text);
struct server *tree_own_server(struct world *world, struct zone *zone, const char *label, struct host *host, bool glue);
void tree_address(struct world *world, struct host *host, bool v4, bool v6);

/* After build_world: 30 % of all packets are lost, one host of ten is dead and one lame, and an attacker on the path's
 * edge forges replies to half of all queries. */
void moods_storm(struct world *world);

#endif
