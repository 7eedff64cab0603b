/* Signatures that are wrong, and somebody on the path: SERVFAIL, and the data only for who asks for them with CD. */
#include "kit.h"

#include "build.h"
#include "faults.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE 64u
#define NAMES 12u
#define ANSWERED_LEAST 6u /* of NAMES, when one server of two is right */

/* A zone f<number> below com, with everything that a fault can hit; a second host where `hosts` is 2. */
static struct zone *add_faulty(struct world *world, struct zone *com, unsigned int number, unsigned int hosts)
{
	struct signing_plan plan = kit_plan();
	char text[NAME_SIZE];
	snprintf(text, sizeof text, "f%u", number);
	/* Where delegations may be opted out, the proof of another name is of no use either. */
	plan.opt_out = number == FAULT_NO_DS_OTHERWISE || number == FAULT_FALSE_CUT;
	plan.nsec3 = number % 2 == 0 || plan.opt_out;
	struct zone *zone = kit_signed_zone(world, com, text, &plan);
	if (hosts == 2)
		tree_own_server(world, zone, "ns2", kit_host(world), true);
	for (unsigned int i = 0; i < NAMES; i++) {
		snprintf(text, sizeof text, "w%u", i);
		kit_add(world, zone, text, TYPE_A, KIT_HOUR);
	}
	kit_add(world, zone, "*.wild", TYPE_A, KIT_HOUR);
	kit_signed_zone(world, zone, "signed", &plan);
	kit_signed_zone(world, zone, "plain", NULL);
	return zone;
}

static void build_faults(struct world *world)
{
	struct zone *com = kit_begin_signed(world);
	for (unsigned int i = 1; i < FAULT_COUNT; i++)
		fault_set(world, add_faulty(world, com, i, 1), (enum fault)i, NULL);
	signing_end(world);
}

/* What each fault hits, in words of the world. */
static unsigned int hits_of(unsigned int fault)
{
	static const unsigned int hits[] = {
#define FAULT(name, text, hits) hits,
		FAULTS(FAULT)
#undef FAULT
	};
	return hits[fault];
}

static void want(struct run *run, unsigned int fault, const char *label, uint16_t rcode, unsigned int by)
{
	char text[NAME_SIZE];
	snprintf(text, sizeof text, "%s.f%u.com.", label, fault);
	bool plain = strcmp(label, "www.plain") == 0 ||
		     (strcmp(label, "gone") == 0 && /* in a span with opt-out */
		      (fault == FAULT_NO_DS_OTHERWISE || fault == FAULT_FALSE_CUT));
	bool hit = hits_of(fault) & (by | HITS_KEYS);
	kit_want_secure(run, text, TYPE_A, rcode, hit ? SECURITY_BOGUS : plain ? SECURITY_INSECURE : SECURITY_SECURE);
}

/* Each fault hits what it hits and nothing else. */
static void play_faults(struct run *run)
{
	for (unsigned int i = 1; i < FAULT_COUNT; i++) {
		want(run, i, "w1", RCODE_NOERROR, HITS_DATA | HITS_EXISTENCE);
		want(run, i, "gone", RCODE_NXDOMAIN, HITS_DENIAL);
		want(run, i, "www.signed", RCODE_NOERROR, HITS_CUTS);
		want(run, i, "www.plain", RCODE_NOERROR, HITS_DENIAL);
	}
}

/* Bogus: nothing without CD, the data with it, and nothing again; the second time it is known. */
static void play_checking_disabled(struct run *run)
{
	static const char *const texts[] = { "w1.f1.com.", "w1.f3.com.", "w1.f9.com.", "w1.f11.com." };
	for (unsigned int i = 0; i < 4; i++) {
		kit_want_secure(run, texts[i], TYPE_A, RCODE_NOERROR, SECURITY_BOGUS);
		const struct client_query *query = kit_ask_secure(run, texts[i], TYPE_A, true);
		if (query->rcode != RCODE_NOERROR || query->records == 0)
			internet_fault(&run->internet, "%s is not told with CD", texts[i]);
		uint64_t before = kit_upstream(run);
		kit_want_secure(run, texts[i], TYPE_A, RCODE_NOERROR, SECURITY_BOGUS);
		kit_want_sent(run, "that it is bogus is known", before, 0, 0);
	}
}

/* The same when it was asked for with CD first. */
static void play_checking_disabled_first(struct run *run)
{
	for (unsigned int i = 0; i < 3; i++) {
		const struct client_query *query = kit_ask_secure(run, "w2.f1.com.", TYPE_A, true);
		if (query->rcode != RCODE_NOERROR || query->records == 0)
			internet_fault(&run->internet, "it is not told with CD");
		kit_want_secure(run, "w2.f1.com.", TYPE_A, RCODE_NOERROR, SECURITY_BOGUS);
	}
	kit_ask_secure(run, "w3.f1.com.", TYPE_A, true);
	kit_want_secure(run, "w3.f1.com.", TYPE_A, RCODE_NOERROR, SECURITY_BOGUS);
	kit_want_secure(run, "www.f2.com.", TYPE_A, RCODE_NOERROR, SECURITY_BOGUS);
}

/* The n-th host of the zone. */
static const struct host *zone_host(const struct world *world, const struct zone *zone, unsigned int n)
{
	unsigned int i = 0;
	while (!host_serves(&world->hosts[i], zone) || n-- > 0)
		i++;
	return &world->hosts[i];
}

static void build_one_of_two(struct world *world)
{
	struct zone *com = kit_begin_signed(world);
	for (unsigned int i = 1; i < FAULT_COUNT; i++) {
		struct zone *zone = add_faulty(world, com, i, 2);
		if (i != FAULT_DS_MISMATCH)
			fault_set(world, zone, (enum fault)i, zone_host(world, zone, i % 2));
	}
	signing_end(world);
}

/* One server of two is bad: what is false never comes (check.h), and the other is found most of the time. */
static void play_one_of_two(struct run *run)
{
	char text[NAME_SIZE];
	for (unsigned int i = 1; i < FAULT_COUNT; i++) {
		unsigned int answered = 0;
		for (unsigned int j = 0; j < NAMES; j++) {
			snprintf(text, sizeof text, "w%u.f%u.com.", j, i);
			const struct client_query *query = kit_ask_secure(run, text, TYPE_A, false);
			answered += query != NULL && query->rcode == RCODE_NOERROR && query->secure;
			kit_wait(run, 90); /* what failed is forgotten */
		}
		if (answered < ANSWERED_LEAST)
			internet_fault(&run->internet, "%s on one of two: %u of %u are answered", fault_text((enum fault)i),
				       answered, NAMES);
	}
}

/* ---- extended errors (RFC 8914) ---- */

/* What a fault is called; `label` is the name that it hits. */
static const struct {
	enum fault fault;
	const char *label;
	int ede;
} faults_called[] = {
	{ FAULT_EXPIRED, "w1", EDE_SIGNATURE_EXPIRED },
	{ FAULT_NOT_YET, "w1", EDE_SIGNATURE_NOT_YET_VALID },
	{ FAULT_WRONG, "w1", EDE_BOGUS },
	{ FAULT_OTHER_KEY, "w1", EDE_BOGUS },
	{ FAULT_UNSIGNED, "w1", EDE_RRSIGS_MISSING },
	{ FAULT_KEYS_EXPIRED, "w1", EDE_SIGNATURE_EXPIRED },
	{ FAULT_NO_KEYS, "w1", EDE_DNSKEY_MISSING },
	{ FAULT_DS_MISMATCH, "w1", EDE_DNSKEY_MISSING },
	{ FAULT_DATA_EXPIRED, "w1", EDE_SIGNATURE_EXPIRED },
	{ FAULT_DATA_WRONG, "w1", EDE_BOGUS },
	{ FAULT_DATA_UNSIGNED, "w1", EDE_RRSIGS_MISSING },
	{ FAULT_FLIPPED, "w1", EDE_BOGUS },
	{ FAULT_DENIED, "w1", EDE_NSEC_MISSING },
	{ FAULT_DENIED_OTHERWISE, "w1", EDE_NSEC_MISSING },
	{ FAULT_NO_PROOFS, "gone", EDE_NSEC_MISSING },
	{ FAULT_NO_PROOFS, "x.wild", EDE_NSEC_MISSING },
	{ FAULT_OTHER_PROOFS, "gone", EDE_NSEC_MISSING },
	{ FAULT_OTHER_PROOFS, "x.wild", EDE_NSEC_MISSING },
	{ FAULT_PROOFS_UNSIGNED, "gone", EDE_RRSIGS_MISSING },
	{ FAULT_PROOFS_UNSIGNED, "x.wild", EDE_RRSIGS_MISSING },
	{ FAULT_NO_DS, "www.signed", EDE_NSEC_MISSING },
	{ FAULT_NO_DS_OTHERWISE, "www.signed", EDE_NSEC_MISSING },
};

/* The code is the one that RFC 8914 has for it, with the zone in words; asked again, and with CD meanwhile, too. */
static void play_extended_errors(struct run *run)
{
	char text[NAME_SIZE], zone[NAME_SIZE];
	for (unsigned int i = 0; i < sizeof faults_called / sizeof faults_called[0]; i++) {
		enum fault fault = faults_called[i].fault;
		snprintf(text, sizeof text, "%s.f%u.com.", faults_called[i].label, fault);
		snprintf(zone, sizeof zone, "f%u.com.: ", fault);
		const struct client_query *first = kit_ask_secure(run, text, TYPE_A, false);
		const struct client_query *unchecked = kit_ask_secure(run, text, TYPE_A, true);
		const struct client_query *again = kit_ask_secure(run, text, TYPE_A, false);
		if (first->rcode != RCODE_SERVFAIL || first->ede != faults_called[i].ede || again->ede != first->ede)
			internet_fault(&run->internet, "%s, %s: extended errors %d (%s) and %d, not %d", fault_text(fault),
				       text, first->ede, first->reason, again->ede, faults_called[i].ede);
		if (strstr(first->reason, zone) == NULL || strlen(first->reason) <= strlen(zone))
			internet_fault(&run->internet, "%s, %s: \"%s\" does not name the zone", fault_text(fault), text,
				       first->reason);
		if (unchecked->ede != EDE_NONE)
			internet_fault(&run->internet, "%s, %s: with CD there is extended error %d", fault_text(fault), text,
				       unchecked->ede);
	}
}

/* ---- counts ---- */

static void want_counts(struct run *run, const char *what, const struct engine_counts *before, const uint64_t more[3])
{
	struct engine_counts now = engine_count(run->internet.resolvers[0].engine);
	uint64_t secure = now.secure - before->secure, insecure = now.insecure - before->insecure,
		 bogus = now.bogus - before->bogus;
	if (secure != more[0] || insecure != more[1] || bogus != more[2])
		internet_fault(&run->internet, "%s: %u secure, %u insecure, %u bogus are counted", what, (unsigned int)secure,
			       (unsigned int)insecure, (unsigned int)bogus);
	if (now.signatures == before->signatures)
		internet_fault(&run->internet, "%s: no signature is counted", what);
}

static void play_counts(struct run *run)
{
	static const struct {
		const char *text;
		uint64_t more[3];
	} rows[] = {
		{ "w1.f15.com.", { 1, 0, 0 } }, /* its data are good */
		{ "www.plain.f13.com.", { 0, 1, 0 } },
		{ "w1.f1.com.", { 0, 0, 1 } },
		{ "w1.f10.com.", { 0, 0, 1 } },
	};
	for (unsigned int i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct engine_counts before = engine_count(run->internet.resolvers[0].engine);
		kit_ask_secure(run, rows[i].text, TYPE_A, false);
		want_counts(run, rows[i].text, &before, rows[i].more);
	}
	struct engine_counts before = engine_count(run->internet.resolvers[0].engine);
	kit_ask_secure(run, "w2.f2.com.", TYPE_A, true);
	struct engine_counts after = engine_count(run->internet.resolvers[0].engine);
	if (after.secure + after.insecure + after.bogus + after.signatures !=
	    before.secure + before.insecure + before.bogus + before.signatures)
		internet_fault(&run->internet, "what nobody checks is counted");
}

static const struct story all[] = {
	{ "faults", build_faults, play_faults, true },
	{ "checking-disabled", build_faults, play_checking_disabled, true },
	{ "checking-disabled-first", build_faults, play_checking_disabled_first, true },
	{ "extended-errors", build_faults, play_extended_errors, true },
	{ "validation-counts", build_faults, play_counts, true },
	{ "one-of-two", build_one_of_two, play_one_of_two, true },
};
const struct shelf stories_bogus = { all, sizeof all / sizeof all[0] };
