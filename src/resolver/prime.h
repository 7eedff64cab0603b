/* prime: the root servers are asked for the root's own name servers (RFC 8109), when the hints have to be used. */
#ifndef ROOTWALK_RESOLVER_PRIME_H
#define ROOTWALK_RESOLVER_PRIME_H

#include "resolver/inside.h"

/* Begins a priming request, unless one was begun a moment ago or the root is forwarded or a stub zone. */
void prime_root(struct engine *engine);

#endif
