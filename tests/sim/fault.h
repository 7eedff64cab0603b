/* fault: the kinds of faults with signatures (faults.h). */
#ifndef ROOTWALK_TESTS_SIM_FAULT_H
#define ROOTWALK_TESTS_SIM_FAULT_H

/* What a fault hits. */
#define HITS_KEYS 1u   /* the zone's keys cannot be trusted: all in it and below is bogus */
#define HITS_DATA 2u   /* data and aliases, but for names that lead to name servers */
#define HITS_DENIAL 4u /* denials, what is made from wildcards, delegations without DS */
#define HITS_CUTS 8u   /* delegations with DS */
#define HITS_EXISTENCE 16u /* what is there is denied, but for names that lead to name servers */
#define TAMPERS 32u    /* the data themselves are false: who does not validate may be told anything */

/* FAULT(NAME, text, hits) */
#define FAULTS(FAULT) \
	FAULT(NONE, "none", 0) \
	FAULT(EXPIRED, "signatures have expired", HITS_KEYS) \
	FAULT(NOT_YET, "signatures are not yet good", HITS_KEYS) \
	FAULT(WRONG, "signatures are wrong", HITS_KEYS) \
	FAULT(OTHER_KEY, "signatures are by a key that the zone does not have", HITS_KEYS) \
	FAULT(UNSIGNED, "neither signatures nor proofs, though there is DS", HITS_KEYS) \
	FAULT(KEYS_EXPIRED, "the signature of the keys has expired", HITS_KEYS) \
	FAULT(NO_KEYS, "the keys are denied", HITS_KEYS | TAMPERS) \
	FAULT(DS_MISMATCH, "DS matches no key", HITS_KEYS) \
	FAULT(DATA_EXPIRED, "signatures of data have expired", HITS_DATA) \
	FAULT(DATA_WRONG, "signatures of data are wrong", HITS_DATA) \
	FAULT(DATA_UNSIGNED, "signatures of data are taken out", HITS_DATA) \
	FAULT(FLIPPED, "addresses are changed", HITS_DATA | TAMPERS) \
	FAULT(DENIED, "what is there is denied, without proof", HITS_EXISTENCE | TAMPERS) \
	FAULT(DENIED_OTHERWISE, "what is there is denied, with proofs of another name", HITS_EXISTENCE | TAMPERS) \
	FAULT(NO_PROOFS, "proofs are taken out", HITS_DENIAL) \
	FAULT(OTHER_PROOFS, "proofs are of another name", HITS_DENIAL) \
	FAULT(PROOFS_UNSIGNED, "proofs are not signed", HITS_DENIAL) \
	FAULT(NO_DS, "DS is taken out", HITS_CUTS | TAMPERS) \
	FAULT(NO_DS_OTHERWISE, "DS is denied with the proof of another name", HITS_CUTS | TAMPERS) \
	FAULT(FALSE_CUT, "addresses are changed and not signed, as if a zone without DS began at them", HITS_DATA | TAMPERS)

enum fault {
#define FAULT(name, text, hits) FAULT_##name,
	FAULTS(FAULT)
#undef FAULT
	FAULT_COUNT
};

#endif
