/* hints: the names and addresses of the root servers, from which the first walk begins.
 *
 * Either the 13 that are compiled in (root_servers.def) or a file in the form of a zone file, as IANA publishes it
 * (named.root) and as `dig . NS` prints it. Of a file the NS records of the root count, and the A and AAAA records
 * of the names that they list; records of other types are passed over. Hints are only where to ask first: priming
 * (RFC 8109) learns what the root says of itself.
 */
#ifndef ROOTWALK_TEXT_HINTS_H
#define ROOTWALK_TEXT_HINTS_H

#include "base/arena.h"
#include "cache/delegations.h"

/* Seconds; what the root zone gives its NS records. The hints themselves do not grow old. */
#define HINTS_TTL 518400u

/* All is in the arena, zone the root. False when out of memory. */
bool hints_built_in(struct arena *arena, struct delegation *hints);

/* Reads a file. False when it cannot be used; `problem` is then one sentence with file and line. */
bool hints_read(const char *path, struct arena *arena, struct delegation *hints, char *problem, size_t problem_size);

#endif
