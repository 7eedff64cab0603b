/* RFC 5011: every transition of section 4's table, and what is no transition; hold-down times, intervals, trust points
 * that end, keys configured as DS, places that run out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dnssec/anchor.h"
#include "dnssec/crypto.h"
#include "dnssec/keys.h"
#include "wire/codes.h"

#define NOW INT64_C(1790000000)
#define HOUR 3600
#define DAY 86400
#define HOLD (30 * DAY)
#define KEY_SIZE 36u

enum { PLAIN = 0, REVOKE = DNSKEY_FLAG_REVOKED };

/* The zone as it shows itself: its keys A, B, C ... and who of them has the REVOKE bit. */
struct fixture {
	struct arena arena;
	struct trust_point point;
	struct name_buffer buffer;
	struct name zone;
	struct rrset dnskeys;
	uint64_t revoked; /* signs with its REVOKE bit */
	uint8_t packed[64 * (2 + KEY_SIZE)];
	int64_t now;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->arena = arena_of(0);
	f->now = NOW;
	assert_true(name_of_text("Example.", &f->buffer, &f->zone));
	anchor_begin(&f->point, f->zone);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	arena_free(&f->arena);
	free(f);
	return 0;
}

static struct span key_of(struct fixture *f, char letter, unsigned int flags)
{
	uint8_t *rdata = arena_alloc(&f->arena, KEY_SIZE);
	struct builder builder = builder_of(rdata, KEY_SIZE);
	builder_u16(&builder, (uint16_t)flags);
	builder_u8(&builder, 3);
	builder_u8(&builder, 15);
	while (builder.size < KEY_SIZE)
		builder_u8(&builder, (uint8_t)letter);
	return builder_written(&builder);
}

static struct span ds_of(struct fixture *f, char letter, uint8_t digest_type)
{
	struct dnskey dnskey;
	struct span key = key_of(f, letter, 257);
	uint8_t digest[CRYPTO_DIGEST_MAX], *rdata = arena_alloc(&f->arena, 4 + sizeof digest);
	struct builder builder = builder_of(rdata, 4 + sizeof digest);
	assert_true(dnskey_read(key, &dnskey));
	builder_u16(&builder, dnskey.tag);
	builder_u8(&builder, 15);
	builder_u8(&builder, digest_type);
	builder_octets(&builder, span_of(digest, crypto_digest(digest_type, span_of("\7example", 9), key, digest)));
	return builder_written(&builder);
}

static void show_rdata(struct fixture *f, struct span rdata)
{
	struct builder builder = builder_of(f->packed + f->dnskeys.packed.size, sizeof f->packed - f->dnskeys.packed.size);
	builder_u16(&builder, (uint16_t)rdata.size);
	builder_octets(&builder, rdata);
	assert_false(builder.overflowed);
	f->dnskeys.packed = span_of(f->packed, f->dnskeys.packed.size + builder.size);
	f->dnskeys.count++;
}

/* "A b C*": upper case a SEP key, lower case the same without SEP; with '-' the REVOKE bit, with '*' it also signs. */
static void show(struct fixture *f, const char *keys)
{
	f->dnskeys = (struct rrset){ .owner = f->zone, .type = TYPE_DNSKEY, .class = CLASS_IN, .ttl = 2 * DAY };
	f->revoked = 0;
	for (; *keys != '\0'; keys++) {
		if (*keys == ' ')
			continue;
		bool sep = *keys >= 'A' && *keys <= 'Z', revoke = keys[1] == '-' || keys[1] == '*';
		show_rdata(f, key_of(f, sep ? *keys : (char)(*keys - 'a' + 'A'),
				     DNSKEY_FLAG_ZONE | (sep ? DNSKEY_FLAG_SEP : 0u) | (revoke ? DNSKEY_FLAG_REVOKED : 0u)));
		if (keys[1] == '*')
			f->revoked |= UINT64_C(1) << (f->dnskeys.count - 1);
		keys += revoke;
	}
}

static bool see_as(struct fixture *f, const char *keys, bool trusted)
{
	show(f, keys);
	struct sighting sighting = { .dnskeys = &f->dnskeys, .trusted = trusted, .revoked = f->revoked,
				     .ttl = 2 * DAY, .life = 20 * DAY };
	return anchor_see(&f->point, &sighting, f->now);
}

static bool see(struct fixture *f, const char *keys)
{
	return see_as(f, keys, true);
}

/* The state of a key; START when it is not known. */
static enum anchor_state state_of(struct fixture *f, char letter)
{
	struct anchor *anchor = anchor_find(&f->point, key_of(f, letter, 257));
	return anchor != NULL ? anchor->state : ANCHOR_START;
}

static bool configure(struct fixture *f, uint16_t type, struct span rdata)
{
	struct rrset rrset;
	assert_true(rrset_of_one(&f->arena, f->zone, type, 0, rdata, &rrset));
	return anchor_configure(&f->point, &rrset, 1, f->now);
}

/* A is configured and seen. */
static void begin_with_a(struct fixture *f)
{
	assert_true(configure(f, TYPE_DNSKEY, key_of(f, 'A', 257)));
	assert_int_equal(state_of(f, 'A'), ANCHOR_VALID);
	(void)see(f, "A");
}

/* Then B comes and is accepted. */
static void begin_with_a_and_b(struct fixture *f)
{
	begin_with_a(f);
	(void)see(f, "A B");
	f->now += HOLD;
	(void)see(f, "A B");
	assert_int_equal(state_of(f, 'B'), ANCHOR_VALID);
}

/* ---- the table of section 4 ---- */

static void start_to_addpend(void **state)
{
	struct fixture *f = *state;
	begin_with_a(f);
	assert_true(see(f, "A B"));
	assert_int_equal(state_of(f, 'B'), ANCHOR_ADDPEND);
	assert_int_equal(anchor_find(&f->point, key_of(f, 'B', 257))->until, NOW + HOLD);
	assert_false(anchor_is_trusted(anchor_find(&f->point, key_of(f, 'B', 257))));
	assert_int_equal(state_of(f, 'A'), ANCHOR_VALID);
}

static void a_key_is_not_taken_up_without_trust_sep_zone_or_an_algorithm(void **state)
{
	struct fixture *f = *state;
	begin_with_a(f);
	assert_false(see_as(f, "A B", false));
	assert_false(see(f, "A b"));
	assert_false(see(f, "A B-"));
	assert_false(see(f, "A B*"));
	show(f, "A");
	uint8_t other[KEY_SIZE];
	memcpy(other, key_of(f, 'B', 257).octets, KEY_SIZE);
	other[3] = 253; /* private algorithm */
	show_rdata(f, span_of(other, KEY_SIZE));
	show_rdata(f, key_of(f, 'C', DNSKEY_FLAG_SEP));
	other[3] = 15, other[2] = 4;
	show_rdata(f, span_of(other, KEY_SIZE));
	show_rdata(f, span_of(other, 3)); /* too short for a key */
	struct sighting sighting = { .dnskeys = &f->dnskeys, .trusted = true };
	assert_false(anchor_see(&f->point, &sighting, f->now));
	assert_int_equal(f->point.count, 1);
}

static void addpend_to_start(void **state)
{
	struct fixture *f = *state;
	begin_with_a(f);
	(void)see(f, "A B");
	f->now += 20 * DAY;
	assert_true(see(f, "A"));
	assert_int_equal(state_of(f, 'B'), ANCHOR_START);
	(void)see(f, "A");
	assert_int_equal(f->point.count, 1);
	/* the time begins anew */
	(void)see(f, "A B");
	f->now += 29 * DAY;
	assert_false(see(f, "A B"));
	assert_int_equal(state_of(f, 'B'), ANCHOR_ADDPEND);
	/* an RRset that is not trusted takes nothing away */
	assert_false(see_as(f, "A", false));
	assert_int_equal(state_of(f, 'B'), ANCHOR_ADDPEND);
	/* its REVOKE bit makes it another key, also when it signs */
	assert_true(see(f, "A B*"));
	assert_int_equal(state_of(f, 'B'), ANCHOR_START);
}

static void addpend_to_valid(void **state)
{
	struct fixture *f = *state;
	begin_with_a(f);
	(void)see(f, "A B");
	f->now += HOLD - 1;
	assert_false(see(f, "A B"));
	assert_int_equal(state_of(f, 'B'), ANCHOR_ADDPEND);
	f->now += 1;
	assert_false(see_as(f, "A B", false));
	assert_int_equal(state_of(f, 'B'), ANCHOR_ADDPEND);
	assert_true(see(f, "B A"));
	assert_int_equal(state_of(f, 'B'), ANCHOR_VALID);
	assert_int_equal(anchor_find(&f->point, key_of(f, 'B', 257))->before, ANCHOR_ADDPEND);
	assert_false(see(f, "B A"));
}

/* Section 2.4.1: two RRsets at least. */
static void a_long_ttl_makes_the_hold_down_longer(void **state)
{
	struct fixture *f = *state;
	begin_with_a(f);
	show(f, "A B");
	struct sighting sighting = { .dnskeys = &f->dnskeys, .trusted = true, .ttl = 40 * DAY, .life = 50 * DAY };
	(void)anchor_see(&f->point, &sighting, f->now);
	f->now += HOLD;
	(void)see(f, "A B");
	assert_int_equal(state_of(f, 'B'), ANCHOR_ADDPEND);
	f->now += 10 * DAY;
	(void)see(f, "A B");
	assert_int_equal(state_of(f, 'B'), ANCHOR_VALID);
}

static void valid_to_missing_and_back(void **state)
{
	struct fixture *f = *state;
	begin_with_a_and_b(f);
	assert_false(see_as(f, "B", false));
	assert_int_equal(state_of(f, 'A'), ANCHOR_VALID);
	assert_true(see(f, "B"));
	assert_int_equal(state_of(f, 'A'), ANCHOR_MISSING);
	assert_true(anchor_is_trusted(anchor_find(&f->point, key_of(f, 'A', 257))));
	f->now += 400 * DAY;
	assert_false(see(f, "B")); /* for as long as it may take */
	assert_int_equal(state_of(f, 'A'), ANCHOR_MISSING);
	assert_true(see(f, "A B"));
	assert_int_equal(state_of(f, 'A'), ANCHOR_VALID);
}

static void valid_to_revoked(void **state)
{
	struct fixture *f = *state;
	begin_with_a_and_b(f);
	/* the bit alone is no revocation: anyone may set it */
	(void)see(f, "A- B");
	assert_int_equal(state_of(f, 'A'), ANCHOR_MISSING);
	(void)see(f, "A B");
	assert_true(see(f, "A* B"));
	assert_int_equal(state_of(f, 'A'), ANCHOR_REVOKED);
	assert_false(anchor_is_trusted(anchor_find(&f->point, key_of(f, 'A', 257))));
	/* for good */
	assert_false(see(f, "A B"));
	assert_int_equal(state_of(f, 'A'), ANCHOR_REVOKED);
}

static void missing_to_revoked(void **state)
{
	struct fixture *f = *state;
	begin_with_a_and_b(f);
	(void)see(f, "B");
	assert_true(see(f, "A* B"));
	assert_int_equal(state_of(f, 'A'), ANCHOR_REVOKED);
}

/* Who signs the RRset with the key itself may revoke it, also where nobody vouches for the RRset. */
static void revocation_needs_no_other_signature(void **state)
{
	struct fixture *f = *state;
	begin_with_a_and_b(f);
	assert_true(see_as(f, "A* C", false));
	assert_int_equal(state_of(f, 'A'), ANCHOR_REVOKED);
	assert_int_equal(state_of(f, 'B'), ANCHOR_VALID);
	assert_int_equal(state_of(f, 'C'), ANCHOR_START);
}

static void revoked_to_removed(void **state)
{
	struct fixture *f = *state;
	begin_with_a_and_b(f);
	(void)see(f, "A* B");
	f->now += 10 * DAY;
	(void)see(f, "A* B"); /* still there: the time counts from now */
	f->now += HOLD - 1;
	assert_false(see(f, "B"));
	assert_int_equal(state_of(f, 'A'), ANCHOR_REVOKED);
	f->now += 1;
	assert_false(see_as(f, "B", false));
	assert_true(see(f, "B"));
	assert_int_equal(state_of(f, 'A'), ANCHOR_REMOVED);
	/* and it never comes back */
	assert_false(see(f, "A B"));
	assert_false(see(f, "A* B"));
	f->now += 2 * HOLD;
	assert_false(see(f, "A B"));
	assert_int_equal(state_of(f, 'A'), ANCHOR_REMOVED);
}

/* ---- the trust point ---- */

static void trust_ends_with_the_last_key(void **state)
{
	struct fixture *f = *state;
	struct rrset rrsets[2];
	size_t count;
	begin_with_a(f);
	(void)see(f, "A B");
	assert_true(see_as(f, "A* B", false));
	assert_false(anchor_any_trusted(&f->point));
	assert_true(anchor_trusted(&f->point, &f->arena, rrsets, &count));
	assert_int_equal(count, 0);
	assert_true(anchor_next(&f->point, f->now) == INT64_MAX);
}

static void what_is_trusted_are_rrsets(void **state)
{
	struct fixture *f = *state;
	struct rrset rrsets[2];
	size_t count;
	begin_with_a_and_b(f);
	(void)see(f, "B C");
	assert_true(configure(f, TYPE_DS, ds_of(f, 'B', 2)));
	struct rrset more;
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DS, 0, ds_of(f, 'D', 2), &more));
	struct rrset both[2] = { more, more };
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DNSKEY, 0, key_of(f, 'A', 257), &both[0]));
	assert_true(anchor_configure(&f->point, both, 2, f->now));
	assert_true(anchor_trusted(&f->point, &f->arena, rrsets, &count));
	assert_int_equal(count, 2);
	assert_int_equal(rrsets[0].type, TYPE_DNSKEY); /* A, missing, and B; not C, which is new */
	assert_int_equal(rrsets[0].count, 2);
	assert_int_equal(rrsets[0].packed.size, 2 * (2 + KEY_SIZE));
	assert_int_equal(rrsets[1].type, TYPE_DS);
	assert_int_equal(rrsets[1].count, 1);
	assert_true(span_equal(rrset_first(&rrsets[1]), ds_of(f, 'D', 2)));
	assert_true(name_equal_octets(rrsets[1].owner, (struct name){ (const uint8_t *)"\7example", 9, 1 }));
	struct arena small = arena_of(1);
	assert_false(anchor_trusted(&f->point, &small, rrsets, &count));
}

static void ds_become_the_keys_they_name(void **state)
{
	struct fixture *f = *state;
	assert_true(configure(f, TYPE_DS, ds_of(f, 'A', 2)));
	struct rrset other[2];
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DS, 0, ds_of(f, 'A', 4), &other[0]));
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DS, 0, ds_of(f, 'A', 2), &other[1]));
	assert_true(anchor_configure(&f->point, other, 2, f->now));
	assert_int_equal(f->point.count, 2);
	/* not yet published: it waits, and the others are not disturbed */
	assert_true(configure(f, TYPE_DS, ds_of(f, 'A', 2)));
	assert_int_equal(f->point.count, 2);
	(void)see(f, "A");
	assert_int_equal(f->point.count, 1);
	assert_int_equal(f->point.anchors[0].type, TYPE_DNSKEY);
	assert_int_equal(state_of(f, 'A'), ANCHOR_VALID);
	(void)see(f, "A B");
	assert_int_equal(state_of(f, 'B'), ANCHOR_ADDPEND);
	/* configured again at the next start, it is the same */
	assert_true(configure(f, TYPE_DS, ds_of(f, 'A', 4)));
	assert_int_equal(f->point.count, 2);
}

static void a_ds_of_no_key_stays(void **state)
{
	struct fixture *f = *state;
	assert_true(configure(f, TYPE_DS, ds_of(f, 'Z', 2)));
	struct rrset rrset;
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DNSKEY, 0, key_of(f, 'A', 257), &rrset));
	struct rrset both[2] = { rrset, rrset };
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DS, 0, ds_of(f, 'Z', 2), &both[1]));
	assert_true(anchor_configure(&f->point, both, 2, f->now));
	assert_false(see(f, "A"));
	assert_int_equal(f->point.anchors[0].type, TYPE_DS);
	assert_int_equal(f->point.anchors[0].state, ANCHOR_VALID);
	/* revoked before it was ever seen */
	assert_true(see(f, "A Z*"));
	assert_int_equal(state_of(f, 'Z'), ANCHOR_REVOKED);
	assert_int_equal(f->point.anchors[0].type, TYPE_DNSKEY);
}

static void what_is_configured_counts_at_once(void **state)
{
	struct fixture *f = *state;
	begin_with_a(f);
	(void)see(f, "A B");
	struct rrset rrset;
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DNSKEY, 0, key_of(f, 'A', 257), &rrset));
	struct rrset both[2] = { rrset, rrset };
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DS, 0, ds_of(f, 'B', 2), &both[1]));
	assert_true(anchor_configure(&f->point, both, 2, f->now));
	assert_int_equal(state_of(f, 'B'), ANCHOR_VALID);
	/* but not what was revoked */
	(void)see(f, "A* B");
	assert_true(anchor_configure(&f->point, both, 2, f->now));
	assert_int_equal(state_of(f, 'A'), ANCHOR_REVOKED);
}

static void other_anchors_begin_anew(void **state)
{
	struct fixture *f = *state;
	begin_with_a_and_b(f);
	assert_true(configure(f, TYPE_DNSKEY, key_of(f, 'B', 257)));
	assert_int_equal(state_of(f, 'A'), ANCHOR_VALID); /* one of the chain is enough */
	assert_true(configure(f, TYPE_DNSKEY, key_of(f, 'X', 257)));
	assert_int_equal(f->point.count, 1);
	assert_int_equal(state_of(f, 'X'), ANCHOR_VALID);
	assert_int_equal(f->point.next, 0);
	/* and what is another zone's is passed over */
	struct rrset rrset;
	assert_true(rrset_of_one(&f->arena, name_root, TYPE_DNSKEY, 0, key_of(f, 'Y', 257), &rrset));
	struct rrset both[2] = { rrset, rrset };
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DNSKEY, 0, key_of(f, 'X', 257), &both[1]));
	assert_true(anchor_configure(&f->point, both, 2, f->now));
	assert_int_equal(f->point.count, 1);
}

/* ---- when to look (section 2.3) ---- */

static int64_t interval_after(struct fixture *f, uint32_t ttl, uint32_t life, bool good)
{
	show(f, "A");
	struct sighting sighting = { .dnskeys = &f->dnskeys, .trusted = true, .ttl = ttl, .life = life };
	(void)anchor_see(&f->point, &sighting, f->now);
	if (!good)
		anchor_fail(&f->point, f->now);
	return anchor_next(&f->point, f->now) - f->now;
}

static void intervals(void **state)
{
	struct fixture *f = *state;
	assert_true(anchor_next(&f->point, f->now) == INT64_MAX); /* nothing to ask for */
	begin_with_a(f);
	assert_int_equal(interval_after(f, 2 * DAY, 20 * DAY, true), DAY);
	assert_int_equal(interval_after(f, 20 * DAY, 2 * DAY, true), DAY);
	assert_int_equal(interval_after(f, 40 * DAY, 40 * DAY, true), 15 * DAY);
	assert_int_equal(interval_after(f, 60, 20 * DAY, true), HOUR);
	assert_int_equal(interval_after(f, 2 * DAY, 0, true), HOUR);
	assert_int_equal(interval_after(f, 2 * DAY, 20 * DAY, false), 2 * DAY / 10);
	assert_int_equal(interval_after(f, 20 * DAY, 5 * DAY, false), DAY / 2);
	assert_int_equal(interval_after(f, 40 * DAY, 40 * DAY, false), DAY);
	assert_int_equal(interval_after(f, HOUR, 20 * DAY, false), HOUR);
	assert_int_equal(interval_after(f, 2 * DAY, 20 * DAY, true), DAY);
	assert_int_equal(f->point.looked, f->now);
	f->now += DAY;
	(void)see_as(f, "A", false);
	assert_int_equal(anchor_next(&f->point, f->now) - f->now, 2 * DAY / 10);
	assert_int_equal(f->point.looked, f->now - DAY);
	/* a clock that was years ahead for a while */
	f->point.next = f->now + 1000 * DAY;
	assert_int_equal(anchor_next(&f->point, f->now) - f->now, 15 * DAY);
}

static void a_new_trust_point_is_looked_at_at_once(void **state)
{
	struct fixture *f = *state;
	assert_true(configure(f, TYPE_DS, ds_of(f, 'A', 2)));
	assert_true(anchor_next(&f->point, f->now) <= f->now);
	anchor_fail(&f->point, f->now);
	assert_int_equal(anchor_next(&f->point, f->now), f->now + HOUR);
}

/* ---- bounds ---- */

static void places_run_out(void **state)
{
	struct fixture *f = *state;
	char keys[2 * 26 + 1] = "A ";
	begin_with_a(f);
	for (unsigned int i = 1; i < 26; i++)
		keys[i] = (char)('A' + i);
	(void)see(f, keys);
	assert_int_equal(f->point.count, LIMIT_ANCHORS_TRACKED);
	assert_int_equal(state_of(f, 'P'), ANCHOR_ADDPEND);
	assert_int_equal(state_of(f, 'Q'), ANCHOR_START);
	/* whom the administrator wants is let in before those who wait */
	struct trust_point before = f->point;
	struct rrset rrset;
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DNSKEY, 0, key_of(f, 'A', 257), &rrset));
	struct rrset both[2] = { rrset, rrset };
	assert_true(rrset_of_one(&f->arena, f->zone, TYPE_DNSKEY, 0, key_of(f, 'Z', 257), &both[1]));
	assert_true(anchor_configure(&f->point, both, 2, f->now));
	assert_int_equal(state_of(f, 'Z'), ANCHOR_VALID);
	assert_int_equal(state_of(f, 'B'), ANCHOR_START);
	assert_int_equal(f->point.count, LIMIT_ANCHORS_TRACKED);
	f->point = before;
	/* those that were removed give way, the one removed first */
	f->now += HOLD;
	(void)see(f, keys);
	assert_false(anchor_configure(&f->point, both, 2, f->now));
	(void)see(f, "A B* C D E F G H I J K L M N O P");
	f->now += DAY;
	(void)see(f, "A B C* D E F G H I J K L M N O P");
	f->now += HOLD - DAY;
	(void)see(f, "A D E F G H I J K L M N O P");
	f->now += DAY;
	(void)see(f, "A D E F G H I J K L M N O P");
	assert_int_equal(state_of(f, 'B'), ANCHOR_REMOVED);
	assert_int_equal(state_of(f, 'C'), ANCHOR_REMOVED);
	(void)see(f, "A D E F G H I J K L M N O P Q");
	assert_int_equal(state_of(f, 'B'), ANCHOR_START);
	assert_int_equal(state_of(f, 'C'), ANCHOR_REMOVED);
	assert_int_equal(state_of(f, 'Q'), ANCHOR_ADDPEND);
	assert_int_equal(state_of(f, 'A'), ANCHOR_VALID);
}

static void too_long_keys_are_passed_over(void **state)
{
	struct fixture *f = *state;
	static uint8_t packed[2 + LIMIT_ANCHOR_OCTETS + 1];
	begin_with_a(f);
	struct builder builder = builder_of(packed, sizeof packed);
	builder_u16(&builder, LIMIT_ANCHOR_OCTETS + 1);
	builder_octets(&builder, key_of(f, 'B', 257));
	f->dnskeys.packed = span_of(packed, sizeof packed);
	f->dnskeys.count = 1;
	struct sighting sighting = { .dnskeys = &f->dnskeys, .trusted = true, .revoked = UINT64_MAX };
	(void)anchor_see(&f->point, &sighting, f->now);
	assert_int_equal(f->point.count, 1);
	assert_false(configure(f, TYPE_DNSKEY, span_of(packed + 2, LIMIT_ANCHOR_OCTETS + 1)));
}

static void what_was_written_down_is_taken_up(void **state)
{
	struct fixture *f = *state;
	struct anchor anchor = { .type = TYPE_DNSKEY, .state = ANCHOR_ADDPEND, .since = NOW - DAY, .until = NOW + DAY };
	assert_true(anchor_restore(&f->point, &anchor, key_of(f, 'B', 257)));
	anchor.state = ANCHOR_VALID;
	assert_true(anchor_restore(&f->point, &anchor, key_of(f, 'A', 257)));
	assert_false(see(f, "A B"));
	f->now += DAY;
	assert_true(see(f, "A B"));
	assert_int_equal(state_of(f, 'B'), ANCHOR_VALID);
	assert_false(anchor_restore(&f->point, &anchor, key_of(f, 'C', 257 | REVOKE)));
	assert_false(anchor_restore(&f->point, &anchor, span_of("\1\1\3\17", 4)));
	anchor.type = TYPE_A;
	assert_false(anchor_restore(&f->point, &anchor, key_of(f, 'C', 257)));
}

static void states_have_words(void **state)
{
	enum anchor_state read;
	(void)state;
	for (enum anchor_state i = ANCHOR_START; i <= ANCHOR_REMOVED; i++) {
		assert_true(anchor_state_of_text(anchor_state_to_text(i), &read));
		assert_int_equal(read, i);
	}
	assert_false(anchor_state_of_text("gone", &read));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(start_to_addpend),
		TEST(a_key_is_not_taken_up_without_trust_sep_zone_or_an_algorithm),
		TEST(addpend_to_start),
		TEST(addpend_to_valid),
		TEST(a_long_ttl_makes_the_hold_down_longer),
		TEST(valid_to_missing_and_back),
		TEST(valid_to_revoked),
		TEST(missing_to_revoked),
		TEST(revocation_needs_no_other_signature),
		TEST(revoked_to_removed),
		TEST(trust_ends_with_the_last_key),
		TEST(what_is_trusted_are_rrsets),
		TEST(ds_become_the_keys_they_name),
		TEST(a_ds_of_no_key_stays),
		TEST(what_is_configured_counts_at_once),
		TEST(other_anchors_begin_anew),
		TEST(intervals),
		TEST(a_new_trust_point_is_looked_at_at_once),
		TEST(places_run_out),
		TEST(too_long_keys_are_passed_over),
		TEST(what_was_written_down_is_taken_up),
		TEST(states_have_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
