#include "resolver/claim.h"

#include "dnssec/signature.h"
#include "resolver/scrub.h"

static void take_beside(const struct msg *msg, struct name zone, struct claim *claim)
{
	if (claim->cached.proof_count > 0)
		return;
	scrub_proofs(msg, zone, &claim->cached);
	claim->beside = claim->cached.proof_count;
	claim->cached.proof_count = 0;
}

unsigned int claims_read(const struct msg *msg, const struct judgement *judgement, uint16_t type, struct name zone,
			 uint64_t age, struct arena *arena, struct claim **claims)
{
	struct claim *claim = *claims = arena_alloc(arena, (judgement->link_count + 1) * sizeof **claims);
	if (claim == NULL)
		return 0;
	for (unsigned int i = 0; i < judgement->link_count; i++, claim++) {
		const struct alias *link = &judgement->links[i];
		*claim = (struct claim){ .name = link->owner, .type = link->rrset->type, .zone = zone, .alias = true };
		scrub_positive(msg, link->rrset, zone, &claim->cached);
		claim->alone = link->rrset->ttl;
		/* That the target lies in an insecure zone may be proven here, and nowhere else (RFC 4035 section 3.1.4). */
		if (judgement->verdict == VERDICT_ALIAS && i + 1 == judgement->link_count)
			take_beside(msg, zone, claim);
	}
	if (judgement->verdict == VERDICT_ANSWER) {
		*claim = (struct claim){ .name = judgement->end, .type = judgement->data->type, .zone = zone };
		scrub_positive(msg, judgement->data, zone, &claim->cached);
		claim->alone = judgement->data->ttl;
		claim++;
	} else if (judgement->verdict == VERDICT_NODATA || judgement->verdict == VERDICT_NXDOMAIN) {
		*claim = (struct claim){ .name = judgement->end, .type = type, .zone = zone };
		scrub_negative(msg, judgement, zone, &claim->cached);
		claim++;
	}
	unsigned int count = (unsigned int)(claim - *claims);
	for (unsigned int i = 0; i < count; i++)
		(*claims)[i].cached.as_of = age;
	return count;
}

struct name claim_signer(const struct claim *claim)
{
	const struct cached *cached = &claim->cached;
	struct name signer = { 0 };
	if (cached->kind == CACHED_POSITIVE)
		return signature_signer(&cached->rrset, &signer) ? signer : (struct name){ 0 };
	for (unsigned int i = 0; i < cached->proof_count; i++) {
		/* DS are denied by the parent, and some servers send what their child has to say along. */
		if (signature_signer(&cached->proofs[i], &signer) && name_is_within(claim->name, signer) &&
		    (claim->type != TYPE_DS || name_is_below(claim->name, signer) || name_is_root(claim->name)))
			return signer;
	}
	return (struct name){ 0 };
}

bool claims_are_checked(const struct claim *claims, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (claims[i].cached.security == SECURITY_UNCHECKED)
			return false;
	return true;
}
