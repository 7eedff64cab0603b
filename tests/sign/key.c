#include "key.h"

#include "arithmetic.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define ALGORITHMS 256u
#define KEPT 8192u /* signatures, a power of two */
#define HASH_SIZE 32u
#define LARGE_NUMBER (SIGN_KEYS - 1)

struct sign_key {
	uint8_t algorithm;
	unsigned int number;
	enum arithmetic arithmetic;
	struct arithmetic_key *key; /* NULL: of an algorithm that nobody knows */
	struct span public_key;
};

struct kept {
	uint8_t hash[HASH_SIZE];
	uint16_t size;
	uint8_t signature[SIGNATURE_SIZE_MAX];
};

static struct sign_key *keys[ALGORITHMS][SIGN_KEYS];
static struct kept *kept_ones;
static uint64_t made;

static enum arithmetic arithmetic_of(uint8_t algorithm)
{
	switch (algorithm) {
	case 5:
	case 7:
		return ARITHMETIC_RSA_SHA1;
	case 8:
		return ARITHMETIC_RSA_SHA256;
	case 10:
		return ARITHMETIC_RSA_SHA512;
	case 13:
		return ARITHMETIC_P256;
	case 14:
		return ARITHMETIC_P384;
	case 15:
		return ARITHMETIC_ED25519;
	case 16:
		return ARITHMETIC_ED448;
	default:
		return ARITHMETIC_NONE;
	}
}

static void *need(void *memory)
{
	if (memory == NULL) {
		fputs("sign: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

/* Keys of one family and number are the same key, whatever it is used with. */
static struct sign_key *make(uint8_t algorithm, unsigned int number)
{
	struct sign_key *key = need(calloc(1, sizeof *key));
	uint8_t *octets = need(calloc(1, ARITHMETIC_PUBLIC_MAX));
	key->algorithm = algorithm;
	key->number = number;
	key->arithmetic = arithmetic_of(algorithm);
	if (key->arithmetic == ARITHMETIC_NONE) {
		memset(octets, (int)(algorithm ^ number), 32);
		key->public_key = span_of(octets, 32);
		return key;
	}
	key->key = arithmetic_key_create(key->arithmetic, number, number == LARGE_NUMBER);
	key->public_key = span_of(octets, arithmetic_key_public(key->key, octets));
	return key;
}

const struct sign_key *sign_key_of(uint8_t algorithm, unsigned int number)
{
	struct sign_key **place = &keys[algorithm][number % SIGN_KEYS];
	if (*place == NULL)
		*place = make(algorithm, number % SIGN_KEYS);
	return *place;
}

uint8_t sign_key_algorithm(const struct sign_key *key)
{
	return key->algorithm;
}

struct span sign_key_public(const struct sign_key *key)
{
	return key->public_key;
}

static void hash_of(const struct sign_key *key, struct span octets, uint8_t hash[HASH_SIZE])
{
	uint8_t head[2] = { key->algorithm, (uint8_t)key->number };
	EVP_MD_CTX *context = need(EVP_MD_CTX_new());
	if (EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
	    EVP_DigestUpdate(context, head, sizeof head) != 1 ||
	    EVP_DigestUpdate(context, octets.octets, octets.size) != 1 ||
	    EVP_DigestFinal_ex(context, hash, NULL) != 1)
		need(NULL);
	EVP_MD_CTX_free(context);
}

size_t sign_key_sign(const struct sign_key *key, struct span octets, uint8_t signature[SIGNATURE_SIZE_MAX])
{
	uint8_t hash[HASH_SIZE];
	hash_of(key, octets, hash);
	if (key->key == NULL) {
		memcpy(signature, hash, HASH_SIZE);
		return HASH_SIZE;
	}
	if (kept_ones == NULL)
		kept_ones = need(calloc(KEPT, sizeof *kept_ones));
	struct kept *kept = &kept_ones[(hash[0] | (unsigned int)hash[1] << 8) % KEPT];
	if (kept->size == 0 || memcmp(kept->hash, hash, HASH_SIZE) != 0) {
		memcpy(kept->hash, hash, HASH_SIZE);
		kept->size = (uint16_t)arithmetic_key_sign(key->key, octets, kept->signature);
		made++;
	}
	memcpy(signature, kept->signature, kept->size);
	return kept->size;
}

uint64_t sign_key_count(void)
{
	return made;
}
