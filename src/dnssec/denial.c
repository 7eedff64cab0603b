#include "dnssec/denial.h"

#include "dnssec/nsec3.h"
#include "wire/limits.h"

/* Proofs are the same for both kinds of records once it is clear what those say of a single name. */
enum statement { SILENT, EXISTS, DENIED };

struct word {
	enum statement statement;
	struct span types; /* of a name that exists; none at an empty non-terminal */
	bool opt_out;      /* denied, but for an insecure delegation that an opt-out span may hide */
};

struct hashed {
	bool known;
	uint8_t hash[NSEC3_HASH_SIZE];
};

enum chain { CHAIN_NONE, CHAIN_NSEC, CHAIN_NSEC3 };

struct evidence {
	const struct proofs *proofs;
	struct name name; /* in question */
	enum chain chain; /* the one looked at */
	unsigned int nsec_count, nsec3_count;
	struct nsec nsecs[LIMIT_PROOF_RRSETS];
	struct nsec3 nsec3s[LIMIT_PROOF_RRSETS]; /* all of the first one's parameters */
	struct hashed *hashes;                   /* of the name and its ancestors by labels; the last, of others */
	bool costly;                             /* there were NSEC3 that are not to be hashed with */
	bool exhausted;                          /* a hash was not to be had */
};

/* The closest encloser: the deepest ancestor that exists, of which the next name towards the question does not. */
struct closest {
	struct name encloser;
	bool opt_out; /* of the span that covers the next closer name */
};

static struct verdict missing(const char *why)
{
	return verdict_bogus(EDE_NSEC_MISSING, why);
}

/* The records speak of the name, and say something else. */
static struct verdict refuted(const char *why)
{
	return verdict_bogus(EDE_BOGUS, why);
}

static struct verdict no_record(void)
{
	return missing("there is no NSEC or NSEC3 record of the zone");
}

static struct verdict proven(bool opt_out)
{
	return opt_out ? verdict_of(SECURITY_INSECURE, EDE_NONE, "an opt-out span covers the name") : verdict_secure();
}

static void gather_nsec3(struct evidence *evidence, const struct rrset *rrset)
{
	struct nsec3 *first = evidence->nsec3s, *nsec3 = first + evidence->nsec3_count;
	if (!nsec3_read(rrset, evidence->proofs->zone, nsec3))
		return;
	if (nsec3_is_costly(&nsec3->params))
		evidence->costly = true;
	else if (nsec3 == first || nsec3_same_params(&nsec3->params, &first->params))
		evidence->nsec3_count++;
}

static void gather(struct evidence *evidence, const struct proofs *proofs, struct name name)
{
	*evidence = (struct evidence){ .proofs = proofs, .name = name };
	for (unsigned int i = 0; i < proofs->count && i < LIMIT_PROOF_RRSETS; i++) {
		const struct rrset *rrset = &proofs->rrsets[i];
		if (rrset->oversized)
			continue;
		if (nsec_read(rrset, proofs->zone, &evidence->nsecs[evidence->nsec_count]))
			evidence->nsec_count++;
		else
			gather_nsec3(evidence, rrset);
	}
	if (evidence->nsec3_count > 0) {
		evidence->hashes = arena_alloc(proofs->scratch, (name.labels + 2u) * sizeof *evidence->hashes);
		evidence->exhausted = evidence->hashes == NULL;
	}
}

/* Moves on to the chain to look at next: NSEC costs nothing. Each must prove all by itself. */
static bool next_chain(struct evidence *evidence)
{
	if (evidence->chain == CHAIN_NONE && evidence->nsec_count > 0)
		evidence->chain = CHAIN_NSEC;
	else if (evidence->chain != CHAIN_NSEC3 && evidence->nsec3_count > 0)
		evidence->chain = CHAIN_NSEC3;
	else
		return false;
	return true;
}

static struct verdict conclude(const struct evidence *evidence, struct verdict verdict)
{
	if (verdict.security != SECURITY_BOGUS)
		return verdict;
	if (evidence->exhausted)
		return verdict_of(SECURITY_UNCHECKED, EDE_INDETERMINATE, "no hash of NSEC3 is left for this query");
	if (evidence->nsec3_count == 0 && evidence->costly)
		return verdict_of(SECURITY_INSECURE, EDE_NSEC3_ITERATIONS, "too many iterations or too long a salt");
	return verdict;
}

/* Each name is hashed once for one proof. NULL when no work or memory is left. */
static const uint8_t *hash_of(struct evidence *evidence, struct name name)
{
	if (evidence->exhausted)
		return NULL;
	bool again = name_is_within(evidence->name, name);
	struct hashed *hashed = &evidence->hashes[again ? name.labels : evidence->name.labels + 1u];
	if (!again || !hashed->known) {
		const struct nsec3_params *params = &evidence->nsec3s[0].params;
		hashed->known = nsec3_hash_name(params, name, evidence->proofs->work, hashed->hash);
		evidence->exhausted = !hashed->known;
	}
	return hashed->known ? hashed->hash : NULL;
}

static struct word hear_nsec3(struct evidence *evidence, struct name name)
{
	struct word word = { .statement = SILENT };
	const uint8_t *hash = hash_of(evidence, name);
	for (unsigned int i = 0; hash != NULL && i < evidence->nsec3_count; i++) {
		const struct nsec3 *nsec3 = &evidence->nsec3s[i];
		if (nsec3_matches(nsec3, hash))
			return (struct word){ .statement = EXISTS, .types = nsec3->types };
		if (nsec3_covers(nsec3, hash)) {
			word.statement = DENIED;
			word.opt_out = word.opt_out || nsec3->opt_out;
		}
	}
	return word;
}

static struct word hear_nsec(const struct evidence *evidence, struct name name)
{
	struct name zone = evidence->proofs->zone;
	struct word word = { .statement = SILENT };
	for (unsigned int i = 0; i < evidence->nsec_count; i++) {
		const struct nsec *nsec = &evidence->nsecs[i];
		if (name_equal(nsec->owner, name))
			return (struct word){ .statement = EXISTS, .types = nsec->types };
		if (nsec_implies(nsec, zone, name))
			return (struct word){ .statement = EXISTS };
		if (nsec_denies(nsec, zone, name))
			word.statement = DENIED;
	}
	return word;
}

/* What does the chain say of this name? */
static struct word hear(struct evidence *evidence, struct name name)
{
	return evidence->chain == CHAIN_NSEC ? hear_nsec(evidence, name) : hear_nsec3(evidence, name);
}

/* RFC 5155 section 8.3: neither a cut nor a DNAME can be the closest encloser, nor what only NXNAME speaks of. */
static bool may_enclose(struct span types, bool apex)
{
	return !bitmap_hides_below(types, apex) && !bitmap_has(types, TYPE_NXNAME);
}

static bool is_closest(struct evidence *evidence, unsigned int labels, struct closest *closest)
{
	closest->encloser = name_suffix(evidence->name, labels);
	struct word word = hear(evidence, closest->encloser);
	if (word.statement != EXISTS || !may_enclose(word.types, labels == evidence->proofs->zone.labels))
		return false;
	word = hear(evidence, name_suffix(evidence->name, labels + 1));
	closest->opt_out = word.opt_out;
	return word.statement == DENIED;
}

/* Any ancestor that exists, with a next closer name that does not, is the closest encloser, so the search may go from
 * both ends at once: a random name of 120 labels in a flat zone costs two hashes, one below a deep name four. */
static bool find_closest_nsec3(struct evidence *evidence, struct closest *closest)
{
	unsigned int top = evidence->proofs->zone.labels, bottom = evidence->name.labels;
	for (unsigned int i = 0; top + i < bottom; i++)
		if (is_closest(evidence, i % 2 == 0 ? top + i / 2 : bottom - 1 - i / 2, closest))
			return true;
	return false;
}

static bool find_closest_nsec(const struct evidence *evidence, struct closest *closest)
{
	for (unsigned int i = 0; i < evidence->nsec_count; i++) {
		const struct nsec *nsec = &evidence->nsecs[i];
		if (!nsec_denies(nsec, evidence->proofs->zone, evidence->name))
			continue;
		closest->encloser = name_suffix(evidence->name, nsec_encloser_labels(nsec, evidence->name));
		closest->opt_out = false;
		return true;
	}
	return false;
}

static bool find_closest(struct evidence *evidence, struct closest *closest)
{
	if (evidence->chain == CHAIN_NSEC)
		return find_closest_nsec(evidence, closest);
	return find_closest_nsec3(evidence, closest);
}

/* The wildcard that would make the name: an asterisk before an ancestor is never longer than the name. */
static struct name wildcard_of(struct name encloser, struct name_buffer *buffer)
{
	buffer->octets[0] = 1;
	buffer->octets[1] = '*';
	memcpy(buffer->octets + 2, encloser.octets, encloser.size);
	return (struct name){ buffer->octets, (uint8_t)(encloser.size + 2), (uint8_t)(encloser.labels + 1) };
}

/* Compact denial (RFC 9824): a record of the very name, which says that there is none. */
static bool is_nxname(struct evidence *evidence)
{
	struct word word = hear(evidence, evidence->name);
	return word.statement == EXISTS && bitmap_has(word.types, TYPE_NXNAME) && bitmap_is_bare(word.types);
}

/* RFC 4035 section 5.4, RFC 5155 section 8.4. Section 9.2 minds opt-out at the next closer name only, but a wildcard too
 * may hide in such a span, as an empty non-terminal above insecure delegations. */
static struct verdict deny_name(struct evidence *evidence)
{
	struct closest closest;
	struct name_buffer buffer;
	if (!find_closest(evidence, &closest))
		return is_nxname(evidence) ? verdict_secure() : missing("no NSEC or NSEC3 record denies the name");
	struct word wildcard = hear(evidence, wildcard_of(closest.encloser, &buffer));
	if (wildcard.statement != DENIED)
		return refuted("no NSEC or NSEC3 record denies the wildcard");
	return proven(closest.opt_out || wildcard.opt_out);
}

/* Do these types of a name show that there is nothing to answer with? */
static bool lacks(const struct evidence *evidence, struct name name, struct span types, uint16_t type)
{
	bool apex = name_equal(name, evidence->proofs->zone);
	if (bitmap_has(types, type) || bitmap_has(types, TYPE_CNAME))
		return false;
	if (type == TYPE_DS) /* RFC 4035 section 5.2: the parent's to say; the root has none */
		return name_is_root(name) || !(apex || bitmap_has(types, TYPE_SOA));
	if (type == TYPE_ANY)
		return bitmap_is_bare(types);
	return !bitmap_is_cut(types, apex);
}

/* RFC 4035 section 5.4, RFC 5155 sections 8.5 (with erratum 3441), 8.6 and 8.7. */
static struct verdict deny_type(struct evidence *evidence, uint16_t type)
{
	struct closest closest;
	struct name_buffer buffer;
	struct word word = hear(evidence, evidence->name);
	if (word.statement == EXISTS)
		return lacks(evidence, evidence->name, word.types, type) ?
			       verdict_secure() :
			       refuted("the NSEC or NSEC3 record of the name does not deny the type");
	if (!find_closest(evidence, &closest))
		return missing("no NSEC or NSEC3 record speaks of the name");
	if (closest.opt_out)
		return proven(true);
	struct name wildcard = wildcard_of(closest.encloser, &buffer);
	word = hear(evidence, wildcard);
	if (word.statement == EXISTS && lacks(evidence, wildcard, word.types, type))
		return verdict_secure();
	return refuted("no NSEC or NSEC3 record denies the type at the wildcard");
}

/* RFC 4035 section 5.3.4, RFC 5155 section 8.8; the name in question is the next closer one. */
static struct verdict deny_closer(struct evidence *evidence)
{
	struct word word = hear(evidence, evidence->name);
	if (word.statement != DENIED)
		return missing("no NSEC or NSEC3 record denies a closer name than the wildcard");
	return proven(word.opt_out);
}

/* SECURE: there is no delegation. INSECURE: there is one, without DS, or there may be. */
static struct verdict deny_ds(struct evidence *evidence)
{
	struct closest closest;
	struct word word = hear(evidence, evidence->name);
	if (word.statement == EXISTS) {
		if (bitmap_has(word.types, TYPE_DS))
			return refuted("the parent says that there is a DS");
		if (bitmap_has(word.types, TYPE_SOA))
			return refuted("the NSEC or NSEC3 record is the child's, not the parent's");
		if (bitmap_has(word.types, TYPE_NS))
			return verdict_of(SECURITY_INSECURE, EDE_NONE, "a delegation without DS");
		return verdict_secure();
	}
	if (!find_closest(evidence, &closest))
		return missing("no NSEC or NSEC3 record denies the DS");
	return proven(closest.opt_out);
}

struct verdict denial_of_name(const struct proofs *proofs, struct name name)
{
	struct evidence evidence;
	struct verdict verdict = no_record();
	if (!name_is_below(name, proofs->zone))
		return missing("the zone cannot deny the name");
	gather(&evidence, proofs, name);
	while (verdict.security == SECURITY_BOGUS && next_chain(&evidence))
		verdict = deny_name(&evidence);
	return conclude(&evidence, verdict);
}

struct verdict denial_of_type(const struct proofs *proofs, struct name name, uint16_t type)
{
	struct evidence evidence;
	struct verdict verdict = no_record();
	if (!name_is_within(name, proofs->zone))
		return missing("the zone cannot deny the name");
	if (type == TYPE_DS && name_equal(name, proofs->zone) && !name_is_root(name))
		return missing("only the parent can deny a DS");
	gather(&evidence, proofs, name);
	while (verdict.security == SECURITY_BOGUS && next_chain(&evidence))
		verdict = deny_type(&evidence, type);
	return conclude(&evidence, verdict);
}

struct verdict denial_of_closer(const struct proofs *proofs, struct name name, unsigned int labels)
{
	struct evidence evidence;
	struct verdict verdict = no_record();
	if (!name_is_below(name, proofs->zone) || labels < proofs->zone.labels || labels >= name.labels)
		return missing("no wildcard of the zone makes the name");
	gather(&evidence, proofs, name_suffix(name, labels + 1));
	while (verdict.security == SECURITY_BOGUS && next_chain(&evidence))
		verdict = deny_closer(&evidence);
	return conclude(&evidence, verdict);
}

enum cut_proof denial_of_ds(const struct proofs *proofs, struct name name, struct verdict *verdict)
{
	struct evidence evidence;
	*verdict = no_record();
	if (!name_is_below(name, proofs->zone)) {
		*verdict = missing("only the parent can deny a DS");
		return CUT_UNPROVEN;
	}
	gather(&evidence, proofs, name);
	while (verdict->security == SECURITY_BOGUS && next_chain(&evidence))
		*verdict = deny_ds(&evidence);
	*verdict = conclude(&evidence, *verdict);
	switch (verdict->security) {
	case SECURITY_SECURE: return CUT_NONE;
	case SECURITY_INSECURE: return CUT_INSECURE;
	case SECURITY_BOGUS: return CUT_UNPROVEN;
	case SECURITY_UNCHECKED: break;
	}
	return CUT_UNCHECKED;
}
