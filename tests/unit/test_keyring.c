#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "resolver/keyring.h"
#include "wire/codes.h"
#include "wire/limits.h"

#define KEY_SIZE 36u

/* A zone with so many Ed25519 keys, whose octets are those of a point (RFC 8032 section 7.1) under ever other flags. */
static struct keys *make(unsigned int zone, unsigned int count)
{
	static const uint8_t point[32] = { 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
					   0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
					   0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a };
	uint8_t octets[LIMIT_ZONE_KEYS * (2 + KEY_SIZE)];
	struct builder builder = builder_of(octets, sizeof octets);
	struct name_buffer buffer;
	struct rrset rrset = { .type = TYPE_DNSKEY, .class = CLASS_IN, .count = (uint16_t)count };
	char text[32];
	snprintf(text, sizeof text, "z%u.", zone);
	assert_true(name_of_text(text, &buffer, &rrset.owner));
	for (unsigned int i = 0; i < count; i++) {
		builder_u16(&builder, KEY_SIZE);
		builder_u16(&builder, (uint16_t)(0x0101 + 2 * (i % 64)));
		builder_u16(&builder, 0x030f);
		builder_octets(&builder, span_of(point, sizeof point));
	}
	rrset.packed = builder_written(&builder);
	struct keys *keys = keys_create(&rrset);
	assert_non_null(keys);
	return keys;
}

static struct name name_of(unsigned int zone, struct name_buffer *buffer)
{
	struct name name;
	char text[32];
	snprintf(text, sizeof text, "z%u.", zone);
	assert_true(name_of_text(text, buffer, &name));
	return name;
}

static void put(struct keyring *ring, unsigned int zone, unsigned int count)
{
	struct held_keys *held = keyring_put(ring, make(zone, count), 100);
	assert_non_null(held);
	held_keys_release(held);
}

static bool has(struct keyring *ring, unsigned int zone, uint64_t age)
{
	struct name_buffer buffer;
	struct held_keys *held = keyring_get(ring, name_of(zone, &buffer), age);
	if (held != NULL)
		held_keys_release(held);
	return held != NULL;
}

/* Decodes all of them. */
static void use(struct held_keys *held)
{
	for (unsigned int tag = 0; tag <= UINT16_MAX; tag++) {
		struct zone_key *key = keys_find(held_keys(held), 15, (uint16_t)tag, 0);
		if (key != NULL)
			assert_non_null(keys_decode(key));
	}
}

static void keys_are_known_while_they_live(void **state)
{
	(void)state;
	struct keyring ring;
	keyring_init(&ring, (struct hash_key){ 1, 2 });
	put(&ring, 1, 2);
	assert_true(has(&ring, 1, 99));
	assert_false(has(&ring, 2, 99));
	assert_false(has(&ring, 1, 100));
	assert_int_equal(ring.count, 0);
	assert_int_equal(ring.octets, 0);
	keyring_free(&ring);
}

static void a_zone_is_there_once(void **state)
{
	(void)state;
	struct keyring ring;
	keyring_init(&ring, (struct hash_key){ 1, 2 });
	put(&ring, 1, 2);
	size_t once = ring.octets;
	put(&ring, 1, 2);
	assert_int_equal(ring.count, 1);
	assert_int_equal(ring.octets, once);
	keyring_free(&ring);
	assert_int_equal(ring.octets, 0);
}

static void the_one_not_used_for_longest_goes_first(void **state)
{
	(void)state;
	struct keyring ring;
	keyring_init(&ring, (struct hash_key){ 1, 2 });
	for (unsigned int zone = 0; zone < LIMIT_KEYRING_ZONES; zone++)
		put(&ring, zone, 1);
	assert_int_equal(ring.count, LIMIT_KEYRING_ZONES);
	assert_true(has(&ring, 0, 1));
	put(&ring, LIMIT_KEYRING_ZONES, 1);
	assert_int_equal(ring.count, LIMIT_KEYRING_ZONES);
	assert_true(has(&ring, 0, 1));
	assert_false(has(&ring, 1, 1));
	keyring_free(&ring);
}

/* Keys grow while they are held: decoded ones are larger. */
static void what_grew_makes_the_oldest_go(void **state)
{
	(void)state;
	struct keyring ring;
	unsigned int zones = 0;
	keyring_init(&ring, (struct hash_key){ 1, 2 });
	for (; zones < LIMIT_KEYRING_ZONES / 4 && ring.count == zones; zones++) {
		struct name_buffer buffer;
		put(&ring, zones, 60);
		size_t before = ring.octets;
		struct held_keys *held = keyring_get(&ring, name_of(zones, &buffer), 1);
		assert_non_null(held);
		use(held);
		held_keys_release(held);
		assert_true(ring.count <= zones || ring.octets > before);
	}
	assert_true(zones < LIMIT_KEYRING_ZONES / 4);
	assert_true(ring.octets <= LIMIT_KEYRING_OCTETS);
	assert_true(ring.octets > LIMIT_KEYRING_OCTETS / 10 * 9);
	assert_false(has(&ring, 0, 1));
	assert_true(has(&ring, zones - 1, 1));
	keyring_free(&ring);
	assert_int_equal(ring.octets, 0);
}

static void who_holds_keys_keeps_them(void **state)
{
	(void)state;
	struct keyring ring;
	struct name_buffer buffer;
	keyring_init(&ring, (struct hash_key){ 1, 2 });
	struct held_keys *held = keyring_put(&ring, make(1, 3), 100);
	assert_non_null(held);
	held_keys_share(held);
	keyring_remove(&ring, name_of(1, &buffer));
	assert_int_equal(ring.octets, 0);
	use(held);
	held_keys_release(held);
	assert_int_equal(ring.octets, 0);
	assert_true(name_equal(keys_zone(held_keys(held)), name_of(1, &buffer)));
	held_keys_release(held);
	keyring_free(&ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_known_while_they_live),
		cmocka_unit_test(a_zone_is_there_once),
		cmocka_unit_test(the_one_not_used_for_longest_goes_first),
		cmocka_unit_test(what_grew_makes_the_oldest_go),
		cmocka_unit_test(who_holds_keys_keeps_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
