/* answers: finished answers, private to one worker: the way of a hit.
 *
 * An answer is kept as the octets behind the question, with the places of its TTLs. On a hit they are copied, the
 * client's ID, flags and question octets put before them, TTLs lowered by the seconds since, an OPT appended.
 * No lock, no allocation, no parsing of records.
 *
 * The key is the question (its name in any case; the class is IN) and the variant: what of the query changes the answer
 * (DO, CD, stream or UDP size class...). It is the caller's number.
 */
#ifndef ROOTWALK_CACHE_ANSWERS_H
#define ROOTWALK_CACHE_ANSWERS_H

#include "base/hash.h"
#include "base/span.h"
#include "wire/name.h"

struct answers;

/* NULL when out of memory. */
struct answers *answers_create(size_t octets_max, struct hash_key key);
void answers_destroy(struct answers *answers);

struct answers_key {
	struct name name; /* any case */
	uint16_t type;
	uint8_t variant;
};

/* Writes a whole message into `into`: header with `id` and `flags_or` (RD and CD as the client had them), the
 * question octets as the client spelled them, the tail with TTLs counted down. Returns its size, 0 when not known
 * or larger than `capacity`. *ede as kept. The additional count is without OPT, which the caller appends. */
size_t answers_get(struct answers *answers, const struct answers_key *key, uint64_t age, uint16_t id,
		   uint16_t flags_or, struct span question, uint8_t *into, size_t capacity, int *ede);

/* Keeps the message `octets` (made for this key, without OPT, question first, no compression pointer that reaches
 * beyond the question into anything but this message) for `ttl` seconds. Finds the TTL places itself. Refused
 * silently when malformed or too large. */
void answers_put(struct answers *answers, const struct answers_key *key, uint64_t age, uint32_t ttl,
		 struct span octets, int ede);

void answers_clear(struct answers *answers);

#endif
