/* Chains of trust that are long, short-lived or many, and what is remembered of those that failed. */
#include "attacks.h"

#include "costs.h"
#include "seal.h"

#include <stdlib.h>

static const uint8_t address[4] = { 192, 0, 2, 200 };

static void say_address(struct response *response, const struct asked *asked, const struct seal *seal)
{
	response->flags |= FLAG_AA;
	seal_say_one(response, SECTION_ANSWER, asked->name, TYPE_A, span_of(address, 4), seal);
}

/* Asks `count` names, # in the format being the number; how many are not answered like this. */
static unsigned int ask_some(struct stage *stage, const char *format, unsigned int count, unsigned int rcode)
{
	unsigned int other = 0;
	for (unsigned int i = 0; i < count; i++) {
		char name[NAME_SIZE_MAX + 1];
		const char *place = strchr(format, '#');
		snprintf(name, sizeof name, "%.*s%u%s", (int)(place - format), format, i, place + 1);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), 12 * TICKS_PER_S);
		other += !question->answered || question->rcode != rcode;
	}
	return other;
}

/* The good client is quiet from now on, and counting begins. */
static void begin_count(struct stage *stage)
{
	stage_calm(stage, true);
	stage_run(stage, TICKS_PER_S);
	costs_reset();
	stage->to_evil = 0;
}

/* ---- 33: CAMP with validation ---- */

/* Each label is a zone, all on the same servers; each name an alias into another such tree; the last answer is wrong. */
static void serve_tower(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct arena *arena = response->arena;
	struct seal above = seal_usual(arena, name_parent(asked->name)), own = seal_usual(arena, asked->name);
	char target[64];
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	response->flags |= FLAG_AA;
	if (asked->type == TYPE_DNSKEY) {
		(void)seal_answer_keys(asked, response, &own);
	} else if (asked->type == TYPE_DS) {
		seal_say_one(response, SECTION_ANSWER, asked->name, TYPE_DS, seal_ds(arena, asked->name, &own), &above);
	} else if (stage->step++ < 200) {
		snprintf(target, sizeof target, "w.t.o.w.e.r.s.o.f.z%u.evil.", stage->step);
		struct name alias = say_name(arena, target);
		seal_say_one(response, SECTION_ANSWER, asked->name, TYPE_CNAME, span_of(alias.octets, alias.size), &above);
	}
}

static void play_tower(struct stage *stage, struct finding *finding)
{
	finding->what = "queries for one question; each label and each alias leads to a further signed zone";
	finding->limit = LIMIT_UPSTREAM_QUERIES;
	costs_reset();
	const struct question_state *question =
		stage_wait(stage, stage_ask(stage, "w.t.o.w.e.r.s.o.f.z0.evil.", TYPE_A), 12 * TICKS_PER_S);
	finding->took = question->answered_at - question->asked_at;
	finding->value = stage->to_evil;
	if (costs_so_far().checks > LIMIT_SIGNATURE_CHECKS || question->rcode != RCODE_SERVFAIL)
		finding->value = 1000;
}

/* Each alias leads into a further signed zone, whose keys are new; a referral brings its DS. */
static void serve_aliases(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct arena *arena = response->arena;
	struct seal seal = seal_usual(arena, name_suffix(asked->name, 2));
	char target[32];
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (seal_answer_keys(asked, response, &seal))
		return;
	snprintf(target, sizeof target, "www.z%u.evil.", ++stage->step);
	struct name alias = say_name(arena, target);
	response->flags |= FLAG_AA;
	seal_say_one(response, SECTION_ANSWER, asked->name, TYPE_CNAME, span_of(alias.octets, alias.size), &seal);
}

static void play_aliases(struct stage *stage, struct finding *finding)
{
	finding->what = "signatures looked at for one question that goes on from zone to zone";
	finding->limit = LIMIT_SIGNATURE_CHECKS;
	costs_reset();
	const struct question_state *question = stage_wait(stage, stage_ask(stage, "www.z0.evil.", TYPE_A), 12 * TICKS_PER_S);
	finding->took = question->answered_at - question->asked_at;
	finding->value = costs_so_far().checks;
	if (stage->to_evil < 3 * LIMIT_ALIAS_LINKS - 5 || stage->to_evil > LIMIT_UPSTREAM_QUERIES ||
	    question->rcode != RCODE_SERVFAIL)
		finding->value = 1000;
}

/* ---- 40: DS on the way to what is not signed ---- */

/* 60 labels of a signed zone, and at the end an answer without a signature. */
static void serve_stairs(struct stage *stage, const struct asked *asked, struct response *response)
{
	static const uint16_t types[] = { TYPE_RRSIG, TYPE_NSEC };
	struct seal seal = seal_usual(response->arena, name_suffix(asked->name, 1));
	if (seal_answer_keys(asked, response, &seal))
		return;
	stage->step += asked->type == TYPE_DS;
	if (asked->name.labels < 60 || asked->type == TYPE_DS) {
		seal_say_nodata(response, asked->name, types, 2, &seal);
		return;
	}
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "203.0.113.66");
}

static void play_stairs(struct stage *stage, struct finding *finding)
{
	char name[NAME_SIZE_MAX + 1] = { 0 };
	finding->what = "questions for DS on behalf of one question";
	finding->limit = LIMIT_DS_PROBES;
	for (unsigned int i = 0; i < 59; i++)
		memcpy(name + 2 * i, "a.", 2);
	memcpy(name + 118, "evil.", 6);
	const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), 12 * TICKS_PER_S);
	finding->took = question->answered_at - question->asked_at;
	finding->value = stage->step;
	if (question->rcode != RCODE_SERVFAIL || stage->step < 5)
		finding->value = 1000;
}

/* ---- TTL 0 ---- */

static void make_fleeting_ds(struct arena *arena, struct name zone, struct rrset *ds)
{
	struct seal child = seal_usual(arena, zone), parent = seal_usual(arena, name_parent(zone));
	struct span rdata = seal_ds(arena, zone, &child);
	*ds = seal_set(arena, zone, TYPE_DS, 0, &rdata, 1);
	seal_sign(arena, ds, &parent);
}

static void serve_fleeting(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct arena *arena = response->arena;
	struct seal seal = seal_usual(arena, name_suffix(asked->name, 2));
	struct span a = span_of(address, 4);
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, make_fleeting_ds))
		return;
	bool keys = asked->type == TYPE_DNSKEY;
	struct rrset rrset = seal_set(arena, asked->name, keys ? TYPE_DNSKEY : TYPE_A, 0, keys ? &seal.dnskey : &a, 1);
	seal_sign(arena, &rrset, &seal);
	response->flags |= FLAG_AA;
	seal_say(response, SECTION_ANSWER, &rrset);
}

static void play_fleeting(struct stage *stage, struct finding *finding)
{
	finding->what = "signatures computed for each answer where every TTL is 0";
	finding->limit = 1.2;
	unsigned int wrong = ask_some(stage, "a#.z1.evil.", 100, RCODE_NOERROR);
	begin_count(stage);
	wrong += ask_some(stage, "b#.z1.evil.", 100, RCODE_NOERROR);
	finding->value = wrong > 0 ? 1000 : costs_so_far().verifications / 100.0;
	stage_calm(stage, false);
}

/* The parent proves that z* has no DS, for no time at all. */
static void serve_fleeting_unsigned(struct stage *stage, const struct asked *asked, struct response *response)
{
	static const uint16_t types[] = { TYPE_NS, TYPE_RRSIG, TYPE_NSEC };
	struct arena *arena = response->arena;
	struct name zone = name_suffix(asked->name, 2);
	struct seal seal = seal_usual(arena, name_suffix(asked->name, 1));
	struct span rdata = seal_nsec(arena, seal_behind(arena, zone), types, 3);
	(void)stage;
	if (asked->host >= CHILD) {
		response->flags |= FLAG_AA;
		say_of(response, SECTION_ANSWER, 0, asked->name, TYPE_A, "192.0.2.200");
		return;
	}
	struct rrset nsec = seal_set(arena, zone, TYPE_NSEC, 0, &rdata, 1);
	seal_sign(arena, &nsec, &seal);
	if (seal_answer_keys(asked, response, &seal))
		return;
	if (asked->type != TYPE_DS) {
		seal_refer(response, zone, CHILD, &nsec);
		return;
	}
	seal_say_soa(response, &seal);
	seal_say(response, SECTION_AUTHORITY, &nsec);
}

static void play_fleeting_unsigned(struct stage *stage, struct finding *finding)
{
	finding->what = "signatures computed and questions for DS for each answer where the proof of no DS has TTL 0";
	finding->limit = 0.2;
	unsigned int wrong = ask_some(stage, "a#.z1.evil.", 100, RCODE_NOERROR);
	begin_count(stage);
	wrong += ask_some(stage, "b#.z1.evil.", 100, RCODE_NOERROR);
	finding->value = wrong > 0 ? 1000 : costs_so_far().verifications / 100.0 + stage->to_evil / 100.0 - 1;
	stage_calm(stage, false);
}

/* ---- an unsigned zone deep inside ---- */

#define HIDDEN_LABELS 16u

static void serve_hidden(struct stage *stage, const struct asked *asked, struct response *response)
{
	static const uint16_t none[] = { TYPE_RRSIG, TYPE_NSEC }, cut[] = { TYPE_NS, TYPE_RRSIG, TYPE_NSEC };
	struct seal seal = seal_usual(response->arena, name_suffix(asked->name, 1));
	bool at_cut = asked->name.labels == HIDDEN_LABELS;
	(void)stage;
	if (seal_answer_keys(asked, response, &seal))
		return;
	if (asked->name.labels <= HIDDEN_LABELS) {
		seal_say_nodata(response, asked->name, at_cut ? cut : none, at_cut ? 3 : 2, &seal);
		return;
	}
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
}

static void play_hidden(struct stage *stage, struct finding *finding)
{
	char names[] = "a#.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.evil.";
	finding->what = "signatures computed for each name of an unsigned zone 15 labels below, on the same servers";
	finding->limit = 0.2;
	unsigned int wrong = ask_some(stage, names, 20, RCODE_NOERROR);
	begin_count(stage);
	names[0] = 'b';
	wrong += ask_some(stage, names, 100, RCODE_NOERROR);
	finding->value = wrong > 0 ? 1000 : costs_so_far().verifications / 100.0;
	stage_calm(stage, false);
}

/* ---- what failed is remembered ---- */

/* Another key than the zone's signs: everything in z1, the keys of z2. */
static void serve_wrong(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct arena *arena = response->arena;
	struct name zone = name_suffix(asked->name, 2);
	struct seal seal = seal_usual(arena, zone), other = seal_of(arena, zone, SEAL_ALGORITHM, 5);
	bool keys = zone.octets[2] == '2';
	(void)stage;
	other.signer.tag = seal.signer.tag;
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (asked->type != TYPE_DNSKEY) {
		say_address(response, asked, keys ? &seal : &other);
	} else {
		response->flags |= FLAG_AA;
		seal_say_one(response, SECTION_ANSWER, asked->name, TYPE_DNSKEY, seal.dnskey, keys ? &other : &seal);
	}
}

static void play_wrong_names(struct stage *stage, struct finding *finding)
{
	finding->what = "signatures computed for each of 100 names, each signed wrongly by three servers";
	finding->limit = LIMIT_BOGUS_RETRIES + 1;
	unsigned int wrong = ask_some(stage, "a#.z1.evil.", 10, RCODE_SERVFAIL);
	begin_count(stage);
	wrong += ask_some(stage, "b#.z1.evil.", 100, RCODE_SERVFAIL);
	finding->value = wrong > 0 ? 1000 : costs_so_far().verifications / 100.0;
	wrong += ask_some(stage, "b#.z1.evil.", 100, RCODE_SERVFAIL);
	if (costs_so_far().verifications > 100 * finding->value)
		finding->value = 1000; /* that a name is bogus is not remembered */
	stage_calm(stage, false);
}

static void play_wrong_keys(struct stage *stage, struct finding *finding)
{
	finding->what = "signatures computed, and queries for each of 100 further names, where the zone's keys are signed wrongly";
	finding->limit = 1.1;
	unsigned int wrong = ask_some(stage, "a#.z2.evil.", 10, RCODE_SERVFAIL);
	begin_count(stage);
	wrong += ask_some(stage, "b#.z2.evil.", 100, RCODE_SERVFAIL);
	finding->value = wrong > 0 ? 1000 : costs_so_far().verifications + stage->to_evil / 100.0;
	stage_calm(stage, false);
}

/* ---- digests and large sets ---- */

#define LARGE_KEYS 4u
#define LARGE_KEY_SIZE 15000u

static const struct span *large_keys(void)
{
	static uint8_t octets[LARGE_KEYS][LARGE_KEY_SIZE];
	static struct span keys[LARGE_KEYS];
	for (unsigned int i = 0; i < LARGE_KEYS; i++) {
		uint8_t *key = octets[i];
		memset(key, 0x11, LARGE_KEY_SIZE);
		key[0] = 1;
		key[2] = 3;
		key[3] = 8;
		key[10 + 2 * i] = 0x12; /* others, of one tag */
		keys[i] = span_of(key, LARGE_KEY_SIZE);
	}
	return keys;
}

/* All of that tag, each with a digest of its own that fits none of the keys. */
static void make_large_ds(struct arena *arena, struct name zone, struct rrset *ds)
{
	struct seal parent = seal_usual(arena, name_parent(zone));
	struct span records[LIMIT_DS_RECORDS];
	for (unsigned int i = 0; i < LIMIT_DS_RECORDS; i++) {
		records[i] = sign_ds(arena, zone, large_keys()[0], 4);
		((uint8_t *)records[i].octets)[20] ^= (uint8_t)(i + 1);
	}
	*ds = seal_set(arena, zone, TYPE_DS, 3600, records, LIMIT_DS_RECORDS);
	seal_sign(arena, ds, &parent);
}

static void serve_large(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct seal seal = seal_usual(response->arena, name_suffix(asked->name, 2));
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, make_large_ds))
		return;
	if (asked->type != TYPE_DNSKEY) {
		say_address(response, asked, &seal);
		return;
	}
	struct rrset rrset = seal_set(response->arena, asked->name, TYPE_DNSKEY, 3600, large_keys(), LARGE_KEYS);
	seal_sign(response->arena, &rrset, &seal);
	response->flags |= FLAG_AA;
	seal_say(response, SECTION_ANSWER, &rrset);
}

static void play_large_digests(struct stage *stage, struct finding *finding)
{
	finding->what = "KB of keys put through a digest for one question, 8 DS and 4 keys of 15,000 octets of one tag";
	finding->limit = 64;
	begin_count(stage);
	unsigned int wrong = ask_some(stage, "www.z#.evil.", 20, RCODE_SERVFAIL);
	finding->value = wrong > 0 ? 1000 : (double)costs_so_far().digested / 20 / 1024;
	stage_calm(stage, false);
}

/* ---- large sets ---- */

#define LARGE_RECORDS 240u
#define LARGE_RECORD_SIZE 240u

/* TXT that differ at their ends only, in the worst order, under a long owner, with signatures that are wrong. */
static void serve_large_set(struct stage *stage, const struct asked *asked, struct response *response)
{
	static uint8_t octets[LARGE_RECORDS][LARGE_RECORD_SIZE];
	struct arena *arena = response->arena;
	struct span records[LARGE_RECORDS];
	struct seal seal = seal_usual(arena, name_suffix(asked->name, 2));
	struct seal other = seal_of(arena, seal.signer.zone, SEAL_ALGORITHM, 5);
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (seal_answer_keys(asked, response, &seal))
		return;
	for (unsigned int i = 0; i < LARGE_RECORDS; i++) {
		octets[i][0] = LARGE_RECORD_SIZE - 1;
		octets[i][LARGE_RECORD_SIZE - 1] = (uint8_t)(LARGE_RECORDS - i);
		records[i] = span_of(octets[i], LARGE_RECORD_SIZE);
	}
	struct rrset rrset = seal_set(arena, asked->name, TYPE_TXT, 300, records, LARGE_RECORDS);
	other.signer.tag = seal.signer.tag;
	for (unsigned int i = 0; i < LIMIT_SIGNATURES_PER_RRSET; i++) {
		other.signer.expiration++;
		seal_sign(arena, &rrset, &other);
	}
	response->flags |= FLAG_AA;
	seal_say(response, SECTION_ANSWER, &rrset);
}

static void play_large_set(struct stage *stage, struct finding *finding)
{
	unsigned int wrong = 0;
	finding->what = "KB of records put through a signature check for one question, 58 KB under 8 wrong signatures";
	finding->limit = 5 * 128;
	begin_count(stage);
	for (unsigned int i = 0; i < 20; i++) {
		char name[160];
		snprintf(name, sizeof name, "%060u.%060u.z%u.evil.", i, i, i);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_TXT), 12 * TICKS_PER_S);
		wrong += !question->answered || question->rcode != RCODE_SERVFAIL;
	}
	finding->value = wrong > 0 ? 1000 : (double)costs_so_far().verified / 20 / 1024;
	stage_calm(stage, false);
}

/* ---- many zones ---- */

#define FLOOD_ZONES (LIMIT_KEYRING_ZONES + 400u)
#define FLOOD_KEYS LIMIT_ZONE_KEYS

/* Each zone has as many keys as are looked at, long ones that none else needs. */
static void serve_flood(struct stage *stage, const struct asked *asked, struct response *response)
{
	static uint8_t octets[FLOOD_KEYS][400];
	struct arena *arena = response->arena;
	struct span records[FLOOD_KEYS];
	struct seal seal = seal_usual(arena, name_suffix(asked->name, 2));
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (asked->type != TYPE_DNSKEY) {
		say_address(response, asked, &seal);
		return;
	}
	records[0] = seal.dnskey;
	for (unsigned int i = 1; i < FLOOD_KEYS; i++) {
		uint8_t *key = octets[i];
		memset(key, (int)i, sizeof octets[i]);
		memcpy(key, "\1\0\3\10", 4);
		records[i] = span_of(key, sizeof octets[i]);
	}
	struct rrset rrset = seal_set(arena, asked->name, TYPE_DNSKEY, 3600, records, FLOOD_KEYS);
	seal_sign(arena, &rrset, &seal);
	response->flags |= FLAG_AA;
	seal_say(response, SECTION_ANSWER, &rrset);
}

static void play_flood(struct stage *stage, struct finding *finding)
{
	finding->what = "MB beyond the cache's 16 for keys of 2,400 zones";
	finding->limit = 20;
	size_t table = table_count(stage->table).octets;
	unsigned int wrong = ask_some(stage, "www.z#.evil.", FLOOD_ZONES, RCODE_NOERROR);
	table = table_count(stage->table).octets - table;
	finding->value = wrong > 0 ? 1000 : ((double)stage_memory(stage) - (double)table) / (1u << 20);
}

const struct attack chain_attacks[] = {
	{ 33, "CAMP, signed: towers of zones and aliases", serve_tower, play_tower, NULL },
	{ 33, "CAMP, signed: aliases from zone to zone", serve_aliases, play_aliases, NULL },
	{ 40, "DS for 60 labels", serve_stairs, play_stairs, NULL },
	{ 50, "every TTL is 0", serve_fleeting, play_fleeting, NULL },
	{ 50, "every TTL is 0, and no DS", serve_fleeting_unsigned, play_fleeting_unsigned, NULL },
	{ 50, "an unsigned zone deep inside", serve_hidden, play_hidden, NULL },
	{ 50, "names signed wrongly", serve_wrong, play_wrong_names, NULL },
	{ 50, "keys signed wrongly", serve_wrong, play_wrong_keys, NULL },
	{ 50, "large keys and many DS", serve_large, play_large_digests, NULL },
	{ 50, "large RRsets and wrong signatures", serve_large_set, play_large_set, NULL },
	{ 50, "keys of 2,400 zones", serve_flood, play_flood, NULL },
};
const size_t chain_attack_count = sizeof chain_attacks / sizeof chain_attacks[0];
