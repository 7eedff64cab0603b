#include "resolver/validate.h"

#include "cache/insecure.h"
#include "resolver/request.h"
#include "resolver/tell.h"
#include "resolver/verify.h"

static task_step next_claim, judge_signed, judge_unsigned, search_cut;

static struct validation *validation_of(struct task *task)
{
	return (struct validation *)(void *)task; /* its first member */
}

struct validation *validation_begin(struct task *parent, struct claim *claims, unsigned int count)
{
	struct validation *validation = ARENA_NEW(&parent->request->arena, struct validation);
	if (validation == NULL)
		return NULL;
	validation->task = (struct task){
		.request = parent->request,
		.parent = parent,
		.wake = next_claim,
		.depth = parent->depth,
	};
	validation->claims = claims;
	validation->count = count;
	validation->verdict = verdict_secure();
	request_ready(&validation->task);
	return validation;
}

static struct next stop(struct validation *validation, struct verdict verdict, struct name where)
{
	validation->verdict = verdict;
	validation->where = where;
	return finish(&validation->task);
}

static struct next stop_for_memory(struct validation *validation)
{
	return stop(validation, verdict_of(SECURITY_UNCHECKED, EDE_OTHER, "out of memory"), name_root);
}

/* One claim is done. */
static struct next conclude(struct validation *validation, struct verdict verdict, struct name where)
{
	struct claim *claim = &validation->claims[validation->at++];
	claim->cached.security = verdict.security;
	if (verdict.security == SECURITY_INSECURE && verdict.ede > 0)
		claim->cached.ede = (uint8_t)verdict.ede;
	tell_claim(&validation->task, claim, verdict, where);
	if (verdict.security == SECURITY_BOGUS || verdict.security == SECURITY_UNCHECKED)
		return stop(validation, verdict, where);
	if (verdict.security == SECURITY_INSECURE && validation->verdict.security == SECURITY_SECURE) {
		validation->verdict = verdict;
		validation->where = where;
	}
	return go(next_claim);
}

static struct next await(struct validation *validation, struct name name, task_step *step)
{
	struct task *task = &validation->task;
	validation->chain = chain_to(task->request, name);
	if (validation->chain == NULL)
		return stop_for_memory(validation);
	return chain_await(validation->chain, &validation->waiter, task) ? wait_for(task, step) : go(step);
}

/* DS lies above the cut that a chain to its own name would speak of. */
static struct name hidden_below(const struct claim *claim)
{
	struct name name = claim->cached.kind == CACHED_POSITIVE ? claim->cached.rrset.owner : claim->name;
	return claim->type == TYPE_DS ? name_parent(name) : name;
}

/* Where the search for an insecure zone begins. A forwarder speaks of names outside of its zone too, and the cut nearest
 * to a name is below its DS: such a zone says nothing about the claim. */
static struct name search_from(const struct claim *claim, const struct rrset *anchor)
{
	return name_is_within(claim->zone, anchor->owner) && name_is_within(hidden_below(claim), claim->zone) ?
		       claim->zone :
		       anchor->owner;
}

/* DS is the parent's word. */
static struct name trusted_at(const struct claim *claim)
{
	return claim->type == TYPE_DS ? name_parent(claim->name) : claim->name;
}

static const struct rrset *anchor_of(const struct engine *engine, const struct claim *claim)
{
	return anchors_find(&engine->anchors, trusted_at(claim), engine->now.wall);
}

/* What is not validated because of a negative anchor is not kept longer than that (RFC 7646 section 2). */
static struct next set_aside(struct validation *validation, struct claim *claim)
{
	const struct engine *engine = validation->task.request->engine;
	struct cached *cached = &claim->cached;
	uint32_t left = anchors_aside_for(&engine->anchors, trusted_at(claim), engine->now.wall);
	if (left < cached->ttl)
		cached->ttl = cached->rrset.ttl = cached->soa.ttl = left;
	return conclude(validation, verdict_of(SECURITY_INSECURE, EDE_NONE, NULL), name_root);
}

/* Signatures are not signed themselves (RFC 4035 section 2.2); but that a name does not exist holds for every type. */
static bool is_never_signed(const struct claim *claim)
{
	return claim->type == TYPE_RRSIG && claim->cached.kind != CACHED_NXDOMAIN;
}

static struct next next_claim(struct task *task)
{
	struct validation *validation = validation_of(task);
	const struct engine *engine = task->request->engine;
	while (validation->at < validation->count &&
	       validation->claims[validation->at].cached.security != SECURITY_UNCHECKED)
		validation->at++;
	if (validation->at == validation->count)
		return finish(task);
	struct claim *claim = &validation->claims[validation->at];
	const struct rrset *anchor = anchor_of(engine, claim);
	if (anchor == NULL)
		return set_aside(validation, claim);
	if (is_never_signed(claim))
		return conclude(validation, verdict_of(SECURITY_INSECURE, EDE_NONE, NULL), name_root);
	validation->signer = claim_signer(claim);
	if (validation->signer.size > 0 &&
	    anchors_find(&engine->anchors, validation->signer, engine->now.wall) != NULL)
		return await(validation, validation->signer, judge_signed);
	validation->signer = (struct name){ 0 };
	return await(validation, search_from(claim, anchor), judge_unsigned);
}

/* Under the keys of the zone that signed it. What lies above the anchor may say what it can prove, and cannot make insecure
 * what the anchor is there to secure. */
static struct verdict judge_signature(struct validation *validation)
{
	const struct chain *chain = validation->chain;
	const struct engine *engine = validation->task.request->engine;
	struct claim *claim = &validation->claims[validation->at];
	struct verdict verdict = chain->verdict;
	if (verdict.security == SECURITY_SECURE)
		verdict = name_equal(chain->apex, validation->signer) ?
				  verify_claim(validation->task.request, claim, held_keys(chain->held)) :
				  verdict_bogus(EDE_BOGUS, "signed by a name that is no zone");
	const struct rrset *anchor = anchor_of(engine, claim);
	if (verdict.security == SECURITY_INSECURE && anchor != NULL && !name_is_within(validation->signer, anchor->owner))
		verdict = verdict_bogus(EDE_BOGUS, "signed by an insecure zone above the trust anchor");
	if (verdict.security == SECURITY_SECURE)
		claim->signer = chain->apex;
	return verdict;
}

static struct next judge_signed(struct task *task)
{
	struct validation *validation = validation_of(task);
	struct verdict verdict = judge_signature(validation);
	bool secure = validation->chain->verdict.security == SECURITY_SECURE;
	return conclude(validation, verdict, secure ? validation->signer : validation->chain->where);
}

static struct next judge_unsigned(struct task *task)
{
	struct validation *validation = validation_of(task);
	const struct engine *engine = task->request->engine;
	const struct chain *chain = validation->chain;
	struct name name = hidden_below(&validation->claims[validation->at]);
	int ede;
	if (chain->verdict.security != SECURITY_SECURE)
		return conclude(validation, chain->verdict, chain->where);
	/* A cut found before: all that lies above it would be verified again. */
	for (unsigned int labels = chain->apex.labels + 1u; labels <= name.labels; labels++)
		if (insecure_get(engine->table, name_suffix(name, labels), engine->now.age, &ede))
			return conclude(validation, verdict_of(SECURITY_INSECURE, ede, NULL), name_suffix(name, labels));
	validation->searched = chain->apex.labels;
	return go(search_cut);
}

/* Absence that comes with a signed SOA and nothing else lacks its proof (RFC 8914 section 4.13). */
static struct verdict verdict_unsigned(const struct cached *cached)
{
	if (cached->kind != CACHED_POSITIVE && cached->proof_count == 0 && (cached->soa.count == 0 || cached->soa.signatures > 0))
		return verdict_bogus(EDE_NSEC_MISSING, "nothing proves that it does not exist");
	return verdict_bogus(EDE_RRSIGS_MISSING, "the zone is signed and this is not");
}

/* From the zone down to the name: the cut is mostly near the top. */
static struct next search_cut(struct task *task)
{
	struct validation *validation = validation_of(task);
	const struct chain *chain = validation->chain;
	struct name name = hidden_below(&validation->claims[validation->at]);
	/* Who cannot tell does not prove. */
	if (chain->verdict.security == SECURITY_UNCHECKED && chain->unanswered)
		return conclude(validation, verdict_bogus(EDE_RRSIGS_MISSING, "not signed, and not proven to be insecure"),
				chain->where);
	if (chain->verdict.security != SECURITY_SECURE)
		return conclude(validation, chain->verdict, chain->where);
	if (validation->searched >= name.labels)
		return conclude(validation, verdict_unsigned(&validation->claims[validation->at].cached), chain->apex);
	return await(validation, name_suffix(name, ++validation->searched), search_cut);
}
