/* limiter: how many answers over UDP leave for one network in a second (response rate limiting).
 *
 * Who lies about its address has us answer somebody else, and an answer may be thirty times the question: an open
 * resolver is a weapon (RFC 5358). Who lies cannot hear what we say, so whoever shows a cookie of ours (RFC 7873) or
 * comes over TCP is never held back. For all others a network, a /24 or a /56, has so many answers a second and may
 * save up one second's worth. Of the queries beyond that most are dropped and some are answered with TC=1, no longer
 * than the question: a client that is real comes again over TCP and loses nothing but time.
 *
 * Each network has one moment, up to which its answers are spent: it moves on by the time that one answer is worth,
 * and may be ahead of the clock by one second (the generic cell rate algorithm of ITU-T I.371). So a network is one
 * 64-bit word, changed by compare-and-swap, and all workers of a server share the table without a lock: the rate is
 * that of the server, not of a worker.
 *
 * The table is of a fixed size, LIMIT_RATE_NETWORKS. A word is found by a keyed hash, among four; a network that finds
 * no place takes that of the one that has been quiet the longest. Who floods us with a great many networks makes it
 * forget, but spends on that more packets than it gains. Two networks whose hashes are alike in 32 bits share a rate,
 * which nobody can bring about without the key.
 */
#ifndef ROOTWALK_RESOLVER_LIMITER_H
#define ROOTWALK_RESOLVER_LIMITER_H

#include "base/hash.h"
#include "base/ip.h"

struct limiter;

/* `answers` a second for each network, 1 to 1,000. NULL when out of memory. */
struct limiter *limiter_create(uint32_t answers, struct hash_key key);
void limiter_destroy(struct limiter *limiter);

/* One more answer to this client, at this moment (ticks): is it within the rate? Then it is counted. From any
 * thread. */
bool limiter_take(struct limiter *limiter, struct ip client, uint64_t ticks);

#endif
