/* key: private keys of every algorithm of DNSSEC, made out of nothing but their number.
 *
 * The same number is the same key in every process and on every machine, and the same octets always get the same
 * signature, so that a seed makes the same world octet for octet. RSA (RFC 8017, PKCS #1 v1.5) and the Edwards curves
 * (RFC 8032) are so by nature; for ECDSA the nonce is drawn from key and octets, as RFC 6979 does, by arithmetic of our
 * own, since OpenSSL 3.0 only knows random ones. It is test code: nothing is hidden from somebody who measures.
 *
 * RSA keys have 1,024 bits, which is what the resolver takes at least, and the last of them 2,048. Algorithms that
 * nobody knows have keys and signatures too: octets that mean nothing.
 *
 * Keys and signatures once made are kept while the process lives. Out of memory ends the program.
 */
#ifndef ROOTWALK_TESTS_SIGN_KEY_H
#define ROOTWALK_TESTS_SIGN_KEY_H

#include "base/span.h"

#define SIGN_KEYS 6u             /* of each algorithm */
#define SIGNATURE_SIZE_MAX 256u

struct sign_key;

/* `number` is below SIGN_KEYS. */
const struct sign_key *sign_key_of(uint8_t algorithm, unsigned int number);

uint8_t sign_key_algorithm(const struct sign_key *key);

/* The public key field of a DNSKEY (RFC 3110 section 2, RFC 6605 section 4, RFC 8080 section 3). */
struct span sign_key_public(const struct sign_key *key);

/* Returns the size of the signature. */
size_t sign_key_sign(const struct sign_key *key, struct span octets, uint8_t signature[SIGNATURE_SIZE_MAX]);

/* Signatures made by this process, those that were kept not counted. */
uint64_t sign_key_count(void);

#endif
