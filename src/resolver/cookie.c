#include "resolver/cookie.h"

#include "base/builder.h"

#define VERSION 1u
#define OLDEST_S 3600 /* RFC 9018 section 4.3 */
#define AHEAD_S 300
#define INPUT_SIZE (COOKIE_CLIENT_SIZE + 8u + 16u)

static struct span address(const struct ip *ip)
{
	return span_of(ip->octets, ip->version == 4 ? 4 : 16);
}

static void put_hash(uint8_t *at, uint64_t hash)
{
	for (unsigned int i = 0; i < 8; i++)
		at[i] = (uint8_t)(hash >> (8 * i));
}

static void make(const struct hash_key *secret, const struct ip *client, uint32_t time,
		 const uint8_t part[COOKIE_CLIENT_SIZE], uint8_t whole[COOKIE_SIZE])
{
	uint8_t input[INPUT_SIZE];
	struct builder builder = builder_of(input, sizeof input);
	builder_octets(&builder, span_of(part, COOKIE_CLIENT_SIZE));
	builder_u32(&builder, VERSION << 24);
	builder_u32(&builder, time);
	memcpy(whole, input, COOKIE_CLIENT_SIZE + 8);
	builder_octets(&builder, address(client));
	put_hash(whole + COOKIE_CLIENT_SIZE + 8, hash_cookie(secret, builder_written(&builder)));
}

void cookie_for_client(const struct hash_key *secret, struct ip client, int64_t wall,
		       const uint8_t part[COOKIE_CLIENT_SIZE], uint8_t whole[COOKIE_SIZE])
{
	make(secret, &client, (uint32_t)wall, part, whole);
}

/* Compared in constant time: how far a guess is right is not told. */
static bool is_same(const uint8_t *a, const uint8_t *b)
{
	unsigned int difference = 0;
	for (unsigned int i = 0; i < COOKIE_SIZE; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}

bool cookie_is_ours(const struct hash_key *secret, struct ip client, int64_t wall, struct span cookie)
{
	uint8_t whole[COOKIE_SIZE];
	if (cookie.size != COOKIE_SIZE)
		return false;
	const uint8_t *at = cookie.octets + COOKIE_CLIENT_SIZE + 4;
	uint32_t time = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
	int32_t age = (int32_t)((uint32_t)wall - time); /* RFC 1982 arithmetic */
	if (age > OLDEST_S || age < -AHEAD_S)
		return false;
	make(secret, &client, time, cookie.octets, whole);
	return is_same(whole, cookie.octets);
}

void cookie_to_server(const struct hash_key *secret, struct ip server, uint8_t part[COOKIE_CLIENT_SIZE])
{
	put_hash(part, hash_cookie(secret, address(&server)));
}
