#include "arithmetic.h"

#include "base/rng.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>

#define RSA_BITS 1024u
#define RSA_BITS_LARGE 2048u
#define RSA_EXPONENT 65537u
#define NUMBER_SIZE_MAX 128u /* octets of a drawn number */

struct arithmetic_key {
	enum arithmetic arithmetic;
	EVP_PKEY *pkey;     /* RSA and Edwards */
	BIGNUM *n, *e;      /* RSA */
	EC_GROUP *group;    /* ECDSA */
	BIGNUM *d;
	EC_POINT *point;
};

static void need(bool good)
{
	if (!good) {
		fputs("sign: out of memory, or OpenSSL refuses\n", stderr);
		exit(1);
	}
}

/* Chance that belongs to a key. */
static struct rng rng_of_key(enum arithmetic arithmetic, unsigned int number)
{
	bool rsa = arithmetic <= ARITHMETIC_RSA_SHA512;
	return rng_of_number((uint64_t)(rsa ? ARITHMETIC_RSA_SHA1 : arithmetic) << 32 | number);
}

static BIGNUM *draw(struct rng *rng, unsigned int bits)
{
	uint8_t octets[NUMBER_SIZE_MAX];
	rng_octets(rng, octets, bits / 8);
	BIGNUM *number = BN_bin2bn(octets, (int)(bits / 8), NULL);
	need(number != NULL);
	return number;
}

/* ---- RSA ---- */

/* With the two highest bits set, so that two of them make a modulus of full length. */
static BIGNUM *draw_prime(struct rng *rng, unsigned int bits, BN_CTX *context)
{
	for (;;) {
		BIGNUM *prime = draw(rng, bits);
		need(BN_set_bit(prime, (int)bits - 1) && BN_set_bit(prime, (int)bits - 2) && BN_set_bit(prime, 0));
		if (BN_mod_word(prime, RSA_EXPONENT) != 1 && BN_check_prime(prime, context, NULL) == 1)
			return prime;
		BN_free(prime);
	}
}

static EVP_PKEY *rsa_of_parts(const struct arithmetic_key *key, const BIGNUM *d, BIGNUM *primes[2], BN_CTX *context)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	BIGNUM *exponents[2] = { BN_new(), BN_new() }, *minus = BN_new();
	BIGNUM *inverse = BN_mod_inverse(NULL, primes[1], primes[0], context);
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *pkey = NULL;
	need(builder != NULL && minus != NULL && inverse != NULL && maker != NULL);
	for (unsigned int i = 0; i < 2; i++)
		need(BN_sub(minus, primes[i], BN_value_one()) && BN_mod(exponents[i], d, minus, context));
	need(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, key->n) &&
	     OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, key->e) &&
	     OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_D, d) &&
	     OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_FACTOR1, primes[0]) &&
	     OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_FACTOR2, primes[1]) &&
	     OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_EXPONENT1, exponents[0]) &&
	     OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_EXPONENT2, exponents[1]) &&
	     OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, inverse));
	OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
	need(parameters != NULL && EVP_PKEY_fromdata_init(maker) == 1 &&
	     EVP_PKEY_fromdata(maker, &pkey, EVP_PKEY_KEYPAIR, parameters) == 1);
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(maker);
	BN_free(exponents[0]);
	BN_free(exponents[1]);
	BN_free(minus);
	BN_free(inverse);
	return pkey;
}

static void make_rsa(struct arithmetic_key *key, struct rng *rng, unsigned int bits)
{
	BN_CTX *context = BN_CTX_new();
	BIGNUM *primes[2], *d, *p = BN_new(), *q = BN_new(), *phi = BN_new();
	need(context != NULL && p != NULL && q != NULL && phi != NULL);
	primes[0] = draw_prime(rng, bits / 2, context);
	primes[1] = draw_prime(rng, bits / 2, context);
	key->n = BN_new();
	key->e = BN_new();
	need(key->n != NULL && key->e != NULL && BN_set_word(key->e, RSA_EXPONENT) &&
	     BN_mul(key->n, primes[0], primes[1], context) && BN_sub(p, primes[0], BN_value_one()) &&
	     BN_sub(q, primes[1], BN_value_one()) && BN_mul(phi, p, q, context));
	d = BN_mod_inverse(NULL, key->e, phi, context);
	need(d != NULL);
	key->pkey = rsa_of_parts(key, d, primes, context);
	BN_free(primes[0]);
	BN_free(primes[1]);
	BN_free(d);
	BN_free(p);
	BN_free(q);
	BN_free(phi);
	BN_CTX_free(context);
}

/* ---- ECDSA ---- */

static unsigned int curve_octets(const struct arithmetic_key *key)
{
	return key->arithmetic == ARITHMETIC_P256 ? 32 : 48;
}

static const EVP_MD *digest_of(const struct arithmetic_key *key)
{
	switch (key->arithmetic) {
	case ARITHMETIC_RSA_SHA1:
		return EVP_sha1();
	case ARITHMETIC_RSA_SHA256:
	case ARITHMETIC_P256:
		return EVP_sha256();
	case ARITHMETIC_RSA_SHA512:
		return EVP_sha512();
	case ARITHMETIC_P384:
		return EVP_sha384();
	default:
		return NULL; /* the Edwards curves bring their own */
	}
}

static void make_ecdsa(struct arithmetic_key *key, struct rng *rng)
{
	key->group = EC_GROUP_new_by_curve_name(key->arithmetic == ARITHMETIC_P256 ? NID_X9_62_prime256v1 : NID_secp384r1);
	need(key->group != NULL);
	key->d = draw(rng, curve_octets(key) * 8);
	key->point = EC_POINT_new(key->group);
	BN_CTX *context = BN_CTX_new();
	need(key->point != NULL && context != NULL &&
	     BN_nnmod(key->d, key->d, EC_GROUP_get0_order(key->group), context) &&
	     EC_POINT_mul(key->group, key->point, key->d, NULL, NULL, context));
	BN_CTX_free(context);
}

/* A number below the order that depends on key and digest alone, the same for nothing else. */
static BIGNUM *nonce_of(const struct arithmetic_key *key, const uint8_t *digest, BN_CTX *context)
{
	uint8_t octets[2 * EVP_MAX_MD_SIZE], hash[EVP_MAX_MD_SIZE];
	unsigned int size = curve_octets(key);
	need(BN_bn2binpad(key->d, octets, (int)size) == (int)size);
	memcpy(octets + size, digest, size);
	need(EVP_Digest(octets, (size_t)2 * size, hash, NULL, EVP_sha512(), NULL) == 1);
	BIGNUM *nonce = BN_bin2bn(hash, 64, NULL);
	need(nonce != NULL && BN_nnmod(nonce, nonce, EC_GROUP_get0_order(key->group), context));
	return nonce;
}

/* r = (kG).x, s = (z + r d) / k, modulo the curve's order (FIPS 186-4 section 6.4). */
static size_t sign_ecdsa(const struct arithmetic_key *key, struct span octets, uint8_t *signature)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int size = curve_octets(key);
	const BIGNUM *order = EC_GROUP_get0_order(key->group);
	BN_CTX *context = BN_CTX_new();
	BIGNUM *r = BN_new(), *s = BN_new(), *inverse;
	EC_POINT *point = EC_POINT_new(key->group);
	need(context != NULL && r != NULL && s != NULL && point != NULL &&
	     EVP_Digest(octets.octets, octets.size, digest, NULL, digest_of(key), NULL) == 1);
	BIGNUM *k = nonce_of(key, digest, context), *z = BN_bin2bn(digest, (int)size, NULL);
	need(z != NULL && EC_POINT_mul(key->group, point, k, NULL, NULL, context) &&
	     EC_POINT_get_affine_coordinates(key->group, point, r, NULL, context) &&
	     BN_nnmod(r, r, order, context) && BN_mod_mul(s, r, key->d, order, context) &&
	     BN_mod_add(s, s, z, order, context));
	inverse = BN_mod_inverse(NULL, k, order, context);
	need(inverse != NULL && BN_mod_mul(s, s, inverse, order, context) &&
	     BN_bn2binpad(r, signature, (int)size) == (int)size &&
	     BN_bn2binpad(s, signature + size, (int)size) == (int)size);
	BN_free(r);
	BN_free(s);
	BN_free(k);
	BN_free(z);
	BN_free(inverse);
	EC_POINT_free(point);
	BN_CTX_free(context);
	return (size_t)2 * size;
}

/* ---- all ---- */

static void make_edwards(struct arithmetic_key *key, struct rng *rng)
{
	uint8_t octets[57];
	bool large = key->arithmetic == ARITHMETIC_ED448;
	rng_octets(rng, octets, sizeof octets);
	key->pkey = EVP_PKEY_new_raw_private_key(large ? EVP_PKEY_ED448 : EVP_PKEY_ED25519, NULL, octets, large ? 57 : 32);
	need(key->pkey != NULL);
}

struct arithmetic_key *arithmetic_key_create(enum arithmetic arithmetic, unsigned int number, bool large)
{
	struct arithmetic_key *key = calloc(1, sizeof *key);
	struct rng rng = rng_of_key(arithmetic, number);
	need(key != NULL);
	key->arithmetic = arithmetic;
	if (arithmetic <= ARITHMETIC_RSA_SHA512)
		make_rsa(key, &rng, large ? RSA_BITS_LARGE : RSA_BITS);
	else if (arithmetic <= ARITHMETIC_P384)
		make_ecdsa(key, &rng);
	else
		make_edwards(key, &rng);
	return key;
}

size_t arithmetic_key_public(const struct arithmetic_key *key, uint8_t octets[ARITHMETIC_PUBLIC_MAX])
{
	size_t size = ARITHMETIC_PUBLIC_MAX;
	if (key->n != NULL) { /* the exponent's size, the exponent, the modulus */
		octets[0] = (uint8_t)BN_bn2bin(key->e, octets + 1);
		return 1u + octets[0] + (size_t)BN_bn2bin(key->n, octets + 1 + octets[0]);
	}
	if (key->group != NULL) { /* without the octet that says how the point is written */
		uint8_t point[ARITHMETIC_PUBLIC_MAX];
		size = EC_POINT_point2oct(key->group, key->point, POINT_CONVERSION_UNCOMPRESSED, point, sizeof point, NULL);
		need(size == 1 + (size_t)2 * curve_octets(key));
		memcpy(octets, point + 1, size - 1);
		return size - 1;
	}
	need(EVP_PKEY_get_raw_public_key(key->pkey, octets, &size) == 1);
	return size;
}

size_t arithmetic_key_sign(const struct arithmetic_key *key, struct span octets, uint8_t *signature)
{
	size_t size = RSA_BITS_LARGE / 8;
	if (key->group != NULL)
		return sign_ecdsa(key, octets, signature);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	need(context != NULL && EVP_DigestSignInit(context, NULL, digest_of(key), NULL, key->pkey) == 1 &&
	     EVP_DigestSign(context, signature, &size, octets.octets, octets.size) == 1);
	EVP_MD_CTX_free(context);
	return size;
}
