#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ldns/ldns.h>

#include "wire/codes.h"
#include "wire/msg.h"

static struct name named(struct arena *arena, const char *text)
{
	struct name_buffer buffer;
	struct name name;
	if (!name_of_text(text, &buffer, &name))
		fail_msg("%s", text);
	return name_copy(arena, name);
}

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
	msg_question(&written->writer, &(struct question){ named(&written->arena, "www.example.com"), TYPE_A, CLASS_IN });
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
		struct rrset rrset = one(&written, owner, i % 2 ? TYPE_NS : TYPE_CNAME, i % 5 ? "x.b1.example.com" : owner);
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
	struct rrset large = one(&written, "a.very.long.name.that.does.not.fit.example.org", TYPE_CNAME, "web.example.com");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(ldns_reads_it_too),
		cmocka_unit_test(whole_or_not_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
