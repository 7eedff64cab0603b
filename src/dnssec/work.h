/* work: what validation may cost one client's query; counted from its first question to its last and never reset
 * (KeyTrap, CVE-2023-50387; NSEC3 exhaustion, CVE-2023-50868).
 *
 * Every signature looked at counts, also one that is refused before any arithmetic (expired, of an unknown key); one of an
 * algorithm that takes long counts twice when it comes to arithmetic.
 */
#ifndef ROOTWALK_DNSSEC_WORK_H
#define ROOTWALK_DNSSEC_WORK_H

#include <stdbool.h>

struct work {
	unsigned int checks;   /* signatures looked at: LIMIT_SIGNATURE_CHECKS */
	unsigned int failures; /* signatures that were wrong under a key, keys that were none: LIMIT_SIGNATURE_FAILURES */
	unsigned int hashes;   /* names hashed for NSEC3, each with all its iterations: LIMIT_NSEC3_HASHES */
};

/* Takes one from the budget; false when nothing is left. After one failure too many there are no checks left. */
bool work_check(struct work *work);
bool work_hash(struct work *work);

/* One more failure; false when that is one too many. */
bool work_failure(struct work *work);

#endif
