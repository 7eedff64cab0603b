#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "wire/codes.h"
#include "wire/compress.h"
#include "wire/fold.h"
#include "wire/msg.h"

#include <ldns/ldns.h> /* last: before stdbool.h it makes a bool of its own */

#define ROOM 40000
#define HEADER 12u

struct page {
	uint8_t octets[ROOM];
	struct builder builder;
	struct compress compress;
};

static struct page page;

static void begin(size_t filled)
{
	memset(page.octets, 0, filled);
	page.builder = builder_of(page.octets, ROOM);
	page.builder.size = filled;
	compress_begin(&page.compress);
}

/* Writes the name and says how many octets it took; what stands there must be the name, but for its case. */
static size_t taken(const char *text)
{
	struct name_buffer a, b;
	struct name name, again;
	size_t start = page.builder.size;
	if (!name_of_text(text, &a, &name))
		fail_msg("%s is no name", text);
	compress_name(&page.compress, &page.builder, name);
	assert_false(page.builder.overflowed);
	struct cursor cursor = cursor_of(builder_written(&page.builder));
	cursor_seek(&cursor, start);
	assert_true(name_read(&cursor, &b, &again));
	assert_int_equal(cursor_left(&cursor), 0);
	assert_true(name_equal(name, again));
	return page.builder.size - start;
}

static void suffixes_become_pointers(void **state)
{
	(void)state;
	begin(HEADER);
	assert_int_equal(taken("www.example.com"), 17);
	assert_int_equal(taken("www.example.com"), 2);
	assert_int_equal(taken("mail.example.com"), 5 + 2);
	assert_int_equal(taken("com"), 2);
	assert_int_equal(taken("EXAMPLE.Com"), 2); /* RFC 4343: the case does not count */
	assert_int_equal(taken("example"), 9);     /* the same label under the root is another name */
	assert_int_equal(taken("com.example"), 4 + 2);
	assert_int_equal(taken("example.com.example"), 8 + 2);
	assert_int_equal(taken("x.mail.example.com"), 2 + 2); /* under a target that ends in a pointer */
	assert_int_equal(taken("."), 1);
	assert_int_equal(taken("."), 1); /* a pointer would be longer */
}

/* Binary labels, the longest label, the longest name. */
static void labels_are_octets(void **state)
{
	(void)state;
	char text[600] = "";
	begin(HEADER);
	assert_int_equal(taken("\\000\\255.\\.."), 6);
	assert_int_equal(taken("\\000\\255.\\.."), 2);
	assert_int_equal(taken("\\000.\\.."), 2 + 2);
	for (int i = 0; i < 63; i++)
		strcat(text, "x");
	assert_int_equal(taken(text), 65);
	assert_int_equal(taken(text), 2);
	begin(HEADER);
	text[0] = '\0';
	for (int i = 0; i < 127; i++)
		strcat(text, "a.");
	assert_int_equal(taken(text), 255);
	assert_int_equal(taken("a.a"), 2);
	assert_int_equal(taken("b.a.a"), 4);
	taken(text); /* more labels than there are targets, and still the same name */
}

/* A pointer has 14 bits (RFC 1035 section 4.1.4). */
static void what_lies_too_far_is_no_target(void **state)
{
	(void)state;
	begin(0x3ffc);
	assert_int_equal(taken("ab.cd"), 7); /* "cd" stands at 0x3fff */
	assert_int_equal(taken("cd"), 2);
	assert_int_equal(taken("ab.cd"), 2);
	begin(0x3ffd);
	assert_int_equal(taken("ab.cd"), 7); /* "cd" stands at 0x4000; so "ab" has nothing to stand under */
	assert_int_equal(taken("cd"), 4);
	assert_int_equal(taken("ab.cd"), 7);
}

static void when_full_names_are_written_whole(void **state)
{
	(void)state;
	begin(HEADER);
	for (unsigned int i = 0; i < LIMIT_COMPRESSION_TARGETS + 20; i++) {
		char text[16];
		snprintf(text, sizeof text, "h%03u", i);
		assert_int_equal(taken(text), 6);
		assert_int_equal(taken(text), i < LIMIT_COMPRESSION_TARGETS ? 2 : 6);
		assert_int_equal(taken("h000"), 2);
	}
}

/* Names that somebody made to fall into one chain cost room, not time, and stay right. */
static void chains_are_not_followed_for_ever(void **state)
{
	(void)state;
	char made[20][16];
	unsigned int count = 0;
	begin(HEADER);
	for (unsigned int i = 0; count < 20; i++) {
		uint8_t label[16];
		snprintf(made[count], sizeof made[count], "x%06u", i);
		label[0] = 7;
		memcpy(label + 1, made[count], 7);
		if (fold_hash(0, label, 8) % COMPRESS_BUCKETS == 77)
			count++;
	}
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(taken(made[i]), 9);
	assert_int_equal(taken(made[count - 1]), 2);
	assert_int_equal(taken(made[0]), 9);
}

static void what_does_not_fit_is_not_remembered(void **state)
{
	(void)state;
	static const uint8_t octets[] = "\3www\7example\3com";
	const struct name name = { octets, sizeof octets, 3 };
	for (size_t room = 0; room < sizeof octets; room++) {
		begin(HEADER);
		page.builder.capacity = HEADER + room;
		compress_name(&page.compress, &page.builder, name);
		assert_true(page.builder.overflowed);
		assert_int_equal(page.compress.count, 0);
		page.builder.capacity = ROOM;
		builder_rewind(&page.builder, HEADER);
		compress_rewind(&page.compress, HEADER);
		assert_int_equal(taken("example.com"), 13);
	}
}

static void random_name(struct rng *rng, char text[64])
{
	static const char *const labels[] = { "a", "b", "A", "bb", "www", "Www", "x-1" };
	text[0] = '\0';
	for (uint32_t left = rng_below(rng, 5); left > 0; left--) {
		strcat(text, labels[rng_below(rng, 7)]);
		strcat(text, ".");
	}
	if (text[0] == '\0')
		strcpy(text, ".");
}

/* After a rewind all is as if what was taken back had never been written. */
static void rewinding_forgets(void **state)
{
	(void)state;
	static uint8_t plain[ROOM];
	struct rng rng = rng_of_number(5);
	for (int round = 0; round < 300; round++) {
		struct builder builder = builder_of(plain, ROOM);
		struct compress compress;
		compress_begin(&compress);
		builder.size = HEADER;
		memset(plain, 0, HEADER);
		begin(HEADER);
		for (int i = 0; i < 12; i++) {
			char text[64];
			struct name_buffer buffer;
			struct name name;
			size_t mark = page.builder.size;
			for (uint32_t junk = rng_below(&rng, 4); junk > 0; junk--) {
				random_name(&rng, text);
				taken(text);
			}
			builder_rewind(&page.builder, mark);
			compress_rewind(&page.compress, mark);
			random_name(&rng, text);
			taken(text);
			assert_true(name_of_text(text, &buffer, &name));
			compress_name(&compress, &builder, name);
		}
		assert_true(span_equal(builder_written(&page.builder), builder_written(&builder)));
	}
}

/* The model: all suffixes written so far, in a list; a name costs its labels before the longest of them. */
static size_t model_cost(char written[][64], size_t count, const char *text)
{
	struct name_buffer a, b;
	struct name name, other;
	assert_true(name_of_text(text, &a, &name));
	size_t cost = name.size;
	for (size_t i = 0; i < count; i++) {
		assert_true(name_of_text(written[i], &b, &other));
		unsigned int common = name_common_labels(name, other);
		size_t with = (size_t)name.size - name_suffix(name, common).size + 2;
		if (common > 0 && with < cost)
			cost = with;
	}
	return cost;
}

static void nothing_is_missed(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(6);
	for (int round = 0; round < 200; round++) {
		char written[40][64];
		begin(HEADER);
		for (size_t i = 0; i < 40; i++) {
			random_name(&rng, written[i]);
			assert_true(page.compress.count < LIMIT_COMPRESSION_TARGETS);
			size_t cost = model_cost(written, i, written[i]);
			if (taken(written[i]) != cost)
				fail_msg("%s: %zu octets would do", written[i], cost);
		}
	}
}

/* ldns reads the same names out of what is written, as owners of empty records. */
static void ldns_reads_the_same(void **state)
{
	(void)state;
	struct rng rng = rng_of_number(7);
	for (int round = 0; round < 50; round++) {
		char names[30][64];
		begin(HEADER);
		for (size_t i = 0; i < 30; i++) {
			random_name(&rng, names[i]);
			taken(names[i]);
			builder_u16(&page.builder, 65280);
			builder_octets(&page.builder, span_of("\0\1\0\0\0\0\0\0", 8));
		}
		builder_patch_u16(&page.builder, 6, 30);
		ldns_pkt *packet = NULL;
		assert_int_equal(ldns_wire2pkt(&packet, page.octets, page.builder.size), LDNS_STATUS_OK);
		for (size_t i = 0; i < 30; i++) {
			char *text = ldns_rdf2str(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_answer(packet), i)));
			assert_int_equal(strcasecmp(text, names[i]), 0);
			free(text);
		}
		ldns_pkt_free(packet);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suffixes_become_pointers),
		cmocka_unit_test(labels_are_octets),
		cmocka_unit_test(what_lies_too_far_is_no_target),
		cmocka_unit_test(when_full_names_are_written_whole),
		cmocka_unit_test(chains_are_not_followed_for_ever),
		cmocka_unit_test(what_does_not_fit_is_not_remembered),
		cmocka_unit_test(rewinding_forgets),
		cmocka_unit_test(nothing_is_missed),
		cmocka_unit_test(ldns_reads_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
