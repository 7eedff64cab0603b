/* arithmetic: the numbers behind a key (key.h), by OpenSSL. */
#ifndef ROOTWALK_TESTS_SIGN_ARITHMETIC_H
#define ROOTWALK_TESTS_SIGN_ARITHMETIC_H

#include "base/span.h"

#define ARITHMETIC_PUBLIC_MAX 300u

enum arithmetic {
	ARITHMETIC_NONE,
	ARITHMETIC_RSA_SHA1,
	ARITHMETIC_RSA_SHA256,
	ARITHMETIC_RSA_SHA512,
	ARITHMETIC_P256,
	ARITHMETIC_P384,
	ARITHMETIC_ED25519,
	ARITHMETIC_ED448,
};

struct arithmetic_key;

/* The key that the number makes; `large`: RSA of 2,048 bits. Never NULL. */
struct arithmetic_key *arithmetic_key_create(enum arithmetic arithmetic, unsigned int number, bool large);

/* Both return a size. */
size_t arithmetic_key_public(const struct arithmetic_key *key, uint8_t octets[ARITHMETIC_PUBLIC_MAX]);
size_t arithmetic_key_sign(const struct arithmetic_key *key, struct span octets, uint8_t *signature);

#endif
