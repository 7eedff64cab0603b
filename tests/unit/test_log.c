#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"

struct heard {
	unsigned int lines;
	enum log_level level;
	char line[2 * LOG_LINE_SIZE];
};

static void hear(void *context, enum log_level level, const char *line)
{
	struct heard *heard = context;
	heard->lines++;
	heard->level = level;
	assert_true(strlen(line) < LOG_LINE_SIZE);
	strcpy(heard->line, line);
}

static void lines_above_the_level_are_not_heard(void **state)
{
	(void)state;
	for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
		struct heard heard = { 0 };
		const struct log log = { hear, &heard, (enum log_level)level };
		log_debug(&log, "%d", LOG_LEVEL_DEBUG);
		log_info(&log, "%d", LOG_LEVEL_INFO);
		log_warning(&log, "%d", LOG_LEVEL_WARNING);
		log_error(&log, "%d", LOG_LEVEL_ERROR);
		assert_int_equal(heard.lines, level + 1);
		assert_int_equal(heard.level, LOG_LEVEL_ERROR);
		assert_string_equal(heard.line, "0");
	}
}

static void each_function_has_its_level(void **state)
{
	(void)state;
	struct heard heard = { 0 };
	const struct log log = { hear, &heard, LOG_LEVEL_DEBUG };
	log_error(&log, "e");
	assert_int_equal(heard.level, LOG_LEVEL_ERROR);
	log_warning(&log, "w");
	assert_int_equal(heard.level, LOG_LEVEL_WARNING);
	log_info(&log, "i");
	assert_int_equal(heard.level, LOG_LEVEL_INFO);
	log_debug(&log, "d");
	assert_int_equal(heard.level, LOG_LEVEL_DEBUG);
	assert_string_equal(heard.line, "d");
}

/* What came from the network must not begin a line of its own, nor move the cursor of a terminal. */
static void no_control_octet_comes_out(void **state)
{
	(void)state;
	struct heard heard = { 0 };
	const struct log log = { hear, &heard, LOG_LEVEL_INFO };
	log_info(&log, "a%sb", "\n\r\t\033[2J\177\001");
	assert_string_equal(heard.line, "a????[2J??b");
	log_info(&log, "%s", "gr\xc3\xbc\xc3\x9f dich");
	assert_string_equal(heard.line, "gr\xc3\xbc\xc3\x9f dich");
}

static void long_lines_are_cut(void **state)
{
	(void)state;
	struct heard heard = { 0 };
	const struct log log = { hear, &heard, LOG_LEVEL_INFO };
	for (int size = (int)LOG_LINE_SIZE - 2; size <= (int)LOG_LINE_SIZE + 2; size++) {
		log_info(&log, "%*s", size, "x");
		assert_int_equal(strlen(heard.line), size < (int)LOG_LINE_SIZE ? size : (int)LOG_LINE_SIZE - 1);
		assert_int_equal(strchr(heard.line, 'x') != NULL, size < (int)LOG_LINE_SIZE);
	}
}

static void nobody_listens(void **state)
{
	(void)state;
	const struct log silent = { NULL, NULL, LOG_LEVEL_DEBUG };
	log_error(&silent, "%s", "nothing");
	log_error(NULL, "%s", "nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_above_the_level_are_not_heard),
		cmocka_unit_test(each_function_has_its_level),
		cmocka_unit_test(no_control_octet_comes_out),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(nobody_listens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
