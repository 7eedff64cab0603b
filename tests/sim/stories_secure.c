/* Signed zones as they should be: what is secure, what is insecure, and what it costs to know. */
#include "kit.h"

#include "build.h"
#include "wire/limits.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE 64u

static void fix_latency(struct world *world, uint64_t ms)
{
	for (unsigned int i = 0; i < world->host_count; i++) {
		world->hosts[i].latency = ms * TICKS_PER_MS;
		world->hosts[i].jitter = 0;
	}
}

/* ---- cost ---- */

static void build_cost(struct world *world)
{
	struct signing_plan plan = kit_plan();
	struct zone *com = kit_begin_signed(world);
	struct zone *example = kit_signed_zone(world, com, "example", &plan);
	kit_add(world, example, "mail", TYPE_A, KIT_HOUR);
	kit_signed_zone(world, com, "other", &plan);
	kit_signed_zone(world, com, "plain", NULL);
	signing_end(world);
	fix_latency(world, 20);
}

#define ROUND_TRIP (40 * (uint64_t)TICKS_PER_MS)

/* One question in a zone whose keys are known: one query. In a zone that is new: the referral, the data, the keys; and no
 * more than one round trip longer than without validation. A zone without DS is known by the referral alone. */
static void play_cost(struct run *run)
{
	kit_want_secure(run, "www.example.com.", TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
	uint64_t before = kit_upstream(run);
	kit_want_secure(run, "mail.example.com.", TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
	kit_want_sent(run, "the keys are known", before, 1, 1);
	before = kit_upstream(run);
	kit_want_secure(run, "www.other.com.", TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
	kit_want_sent(run, "a new zone", before, 2, 3);
	const struct client_query *query = run->queries[run->query_count - 1];
	if (query->answered_at - query->asked_at > 3 * ROUND_TRIP)
		internet_fault(&run->internet, "validation adds more than a round trip");
	before = kit_upstream(run);
	kit_want_secure(run, "www.plain.com.", TYPE_A, RCODE_NOERROR, SECURITY_INSECURE);
	kit_want_sent(run, "an unsigned zone", before, 2, 2);
}

/* ---- algorithms and keys ---- */

static const uint8_t algorithms[] = { 5, 7, 8, 10, 13, 14, 15, 16 };

static void build_algorithms(struct world *world)
{
	static const uint8_t digests[] = { 1, 2, 4 };
	struct zone *com = kit_begin_signed(world);
	struct signing_plan plan = kit_plan();
	char text[NAME_SIZE];
	for (unsigned int i = 0; i < sizeof algorithms; i++) {
		snprintf(text, sizeof text, "a%u", algorithms[i]);
		plan.algorithm = algorithms[i];
		plan.digest = digests[i % 3];
		kit_signed_zone(world, com, text, &plan);
	}
	plan.algorithm = ALGORITHM_UNKNOWN;
	kit_signed_zone(world, com, "nobody", &plan);
	plan = kit_plan();
	plan.ds = DS_UNKNOWN_DIGEST;
	kit_signed_zone(world, com, "digest", &plan);
	plan.ds = DS_MIXED;
	kit_signed_zone(world, com, "mixed", &plan);
	plan.ds = DS_NONE;
	kit_signed_zone(world, kit_signed_zone(world, com, "island", &plan), "below", NULL);
	signing_end(world);
}

/* What nobody can check is insecure, not bogus (RFC 4035 section 5.2). */
static void play_algorithms(struct run *run)
{
	char text[NAME_SIZE];
	for (unsigned int i = 0; i < sizeof algorithms; i++) {
		snprintf(text, sizeof text, "www.a%u.com.", algorithms[i]);
		kit_want_secure(run, text, TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
	}
	kit_want_secure(run, "www.nobody.com.", TYPE_A, RCODE_NOERROR, SECURITY_INSECURE);
	kit_want_secure(run, "www.digest.com.", TYPE_A, RCODE_NOERROR, SECURITY_INSECURE);
	kit_want_secure(run, "www.mixed.com.", TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
	kit_want_secure(run, "www.island.com.", TYPE_A, RCODE_NOERROR, SECURITY_INSECURE);
	kit_want_secure(run, "www.below.island.com.", TYPE_A, RCODE_NOERROR, SECURITY_INSECURE);
}

static void build_keys(struct world *world)
{
	struct zone *com = kit_begin_signed(world);
	struct signing_plan plan = kit_plan();
	char text[NAME_SIZE];
	for (unsigned int i = 0; i < KEYS_PLAN_COUNT; i++) {
		snprintf(text, sizeof text, "k%u", i);
		plan.keys = (enum keys_plan)i;
		plan.algorithm = i % 2 == 0 ? 13 : 8;
		kit_signed_zone(world, com, text, &plan);
	}
	signing_end(world);
}

/* Every phase of every roll-over is as good as none. */
static void play_keys(struct run *run)
{
	char text[NAME_SIZE];
	for (unsigned int i = 0; i < KEYS_PLAN_COUNT; i++) {
		snprintf(text, sizeof text, "www.k%u.com.", i);
		kit_want_secure(run, text, TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
		snprintf(text, sizeof text, "k%u.com.", i);
		kit_want_secure(run, text, TYPE_DNSKEY, RCODE_NOERROR, SECURITY_SECURE);
		kit_want_secure(run, text, TYPE_DS, RCODE_NOERROR, SECURITY_SECURE);
	}
}

/* ---- denials ---- */

static void fill(struct world *world, struct zone *zone)
{
	kit_add(world, zone, "a.empty", TYPE_A, KIT_HOUR);
	kit_add(world, zone, "*.wild", TYPE_A, KIT_HOUR);
	kit_add(world, zone, "x.wild", TYPE_TXT, KIT_HOUR);
	kit_alias(world, zone, "*.alias", TYPE_CNAME, "www");
	kit_signed_zone(world, zone, "child", NULL);
}

static void build_denials(struct world *world)
{
	struct zone *com = kit_begin_signed(world);
	struct signing_plan plan = kit_plan();
	fill(world, kit_signed_zone(world, com, "nsec", &plan));
	plan.nsec3 = true;
	plan.salt_size = 4;
	plan.iterations = LIMIT_NSEC3_ITERATIONS;
	fill(world, kit_signed_zone(world, com, "nsec3", &plan));
	plan.opt_out = true;
	fill(world, kit_signed_zone(world, com, "optout", &plan));
	plan.opt_out = false;
	plan.iterations = LIMIT_NSEC3_ITERATIONS + 1;
	fill(world, kit_signed_zone(world, com, "many", &plan));
	signing_end(world);
}

/* The same questions in a zone; `absent`: of names that are not there, and what a wildcard makes; `insecure`: of DS where
 * there is none. */
static void ask_denials(struct run *run, const char *zone, enum security present, enum security absent,
			enum security no_ds)
{
	static const struct {
		const char *label;
		uint16_t type, rcode;
		bool absent;
	} questions[] = {
		{ "www.", TYPE_MX, RCODE_NOERROR, false },	{ "nothing.", TYPE_A, RCODE_NXDOMAIN, true },
		{ "b.nothing.", TYPE_A, RCODE_NXDOMAIN, true }, { "empty.", TYPE_A, RCODE_NOERROR, false },
		{ "some.wild.", TYPE_A, RCODE_NOERROR, true },	{ "b.c.wild.", TYPE_A, RCODE_NOERROR, true },
		{ "some.wild.", TYPE_MX, RCODE_NOERROR, true }, { "x.wild.", TYPE_A, RCODE_NOERROR, false },
		{ "some.alias.", TYPE_A, RCODE_NOERROR, true }, { "b.x.wild.", TYPE_A, RCODE_NXDOMAIN, true },
	};
	char text[NAME_SIZE];
	for (unsigned int i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		snprintf(text, sizeof text, "%s%s.com.", questions[i].label, zone);
		kit_want_secure(run, text, questions[i].type, questions[i].rcode, questions[i].absent ? absent : present);
	}
	snprintf(text, sizeof text, "www.%s.com.", zone);
	kit_want_secure(run, text, TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
	snprintf(text, sizeof text, "child.%s.com.", zone);
	kit_want_secure(run, text, TYPE_DS, RCODE_NOERROR, no_ds);
	snprintf(text, sizeof text, "www.child.%s.com.", zone);
	kit_want_secure(run, text, TYPE_A, RCODE_NOERROR, SECURITY_INSECURE);
}

/* With opt-out nobody knows what is not there (RFC 5155 section 9.2); nor with more iterations than are worth it. */
static void play_denials(struct run *run)
{
	ask_denials(run, "nsec", SECURITY_SECURE, SECURITY_SECURE, SECURITY_SECURE);
	ask_denials(run, "nsec3", SECURITY_SECURE, SECURITY_SECURE, SECURITY_SECURE);
	ask_denials(run, "optout", SECURITY_SECURE, SECURITY_INSECURE, SECURITY_INSECURE);
	ask_denials(run, "many", SECURITY_INSECURE, SECURITY_INSECURE, SECURITY_INSECURE);
}

/* ---- zones together ---- */

/* Parent and child on one host: no referral is ever seen. */
static void build_same_host(struct world *world)
{
	struct zone *com = kit_begin_signed(world);
	struct signing_plan plan = kit_plan();
	struct zone *example = kit_signed_zone(world, com, "example", &plan);
	struct server *server = &world->servers[world->server_count - 1];
	static const char *const texts[] = { "signed", "plain", "island", "deep.er.down" };
	for (unsigned int i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct zone *zone = tree_zone(world, example, texts[i]);
		world_delegate(world, zone, server, KIT_HOUR);
		world_serve(server->host, zone);
		kit_add(world, zone, "www", TYPE_A, KIT_HOUR);
		plan.ds = i == 2 ? DS_NONE : DS_GOOD;
		if (i != 1)
			kit_sign(world, zone, &plan);
	}
	signing_end(world);
}

static void play_same_host(struct run *run)
{
	kit_want_secure(run, "www.signed.example.com.", TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
	kit_want_secure(run, "www.plain.example.com.", TYPE_A, RCODE_NOERROR, SECURITY_INSECURE);
	kit_want_secure(run, "www.plain.example.com.", TYPE_MX, RCODE_NOERROR, SECURITY_INSECURE);
	kit_want_secure(run, "gone.plain.example.com.", TYPE_A, RCODE_NXDOMAIN, SECURITY_INSECURE);
	kit_want_secure(run, "www.island.example.com.", TYPE_A, RCODE_NOERROR, SECURITY_INSECURE);
	kit_want_secure(run, "www.deep.er.down.example.com.", TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
	kit_want_secure(run, "gone.deep.er.down.example.com.", TYPE_A, RCODE_NXDOMAIN, SECURITY_SECURE);
	kit_want_secure(run, "signed.example.com.", TYPE_DS, RCODE_NOERROR, SECURITY_SECURE);
	kit_want_secure(run, "plain.example.com.", TYPE_DS, RCODE_NOERROR, SECURITY_SECURE);
}

static void build_chains(struct world *world)
{
	struct zone *com = kit_begin_signed(world);
	struct signing_plan plan = kit_plan();
	struct zone *one = kit_signed_zone(world, com, "one", &plan), *two = kit_signed_zone(world, com, "two", &plan);
	struct zone *plain = kit_signed_zone(world, com, "plain", NULL);
	kit_alias(world, one, "secure", TYPE_CNAME, "www.two.com.");
	kit_alias(world, one, "through", TYPE_CNAME, "back.plain.com.");
	kit_alias(world, plain, "back", TYPE_CNAME, "www.two.com.");
	kit_alias(world, one, "gone", TYPE_CNAME, "nothing.two.com.");
	kit_alias(world, one, "lost", TYPE_CNAME, "nothing.plain.com.");
	kit_alias(world, one, "old", TYPE_DNAME, "two.com.");
	kit_alias(world, two, "odd", TYPE_DNAME, "plain.com.");
	signing_end(world);
}

/* A chain is as secure as its weakest link. */
static void play_chains(struct run *run)
{
	kit_want_secure(run, "secure.one.com.", TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
	kit_want_secure(run, "through.one.com.", TYPE_A, RCODE_NOERROR, SECURITY_INSECURE);
	kit_want_secure(run, "gone.one.com.", TYPE_A, RCODE_NXDOMAIN, SECURITY_SECURE);
	kit_want_secure(run, "lost.one.com.", TYPE_A, RCODE_NXDOMAIN, SECURITY_INSECURE);
	kit_want_secure(run, "www.old.one.com.", TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
	kit_want_secure(run, "gone.old.one.com.", TYPE_A, RCODE_NXDOMAIN, SECURITY_SECURE);
	kit_want_secure(run, "www.odd.two.com.", TYPE_A, RCODE_NOERROR, SECURITY_INSECURE);
	kit_want_secure(run, "through.one.com.", TYPE_CNAME, RCODE_NOERROR, SECURITY_SECURE);
}

/* ---- time ---- */

#define PHASE_S (2 * KIT_HOUR) /* longer than every TTL */
#define PHASES 4u

/* A new ZSK by pre-publication, a new KSK by double signature (RFC 7583 sections 3.2.1 and 3.3.1), a phase each two hours:
 * the new keys are published; they sign, and the DS is changed; the old ones are gone. */
static void build_rolling(struct world *world)
{
	static const struct key_life lives[] = {
		{ SIGN_FLAGS_KSK, 0, { 0, 3 }, { 0, 2 }, { 0, 3 } },
		{ SIGN_FLAGS_KSK, 1, { 1, 4 }, { 2, 4 }, { 1, 4 } },
		{ SIGN_FLAGS_ZSK, 2, { 0, 3 }, { 0, 0 }, { 0, 2 } },
		{ SIGN_FLAGS_ZSK, 3, { 1, 4 }, { 0, 0 }, { 2, 4 } },
	};
	struct signing_plan plan = kit_plan();
	struct zone *com = kit_begin_signed(world);
	struct zone *zone = kit_signed_zone(world, com, "rolls", NULL);
	char text[NAME_SIZE];
	kit_soa(world, zone, 300, 300);
	for (unsigned int i = 0; i < PHASES * 8; i++) {
		snprintf(text, sizeof text, "w%u", i);
		kit_add(world, zone, text, TYPE_A, KIT_HOUR);
	}
	for (unsigned int i = 1; i < PHASES; i++)
		world->epoch_at[world->epoch_count++] = i * PHASE_S * (uint64_t)TICKS_PER_S;
	sign_zone_rolling(world, zone, &plan, lives, sizeof lives / sizeof lives[0]);
	signing_end(world);
}

/* At no moment does anybody see it. */
static void play_rolling(struct run *run)
{
	char text[NAME_SIZE];
	for (unsigned int i = 0; i < PHASES * 8; i++) {
		kit_want_secure(run, "www.rolls.com.", TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
		snprintf(text, sizeof text, "w%u.rolls.com.", i);
		kit_want_secure(run, text, TYPE_A, RCODE_NOERROR, SECURITY_SECURE);
		kit_want_secure(run, text, TYPE_MX, RCODE_NOERROR, SECURITY_SECURE);
		kit_wait(run, PHASE_S / 8);
	}
}

#define LIFE_S (12 * KIT_HOUR)
#define LONG_TTL (24 * KIT_HOUR)

static void build_short_lived(struct world *world)
{
	struct signing_plan plan = kit_plan();
	plan.life = LIFE_S;
	kit_add(world, kit_signed_zone(world, kit_begin_signed(world), "brief", &plan), "long", TYPE_A, LONG_TTL);
	signing_end(world);
}

/* Nothing is kept longer than its signature (RFC 4035 section 5.3.3), with the room that clocks need. */
static void play_short_lived(struct run *run)
{
	const struct client_query *query = kit_ask_secure(run, "long.brief.com.", TYPE_A, false);
	uint32_t room = LIMIT_CLOCK_SKEW_MAX_S < LIFE_S / 2 ? LIMIT_CLOCK_SKEW_MAX_S : LIFE_S / 2;
	if (query->rcode != RCODE_NOERROR || !query->secure)
		internet_fault(&run->internet, "it is not secure");
	if (query->ttl > LIFE_S + room)
		internet_fault(&run->internet, "it lives %u s, longer than its signature", query->ttl);
}

/* ---- why something is insecure that could have been secure (RFC 8914) ---- */

static void build_unusable(struct world *world)
{
	struct zone *com = kit_begin_signed(world);
	struct signing_plan plan = kit_plan();
	plan.algorithm = ALGORITHM_UNKNOWN;
	kit_signed_zone(world, com, "nobody", &plan);
	plan = kit_plan();
	plan.ds = DS_UNKNOWN_DIGEST;
	kit_signed_zone(world, com, "digest", &plan);
	plan = kit_plan();
	plan.nsec3 = true;
	plan.iterations = LIMIT_NSEC3_ITERATIONS + 1;
	kit_signed_zone(world, kit_signed_zone(world, com, "many", &plan), "child", NULL);
	kit_signed_zone(world, com, "plain", NULL);
	signing_end(world);
}

static void play_unusable(struct run *run)
{
	static const struct {
		const char *text;
		uint16_t rcode;
		int ede;
		const char *reason;
	} rows[] = {
		{ "www.nobody.com.", RCODE_NOERROR, EDE_DNSKEY_ALGORITHM, "nobody.com.: " },
		{ "gone.nobody.com.", RCODE_NXDOMAIN, EDE_DNSKEY_ALGORITHM, "nobody.com.: " },
		{ "www.digest.com.", RCODE_NOERROR, EDE_DS_DIGEST, "digest.com.: " },
		{ "gone.many.com.", RCODE_NXDOMAIN, EDE_NSEC3_ITERATIONS, "many.com.: " },
		{ "www.child.many.com.", RCODE_NOERROR, EDE_NSEC3_ITERATIONS, "many.com.: " },
		{ "www.many.com.", RCODE_NOERROR, EDE_NONE, "" },
		{ "www.plain.com.", RCODE_NOERROR, EDE_NONE, "" },
	};
	for (unsigned int i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct client_query *query = kit_ask_secure(run, rows[i].text, TYPE_A, false);
		if (query->rcode != rows[i].rcode || query->ede != rows[i].ede ||
		    strstr(query->reason, rows[i].reason) == NULL)
			internet_fault(&run->internet, "%s: rcode %u, extended error %d \"%s\"", rows[i].text, query->rcode,
				       query->ede, query->reason);
		const struct client_query *again = kit_ask(run, rows[i].text, TYPE_A); /* of the cache, without DO */
		if (again->ede != rows[i].ede)
			internet_fault(&run->internet, "%s: extended error %d from the cache", rows[i].text, again->ede);
		const struct client_query *unchecked = kit_ask_secure(run, rows[i].text, TYPE_A, true);
		if (unchecked->ede != EDE_NONE)
			internet_fault(&run->internet, "%s: extended error %d with CD", rows[i].text, unchecked->ede);
	}
}

/* ---- the root key sentinel ---- */

/* "root-key-sentinel-is-ta-20326", relative or not, of a tag of the root's (`trusted`) or of another one. */
static void spell_sentinel(const struct world *world, const char *form, bool trusted, const char *zone, char text[NAME_SIZE])
{
	unsigned int tag = world->zones[0].signing->keys[0].tag;
	snprintf(text, NAME_SIZE, "root-key-sentinel-%s-ta-%05u%s", form, trusted ? tag : tag ^ 1, zone);
}

static const char *const sentinel_forms[] = { "is", "not" };

static void build_sentinel(struct world *world)
{
	struct signing_plan plan = kit_plan();
	struct zone *com = kit_begin_signed(world);
	struct zone *zones[] = { kit_signed_zone(world, com, "signed", &plan), kit_signed_zone(world, com, "plain", NULL) };
	char text[NAME_SIZE];
	for (unsigned int i = 0; i < 8; i++) {
		spell_sentinel(world, sentinel_forms[i & 1], i & 2, "", text);
		kit_add(world, zones[i / 4], text, TYPE_A, KIT_HOUR);
		kit_add(world, zones[i / 4], text, TYPE_AAAA, KIT_HOUR);
		kit_add(world, zones[i / 4], text, TYPE_TXT, KIT_HOUR);
	}
	signing_end(world);
}

static void want_sentinel(struct run *run, const char *text, uint16_t type, bool checking_disabled, uint16_t rcode)
{
	const struct client_query *query = kit_ask_secure(run, text, type, checking_disabled);
	if (query != NULL && query->rcode != rcode)
		internet_fault(&run->internet, "%s of type %u is %u, not %u%s", text, type, query->rcode, rcode,
			       checking_disabled ? ", with CD" : "");
}

/* What is not so of the root's keys is SERVFAIL: where it is secure, of an address, without CD; now and from each cache. */
static void play_sentinel(struct run *run)
{
	char text[NAME_SIZE];
	for (unsigned int i = 0; i < 24; i++) {
		bool is = (i & 1) == 0, trusted = i & 2;
		spell_sentinel(&run->world, sentinel_forms[i & 1], trusted, ".signed.com.", text);
		uint16_t rcode = is == trusted ? RCODE_NOERROR : RCODE_SERVFAIL;
		want_sentinel(run, text, TYPE_TXT, false, RCODE_NOERROR);
		want_sentinel(run, text, TYPE_A, i & 4, i & 4 ? RCODE_NOERROR : rcode);
		want_sentinel(run, text, TYPE_A, !(i & 4), i & 4 ? rcode : RCODE_NOERROR);
		want_sentinel(run, text, TYPE_AAAA, false, rcode);
		spell_sentinel(&run->world, sentinel_forms[i & 1], trusted, ".plain.com.", text);
		want_sentinel(run, text, TYPE_A, false, RCODE_NOERROR);
	}
}

static const struct story all[] = {
	{ "secure-cost", build_cost, play_cost, true },
	{ "algorithms", build_algorithms, play_algorithms, false },
	{ "roll-overs", build_keys, play_keys, false },
	{ "denials", build_denials, play_denials, false },
	{ "same-host", build_same_host, play_same_host, false },
	{ "secure-chains", build_chains, play_chains, false },
	{ "rolling", build_rolling, play_rolling, false },
	{ "short-lived", build_short_lived, play_short_lived, true },
	{ "unusable", build_unusable, play_unusable, true },
	{ "sentinel", build_sentinel, play_sentinel, true },
};
const struct shelf stories_secure = { all, sizeof all / sizeof all[0] };
