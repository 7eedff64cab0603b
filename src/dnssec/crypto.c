#include "dnssec/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "wire/limits.h"

enum kind { KIND_RSA, KIND_ECDSA, KIND_EDDSA };

struct algorithm {
	uint8_t number;
	uint8_t kind;
	uint8_t half;       /* octets of a coordinate, of r and of s; of the whole key for EdDSA; at least, of an RSA modulus */
	const char *name;   /* of the kind of key, or of its curve */
	const char *digest; /* NULL: EdDSA has its own inside */
};

static const struct algorithm algorithms[] = {
	{ 5, KIND_RSA, 64, "RSA", "SHA1" },
	{ 7, KIND_RSA, 64, "RSA", "SHA1" },
	{ 8, KIND_RSA, 64, "RSA", "SHA256" },
	{ 10, KIND_RSA, 128, "RSA", "SHA512" },
	{ 13, KIND_ECDSA, 32, "P-256", "SHA256" },
	{ 14, KIND_ECDSA, 48, "P-384", "SHA384" },
	{ 15, KIND_EDDSA, 32, "ED25519", NULL },
	{ 16, KIND_EDDSA, 57, "ED448", NULL },
};

#define COORDINATE_MAX 48u
#define EDDSA_KEY_MAX 57u
#define DER_MAX (2 + 2 * (2 + 1 + COORDINATE_MAX))

/* All that a check needs is looked up once and kept: OpenSSL's look-up of a digest or of an operation by its name costs
 * as much as a short digest. */
struct crypto_key {
	const struct algorithm *algorithm;
	EVP_PKEY *pkey;
	EVP_MD *md;
	EVP_MD_CTX *digester;
	EVP_PKEY_CTX *verifier;
};

static const struct algorithm *algorithm_of(uint8_t number)
{
	for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
		if (algorithms[i].number == number)
			return &algorithms[i];
	return NULL;
}

static const char *digest_name(uint8_t type)
{
	switch (type) {
	case 1: return "SHA1";
	case 2: return "SHA256";
	case 4: return "SHA384";
	default: return NULL;
	}
}

bool crypto_knows_algorithm(uint8_t algorithm)
{
	return algorithm_of(algorithm) != NULL;
}

bool crypto_knows_digest(uint8_t type)
{
	return digest_name(type) != NULL;
}

bool crypto_is_slow(uint8_t algorithm)
{
	const struct algorithm *known = algorithm_of(algorithm);
	return known != NULL && known->kind == KIND_ECDSA && known->half > 32;
}

/* ---- public keys ---- */

static EVP_PKEY *key_of_parameters(const char *type, OSSL_PARAM *parameters)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;
	if (context == NULL || EVP_PKEY_fromdata_init(context) <= 0 ||
	    EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) <= 0)
		pkey = NULL;
	EVP_PKEY_CTX_free(context);
	return pkey;
}

static struct span without_zeros(struct span number)
{
	while (number.size > 0 && number.octets[0] == 0)
		number = span_of(number.octets + 1, number.size - 1);
	return number;
}

static size_t count_bits(struct span number)
{
	size_t bits = number.size * 8;
	for (uint8_t bit = 0x80; number.size > 0 && (number.octets[0] & bit) == 0; bit >>= 1)
		bits--;
	return bits;
}

static bool is_odd(struct span number)
{
	return number.size > 0 && (number.octets[number.size - 1] & 1) != 0;
}

/* RFC 3110 section 2, with the least sizes of RFC 5702 section 2. An exponent of 1 would make every padded digest its own signature. */
static bool read_rsa(const struct algorithm *algorithm, struct span public_key, struct span *exponent,
		     struct span *modulus)
{
	struct cursor cursor = cursor_of(public_key);
	size_t size = cursor_u8(&cursor);
	if (size == 0)
		size = cursor_u16(&cursor);
	*exponent = without_zeros(cursor_take(&cursor, size));
	*modulus = without_zeros(cursor_take(&cursor, cursor_left(&cursor)));
	size_t exponent_bits = count_bits(*exponent), modulus_bits = count_bits(*modulus);
	return !cursor.failed && is_odd(*exponent) && is_odd(*modulus) && exponent_bits >= 2 &&
	       exponent_bits <= LIMIT_RSA_EXPONENT_BITS && modulus_bits >= 8u * algorithm->half &&
	       modulus_bits <= LIMIT_RSA_BITS_MAX;
}

static EVP_PKEY *decode_rsa(const struct algorithm *algorithm, struct span public_key)
{
	struct span exponent, modulus;
	if (!read_rsa(algorithm, public_key, &exponent, &modulus))
		return NULL;
	BIGNUM *e = BN_bin2bn(exponent.octets, (int)exponent.size, NULL);
	BIGNUM *n = BN_bin2bn(modulus.octets, (int)modulus.size, NULL);
	OSSL_PARAM_BLD *list = OSSL_PARAM_BLD_new();
	OSSL_PARAM *parameters = NULL;
	EVP_PKEY *pkey = NULL;
	if (e != NULL && n != NULL && list != NULL && OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_N, n) &&
	    OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_E, e))
		parameters = OSSL_PARAM_BLD_to_param(list);
	if (parameters != NULL)
		pkey = key_of_parameters("RSA", parameters);
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(list);
	BN_free(n);
	BN_free(e);
	return pkey;
}

/* RFC 6605 section 4: x and y. Reading a point, OpenSSL sees whether it is on its curve. */
static EVP_PKEY *decode_ecdsa(const struct algorithm *algorithm, struct span public_key)
{
	uint8_t point[1 + 2 * COORDINATE_MAX] = { 4 }; /* SEC 1: not compressed */
	char curve[sizeof "P-256"];
	if (public_key.size != 2u * algorithm->half)
		return NULL;
	memcpy(point + 1, public_key.octets, public_key.size);
	memcpy(curve, algorithm->name, sizeof curve);
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + public_key.size),
		OSSL_PARAM_construct_end(),
	};
	return key_of_parameters("EC", parameters);
}

struct edwards {
	BN_CTX *context;
	BIGNUM *p, *d, *y, *u, *v;
};

/* The prime and d of edwards25519 or edwards448 (RFC 8032 sections 5.1 and 5.2). */
static bool set_curve(const struct edwards *curve, bool is_448)
{
	if (is_448)
		return BN_set_word(curve->p, 1) && BN_lshift(curve->p, curve->p, 224) &&
		       BN_copy(curve->d, curve->p) && BN_lshift(curve->p, curve->p, 224) &&
		       BN_sub(curve->p, curve->p, curve->d) && BN_sub_word(curve->p, 1) &&
		       BN_set_word(curve->d, 39081) && BN_sub(curve->d, curve->p, curve->d);
	return BN_set_word(curve->p, 1) && BN_lshift(curve->p, curve->p, 255) && BN_sub_word(curve->p, 19) &&
	       BN_set_word(curve->d, 121666) && BN_mod_inverse(curve->d, curve->d, curve->p, curve->context) &&
	       BN_mul_word(curve->d, 121665) && BN_nnmod(curve->d, curve->d, curve->p, curve->context) &&
	       BN_sub(curve->d, curve->p, curve->d);
}

/* Is there an x with x^2 = (y^2 - 1) / (d y^2 +- 1)? A quotient is a square where the product is. */
static bool has_root(const struct edwards *curve, bool is_448)
{
	return BN_mod_sqr(curve->u, curve->y, curve->p, curve->context) &&
	       BN_mod_mul(curve->v, curve->d, curve->u, curve->p, curve->context) && BN_sub_word(curve->u, 1) &&
	       (is_448 ? BN_sub_word(curve->v, 1) : BN_add_word(curve->v, 1)) &&
	       BN_mod_mul(curve->u, curve->u, curve->v, curve->p, curve->context) &&
	       BN_kronecker(curve->u, curve->p, curve->context) >= 0;
}

/* OpenSSL takes any octets for a key of EdDSA and finds out with each signature (RFC 8032 sections 5.1.3, 5.2.3). */
static bool is_on_edwards(const struct algorithm *algorithm, struct span public_key)
{
	bool is_448 = algorithm->half == EDDSA_KEY_MAX;
	uint8_t octets[EDDSA_KEY_MAX];
	struct edwards curve = { .context = BN_CTX_new() };
	if (curve.context == NULL)
		return false;
	BN_CTX_start(curve.context);
	curve.p = BN_CTX_get(curve.context);
	curve.d = BN_CTX_get(curve.context);
	curve.y = BN_CTX_get(curve.context);
	curve.u = BN_CTX_get(curve.context);
	curve.v = BN_CTX_get(curve.context);
	memcpy(octets, public_key.octets, public_key.size);
	octets[public_key.size - 1] &= 0x7f; /* the sign of x */
	bool good = curve.v != NULL && set_curve(&curve, is_448) &&
		    BN_lebin2bn(octets, (int)public_key.size, curve.y) != NULL && BN_cmp(curve.y, curve.p) < 0 &&
		    has_root(&curve, is_448);
	BN_CTX_end(curve.context);
	BN_CTX_free(curve.context);
	return good;
}

/* RFC 8080 section 3. Nothing but zeros is a point of edwards25519, of order 4: a key that anybody signs with. */
static EVP_PKEY *decode_eddsa(const struct algorithm *algorithm, struct span public_key)
{
	if (public_key.size != algorithm->half || without_zeros(public_key).size == 0 ||
	    !is_on_edwards(algorithm, public_key))
		return NULL;
	return EVP_PKEY_new_raw_public_key_ex(NULL, algorithm->name, NULL, public_key.octets, public_key.size);
}

static EVP_PKEY *decode(const struct algorithm *algorithm, struct span public_key)
{
	switch ((enum kind)algorithm->kind) {
	case KIND_RSA: return decode_rsa(algorithm, public_key);
	case KIND_ECDSA: return decode_ecdsa(algorithm, public_key);
	case KIND_EDDSA: return decode_eddsa(algorithm, public_key);
	}
	return NULL;
}

static bool prepare(struct crypto_key *key)
{
	key->digester = EVP_MD_CTX_new();
	if (key->digester == NULL || key->pkey == NULL)
		return false;
	if (key->algorithm->kind == KIND_EDDSA)
		return true;
	key->md = EVP_MD_fetch(NULL, key->algorithm->digest, NULL);
	key->verifier = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	if (key->md == NULL || key->verifier == NULL || EVP_PKEY_verify_init(key->verifier) <= 0)
		return false;
	return key->algorithm->kind != KIND_RSA || EVP_PKEY_CTX_set_signature_md(key->verifier, key->md) > 0;
}

/* OpenSSL keeps a list of errors for each thread; what comes of a bad key or signature is taken off again, so that TLS
 * does not find it there. */
struct crypto_key *crypto_key_create(uint8_t algorithm, struct span public_key)
{
	const struct algorithm *known = algorithm_of(algorithm);
	struct crypto_key *key = known != NULL ? calloc(1, sizeof *key) : NULL;
	if (key == NULL)
		return NULL;
	(void)ERR_set_mark();
	key->algorithm = known;
	key->pkey = decode(known, public_key);
	bool good = prepare(key);
	(void)ERR_pop_to_mark();
	if (good)
		return key;
	crypto_key_destroy(key);
	return NULL;
}

void crypto_key_destroy(struct crypto_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_CTX_free(key->verifier);
	EVP_MD_CTX_free(key->digester);
	EVP_MD_free(key->md);
	EVP_PKEY_free(key->pkey);
	free(key);
}

/* ---- signatures ---- */

static uint8_t *write_integer(uint8_t *at, struct span number)
{
	number = without_zeros(number);
	bool pad = number.size == 0 || number.octets[0] >= 0x80; /* DER's integers have a sign */
	*at++ = 2;
	*at++ = (uint8_t)(number.size + pad);
	if (pad)
		*at++ = 0;
	memcpy(at, number.octets, number.size);
	return at + number.size;
}

/* r and s, one behind the other (RFC 6605 section 4), as the ASN.1 sequence that OpenSSL wants. */
static size_t der_of(size_t half, struct span signature, uint8_t der[DER_MAX])
{
	uint8_t *end = write_integer(der + 2, span_of(signature.octets, half));
	end = write_integer(end, span_of(signature.octets + half, half));
	der[0] = 0x30;
	der[1] = (uint8_t)(end - der - 2);
	return (size_t)(end - der);
}

static bool verify_digest(struct crypto_key *key, struct span octets, struct span signature)
{
	uint8_t digest[EVP_MAX_MD_SIZE], der[DER_MAX];
	unsigned int size;
	if (key->algorithm->kind == KIND_ECDSA) {
		if (signature.size != 2u * key->algorithm->half)
			return false;
		signature = span_of(der, der_of(key->algorithm->half, signature, der));
	}
	return EVP_DigestInit_ex2(key->digester, key->md, NULL) > 0 &&
	       EVP_DigestUpdate(key->digester, octets.octets, octets.size) > 0 &&
	       EVP_DigestFinal_ex(key->digester, digest, &size) > 0 &&
	       EVP_PKEY_verify(key->verifier, signature.octets, signature.size, digest, size) == 1;
}

static bool verify_whole(struct crypto_key *key, struct span octets, struct span signature)
{
	return EVP_DigestVerifyInit_ex(key->digester, NULL, NULL, NULL, NULL, key->pkey, NULL) > 0 &&
	       EVP_DigestVerify(key->digester, signature.octets, signature.size, octets.octets, octets.size) == 1;
}

bool crypto_verify(struct crypto_key *key, struct span octets, struct span signature)
{
	if (signature.size == 0)
		return false;
	(void)ERR_set_mark();
	bool good = key->algorithm->kind == KIND_EDDSA ? verify_whole(key, octets, signature) :
							 verify_digest(key, octets, signature);
	(void)ERR_pop_to_mark();
	return good;
}

/* ---- digests ---- */

size_t crypto_digest(uint8_t type, struct span first, struct span second, uint8_t digest[CRYPTO_DIGEST_MAX])
{
	const char *name = digest_name(type);
	unsigned int size = 0;
	if (name == NULL)
		return 0;
	(void)ERR_set_mark();
	EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = md != NULL && context != NULL && EVP_DigestInit_ex2(context, md, NULL) > 0 &&
		    EVP_DigestUpdate(context, first.octets, first.size) > 0 &&
		    EVP_DigestUpdate(context, second.octets, second.size) > 0 &&
		    EVP_DigestFinal_ex(context, digest, &size) > 0;
	EVP_MD_CTX_free(context);
	EVP_MD_free(md);
	(void)ERR_pop_to_mark();
	return good ? size : 0;
}

bool crypto_nsec3_hash(struct span name, struct span salt, unsigned int iterations, uint8_t hash[NSEC3_HASH_SIZE])
{
	(void)ERR_set_mark();
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA1", NULL);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = md != NULL && context != NULL;
	for (unsigned int round = 0; good && round <= iterations; round++) {
		good = EVP_DigestInit_ex2(context, md, NULL) > 0 &&
		       EVP_DigestUpdate(context, name.octets, name.size) > 0 &&
		       EVP_DigestUpdate(context, salt.octets, salt.size) > 0 &&
		       EVP_DigestFinal_ex(context, hash, NULL) > 0;
		name = span_of(hash, NSEC3_HASH_SIZE);
	}
	EVP_MD_CTX_free(context);
	EVP_MD_free(md);
	(void)ERR_pop_to_mark();
	return good;
}
