#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/rng.h"
#include "dnssec/canon.h"
#include "named.h"
#include "signer.h"
#include "wire/codes.h"
#include "wire/limits.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define RECORDS_MAX 8

/* ---- what is signed: against RFC 4034 section 6 ---- */

/* RRSIG RDATA: covers A, algorithm 8, `labels`, TTL 256, times 2 and 1, tag 3, signer Example, "sig". */
static struct rrsig rrsig_of(struct arena *arena, uint8_t labels)
{
	const uint8_t octets[] = { 0, 1, 8, labels, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 3,
				   7, 'E', 'x', 'a', 'm', 'p', 'l', 'e', 0, 's', 'i', 'g' };
	struct rrsig rrsig;
	assert_true(rrsig_read(arena_copy(arena, span_of(octets, sizeof octets)), &rrsig));
	return rrsig;
}

/* Of NS, the root's zero behind the word too. */
static struct span rdata_of(uint16_t type, const char *word)
{
	return span_of(word, strlen(word) + (type == TYPE_NS ? 1 : 0));
}

static void pack(struct builder *builder, struct span rdata)
{
	builder_u16(builder, (uint16_t)rdata.size);
	builder_octets(builder, rdata);
}

static struct rrset packed(struct arena *arena, const char *owner, uint16_t type, const char *const *words)
{
	uint8_t memory[4096];
	struct builder builder = builder_of(memory, sizeof memory);
	struct rrset rrset = { .owner = named(arena, owner), .type = type, .class = CLASS_IN, .ttl = 60 };
	for (; *words != NULL; words++, rrset.count++)
		pack(&builder, rdata_of(type, *words));
	rrset.packed = arena_copy(arena, builder_written(&builder));
	return rrset;
}

static void signs(struct rrset rrset, uint8_t labels, const char *owner, const char *const *words)
{
	struct arena arena = arena_of(0);
	struct rrsig rrsig = rrsig_of(&arena, labels);
	uint8_t memory[4096];
	struct builder wanted = builder_of(memory, sizeof memory);
	builder_octets(&wanted, span_of(rrsig.head.octets, 18));
	builder_octets(&wanted, span_of("\7example", 9));
	for (; *words != NULL; words++) {
		name_write(&wanted, named(&arena, owner));
		builder_u16(&wanted, rrset.type);
		builder_u16(&wanted, CLASS_IN);
		builder_u32(&wanted, 256);
		pack(&wanted, rdata_of(rrset.type, *words));
	}
	struct canon canon;
	assert_true(canon_prepare(&canon, &rrset, &arena));
	struct span octets = canon_signed_octets(&canon, &rrsig);
	assert_int_equal(octets.size, wanted.size);
	assert_memory_equal(octets.octets, memory, wanted.size);
	/* And again: nothing was used up. */
	octets = canon_signed_octets(&canon, &rrsig);
	assert_true(span_equal(octets, builder_written(&wanted)));
	arena_free(&arena);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void records_are_sorted_and_each_is_there_once(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	signs(packed(&arena, "a.example", TYPE_NULL, WORDS("b", "a", "ab", "", "b", "aa", "a", "\x80")), 2, "a.example",
	      WORDS("", "a", "aa", "ab", "b", "\x80"));
	signs(packed(&arena, "a.example", TYPE_NULL, WORDS("x")), 2, "a.example", WORDS("x"));
	signs(packed(&arena, "a.example", TYPE_NULL, WORDS("x", "x", "x")), 2, "a.example", WORDS("x"));
	arena_free(&arena);
}

/* Order and sameness are those of the canonical form, not of what came. */
static void names_are_lowered_before_records_are_sorted(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	signs(packed(&arena, "A.Example", TYPE_NS, WORDS("\1B\1C", "\1b\1c", "\1a\1Z", "\1Z")), 2, "a.example",
	      WORDS("\1a\1z", "\1b\1c", "\1z"));
	/* RFC 6840 section 5.1: not those of NSEC. */
	signs(packed(&arena, "a.example", TYPE_TXT, WORDS("\1b", "\1B")), 2, "a.example", WORDS("\1B", "\1b"));
	arena_free(&arena);
}

static void a_wildcard_is_signed_under_its_own_name(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	struct rrset rrset = packed(&arena, "x.Y.Z.Example", TYPE_TXT, WORDS("\1b", "\1a"));
	signs(rrset, 4, "x.y.z.example", WORDS("\1a", "\1b"));
	signs(rrset, 5, "x.y.z.example", WORDS("\1a", "\1b"));
	signs(rrset, 3, "*.y.z.example", WORDS("\1a", "\1b"));
	signs(rrset, 2, "*.z.example", WORDS("\1a", "\1b"));
	signs(rrset, 0, "*", WORDS("\1a", "\1b"));
	rrset = packed(&arena, "*.z.example", TYPE_TXT, WORDS("\1b"));
	signs(rrset, 3, "*.z.example", WORDS("\1b"));
	signs(rrset, 2, "*.z.example", WORDS("\1b"));
	signs(rrset, 1, "*.example", WORDS("\1b"));
	arena_free(&arena);
}

/* 256 records in every one of many orders: the sorted ones come out. */
static void many_records_are_sorted(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(471);
	for (unsigned int count = 1; count <= LIMIT_RRSET_RECORDS; count += count < 20 ? 1 : 59) {
		struct arena arena = arena_of(0);
		uint8_t memory[4096];
		struct builder builder = builder_of(memory, sizeof memory);
		bool there[256] = { false };
		for (unsigned int i = 0; i < count; i++) {
			uint8_t octet = (uint8_t)rng_below(&rng, 256);
			there[octet] = true;
			builder_u16(&builder, 1);
			builder_u8(&builder, octet);
		}
		struct rrset rrset = { .owner = named(&arena, "a"), .type = TYPE_NULL, .count = (uint16_t)count,
				       .packed = builder_written(&builder) };
		struct canon canon;
		assert_true(canon_prepare(&canon, &rrset, &arena));
		size_t at = 0;
		for (unsigned int octet = 0; octet < 256; octet++) {
			if (!there[octet])
				continue;
			assert_true(at < canon.count);
			assert_int_equal(canon.records[at++].octets[0], octet);
		}
		assert_int_equal(at, canon.count);
		arena_free(&arena);
	}
}

static void the_longest_of_all_fits(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	char text[512] = "", *end = text;
	for (int label = 0; label < 127; label++)
		end += sprintf(end, "A.");
	uint8_t memory[4096];
	struct builder builder = builder_of(memory, sizeof memory);
	for (unsigned int i = 0; i <= LIMIT_RRSET_RECORDS; i++) {
		builder_u16(&builder, 2);
		builder_u16(&builder, (uint16_t)i);
	}
	struct rrset rrset = { .owner = named(&arena, text), .type = TYPE_NULL, .class = CLASS_IN,
			       .count = LIMIT_RRSET_RECORDS, .packed = builder_written(&builder) };
	uint8_t head[18 + 255] = { 0 };
	memcpy(head + 18, rrset.owner.octets, 255);
	struct rrsig rrsig;
	struct canon canon;
	assert_true(rrsig_read(span_of(head, sizeof head), &rrsig));
	rrsig.labels = 127;
	assert_true(canon_prepare(&canon, &rrset, &arena));
	assert_int_equal(canon_signed_octets(&canon, &rrsig).size, 18 + 255 + LIMIT_RRSET_RECORDS * (255 + 10 + 2));
	rrset.count++; /* one too many */
	assert_false(canon_prepare(&canon, &rrset, &arena));
	rrset.count = 0;
	assert_false(canon_prepare(&canon, &rrset, &arena));
	rrset.count = 3;
	rrset.packed.size = 11;
	assert_false(canon_prepare(&canon, &rrset, &arena));
	arena_free(&arena);
}

/* ---- against ldns ---- */

static const char *const sets[][RECORDS_MAX + 1] = {
	{ "%s 300 A 192.0.2.1", "%s 300 A 192.0.2.77", "%s 300 A 10.0.0.1", "%s 300 A 192.0.2.3" },
	{ "%s 60 AAAA 2001:db8::1", "%s 60 AAAA ::1" },
	{ "%s 86400 NS Ns1.Example.", "%s 86400 NS ns2.example.", "%s 86400 NS A.nic.Example." },
	{ "%s 1 CNAME Other.Example." },
	{ "%s 3600 SOA Ns.Example. Host.Example. 1 2 3 4 5" },
	{ "%s 0 MX 10 Mail.example.", "%s 0 MX 5 mail.EXAMPLE.", "%s 0 MX 256 m." },
	{ "%s 300 TXT \"One\" \"two\"", "%s 300 TXT \"one\"", "%s 300 TXT \"\"", "%s 300 TXT \"One\"" },
	{ "%s 300 SRV 1 2 3 Target.Example.", "%s 300 SRV 1 2 3 a.example." },
	{ "%s 300 NAPTR 100 50 \"S\" \"http\" \"\" Replacement.Example." },
	{ "%s 300 PTR Name.Example." },
	{ "%s 300 DNAME Elsewhere.Example." },
	{ "%s 300 NSEC Next.Example. A NS SOA MX RRSIG NSEC TYPE1234" },
	{ "%s 300 NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA RRSIG" },
	{ "%s 300 DS 12345 8 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF" },
	{ "%s 300 TLSA 3 1 1 0123456789ABCDEF", "%s 300 TLSA 3 1 1 00" },
	{ "%s 300 CAA 0 issue \"Ca.Example\"", "%s 300 CAA 0 iodef \"x\"" },
	{ "%s 300 SVCB 1 Svc.Example. alpn=h2,h3 port=443", "%s 300 SVCB 2 . " },
	{ "%s 300 AFSDB 1 Afs.Example." },
	{ "%s 300 KX 1 Kx.Example." },
	{ "%s 300 RP Mail.Example. Txt.Example." },
	{ "%s 300 LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000.00m 10.00m" },
	{ "%s 300 TYPE65280 \\# 4 0A000001", "%s 300 TYPE65280 \\# 3 0A0000", "%s 300 TYPE65280 \\# 0" },
};

static const char *const owners[] = { "www.example.", "WwW.eXample.", "a.b.C.d.example.", "*.example.", "*.W.example." };

static ldns_rr_list *list_of(size_t set, const char *owner)
{
	ldns_rr_list *list = ldns_rr_list_new();
	for (size_t i = 0; sets[set][i] != NULL; i++) {
		char line[512];
		snprintf(line, sizeof line, sets[set][i], owner);
		ldns_rr_list_push_rr(list, signer_record(line));
	}
	return list;
}

static bool ours_accepts(const struct rrset *rrset, const struct rrset *dnskeys, struct signed_facts *facts)
{
	struct work work = { 0 };
	struct arena scratch = arena_of(0);
	struct keys *keys = keys_create(dnskeys);
	assert_non_null(keys);
	struct verdict verdict = signature_check(rrset, keys, SIGNER_NOW, &work, &scratch, facts);
	keys_destroy(keys);
	arena_free(&scratch);
	return verdict.security == SECURITY_SECURE;
}

static ldns_rr *to_ldns(const struct rrset *rrset, uint16_t type, struct span rdata)
{
	static uint8_t wire[70000];
	struct builder builder = builder_of(wire, sizeof wire);
	name_write(&builder, rrset->owner);
	builder_u16(&builder, type);
	builder_u16(&builder, rrset->class);
	builder_u32(&builder, rrset->ttl);
	builder_u16(&builder, (uint16_t)rdata.size);
	builder_octets(&builder, rdata);
	ldns_rr *rr = NULL;
	size_t at = 0;
	if (ldns_wire2rr(&rr, wire, builder.size, &at, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK)
		return NULL;
	return rr;
}

/* An RRset with one RRSIG, and one key. */
static bool ldns_accepts(const struct rrset *rrset, const struct rrset *dnskeys)
{
	struct rrset_walk walk = rrset_walk_data(rrset), signatures = rrset_walk_signatures(rrset);
	struct span rdata;
	ldns_rr_list *list = ldns_rr_list_new();
	bool good = true;
	while (good && rrset_next(&walk, &rdata)) {
		ldns_rr *rr = to_ldns(rrset, rrset->type, rdata);
		good = rr != NULL && ldns_rr_list_push_rr(list, rr);
	}
	assert_true(rrset_next(&signatures, &rdata));
	ldns_rr *rrsig = to_ldns(rrset, TYPE_RRSIG, rdata);
	ldns_rr *key = to_ldns(dnskeys, TYPE_DNSKEY, rrset_first(dnskeys));
	good = good && rrsig != NULL && key != NULL && signer_accepts(list, rrsig, key);
	ldns_rr_free(key);
	ldns_rr_free(rrsig);
	ldns_rr_list_deep_free(list);
	return good;
}

static uint8_t *writable(struct span octets)
{
	return (uint8_t *)(uintptr_t)octets.octets;
}

/* A bit of RDATA (of data and RRSIG), of the owner, of the key, or of the TTL; the lengths before RDATA stay. Returns
 * where, so that it can be turned back, or NULL when it is one of those. */
static uint8_t *place_of(struct rrset *rrset, struct rrset *dnskeys, size_t octet)
{
	if (octet < rrset->packed.size) {
		struct cursor cursor = cursor_of(rrset->packed);
		for (;;) {
			size_t size = cursor_u16(&cursor), at = cursor_offset(&cursor);
			if (octet < at)
				return NULL;
			if (octet < at + size)
				return writable(rrset->packed) + octet;
			cursor_skip(&cursor, size);
		}
	}
	octet -= rrset->packed.size;
	if (octet < rrset->owner.size)
		return writable(span_of(rrset->owner.octets, rrset->owner.size)) + octet;
	octet -= rrset->owner.size;
	if (octet < 4)
		return (uint8_t *)&rrset->ttl + octet;
	return octet - 4 + 2 < dnskeys->packed.size ? writable(dnskeys->packed) + octet - 4 + 2 : NULL;
}

static bool is_name(const struct rrset *rrset)
{
	struct cursor cursor = cursor_of(span_of(rrset->owner.octets, rrset->owner.size));
	struct name name;
	return name_read_plain(&cursor, &name) && name.size == rrset->owner.size && name.labels == rrset->owner.labels;
}

struct tally {
	unsigned int accepted, refused;
};

static void flip_bits(struct rng *rng, struct rrset *rrset, struct rrset *dnskeys, struct tally *tally)
{
	size_t octets = rrset->packed.size + rrset->owner.size + 4 + dnskeys->packed.size - 2;
	for (unsigned int i = 0; i < 40; i++) {
		uint8_t *place = place_of(rrset, dnskeys, rng_below(rng, (uint32_t)octets));
		uint8_t bit = (uint8_t)(1u << (rng_below(rng, 3) == 0 ? 5 : rng_below(rng, 8)));
		struct signed_facts facts;
		if (place == NULL)
			continue;
		*place ^= bit;
		if (is_name(rrset)) {
			bool theirs = ldns_accepts(rrset, dnskeys), ours = ours_accepts(rrset, dnskeys, &facts);
			if (theirs != ours)
				fail_msg("type %u: ldns %s, we %s a flipped bit", rrset->type,
					 theirs ? "accepts" : "refuses", ours ? "accept" : "refuse");
			tally->accepted += ours;
			tally->refused += !ours;
		}
		*place ^= bit;
	}
}

/* The same records in another order and some twice. */
static void shuffle(struct rng *rng, ldns_rr_list *list)
{
	size_t count = ldns_rr_list_rr_count(list);
	for (size_t twice = rng_below(rng, 3); twice > 0; twice--)
		ldns_rr_list_push_rr(list, ldns_rr_clone(ldns_rr_list_rr(list, rng_below(rng, (uint32_t)count))));
	count = ldns_rr_list_rr_count(list);
	for (size_t i = count; i > 1; i--) {
		size_t j = rng_below(rng, (uint32_t)i);
		ldns_rr *last = ldns_rr_list_set_rr(list, ldns_rr_list_rr(list, j), i - 1);
		ldns_rr_list_set_rr(list, last, j);
	}
}

/* What a wildcard's records become under a name that was asked for. */
static void expand(struct rng *rng, ldns_rr_list *list)
{
	static const char *const names[] = { "*.example.", "A.example.", "b.A.example.", "*.*.example." };
	const char *name = names[rng_below(rng, COUNT(names))];
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		ldns_rr *rr = ldns_rr_list_rr(list, i);
		ldns_rdf_deep_free(ldns_rr_owner(rr));
		ldns_rr_set_owner(rr, ldns_dname_new_frm_str(name));
	}
}

static void compare_one(struct rng *rng, const struct signer *signer, struct tally *tally)
{
	struct arena arena = arena_of(0);
	const char *owner = owners[rng_below(rng, COUNT(owners))];
	ldns_rr_list *list = list_of(rng_below(rng, COUNT(sets)), owner);
	ldns_rr_list *signatures = ldns_rr_list_new(), *dnskeys = ldns_rr_list_new();
	ldns_rr_list_push_rr(signatures, signer_sign(signer, list, &(struct terms){ 0 }));
	ldns_rr_list_push_rr(dnskeys, signer->dnskey);
	bool wildcard = strcmp(owner, "*.example.") == 0 && rng_below(rng, 3) > 0;
	if (wildcard)
		expand(rng, list);
	struct rrset keys = signer_rrset(&arena, dnskeys, NULL);
	struct rrset rrset = signer_rrset(&arena, list, signatures);
	rrset.ttl = rng_below(rng, 200000);
	struct signed_facts facts;
	assert_true(ldns_accepts(&rrset, &keys));
	assert_true(ours_accepts(&rrset, &keys, &facts));
	assert_int_equal(facts.wildcard, wildcard && !name_equal(rrset.owner, named(&arena, "*.example.")));
	flip_bits(rng, &rrset, &keys, tally);
	shuffle(rng, list);
	rrset = signer_rrset(&arena, list, signatures);
	if (!ours_accepts(&rrset, &keys, &facts))
		fail_msg("type %u is refused in another order", rrset.type);
	ldns_rr_list_free(dnskeys);
	ldns_rr_list_deep_free(signatures);
	ldns_rr_list_deep_free(list);
	arena_free(&arena);
}

static void what_ldns_accepts_is_accepted_and_nothing_else(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(4034);
	struct tally tally = { 0, 0 };
	for (size_t i = 0; i < SIGNER_ALGORITHMS; i++) {
		struct signer signer = signer_new(signer_algorithms[i], i % 2 == 0 ? "example." : "Example.", 256);
		for (int round = 0; round < 40; round++)
			compare_one(&rng, &signer, &tally);
		signer_free(&signer);
	}
	/* Of the case of letters, and of the TTL. */
	assert_true(tally.accepted > 400);
	assert_true(tally.refused > 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_sorted_and_each_is_there_once),
		cmocka_unit_test(names_are_lowered_before_records_are_sorted),
		cmocka_unit_test(a_wildcard_is_signed_under_its_own_name),
		cmocka_unit_test(many_records_are_sorted),
		cmocka_unit_test(the_longest_of_all_fits),
		cmocka_unit_test(what_ldns_accepts_is_accepted_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
