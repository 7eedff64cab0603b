/* The root's servers: the table that is compiled in against the file of facts, and files with mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "text/hints.h"

struct fixture {
	struct arena arena;
	struct delegation hints;
	char problem[512];
	char path[64]; /* of the file that is tried */
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->arena = arena_of(0);
	snprintf(f->path, sizeof f->path, "/tmp/rootwalk-hints-%ld", (long)getpid());
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	arena_free(&f->arena);
	unlink(f->path);
	free(f);
	return 0;
}

static bool read_text(struct fixture *f, const char *text)
{
	FILE *file = fopen(f->path, "wb");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return hints_read(f->path, &f->arena, &f->hints, f->problem, sizeof f->problem);
}

/* The sentence behind the file's name. */
static void assert_refused(struct fixture *f, const char *text, const char *sentence)
{
	assert_false(read_text(f, text));
	assert_memory_equal(f->problem, f->path, strlen(f->path));
	assert_string_equal(f->problem + strlen(f->path), sentence);
}

static void assert_server_equal(const struct name_server *a, const struct name_server *b)
{
	assert_true(name_equal(a->name, b->name));
	assert_int_equal(a->glue_count, b->glue_count);
	for (unsigned int i = 0; i < a->glue_count; i++)
		assert_true(ip_equal(a->glue[i], b->glue[i]));
}

static void the_table_is_the_file(void **state)
{
	struct fixture *f = *state;
	struct delegation table;
	char path[512];
	const char *source = getenv("srcdir");
	snprintf(path, sizeof path, "%s/root-hints/root.hints", source != NULL ? source : ".");
	assert_true(hints_built_in(&f->arena, &table));
	if (!hints_read(path, &f->arena, &f->hints, f->problem, sizeof f->problem))
		fail_msg("%s", f->problem);
	assert_true(name_is_root(table.zone));
	assert_int_equal(table.count, 13);
	assert_int_equal(f->hints.count, 13);
	assert_int_equal(f->hints.ttl, table.ttl);
	for (size_t i = 0; i < 13; i++)
		assert_server_equal(&table.servers[i], &f->hints.servers[i]);
}

static void records_come_in_any_order(void **state)
{
	struct fixture *f = *state;
	assert_true(read_text(f, "$ORIGIN example.\n"
				 "ns1 3600 IN A 192.0.2.1 ; before its NS\n"
				 ". NS NS1.example.\n"
				 ". NS ns1.example.\n"
				 "ns1.EXAMPLE. AAAA 2001:db8::1\n"
				 "ns1.example. A 192.0.2.1\n"
				 ". NS ns2.example.\n"
				 ". TXT \"passed over\"\n"));
	assert_int_equal(f->hints.count, 2);
	assert_int_equal(f->hints.servers[0].glue_count, 2);
	assert_int_equal(f->hints.servers[0].glue[0].version, 4);
	assert_int_equal(f->hints.servers[0].glue[1].version, 6);
	assert_int_equal(f->hints.servers[1].glue_count, 0);
}

static void mistakes_have_their_line(void **state)
{
	struct fixture *f = *state;
	assert_refused(f, "", ": no root server is listed");
	assert_refused(f, ". NS a.\n", ": no root server has an address");
	assert_refused(f, ". NS a.\na. A 192.0.2.1\nb. A 192.0.2.2\n",
		       ":3: this address belongs to no root server listed here");
	assert_refused(f, "com. NS a.\n", ":1: this name server is not one of the root; only the root's are hints");
	assert_refused(f, "\n. CH NS a.\n", ":2: this record is not of class IN");
	assert_refused(f, "\n\n$INCLUDE other\n", ":3: $INCLUDE is not followed in root hints");
	assert_false(read_text(f, ". NS a.\na. A 192.0.2.256\n"));
	assert_non_null(strstr(f->problem, ":2: "));
	assert_false(read_text(f, "this is no zone file at all\n"));
	assert_non_null(strstr(f->problem, ":1: "));
}

static void lists_are_bounded(void **state)
{
	struct fixture *f = *state;
	char text[4096] = "";
	size_t size = 0;
	for (unsigned int i = 0; i <= LIMIT_NS_NAMES_KEPT; i++)
		size += (size_t)snprintf(text + size, sizeof text - size, ". NS a%u.\n", i);
	assert_refused(f, text, ":21: more root servers than rootwalk keeps");
	size = (size_t)snprintf(text, sizeof text, ". NS a.\n");
	for (unsigned int i = 0; i <= LIMIT_NS_ADDRESSES_PER_NAME; i++)
		size += (size_t)snprintf(text + size, sizeof text - size, "a. A 192.0.2.%u\n", i);
	assert_refused(f, text, ":8: more addresses of one root server than rootwalk keeps");
}

static void a_file_that_cannot_be_read_says_so(void **state)
{
	struct fixture *f = *state;
	assert_false(hints_read("/nonexistent/hints", &f->arena, &f->hints, f->problem, sizeof f->problem));
	assert_string_equal(f->problem, "/nonexistent/hints: No such file or directory");
	assert_false(hints_read("/tmp", &f->arena, &f->hints, f->problem, sizeof f->problem));
	assert_string_equal(f->problem, "/tmp: Is a directory");
}

static void memory_runs_out(void **state)
{
	struct fixture *f = *state;
	for (size_t ceiling = 1; ceiling < 65536; ceiling += 512) {
		struct arena small = arena_of(ceiling);
		struct delegation hints;
		bool good = hints_built_in(&small, &hints);
		assert_true(good || small.used <= ceiling);
		arena_free(&small);
	}
	f->arena = arena_of(1);
	assert_false(read_text(f, ". NS a.\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_table_is_the_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(records_come_in_any_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mistakes_have_their_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lists_are_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_cannot_be_read_says_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(memory_runs_out, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
