/* access: who may ask us, and whom we may ask. Pure. */
#ifndef ROOTWALK_RESOLVER_ACCESS_H
#define ROOTWALK_RESOLVER_ACCESS_H

#include "base/ip.h"
#include "config/options.h"

/* Does access.allow let this client in? */
bool access_client(const struct options *options, struct ip client);

/* May its queries without RD look into the cache (access.snoop)? */
bool access_snoop(const struct options *options, struct ip client);

/* Are UDP answers to it rationed (rate.limit), as long as it has not shown that the address is its own? */
bool access_rationed(const struct options *options, struct ip client);

/* May this address be asked? Unspecified, multicast, broadcast and our own never; loopback by option or when
 * upstream-allow names it; what upstream-deny names never; when upstream-allow is not empty, only what it names
 * (CVE-2026-50251: glue that points at the resolver itself). */
bool access_upstream(const struct options *options, struct endpoint server);

#endif
