#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "wire/limits.h"
#include "wire/name.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static struct name of(const char *text, struct name_buffer *buffer)
{
	struct name name;
	assert_true(name_of_text(text, buffer, &name));
	return name;
}

static void text_round_trips(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
		uint8_t size, labels;
	} table[] = {
		{ ".", ".", 1, 0 },
		{ "com", "com.", 5, 1 },
		{ "www.Example.COM.", "www.Example.COM.", 17, 3 },
		{ "a\\.b.c.", "a\\.b.c.", 7, 2 },
		{ "\\046.", "\\..", 3, 1 },
		{ "\\000\\255.", "\\000\\255.", 4, 1 },
		{ "\\065", "A.", 3, 1 },
		{ "\\;\\\\.", "\\;\\\\.", 4, 1 },
		{ "*.example.", "*.example.", 11, 2 },
		{ "_25._tcp.a-b.", "_25._tcp.a-b.", 14, 3 },
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct name_buffer buffer;
		char text[NAME_TEXT_SIZE];
		struct name name = of(table[i].in, &buffer);
		assert_int_equal(name.size, table[i].size);
		assert_int_equal(name.labels, table[i].labels);
		assert_string_equal(name_to_text(name, text), table[i].out);
	}
}

static void refuses_text_that_is_no_name(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"", "..", ".a", "a..b", "a..", "a b", "a\\", "a\\25", "a\\256", "a\\2x5", "a\tb", "\xc3\xbc.de", "a\\\x01",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct name_buffer buffer;
		struct name name;
		assert_false(name_of_text(texts[i], &buffer, &name));
	}
}

static void text_has_the_limits_of_names(void **state)
{
	(void)state;
	struct name_buffer buffer;
	struct name name;
	char text[600] = "";
	for (int i = 0; i < 63; i++)
		strcat(text, "x");
	assert_true(name_of_text(text, &buffer, &name));
	strcat(text, "x");
	assert_false(name_of_text(text, &buffer, &name));
	text[0] = '\0';
	for (int i = 0; i < 127; i++)
		strcat(text, "a.");
	assert_true(name_of_text(text, &buffer, &name));
	assert_int_equal(name.size, 255);
	assert_int_equal(name.labels, 127);
	strcat(text, "a");
	assert_false(name_of_text(text, &buffer, &name));
}

static void longest_text_fits(void **state)
{
	(void)state;
	struct name_buffer buffer = { { 0 } };
	char text[NAME_TEXT_SIZE];
	for (size_t at = 0; at < 252; at += 63)
		buffer.octets[at] = 62;
	buffer.octets[252] = 1;
	struct cursor cursor = cursor_of(span_of(buffer.octets, sizeof buffer.octets));
	struct name name;
	assert_true(name_read_plain(&cursor, &name));
	assert_int_equal(name.size, 255);
	assert_true(strlen(name_to_text(name, text)) < NAME_TEXT_SIZE);
}

/* A message of which the octets from `at` are read as a name. */
static const struct {
	const char *octets;
	size_t size, at;
	const char *text; /* NULL: refused */
	size_t end;
} messages[] = {
	{ "\3www\0", 5, 0, "www.", 5 },
	{ "\0", 1, 0, ".", 1 },
	{ "\3com\0\3www\300\0", 11, 5, "www.com.", 11 },
	{ "\3com\0\3www\300\0\1a\300\5", 15, 11, "a.www.com.", 15 },
	{ "\3com\0\300\0\300\5\300\7", 11, 9, "com.", 11 },
	{ "", 0, 0, NULL, 0 },
	{ "\3ww", 3, 0, NULL, 0 },                 /* cut in a label */
	{ "\3www", 4, 0, NULL, 0 },                /* no root */
	{ "\3com\0\3www\300", 10, 5, NULL, 0 },   /* cut in a pointer */
	{ "\300\0", 2, 0, NULL, 0 },              /* to itself */
	{ "\3www\300\0", 6, 0, NULL, 0 },         /* to its own beginning */
	{ "\1a\1b\300\2", 6, 0, NULL, 0 },        /* into itself */
	{ "\300\2\300\0", 4, 2, NULL, 0 },        /* two in a ring */
	{ "\300\2\1a\0", 5, 0, NULL, 0 },         /* forwards */
	{ "\300\377", 2, 0, NULL, 0 },            /* beyond the end */
	{ "\1a\0\100\0", 5, 3, NULL, 0 },         /* label type 01 */
	{ "\1a\0\200\0", 5, 3, NULL, 0 },         /* label type 10 */
	{ "\1a\300\5\0\1b\300\0", 9, 5, NULL, 0 }, /* back, then forwards again */
};

static void reads_from_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct cursor cursor = cursor_of(span_of(messages[i].octets, messages[i].size));
		struct name_buffer buffer;
		struct name name;
		char text[NAME_TEXT_SIZE];
		cursor_seek(&cursor, messages[i].at);
		struct cursor skipped = cursor;
		assert_int_equal(name_read(&cursor, &buffer, &name), messages[i].text != NULL);
		assert_int_equal(cursor.failed, messages[i].text == NULL);
		if (messages[i].text == NULL)
			continue;
		assert_string_equal(name_to_text(name, text), messages[i].text);
		assert_int_equal(cursor_offset(&cursor), messages[i].end);
		assert_true(name_skip(&skipped));
		assert_int_equal(cursor_offset(&skipped), messages[i].end);
	}
}

static void a_failed_cursor_gives_no_name(void **state)
{
	(void)state;
	struct cursor cursor = cursor_of(span_of("\1a\0", 3));
	struct name_buffer buffer;
	struct name name;
	cursor_fail(&cursor);
	assert_false(name_read(&cursor, &buffer, &name));
	assert_false(name_read_plain(&cursor, &name));
	assert_false(name_skip(&cursor));
}

static void size_ends_at_255_with_and_without_pointers(void **state)
{
	(void)state;
	uint8_t octets[300] = { 0 };
	struct name_buffer buffer;
	struct name name;
	/* 127 labels "a" and the root are 255 octets; a pointer to them from one label more is 257. */
	for (size_t i = 0; i < 254; i += 2)
		memcpy(octets + i, "\1a", 2);
	memcpy(octets + 255, "\1b\300\0\1c\300\2", 8);
	struct cursor cursor = cursor_of(span_of(octets, 263)), plain = cursor;
	assert_true(name_read(&cursor, &buffer, &name));
	assert_int_equal(name.size, 255);
	assert_true(name_read_plain(&plain, &name));
	assert_int_equal(name.size, 255);
	assert_false(name_read(&cursor, &buffer, &name));
	cursor.failed = false;
	cursor_seek(&cursor, 259);
	assert_true(name_read(&cursor, &buffer, &name));
	assert_int_equal(name.size, 255);
	memmove(octets + 2, octets, 254);
	octets[256] = 0;
	plain = cursor_of(span_of(octets, 257));
	assert_false(name_read_plain(&plain, &name));
	cursor = cursor_of(span_of(octets, 257));
	assert_false(name_read(&cursor, &buffer, &name));
}

static void pointers_are_counted(void **state)
{
	(void)state;
	uint8_t octets[600] = { 0 };
	/* The root, then a chain of pointers, each to the one before. */
	for (unsigned int i = 1; i <= 200; i++) {
		unsigned int target = i == 1 ? 0 : 2 * i - 3;
		octets[2 * i - 1] = (uint8_t)(0xc0 | target >> 8);
		octets[2 * i] = (uint8_t)target;
	}
	for (unsigned int i = 1; i <= 200; i++) {
		struct cursor cursor = cursor_of(span_of(octets, sizeof octets));
		struct name_buffer buffer;
		struct name name;
		cursor_seek(&cursor, 2 * i - 1);
		assert_int_equal(name_read(&cursor, &buffer, &name), i <= LIMIT_COMPRESSION_POINTERS);
	}
}

static void plain_names_have_no_pointers(void **state)
{
	(void)state;
	struct cursor cursor = cursor_of(span_of("\3com\0\1a\300\0", 9));
	struct name name;
	assert_true(name_read_plain(&cursor, &name));
	assert_ptr_equal(name.octets, cursor.start);
	assert_false(name_read_plain(&cursor, &name));
}

/* In the order of RFC 4034 section 6.1, whose example these are. */
static const char *const ordered[] = {
	".", "example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.", "z.example.",
	"\\001.z.example.", "*.z.example.", "\\200.z.example.", "zz.example.",
};

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static void canonical_order(void **state)
{
	(void)state;
	for (int i = 0; i < (int)COUNT(ordered); i++) {
		for (int j = 0; j < (int)COUNT(ordered); j++) {
			struct name_buffer a, b;
			assert_int_equal(sign(name_compare(of(ordered[i], &a), of(ordered[j], &b))), sign(i - j));
		}
	}
}

/* Every octet against every octet, at every place of a word. */
static void case_counts_for_letters_only(void **state)
{
	(void)state;
	for (unsigned int x = 0; x < 256; x++) {
		for (unsigned int y = 0; y < 256; y++) {
			uint8_t a[14] = { 12, 'q', 'q', 'q', 'q', 'q', 'q', 'q', 'q', 'q', 'q', 'q', 'q', 0 }, b[14];
			size_t place = 1 + (x + y) % 12;
			memcpy(b, a, sizeof b);
			a[place] = (uint8_t)x;
			b[place] = (uint8_t)y;
			bool letters = (x | 0x20) >= 'a' && (x | 0x20) <= 'z';
			bool same = x == y || (letters && (x ^ y) == 0x20);
			struct name n = { a, sizeof a, 1 }, m = { b, sizeof b, 1 };
			assert_int_equal(name_equal(n, m), same);
			assert_int_equal(name_compare(n, m) == 0, same);
			assert_int_equal(name_equal_octets(n, m), x == y);
			assert_int_equal(name_common_labels(n, m), same);
			uint8_t lower[14];
			name_lower_into(n, lower);
			assert_int_equal(lower[place], x >= 'A' && x <= 'Z' ? x + 32 : x);
		}
	}
}

static void relations(void **state)
{
	(void)state;
	static const struct {
		const char *name, *zone;
		bool within, below;
		unsigned int common;
	} table[] = {
		{ "www.example.com.", "EXAMPLE.com.", true, true, 2 },
		{ "example.com.", "example.com.", true, false, 2 },
		{ "example.com.", "www.example.com.", false, false, 2 },
		{ "notexample.com.", "example.com.", false, false, 1 },
		{ "a.b.", ".", true, true, 0 },
		{ ".", ".", true, false, 0 },
		{ ".", "com.", false, false, 0 },
		{ "x\\007example.com.", "example.com.", false, false, 1 },
		{ "a.x.com.", "a.y.com.", false, false, 1 },
		{ "com.net.", "com.", false, false, 0 },
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct name_buffer a, b;
		struct name name = of(table[i].name, &a), zone = of(table[i].zone, &b);
		assert_int_equal(name_is_within(name, zone), table[i].within);
		assert_int_equal(name_is_below(name, zone), table[i].below);
		assert_int_equal(name_common_labels(name, zone), table[i].common);
		assert_int_equal(name_common_labels(zone, name), table[i].common);
	}
}

static void suffixes_and_parents(void **state)
{
	(void)state;
	struct name_buffer buffer;
	struct name name = of("a.b.c.", &buffer);
	static const char *const suffix[] = { ".", "c.", "b.c.", "a.b.c.", "a.b.c." };
	char text[NAME_TEXT_SIZE];
	for (unsigned int labels = 0; labels < COUNT(suffix); labels++)
		assert_string_equal(name_to_text(name_suffix(name, labels), text), suffix[labels]);
	assert_string_equal(name_to_text(name_parent(name), text), "b.c.");
	assert_true(name_is_root(name_parent(name_root)));
	assert_true(name_is_root(name_suffix(name, 0)));
	assert_false(name_is_root(name));
}

static void wildcards(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool wildcard;
	} table[] = { { "*.a.", true }, { "*.", true }, { "a.*.", false }, { "**.a.", false }, { ".", false }, { "x*.", false } };
	for (size_t i = 0; i < COUNT(table); i++) {
		struct name_buffer buffer;
		assert_int_equal(name_is_wildcard(of(table[i].text, &buffer)), table[i].wildcard);
	}
}

/* The table of RFC 6672 section 2.2, where there is a substitution at all. */
static void replaces_suffixes(void **state)
{
	(void)state;
	static const struct {
		const char *name, *from, *to, *replaced;
	} table[] = {
		{ "a.example.com.", "example.com.", "example.net.", "a.example.net." },
		{ "a.b.example.com.", "Example.com.", "example.net.", "a.b.example.net." },
		{ "ab.example.com.", "example.com.", ".", "ab." },
		{ "www.example.", "example.", "x.y.example.", "www.x.y.example." },
		{ "cyc.example.com.", "example.com.", "example.com.", "cyc.example.com." },
		{ "shortloop.x.x.", "x.", ".", "shortloop.x." },
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct name_buffer a, b, c, buffer;
		struct name name;
		char text[NAME_TEXT_SIZE];
		assert_true(name_replace_suffix(of(table[i].name, &a), of(table[i].from, &b), of(table[i].to, &c), &buffer,
						&name));
		assert_string_equal(name_to_text(name, text), table[i].replaced);
		struct cursor cursor = cursor_of(span_of(name.octets, name.size));
		struct name again;
		assert_true(name_read_plain(&cursor, &again));
		assert_int_equal(again.labels, name.labels);
	}
}

static void replacing_ends_at_255(void **state)
{
	(void)state;
	char text[600];
	struct name_buffer a, b, c, buffer;
	struct name replaced;
	for (int size = 244; size <= 248; size++) {
		snprintf(text, sizeof text, "%.60s.%.60s.%.60s.%.*s.",
			 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
			 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
			 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", size - 185,
			 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
		struct name to = of(text, &c);
		assert_int_equal(to.size, size);
		/* "abcdefg" and its length are 8 octets. */
		assert_int_equal(name_replace_suffix(of("abcdefg.z.", &a), of("z.", &b), to, &buffer, &replaced),
				 size + 8 <= 255);
	}
}

static void hash_is_blind_to_case_only(void **state)
{
	(void)state;
	const struct hash_key key = { 1, 2 };
	struct name_buffer a, b, c;
	assert_true(name_hash(&key, of("WWW.example.Com", &a)) == name_hash(&key, of("www.EXAMPLE.com", &b)));
	assert_true(name_hash(&key, of("www.example.com", &a)) != name_hash(&key, of("wwx.example.com", &c)));
}

static void copies(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	struct name_buffer buffer;
	struct name name = of("Www.Example.", &buffer);
	struct name copy = name_copy(&arena, name), lower = name_copy_lower(&arena, name);
	char text[NAME_TEXT_SIZE];
	assert_ptr_not_equal(copy.octets, name.octets);
	assert_true(name_equal_octets(copy, name));
	assert_string_equal(name_to_text(lower, text), "www.example.");
	arena_free(&arena);
	arena = arena_of(1);
	assert_null(name_copy(&arena, name).octets);
	assert_null(name_copy_lower(&arena, name).octets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_round_trips),
		cmocka_unit_test(refuses_text_that_is_no_name),
		cmocka_unit_test(text_has_the_limits_of_names),
		cmocka_unit_test(longest_text_fits),
		cmocka_unit_test(reads_from_messages),
		cmocka_unit_test(a_failed_cursor_gives_no_name),
		cmocka_unit_test(size_ends_at_255_with_and_without_pointers),
		cmocka_unit_test(pointers_are_counted),
		cmocka_unit_test(plain_names_have_no_pointers),
		cmocka_unit_test(canonical_order),
		cmocka_unit_test(case_counts_for_letters_only),
		cmocka_unit_test(relations),
		cmocka_unit_test(suffixes_and_parents),
		cmocka_unit_test(wildcards),
		cmocka_unit_test(replaces_suffixes),
		cmocka_unit_test(replacing_ends_at_255),
		cmocka_unit_test(hash_is_blind_to_case_only),
		cmocka_unit_test(copies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
