/* Signatures and proofs that say more than they may, and clients that switch validation off. */
#include "attacks.h"

#include "seal.h"

#define NAMES 50u

static const uint8_t address[4] = { 192, 0, 2, 200 }, forged[4] = { 203, 0, 113, 66 };

/* The rcode; 16 when there was no answer. */
static unsigned int ask(struct stage *stage, const char *name, uint16_t type)
{
	const struct question_state *question = stage_wait(stage, stage_ask(stage, name, type), 6 * TICKS_PER_S);
	return question->answered ? question->rcode : 16;
}

/* `%u` in the name counts up. How many are not answered like this. */
static unsigned int ask_some(struct stage *stage, const char *format, uint16_t type, unsigned int rcode)
{
	unsigned int other = 0;
	for (unsigned int i = 0; i < NAMES; i++) {
		char label[24], name[64];
		snprintf(label, sizeof label, "%.1s%u", format, i);
		snprintf(name, sizeof name, "%s%s", label, format + 1);
		other += ask(stage, name, type) != rcode;
	}
	return other;
}

static bool begins_with(const struct asked *asked, const char *label)
{
	size_t size = strlen(label);
	return asked->name.octets[0] >= size && strncasecmp((const char *)asked->name.octets + 1, label, size) == 0;
}

static void say_address(struct response *response, const struct asked *asked, const uint8_t *octets,
			const struct seal *seal)
{
	response->flags |= FLAG_AA;
	seal_say_one(response, SECTION_ANSWER, asked->name, TYPE_A, span_of(octets, 4), seal);
}

/* ---- 12: labels of an RRSIG ---- */

/* `wild` and `plain` are honest. */
static void serve_labels(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct arena *arena = response->arena;
	struct span rdata = span_of(address, 4);
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	struct seal seal = seal_usual(arena, name_suffix(asked->name, asked->host >= CHILD ? 2 : 1));
	struct rrset a = seal_set(arena, asked->name, TYPE_A, 300, &rdata, 1);
	if (seal_answer_keys(asked, response, &seal))
		return;
	if (begins_with(asked, "over"))
		seal.signer.more_labels = 1;
	if (begins_with(asked, "wild"))
		seal_sign_as(arena, &a, &seal, seal_below(arena, "*", seal.signer.zone));
	else if (begins_with(asked, "tld"))
		seal_sign_as(arena, &a, &seal, say_name(arena, "*.evil."));
	else if (begins_with(asked, "root"))
		seal_sign_as(arena, &a, &seal, say_name(arena, "*."));
	else
		seal_sign(arena, &a, &seal);
	response->flags |= FLAG_AA;
	seal_say(response, SECTION_ANSWER, &a);
	seal.signer.more_labels = 0;
	seal_say_gap(response, asked->name, &seal);
}

static void play_labels(struct stage *stage, struct finding *finding)
{
	static const char *const lies[] = { "root.evil.", "over.evil.", "tld.z1.evil.", "root.z1.evil.", "over.z1.evil." };
	static const char *const honest[] = { "plain.evil.", "wild.evil.", "plain.z1.evil.", "wild.z1.evil." };
	finding->what = "RRSIGs with too few or too many labels believed, of 5";
	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
		finding->value += ask(stage, lies[i], TYPE_A) != RCODE_SERVFAIL;
	for (size_t i = 0; i < sizeof honest / sizeof honest[0]; i++)
		if (ask(stage, honest[i], TYPE_A) != RCODE_NOERROR)
			finding->value = 1000;
}

/* ---- 13: NSEC that leave the zone ---- */

static void say_span(struct response *response, struct name owner, struct name next, const struct seal *seal)
{
	static const uint16_t types[] = { TYPE_A, TYPE_RRSIG, TYPE_NSEC };
	seal_say_one(response, SECTION_AUTHORITY, owner, TYPE_NSEC, seal_nsec(response->arena, next, types, 3), seal);
}

static void serve_spans(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct arena *arena = response->arena;
	struct name evil = say_name(arena, "evil."), below = say_name(arena, "b.a.evil.");
	struct seal seal = seal_usual(arena, evil);
	(void)stage;
	if (seal_answer_keys(asked, response, &seal))
		return;
	response->flags |= FLAG_AA | RCODE_NXDOMAIN;
	if (begins_with(asked, "honest")) {
		seal_say_nothing(response, &seal);
		return;
	}
	seal_say_soa(response, &seal);
	if (begins_with(asked, "next"))
		say_span(response, evil, say_name(arena, "zzz."), &seal);
	else if (begins_with(asked, "round"))
		say_span(response, evil, name_root, &seal);
	else if (begins_with(asked, "owner"))
		say_span(response, say_name(arena, "a."), evil, &seal);
	else
		seal_say_nsec3(response, &(struct nsec3_terms){ evil, below, 1, 0 }, &seal);
}

static void play_spans(struct stage *stage, struct finding *finding)
{
	static const char *const lies[] = { "next.evil.", "round.evil.", "owner.evil.", "deep.evil." };
	finding->what = "denials by NSEC with an end outside of the zone believed, names of other zones denied";
	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
		finding->value += ask(stage, lies[i], TYPE_A) != RCODE_SERVFAIL;
	finding->value += ask_some(stage, "n.good.", TYPE_A, RCODE_NOERROR);
	if (ask(stage, "honest.evil.", TYPE_A) != RCODE_NXDOMAIN)
		finding->value = 1000;
}

/* ---- 14: a child's NSEC3 for the parent's ---- */

/* Somebody in between swaps the proofs of evil. for those of its child z1.evil., who signs what the attacker likes. */
static void serve_childs_proof(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct arena *arena = response->arena;
	struct name evil = say_name(arena, "evil."), child = say_name(arena, "z1.evil.");
	struct seal parent_seal = seal_usual(arena, evil), child_seal = seal_usual(arena, child);
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (asked->host >= CHILD) {
		if (!seal_answer_keys(asked, response, &child_seal))
			say_address(response, asked, address, &child_seal);
		return;
	}
	response->flags |= FLAG_AA | RCODE_NXDOMAIN;
	seal_say_soa(response, &parent_seal);
	if (begins_with(asked, "honest"))
		seal_say_nsec3(response, &(struct nsec3_terms){ evil, evil, 1, 0 }, &parent_seal);
	else
		seal_say_nsec3(response, &(struct nsec3_terms){ evil, begins_with(asked, "own") ? child : evil, 1, 0 },
			       &child_seal);
}

static void play_childs_proof(struct stage *stage, struct finding *finding)
{
	finding->what = "names of a zone denied by NSEC3 that its child signed, of 2";
	bool honest = ask(stage, "www.z1.evil.", TYPE_A) == RCODE_NOERROR;
	finding->value += ask(stage, "own.evil.", TYPE_A) != RCODE_SERVFAIL;
	finding->value += ask(stage, "above.evil.", TYPE_A) != RCODE_SERVFAIL;
	honest = honest && ask(stage, "honest.evil.", TYPE_A) == RCODE_NXDOMAIN; /* it denies all others too */
	if (!honest)
		finding->value = 1000;
}

/* ---- 15: what nobody validated, and opt-out, denies nothing else ---- */

/* `b` is denied by NSEC that the zone did not sign, `o` by NSEC3 with opt-out; all else is there. */
static void serve_denials(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct name evil = say_name(response->arena, "evil.");
	struct seal seal = seal_usual(response->arena, evil);
	struct seal other = seal_of(response->arena, evil, SEAL_ALGORITHM, 5);
	(void)stage;
	other.signer.tag = seal.signer.tag;
	if (seal_answer_keys(asked, response, &seal))
		return;
	if (begins_with(asked, "b")) {
		seal_say_nothing(response, &other);
	} else if (begins_with(asked, "o")) {
		response->flags |= RCODE_NXDOMAIN;
		seal_say_soa(response, &seal);
		seal_say_nsec3(response, &(struct nsec3_terms){ evil, evil, 1, 1 }, &seal);
	} else {
		say_address(response, asked, address, &seal);
	}
}

static void play_denials(struct stage *stage, struct finding *finding)
{
	finding->what = "names denied by what CD let in or opt-out spans, of 100";
	stage->checking_disabled = true;
	if (ask_some(stage, "b.evil.", TYPE_A, RCODE_NXDOMAIN) > 0)
		finding->value = 1000;
	stage->checking_disabled = false;
	finding->value += ask_some(stage, "c.evil.", TYPE_A, RCODE_NOERROR);
	if (ask_some(stage, "o.evil.", TYPE_A, RCODE_NXDOMAIN) > 0)
		finding->value = 1000;
	finding->value += ask_some(stage, "p.evil.", TYPE_A, RCODE_NOERROR);
}

/* ---- 16: CD and ANY ---- */

/* The types of every name's NSEC. */
static const uint16_t there[] = { TYPE_A, TYPE_RRSIG, TYPE_NSEC };

/* `k` and `l` are aliases for the `s` of the same number. */
static struct name say_alias(const struct asked *asked, struct response *response, const struct seal *seal)
{
	char label[LABEL_SIZE_MAX + 1];
	snprintf(label, sizeof label, "s%.*s", asked->name.octets[0] - 1, (const char *)asked->name.octets + 2);
	struct name target = seal_below(response->arena, label, name_parent(asked->name));
	response->flags |= FLAG_AA;
	seal_say_one(response, SECTION_ANSWER, asked->name, TYPE_CNAME, span_of(target.octets, target.size), seal);
	return target;
}

/* In steps with an odd number somebody in between forges all but what is asked of the root. */
static void serve_forged(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct arena *arena = response->arena;
	bool child = asked->host >= CHILD;
	struct seal seal = seal_usual(arena, name_suffix(asked->name, child ? 2 : 1));
	struct seal other = seal_of(arena, asked->name, SEAL_ALGORITHM, 5);
	if (stage->step % 2 == 0) {
		if ((!child && seal_answer_parent(asked, response, NULL)) || seal_answer_keys(asked, response, &seal))
			return;
		if (begins_with(asked, "k"))
			(void)say_alias(asked, response, &seal);
		else if (asked->type == TYPE_A)
			say_address(response, asked, address, &seal);
		else
			seal_say_nodata(response, asked->name, there, 3, &seal);
		return;
	}
	response->flags |= FLAG_AA;
	if (asked->type == TYPE_DNSKEY || asked->type == TYPE_DS) {
		struct span rdata = asked->type == TYPE_DS ? seal_ds(arena, asked->name, &other) : other.dnskey;
		seal_say_one(response, SECTION_ANSWER, asked->name, asked->type, rdata, &other);
	} else if (begins_with(asked, "l")) {
		seal_say_one(response, SECTION_ANSWER, say_alias(asked, response, &other), TYPE_A, span_of(forged, 4), &other);
	} else if (asked->type == TYPE_ANY || asked->type == TYPE_A) {
		say_address(response, asked, forged, &other);
	} else {
		response->flags |= RCODE_NXDOMAIN;
		say(response, SECTION_AUTHORITY, 3600, "evil.", TYPE_SOA, NULL);
	}
}

static unsigned int disable_and_ask(struct stage *stage, const char *format, uint16_t type, unsigned int rcode)
{
	stage->checking_disabled = true;
	stage->step++;
	unsigned int other = ask_some(stage, format, type, rcode);
	stage->step++;
	stage->checking_disabled = false;
	return other;
}

static bool is_true(const struct stage *stage)
{
	return memmem(stage->last, stage->last_size, address, sizeof address) != NULL;
}

static void play_forged(struct stage *stage, struct finding *finding)
{
	unsigned int missed = 0, hurt = 0;
	finding->what = "names hurt by forgeries that CD let in, of 300";
	hurt += ask_some(stage, "s.evil.", TYPE_A, RCODE_NOERROR);
	missed += disable_and_ask(stage, "s.evil.", TYPE_AAAA, RCODE_NXDOMAIN);
	missed += disable_and_ask(stage, "l.evil.", TYPE_A, RCODE_NOERROR);
	(void)disable_and_ask(stage, "s.evil.", TYPE_ANY, RCODE_NOERROR);
	unsigned int queries = stage->to_evil;
	hurt += ask_some(stage, "k.evil.", TYPE_A, RCODE_NOERROR); /* by an alias: finished answers do not help */
	hurt += stage->to_evil - queries - NAMES; /* what it leads to was secure, and known */
	hurt += !is_true(stage);
	hurt += ask_some(stage, "s.evil.", TYPE_AAAA, RCODE_NOERROR);
	missed += disable_and_ask(stage, "t.evil.", TYPE_A, RCODE_NOERROR);
	hurt += ask_some(stage, "t.evil.", TYPE_A, RCODE_NOERROR);
	hurt += !is_true(stage);
	(void)disable_and_ask(stage, "z.evil.", TYPE_DS, RCODE_NOERROR);
	(void)disable_and_ask(stage, "z.evil.", TYPE_DNSKEY, RCODE_NOERROR);
	hurt += ask_some(stage, "z.evil.", TYPE_A, RCODE_NOERROR);
	finding->value = missed > 0 ? 1000 + missed : hurt;
}

const struct attack proof_attacks[] = {
	{ 12, "RRSIG labels that make other wildcards", serve_labels, play_labels, NULL },
	{ 13, "NSEC that span other zones", serve_spans, play_spans, NULL },
	{ 14, "a child's NSEC3 for its parent's", serve_childs_proof, play_childs_proof, NULL },
	{ 15, "CD and opt-out before synthesis", serve_denials, play_denials, NULL },
	{ 16, "CD and ANY let forgeries in", serve_forged, play_forged, NULL },
};
const size_t proof_attack_count = sizeof proof_attacks / sizeof proof_attacks[0];
