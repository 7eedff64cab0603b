/* The ring of zones' keys: who is found, who is forgotten, and that nobody loses keys that are held. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "resolver/keyring.h"
#include "tests/unit/named.h"
#include "wire/codes.h"
#include "wire/limits.h"

struct fixture {
	struct keyring keyring;
	struct arena arena;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	keyring_init(&fixture.keyring, (struct hash_key){ 1, 2 });
	fixture.arena = arena_of(0);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	keyring_free(&fixture->keyring);
	arena_free(&fixture->arena);
	return 0;
}

/* One key, whose octets say which. */
static struct keys *make(struct fixture *fixture, const char *zone, uint8_t which)
{
	uint8_t rdata[] = { 1, 1, 3, 13, which, which, which, which };
	struct rrset dnskeys;
	assert_true(rrset_of_one(&fixture->arena, named(&fixture->arena, zone), TYPE_DNSKEY, 60,
				 span_of(rdata, sizeof rdata), &dnskeys));
	struct keys *keys = keys_create(&dnskeys);
	assert_non_null(keys);
	return keys;
}

/* Nobody holds them but the ring. */
static struct keys *put(struct fixture *fixture, const char *zone, uint8_t which, uint64_t expiry)
{
	struct keys *keys = make(fixture, zone, which);
	struct held_keys *held = keyring_put(&fixture->keyring, keys, expiry);
	assert_non_null(held);
	assert_ptr_equal(held_keys(held), keys);
	held_keys_release(held);
	return keys;
}

static struct held_keys *get(struct fixture *fixture, const char *zone, uint64_t age)
{
	return keyring_get(&fixture->keyring, named(&fixture->arena, zone), age);
}

static bool has(struct fixture *fixture, const char *zone, uint64_t age)
{
	struct held_keys *held = get(fixture, zone, age);
	if (held != NULL)
		held_keys_release(held);
	return held != NULL;
}

static void keys_are_found_by_their_zone(void **state)
{
	struct fixture *fixture = *state;
	const struct keys *com = put(fixture, "com", 1, 100), *example = put(fixture, "example.com", 2, 100);
	struct held_keys *held = get(fixture, "eXample.COM", 50);
	assert_non_null(held);
	assert_ptr_equal(held_keys(held), example);
	held_keys_release(held);
	held = get(fixture, "com", 50);
	assert_ptr_equal(held_keys(held), com);
	held_keys_release(held);
	assert_false(has(fixture, ".", 50));
	assert_false(has(fixture, "www.example.com", 50));
	assert_int_equal(fixture->keyring.count, 2);
}

static void keys_live_until_their_expiry(void **state)
{
	struct fixture *fixture = *state;
	put(fixture, "com", 1, 100);
	assert_true(has(fixture, "com", 99));
	assert_false(has(fixture, "com", 100));
	assert_int_equal(fixture->keyring.count, 0);
	assert_false(has(fixture, "com", 50)); /* it is gone for good */
}

static void new_keys_take_the_place_of_the_old(void **state)
{
	struct fixture *fixture = *state;
	put(fixture, "com", 1, 100);
	const struct keys *newer = put(fixture, "COM", 2, 200);
	assert_int_equal(fixture->keyring.count, 1);
	struct held_keys *held = get(fixture, "com", 150);
	assert_ptr_equal(held_keys(held), newer);
	held_keys_release(held);
}

static void what_is_removed_is_not_found(void **state)
{
	struct fixture *fixture = *state;
	put(fixture, "com", 1, 100);
	put(fixture, "net", 2, 100);
	keyring_remove(&fixture->keyring, named(&fixture->arena, "org")); /* was never there */
	keyring_remove(&fixture->keyring, named(&fixture->arena, "Com"));
	assert_false(has(fixture, "com", 50));
	assert_true(has(fixture, "net", 50));
}

/* Forgotten, replaced, expired, and the ring itself gone: who holds keys has them. */
static void who_holds_keys_keeps_them(void **state)
{
	struct fixture *fixture = *state;
	struct held_keys *removed, *replaced, *expired, *shared;
	put(fixture, "a", 1, 100);
	put(fixture, "b", 2, 100);
	put(fixture, "c", 3, 60);
	put(fixture, "d", 4, 100);
	removed = get(fixture, "a", 50);
	replaced = get(fixture, "b", 50);
	expired = get(fixture, "c", 50);
	shared = get(fixture, "d", 50);
	held_keys_share(shared);
	held_keys_release(shared);
	keyring_remove(&fixture->keyring, named(&fixture->arena, "a"));
	put(fixture, "b", 5, 100);
	assert_false(has(fixture, "c", 60));
	keyring_free(&fixture->keyring);
	keyring_init(&fixture->keyring, (struct hash_key){ 1, 2 });
	struct held_keys *all[] = { removed, replaced, expired, shared };
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(keys_zone(held_keys(all[i])).octets[1], 'a' + (int)i);
		assert_int_equal(keys_zone(held_keys(all[i])).labels, 1);
		held_keys_release(all[i]);
	}
}

/* The one that was not used for longest goes, however long it lives. */
static void the_ring_has_an_end(void **state)
{
	struct fixture *fixture = *state;
	char text[16];
	for (unsigned int i = 0; i < LIMIT_KEYRING_ZONES; i++) {
		snprintf(text, sizeof text, "z%u", i);
		put(fixture, text, 1, 1000);
	}
	assert_int_equal(fixture->keyring.count, LIMIT_KEYRING_ZONES);
	assert_true(has(fixture, "z0", 50)); /* used again */
	put(fixture, "more", 1, 1000);
	put(fixture, "yet", 1, 1000);
	assert_int_equal(fixture->keyring.count, LIMIT_KEYRING_ZONES);
	assert_true(has(fixture, "z0", 50));
	assert_false(has(fixture, "z1", 50));
	assert_false(has(fixture, "z2", 50));
	assert_true(has(fixture, "z3", 50));
	assert_true(has(fixture, "more", 50) && has(fixture, "yet", 50));
}

/* A zone with so many keys, all points of edwards25519 (RFC 8032 section 7.1): the same under ever other flags. */
static struct keys *make_many(struct fixture *fixture, const char *zone, unsigned int count)
{
	static const uint8_t point[32] = { 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
					   0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
					   0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a };
	uint8_t octets[LIMIT_ZONE_KEYS * 38u];
	struct builder builder = builder_of(octets, sizeof octets);
	struct rrset rrset = { .owner = named(&fixture->arena, zone), .type = TYPE_DNSKEY, .class = CLASS_IN };
	rrset.count = (uint16_t)count;
	for (unsigned int i = 0; i < count; i++) {
		builder_u16(&builder, 36);
		builder_u16(&builder, (uint16_t)(0x0101 + 2 * i));
		builder_u16(&builder, 0x030f);
		builder_octets(&builder, span_of(point, sizeof point));
	}
	rrset.packed = builder_written(&builder);
	struct keys *keys = keys_create(&rrset);
	assert_non_null(keys);
	return keys;
}

static void decode_all(struct held_keys *held)
{
	for (unsigned int tag = 0; tag <= UINT16_MAX; tag++) {
		struct zone_key *key = keys_find(held_keys(held), 15, (uint16_t)tag, 0);
		if (key != NULL)
			assert_non_null(keys_decode(key));
	}
}

/* Keys grow while they are held: decoded ones are larger. */
static void what_grew_makes_the_oldest_go(void **state)
{
	struct fixture *fixture = *state;
	const struct keyring *ring = &fixture->keyring;
	unsigned int zones = 0;
	char text[16];
	for (; zones < LIMIT_KEYRING_ZONES / 4 && ring->count == zones; zones++) {
		snprintf(text, sizeof text, "z%u", zones);
		size_t before = ring->octets;
		struct held_keys *held = keyring_put(&fixture->keyring, make_many(fixture, text, 60), 1000);
		assert_non_null(held);
		assert_true(ring->octets > before + 60 * 36);
		before = ring->octets;
		decode_all(held);
		held_keys_release(held);
		assert_true(ring->count <= zones || ring->octets > before + 60 * 1000);
	}
	assert_true(zones < LIMIT_KEYRING_ZONES / 4);
	assert_true(ring->octets <= LIMIT_KEYRING_OCTETS && ring->octets > LIMIT_KEYRING_OCTETS / 10 * 9);
	assert_false(has(fixture, "z0", 1));
	assert_true(has(fixture, text, 1));
	keyring_free(&fixture->keyring);
	assert_int_equal(ring->octets, 0);
	keyring_init(&fixture->keyring, (struct hash_key){ 1, 2 });
}

static void what_the_ring_let_go_weighs_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct held_keys *held = keyring_put(&fixture->keyring, make_many(fixture, "a", 3), 1000);
	assert_non_null(held);
	size_t once = fixture->keyring.octets;
	put(fixture, "a", 1, 1000);
	assert_int_equal(fixture->keyring.count, 1);
	assert_true(fixture->keyring.octets < once);
	keyring_remove(&fixture->keyring, named(&fixture->arena, "a"));
	assert_int_equal(fixture->keyring.octets, 0);
	decode_all(held);
	held_keys_release(held);
	assert_int_equal(fixture->keyring.octets, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_are_found_by_their_zone), TEST(keys_live_until_their_expiry), TEST(new_keys_take_the_place_of_the_old),
		TEST(what_is_removed_is_not_found), TEST(who_holds_keys_keeps_them),	TEST(the_ring_has_an_end),
		TEST(what_grew_makes_the_oldest_go), TEST(what_the_ring_let_go_weighs_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
