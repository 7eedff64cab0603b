/* Row 83: authoritative servers as they were seen on the internet (the list of DNS violations, 2017 to 2021): none
 * means harm, none does what the RFCs say. Each serves a zone of its own, `cNN.evil.`, on 192.0.2.(100 + NN), with
 * www there at 192.0.2.200. A client asks, and has within 3 s what it would have from a resolver that knows the truth,
 * or a SERVFAIL that says why.
 */
#include "attacks.h"

#include "wire/msg.h"

#include <ctype.h>

/* PATIENCE: a failure too, but one that cannot be told before the last wait is over; row 49 gives it 5 s. Silence to EDNS
 * is not worked around, by nobody since 2019. */
enum expected { ADDRESS, NO_DATA, NO_NAME, FAILURE, PATIENCE };

struct violation {
	const char *name;
	enum expected expected;
	uint16_t type; /* what is asked */
	const char *label;
	void (*serve)(const struct asked *asked, struct response *response);
};

static bool is_www(const struct asked *asked)
{
	return asked->name.labels == 3;
}

static struct name apex(const struct asked *asked)
{
	return name_suffix(asked->name, 2);
}

static void say_address(const struct asked *asked, struct response *response)
{
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_A, "192.0.2.200");
}

static void say_nothing(const struct asked *asked, struct response *response)
{
	response->flags |= FLAG_AA;
	say_of(response, SECTION_AUTHORITY, 60, apex(asked), TYPE_SOA, NULL);
}

/* As it should be. */
static void serve_well(const struct asked *asked, struct response *response)
{
	if (is_www(asked) && asked->type == TYPE_A)
		say_address(asked, response);
	else
		say_nothing(asked, response);
}

/* ---- flags ---- */

static void without_aa(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->flags &= (uint16_t)~FLAG_AA;
}

static void with_ra_ad_z(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->flags |= FLAG_RA | FLAG_AD | FLAG_Z | FLAG_CD;
}

static void empty_and_cut(const struct asked *asked, struct response *response)
{
	response->closed = asked->stream;
	response->flags |= FLAG_AA | FLAG_TC;
}

static void cut_and_no_stream(const struct asked *asked, struct response *response)
{
	response->closed = asked->stream;
	serve_well(asked, response);
	response->flags |= FLAG_TC;
}

static void cut_over_udp(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	if (!asked->stream)
		response->flags |= FLAG_TC;
}

/* ---- names that are there or not ---- */

static void nxdomain_for_ent(const struct asked *asked, struct response *response)
{
	if (asked->name.labels == 5 && asked->type == TYPE_A)
		say_address(asked, response);
	else
		say_nothing(asked, response);
	if (asked->name.labels > 2 && asked->name.labels < 5)
		response->flags |= RCODE_NXDOMAIN;
}

static void refuses_parts(const struct asked *asked, struct response *response)
{
	if (asked->name.labels < 5)
		response->flags |= RCODE_REFUSED;
	else
		say_address(asked, response);
}

static void nxdomain_for_other_types(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	if (asked->type == TYPE_AAAA)
		response->flags |= RCODE_NXDOMAIN;
}

static void no_other_types(const struct asked *asked, struct response *response, uint16_t rcode)
{
	if (asked->type == TYPE_AAAA)
		response->flags |= rcode;
	else
		serve_well(asked, response);
}

static void refuses_other_types(const struct asked *asked, struct response *response)
{
	no_other_types(asked, response, RCODE_REFUSED);
}

static void notimp_for_other_types(const struct asked *asked, struct response *response)
{
	no_other_types(asked, response, RCODE_NOTIMP);
}

static void silent_to_other_types(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->silent = asked->type == TYPE_AAAA;
}

/* ---- EDNS ---- */

static void drops_edns(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->silent = asked->edns;
}

static void header_only(uint8_t *octets, size_t *size)
{
	memset(octets + 4, 0, 8);
	*size = 12;
}

static void bare_formerr(const struct asked *asked, struct response *response)
{
	if (!asked->edns) {
		serve_well(asked, response);
		return;
	}
	response->flags |= RCODE_FORMERR;
	response->mangle = header_only;
}

static void without_opt(uint8_t *octets, size_t *size)
{
	if (octets[11] == 1) {
		octets[11] = 0;
		*size -= EDNS_OPT_SIZE;
	}
}

static void notimp_to_edns(const struct asked *asked, struct response *response)
{
	if (asked->edns)
		response->flags |= RCODE_NOTIMP;
	else
		serve_well(asked, response);
	response->mangle = without_opt;
}

static void ignores_edns(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->mangle = without_opt;
}

static void with_two_opts(uint8_t *octets, size_t *size)
{
	memcpy(octets + *size, octets + *size - EDNS_OPT_SIZE, EDNS_OPT_SIZE);
	*size += EDNS_OPT_SIZE;
	octets[11]++;
}

static void two_opts(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->mangle = asked->edns ? with_two_opts : NULL;
}

/* ---- the form of the reply ---- */

static void in_lower_case(uint8_t *octets, size_t *size)
{
	(void)size;
	for (size_t at = 12; octets[at] != 0; at += octets[at] + 1u)
		for (size_t i = 1; i <= octets[at]; i++)
			octets[at + i] = (uint8_t)tolower(octets[at + i]);
}

static void changes_case(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->mangle = in_lower_case;
}

static void changes_case_without_stream(const struct asked *asked, struct response *response)
{
	changes_case(asked, response);
	response->closed = asked->stream;
}

static void half(uint8_t *octets, size_t *size)
{
	(void)octets;
	*size -= 20;
}

static void breaks_off(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->mangle = half;
}

static void more(uint8_t *octets, size_t *size)
{
	memset(octets + *size, 0xa5, 40);
	*size += 40;
}

static void goes_on_and_on(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->mangle = more;
}

static void loop(uint8_t *octets, size_t *size)
{
	size_t at = 12;
	(void)size;
	while (octets[at] != 0)
		at += octets[at] + 1u;
	octets[at + 5] = (uint8_t)(0xc0 | (at + 5) >> 8);
	octets[at + 6] = (uint8_t)(at + 5); /* the first owner points to itself */
}

static void points_in_a_circle(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->mangle = loop;
}

static void without_question(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	response->mangle = header_only;
	response->flags &= (uint16_t)~FLAG_AA;
}

static void of_the_far_future(const struct asked *asked, struct response *response)
{
	if (is_www(asked) && asked->type == TYPE_A) {
		response->flags |= FLAG_AA;
		say_of(response, SECTION_ANSWER, 0x80000001, asked->name, TYPE_A, "192.0.2.200");
	} else {
		say_nothing(asked, response);
	}
}

/* ---- authority ---- */

static void soa_of_the_parent(const struct asked *asked, struct response *response)
{
	if (is_www(asked) && asked->type == TYPE_A) {
		say_address(asked, response);
		return;
	}
	response->flags |= FLAG_AA;
	say(response, SECTION_AUTHORITY, 60, "evil.", TYPE_SOA, NULL);
}

static void soa_of_the_name(const struct asked *asked, struct response *response)
{
	if (is_www(asked) && asked->type == TYPE_A) {
		say_address(asked, response);
		return;
	}
	response->flags |= FLAG_AA;
	say_of(response, SECTION_AUTHORITY, 60, asked->name, TYPE_SOA, NULL);
}

static void no_soa(const struct asked *asked, struct response *response)
{
	if (is_www(asked) && asked->type == TYPE_A)
		say_address(asked, response);
	else
		response->flags |= FLAG_AA;
}

static void ns_beside_nothing(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	if (!is_www(asked) || asked->type != TYPE_A)
		say_of(response, SECTION_AUTHORITY, 300, apex(asked), TYPE_NS, "ns.good.");
}

static void ns_for_nothing(const struct asked *asked, struct response *response)
{
	if (is_www(asked) && asked->type == TYPE_A) {
		say_address(asked, response);
		return;
	}
	response->flags |= FLAG_AA;
	say_of(response, SECTION_ANSWER, 300, apex(asked), TYPE_NS, "ns.good.");
}

static void refers_to_itself(const struct asked *asked, struct response *response)
{
	if (is_www(asked) && asked->type == TYPE_A)
		say_address(asked, response);
	else
		say_of(response, SECTION_AUTHORITY, 300, apex(asked), TYPE_NS, "ns.good.");
}

static void refers_upwards(const struct asked *asked, struct response *response)
{
	(void)asked;
	say(response, SECTION_AUTHORITY, 300, ".", TYPE_NS, "a.root.");
}

static void lame(const struct asked *asked, struct response *response)
{
	(void)asked;
	response->flags |= RCODE_REFUSED;
}

static void fails(const struct asked *asked, struct response *response)
{
	(void)asked;
	response->flags |= RCODE_SERVFAIL;
}

/* ---- aliases ---- */

static void alias_at_the_apex(const struct asked *asked, struct response *response)
{
	response->flags |= FLAG_AA;
	if (is_www(asked))
		serve_well(asked, response);
	else
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_CNAME, "n1.good.");
}

static void alias_beside_data(const struct asked *asked, struct response *response)
{
	serve_well(asked, response);
	if (is_www(asked))
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_CNAME, "n1.good.");
}

static void alias_of_itself(const struct asked *asked, struct response *response)
{
	char text[NAME_TEXT_SIZE];
	response->flags |= FLAG_AA;
	if (is_www(asked))
		say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_CNAME, name_to_text(asked->name, text));
	else
		say_nothing(asked, response);
}

static void two_aliases(const struct asked *asked, struct response *response)
{
	response->flags |= FLAG_AA;
	if (!is_www(asked)) {
		say_nothing(asked, response);
		return;
	}
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_CNAME, "n1.good.");
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_CNAME, "n2.good.");
}

static void nxdomain_behind_alias(const struct asked *asked, struct response *response)
{
	response->flags |= FLAG_AA;
	if (!is_www(asked)) {
		say_nothing(asked, response);
		return;
	}
	response->flags |= RCODE_NXDOMAIN; /* of another's name, which it cannot know: n1.good. is there */
	say_of(response, SECTION_ANSWER, 300, asked->name, TYPE_CNAME, "n1.good.");
}

static void data_elsewhere(const struct asked *asked, struct response *response)
{
	response->flags |= FLAG_AA;
	if (is_www(asked) && asked->type == TYPE_A)
		say_of(response, SECTION_ADDITIONAL, 300, asked->name, TYPE_A, "192.0.2.200");
	else
		say_nothing(asked, response);
}

static void data_of_another(const struct asked *asked, struct response *response)
{
	response->flags |= FLAG_AA;
	if (is_www(asked) && asked->type == TYPE_A)
		say_of(response, SECTION_ANSWER, 300, apex(asked), TYPE_A, "192.0.2.200");
	else
		say_nothing(asked, response);
}

static const struct violation violations[] = {
	{ "answers without AA", ADDRESS, TYPE_A, "www", without_aa },
	{ "RA, AD, CD and Z set", ADDRESS, TYPE_A, "www", with_ra_ad_z },
	{ "TC, nothing in it, no TCP", FAILURE, TYPE_A, "www", empty_and_cut },
	{ "TC, all in it, no TCP", FAILURE, TYPE_A, "www", cut_and_no_stream },
	{ "TC always over UDP", ADDRESS, TYPE_A, "www", cut_over_udp },
	{ "NXDOMAIN for empty non-terminals", ADDRESS, TYPE_A, "w.x.www", nxdomain_for_ent },
	{ "REFUSED for parts of the name", ADDRESS, TYPE_A, "w.x.www", refuses_parts },
	{ "NXDOMAIN for AAAA", NO_NAME, TYPE_AAAA, "www", nxdomain_for_other_types },
	{ "REFUSED for AAAA", FAILURE, TYPE_AAAA, "www", refuses_other_types },
	{ "NOTIMP for AAAA", FAILURE, TYPE_AAAA, "www", notimp_for_other_types },
	{ "silence for AAAA", PATIENCE, TYPE_AAAA, "www", silent_to_other_types },
	{ "silence to EDNS", PATIENCE, TYPE_A, "www", drops_edns },
	{ "bare FORMERR to EDNS", ADDRESS, TYPE_A, "www", bare_formerr },
	{ "NOTIMP to EDNS", ADDRESS, TYPE_A, "www", notimp_to_edns },
	{ "EDNS ignored", ADDRESS, TYPE_A, "www", ignores_edns },
	{ "two OPT records", FAILURE, TYPE_A, "www", two_opts },
	{ "another case", ADDRESS, TYPE_A, "www", changes_case },
	{ "another case, no TCP", ADDRESS, TYPE_A, "www", changes_case_without_stream },
	{ "breaks off in a record", FAILURE, TYPE_A, "www", breaks_off },
	{ "octets behind the end", ADDRESS, TYPE_A, "www", goes_on_and_on },
	{ "a pointer to itself", FAILURE, TYPE_A, "www", points_in_a_circle },
	{ "no question, nothing else", PATIENCE, TYPE_A, "www", without_question },
	{ "a TTL of 2^31", ADDRESS, TYPE_A, "www", of_the_far_future },
	{ "SOA of the parent", NO_DATA, TYPE_AAAA, "www", soa_of_the_parent },
	{ "SOA of the name itself", NO_DATA, TYPE_AAAA, "www", soa_of_the_name },
	{ "no SOA", NO_DATA, TYPE_AAAA, "www", no_soa },
	{ "NS beside the SOA", NO_DATA, TYPE_AAAA, "www", ns_beside_nothing },
	{ "NS as the answer", NO_DATA, TYPE_AAAA, "www", ns_for_nothing },
	{ "a referral to itself for AAAA", FAILURE, TYPE_AAAA, "www", refers_to_itself },
	{ "a referral to the root", FAILURE, TYPE_A, "www", refers_upwards },
	{ "CNAME at the apex", ADDRESS, TYPE_A, "www", alias_at_the_apex },
	{ "CNAME to itself", FAILURE, TYPE_A, "www", alias_of_itself },
	{ "CNAME beside data", ADDRESS, TYPE_A, "www", alias_beside_data },
	{ "two CNAMEs at one name", ADDRESS, TYPE_A, "www", two_aliases },
	{ "NXDOMAIN behind a CNAME to another's", ADDRESS, TYPE_A, "www", nxdomain_behind_alias },
	{ "the data in additional", NO_DATA, TYPE_A, "www", data_elsewhere },
	{ "the data of another name", NO_DATA, TYPE_A, "www", data_of_another },
	{ "REFUSED for all", FAILURE, TYPE_A, "www", lame },
	{ "SERVFAIL for all", FAILURE, TYPE_A, "www", fails },
};

#define COUNT (sizeof violations / sizeof violations[0])
#define FIRST_HOST 100u
_Static_assert(COUNT == 39, "the table of attacks says how many there are");

static void serve_wild(struct stage *stage, const struct asked *asked, struct response *response)
{
	char server[32], address[32];
	unsigned int number;
	(void)stage;
	if (asked->host >= FIRST_HOST) {
		violations[asked->host - FIRST_HOST].serve(asked, response);
		return;
	}
	struct name zone = name_suffix(asked->name, 2);
	if (zone.labels < 2 || sscanf((const char *)zone.octets + 2, "%2u", &number) != 1) {
		response->flags |= FLAG_AA;
		say(response, SECTION_AUTHORITY, 60, "evil.", TYPE_SOA, NULL);
		return;
	}
	snprintf(server, sizeof server, "ns.c%02u.evil.", number);
	snprintf(address, sizeof address, "192.0.2.%u", FIRST_HOST + number);
	say_of(response, SECTION_AUTHORITY, 3600, zone, TYPE_NS, server);
	say(response, SECTION_ADDITIONAL, 3600, server, TYPE_A, address);
}

/* What the client was told, as one of what can be expected; -1: something else. */
static int told(const struct stage *stage)
{
	struct arena arena = arena_of(0);
	struct msg msg;
	int expected = -1;
	if (!msg_read(span_of(stage->last, stage->last_size), &arena, &msg))
		return -1;
	if (msg.rcode == RCODE_NOERROR)
		expected = msg.header.answers > 0 ? ADDRESS : NO_DATA;
	else if (msg.rcode == RCODE_NXDOMAIN)
		expected = NO_NAME;
	else if (msg.rcode == RCODE_SERVFAIL && msg.edns.ede != EDE_NONE)
		expected = FAILURE;
	arena_free(&arena);
	return expected;
}

static void play_wild(struct stage *stage, struct finding *finding)
{
	finding->what = "of 39 broken servers, answered wrongly, late or without a reason";
	for (size_t i = 0; i < COUNT; i++) {
		const struct violation *violation = &violations[i];
		char name[64];
		snprintf(name, sizeof name, "%s.c%02zu.evil.", violation->label, i);
		unsigned int index = stage_ask(stage, name, violation->type);
		const struct question_state *question =
			stage_wait(stage, index, (violation->expected == PATIENCE ? 5 : 3) * TICKS_PER_S);
		int outcome = question->answered ? told(stage) : -1;
		if (outcome == (int)(violation->expected == PATIENCE ? FAILURE : violation->expected))
			continue;
		finding->value++;
		printf("     %s: expected %d, told %d after %.0f ms\n", violation->name, (int)violation->expected, outcome,
		       (double)(stage->now.ticks - question->asked_at) / TICKS_PER_MS);
	}
}

const struct attack wild_attacks[] = {
	{ 83, "39 broken servers as seen in the wild", serve_wild, play_wild, NULL },
};
const size_t wild_attack_count = sizeof wild_attacks / sizeof wild_attacks[0];
