/* crypto: the arithmetic of DNSSEC; the only file of rootwalk that knows OpenSSL.
 *
 * Algorithms (IANA "DNSSEC Algorithm Numbers"; RFC 8624, RFC 9905): RSASHA1 and RSASHA1-NSEC3-SHA1 (5, 7), RSASHA256
 * (8), RSASHA512 (10), ECDSAP256SHA256 (13), ECDSAP384SHA384 (14), ED25519 (15), ED448 (16). Digests of DS: SHA-1 (1),
 * SHA-256 (2), SHA-384 (4). What is not known makes a zone insecure, never bogus (RFC 4035 section 5.2).
 *
 * Keys are decoded once and kept with their zone. Odd ones are refused while they are read: RSA of fewer than 1,024 or
 * more than 4,096 bits, an even or too long exponent (LIMIT_RSA_*) or the exponent 1, a point that is not on its curve,
 * a key of zeros. A decoded key holds what its checks need, so that a check costs little more than its arithmetic; only
 * one thread at a time may use it.
 */
#ifndef ROOTWALK_DNSSEC_CRYPTO_H
#define ROOTWALK_DNSSEC_CRYPTO_H

#include "base/span.h"

#define CRYPTO_DIGEST_MAX 48u /* SHA-384 */
#define NSEC3_HASH_SIZE 20u   /* SHA-1, the only one there is (RFC 5155 section 11) */

#define CRYPTO_KEY_OCTETS 4096u /* more than a decoded key takes in OpenSSL 3.0: 600 of Ed25519, 3,100 of P-384 */

struct crypto_key;

/* Can signatures of this algorithm, DS of this digest type, be checked here? */
bool crypto_knows_algorithm(uint8_t algorithm);
bool crypto_knows_digest(uint8_t type);

/* Does a check take several times as long as with the others? P-384 does: 0.6 ms in OpenSSL 3.0, where the slowest of the
 * others, Ed448 and RSA of 4,096 bits, take 0.15. */
bool crypto_is_slow(uint8_t algorithm);

/* Reads the public key field of a DNSKEY. NULL: malformed, odd, of an unknown algorithm, or out of memory. Freed with
 * crypto_key_destroy, which takes NULL. */
struct crypto_key *crypto_key_create(uint8_t algorithm, struct span public_key);
void crypto_key_destroy(struct crypto_key *key);

/* Is it this key's signature of these octets? Also false when memory is out: nothing is believed then. */
bool crypto_verify(struct crypto_key *key, struct span octets, struct span signature);

/* The digest of two spans, one behind the other. Its size, 0 when the type is unknown or memory is out. */
size_t crypto_digest(uint8_t type, struct span first, struct span second, uint8_t digest[CRYPTO_DIGEST_MAX]);

/* RFC 5155 section 5; `name` in lower case. False when memory is out. */
bool crypto_nsec3_hash(struct span name, struct span salt, unsigned int iterations, uint8_t hash[NSEC3_HASH_SIZE]);

#endif
