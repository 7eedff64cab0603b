/* fold: ASCII letters without their case (RFC 4343), eight octets at a time.
 *
 * The length octets of a name (0..63) lie below 'A', so a whole name is folded in one sweep, lengths and all.
 */
#ifndef ROOTWALK_WIRE_FOLD_H
#define ROOTWALK_WIRE_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FOLD_EACH 0x0101010101010101u

static inline uint8_t fold_octet(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
}

/* Every octet of the word: the sums carry into an octet's top bit from 'A' on and from behind 'Z' on. */
static inline uint64_t fold_word(uint64_t word)
{
	uint64_t low = word & (FOLD_EACH * 0x7f);
	uint64_t from_a = low + FOLD_EACH * (0x80 - 'A');
	uint64_t behind_z = low + FOLD_EACH * (0x80 - 'Z' - 1);
	uint64_t upper = ~word & (from_a ^ behind_z) & (FOLD_EACH * 0x80);
	return word | upper >> 2;
}

static inline uint64_t fold_load(const uint8_t *at)
{
	uint64_t word;
	memcpy(&word, at, 8);
	return fold_word(word);
}

/* 0..7 octets, the rest zero. */
static inline uint64_t fold_load_some(const uint8_t *at, size_t size)
{
	uint64_t word = 0;
	for (size_t i = 0; i < size; i++)
		word = word << 8 | at[i];
	return fold_word(word);
}

static inline bool fold_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
	size_t i = 0;
	for (; i + 8 <= size; i += 8)
		if (fold_load(a + i) != fold_load(b + i))
			return false;
	return fold_load_some(a + i, size - i) == fold_load_some(b + i, size - i);
}

/* For small tables only: it has no key, so whoever fills a table by it bounds its chains. */
static inline uint64_t fold_hash(uint64_t hash, const uint8_t *at, size_t size)
{
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	size_t i = 0;
	for (; i + 8 <= size; i += 8) {
		hash = (hash ^ fold_load(at + i)) * odd;
		hash ^= hash >> 32;
	}
	hash = (hash ^ fold_load_some(at + i, size - i) ^ (uint64_t)size << 56) * odd;
	return hash ^ hash >> 32;
}

#endif
