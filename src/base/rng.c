#include "base/rng.h"

#include <assert.h>

#define KEY_OCTETS 32u
#define BLOCK_OCTETS 64u

static uint32_t rotate(uint32_t x, int by)
{
	return x << by | x >> (32 - by);
}

static void quarter_round(uint32_t s[16], int a, int b, int c, int d)
{
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 16);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 12);
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 8);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 7);
}

static void chacha_block(const uint32_t key[8], uint32_t out[16])
{
	uint32_t start[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
	memcpy(start + 4, key, KEY_OCTETS);
	memcpy(out, start, BLOCK_OCTETS);
	for (int i = 0; i < 10; i++) {
		quarter_round(out, 0, 4, 8, 12);
		quarter_round(out, 1, 5, 9, 13);
		quarter_round(out, 2, 6, 10, 14);
		quarter_round(out, 3, 7, 11, 15);
		quarter_round(out, 0, 5, 10, 15);
		quarter_round(out, 1, 6, 11, 12);
		quarter_round(out, 2, 7, 8, 13);
		quarter_round(out, 3, 4, 9, 14);
	}
	for (int i = 0; i < 16; i++)
		out[i] += start[i];
}

/* The first half of a block becomes the next key, the second half is handed out. */
static void refill(struct rng *rng)
{
	chacha_block(rng->key, rng->block);
	memcpy(rng->key, rng->block, KEY_OCTETS);
	memset(rng->block, 0, KEY_OCTETS);
	rng->used = KEY_OCTETS;
}

struct rng rng_of(const uint8_t seed[RNG_SEED_SIZE])
{
	struct rng rng;
	memcpy(rng.key, seed, RNG_SEED_SIZE);
	refill(&rng);
	return rng;
}

struct rng rng_of_number(uint64_t number)
{
	uint8_t seed[RNG_SEED_SIZE] = { 0 };
	for (int i = 0; i < 8; i++)
		seed[i] = (uint8_t)(number >> (8 * i));
	return rng_of(seed);
}

void rng_octets(struct rng *rng, void *into, size_t size)
{
	uint8_t *at = into;
	while (size > 0) {
		if (rng->used == BLOCK_OCTETS)
			refill(rng);
		size_t part = BLOCK_OCTETS - rng->used;
		if (part > size)
			part = size;
		uint8_t *from = (uint8_t *)rng->block + rng->used;
		memcpy(at, from, part);
		memset(from, 0, part);
		rng->used += (unsigned int)part;
		at += part;
		size -= part;
	}
}

uint16_t rng_u16(struct rng *rng)
{
	uint16_t value;
	rng_octets(rng, &value, sizeof value);
	return value;
}

uint32_t rng_u32(struct rng *rng)
{
	uint32_t value;
	rng_octets(rng, &value, sizeof value);
	return value;
}

uint64_t rng_u64(struct rng *rng)
{
	uint64_t value;
	rng_octets(rng, &value, sizeof value);
	return value;
}

uint32_t rng_below(struct rng *rng, uint32_t bound)
{
	assert(bound > 0);
	/* Numbers above the last whole multiple of the bound would favour the small ones. */
	uint32_t limit = UINT32_MAX - UINT32_MAX % bound;
	uint32_t value;
	do
		value = rng_u32(rng);
	while (value >= limit);
	return value % bound;
}
