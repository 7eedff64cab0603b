/* Zones of trust anchors are told of them (RFC 8145): in what words, when, and by whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "resolver/signalling.h"
#include "tests/unit/named.h"
#include "wire/codes.h"

#define DAY 86400u
#define RRSETS 4u

struct fixture {
	struct arena arena;
	struct options options;
	struct table *table;
	struct engine *engine;
	struct rrset rrsets[RRSETS];
	unsigned int told;  /* questions for NULL */
	struct name_buffer buffer;
	struct name last;   /* of the last one */
	bool silent;
	uint64_t second;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->arena = arena_of(0);
	assert_true(options_default(&f->options));
	f->options.recursion_ipv6 = RECURSION_IPV6_FALSE;
	f->options.recursion_case_randomisation = false;
	f->options.cache_max_negative_ttl = 7 * DAY;
	f->table = table_create(1 << 20, (struct hash_key){ 1, 2 });
	assert_non_null(f->table);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	engine_destroy(f->engine);
	table_destroy(f->table);
	options_free(&f->options);
	arena_free(&f->arena);
	free(f);
	return 0;
}

/* DS of these tags. */
static struct rrset anchor_of(struct fixture *f, const char *zone, const uint16_t *tags, uint16_t count)
{
	uint8_t room[1024];
	struct builder builder = builder_of(room, sizeof room);
	for (unsigned int i = 0; i < count; i++) {
		builder_u16(&builder, 5);
		builder_u16(&builder, tags[i]);
		builder_octets(&builder, span_of("\15\2x", 3));
	}
	assert_false(builder.overflowed);
	return (struct rrset){ .owner = named(&f->arena, zone),
			       .type = TYPE_DS,
			       .class = CLASS_IN,
			       .count = count,
			       .packed = arena_copy(&f->arena, builder_written(&builder)) };
}

/* ---- the name ---- */

static void expect_name(struct fixture *f, size_t anchors, const char *zone, const char *text)
{
	struct anchors all = { .trusted = f->rrsets, .trusted_count = anchors };
	struct name_buffer buffer;
	struct name name;
	bool good = signalling_name(&all, named(&f->arena, zone), &buffer, &name);
	assert_int_equal(good, text != NULL);
	if (text != NULL)
		assert_true(name_equal_octets(name, named(&f->arena, text)));
}

static void tags_are_told_in_order(void **state)
{
	struct fixture *f = *state;
	f->rrsets[0] = anchor_of(f, ".", (const uint16_t[]){ 20326, 19036, 7, 20326 }, 4);
	f->rrsets[1] = anchor_of(f, "example.com", (const uint16_t[]){ 0xffff }, 1);
	expect_name(f, 2, ".", "_ta-0007-4a5c-4f66.");
	expect_name(f, 2, "example.com", "_ta-ffff.example.com.");
	expect_name(f, 2, "com", NULL);
}

static void ds_and_dnskey_of_a_zone_are_told_together(void **state)
{
	/* By RFC 4034 appendix B its tag is 0x0101 + 0x030d + 0x0102. */
	static const uint8_t dnskey[] = { 1, 1, 3, 13, 1, 2 };
	struct fixture *f = *state;
	f->rrsets[0] = anchor_of(f, ".", (const uint16_t[]){ 0x4f66, 0x0510 }, 2);
	assert_true(rrset_of_one(&f->arena, name_root, TYPE_DNSKEY, 60, span_of(dnskey, sizeof dnskey), &f->rrsets[1]));
	expect_name(f, 2, ".", "_ta-0510-4f66.");
	f->rrsets[0] = anchor_of(f, ".", (const uint16_t[]){ 0x4f66 }, 1);
	expect_name(f, 2, ".", "_ta-0510-4f66.");
}

static void a_label_has_an_end(void **state)
{
	static const uint16_t tags[] = { 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 };
	static const char many[] = "_ta-0001-0002-0003-0004-0005-0006-0007-0008-0009-000a-000b-000c.";
	struct fixture *f = *state;
	f->rrsets[0] = anchor_of(f, ".", tags, 14);
	expect_name(f, 1, ".", many);
	f->rrsets[0] = anchor_of(f, ".", tags + 2, 12);
	expect_name(f, 1, ".", many);
	f->rrsets[0] = anchor_of(f, ".", (const uint16_t[]){ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 }, 13);
	expect_name(f, 1, ".", many);
}

static void a_name_has_an_end(void **state)
{
	char zone[256];
	struct fixture *f = *state;
	memset(zone, 'a', sizeof zone);
	for (unsigned int i = 0; i < 4; i++)
		zone[63 + 64 * i] = '.';
	zone[245] = '\0'; /* 247 octets: with the label's nine 256 */
	f->rrsets[0] = anchor_of(f, zone, (const uint16_t[]){ 1 }, 1);
	expect_name(f, 1, zone, NULL);
	zone[243] = '\0'; /* 245: with the label's nine octets 254 */
	f->rrsets[0] = anchor_of(f, zone, (const uint16_t[]){ 1 }, 1);
	struct anchors all = { .trusted = f->rrsets, .trusted_count = 1 };
	struct name_buffer buffer;
	struct name name;
	assert_true(signalling_name(&all, f->rrsets[0].owner, &buffer, &name));
	assert_int_equal(name.size, 254);
}

/* ---- the telling ---- */

static void begin(struct fixture *f, size_t anchors, bool follows)
{
	struct name_server server = { .name = { (const uint8_t *)"\1a\4root", 8, 2 }, .glue_count = 1 };
	struct delegation hints = { .zone = name_root, .ttl = 3600, .servers = &server, .count = 1 };
	struct trust_point point;
	const char *problem = NULL;
	assert_true(ip_of_text("192.0.2.1", &server.glue[0]));
	anchor_begin(&point, name_root);
	assert_true(anchor_configure(&point, f->rrsets, 1, 1));
	struct engine_setup setup = { .options = &f->options,
				      .table = f->table,
				      .hints = &hints,
				      .anchors = f->rrsets,
				      .anchor_count = anchors,
				      .trust_points = &point,
				      .trust_point_count = follows ? 1 : 0,
				      .seed = { 5, 0, 1, 1 } };
	f->engine = engine_create(&setup, &problem);
	assert_non_null(f->engine);
}

static struct instant now_of(const struct fixture *f)
{
	return (struct instant){ .ticks = f->second * TICKS_PER_S, .age = f->second, .wall = 1790000000 + (int64_t)f->second };
}

/* The root says of each name that there is none, for a week. */
static void answer(struct fixture *f, const struct effect *effect)
{
	static const uint8_t soa_rdata[] = { 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 9, 0x3a, 0x80 };
	uint8_t reply[1024];
	struct builder builder = builder_of(reply, sizeof reply);
	struct msg_writer writer;
	struct header header;
	struct rrset soa;
	struct question question = { .class = CLASS_IN };
	struct cursor cursor = cursor_of(effect->octets);
	(void)cursor_take(&cursor, HEADER_SIZE);
	assert_true(header_read(effect->octets, &header) && name_read_plain(&cursor, &question.name));
	question.type = cursor_u16(&cursor);
	if (question.type == TYPE_NULL) {
		f->told++;
		memcpy(f->buffer.octets, question.name.octets, question.name.size);
		f->last = (struct name){ f->buffer.octets, question.name.size, question.name.labels };
	}
	assert_true(rrset_of_one(&f->arena, name_root, TYPE_SOA, 7 * DAY, span_of(soa_rdata, sizeof soa_rdata), &soa));
	msg_begin(&writer, &builder, header.id, FLAG_QR | FLAG_AA | RCODE_NXDOMAIN);
	msg_question(&writer, &question);
	assert_true(msg_rrset(&writer, SECTION_AUTHORITY, &soa, soa.ttl, false) && msg_end(&writer));
	if (f->silent)
		engine_failed(f->engine, now_of(f), effect->exchange, EXCHANGE_UNREACHABLE);
	else
		engine_reply(f->engine, now_of(f), effect->exchange, effect->server, builder_written(&builder));
}

static void pass(struct fixture *f, uint64_t seconds)
{
	struct effect effect;
	for (uint64_t end = f->second + seconds; f->second < end; f->second++) {
		if (engine_deadline(f->engine) > f->second * TICKS_PER_S)
			continue;
		engine_tick(f->engine, now_of(f));
		while (engine_effect(f->engine, &effect))
			if (effect.kind == EFFECT_SEND_UDP || effect.kind == EFFECT_SEND_STREAM)
				answer(f, &effect);
	}
}

static void it_is_told_at_the_beginning_and_every_day(void **state)
{
	struct fixture *f = *state;
	f->rrsets[0] = anchor_of(f, ".", (const uint16_t[]){ 20326, 38696 }, 2);
	begin(f, 1, true);
	pass(f, 60);
	assert_int_equal(f->told, 1);
	assert_true(name_equal(f->last, named(&f->arena, "_ta-4f66-9728.")));
	pass(f, DAY - 120);
	assert_int_equal(f->told, 1);
	pass(f, 120);
	assert_int_equal(f->told, 2); /* also where it is known that there is no such name */
	pass(f, 3 * DAY);
	assert_int_equal(f->told, 5);
	assert_int_equal(engine_count(f->engine).requests, 0);
}

static void what_is_told_is_what_is_trusted_now(void **state)
{
	struct fixture *f = *state;
	struct rrset other = anchor_of(f, ".", (const uint16_t[]){ 38696 }, 1);
	f->rrsets[0] = anchor_of(f, ".", (const uint16_t[]){ 20326 }, 1);
	begin(f, 1, true);
	pass(f, 60);
	assert_true(name_equal(f->last, named(&f->arena, "_ta-4f66.")));
	assert_true(engine_trust(f->engine, now_of(f), &other, 1));
	pass(f, DAY);
	assert_true(name_equal(f->last, named(&f->arena, "_ta-9728.")));
}

/* Nobody waits for an answer; a bounded number of tries, and again the next day. */
static void silence_does_no_harm(void **state)
{
	struct fixture *f = *state;
	f->rrsets[0] = anchor_of(f, ".", (const uint16_t[]){ 20326 }, 1);
	f->silent = true;
	begin(f, 1, true);
	pass(f, 120);
	unsigned int tries = f->told;
	assert_in_range(tries, 1, LIMIT_UPSTREAM_QUERIES_PER_NAME);
	assert_int_equal(engine_count(f->engine).requests, 0);
	pass(f, DAY);
	assert_in_range(f->told, tries + 1, 2 * tries + 3);
}

static void only_who_follows_the_anchors_tells(void **state)
{
	struct fixture *f = *state;
	f->rrsets[0] = anchor_of(f, ".", (const uint16_t[]){ 20326 }, 1);
	begin(f, 1, false);
	pass(f, 2 * DAY);
	assert_int_equal(f->told, 0);
}

static void it_can_be_switched_off(void **state)
{
	struct fixture *f = *state;
	f->rrsets[0] = anchor_of(f, ".", (const uint16_t[]){ 20326 }, 1);
	f->options.dnssec_trust_anchor_signalling = false;
	begin(f, 1, true);
	pass(f, 2 * DAY);
	assert_int_equal(f->told, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tags_are_told_in_order),
		TEST(ds_and_dnskey_of_a_zone_are_told_together),
		TEST(a_label_has_an_end),
		TEST(a_name_has_an_end),
		TEST(it_is_told_at_the_beginning_and_every_day),
		TEST(what_is_told_is_what_is_trusted_now),
		TEST(silence_does_no_harm),
		TEST(only_who_follows_the_anchors_tells),
		TEST(it_can_be_switched_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
