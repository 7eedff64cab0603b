/* The engine follows the root's keys through a rollover: an engine, one server whose keys ldns signs, and months of
 * virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "dnssec/keys.h"
#include "resolver/inside.h"
#include "wire/codes.h"

/* With a sanitizer, malloc is the sanitizer's. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MALLOC_IS_OURS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define MALLOC_IS_OURS 0
#endif
#endif
#ifndef MALLOC_IS_OURS
#define MALLOC_IS_OURS 1
#endif

static struct {
	bool armed;           /* the engine is at work */
	size_t until_failure; /* allocations that still succeed */
	bool failed;
} memory = { .until_failure = SIZE_MAX };

#if MALLOC_IS_OURS
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

/* One fails, and the later ones succeed. */
static bool fails(void)
{
	if (!memory.armed || memory.failed || memory.until_failure-- > 0)
		return false;
	memory.failed = true;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
	return fails() ? NULL : __libc_realloc(block, size);
}
#endif

#define NOW INT64_C(1790000000)
#define HOUR 3600
#define DAY 86400
#define TTL 172800u
#define KEYS 3u

struct fixture {
	struct arena arena;
	struct options options;
	struct table *table;
	struct engine *engine;
	struct instant now;
	ldns_key *keys[KEYS];
	unsigned int there, revoked, signing; /* keys as bits: what the zone shows */
	bool silent;
	unsigned int asked;                   /* questions for the keys */
	struct trust_point told[2];           /* by EFFECT_ANCHORS */
	unsigned int effects;
	char log[4096];
};

static void set_time(struct fixture *f, int64_t wall)
{
	f->now = (struct instant){ .ticks = (uint64_t)(wall - NOW + 1) * TICKS_PER_S, .age = (uint64_t)wall, .wall = wall };
}

static void take_line(void *context, enum log_level level, const char *line)
{
	struct fixture *f = context;
	(void)level;
	size_t size = strlen(f->log);
	snprintf(f->log + size, sizeof f->log - size, "%s\n", line);
}

static ldns_rr *record_of(struct fixture *f, unsigned int i, bool revoked)
{
	ldns_key_set_flags(f->keys[i], (uint16_t)(257 | (revoked ? DNSKEY_FLAG_REVOKED : 0)));
	ldns_rr *record = ldns_key2rr(f->keys[i]);
	ldns_rr_set_ttl(record, TTL);
	ldns_key_set_keytag(f->keys[i], ldns_calc_keytag(record));
	ldns_key_set_inception(f->keys[i], (uint32_t)(f->now.wall - DAY));
	ldns_key_set_expiration(f->keys[i], (uint32_t)(f->now.wall + 20 * DAY));
	return record;
}

static struct span rdata_of(struct fixture *f, const ldns_rr *record)
{
	struct builder builder = builder_of(arena_alloc(&f->arena, 512), 512);
	for (size_t i = 0; i < ldns_rr_rd_count(record); i++)
		builder_octets(&builder, span_of(ldns_rdf_data(ldns_rr_rdf(record, i)), ldns_rdf_size(ldns_rr_rdf(record, i))));
	return builder_written(&builder);
}

static struct span key_of(struct fixture *f, unsigned int i)
{
	ldns_rr *record = record_of(f, i, false);
	struct span rdata = rdata_of(f, record);
	ldns_rr_free(record);
	return rdata;
}

/* Key 0 is configured. */
static struct engine *make_engine(struct fixture *f, const struct trust_point *points, size_t point_count)
{
	struct name_server server = { .name = { (const uint8_t *)"\1a\4root", 8, 2 }, .glue_count = 1 };
	struct delegation hints = { .zone = name_root, .ttl = 3600, .servers = &server, .count = 1 };
	struct rrset anchor;
	const char *problem = NULL;
	assert_true(ip_of_text("192.0.2.1", &server.glue[0]));
	assert_true(rrset_of_one(&f->arena, name_root, TYPE_DNSKEY, TTL, key_of(f, 0), &anchor));
	struct engine_setup setup = { .options = &f->options,
				      .table = f->table,
				      .hints = &hints,
				      .anchors = &anchor,
				      .anchor_count = 1,
				      .trust_points = points,
				      .trust_point_count = point_count,
				      .seed = { 5, 0, 1, 1 },
				      .log = { .sink = take_line, .context = f, .level = LOG_LEVEL_INFO } };
	struct engine *engine = engine_create(&setup, &problem);
	if (engine == NULL)
		fail_msg("%s", problem);
	return engine;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct trust_point point;
	struct rrset ds;
	f->arena = arena_of(0);
	set_time(f, NOW);
	for (unsigned int i = 0; i < KEYS; i++) {
		f->keys[i] = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 0);
		ldns_key_set_pubkey_owner(f->keys[i], ldns_dname_new_frm_str("."));
		ldns_key_set_origttl(f->keys[i], TTL);
	}
	assert_true(options_default(&f->options));
	f->options.recursion_ipv6 = RECURSION_IPV6_FALSE;
	f->options.dnssec_trust_anchor_signalling = false;
	f->table = table_create(1 << 20, (struct hash_key){ 1, 2 });
	assert_non_null(f->table);
	ldns_rr *record = record_of(f, 0, false);
	ldns_rr *digest = ldns_key_rr2ds(record, LDNS_SHA256);
	assert_true(rrset_of_one(&f->arena, name_root, TYPE_DS, TTL, rdata_of(f, digest), &ds));
	ldns_rr_free(record);
	ldns_rr_free(digest);
	anchor_begin(&point, name_root);
	assert_true(anchor_configure(&point, &ds, 1, NOW));
	f->engine = make_engine(f, &point, 1);
	f->there = f->signing = 1;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	engine_destroy(f->engine);
	table_destroy(f->table);
	options_free(&f->options);
	for (unsigned int i = 0; i < KEYS; i++)
		ldns_key_deep_free(f->keys[i]);
	arena_free(&f->arena);
	free(f);
	return 0;
}

/* The zone's keys, signed, as they are now. */
static ldns_rr_list *keys_of_zone(struct fixture *f)
{
	ldns_rr_list *records = ldns_rr_list_new();
	ldns_key_list *signers = ldns_key_list_new();
	for (unsigned int i = 0; i < KEYS; i++) {
		ldns_rr *record = record_of(f, i, (f->revoked >> i & 1) != 0);
		if ((f->there >> i & 1) != 0)
			ldns_rr_list_push_rr(records, record);
		else
			ldns_rr_free(record);
		if ((f->signing >> i & 1) != 0)
			ldns_key_list_push_key(signers, f->keys[i]);
	}
	ldns_rr_list *signatures = ldns_sign_public(records, signers);
	ldns_rr_list_push_rr_list(records, signatures);
	ldns_rr_list_free(signatures);
	free(signers->_keys);
	free(signers);
	return records;
}

/* The root's own server, for priming. */
static ldns_rr_list *servers_of_zone(void)
{
	ldns_rr_list *records = ldns_rr_list_new();
	ldns_rr *record = NULL;
	assert_int_equal(ldns_rr_new_frm_str(&record, ". 3600 IN NS a.root.", 0, NULL, NULL), LDNS_STATUS_OK);
	ldns_rr_list_push_rr(records, record);
	return records;
}

static void answer(struct fixture *f, const struct effect *query)
{
	ldns_pkt *packet = NULL;
	uint8_t *octets = NULL;
	size_t size;
	assert_int_equal(ldns_wire2pkt(&packet, query->octets.octets, query->octets.size), LDNS_STATUS_OK);
	const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
	bool keys = ldns_rr_get_type(question) == LDNS_RR_TYPE_DNSKEY;
	assert_true(keys || ldns_rr_get_type(question) == LDNS_RR_TYPE_NS);
	f->asked += keys ? 1 : 0;
	if (f->silent) {
		memory.armed = true;
		engine_failed(f->engine, f->now, query->exchange, EXCHANGE_UNREACHABLE);
		memory.armed = false;
	} else {
		ldns_rr_list *records = keys ? keys_of_zone(f) : servers_of_zone();
		ldns_pkt_set_qr(packet, true);
		ldns_pkt_set_aa(packet, true);
		ldns_pkt_push_rr_list(packet, LDNS_SECTION_ANSWER, records);
		ldns_rr_list_free(records);
		assert_int_equal(ldns_pkt2wire(&octets, packet, &size), LDNS_STATUS_OK);
		memory.armed = true;
		engine_reply(f->engine, f->now, query->exchange, query->server, span_of(octets, size));
		memory.armed = false;
		free(octets);
	}
	ldns_pkt_free(packet);
}

static void drain(struct fixture *f)
{
	struct effect effect;
	while (engine_effect(f->engine, &effect)) {
		if (effect.kind == EFFECT_ANCHORS) {
			f->effects++;
			assert_in_range(effect.trust_point_count, 1, 2);
			memcpy(f->told, effect.trust_points, effect.trust_point_count * sizeof f->told[0]);
		} else if (effect.kind == EFFECT_SEND_UDP || effect.kind == EFFECT_SEND_STREAM) {
			answer(f, &effect);
		}
	}
}

/* The engine is called when it wants to be, until that moment. */
static void pass(struct fixture *f, int64_t seconds)
{
	int64_t end = f->now.wall + seconds;
	for (unsigned int i = 0; i < 10000; i++) {
		uint64_t deadline = engine_deadline(f->engine);
		int64_t wall = NOW + (int64_t)(deadline / TICKS_PER_S) - 1 + (deadline % TICKS_PER_S != 0);
		if (wall > end)
			break;
		set_time(f, wall > f->now.wall ? wall : f->now.wall);
		memory.armed = true;
		engine_tick(f->engine, f->now);
		memory.armed = false;
		drain(f);
	}
	set_time(f, end);
}

static enum anchor_state state_of(struct fixture *f, unsigned int i)
{
	struct anchor *anchor = anchor_find(&f->told[0], key_of(f, i));
	return anchor != NULL ? anchor->state : ANCHOR_START;
}

/* Is the key one of those that chains of trust begin with? */
static bool begins_chains(struct fixture *f, const struct engine *engine, unsigned int i)
{
	struct span key = key_of(f, i);
	for (size_t n = 0; n < engine->anchors.trusted_count; n++) {
		struct rrset_walk walk = rrset_walk_data(&engine->anchors.trusted[n]);
		struct span rdata;
		while (rrset_next(&walk, &rdata))
			if (span_equal(rdata, key))
				return true;
	}
	return false;
}

static void the_keys_are_asked_for_at_the_start(void **state)
{
	struct fixture *f = *state;
	pass(f, 1);
	assert_int_equal(f->asked, 1);
	assert_int_equal(f->effects, 1);
	assert_int_equal(state_of(f, 0), ANCHOR_VALID);
	assert_int_equal(f->told[0].anchors[0].type, TYPE_DNSKEY); /* was a DS */
	assert_int_equal(f->told[0].next, NOW + DAY);              /* half the TTL */
	assert_true(begins_chains(f, f->engine, 0));
	/* and then each day, not from the cache */
	pass(f, DAY - 2);
	assert_int_equal(f->asked, 1);
	pass(f, 2);
	assert_int_equal(f->asked, 2);
	pass(f, 10 * DAY);
	assert_int_equal(f->asked, 12);
	assert_int_equal(f->effects, 12); /* the times are remembered too */
	assert_string_equal(f->log, "");
}

static void a_rollover_is_followed(void **state)
{
	struct fixture *f = *state;
	pass(f, 1);
	f->there = 3;
	pass(f, 2 * DAY);
	assert_int_equal(state_of(f, 1), ANCHOR_ADDPEND);
	assert_false(begins_chains(f, f->engine, 1));
	pass(f, 27 * DAY);
	assert_int_equal(state_of(f, 1), ANCHOR_ADDPEND);
	pass(f, 4 * DAY);
	assert_int_equal(state_of(f, 1), ANCHOR_VALID);
	assert_true(begins_chains(f, f->engine, 0) && begins_chains(f, f->engine, 1));
	f->signing = 2; /* the new key signs, */
	pass(f, 5 * DAY);
	f->revoked = 1, f->signing = 3; /* and the old one takes its leave */
	pass(f, 2 * DAY);
	assert_int_equal(state_of(f, 0), ANCHOR_REVOKED);
	assert_false(begins_chains(f, f->engine, 0));
	assert_true(begins_chains(f, f->engine, 1));
	f->there = f->signing = 2, f->revoked = 0;
	pass(f, 32 * DAY);
	assert_int_equal(state_of(f, 0), ANCHOR_REMOVED);
	assert_non_null(strstr(f->log, ": addpend, was start (RFC 5011)\n"));
	assert_non_null(strstr(f->log, ": valid, was addpend (RFC 5011)\n"));
	assert_non_null(strstr(f->log, ": revoked, was valid (RFC 5011)\n"));
	assert_non_null(strstr(f->log, ": removed, was revoked (RFC 5011)\n"));
}

static void keys_of_a_stranger_change_nothing(void **state)
{
	struct fixture *f = *state;
	pass(f, 1);
	f->there = f->signing = 2;
	pass(f, DAY);
	assert_int_equal(f->asked, 2);
	assert_int_equal(f->effects, 1);
	assert_true(begins_chains(f, f->engine, 0));
	assert_non_null(strstr(f->log, "the keys of . are not signed by a trust anchor\n"));
	/* asked again sooner: a tenth of the TTL */
	pass(f, DAY);
	assert_int_equal(f->asked, 2 + 5);
	assert_int_equal(f->effects, 1);
	f->there = f->signing = 1;
	pass(f, DAY);
	assert_int_equal(f->effects, 2);
}

static void silence_is_asked_again_after_an_hour(void **state)
{
	struct fixture *f = *state;
	f->silent = true;
	pass(f, 60);
	unsigned int tries = f->asked; /* of one request */
	assert_in_range(tries, 1, 10);
	pass(f, HOUR - 120);
	assert_int_equal(f->asked, tries);
	f->silent = false;
	pass(f, 120);
	assert_int_equal(f->asked, tries + 1);
	assert_int_equal(f->effects, 1);
	f->silent = true;
	pass(f, 2 * DAY);
	assert_int_equal(f->effects, 1);
	assert_true(begins_chains(f, f->engine, 0)); /* silence takes no trust away */
}

static void trust_ends_when_the_last_key_is_revoked(void **state)
{
	struct fixture *f = *state;
	pass(f, 1);
	f->revoked = 1;
	pass(f, DAY);
	assert_int_equal(state_of(f, 0), ANCHOR_REVOKED);
	assert_int_equal(f->engine->anchors.trusted_count, 0);
	assert_false(anchors_exist(&f->engine->anchors));
	assert_non_null(strstr(f->log, ". has revoked all its trust anchors"));
	unsigned int asked = f->asked;
	pass(f, 40 * DAY);
	assert_int_equal(f->asked, asked);
}

/* The anchor that is there is of the second form. */
static void both_forms_of_anchors_count(void **state)
{
	struct fixture *f = *state;
	struct trust_point point;
	struct rrset both[2];
	ldns_rr *record = record_of(f, 0, false), *digest = ldns_key_rr2ds(record, LDNS_SHA256);
	assert_true(rrset_of_one(&f->arena, name_root, TYPE_DNSKEY, TTL, key_of(f, 2), &both[0]));
	assert_true(rrset_of_one(&f->arena, name_root, TYPE_DS, TTL, rdata_of(f, digest), &both[1]));
	ldns_rr_free(record);
	ldns_rr_free(digest);
	anchor_begin(&point, name_root);
	assert_true(anchor_configure(&point, both, 2, NOW));
	engine_destroy(f->engine);
	f->engine = make_engine(f, &point, 1);
	pass(f, 1);
	assert_int_equal(state_of(f, 0), ANCHOR_VALID);
	assert_int_equal(state_of(f, 2), ANCHOR_MISSING);
	assert_true(begins_chains(f, f->engine, 0) && begins_chains(f, f->engine, 2));
}

/* Validation goes on with the zone's keys while they live, but not when what they were trusted by has changed. */
static void decoded_keys_are_forgotten(void **state)
{
	struct fixture *f = *state;
	struct keyring *keyring = &f->engine->keyring;
	struct rrset rrset;
	assert_true(rrset_of_one(&f->arena, name_root, TYPE_DNSKEY, TTL, key_of(f, 0), &rrset));
	pass(f, 1);
	held_keys_release(keyring_put(keyring, keys_create(&rrset), UINT64_MAX));
	pass(f, DAY);
	struct held_keys *held = keyring_get(keyring, name_root, f->now.age);
	assert_non_null(held);
	held_keys_release(held);
	f->revoked = 1;
	pass(f, DAY);
	assert_null(keyring_get(keyring, name_root, f->now.age));
}

/* Whatever allocation fails, trust stays, and the next look makes good what was missed. */
static void memory_runs_out(void **state)
{
	struct fixture *f = *state;
	struct trust_point point;
	struct rrset anchor;
	size_t allowed = 0;
	if (!MALLOC_IS_OURS)
		skip();
	assert_true(rrset_of_one(&f->arena, name_root, TYPE_DNSKEY, TTL, key_of(f, 0), &anchor));
	f->there = 3;
	do {
		anchor_begin(&point, name_root);
		assert_true(anchor_configure(&point, &anchor, 1, f->now.wall));
		engine_destroy(f->engine);
		set_time(f, NOW);
		f->engine = make_engine(f, &point, 1);
		memory.failed = false;
		memory.until_failure = allowed++;
		pass(f, 1);
		memory.until_failure = SIZE_MAX;
		assert_true(begins_chains(f, f->engine, 0));
		pass(f, DAY);
		assert_int_equal(state_of(f, 0), ANCHOR_VALID);
		assert_int_equal(state_of(f, 1), ANCHOR_ADDPEND);
		f->told[0].count = 0;
	} while (memory.failed);
	assert_true(allowed > 20);
	print_message("%zu allocations failed, one after the other\n", allowed - 1);
}

static void other_engines_are_told(void **state)
{
	struct fixture *f = *state;
	struct rrset rrsets[2];
	size_t count;
	struct engine *other = make_engine(f, NULL, 0);
	assert_true(engine_deadline(other) == TICKS_NEVER); /* it asks for nothing itself */
	assert_true(begins_chains(f, other, 0));
	pass(f, 1);
	f->there = 3;
	pass(f, 33 * DAY);
	assert_true(anchor_trusted(&f->told[0], &f->arena, rrsets, &count));
	assert_int_equal(count, 1);
	const struct rrset *before = &other->anchors.trusted[0];
	assert_true(engine_trust(other, f->now, rrsets, count));
	assert_true(begins_chains(f, other, 0) && begins_chains(f, other, 1));
	/* whoever is on the way with the old ones may go on */
	assert_int_equal(before->count, 1);
	assert_null(anchors_next(&other->anchors, before));
	/* the same once more is nothing new */
	const struct rrset *now = other->anchors.trusted;
	assert_true(engine_trust(other, f->now, rrsets, count));
	assert_ptr_equal(other->anchors.trusted, now);
	engine_destroy(other);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_keys_are_asked_for_at_the_start),
		TEST(a_rollover_is_followed),
		TEST(keys_of_a_stranger_change_nothing),
		TEST(silence_is_asked_again_after_an_hour),
		TEST(trust_ends_when_the_last_key_is_revoked),
		TEST(both_forms_of_anchors_count),
		TEST(decoded_keys_are_forgotten),
		TEST(memory_runs_out),
		TEST(other_engines_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
