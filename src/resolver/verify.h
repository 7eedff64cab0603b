/* verify: what a claim's own signatures and proofs come to under the keys of the zone that signed it.
 *
 * No task, no wait: keys and claim in, verdict out. Paid for by the request's budget.
 */
#ifndef ROOTWALK_RESOLVER_VERIFY_H
#define ROOTWALK_RESOLVER_VERIFY_H

#include "dnssec/denial.h"
#include "dnssec/keys.h"
#include "dnssec/signature.h"
#include "resolver/claim.h"

struct request;

/* A proof stands beside each claim of a reply, and is checked for the first of them. By its octets, which lie in the
 * request's arena, and by keys that a chain of the request holds: neither goes before the request does. */
struct checked_proof {
	const uint8_t *octets;
	const struct keys *keys;
	struct signed_facts facts;
};

/* Signature, and what must not exist for it to be true. Lowers the claim's TTLs to what the signatures allow; its
 * security is left to the caller. */
struct verdict verify_claim(struct request *request, struct claim *claim, struct keys *keys);

/* What the keys of the zone above say of a cut at `name`, whose DS (or their absence, or an alias) is `ds`.
 * CUT_WORD_SIGNED: the DS are good; else as denial_of_ds. The TTLs of `ds` are lowered. */
enum cut_word { CUT_WORD_SIGNED, CUT_WORD_INSECURE, CUT_WORD_NONE, CUT_WORD_BOGUS, CUT_WORD_UNCHECKED };

enum cut_word verify_cut(struct request *request, struct name name, struct cached *ds, struct keys *keys,
			 struct verdict *verdict);

#endif
