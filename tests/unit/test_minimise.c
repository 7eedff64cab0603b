#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "resolver/minimise.h"
#include "wire/limits.h"

static struct name named(const char *text, struct name_buffer *buffer)
{
	struct name name;
	assert_true(name_of_text(text, buffer, &name));
	return name;
}

static void one_label_more_than_the_zone(void **state)
{
	(void)state;
	struct name_buffer buffer;
	struct name name = named("www.example.com", &buffer);
	struct minimiser minimiser = { 0 };
	assert_int_equal(minimise_next(&minimiser, name, name_root), 1);
	assert_int_equal(minimise_next(&minimiser, name, name_suffix(name, 1)), 2);
	assert_int_equal(minimise_next(&minimiser, name, name_suffix(name, 2)), 3);
	assert_int_equal(minimise_next(&minimiser, name, name), 3);
	minimiser.labels = 2; /* shown already, and no cut */
	assert_int_equal(minimise_next(&minimiser, name, name_suffix(name, 1)), 3);
	minimiser = (struct minimiser){ .off = true };
	assert_int_equal(minimise_next(&minimiser, name, name_root), 3);
}

/* However long a name is, after LIMIT_MINIMISED_QUERIES questions it is shown whole (attacks row 39). */
static void a_long_name_in_few_questions(void **state)
{
	(void)state;
	char text[260] = "";
	struct name_buffer buffer;
	for (unsigned int i = 0; i < 120; i++)
		strcat(text, "a.");
	struct name name = named(text, &buffer);
	struct minimiser minimiser = { 0 };
	unsigned int labels = 0, questions = 0;
	while (labels < name.labels) {
		unsigned int next = minimise_next(&minimiser, name, name_root);
		assert_true(next > labels);
		minimiser.labels = labels = next;
		minimiser.asked++;
		questions++;
	}
	assert_true(questions <= LIMIT_MINIMISED_QUERIES + 1);
}

/* A walk to the whole name; `is_cut[n]`: a zone begins at n labels. Returns the questions, the whole one included. */
static unsigned int walk(struct name name, const uint8_t *is_cut)
{
	struct minimiser minimiser = { 0 };
	struct name zone = name_root;
	for (unsigned int questions = 1;; questions++) {
		unsigned int next = minimise_next(&minimiser, name, zone);
		assert_in_range(next, zone.labels, name.labels);
		assert_true(next > minimiser.labels || next == name.labels); /* never the same again */
		if (next == name.labels)
			return questions;
		minimiser.asked++;
		minimiser.labels = next;
		if (is_cut[next])
			zone = name_suffix(name, next);
	}
}

/* However zones are cut: the count goes on over all of them, and nothing resets it. */
static void cuts_give_no_new_questions(void **state)
{
	(void)state;
	char text[260] = "";
	struct name_buffer buffer;
	struct rng rng = rng_of_number(2);
	for (unsigned int i = 0; i < 127; i++)
		strcat(text, "a.");
	struct name name = named(text, &buffer);
	for (int round = 0; round < 2000; round++) {
		uint8_t is_cut[128];
		for (size_t i = 0; i < sizeof is_cut; i++)
			is_cut[i] = rng_below(&rng, 3) == 0;
		struct name some = name_suffix(name, rng_below(&rng, 128));
		unsigned int questions = walk(some, is_cut);
		assert_in_range(questions, 1, LIMIT_MINIMISED_QUERIES + 1);
		if (some.labels <= LIMIT_MINIMISED_SINGLE_LABELS + 1 && some.labels > 0)
			assert_int_equal(questions, some.labels); /* short names: one label each */
	}
}

static void the_root_and_the_zone_itself_are_asked_whole(void **state)
{
	(void)state;
	struct name_buffer buffer;
	struct minimiser minimiser = { 0 };
	struct name name = named("example.com", &buffer);
	assert_int_equal(minimise_next(&minimiser, name_root, name_root), 0);
	assert_int_equal(minimise_next(&minimiser, name, name), 2);
	minimiser.asked = LIMIT_MINIMISED_QUERIES;
	assert_int_equal(minimise_next(&minimiser, name, name_root), 2);
	minimiser.asked = LIMIT_MINIMISED_QUERIES + 5;
	assert_int_equal(minimise_next(&minimiser, name, name_root), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_label_more_than_the_zone),
		cmocka_unit_test(a_long_name_in_few_questions),
		cmocka_unit_test(cuts_give_no_new_questions),
		cmocka_unit_test(the_root_and_the_zone_itself_are_asked_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
