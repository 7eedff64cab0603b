#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "resolver/scrub.h"
#include "tests/unit/named.h"
#include "wire/codes.h"

/* A referral from "com" to "example.com", and what is made of it. */
struct desk {
	struct arena arena;
	struct rrset authority[12], additional[12];
	struct msg msg;
	struct delegation delegation;
};

static int set_up(void **state)
{
	static struct desk desk;
	desk = (struct desk){ .arena = arena_of(0) };
	desk.msg.authority.rrsets = desk.authority;
	desk.msg.additional.rrsets = desk.additional;
	*state = &desk;
	return 0;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;
	arena_free(&desk->arena);
	return 0;
}

/* An RRset of records that all have `size` octets. */
static struct rrset *put(struct desk *desk, struct section *section, const char *owner, uint16_t type,
			 const void *records, size_t size, uint16_t count)
{
	struct rrset *rrset = &section->rrsets[section->count++];
	uint8_t *memory = arena_alloc(&desk->arena, (2 + size) * count);
	struct builder builder = builder_of(memory, (2 + size) * count);
	for (size_t i = 0; i < count; i++) {
		builder_u16(&builder, (uint16_t)size);
		builder_octets(&builder, span_of((const uint8_t *)records + i * size, size));
	}
	*rrset = (struct rrset){ .owner = named(&desk->arena, owner),
				 .type = type,
				 .class = CLASS_IN,
				 .ttl = 300,
				 .count = count,
				 .packed = builder_written(&builder) };
	return rrset;
}

static struct rrset *put_ns(struct desk *desk, const char *const *servers)
{
	static const char padded[] = "";
	struct rrset *rrset = put(desk, &desk->msg.authority, "example.com", TYPE_NS, padded, 0, 0);
	uint8_t *memory = arena_alloc(&desk->arena, 4096);
	struct builder builder = builder_of(memory, 4096);
	for (; *servers != NULL; servers++, rrset->count++) {
		struct name name = named(&desk->arena, *servers);
		builder_u16(&builder, name.size);
		name_write(&builder, name);
	}
	rrset->packed = builder_written(&builder);
	return rrset;
}

static void scrub(struct desk *desk, const char *bailiwick, bool any_glue)
{
	assert_true(scrub_referral(&desk->msg, desk->authority, named(&desk->arena, bailiwick), any_glue, &desk->arena,
				   &desk->delegation));
}

static const char *glue_of(const struct desk *desk, size_t server, size_t place)
{
	static char text[IP_TEXT_SIZE];
	assert_true(place < desk->delegation.servers[server].glue_count);
	return ip_to_text(desk->delegation.servers[server].glue[place], text);
}

static const char v6[] = "\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1"; /* 2001:db8::1 */

static void names_and_addresses(void **state)
{
	struct desk *desk = *state;
	put_ns(desk, (const char *const[]){ "ns1.example.com", "ns2.Example.com", NULL });
	put(desk, &desk->msg.additional, "NS1.example.com", TYPE_A, "\300\0\2\1\300\0\2\2", 4, 2);
	put(desk, &desk->msg.additional, "ns1.example.com", TYPE_AAAA, v6, 16, 1);
	put(desk, &desk->msg.additional, "ns2.example.com", TYPE_A, "\300\0\2\3", 4, 1);
	put(desk, &desk->msg.additional, "www.example.com", TYPE_A, "\300\0\2\4", 4, 1); /* of nobody asked for */
	scrub(desk, "com", false);
	assert_true(name_equal(desk->delegation.zone, named(&desk->arena, "example.com")));
	assert_int_equal(desk->delegation.ttl, 300);
	assert_int_equal(desk->delegation.count, 2);
	assert_true(name_equal(desk->delegation.servers[0].name, named(&desk->arena, "ns1.example.com")));
	assert_int_equal(desk->delegation.servers[0].glue_count, 3);
	assert_string_equal(glue_of(desk, 0, 0), "192.0.2.1");
	assert_string_equal(glue_of(desk, 0, 1), "192.0.2.2");
	assert_string_equal(glue_of(desk, 0, 2), "2001:db8::1");
	assert_int_equal(desk->delegation.servers[1].glue_count, 1);
	assert_string_equal(glue_of(desk, 1, 0), "192.0.2.3");
	assert_int_equal(desk->delegation.ds.count, 0);
}

/* In-bailiwick and sibling glue is taken; of any other name the parent cannot speak. */
static void glue_is_of_the_parents_realm(void **state)
{
	static const struct {
		const char *server, *bailiwick;
		bool taken;
	} table[] = {
		{ "ns.example.com", "com", true },  { "ns.sibling.com", "com", true },
		{ "ns.EXAMPLE.COM", "com", true },  { "com", "com", true },
		{ "ns.example.net", "com", false }, { "ns.notcom", "com", false },
		{ "nscom", "com", false },          { "ns.com.net", "com", false },
		{ "ns.example.net", ".", true },    { "ns.other.com", "example.com", false },
	};
	struct desk *desk = *state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		for (int any = 0; any < 2; any++) {
			desk->msg.authority.count = desk->msg.additional.count = 0;
			put_ns(desk, (const char *const[]){ table[i].server, NULL });
			put(desk, &desk->msg.additional, table[i].server, TYPE_A, "\300\0\2\1", 4, 1);
			put(desk, &desk->msg.additional, table[i].server, TYPE_AAAA, v6, 16, 1);
			scrub(desk, table[i].bailiwick, any);
			/* The name stays, its addresses can be looked up. */
			assert_int_equal(desk->delegation.count, 1);
			if (desk->delegation.servers[0].glue_count != (any || table[i].taken ? 2 : 0))
				fail_msg("%s from %s, any %d", table[i].server, table[i].bailiwick, any);
		}
	}
}

static void glue_is_in_the_additional_section_and_class_in(void **state)
{
	struct desk *desk = *state;
	put_ns(desk, (const char *const[]){ "ns.example.com", NULL });
	put(desk, &desk->msg.authority, "ns.example.com", TYPE_A, "\300\0\2\1", 4, 1);
	put(desk, &desk->msg.additional, "ns.example.com", TYPE_A, "\300\0\2\1", 4, 1)->class = CLASS_CHAOS;
	scrub(desk, "com", false);
	assert_int_equal(desk->delegation.servers[0].glue_count, 0);
}

static void a_mapped_address_is_the_one_it_means(void **state)
{
	struct desk *desk = *state;
	put_ns(desk, (const char *const[]){ "ns.example.com", NULL });
	put(desk, &desk->msg.additional, "ns.example.com", TYPE_AAAA, "\0\0\0\0\0\0\0\0\0\0\377\377\177\0\0\1", 16, 1);
	scrub(desk, "com", false);
	assert_string_equal(glue_of(desk, 0, 0), "127.0.0.1"); /* so that a list of addresses catches it */
}

static void so_many_addresses_and_names(void **state)
{
	struct desk *desk = *state;
	char texts[LIMIT_NS_NAMES_KEPT + 5][32];
	const char *servers[LIMIT_NS_NAMES_KEPT + 6] = { NULL };
	uint8_t addresses[4 * (LIMIT_NS_ADDRESSES_PER_NAME + 3)];
	for (unsigned int i = 0; i < LIMIT_NS_NAMES_KEPT + 5; i++) {
		snprintf(texts[i], sizeof texts[i], "ns%u.example.com", i);
		servers[i] = texts[i];
	}
	for (unsigned int i = 0; i < sizeof addresses; i++)
		addresses[i] = (uint8_t)i;
	put_ns(desk, servers);
	put(desk, &desk->msg.additional, "ns0.example.com", TYPE_A, addresses, 4, LIMIT_NS_ADDRESSES_PER_NAME + 3);
	put(desk, &desk->msg.additional, "ns0.example.com", TYPE_AAAA, v6, 16, 1);
	scrub(desk, "com", false);
	assert_int_equal(desk->delegation.count, LIMIT_NS_NAMES_KEPT);
	assert_int_equal(desk->delegation.servers[0].glue_count, LIMIT_NS_ADDRESSES_PER_NAME);
	assert_true(name_equal(desk->delegation.servers[LIMIT_NS_NAMES_KEPT - 1].name,
			       named(&desk->arena, texts[LIMIT_NS_NAMES_KEPT - 1])));
}

static void ds_of_the_zone_only(void **state)
{
	struct desk *desk = *state;
	put_ns(desk, (const char *const[]){ "ns.example.com", NULL });
	put(desk, &desk->msg.authority, "example.net", TYPE_DS, "\0\1\10\2x", 5, 1);
	scrub(desk, "com", false);
	assert_int_equal(desk->delegation.ds.count, 0);
	put(desk, &desk->msg.authority, "EXAMPLE.com", TYPE_DS, "\0\1\10\2x\0\2\10\2y", 5, 2);
	scrub(desk, "com", false);
	assert_int_equal(desk->delegation.ds.count, 2);
}

static void a_referral_needs_memory(void **state)
{
	struct desk *desk = *state;
	struct arena none = arena_of(1);
	put_ns(desk, (const char *const[]){ "ns.example.com", NULL });
	assert_false(scrub_referral(&desk->msg, desk->authority, named(&desk->arena, "com"), false, &none, &desk->delegation));
}

/* ---- negative answers ---- */

static struct rrset *put_soa(struct desk *desk, uint32_t ttl, uint32_t minimum)
{
	uint8_t rdata[22] = { 0 };
	for (int i = 0; i < 4; i++)
		rdata[18 + i] = (uint8_t)(minimum >> (24 - 8 * i));
	struct rrset *soa = put(desk, &desk->msg.authority, "example.com", TYPE_SOA, rdata, sizeof rdata, 1);
	soa->ttl = ttl;
	return soa;
}

/* RFC 2308 section 5: the smaller of the two. */
static void the_ttl_of_nothing(void **state)
{
	static const struct {
		uint32_t ttl, minimum, expected;
	} table[] = {
		{ 300, 60, 60 },
		{ 60, 300, 60 },
		{ 60, 60, 60 },
		{ 0, 60, 0 },
		{ 60, 0, 0 },
		{ 60, 0x01000000, 60 },
		{ 0x7fffffff, 0x00010203, 0x00010203 },
	};
	struct desk *desk = *state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct cached cached;
		desk->msg.authority.count = 0;
		struct judgement judgement = { .verdict = VERDICT_NODATA,
					       .soa = put_soa(desk, table[i].ttl, table[i].minimum) };
		scrub_negative(&desk->msg, &judgement, named(&desk->arena, "example.com"), &cached);
		assert_int_equal(cached.ttl, table[i].expected);
		assert_int_equal(cached.soa.ttl, table[i].expected);
		assert_true(name_equal(cached.soa.owner, named(&desk->arena, "example.com")));
	}
}

static void kind_and_trust(void **state)
{
	struct desk *desk = *state;
	struct cached cached;
	struct judgement judgement = { .verdict = VERDICT_NXDOMAIN };
	scrub_negative(&desk->msg, &judgement, named(&desk->arena, "example.com"), &cached);
	assert_int_equal(cached.kind, CACHED_NXDOMAIN);
	assert_int_equal(cached.trust, TRUST_ANSWER);
	assert_int_equal(cached.ttl, 0); /* without SOA nothing is kept (RFC 2308 section 5) */
	assert_int_equal(cached.soa.count, 0);
	judgement.verdict = VERDICT_NODATA;
	desk->msg.header.flags = FLAG_AA;
	scrub_negative(&desk->msg, &judgement, named(&desk->arena, "example.com"), &cached);
	assert_int_equal(cached.kind, CACHED_NODATA);
	assert_int_equal(cached.trust, TRUST_AUTHORITATIVE_ANSWER);
}

static void proofs_of_the_zone_and_not_too_many(void **state)
{
	struct desk *desk = *state;
	struct cached cached;
	struct judgement judgement = { .verdict = VERDICT_NXDOMAIN, .soa = put_soa(desk, 60, 60) };
	put(desk, &desk->msg.authority, "a.example.net", TYPE_NSEC, "\0", 1, 1); /* another zone's */
	put(desk, &desk->msg.authority, "example.com", TYPE_NS, "\0", 1, 1);
	put(desk, &desk->msg.authority, "a.EXAMPLE.com", TYPE_NSEC, "\0", 1, 1);
	put(desk, &desk->msg.authority, "b.example.com", TYPE_NSEC3, "\1\0\0\0\0\1x", 7, 1);
	scrub_negative(&desk->msg, &judgement, named(&desk->arena, "example.com"), &cached);
	assert_int_equal(cached.proof_count, 2);
	assert_int_equal(cached.proofs[0].type, TYPE_NSEC);
	assert_int_equal(cached.proofs[1].type, TYPE_NSEC3);
	desk->msg.authority.count = 1;
	while (desk->msg.authority.count < LIMIT_PROOF_RRSETS + 3)
		put(desk, &desk->msg.authority, "c.example.com", TYPE_NSEC, "\0", 1, 1);
	scrub_negative(&desk->msg, &judgement, named(&desk->arena, "example.com"), &cached);
	assert_int_equal(cached.proof_count, LIMIT_PROOF_RRSETS);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_and_addresses),
		TEST(glue_is_of_the_parents_realm),
		TEST(glue_is_in_the_additional_section_and_class_in),
		TEST(a_mapped_address_is_the_one_it_means),
		TEST(so_many_addresses_and_names),
		TEST(ds_of_the_zone_only),
		TEST(a_referral_needs_memory),
		TEST(the_ttl_of_nothing),
		TEST(kind_and_trust),
		TEST(proofs_of_the_zone_and_not_too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
