/* keyring: the decoded keys of secure zones, private to a worker.
 *
 * Keys are decoded once and used for every signature of their zone while the validated DNSKEY RRset lives. At most
 * LIMIT_KEYRING_ZONES zones and LIMIT_KEYRING_OCTETS are kept; the one not used for longest goes first. Who uses keys holds
 * them (struct held_keys), so that they stay whole even when the ring lets them go. They grow while they are used, as more
 * of them are decoded, and are weighed when they are given back.
 */
#ifndef ROOTWALK_RESOLVER_KEYRING_H
#define ROOTWALK_RESOLVER_KEYRING_H

#include "base/hash.h"
#include "base/index.h"
#include "dnssec/keys.h"

#include <sys/queue.h>

struct held_keys;

TAILQ_HEAD(held_keys_list, held_keys);

struct keyring {
	struct hash_key key;
	struct index zones;         /* by the hash of their name */
	struct held_keys_list used; /* the one used last at the end */
	unsigned int count;
	size_t octets;
};

void keyring_init(struct keyring *keyring, struct hash_key key);
void keyring_free(struct keyring *keyring);

/* The keys of exactly this zone, if they live at `age` (seconds); NULL otherwise. To be released. */
struct held_keys *keyring_get(struct keyring *keyring, struct name zone, uint64_t age);

/* Takes over `keys`, in place of what was known of the zone. To be released. NULL when out of memory: `keys` is
 * destroyed then. */
struct held_keys *keyring_put(struct keyring *keyring, struct keys *keys, uint64_t expiry);

/* What was known of the zone is forgotten. */
void keyring_remove(struct keyring *keyring, struct name zone);

struct keys *held_keys(const struct held_keys *held);

/* One more user. */
void held_keys_share(struct held_keys *held);
void held_keys_release(struct held_keys *held);

#endif
