#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "tests/unit/named.h"
#include "wire/codes.h"
#include "wire/msg.h"

#include <ldns/ldns.h> /* last: before stdbool.h it makes a bool of its own */

struct written {
	struct arena arena;
	uint8_t octets[4096];
	struct builder builder;
	struct msg_writer writer;
};

static void begin(struct written *written, size_t capacity)
{
	written->arena = arena_of(0);
	written->builder = builder_of(written->octets, capacity);
	msg_begin(&written->writer, &written->builder, 0x4711, FLAG_QR | FLAG_RD);
	msg_question(&written->writer,
		     &(struct question){ named(&written->arena, "www.example.com"), TYPE_A, CLASS_IN });
}

static struct rrset one(struct written *written, const char *owner, uint16_t type, const char *target)
{
	struct rrset rrset;
	struct name name = named(&written->arena, target);
	assert_true(rrset_of_one(&written->arena, named(&written->arena, owner), type, 300,
				 span_of(name.octets, name.size), &rrset));
	return rrset;
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	struct written written;
	struct msg msg;
	begin(&written, sizeof written.octets);
	struct rrset cname = one(&written, "www.example.com", TYPE_CNAME, "web.example.com");
	struct rrset ns = one(&written, "example.com", TYPE_NS, "ns.example.com");
	assert_true(msg_rrset(&written.writer, SECTION_ANSWER, &cname, 77, false));
	assert_true(msg_rrset(&written.writer, SECTION_AUTHORITY, &ns, 88, false));
	struct edns edns = edns_none();
	edns.udp_size = 1232;
	edns.ede = EDE_STALE_ANSWER;
	edns.ede_text = span_of("old", 3);
	msg_edns(&written.writer, &edns);
	assert_true(msg_end(&written.writer));
	/* Names are written once: the question, "web", "ns" and pointers. */
	assert_int_equal(written.builder.size, 12 + 21 + (2 + 10 + 6) + (2 + 10 + 5) + 11 + 4 + 2 + 3);
	assert_true(msg_read(builder_written(&written.builder), &written.arena, &msg));
	assert_int_equal(msg.header.id, 0x4711);
	assert_int_equal(msg.answer.rrsets[0].ttl, 77);
	assert_true(rrset_same_data(&msg.answer.rrsets[0], &cname));
	assert_true(rrset_same_data(&msg.authority.rrsets[0], &ns));
	assert_int_equal(msg.authority.rrsets[0].ttl, 88);
	assert_int_equal(msg.edns.ede, EDE_STALE_ANSWER);
	assert_true(span_equal(msg.edns.ede_text, span_of("old", 3)));
	arena_free(&written.arena);
}

static void ldns_reads_it_too(void **state)
{
	(void)state;
	struct written written;
	ldns_pkt *packet = NULL;
	begin(&written, sizeof written.octets);
	for (unsigned int i = 0; i < 40; i++) {
		char owner[64];
		snprintf(owner, sizeof owner, "h%u.a.b%u.example.com", i, i % 3);
		struct rrset rrset =
			one(&written, owner, i % 2 ? TYPE_NS : TYPE_CNAME, i % 5 ? "x.b1.example.com" : owner);
		assert_true(msg_rrset(&written.writer, SECTION_ANSWER, &rrset, i, false));
	}
	assert_true(msg_end(&written.writer));
	assert_int_equal(ldns_wire2pkt(&packet, written.octets, written.builder.size), LDNS_STATUS_OK);
	assert_int_equal(ldns_pkt_ancount(packet), 40);
	char *text = ldns_rr2str(ldns_rr_list_rr(ldns_pkt_answer(packet), 6));
	assert_string_equal(text, "h6.a.b0.example.com.\t6\tIN\tCNAME\tx.b1.example.com.\n");
	free(text);
	ldns_pkt_free(packet);
	arena_free(&written.arena);
}

/* An RRset that does not fit leaves nothing behind, and what follows can still point at what was there before. */
static void whole_or_not_at_all(void **state)
{
	(void)state;
	struct written written;
	struct msg msg;
	begin(&written, 80);
	struct rrset small = one(&written, "www.example.com", TYPE_CNAME, "web.example.com");
	struct rrset large =
		one(&written, "a.very.long.name.that.does.not.fit.example.org", TYPE_CNAME, "web.example.com");
	assert_false(msg_rrset(&written.writer, SECTION_ANSWER, &large, 1, false));
	assert_int_equal(written.builder.size, 12 + 21);
	assert_true(msg_rrset(&written.writer, SECTION_ANSWER, &small, 1, false));
	assert_false(msg_rrset(&written.writer, SECTION_ANSWER, &large, 1, false));
	assert_true(msg_end(&written.writer));
	assert_true(msg_read(builder_written(&written.builder), &written.arena, &msg));
	assert_int_equal(msg.answer.count, 1);
	assert_true(rrset_same_data(&msg.answer.rrsets[0], &small));
	arena_free(&written.arena);
}

/* An RRset of type A with signatures, packed by hand. */
static struct rrset signed_set(struct written *written, const char *owner, uint16_t count, uint16_t signatures)
{
	size_t room = (size_t)count * 6 + (size_t)signatures * 26;
	struct builder builder = builder_of(arena_alloc(&written->arena, room), room);
	for (uint16_t i = 0; i < count; i++) {
		builder_u16(&builder, 4);
		builder_u32(&builder, 0xc0000200u + i);
	}
	for (uint16_t i = 0; i < signatures; i++) {
		uint8_t rrsig[24] = { 0, TYPE_A, [17] = (uint8_t)i, [18] = 3, 'c', 'o', 'm', 0, 1 };
		builder_u16(&builder, sizeof rrsig);
		builder_octets(&builder, span_of(rrsig, sizeof rrsig));
	}
	assert_false(builder.overflowed);
	return (struct rrset){ .owner = named(&written->arena, owner), .type = TYPE_A, .class = CLASS_IN, .ttl = 5,
			       .count = count, .signatures = signatures, .packed = builder_written(&builder) };
}

static void signatures_go_with_their_rrset_or_stay(void **state)
{
	(void)state;
	for (int with = 0; with < 2; with++) {
		struct written written;
		struct msg msg;
		begin(&written, sizeof written.octets);
		struct rrset a = signed_set(&written, "www.example.com", 3, 2);
		assert_true(msg_rrset(&written.writer, SECTION_ANSWER, &a, 99, with));
		assert_true(msg_end(&written.writer));
		assert_true(msg_read(builder_written(&written.builder), &written.arena, &msg));
		assert_int_equal(msg.header.answers, with ? 5 : 3);
		assert_int_equal(msg.answer.count, 1);
		assert_int_equal(msg.answer.rrsets[0].signatures, with ? 2 : 0);
		/* RRSIGs have the TTL of what they cover (RFC 4034 section 3). */
		assert_int_equal(msg.answer.rrsets[0].ttl, 99);
		assert_true(rrset_same_data(&msg.answer.rrsets[0], &a));
		if (with)
			assert_true(span_equal(msg.answer.rrsets[0].packed, a.packed));
		arena_free(&written.arena);
	}
}

/* At every capacity the message is well-formed, and each RRset is there with all of it or not at all. */
static void at_every_capacity_rrsets_are_whole(void **state)
{
	(void)state;
	size_t seen[3] = { 0 };
	for (size_t capacity = 0; capacity < 400; capacity++) {
		struct written written;
		struct msg msg;
		begin(&written, capacity);
		struct rrset sets[3] = { signed_set(&written, "www.example.com", 3, 2),
					 signed_set(&written, "other.example.org", 1, 1),
					 one(&written, "example.com", TYPE_NS, "a.b.c.d.example.org") };
		bool there[3];
		for (unsigned int i = 0; i < 3; i++) {
			size_t before = written.builder.size;
			there[i] = msg_rrset(&written.writer, i < 2 ? SECTION_ANSWER : SECTION_AUTHORITY, &sets[i], 5,
					     true);
			assert_true(there[i] || written.builder.size == before);
			seen[i] += there[i];
		}
		if (!msg_end(&written.writer)) {
			assert_true(capacity < HEADER_SIZE + 21);
			assert_false(there[0] || there[1] || there[2]);
			arena_free(&written.arena);
			continue;
		}
		assert_true(capacity >= HEADER_SIZE + 21 && written.builder.size <= capacity);
		assert_true(msg_read(builder_written(&written.builder), &written.arena, &msg));
		assert_int_equal(msg.answer.count, there[0] + there[1]);
		assert_int_equal(msg.authority.count, there[2]);
		for (unsigned int i = 0; i < 3; i++) {
			const struct rrset *back =
				section_find(i < 2 ? &msg.answer : &msg.authority, sets[i].owner, sets[i].type);
			assert_int_equal(back != NULL, there[i]);
			assert_true(back == NULL || span_equal(back->packed, sets[i].packed));
		}
		arena_free(&written.arena);
	}
	for (unsigned int i = 0; i < 3; i++)
		assert_in_range(seen[i], 20, 390);
}

/* Owners beyond what a pointer reaches, and the root, which is shorter than a pointer. */
static void owners_that_no_pointer_leads_to(void **state)
{
	(void)state;
	static uint8_t octets[40000], rdata[17000];
	struct written written;
	struct msg msg;
	begin(&written, sizeof written.octets);
	struct rrset filler, far = signed_set(&written, "far.example.org", 3, 1),
			     root = signed_set(&written, ".", 3, 1);
	assert_true(rrset_of_one(&written.arena, named(&written.arena, "f"), TYPE_NULL, 5, span_of(rdata, sizeof rdata),
				 &filler));
	written.builder = builder_of(octets, sizeof octets);
	msg_begin(&written.writer, &written.builder, 1, FLAG_QR);
	assert_true(msg_rrset(&written.writer, SECTION_ANSWER, &root, 5, true));
	size_t near_size = written.builder.size;
	assert_int_equal(near_size, HEADER_SIZE + 3 * 15 + 11 + 24);
	assert_true(msg_rrset(&written.writer, SECTION_ANSWER, &filler, 5, true));
	size_t before = written.builder.size;
	assert_true(msg_rrset(&written.writer, SECTION_ADDITIONAL, &far, 5, true));
	assert_int_equal(written.builder.size - before, 4 * 17 + 3 * 14 + 10 + 24);
	assert_true(msg_end(&written.writer));
	assert_true(msg_read(builder_written(&written.builder), &written.arena, &msg));
	assert_true(span_equal(msg.answer.rrsets[0].packed, root.packed));
	assert_true(span_equal(msg.additional.rrsets[0].packed, far.packed));
	assert_true(name_equal(msg.additional.rrsets[0].owner, far.owner));
	assert_int_equal(msg.header.questions, 0);
	arena_free(&written.arena);
}

static void flags_can_be_changed_until_the_end(void **state)
{
	(void)state;
	struct written written;
	struct msg msg;
	begin(&written, sizeof written.octets);
	msg_set_flags(&written.writer, FLAG_QR | FLAG_TC | RCODE_NXDOMAIN);
	assert_true(msg_end(&written.writer));
	assert_true(msg_read(builder_written(&written.builder), &written.arena, &msg));
	assert_int_equal(msg.header.flags, FLAG_QR | FLAG_TC | RCODE_NXDOMAIN);
	assert_int_equal(msg.rcode, RCODE_NXDOMAIN);
	assert_int_equal(msg.header.questions, 1);
	arena_free(&written.arena);
}

/* Many RRsets by chance, some taken out again for want of room: ldns reads the names and records that were meant. */
static void chance_writes_and_ldns_reads(void **state)
{
	(void)state;
	static const char *const owners[] = { "a.example.com", "b.a.example.com", "example.com",
					      "x.org",         "A.Example.com",   "." };
	static const uint16_t types[] = { TYPE_NS, TYPE_CNAME, TYPE_DNAME, TYPE_PTR };
	struct rng rng = rng_of_number(11);
	for (int round = 0; round < 200; round++) {
		struct written written;
		char lines[24][128];
		unsigned int count = 0;
		begin(&written, 60 + rng_below(&rng, 400));
		for (int i = 0; i < 24; i++) {
			uint16_t type = types[rng_below(&rng, 4)];
			const char *owner = owners[rng_below(&rng, 6)], *target = owners[rng_below(&rng, 6)];
			struct rrset rrset = one(&written, owner, type, target);
			char type_text[CODE_TEXT_SIZE], a[NAME_TEXT_SIZE], b[NAME_TEXT_SIZE];
			snprintf(lines[count], sizeof lines[count], "%.40s\t%d\tIN\t%s\t%.40s\n",
				 name_to_text(rrset.owner, a), i, type_to_text(type, type_text),
				 name_to_text(named(&written.arena, target), b));
			count += msg_rrset(&written.writer, SECTION_ANSWER, &rrset, (uint32_t)i, false);
		}
		ldns_pkt *packet = NULL;
		assert_true(msg_end(&written.writer));
		assert_int_equal(ldns_wire2pkt(&packet, written.octets, written.builder.size), LDNS_STATUS_OK);
		assert_int_equal(ldns_pkt_ancount(packet), count);
		for (unsigned int i = 0; i < count; i++) {
			char *text = ldns_rr2str(ldns_rr_list_rr(ldns_pkt_answer(packet), i));
			if (strcasecmp(text, lines[i]) != 0)
				fail_msg("%s is not %s", text, lines[i]);
			free(text);
		}
		ldns_pkt_free(packet);
		arena_free(&written.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(ldns_reads_it_too),
		cmocka_unit_test(whole_or_not_at_all),
		cmocka_unit_test(signatures_go_with_their_rrset_or_stay),
		cmocka_unit_test(at_every_capacity_rrsets_are_whole),
		cmocka_unit_test(owners_that_no_pointer_leads_to),
		cmocka_unit_test(flags_can_be_changed_until_the_end),
		cmocka_unit_test(chance_writes_and_ldns_reads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
