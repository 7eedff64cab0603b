/* hash: SipHash-1-3 (Aumasson and Bernstein, 2012), a keyed hash for tables that strangers fill.
 *
 * The key is drawn at start, so nobody can prepare names that fall into one bucket (attacks: hash flooding).
 * The order of a table's buckets must never decide what the resolver does: the key differs from run to run.
 */
#ifndef ROOTWALK_BASE_HASH_H
#define ROOTWALK_BASE_HASH_H

#include "base/span.h"

struct hash_key {
	uint64_t k0, k1;
};

uint64_t hash_octets(const struct hash_key *key, struct span octets);

/* SipHash-2-4, which DNS cookies are made with (RFC 9018 section 4.4). */
uint64_t hash_cookie(const struct hash_key *key, struct span octets);

/* The same over two parts, as if they stood one behind the other. `first` at most 512 octets, `second` 16. */
uint64_t hash_pair(const struct hash_key *key, struct span first, struct span second);

#endif
