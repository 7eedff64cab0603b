/* chain: usage: chain [--whole-only] [ZONE]
 *
 * Validates the real root zone in process, then damages it, octet by octet: every case is one test. Without the zone, or
 * with SKIP_VALIDATION in the environment, it says that it was skipped.
 */
#include "chain.h"

#include "text/hints.h"
#include "wire/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DEFAULT_ZONE "../shared/data/root-2017-08-21.signed.zone"
#define LABEL_MAX 14u
#define CROWD 50u
#define FLOOD 10000u
#define QUERIES_BESIDE 10u /* keys, priming */

/* KSK-2010: tag 19036, algorithm 8, digest type 2; root-anchors.xml of IANA. */
static const uint8_t anchor_rdata[ANCHOR_RDATA_SIZE] = {
	0x4a, 0x5c, 0x08, 0x02, 0x49, 0xaa, 0xc1, 0x1d, 0x7b, 0x6f, 0x64, 0x46, 0x70, 0x2e, 0x54, 0xa1, 0x60, 0x73,
	0x71, 0x60, 0x7a, 0x1a, 0x41, 0x85, 0x52, 0x00, 0xfd, 0x2c, 0xe1, 0xcd, 0xde, 0x32, 0xf2, 0x4e, 0x8f, 0xb5,
};

bool chain_is_secure(const struct chain *chain, struct name top)
{
	struct zone_rrset rrset;
	return zone_find(&chain->zone, top, TYPE_DS, &rrset);
}

static bool list_tops(struct chain *chain)
{
	chain->tops = arena_alloc(&chain->arena, chain->zone.nsec_count * sizeof *chain->tops);
	for (size_t i = 1; chain->tops != NULL && i < chain->zone.nsec_count; i++)
		chain->tops[chain->top_count++] = chain->zone.nsecs[i]->place;
	return chain->top_count > 0;
}

/* A name that is not there: one label, or one more above it. */
static struct name draw_name(struct chain *chain)
{
	uint8_t octets[4 + LABEL_MAX + 2], size = 0;
	uint8_t labels = 1;
	if (rng_below(&chain->rng, 2) == 0) {
		octets[size++] = 1;
		octets[size++] = 'x';
		labels = 2;
	}
	uint8_t length = (uint8_t)(1 + rng_below(&chain->rng, LABEL_MAX));
	octets[size++] = length;
	for (unsigned int i = 0; i < length; i++)
		octets[size++] = (uint8_t)('a' + rng_below(&chain->rng, 26));
	octets[size++] = 0;
	struct span kept = arena_copy(&chain->arena, span_of(octets, size));
	return (struct name){ .octets = kept.octets, .size = size, .labels = labels };
}

static void draw_names(struct chain *chain)
{
	struct zone_rrset rrset;
	for (size_t i = 0; i < NONEXISTENT; i++)
		do
			chain->nothing[i] = draw_name(chain);
		while (zone_find(&chain->zone, name_suffix(chain->nothing[i], 1), TYPE_NS, &rrset));
}

static bool begin(struct chain *chain, const char *path)
{
	char problem[256] = "out of memory";
	*chain = (struct chain){ .arena = arena_of(0), .rng = rng_of_number(1) };
	chain->authority = (struct authority){ .zone = &chain->zone, .hints = &chain->hints };
	chain->anchor_octets[1] = ANCHOR_RDATA_SIZE;
	memcpy(chain->anchor_octets + 2, anchor_rdata, sizeof anchor_rdata);
	chain->anchor = (struct rrset){ .owner = name_root,
					.type = TYPE_DS,
					.class = CLASS_IN,
					.ttl = 86400,
					.count = 1,
					.packed = span_of(chain->anchor_octets, sizeof chain->anchor_octets) };
	if (zone_read(&chain->zone, path, &chain->arena, problem, sizeof problem) &&
	    hints_built_in(&chain->arena, &chain->hints) && list_tops(chain)) {
		draw_names(chain);
		return true;
	}
	fprintf(stderr, "chain: %s: %s\n", path, problem);
	return false;
}

static void check_apex(struct chain *chain, struct stage *stage)
{
	static const uint16_t types[] = { TYPE_DNSKEY, TYPE_SOA, TYPE_NS, TYPE_NSEC, TYPE_TXT };
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct expectation whole = { .name = name_root, .type = types[i], .about = "the whole zone" };
		chain_check(chain, stage, &whole);
	}
}

/* Below a delegation nothing is signed here: right where there is no DS, a forgery where there is one. */
static void check_below(struct chain *chain, struct stage *stage, struct name top)
{
	uint8_t octets[NAME_SIZE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	bool secure = chain_is_secure(chain, top);
	builder_octets(&builder, span_of("\3www", 4));
	name_write(&builder, top);
	struct expectation below = { .name = { octets, (uint8_t)builder.size, (uint8_t)(top.labels + 1) },
				     .type = TYPE_A,
				     .outcome = secure ? OUTCOME_REFUSED : OUTCOME_INSECURE,
				     .about = secure ? "unsigned below a DS" : "below an insecure delegation" };
	chain_check(chain, stage, &below);
}

/* The whole zone, asked of one engine. */
static void check_whole(struct chain *chain)
{
	struct stage stage;
	const char *problem;
	if (!stage_begin(&stage, &chain->authority, &chain->anchor, CHAIN_WALL, &problem)) {
		printf("failed   no engine: %s\n", problem);
		chain->failed++;
		stage_end(&stage);
		return;
	}
	check_apex(chain, &stage);
	for (size_t i = 0; i < chain->top_count; i++) {
		struct expectation ds = { .name = chain->tops[i], .type = TYPE_DS, .about = "the whole zone" };
		chain_check(chain, &stage, &ds);
		check_below(chain, &stage, chain->tops[i]);
	}
	for (size_t i = 0; i < NONEXISTENT; i++) {
		struct expectation nothing = { .name = chain->nothing[i],
					       .type = TYPE_A,
					       .rcode = RCODE_NXDOMAIN,
					       .about = "the whole zone" };
		chain_check(chain, &stage, &nothing);
	}
	stage_end(&stage);
}

/* All at once of a resolver that knows nothing: all wait for the same keys. */
static void check_crowd(struct chain *chain)
{
	struct stage stage;
	struct expectation crowd[2 * CROWD];
	uint64_t handles[2 * CROWD];
	const char *problem;
	bool good = stage_begin(&stage, &chain->authority, &chain->anchor, CHAIN_WALL, &problem);
	for (size_t i = 0; i < 2 * CROWD; i++) {
		crowd[i] = (struct expectation){ .type = TYPE_DS, .about = "asked in a crowd" };
		crowd[i].name = i % 2 == 0 ? chain->tops[i] : chain->nothing[i];
		crowd[i].rcode = i % 2 == 0 ? RCODE_NOERROR : RCODE_NXDOMAIN;
		if (good)
			handles[i] = stage_send(&stage, crowd[i].name, crowd[i].type);
	}
	for (size_t i = 0; good && i < 2 * CROWD; i++)
		chain_hear(chain, &stage, handles[i], &crowd[i]);
	chain->failed += !good;
	stage_end(&stage);
}

/* Random names, none of which exists: no more is asked than the zone has records to deny with (RFC 8198). */
static void check_flood(struct chain *chain)
{
	struct stage stage;
	const char *problem;
	bool good = stage_begin(&stage, &chain->authority, &chain->anchor, CHAIN_WALL, &problem);
	for (unsigned int i = 0; good && i < FLOOD; i++) {
		struct expectation nothing = { .type = TYPE_A, .rcode = RCODE_NXDOMAIN, .about = "in a flood" };
		struct zone_rrset rrset;
		do
			nothing.name = draw_name(chain);
		while (zone_find(&chain->zone, name_suffix(nothing.name, 1), TYPE_NS, &rrset));
		chain_check(chain, &stage, &nothing);
	}
	struct engine_counts counts = good ? engine_count(stage.engine) : (struct engine_counts){ 0 };
	uint64_t queries = counts.upstream_udp + counts.upstream_stream;
	good = good && queries <= chain->zone.nsec_count + QUERIES_BESIDE;
	printf("%u random names: %llu queries; the zone has %zu NSEC\n", FLOOD, (unsigned long long)queries,
	       chain->zone.nsec_count);
	chain->passed += good;
	chain->failed += !good;
	stage_end(&stage);
}

int main(int argc, char **argv)
{
	static struct chain chain;
	const char *source = getenv("srcdir") != NULL ? getenv("srcdir") : ".";
	bool whole_only = argc > 1 && strcmp(argv[1], "--whole-only") == 0;
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", source, DEFAULT_ZONE);
	if (argc > 1 + whole_only)
		snprintf(path, sizeof path, "%s", argv[1 + whole_only]);
	if (getenv("SKIP_VALIDATION") != NULL || access(path, R_OK) != 0) {
		printf("chain: skipped, because %s\n",
		       getenv("SKIP_VALIDATION") != NULL ? "answers are not validated yet" : "the real root zone is not here");
		printf("0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	bool good = begin(&chain, path);
	if (good)
		check_whole(&chain);
	if (good)
		check_crowd(&chain);
	if (good)
		check_flood(&chain);
	if (good)
		printf("the whole zone: %u hold, %u do not\n", chain.passed, chain.failed);
	if (good && !whole_only)
		chain_damage(&chain);
	if (good)
		printf("%u passed, %u failed\n", chain.passed, chain.failed);
	arena_free(&chain.arena);
	return good && chain.failed == 0 ? 0 : 1;
}
