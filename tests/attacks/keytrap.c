/* Zones that cost more to validate than they are worth: keys, signatures and hashes without end. */
#include "attacks.h"

#include "costs.h"
#include "seal.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <stdlib.h>

#define QUESTIONS 40u
#define TRAP_ALGORITHM 14u /* P-384: of all known the one whose signatures take longest */
#define TRAP_TAG 4711u
#define TRAP_KEYS 240u
#define TRAP_SIGNATURES 220u
#define TRAP_KEY_SIZE (4u + 2 * 48u)

/* ---- the measure ---- */

struct measure {
	double cpu_ms;       /* of each question */
	struct costs costs;
	unsigned int queries, wrong;
};

/* `format` has a %u for the number of the question. The good client is there first, then it is quiet. */
static void ask_round(struct stage *stage, const char *format, unsigned int from, unsigned int rcode,
		      struct measure *measure)
{
	for (unsigned int i = from; i < from + QUESTIONS; i++) {
		char digits[16], name[NAME_SIZE_MAX + 1];
		const char *place = strchr(format, '#');
		snprintf(digits, sizeof digits, "%u", i);
		snprintf(name, sizeof name, "%.*s%s%s", (int)(place - format), format, digits, place + 1);
		const struct question_state *question = stage_wait(stage, stage_ask(stage, name, TYPE_A), 6 * TICKS_PER_S);
		measure->wrong += !question->answered || question->rcode != rcode;
	}
}

static struct measure measure_round(struct stage *stage, const char *format, unsigned int rcode)
{
	struct measure measure = { 0 };
	ask_round(stage, format, 0, rcode, &measure);
	stage_calm(stage, true);
	stage_run(stage, TICKS_PER_S);
	costs_reset();
	unsigned int queries = stage->to_evil;
	uint64_t cpu = stage->cpu_ns;
	ask_round(stage, format, QUESTIONS, rcode, &measure);
	measure.cpu_ms = (double)(stage->cpu_ns - cpu) / 1e6 / QUESTIONS;
	measure.costs = costs_so_far();
	measure.queries = stage->to_evil - queries;
	stage_calm(stage, false);
	return measure;
}

/* A play that asks nothing but this; a wrong rcode fails it. */
static struct measure play_round(struct stage *stage, struct finding *finding, const char *format, unsigned int rcode)
{
	struct measure measure = measure_round(stage, format, rcode);
	if (measure.wrong > 0)
		finding->value = 1000 + measure.wrong;
	return measure;
}

static bool is_cut(const struct asked *asked, struct response *response)
{
	if (!asked->stream)
		response->flags |= FLAG_TC;
	return !asked->stream;
}

/* ---- the trap's keys ---- */

/* Makes the tag of a DNSKEY this one, by flags that mean nothing. False when ZONE would be off or REVOKE on. */
static bool set_tag(uint8_t *dnskey, size_t size, uint16_t tag)
{
	dnskey[0] = dnskey[1] = 0;
	uint32_t left = 65535u + tag - sign_tag(span_of(dnskey, size));
	uint16_t flags = (uint16_t)(left % 65535u);
	dnskey[0] = (uint8_t)(flags >> 8);
	dnskey[1] = (uint8_t)flags;
	return (flags & 0x0180u) == 0x0100u && sign_tag(span_of(dnskey, size)) == tag;
}

/* Points of the curve for ever new x. */
static bool next_point(const EC_GROUP *group, BIGNUM *x, uint8_t *octets)
{
	uint8_t point[1 + 2 * 48];
	EC_POINT *made = EC_POINT_new(group);
	bool good = made != NULL && BN_add_word(x, 1) == 1 &&
		    EC_POINT_set_compressed_coordinates(group, made, x, 0, NULL) == 1 &&
		    EC_POINT_point2oct(group, made, POINT_CONVERSION_UNCOMPRESSED, point, sizeof point, NULL) == sizeof point;
	EC_POINT_free(made);
	if (good)
		memcpy(octets, point + 1, sizeof point - 1);
	return good;
}

static const struct span *trap_keys(void)
{
	static uint8_t octets[TRAP_KEYS][TRAP_KEY_SIZE];
	static struct span keys[TRAP_KEYS];
	EC_GROUP *group = keys[0].size == 0 ? EC_GROUP_new_by_curve_name(NID_secp384r1) : NULL;
	BIGNUM *x = BN_new();
	for (unsigned int i = 0; group != NULL && x != NULL && i < TRAP_KEYS;) {
		octets[i][2] = 3;
		octets[i][3] = TRAP_ALGORITHM;
		if (!next_point(group, x, octets[i] + 4) || !set_tag(octets[i], TRAP_KEY_SIZE, TRAP_TAG))
			continue;
		keys[i] = span_of(octets[i], TRAP_KEY_SIZE);
		i++;
	}
	EC_GROUP_free(group);
	BN_free(x);
	return keys;
}

/* Signatures that name the trap's tag, all wrong, or all the same where that is said. */
static void add_wrong(struct arena *arena, struct rrset *rrset, struct name zone, unsigned int count)
{
	struct seal seal = seal_of(arena, zone, TRAP_ALGORITHM, 0);
	seal.signer.tag = TRAP_TAG;
	struct rrset bare = *rrset;
	bare.signatures = 0;
	struct span rrsig = sign_rrset(arena, &bare, &seal.signer);
	for (unsigned int i = 0; i < count; i++) {
		struct span copy = arena_copy(arena, rrsig);
		((uint8_t *)copy.octets)[copy.size - 1] ^= (uint8_t)(i + 1);
		seal_append(arena, rrset, copy);
	}
}

static void make_trap_ds(struct arena *arena, struct name zone, struct rrset *ds)
{
	struct seal parent = seal_usual(arena, name_parent(zone));
	struct span records[LIMIT_DS_RECORDS];
	for (unsigned int i = 0; i < LIMIT_DS_RECORDS; i++)
		records[i] = sign_ds(arena, zone, trap_keys()[i], 2);
	*ds = seal_set(arena, zone, TYPE_DS, 3600, records, LIMIT_DS_RECORDS);
	seal_sign(arena, ds, &parent);
}

/* ---- 50: KeyTrap ---- */

static void say_trap_keys(const struct asked *asked, struct response *response)
{
	struct rrset keys = seal_set(response->arena, asked->name, TYPE_DNSKEY, 3600, trap_keys(), TRAP_KEYS);
	add_wrong(response->arena, &keys, asked->name, TRAP_SIGNATURES);
	response->flags |= FLAG_AA;
	seal_say(response, SECTION_ANSWER, &keys);
}

static void serve_trap(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct seal seal = seal_usual(response->arena, name_suffix(asked->name, 2));
	static const uint8_t address[4] = { 192, 0, 2, 200 };
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, make_trap_ds))
		return;
	if (asked->type != TYPE_DNSKEY) {
		response->flags |= FLAG_AA;
		seal_say_one(response, SECTION_ANSWER, asked->name, TYPE_A, span_of(address, 4), &seal);
	} else if (!is_cut(asked, response)) {
		say_trap_keys(asked, response);
	}
}

static void play_trap(struct stage *stage, struct finding *finding)
{
	finding->what = "signatures computed for a question, 240 keys and 220 wrong signatures of one tag; 2 are of the way";
	finding->limit = LIMIT_SIGNATURE_FAILURES + 1 + 2;
	struct measure measure = play_round(stage, finding, "www.z#.evil.", RCODE_SERVFAIL);
	if (finding->value == 0)
		finding->value = (double)measure.costs.verifications / QUESTIONS;
	if (measure.costs.failures <= LIMIT_SIGNATURE_FAILURES)
		finding->value = 1000; /* the limit was not tried */
}

/* In units of what one such check takes here, so that it holds on slow machines too. */
static void measure_cpu(struct stage *stage, struct finding *finding)
{
	struct measure measure = play_round(stage, finding, "www.z#.evil.", RCODE_SERVFAIL);
	if (finding->value == 0)
		finding->value = measure.cpu_ms * measure.costs.verifications / measure.costs.verify_ms;
}

static void play_trap_cpu(struct stage *stage, struct finding *finding)
{
	finding->what = "CPU for a question, in checks of P-384, 0.6 ms each: 10 ms are 16";
	finding->limit = 16;
	measure_cpu(stage, finding);
}

/* All in one zone: what its keys came to is known. */
static void play_same_trap(struct stage *stage, struct finding *finding)
{
	finding->what = "signatures computed for a further name in such a zone";
	finding->limit = 0.5;
	struct measure measure = play_round(stage, finding, "w#.z1.evil.", RCODE_SERVFAIL);
	if (finding->value == 0)
		finding->value = (double)measure.costs.verifications / QUESTIONS;
}

/* The zone's keys are good, one of them signs them; the trap is in the answer. */
static void serve_answer_trap(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct arena *arena = response->arena;
	struct seal seal = seal_usual(arena, name_suffix(asked->name, 2));
	uint8_t address[4] = { 192, 0, 2, 200 };
	struct span rdata = span_of(address, 4), records[TRAP_KEYS + 1];
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (is_cut(asked, response))
		return;
	memcpy(records, trap_keys(), TRAP_KEYS * sizeof *records);
	records[TRAP_KEYS] = records[0];
	records[0] = seal.dnskey;
	bool keys = asked->type == TYPE_DNSKEY;
	struct rrset rrset = seal_set(arena, asked->name, keys ? TYPE_DNSKEY : TYPE_A, 3600, keys ? records : &rdata,
				      keys ? TRAP_KEYS + 1 : 1);
	if (keys)
		seal_sign(arena, &rrset, &seal);
	else
		add_wrong(arena, &rrset, seal.signer.zone, TRAP_SIGNATURES);
	response->flags |= FLAG_AA;
	seal_say(response, SECTION_ANSWER, &rrset);
}

/* ---- 50: signatures that are all good ---- */

/* Aliases along one zone whose signatures are P-384, each made by a wildcard and with eight NSEC. */
static void make_slow_ds(struct arena *arena, struct name zone, struct rrset *ds)
{
	struct seal parent = seal_usual(arena, name_parent(zone)), child = seal_of(arena, zone, TRAP_ALGORITHM, 1);
	struct span rdata = seal_ds(arena, zone, &child);
	*ds = seal_set(arena, zone, TYPE_DS, 3600, &rdata, 1);
	seal_sign(arena, ds, &parent);
}

static void serve_slow(struct stage *stage, const struct asked *asked, struct response *response)
{
	static const uint16_t types[] = { TYPE_A, TYPE_RRSIG, TYPE_NSEC };
	struct arena *arena = response->arena;
	struct name zone = name_suffix(asked->name, 2);
	struct seal seal = seal_of(arena, zone, TRAP_ALGORITHM, 1);
	char label[8];
	if (asked->host == EVIL && seal_answer_parent(asked, response, make_slow_ds))
		return;
	if (seal_answer_keys(asked, response, &seal) || is_cut(asked, response))
		return;
	snprintf(label, sizeof label, "x%05u", ++stage->step % 100000);
	struct name target = seal_below(arena, label, zone);
	struct span rdata = span_of(target.octets, target.size);
	struct rrset alias = seal_set(arena, asked->name, TYPE_CNAME, 3600, &rdata, 1);
	seal_sign_as(arena, &alias, &seal, seal_below(arena, "*", zone));
	response->flags |= FLAG_AA;
	seal_say(response, SECTION_ANSWER, &alias);
	seal_say_gap(response, asked->name, &seal);
	for (unsigned int i = 1; i < LIMIT_PROOF_RRSETS; i++) {
		struct name owner = seal_below(arena, (const char[2]){ (char)('a' + (int)i), 0 }, zone);
		struct span nsec = seal_nsec(arena, seal_behind(arena, owner), types, 3);
		seal_say_one(response, SECTION_AUTHORITY, owner, TYPE_NSEC, nsec, &seal);
	}
}

static void play_slow(struct stage *stage, struct finding *finding)
{
	finding->what = "signatures looked at for one question, all good";
	finding->limit = LIMIT_SIGNATURE_CHECKS;
	struct measure measure = play_round(stage, finding, "www.z#.evil.", RCODE_SERVFAIL);
	if (finding->value == 0)
		finding->value = measure.costs.checks;
	if (measure.costs.checks < LIMIT_SIGNATURE_CHECKS - 1)
		finding->value = 1000; /* the attack was not what it should have been */
}

/* ---- 51: expired signatures ---- */

static void serve_expired(struct stage *stage, const struct asked *asked, struct response *response)
{
	static const uint8_t address[4] = { 192, 0, 2, 200 };
	struct arena *arena = response->arena;
	struct name zone = name_suffix(asked->name, 2);
	struct seal seal = seal_usual(arena, zone);
	struct span rdata = span_of(address, 4);
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (seal_answer_keys(asked, response, &seal) || is_cut(asked, response))
		return;
	struct rrset rrset = seal_set(arena, asked->name, TYPE_A, 3600, &rdata, 1);
	seal.signer.inception = STAGE_WALL - 100 * 86400;
	for (unsigned int i = 0; i < 500; i++) {
		seal.signer.expiration = STAGE_WALL - 20 * 86400 - i;
		seal_sign(arena, &rrset, &seal);
	}
	response->flags |= FLAG_AA;
	seal_say(response, SECTION_ANSWER, &rrset);
}

static void play_expired(struct stage *stage, struct finding *finding)
{
	finding->what = "signatures looked at for one question, of 500 expired ones";
	finding->limit = LIMIT_SIGNATURE_CHECKS;
	struct measure measure = play_round(stage, finding, "www.z#.evil.", RCODE_SERVFAIL);
	if (finding->value == 0)
		finding->value = measure.costs.checks;
	if (measure.costs.checks < LIMIT_SIGNATURES_PER_RRSET + 2)
		finding->value = 1000; /* they do not count */
}

/* ---- 52: NSEC3 ---- */

/* Of the zone's apex with too many iterations; in step 1 with as many as may be, of a name that nobody asked for. */
static void serve_iterations(struct stage *stage, const struct asked *asked, struct response *response)
{
	struct arena *arena = response->arena;
	struct name zone = name_suffix(asked->name, 2);
	struct seal seal = seal_usual(arena, zone);
	struct nsec3_terms terms = { zone, zone, stage->step == 0 ? 2500 : LIMIT_NSEC3_ITERATIONS, 0 };
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (seal_answer_keys(asked, response, &seal))
		return;
	if (stage->step == 1)
		terms.encloser = seal_below(arena, "nobody", zone);
	response->flags |= RCODE_NXDOMAIN;
	seal_say_soa(response, &seal);
	seal_say_nsec3(response, &terms, &seal);
}

static void play_iterations(struct stage *stage, struct finding *finding)
{
	finding->what = "names hashed with 2,500 iterations; the zone is insecure";
	struct measure measure = play_round(stage, finding, "www.z#.evil.", RCODE_NXDOMAIN);
	if (finding->value == 0)
		finding->value = measure.costs.hashes;
}

static void say_deep_name(char name[NAME_SIZE_MAX])
{
	memset(name, 0, NAME_SIZE_MAX);
	for (unsigned int i = 0; i < 118; i++)
		memcpy(name + 2 * i, "a.", 2);
	memcpy(name + 236, "z#.evil.", 9);
}

static void play_labels(struct stage *stage, struct finding *finding)
{
	finding->what = "names hashed for one question with 50 iterations";
	finding->limit = LIMIT_NSEC3_HASHES;
	stage->step = 1;
	char name[NAME_SIZE_MAX];
	say_deep_name(name);
	struct measure measure = play_round(stage, finding, name, RCODE_SERVFAIL);
	if (finding->value == 0)
		finding->value = measure.costs.hashes;
	if (measure.costs.hashes < 118)
		finding->value = 1000;
}

/* Each server says of another deep name that it signed, and all deny its DS with NSEC3 that fit nothing. */
static void serve_signers(struct stage *stage, const struct asked *asked, struct response *response)
{
	static const uint8_t address[4] = { 192, 0, 2, 200 };
	struct arena *arena = response->arena;
	struct name zone = name_suffix(asked->name, 2), name = asked->name;
	struct seal seal = seal_usual(arena, zone);
	struct nsec3_terms terms = { seal_below(arena, "nobody", zone), zone, LIMIT_NSEC3_ITERATIONS, 0 };
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (seal_answer_keys(asked, response, &seal))
		return;
	if (asked->type == TYPE_A && name.labels == 120) {
		struct name signer = name_suffix(name, name.labels - (asked->host - CHILD));
		struct seal other = seal_of(arena, signer, SEAL_ALGORITHM, 5);
		response->flags |= FLAG_AA;
		seal_say_one(response, SECTION_ANSWER, name, TYPE_A, span_of(address, 4), &other);
		return;
	}
	seal_say_soa(response, &seal);
	seal_say_nsec3(response, &terms, &seal);
}

static void play_signers(struct stage *stage, struct finding *finding)
{
	finding->what = "names hashed for one question whose answer has deep signers";
	finding->limit = LIMIT_NSEC3_HASHES;
	char name[NAME_SIZE_MAX];
	say_deep_name(name);
	struct measure measure = play_round(stage, finding, name, RCODE_SERVFAIL);
	if (finding->value == 0)
		finding->value = measure.costs.hashes;
	if (measure.costs.hashes < LIMIT_NSEC3_HASHES)
		finding->value = 1000; /* the limit was not tried */
}

/* ---- 53: padded proofs ---- */

static void serve_padded(struct stage *stage, const struct asked *asked, struct response *response)
{
	static const uint16_t types[] = { TYPE_A, TYPE_RRSIG, TYPE_NSEC };
	struct arena *arena = response->arena;
	struct seal seal = seal_usual(arena, name_suffix(asked->name, 2));
	(void)stage;
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (seal_answer_keys(asked, response, &seal) || is_cut(asked, response))
		return;
	seal_say_nothing(response, &seal);
	for (unsigned int i = 0; i < 200; i++) {
		char label[8];
		snprintf(label, sizeof label, "y%u", i);
		struct name owner = seal_below(arena, label, seal.signer.zone);
		seal_say_one(response, SECTION_AUTHORITY, owner, TYPE_NSEC,
			     seal_nsec(arena, seal_behind(arena, owner), types, 3), &seal);
	}
}

static void play_padded(struct stage *stage, struct finding *finding)
{
	finding->what = "signatures looked at for one question, of 200 NSEC; 3 of them are of the way there";
	finding->limit = LIMIT_PROOF_RRSETS + 1 + 3;
	struct measure measure = play_round(stage, finding, "www.z#.evil.", RCODE_NXDOMAIN);
	if (finding->value == 0)
		finding->value = measure.costs.checks;
}

/* ---- 54, 55: keys that are odd, or none at all ---- */

/* `count` keys behind the zone's own, all of one tag, and answers that name them. */
static void serve_odd(const struct asked *asked, struct response *response, const struct span *odd, size_t count)
{
	static const uint8_t address[4] = { 192, 0, 2, 200 };
	struct arena *arena = response->arena;
	struct seal seal = seal_usual(arena, name_suffix(asked->name, 2));
	struct span rdata = span_of(address, 4), records[101];
	if (asked->host == EVIL && seal_answer_parent(asked, response, NULL))
		return;
	if (is_cut(asked, response))
		return;
	bool keys = asked->type == TYPE_DNSKEY;
	memcpy(records + 1, odd, count * sizeof *odd);
	records[0] = seal.dnskey;
	struct rrset rrset = seal_set(arena, asked->name, keys ? TYPE_DNSKEY : TYPE_A, 3600, keys ? records : &rdata,
				      keys ? count + 1 : 1);
	response->flags |= FLAG_AA;
	if (keys) {
		seal_sign(arena, &rrset, &seal);
	} else {
		seal.signer.tag = sign_tag(odd[0]);
		struct span rrsig = sign_rrset(arena, &rrset, &seal.signer);
		((uint8_t *)rrsig.octets)[2] = odd[0].octets[3]; /* the algorithm */
		seal_append(arena, &rrset, rrsig);
	}
	seal_say(response, SECTION_ANSWER, &rrset);
}

/* An RSA key, by the step: too long, far too long, with an exponent without end, or an even one. */
static void serve_odd_rsa(struct stage *stage, const struct asked *asked, struct response *response)
{
	static uint8_t octets[4 + 3 + 300 + 2048];
	size_t exponent = stage->step == 2 ? 257 : 3, modulus = stage->step == 0 ? 513 : stage->step == 1 ? 2048 : 256;
	struct builder builder = builder_of(octets, sizeof octets);
	builder_u16(&builder, 0x0100);
	builder_u8(&builder, 3);
	builder_u8(&builder, 8);
	builder_u8(&builder, 0);
	builder_u16(&builder, (uint16_t)exponent);
	memset(octets + builder.size, 0x01, exponent + modulus);
	octets[builder.size + exponent - 1] = stage->step == 3 ? 2 : 1;
	struct span odd = span_of(octets, builder.size + exponent + modulus);
	serve_odd(asked, response, &odd, 1);
}

static void play_odd_rsa(struct stage *stage, struct finding *finding)
{
	static const char *const names[] = { "www.z#.evil.", "www.zb#.evil.", "www.zc#.evil.", "www.zd#.evil." };
	finding->what = "signatures computed with RSA keys of 4,097 or 16,384 bits, exponents of 2,056 bits or even";
	for (stage->step = 0; stage->step < 4; stage->step++) {
		struct measure measure = play_round(stage, finding, names[stage->step], RCODE_SERVFAIL);
		finding->value += measure.costs.verifications - 2.0 * QUESTIONS;
		if (measure.costs.failures == 0)
			finding->value = 1000; /* a key that is none is a failure */
	}
}

static void serve_malformed(struct stage *stage, const struct asked *asked, struct response *response)
{
	static uint8_t octets[100][4 + 64];
	struct span odd[100];
	(void)stage;
	for (unsigned int i = 0; i < 100; i++) {
		uint8_t *key = octets[i];
		memset(key, 0xff, sizeof octets[i]);
		key[2] = 3;
		key[3] = 13;
		key[10] = (uint8_t)i;
		do
			key[20]++;
		while (!set_tag(key, sizeof octets[i], TRAP_TAG));
		odd[i] = span_of(key, sizeof octets[i]);
	}
	serve_odd(asked, response, odd, 100);
}

static void play_malformed(struct stage *stage, struct finding *finding)
{
	finding->what = "keys decoded for one question, of 100 that are no points of the curve";
	finding->limit = LIMIT_SIGNATURE_FAILURES + 2;
	struct measure measure = play_round(stage, finding, "www.z#.evil.", RCODE_SERVFAIL);
	finding->value += (double)measure.costs.keys / QUESTIONS;
}

/* Some of the checks are of the way there and take less. */
static void play_slow_cpu(struct stage *stage, struct finding *finding)
{
	finding->what = "CPU for a question, in checks of mostly P-384, 0.6 ms each";
	finding->limit = LIMIT_SIGNATURE_CHECKS / 2 + 4;
	measure_cpu(stage, finding);
}

const struct attack keytrap_attacks[] = {
	{ 50, "KeyTrap in a zone's keys", serve_trap, play_trap, NULL },
	{ 50, "KeyTrap in a zone's keys: time", serve_trap, play_trap_cpu, NULL },
	{ 50, "KeyTrap in an answer", serve_answer_trap, play_trap, NULL },
	{ 50, "KeyTrap in an answer: time", serve_answer_trap, play_trap_cpu, NULL },
	{ 50, "one zone with KeyTrap", serve_trap, play_same_trap, NULL },
	{ 50, "slow signatures, all good", serve_slow, play_slow, NULL },
	{ 50, "slow signatures, all good: time", serve_slow, play_slow_cpu, NULL },
	{ 51, "500 expired signatures", serve_expired, play_expired, NULL },
	{ 52, "NSEC3 with 2,500 iterations", serve_iterations, play_iterations, NULL },
	{ 52, "NSEC3 and names of many labels", serve_iterations, play_labels, NULL },
	{ 52, "NSEC3, many labels and deep signers", serve_signers, play_signers, NULL },
	{ 53, "200 NSEC in a denial", serve_padded, play_padded, NULL },
	{ 54, "odd RSA keys", serve_odd_rsa, play_odd_rsa, NULL },
	{ 55, "100 malformed keys", serve_malformed, play_malformed, NULL },
};
const size_t keytrap_attack_count = sizeof keytrap_attacks / sizeof keytrap_attacks[0];
