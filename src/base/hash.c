#include "base/hash.h"

#include <assert.h>

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static uint64_t read_le(const uint8_t *at, size_t size)
{
	uint64_t word = 0;
	for (size_t i = 0; i < size; i++)
		word |= (uint64_t)at[i] << (8 * i);
	return word;
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

/* SipHash-c-d: c rounds for each word, d at the end. */
static inline uint64_t sip_hash(const struct hash_key *key, struct span octets, int word_rounds, int end_rounds)
{
	uint64_t v[4] = {
		key->k0 ^ 0x736f6d6570736575u,
		key->k1 ^ 0x646f72616e646f6du,
		key->k0 ^ 0x6c7967656e657261u,
		key->k1 ^ 0x7465646279746573u,
	};
	size_t whole = octets.size / 8 * 8;
	for (size_t i = 0; i < whole; i += 8) {
		uint64_t word;
		memcpy(&word, octets.octets + i, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		word = __builtin_bswap64(word);
#endif
		v[3] ^= word;
		for (int r = 0; r < word_rounds; r++)
			sip_round(v);
		v[0] ^= word;
	}
	uint64_t last = (uint64_t)octets.size << 56;
	if (octets.size > whole)
		last |= read_le(octets.octets + whole, octets.size - whole);
	v[3] ^= last;
	for (int r = 0; r < word_rounds; r++)
		sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int r = 0; r < end_rounds; r++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t hash_octets(const struct hash_key *key, struct span octets)
{
	return sip_hash(key, octets, 1, 3);
}

uint64_t hash_cookie(const struct hash_key *key, struct span octets)
{
	return sip_hash(key, octets, 2, 4);
}

uint64_t hash_pair(const struct hash_key *key, struct span first, struct span second)
{
	uint8_t joined[512 + 16];
	assert(first.size <= 512 && second.size <= 16);
	if (first.size > 0)
		memcpy(joined, first.octets, first.size);
	if (second.size > 0)
		memcpy(joined + first.size, second.octets, second.size);
	return hash_octets(key, span_of(joined, first.size + second.size));
}
