/* costs: what validation did, counted from outside: the linker puts these functions before those of dnssec/. */
#ifndef ROOTWALK_TESTS_ATTACKS_COSTS_H
#define ROOTWALK_TESTS_ATTACKS_COSTS_H

#include <stddef.h>

struct costs {
	unsigned int checks, failures, hashes; /* of one client query: the most that any struct work had */
	unsigned int verifications;            /* by arithmetic, of all queries */
	size_t verified;                       /* octets under these */
	double verify_ms;                      /* CPU time of these */
	unsigned int keys;                     /* decoded, or tried to */
	unsigned int digests;
	size_t digested;                       /* octets */
};

struct costs costs_so_far(void);
void costs_reset(void);

#endif
