#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dnssec/denial.h"
#include "tests/unit/denial_model.h"
#include "tests/unit/signed_zone.h"
#include "wire/limits.h"

#define ZONES 2500u
#define QUESTIONS 12u

static const uint16_t question_types[] = { TYPE_A, TYPE_A, TYPE_TXT, TYPE_AAAA, TYPE_CNAME, TYPE_DNAME, TYPE_NS, TYPE_DS,
					   TYPE_DS, TYPE_SOA, TYPE_ANY };

/* What is shown of one question, and what for. */
struct showing {
	const struct signed_zone *zone;
	struct name name;
	uint16_t type;
	unsigned int labels; /* of the encloser of a wildcard said to have been expanded */
	struct rrset rrsets[LIMIT_PROOF_RRSETS];
	unsigned int count;
	struct work work;
	unsigned int proven; /* verdicts that were not BOGUS */
};

static struct proofs proofs_of(struct showing *showing)
{
	showing->work = (struct work){ 0 };
	return (struct proofs){ showing->rrsets, showing->count, showing->zone->apex, &showing->work,
				showing->zone->arena };
}

static void show(struct showing *showing, struct rrset rrset)
{
	for (unsigned int i = 0; i < showing->count; i++)
		if (name_equal(showing->rrsets[i].owner, rrset.owner) && showing->rrsets[i].type == rrset.type)
			return;
	if (showing->count < LIMIT_PROOF_RRSETS)
		showing->rrsets[showing->count++] = rrset;
}

static void shuffle(struct showing *showing, struct rng *rng)
{
	for (unsigned int i = showing->count; i > 1; i--) {
		unsigned int other = rng_below(rng, i);
		struct rrset rrset = showing->rrsets[other];
		showing->rrsets[other] = showing->rrsets[i - 1];
		showing->rrsets[i - 1] = rrset;
	}
}

/* Any record of the zone. */
static struct rrset any_record(const struct signed_zone *zone, struct rng *rng)
{
	uint32_t at = rng_below(rng, zone->count + zone->hashed_count);
	return at < zone->count ? zone->nodes[at].nsec : zone->hashed[at - zone->count].nsec3;
}

static void complain(const struct showing *showing, const char *what)
{
	char text[NAME_TEXT_SIZE], type[CODE_TEXT_SIZE];
	printf("zone %s:\n", name_to_text(showing->zone->apex, text));
	for (unsigned int i = 0; i < showing->zone->count; i++)
		printf("  %s has %#x\n", name_to_text(showing->zone->nodes[i].name, text), showing->zone->nodes[i].has);
	for (unsigned int i = 0; i < showing->zone->hashed_count; i++)
		printf("  %s in NSEC3%s\n", name_to_text(showing->zone->hashed[i].name, text),
		       showing->zone->hashed[i].opt_out ? ", opt-out behind it" : "");
	for (unsigned int i = 0; i < showing->count; i++)
		printf("  shown: %s %s\n", name_to_text(showing->rrsets[i].owner, text),
		       type_to_text(showing->rrsets[i].type, type));
	fail_msg("%s: %s %s, %u labels", what, name_to_text(showing->name, text), type_to_text(showing->type, type),
		 showing->labels);
}

/* ---- nothing that exists is denied ---- */

/* An opt-out span covers the first name on the way to this one that has no NSEC3. */
static bool may_hide(const struct signed_zone *zone, struct name name)
{
	unsigned int encloser = zone_hashed_encloser(zone, name);
	return encloser < name.labels && zone_hashed_before(zone, name_suffix(name, encloser + 1))->opt_out;
}

static bool may_hide_or_wildcard(const struct signed_zone *zone, struct name name)
{
	struct name encloser = name_suffix(name, zone_hashed_encloser(zone, name));
	return may_hide(zone, name) || (encloser.labels < name.labels && may_hide(zone, zone_wildcard(zone, encloser)));
}

static bool is_sound(struct showing *showing, enum security security, bool true_to_say, bool hidden)
{
	showing->proven += security != SECURITY_BOGUS;
	switch (security) {
	case SECURITY_SECURE: return true_to_say;
	case SECURITY_INSECURE: return hidden;
	case SECURITY_BOGUS: return true;
	case SECURITY_UNCHECKED: break;
	}
	return false;
}

/* Nobody can be shown an answer from a wildcard that is not there. */
static void check_closer(struct showing *showing)
{
	const struct signed_zone *zone = showing->zone;
	struct name name = showing->name;
	for (showing->labels = zone->apex.labels; showing->labels < name.labels; showing->labels++) {
		struct proofs proofs = proofs_of(showing);
		struct name closer = name_suffix(name, showing->labels + 1);
		if (zone_node(zone, zone_wildcard(zone, name_suffix(name, showing->labels))) == NULL)
			continue;
		struct told told = zone_tell(zone, closer, TYPE_DS);
		bool absent = told.truth == TRUTH_NXDOMAIN || told.wildcard;
		if (!is_sound(showing, denial_of_closer(&proofs, name, showing->labels).security, absent,
			      may_hide(zone, closer)))
			complain(showing, "a closer name was denied");
	}
}

static void check_soundness(struct showing *showing)
{
	const struct signed_zone *zone = showing->zone;
	struct name name = showing->name;
	check_closer(showing);
	struct proofs proofs = proofs_of(showing);
	struct told told = zone_tell(zone, name, showing->type);
	if (!is_sound(showing, denial_of_name(&proofs, name).security, told.truth == TRUTH_NXDOMAIN,
		      may_hide_or_wildcard(zone, name)))
		complain(showing, "the name was denied");
	if (!is_sound(showing, denial_of_type(&proofs, name, showing->type).security, told.truth == TRUTH_NODATA,
		      may_hide(zone, name)))
		complain(showing, "the type was denied");
	struct verdict verdict;
	enum cut_proof cut = denial_of_ds(&proofs, name, &verdict);
	struct told of_ds = zone_tell(zone, name, TYPE_DS);
	bool unsigned_cut = of_ds.delegation && of_ds.truth == TRUTH_NODATA;
	if ((cut == CUT_NONE && (of_ds.truth == TRUTH_BEYOND || of_ds.delegation)) ||
	    (cut == CUT_INSECURE && !unsigned_cut && !may_hide(zone, name)) || cut == CUT_UNCHECKED)
		complain(showing, "the DS was denied");
	unsigned int below = name_is_within(name, zone->apex) ? (unsigned int)(name.labels - zone->apex.labels) : 0;
	if (showing->work.hashes > 3 * (below + 2) + 1)
		complain(showing, "too many hashes");
}

/* Half of the time most of what is shown lies around the name. */
static void show_of_chance(struct showing *showing, struct rng *rng, const struct signed_zone *other)
{
	const struct signed_zone *zone = showing->zone;
	for (uint32_t more = 1 + rng_below(rng, LIMIT_PROOF_RRSETS); more > 0; more--) {
		unsigned int labels = zone->apex.labels + rng_below(rng, showing->name.labels - zone->apex.labels + 1u);
		struct name near = name_suffix(showing->name, labels);
		if (rng_below(rng, 4) == 0)
			near = zone_wildcard(zone, near);
		const struct node *node = zone_node(zone, near) != NULL ? zone_node(zone, near) : zone_node_before(zone, near);
		const struct hashed_node *hashed = zone_hashed(zone, near) != NULL ? zone_hashed(zone, near) :
										     zone_hashed_before(zone, near);
		switch (rng_below(rng, 5)) {
		case 0: show(showing, any_record(rng_below(rng, 5) == 0 ? other : zone, rng)); break;
		case 1:
		case 2: show(showing, node != NULL ? node->nsec : any_record(zone, rng)); break;
		default: show(showing, hashed->nsec3); break;
		}
	}
	shuffle(showing, rng);
}

/* Another zone, or the parent, with a cut where this one begins. Never the child: its records are signed by others. */
static bool is_foreign(const struct signed_zone *zone, const struct signed_zone *other)
{
	if (name_is_within(other->apex, zone->apex))
		return false;
	for (unsigned int i = 0; i < other->count; i++) {
		const struct node *node = &other->nodes[i];
		if (name_is_below(node->name, zone->apex) ||
		    (name_equal(node->name, zone->apex) && (node->has & HAS_NS) == 0))
			return false;
	}
	return true;
}

void nothing_that_exists_is_denied(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(4035);
	unsigned int proven = 0;
	for (unsigned int i = 0; i < ZONES; i++) {
		struct arena arena = arena_of(0);
		struct signed_zone zone = zone_of_chance(&rng, &arena), other = zone_of_chance(&rng, &arena);
		if (!is_foreign(&zone, &other))
			other = zone;
		for (unsigned int j = 0; j < 2 * QUESTIONS; j++) {
			struct showing showing = { .zone = &zone, .name = zone_random_name(&zone, &rng) };
			showing.type = question_types[rng_below(&rng, sizeof question_types / sizeof question_types[0])];
			show_of_chance(&showing, &rng, &other);
			check_soundness(&showing);
			proven += showing.proven;
		}
		arena_free(&arena);
	}
	assert_true(proven > ZONES * QUESTIONS / 4); /* it was not silence that denied nothing */
}

/* ---- the right proof is accepted ---- */

enum question { OF_NAME, OF_TYPE, OF_CLOSER, OF_DS };

/* A proof by the book. */
struct book {
	struct showing showing;
	enum question question;
	bool hashed;
	bool there;    /* there is one */
	bool opt_out;  /* it relies on an opt-out span */
	enum cut_proof cut;
};

static void match(struct book *book, struct name name)
{
	const struct signed_zone *zone = book->showing.zone;
	if (book->hashed)
		show(&book->showing, zone_hashed(zone, name)->nsec3);
	else if (zone_node(zone, name) != NULL)
		show(&book->showing, zone_node(zone, name)->nsec);
	else
		show(&book->showing, zone_node_before(zone, name)->nsec); /* an empty non-terminal */
}

static void cover(struct book *book, struct name name)
{
	const struct signed_zone *zone = book->showing.zone;
	if (!book->hashed) {
		show(&book->showing, zone_node_before(zone, name)->nsec);
		return;
	}
	const struct hashed_node *span = zone_hashed_before(zone, name);
	book->opt_out = book->opt_out || span->opt_out;
	show(&book->showing, span->nsec3);
}

/* RFC 5155 section 7.2.1; of NSEC one covers the name. */
static void enclose(struct book *book)
{
	struct name name = book->showing.name;
	if (!book->hashed) {
		cover(book, name);
		return;
	}
	unsigned int labels = zone_hashed_encloser(book->showing.zone, name);
	match(book, name_suffix(name, labels));
	cover(book, name_suffix(name, labels + 1));
}

/* Is there a record of the name, or one that shows it to be an empty non-terminal? */
static bool has_record(const struct book *book, struct name name)
{
	return !book->hashed || zone_hashed(book->showing.zone, name) != NULL;
}

static void write_name_proof(struct book *book, const struct told *told)
{
	struct name name = book->showing.name;
	unsigned int encloser = book->hashed ? zone_hashed_encloser(book->showing.zone, name) : told->encloser;
	struct name wildcard = zone_wildcard(book->showing.zone, name_suffix(name, encloser));
	/* A wildcard beside a hidden empty non-terminal cannot be denied. */
	if (told->truth != TRUTH_NXDOMAIN || (book->hashed && zone_hashed(book->showing.zone, wildcard) != NULL))
		return;
	enclose(book);
	cover(book, wildcard);
	book->there = true;
}

static void write_type_proof(struct book *book, const struct told *told)
{
	struct name name = book->showing.name;
	struct name wildcard = zone_wildcard(book->showing.zone, name_suffix(name, told->encloser));
	if (told->truth != TRUTH_NODATA)
		return;
	book->there = true;
	if (!told->wildcard && has_record(book, name)) {
		match(book, name);
		return;
	}
	enclose(book);
	/* Of a hidden name the span says it all; and of a name that a hidden wildcard makes nothing can be said. */
	if (book->opt_out || !told->wildcard)
		return;
	if (has_record(book, wildcard))
		match(book, wildcard);
	else
		book->there = false;
}

static void write_closer_proof(struct book *book, const struct told *told)
{
	if (!told->wildcard)
		return;
	book->showing.labels = told->encloser;
	cover(book, name_suffix(book->showing.name, told->encloser + 1));
	book->there = true;
}

static void write_ds_proof(struct book *book, const struct told *told)
{
	struct name name = book->showing.name;
	if (name.labels == book->showing.zone->apex.labels || told->truth == TRUTH_BEYOND)
		return;
	bool exists = !told->wildcard && told->truth != TRUTH_NXDOMAIN;
	if (told->delegation && told->truth == TRUTH_DATA)
		return;
	book->there = true;
	if (exists && has_record(book, name))
		match(book, name);
	else
		enclose(book);
	book->cut = told->delegation || book->opt_out ? CUT_INSECURE : CUT_NONE;
}

static bool is_accepted(struct book *book)
{
	struct proofs proofs = proofs_of(&book->showing);
	struct name name = book->showing.name;
	enum security wanted = book->opt_out ? SECURITY_INSECURE : SECURITY_SECURE;
	struct verdict verdict;
	switch (book->question) {
	case OF_NAME: return denial_of_name(&proofs, name).security == wanted;
	case OF_TYPE: return denial_of_type(&proofs, name, book->showing.type).security == wanted;
	case OF_CLOSER: return denial_of_closer(&proofs, name, book->showing.labels).security == wanted;
	case OF_DS: break;
	}
	return denial_of_ds(&proofs, name, &verdict) == book->cut;
}

static bool is_refused(struct book *book)
{
	struct proofs proofs = proofs_of(&book->showing);
	struct name name = book->showing.name;
	struct verdict verdict;
	switch (book->question) {
	case OF_NAME: verdict = denial_of_name(&proofs, name); break;
	case OF_TYPE: verdict = denial_of_type(&proofs, name, book->showing.type); break;
	case OF_CLOSER: verdict = denial_of_closer(&proofs, name, book->showing.labels); break;
	case OF_DS: return denial_of_ds(&proofs, name, &verdict) == CUT_UNPROVEN;
	}
	return verdict.security == SECURITY_BOGUS && (verdict.ede == EDE_NSEC_MISSING || verdict.ede == EDE_BOGUS) && verdict.why != NULL;
}

static void check_book(struct book *book, struct rng *rng)
{
	struct showing whole;
	shuffle(&book->showing, rng);
	whole = book->showing;
	if (!is_accepted(book))
		complain(&whole, "the right proof was refused");
	for (unsigned int i = 0; i < whole.count; i++) {
		book->showing = whole;
		book->showing.rrsets[i] = whole.rrsets[--book->showing.count];
		if (!is_refused(book))
			complain(&book->showing, "half a proof was accepted");
	}
	book->showing = whole;
	for (unsigned int i = 0; i < 4; i++) {
		struct rrset rrset = any_record(whole.zone, rng);
		if ((rrset.type == TYPE_NSEC3) == book->hashed)
			show(&book->showing, rrset);
	}
	shuffle(&book->showing, rng);
	if (!is_accepted(book))
		complain(&book->showing, "the right proof was refused among others");
	book->showing = whole;
}

/* How many proofs of each question in either chain there were. */
static void try_question(const struct signed_zone *zone, struct rng *rng, unsigned int tried[4][2])
{
	struct name name = zone_random_name(zone, rng);
	uint16_t type = question_types[rng_below(rng, sizeof question_types / sizeof question_types[0])];
	for (unsigned int question = OF_NAME; question <= OF_DS; question++)
		for (unsigned int hashed = 0; hashed < 2; hashed++) {
			struct book book = { .showing = { .zone = zone, .name = name, .type = type },
					     .question = (enum question)question,
					     .hashed = hashed == 1 };
			struct told told = zone_tell(zone, name, question == OF_TYPE ? type : TYPE_DS);
			switch (book.question) {
			case OF_NAME: write_name_proof(&book, &told); break;
			case OF_TYPE: write_type_proof(&book, &told); break;
			case OF_CLOSER: write_closer_proof(&book, &told); break;
			case OF_DS: write_ds_proof(&book, &told); break;
			}
			if (!book.there)
				continue;
			check_book(&book, rng);
			tried[question][hashed]++;
		}
}

void right_proofs_are_accepted(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(5155);
	unsigned int tried[4][2] = { { 0 } };
	for (unsigned int i = 0; i < ZONES; i++) {
		struct arena arena = arena_of(0);
		struct signed_zone zone = zone_of_chance(&rng, &arena);
		for (unsigned int j = 0; j < QUESTIONS; j++)
			try_question(&zone, &rng, tried);
		arena_free(&arena);
	}
	for (unsigned int question = OF_NAME; question <= OF_DS; question++)
		for (unsigned int hashed = 0; hashed < 2; hashed++)
			assert_true(tried[question][hashed] > ZONES / 4);
}
