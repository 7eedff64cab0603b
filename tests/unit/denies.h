/* denies: questions to the proofs of a struct proving, short. To be included behind cmocka.h. */
#ifndef ROOTWALK_TESTS_UNIT_DENIES_H
#define ROOTWALK_TESTS_UNIT_DENIES_H

#include "dnssec/denial.h"
#include "tests/unit/proving.h"

enum { SECURE = SECURITY_SECURE, INSECURE = SECURITY_INSECURE, BOGUS = SECURITY_BOGUS };

static inline int denies_name(struct proving *proving, const char *name)
{
	struct proofs proofs = proving_proofs(proving);
	return (int)denial_of_name(&proofs, named(&proving->arena, name)).security;
}

static inline int denies_type(struct proving *proving, const char *name, uint16_t type)
{
	struct proofs proofs = proving_proofs(proving);
	return (int)denial_of_type(&proofs, named(&proving->arena, name), type).security;
}

static inline int denies_closer(struct proving *proving, const char *name, unsigned int labels)
{
	struct proofs proofs = proving_proofs(proving);
	return (int)denial_of_closer(&proofs, named(&proving->arena, name), labels).security;
}

static inline enum cut_proof cut_at(struct proving *proving, const char *name)
{
	struct proofs proofs = proving_proofs(proving);
	struct verdict verdict;
	return denial_of_ds(&proofs, named(&proving->arena, name), &verdict);
}

#endif
