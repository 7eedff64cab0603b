/* rng: the only source of chance below daemon/: ChaCha20 (RFC 8439 section 2.3) run as a generator.
 *
 * The caller seeds it: from the kernel in production, from a number in a simulation. Message IDs, 0x20 case, the
 * choice of servers, cookies and hash keys all come from here, so nobody can tell the next from those before
 * (CVE-2025-40780), and a replayed run draws the same. After each block the key is replaced by the generator's
 * own output: what was drawn before cannot be worked out from the state.
 */
#ifndef ROOTWALK_BASE_RNG_H
#define ROOTWALK_BASE_RNG_H

#include "base/span.h"

#define RNG_SEED_SIZE 32u

struct rng {
	uint32_t key[8];
	uint32_t block[16];
	unsigned int used; /* octets of `block` already handed out */
};

struct rng rng_of(const uint8_t seed[RNG_SEED_SIZE]);

/* For tests and simulations: a generator from one number. */
struct rng rng_of_number(uint64_t number);

void rng_octets(struct rng *rng, void *into, size_t size);
uint16_t rng_u16(struct rng *rng);
uint32_t rng_u32(struct rng *rng);
uint64_t rng_u64(struct rng *rng);

/* A number below `bound`, each equally likely; `bound` at least 1. */
uint32_t rng_below(struct rng *rng, uint32_t bound);

#endif
