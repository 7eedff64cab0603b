#include "chain.h"

#include "wire/codes.h"

#include <stdio.h>

#define TOLD_MAX 40u /* failures that are told one by one */

static void note(struct chain *chain, const struct expectation *expectation, const char *trouble)
{
	char name[NAME_TEXT_SIZE], type[CODE_TEXT_SIZE];
	if (trouble == NULL) {
		chain->passed++;
		return;
	}
	if (++chain->failed <= TOLD_MAX)
		printf("failed   %s %s, %s: %s\n", name_to_text(expectation->name, name),
		       type_to_text(expectation->type, type), expectation->about, trouble);
}

static bool contains(const struct records *records, const struct presentable *wanted)
{
	for (size_t i = 0; i < records->count; i++) {
		const struct presentable *shown = &records->at[i].shown;
		if (shown->type == wanted->type && name_equal(shown->owner, wanted->owner) &&
		    span_equal(shown->rdata, wanted->rdata))
			return true;
	}
	return false;
}

static bool contains_all(const struct records *records, const struct zone_rrset *rrset)
{
	for (size_t i = 0; i < rrset->count; i++)
		if (!contains(records, &rrset->at[i].shown))
			return false;
	return true;
}

/* The proof of a denial: SOA and NSEC with their signatures. */
static const char *check_proof(const struct chain *chain, const struct expectation *expectation,
			       const struct message *answer)
{
	const struct records *authority = &answer->sections[MESSAGE_AUTHORITY];
	struct zone_rrset soa, nsec = zone_nsec_before(&chain->zone, expectation->name), apex;
	if (!zone_find(&chain->zone, name_root, TYPE_SOA, &soa) || !contains_all(authority, &soa))
		return "the SOA or its signature is missing";
	if (!contains_all(authority, &nsec))
		return "the NSEC or its signature is missing";
	if (expectation->rcode == RCODE_NXDOMAIN &&
	    (!zone_find(&chain->zone, name_root, TYPE_NSEC, &apex) || !contains_all(authority, &apex)))
		return "the proof that there is no wildcard is missing";
	return NULL;
}

static const char *check_secure(const struct chain *chain, const struct expectation *expectation,
				const struct message *answer)
{
	struct zone_rrset rrset;
	if ((answer->flags & FLAG_AD) == 0)
		return "AD is missing";
	if (expectation->rcode == RCODE_NXDOMAIN ||
	    !zone_find(&chain->zone, expectation->name, expectation->type, &rrset))
		return check_proof(chain, expectation, answer);
	if (!contains_all(&answer->sections[MESSAGE_ANSWER], &rrset))
		return "a record of the zone is missing";
	return answer->sections[MESSAGE_ANSWER].count == rrset.count ? NULL : "there are records too many";
}

static const char *check_answer(const struct chain *chain, const struct expectation *expectation,
				const struct message *answer)
{
	bool refused = expectation->outcome == OUTCOME_REFUSED;
	if (answer->rcode != (refused ? RCODE_SERVFAIL : expectation->rcode))
		return answer->rcode == RCODE_SERVFAIL ? "SERVFAIL" : refused ? "it is believed" : "another rcode";
	if (expectation->outcome == OUTCOME_SECURE)
		return check_secure(chain, expectation, answer);
	if ((answer->flags & FLAG_AD) != 0)
		return "it has AD";
	if (refused && answer->sections[MESSAGE_ANSWER].count > 0)
		return "SERVFAIL comes with records";
	return NULL;
}

void chain_hear(struct chain *chain, struct stage *stage, uint64_t handle, const struct expectation *expectation)
{
	struct message answer;
	const char *trouble = stage_hear(stage, handle, &answer);
	note(chain, expectation, trouble != NULL ? trouble : check_answer(chain, expectation, &answer));
}

void chain_check(struct chain *chain, struct stage *stage, const struct expectation *expectation)
{
	chain_hear(chain, stage, stage_send(stage, expectation->name, expectation->type), expectation);
}

void chain_check_fresh(struct chain *chain, int64_t wall, const struct expectation *expectation)
{
	struct stage stage;
	const char *problem;
	if (stage_begin(&stage, &chain->authority, &chain->anchor, wall, &problem))
		chain_check(chain, &stage, expectation);
	else
		note(chain, expectation, problem);
	stage_end(&stage);
}
