#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_label_more_than_the_zone),
		cmocka_unit_test(a_long_name_in_few_questions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
