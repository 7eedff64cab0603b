#include "resolver/verify.h"

#include "resolver/request.h"

/* The memory that one check needs, used again and again. */
static struct arena *workbench(struct request *request)
{
	struct arena *arena = &request->engine->workbench;
	arena_reset(arena);
	return arena;
}

static void lower(uint32_t *ttl, uint32_t most)
{
	if (most < *ttl)
		*ttl = most;
}

static struct verdict check(struct request *request, const struct rrset *rrset, struct keys *keys,
			    struct signed_facts *facts)
{
	return signature_check(rrset, keys, request->engine->now.wall, &request->work, workbench(request), facts);
}

static const struct checked_proof *find_checked(const struct request *request, const struct rrset *proof,
						const struct keys *keys)
{
	for (unsigned int i = 0; i < request->checked_count && i < LIMIT_PROOF_RRSETS; i++)
		if (request->checked[i].octets == proof->packed.octets && request->checked[i].keys == keys)
			return &request->checked[i];
	return NULL;
}

static struct verdict check_proof(struct request *request, const struct rrset *proof, struct keys *keys,
				  struct signed_facts *facts)
{
	const struct checked_proof *checked = find_checked(request, proof, keys);
	if (checked != NULL) {
		*facts = checked->facts;
		return verdict_secure();
	}
	struct verdict verdict = check(request, proof, keys, facts);
	if (verdict.security == SECURITY_SECURE)
		request->checked[request->checked_count++ % LIMIT_PROOF_RRSETS] =
			(struct checked_proof){ proof->packed.octets, keys, *facts };
	return verdict;
}

/* The proofs that the zone's keys vouch for, to the front; the others are dropped. */
static struct verdict sift_proofs(struct request *request, struct cached *cached, struct keys *keys)
{
	struct verdict worst = verdict_bogus(EDE_NSEC_MISSING, "nothing proves that it does not exist");
	unsigned int good = 0;
	for (unsigned int i = 0; i < cached->proof_count; i++) {
		struct rrset proof = cached->proofs[i];
		struct signed_facts facts;
		struct verdict verdict = check_proof(request, &proof, keys, &facts);
		if (verdict.security == SECURITY_UNCHECKED)
			return verdict;
		if (verdict.security != SECURITY_SECURE) {
			worst = verdict;
			continue;
		}
		if (facts.wildcard) {
			worst = verdict_bogus(EDE_BOGUS, "what is to prove it was made from a wildcard");
			continue;
		}
		lower(&cached->ttl, facts.ttl);
		cached->proofs[good++] = proof;
	}
	cached->proof_count = good;
	return good > 0 ? verdict_secure() : worst;
}

static struct proofs proofs_of(struct request *request, const struct cached *cached, struct keys *keys)
{
	return (struct proofs){ .rrsets = cached->proofs,
				.count = cached->proof_count,
				.zone = keys_zone(keys),
				.work = &request->work,
				.scratch = workbench(request) };
}

static void level_ttls(struct cached *cached)
{
	cached->rrset.ttl = cached->soa.ttl = cached->ttl;
	for (unsigned int i = 0; i < cached->proof_count; i++)
		cached->proofs[i].ttl = cached->ttl;
}

/* What came along without need: it must not cost the claim anything, and has a life of its own. */
static void sift_beside(struct request *request, struct claim *claim, struct keys *keys)
{
	struct cached *cached = &claim->cached, beside = { .ttl = UINT32_MAX };
	unsigned int count = claim->beside < LIMIT_PROOFS_BESIDE ? claim->beside : LIMIT_PROOFS_BESIDE;
	if (request->engine->denials == NULL || count == 0)
		return;
	beside.proof_count = count;
	memcpy(beside.proofs, cached->proofs, count * sizeof *cached->proofs);
	if (sift_proofs(request, &beside, keys).security != SECURITY_SECURE)
		return;
	level_ttls(&beside);
	claim->proven = beside.proof_count;
	memcpy(cached->proofs, beside.proofs, claim->proven * sizeof *cached->proofs);
}

static struct verdict verify_positive(struct request *request, struct claim *claim, struct keys *keys)
{
	struct cached *cached = &claim->cached;
	struct rrset rrset = cached->rrset;
	struct signed_facts facts;
	if (claim->alone > rrset.ttl)
		rrset.ttl = claim->alone;
	struct verdict verdict = check(request, &rrset, keys, &facts);
	if (verdict.security != SECURITY_SECURE)
		return verdict;
	lower(&cached->ttl, facts.ttl);
	if (facts.wildcard && cached->rrset.type == TYPE_DNAME)
		return verdict_bogus(EDE_BOGUS, "a DNAME was made from a wildcard"); /* RFC 6672 section 3.3 */
	lower(&claim->alone, facts.ttl);
	claim->labels = facts.labels;
	if (facts.wildcard) {
		verdict = sift_proofs(request, cached, keys);
		if (verdict.security == SECURITY_SECURE) {
			struct proofs proofs = proofs_of(request, cached, keys);
			claim->proven = cached->proof_count;
			verdict = denial_of_closer(&proofs, cached->rrset.owner, facts.labels);
		}
	} else {
		cached->proof_count = 0;
		sift_beside(request, claim, keys);
	}
	level_ttls(cached);
	return verdict;
}

static struct verdict verify_negative(struct request *request, struct claim *claim, struct keys *keys)
{
	struct cached *cached = &claim->cached;
	struct signed_facts facts;
	struct verdict verdict = verdict_secure();
	if (cached->soa.count > 0)
		verdict = check(request, &cached->soa, keys, &facts);
	if (verdict.security != SECURITY_SECURE)
		return verdict;
	if (cached->soa.count > 0)
		lower(&cached->ttl, facts.ttl);
	verdict = sift_proofs(request, cached, keys);
	if (verdict.security != SECURITY_SECURE)
		return verdict;
	level_ttls(cached);
	claim->proven = cached->proof_count;
	struct proofs proofs = proofs_of(request, cached, keys);
	return cached->kind == CACHED_NXDOMAIN ? denial_of_name(&proofs, claim->name) :
						 denial_of_type(&proofs, claim->name, claim->type);
}

struct verdict verify_claim(struct request *request, struct claim *claim, struct keys *keys)
{
	return claim->cached.kind == CACHED_POSITIVE ? verify_positive(request, claim, keys) :
						       verify_negative(request, claim, keys);
}

static enum cut_word word_of(enum cut_proof proof)
{
	static const enum cut_word words[] = {
		[CUT_UNPROVEN] = CUT_WORD_BOGUS,
		[CUT_INSECURE] = CUT_WORD_INSECURE,
		[CUT_NONE] = CUT_WORD_NONE,
		[CUT_UNCHECKED] = CUT_WORD_UNCHECKED,
	};
	return words[proof];
}

enum cut_word verify_cut(struct request *request, struct name name, struct cached *ds, struct keys *keys,
			 struct verdict *verdict)
{
	if (ds->kind == CACHED_POSITIVE) {
		struct claim claim = { .name = name, .type = ds->rrset.type, .cached = *ds };
		*verdict = verify_positive(request, &claim, keys);
		*ds = claim.cached;
		if (verdict->security == SECURITY_UNCHECKED)
			return CUT_WORD_UNCHECKED;
		if (verdict->security == SECURITY_BOGUS)
			return CUT_WORD_BOGUS;
		/* Where an alias is, or where a DNAME renames all, there is no delegation. */
		return ds->rrset.type == TYPE_DS ? CUT_WORD_SIGNED : CUT_WORD_NONE;
	}
	*verdict = sift_proofs(request, ds, keys);
	if (verdict->security == SECURITY_UNCHECKED)
		return CUT_WORD_UNCHECKED;
	if (verdict->security != SECURITY_SECURE)
		return CUT_WORD_BOGUS;
	level_ttls(ds);
	struct proofs proofs = proofs_of(request, ds, keys);
	return word_of(denial_of_ds(&proofs, name, verdict));
}
