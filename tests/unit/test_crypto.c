#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "dnssec/crypto.h"
#include "named.h"
#include "wire/limits.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define FIELD_MAX 600u /* octets of a public key or a signature */

/* ---- the other side: keys and signatures of OpenSSL ---- */

struct maker {
	uint8_t algorithm;
	const char *type, *curve, *digest;
	size_t half;
};

static const struct maker makers[] = {
	{ 5, "RSA", NULL, "SHA1", 0 },         { 7, "RSA", NULL, "SHA1", 0 },
	{ 8, "RSA", NULL, "SHA256", 0 },       { 10, "RSA", NULL, "SHA512", 0 },
	{ 13, "EC", "P-256", "SHA256", 32 },   { 14, "EC", "P-384", "SHA384", 48 },
	{ 15, "ED25519", NULL, NULL, 32 },     { 16, "ED448", NULL, NULL, 57 },
};

static EVP_PKEY *make(const struct maker *maker)
{
	EVP_PKEY *pkey = maker->half == 0	? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024) :
			 maker->curve != NULL	? EVP_PKEY_Q_keygen(NULL, NULL, "EC", maker->curve) :
						  EVP_PKEY_Q_keygen(NULL, NULL, maker->type);
	assert_non_null(pkey);
	return pkey;
}

static size_t field_of(const struct maker *maker, EVP_PKEY *pkey, uint8_t field[FIELD_MAX])
{
	size_t size = FIELD_MAX;
	if (maker->half == 0) {
		BIGNUM *n = NULL, *e = NULL;
		assert_true(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n));
		assert_true(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e));
		field[0] = (uint8_t)BN_num_bytes(e);
		size = 1u + (size_t)BN_bn2bin(e, field + 1);
		size += (size_t)BN_bn2bin(n, field + size);
		BN_free(n);
		BN_free(e);
	} else if (maker->curve != NULL) {
		uint8_t point[FIELD_MAX];
		assert_true(EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, FIELD_MAX, &size));
		assert_int_equal(size, 1 + 2 * maker->half);
		memcpy(field, point + 1, --size);
	} else {
		assert_true(EVP_PKEY_get_raw_public_key(pkey, field, &size));
	}
	return size;
}

static size_t sign(const struct maker *maker, EVP_PKEY *pkey, struct span octets, uint8_t signature[FIELD_MAX])
{
	size_t size = FIELD_MAX;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	assert_true(EVP_DigestSignInit_ex(context, NULL, maker->digest, NULL, NULL, pkey, NULL) > 0);
	assert_true(EVP_DigestSign(context, signature, &size, octets.octets, octets.size) > 0);
	EVP_MD_CTX_free(context);
	if (maker->curve != NULL) {
		const uint8_t *at = signature;
		ECDSA_SIG *parts = d2i_ECDSA_SIG(NULL, &at, (long)size);
		assert_non_null(parts);
		assert_true(BN_bn2binpad(ECDSA_SIG_get0_r(parts), signature, (int)maker->half) > 0);
		assert_true(BN_bn2binpad(ECDSA_SIG_get0_s(parts), signature + maker->half, (int)maker->half) > 0);
		ECDSA_SIG_free(parts);
		size = 2 * maker->half;
	}
	return size;
}

/* ---- signatures ---- */

static void refuses_flipped_bits(struct crypto_key *key, struct span octets, uint8_t *signature, size_t size)
{
	uint8_t copy[64];
	assert_true(octets.size <= sizeof copy);
	memcpy(copy, octets.octets, octets.size);
	for (size_t bit = 0; bit < octets.size * 8; bit += 13) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(crypto_verify(key, span_of(copy, octets.size), span_of(signature, size)));
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < size * 8; bit += 37) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(crypto_verify(key, octets, span_of(signature, size)));
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t shorter = 0; shorter < size; shorter += 7)
		assert_false(crypto_verify(key, octets, span_of(signature, shorter)));
	memset(signature + size, 0, 4);
	assert_false(crypto_verify(key, octets, span_of(signature, size + 1)));
	assert_false(crypto_verify(key, octets, span_of(signature, size + 4)));
}

static void a_good_signature_and_no_other_is_good(void **state)
{
	(void)state;
	static const char text[] = "what was signed";
	struct span octets = span_of(text, sizeof text);
	for (size_t i = 0; i < COUNT(makers); i++) {
		uint8_t field[FIELD_MAX], signature[FIELD_MAX];
		EVP_PKEY *pkey = make(&makers[i]);
		size_t size = field_of(&makers[i], pkey, field);
		struct crypto_key *key = crypto_key_create(makers[i].algorithm, span_of(field, size));
		assert_non_null(key);
		for (int again = 0; again < 20; again++) { /* r and s with zeros in front come now and then */
			size = sign(&makers[i], pkey, octets, signature);
			assert_true(crypto_verify(key, octets, span_of(signature, size)));
			if (again == 0)
				refuses_flipped_bits(key, octets, signature, size);
		}
		assert_true(crypto_verify(key, octets, span_of(signature, size)));
		memset(signature, 0, sizeof signature);
		assert_false(crypto_verify(key, octets, span_of(signature, size)));
		memset(signature, 0xff, sizeof signature);
		assert_false(crypto_verify(key, octets, span_of(signature, size)));
		assert_int_equal(ERR_peek_error(), 0);
		crypto_key_destroy(key);
		EVP_PKEY_free(pkey);
	}
}

/* And then with a bit that DER would take for a sign, or not. */
static void r_and_s_may_begin_with_zeros(void **state)
{
	(void)state;
	const struct maker *maker = &makers[4];
	uint8_t field[FIELD_MAX], signature[FIELD_MAX];
	EVP_PKEY *pkey = make(maker);
	struct crypto_key *key = crypto_key_create(13, span_of(field, field_of(maker, pkey, field)));
	unsigned int seen = 0;
	for (uint32_t i = 0; i < 100000 && seen != 15; i++) {
		struct span octets = span_of(&i, sizeof i);
		size_t size = sign(maker, pkey, octets, signature);
		for (unsigned int half = 0; half < 2; half++) {
			const uint8_t *number = signature + half * maker->half;
			if (number[0] != 0)
				continue;
			seen |= 1u << (2 * half + number[1] / 0x80);
			assert_true(crypto_verify(key, octets, span_of(signature, size)));
		}
	}
	assert_int_equal(seen, 15);
	crypto_key_destroy(key);
	EVP_PKEY_free(pkey);
}

static void an_error_that_stood_there_before_is_left(void **state)
{
	(void)state;
	const struct maker *maker = &makers[2];
	uint8_t field[FIELD_MAX], signature[128] = { 1 };
	EVP_PKEY *pkey = make(maker);
	struct crypto_key *key = crypto_key_create(8, span_of(field, field_of(maker, pkey, field)));
	ERR_raise(ERR_LIB_USER, 7);
	assert_false(crypto_verify(key, span_of("x", 1), span_of(signature, sizeof signature)));
	assert_null(crypto_key_create(13, span_of(signature, 64)));
	assert_int_equal(ERR_GET_REASON(ERR_get_error()), 7);
	assert_int_equal(ERR_get_error(), 0);
	crypto_key_destroy(key);
	EVP_PKEY_free(pkey);
}

/* ---- memory ---- */

/* OpenSSL's allocations: the one at which this reaches 1 fails. */
static unsigned int until_failure;

static bool fails(void)
{
	return until_failure > 0 && --until_failure == 0;
}

static void *allocate(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return fails() ? NULL : malloc(size);
}

static void *reallocate(void *before, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return fails() ? NULL : realloc(before, size);
}

static void release(void *memory, const char *file, int line)
{
	(void)file, (void)line;
	free(memory);
}

/* Is all that crypto.h promises true when the n-th allocation fails? True when nothing failed. */
static bool works_without(unsigned int n, uint8_t algorithm, struct span field, struct span signature)
{
	static const char text[] = "what was signed";
	uint8_t hash[NSEC3_HASH_SIZE], digest[CRYPTO_DIGEST_MAX];
	until_failure = n;
	struct crypto_key *key = crypto_key_create(algorithm, field);
	bool good = key != NULL && crypto_verify(key, span_of(text, sizeof text), signature);
	bool wrong = key != NULL && crypto_verify(key, span_of(text, sizeof text - 1), signature);
	bool hashed = crypto_nsec3_hash(span_of(text, 5), span_of(text, 2), 3, hash);
	bool digested = crypto_digest(2, span_of(text, 5), span_of(text, 2), digest) == 32;
	bool failed = until_failure == 0;
	until_failure = 0;
	assert_false(wrong);
	assert_true(failed || (good && hashed && digested));
	if (key != NULL) /* what was refused for want of memory is not refused for ever */
		assert_true(crypto_verify(key, span_of(text, sizeof text), signature));
	crypto_key_destroy(key);
	assert_int_equal(ERR_peek_error(), 0);
	return !failed;
}

static void any_allocation_may_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(makers); i++) {
		uint8_t field[FIELD_MAX], signature[FIELD_MAX];
		EVP_PKEY *pkey = make(&makers[i]);
		struct span public_key = span_of(field, field_of(&makers[i], pkey, field));
		struct span signed_by = span_of(signature, sign(&makers[i], pkey, span_of("what was signed", 16), signature));
		unsigned int n = 1;
		while (!works_without(n, makers[i].algorithm, public_key, signed_by))
			n++;
		assert_in_range(n, 20, 2000);
		EVP_PKEY_free(pkey);
	}
}

/* ---- public keys ---- */

static bool takes(uint8_t algorithm, const uint8_t *field, size_t size)
{
	struct crypto_key *key = crypto_key_create(algorithm, span_of(field, size));
	assert_int_equal(ERR_peek_error(), 0);
	crypto_key_destroy(key);
	return key != NULL;
}

static void a_key_has_its_size_and_lies_on_its_curve(void **state)
{
	(void)state;
	for (size_t i = 4; i < COUNT(makers); i++) {
		uint8_t field[FIELD_MAX] = { 0 }, algorithm = makers[i].algorithm;
		EVP_PKEY *pkey = make(&makers[i]);
		size_t size = field_of(&makers[i], pkey, field);
		assert_true(takes(algorithm, field, size));
		assert_false(takes(algorithm, field, size - 1));
		assert_false(takes(algorithm, field, size + 1));
		assert_false(takes(algorithm, field, 0));
		unsigned int taken = 0;
		for (unsigned int flip = 1; flip < 256; flip++) {
			field[1] ^= (uint8_t)flip;
			taken += takes(algorithm, field, size);
			field[1] ^= (uint8_t)flip;
		}
		/* Of an Edwards point there is y only, and every other y is one. */
		if (makers[i].curve != NULL)
			assert_int_equal(taken, 0);
		else
			assert_in_range(taken, 64, 191);
		memset(field, 0, size);
		assert_false(takes(algorithm, field, size));
		memset(field, 0xff, size);
		assert_false(takes(algorithm, field, size));
		EVP_PKEY_free(pkey);
	}
}

/* The base point of edwards25519 has y = 4/5 (RFC 8032 section 5.1); 2 is no y of it. */
static void a_known_edwards_point_is_taken(void **state)
{
	(void)state;
	uint8_t field[57];
	memset(field, 0x66, 32);
	field[0] = 0x58;
	assert_true(takes(15, field, 32));
	field[31] |= 0x80;
	assert_true(takes(15, field, 32));
	memset(field, 0, sizeof field);
	field[0] = 2;
	assert_false(takes(15, field, 32));
}

/* RFC 3110: the length of the exponent in one octet or in three, the exponent, the modulus. */
static size_t rsa(uint8_t field[FIELD_MAX], bool is_long, struct span exponent, size_t modulus_bits)
{
	size_t size = 0, octets = (modulus_bits + 7) / 8;
	if (is_long) {
		field[size++] = 0;
		field[size++] = (uint8_t)(exponent.size >> 8);
	}
	field[size++] = (uint8_t)exponent.size;
	memcpy(field + size, exponent.octets, exponent.size);
	size += exponent.size;
	memset(field + size, 0xa5, octets);
	field[size] = (uint8_t)(1 << (modulus_bits - 1) % 8);
	return size + octets;
}

static void rsa_has_bounds(void **state)
{
	(void)state;
	static const uint8_t f4[] = { 1, 0, 1 }, even[] = { 1, 0, 0 }, one[] = { 1 }, three[] = { 3 }, none[] = { 0 };
	static const uint8_t zeros[] = { 0, 0, 0, 0, 0, 0, 1, 0, 1 };
	static const uint8_t largest[] = { 1, 0, 0, 0, 1 }, larger[] = { 2, 0, 0, 0, 1 };
	uint8_t field[FIELD_MAX] = { 0 };
	assert_true(takes(8, field, rsa(field, false, span_of(f4, 3), 1024)));
	assert_true(takes(8, field, rsa(field, true, span_of(f4, 3), 1024)));
	assert_true(takes(5, field, rsa(field, false, span_of(f4, 3), 4096)));
	assert_false(takes(8, field, rsa(field, false, span_of(f4, 3), 511)));
	assert_true(takes(8, field, rsa(field, false, span_of(f4, 3), 512))); /* RFC 5702 section 6.1 has one */
	assert_false(takes(10, field, rsa(field, false, span_of(f4, 3), 1023)));
	assert_false(takes(10, field, rsa(field, false, span_of(f4, 3), 4097)));
	assert_true(takes(7, field, rsa(field, false, span_of(three, 1), 2048)));
	assert_true(takes(7, field, rsa(field, false, span_of(zeros, sizeof zeros), 2048)));
	assert_true(takes(7, field, rsa(field, false, span_of(largest, 5), 2048)));
	assert_false(takes(7, field, rsa(field, false, span_of(larger, 5), 2048)));
	assert_false(takes(7, field, rsa(field, false, span_of(even, 3), 2048)));
	assert_false(takes(7, field, rsa(field, false, span_of(one, 1), 2048)));
	assert_false(takes(7, field, rsa(field, false, span_of(none, 1), 2048)));
	assert_false(takes(7, field, rsa(field, true, span_of("", 0), 2048)));
	size_t size = rsa(field, false, span_of(f4, 3), 2048);
	for (size_t cut = 0; cut < 4 + 64; cut++)
		assert_false(takes(8, field, cut));
	field[size - 1] &= 0xfe;
	assert_false(takes(8, field, size));
	static const uint8_t cut_short[] = { 0, 1 };
	assert_false(takes(8, cut_short, 1));
	assert_false(takes(8, cut_short, 2));
}

static void what_is_not_known_is_no_key(void **state)
{
	(void)state;
	static const uint8_t known[] = { 5, 7, 8, 10, 13, 14, 15, 16 };
	uint8_t field[FIELD_MAX] = { 0 };
	static const uint8_t f4[] = { 1, 0, 1 };
	size_t size = rsa(field, false, span_of(f4, 3), 2048);
	for (unsigned int i = 0; i < 256; i++) {
		bool is_known = memchr(known, (int)i, sizeof known) != NULL;
		assert_int_equal(crypto_knows_algorithm((uint8_t)i), is_known);
		assert_int_equal(takes((uint8_t)i, field, size), is_known && i <= 10);
		assert_int_equal(crypto_knows_digest((uint8_t)i), i == 1 || i == 2 || i == 4);
	}
	crypto_key_destroy(NULL);
}

/* ---- digests ---- */

/* FIPS 180-4's "abc", in two parts. */
static void digests_are_those_of_the_standard(void **state)
{
	(void)state;
	static const struct {
		uint8_t type;
		size_t size;
		uint8_t head[4];
	} rows[] = {
		{ 1, 20, { 0xa9, 0x99, 0x3e, 0x36 } },
		{ 2, 32, { 0xba, 0x78, 0x16, 0xbf } },
		{ 4, 48, { 0xcb, 0x00, 0x75, 0x3f } },
		{ 0, 0, { 0 } },
		{ 3, 0, { 0 } },
		{ 5, 0, { 0 } },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t cut = 0; cut <= 3; cut++) {
			uint8_t digest[CRYPTO_DIGEST_MAX] = { 0 };
			assert_int_equal(crypto_digest(rows[i].type, span_of("abc", cut),
						       span_of(&"abc"[cut], 3 - cut), digest), rows[i].size);
			assert_memory_equal(digest, rows[i].head, 4);
		}
	}
}

/* RFC 5155 appendix A: 12 iterations, salt aabbccdd. */
static void nsec3_hashes_are_those_of_the_rfc(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom" },
		{ "a.example", "35mthgpgcu1qg68fab165klnsnk3dpvl" },
		{ "ai.example", "gjeqe526plbf1g8mklp59enfd789njgi" },
		{ "ns1.example", "2t7b4g4vsa5smi47k61mv5bv1a22bojr" },
		{ "ns2.example", "q04jkcevqvmu85r014c7dkba38o0ji5r" },
		{ "w.example", "k8udemvp1j2f7eg6jebps17vp3n8i58h" },
		{ "*.w.example", "r53bq7cc2uvmubfu5ocmm6pers9tk9en" },
		{ "x.w.example", "b4um86eghhds6nea196smvmlo4ors995" },
		{ "y.w.example", "ji6neoaepv8b5o6k4ev33abha8ht9fgc" },
		{ "x.y.w.example", "2vptu5timamqttgl4luu9kg21e0aor3s" },
		{ "xx.example", "t644ebqk9bibcna874givr6joj62mlhv" },
		{ "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example", "kohar7mbb8dc2ce8a9qvl8hon4k53uhi" },
	};
	static const uint8_t salt[] = { 0xaa, 0xbb, 0xcc, 0xdd };
	struct arena arena = arena_of(0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct name name = named(&arena, rows[i][0]);
		uint8_t hash[NSEC3_HASH_SIZE];
		char text[33] = "";
		assert_true(crypto_nsec3_hash(span_of(name.octets, name.size), span_of(salt, 4), 12, hash));
		for (unsigned int bit = 0; bit < 160; bit += 5) {
			unsigned int two = (unsigned int)hash[bit / 8] << 8 | (bit < 152 ? hash[bit / 8 + 1] : 0u);
			text[bit / 5] = "0123456789abcdefghijklmnopqrstuv"[two >> (11 - bit % 8) & 31];
		}
		assert_string_equal(text, rows[i][1]);
	}
	arena_free(&arena);
}

/* No iteration and no salt is a plain SHA-1 (RFC 9276 section 3.1). */
static void nsec3_without_iterations_is_one_digest(void **state)
{
	(void)state;
	uint8_t hash[NSEC3_HASH_SIZE], digest[CRYPTO_DIGEST_MAX];
	struct span none = span_of(NULL, 0), name = span_of("\3www\7example", 13);
	assert_true(crypto_nsec3_hash(name, none, 0, hash));
	assert_int_equal(crypto_digest(1, name, none, digest), 20);
	assert_memory_equal(hash, digest, 20);
	assert_true(crypto_nsec3_hash(name, span_of("s", 1), 1, hash));
	assert_int_equal(crypto_digest(1, name, span_of("s", 1), digest), 20);
	uint8_t second[CRYPTO_DIGEST_MAX];
	assert_int_equal(crypto_digest(1, span_of(digest, 20), span_of("s", 1), second), 20);
	assert_memory_equal(hash, second, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_signature_and_no_other_is_good),
		cmocka_unit_test(r_and_s_may_begin_with_zeros),
		cmocka_unit_test(any_allocation_may_fail),
		cmocka_unit_test(an_error_that_stood_there_before_is_left),
		cmocka_unit_test(a_key_has_its_size_and_lies_on_its_curve),
		cmocka_unit_test(a_known_edwards_point_is_taken),
		cmocka_unit_test(rsa_has_bounds),
		cmocka_unit_test(what_is_not_known_is_no_key),
		cmocka_unit_test(digests_are_those_of_the_standard),
		cmocka_unit_test(nsec3_hashes_are_those_of_the_rfc),
		cmocka_unit_test(nsec3_without_iterations_is_one_digest),
	};
	if (!CRYPTO_set_mem_functions(allocate, reallocate, release))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
