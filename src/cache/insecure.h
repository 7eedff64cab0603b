/* insecure: zones that a secure parent has proven to have no chain of trust, so that nobody proves it again. */
#ifndef ROOTWALK_CACHE_INSECURE_H
#define ROOTWALK_CACHE_INSECURE_H

#include "cache/table.h"
#include "wire/name.h"

/* `ede`: EDE_NONE, or why its signatures cannot be used. */
void insecure_put(struct table *table, struct name zone, uint64_t age, uint32_t ttl, int ede);

bool insecure_get(struct table *table, struct name zone, uint64_t age, int *ede);

#endif
