/* Configuration files, good and bad, each mistake with its place; the documents that are made from the table; and
 * memory running out at every allocation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/docgen.h"
#include "config/file.h"
#include "config/value.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* With a sanitizer, malloc is the sanitizer's. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MALLOC_IS_OURS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define MALLOC_IS_OURS 0
#endif
#endif
#ifndef MALLOC_IS_OURS
#define MALLOC_IS_OURS 1
#endif

static struct {
	bool armed;
	size_t until_failure; /* allocations that still succeed */
	bool failed;
	long alive; /* blocks taken and not given back while armed */
} memory;

#if MALLOC_IS_OURS
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static bool fails(void)
{
	if (!memory.armed)
		return false;
	if (memory.until_failure == 0) {
		memory.failed = true;
		return true;
	}
	memory.until_failure--;
	return false;
}

static void *count_block(void *block)
{
	memory.alive += memory.armed && block != NULL;
	return block;
}

void *malloc(size_t size)
{
	return fails() ? NULL : count_block(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : count_block(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
	if (fails())
		return NULL;
	return block == NULL ? count_block(__libc_realloc(NULL, size)) : __libc_realloc(block, size);
}

void free(void *block)
{
	memory.alive -= memory.armed && block != NULL;
	__libc_free(block);
}
#endif

static bool parse(const char *yaml, struct options *options, struct problems *problems)
{
	*problems = problems_of("f");
	return config_file_parse(span_of(yaml, strlen(yaml)), options, problems);
}

struct good_case {
	const char *yaml;
	const char *path, *written; /* NULL: every option has its default */
};

static const struct good_case good_cases[] = {
	{ "", NULL, NULL },
	{ "# only a comment\n", NULL, NULL },
	{ "---\n", NULL, NULL },
	{ "--- {}\n...\n", NULL, NULL },
	{ "~", NULL, NULL },
	{ "cache:\nlog: null\n", NULL, NULL },
	{ "cache: {}\n", NULL, NULL },
	{ "\xef\xbb\xbf" "workers: 3\n", "workers", "3" },
	{ "workers: 3\r\n", "workers", "3" },
	{ "{\"workers\": \"3\"}", "workers", "3" },
	{ "workers: auto", "workers", "auto" },
	{ "cache:\n  size: 1G\n", "cache.size", "1G" },
	{ "cache: { max-ttl: 2h, size: 5M }\n", "cache.max-ttl", "2h" },
	{ "cache: { min-ttl: 1h, max-ttl: 1h }", "cache.max-ttl", "1h" },
	{ "tcp: { max-clients: 32, per-client: 32 }", "tcp.per-client", "32" },
	{ "recursion: { ipv6: no }", "recursion.ipv6", "false" },
	{ "log: { level: debug, queries: on }", "log.queries", "true" },
	{ "server: { version: \"\" }", "server.version", "\"\"" },
	{ "server: { identity: 'it''s' }", "server.identity", "\"it's\"" },
	{ "server: { identity: \"null\" }", "server.identity", "\"null\"" },
	{ "recursion: { root-hints: /var/lib/hints }", "recursion.root-hints", "/var/lib/hints" },
	{ "listen: 127.0.0.1", "listen", "[127.0.0.1]" },
	{ "listen: ::1", "listen", "[\"::1\"]" },
	{ "listen: [127.0.0.1, \"::1\"]", "listen", "[127.0.0.1, \"::1\"]" },
	{ "listen:\n- address: 127.0.0.1\n  port: 5300\n- address: \"::1\"\n", "listen",
	  "[{address: 127.0.0.1, port: 5300}, \"::1\"]" },
	{ "listen: { port: 5300, address: 0.0.0.0 }", "listen", "[{address: 0.0.0.0, port: 5300}]" },
	{ "access: { allow: [127.0.0.0/8, \"::1/128\"] }", "access.allow", "[127.0.0.0/8, \"::1/128\"]" },
	{ "access: { allow: 192.0.2.0/24 }", "access.allow", "[192.0.2.0/24]" },
	{ "access: { snoop: [] }", "access.snoop", "[]" },
	{ "recursion:\n  source-address:\n  - 192.0.2.1\n  - 2001:db8::1\n", "recursion.source-address",
	  "[192.0.2.1, \"2001:db8::1\"]" },
	{ "recursion:\n  forward:\n  - zone: example.com\n    addresses: [192.0.2.1, {address: 192.0.2.2, port: 5353}]\n",
	  "recursion.forward",
	  "[{zone: example.com, addresses: [192.0.2.1, {address: 192.0.2.2, port: 5353}]}]" },
	{ "recursion: { forward: { zone: ., addresses: \"2001:db8::53\" } }", "recursion.forward",
	  "[{zone: ., addresses: [\"2001:db8::53\"]}]" },
	{ "recursion: { stub: [{ addresses: { address: 192.0.2.1, port: 1 }, zone: a. }], upstream-port: 1 }",
	  "recursion.stub", "[{zone: a., addresses: [192.0.2.1]}]" },
	{ "dnssec: { negative-anchors: [a.example, b.example until 2026-12-01] }", "dnssec.negative-anchors",
	  "[a.example, \"b.example until 2026-12-01\"]" },
	{ "dnssec: { negative-anchors: b. until 2026-12-01 }", "dnssec.negative-anchors", "[\"b. until 2026-12-01\"]" },
	{ "dnssec: { validation: no }", "dnssec.validation", "false" },
	{ "recursion: { stub: [{ zone: a, addresses: 192.0.2.1 }], upstream-port: 5353 }", "recursion.stub",
	  "[{zone: a, addresses: [192.0.2.1]}]" },
};

static void write_all(const struct options *options, char *text, size_t size)
{
	struct builder builder = builder_of(text, size - 1);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		builder_octets(&builder, span_of(option_rows[i].path, strlen(option_rows[i].path)));
		builder_octets(&builder, span_of(": ", 2));
		value_write(&builder, &option_rows[i], options);
		builder_u8(&builder, '\n');
	}
	assert_false(builder.overflowed);
	text[builder.size] = '\0';
}

static void assert_defaults(const struct options *options)
{
	static char wanted[16384], got[16384];
	struct options defaults;
	assert_true(options_default(&defaults));
	write_all(&defaults, wanted, sizeof wanted);
	write_all(options, got, sizeof got);
	assert_string_equal(got, wanted);
	options_free(&defaults);
}

static void assert_good(const char *yaml, struct options *options)
{
	struct problems problems;
	bool good = parse(yaml, options, &problems);
	if (!good)
		fail_msg("%s\n%s", yaml, problems.text[0]);
	assert_int_equal(problems.count, 0);
}

static void good_files_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good_cases); i++) {
		struct options options;
		char written[1024];
		assert_good(good_cases[i].yaml, &options);
		if (good_cases[i].path == NULL) {
			assert_defaults(&options);
		} else {
			value_to_text(option_find(good_cases[i].path), &options, written, sizeof written);
			assert_string_equal(written, good_cases[i].written);
		}
		options_free(&options);
	}
}

static void servers_of_zones_take_the_usual_port(void **state)
{
	(void)state;
	struct options options;
	assert_good("recursion: { stub: [{ zone: a, addresses: [192.0.2.1, {address: 192.0.2.2, port: 53}] }], "
		    "upstream-port: 5353 }",
		    &options);
	assert_int_equal(options.recursion_stub[0].count, 2);
	assert_int_equal(options.recursion_stub[0].servers[0].port, 5353);
	assert_int_equal(options.recursion_stub[0].servers[1].port, 53);
	options_free(&options);
}

struct bad_case {
	const char *yaml;
	const char *said; /* every sentence, each ended by a newline */
};

static const struct bad_case bad_cases[] = {
	/* keys */
	{ "recurson: {}\n", "f:1:1: unknown key \"recurson\"; did you mean \"recursion\"?\n" },
	{ "\n\ncache:\n    siz: 4M\n", "f:4:5: unknown key \"cache.siz\"; did you mean \"cache.size\"?\n" },
	{ "cache: { max_ttl: 1d }", "f:1:10: unknown key \"cache.max_ttl\"; did you mean \"cache.max-ttl\"?\n" },
	{ "qname-minimization: true",
	  "f:1:1: unknown key \"qname-minimization\"; did you mean \"recursion.qname-minimisation\"?\n" },
	{ "access: { level: info }", "f:1:11: unknown key \"access.level\"; did you mean \"log.level\"?\n" },
	{ "server: { queries: 1 }", "f:1:11: unknown key \"server.queries\"; did you mean \"log.queries\"?\n" },
	{ "xylophone: [1, {a: [b]}]\nworkers: 0\n",
	  "f:1:1: unknown key \"xylophone\"\nf:2:10: workers: 0 is too small; the least is 1\n" },
	{ "cache.size: 4M", "f:1:1: \"cache.size\" is written as \"size\" below \"cache\"\n" },
	{ "listen: []\nlisten: []\nlog: {}\nlog: {}\n",
	  "f:2:1: \"listen\" is set twice; the first time in line 1\n"
	  "f:4:1: \"log\" is set twice; the first time in line 3\n" },
	{ "cache:\n  size: 4M\n  size: 4M\n", "f:3:3: \"cache.size\" is set twice; the first time in line 2\n" },
	{ "? [a, b]\n: 1\n", "f:1:3: the file: a key with a value is wanted here, not a list\n" },
	{ "~: 1\n", "f:1:1: the file: a key with a value is wanted here, not nothing\n" },
	{ "cache: { ? {a: b} : 1 }\n", "f:1:12: cache: a key with a value is wanted here, not a map\n" },
	{ "<<: 1\n", "f:1:1: unknown key \"<<\"\n" },
	{ "\"a\\nb\": 1\n", "f:1:1: unknown key \"a?b\"\n" },
	/* types */
	{ "- a\n", "f:1:1: the file: a map of options, as \"key: value\", is wanted here, not a list\n" },
	{ "hello", "f:1:1: the file: a map of options, as \"key: value\", is wanted here, not one value\n" },
	{ "cache: 4M", "f:1:8: cache: a map of options, as \"key: value\", is wanted here, not one value\n" },
	{ "cache: [size]", "f:1:8: cache: a map of options, as \"key: value\", is wanted here, not a list\n" },
	{ "workers: [1]", "f:1:10: workers: one value is wanted here, not a list\n" },
	{ "workers: { a: 1 }", "f:1:10: workers: one value is wanted here, not a map\n" },
	{ "workers:", "f:1:9: workers: there is no value\n" },
	{ "server: { version: }", "f:1:20: server.version: there is no value\n" },
	{ "access: { allow: ~ }", "f:1:18: access.allow: there is no value; write [] for none\n" },
	{ "access: { allow: [[10.0.0.0/8]] }",
	  "f:1:19: access.allow: a network is wanted here, not a list\n" },
	{ "access: { allow: [10.0.0.0/8, ~] }", "f:1:31: access.allow: a network is wanted here, not nothing\n" },
	{ "recursion: { source-address: {} }",
	  "f:1:30: recursion.source-address: an address is wanted here, not a map\n" },
	{ "listen: [[]]",
	  "f:1:10: listen: an address, or a map of address and port, is wanted here, not a list\n" },
	{ "listen: { address: [1] }", "f:1:20: listen: an address is wanted here, not a list\n" },
	{ "listen: { address: 127.0.0.1, port: ~ }", "f:1:37: listen: a port is wanted here, not nothing\n" },
	/* values */
	{ "cache: { size: 1K }", "f:1:16: cache.size: 1K is too small; the least is 4M\n" },
	{ "cache:\n  size: big\n  max-ttl: long\n",
	  "f:2:9: cache.size: \"big\" is no size; write octets, as 4096, 64K, 256M or 2G\n"
	  "f:3:12: cache.max-ttl: \"long\" is no duration; write seconds, or 30s, 10m, 2h, 1d or 1w\n" },
	{ "listen:\n- 127.0.0.1\n- 127.0.0.300\n",
	  "f:3:3: listen: \"127.0.0.300\" is no address; write one as 192.0.2.1 or 2001:db8::1\n" },
	{ "listen: { address: 127.0.0.1, port: 0 }",
	  "f:1:37: listen: \"0\" is no port; write a number from 1 to 65535\n" },
	{ "listen: { address: 127.0.0.1, port: 65536 }",
	  "f:1:37: listen: \"65536\" is no port; write a number from 1 to 65535\n" },
	/* items that are maps */
	{ "listen:\n- port: 53\n", "f:2:3: listen: an item without \"address\"\n" },
	{ "listen: { adress: 127.0.0.1 }",
	  "f:1:11: listen: unknown key \"adress\" in an item; did you mean \"address\"?\n"
	  "f:1:9: listen: an item without \"address\"\n" },
	{ "listen: { address: 127.0.0.1, address: 127.0.0.1 }",
	  "f:1:31: listen: \"address\" is set twice in one item\n" },
	{ "listen: { address: 127.0.0.1, zebra: [[1]] }", "f:1:31: listen: unknown key \"zebra\" in an item\n" },
	{ "recursion: { forward: [.] }",
	  "f:1:24: recursion.forward: a map of zone and addresses is wanted here, not one value\n" },
	{ "recursion: { forward: [{ zone: a }] }", "f:1:24: recursion.forward: an item without \"addresses\"\n" },
	{ "recursion: { forward: { addresses: 192.0.2.1 } }",
	  "f:1:23: recursion.forward: an item without \"zone\"\n" },
	{ "recursion: { forward: [{ zone: a, addresses: [] }] }",
	  "f:1:47: recursion.forward: a zone without addresses\n" },
	{ "recursion: { forward: [{ zone: a..b, addresses: [x] }] }",
	  "f:1:32: recursion.forward: \"a..b\" is no name of a zone\n"
	  "f:1:50: recursion.forward: \"x\" is no address; write one as 192.0.2.1 or 2001:db8::1\n" },
	{ "recursion: { forward: [{ zone: [a], addresses: 192.0.2.1 }] }",
	  "f:1:32: recursion.forward: the name of a zone is wanted here, not a list\n" },
	/* what is no YAML, or more of it than is taken */
	{ "cache:\n\tsize: 4M\n", "f:2:1: this is no YAML: a tab; YAML wants spaces here\n" },
	{ "listen: [::1]",
	  "f:1:10: this is no YAML: a text that begins with a colon, as \"::1\" does, must stand in quotes here\n" },
	{ "workers: 1\n  cache: 1\n",
	  "f:1:10: workers: \"1 cache\" is no whole number, nor auto\n"
	  "f:2:8: this is no YAML: mapping values are not allowed in this context\n" },
	{ "listen: [\n",
	  "f:2:1: this is no YAML: did not find expected node content while parsing a flow node\n" },
	{ "server: { version: \"a }\n",
	  "f:2:1: this is no YAML: found unexpected end of stream while scanning a quoted scalar\n" },
	{ "workers: 1\n# \xff\n", "f:2:3: this is no text in UTF-8: invalid leading UTF-8 octet\n" },
	{ "workers: &w 1", "f:1:10: anchors (&name) are not supported; write the value where it is wanted\n" },
	{ "listen: &l [1]", "f:1:9: anchors (&name) are not supported; write the value where it is wanted\n" },
	{ "cache: &c {}", "f:1:8: anchors (&name) are not supported; write the value where it is wanted\n" },
	{ "workers: *w", "f:1:10: aliases (*name) are not supported; write the value itself\n" },
	{ "workers: !!int 1", "f:1:10: tags (!name) are not supported\n" },
	{ "server: { version: \"a\\0b\" }", "f:1:20: a text must not hold a zero octet\n" },
	{ "cache: [[[[[[[[[[]]]]]]]]]]",
	  "f:1:8: cache: a map of options, as \"key: value\", is wanted here, not a list\n"
	  "f:1:15: nested too deep\n" },
	{ "workers: 1\n--- \nworkers: 2\n", "f:2:1: a second document; the file must be one\n" },
	/* relations */
	{ "listen: []", "f:1:1: listen is empty: no client could be heard\n" },
	{ "\nlisten: [127.0.0.1, 127.0.0.1]", "f:2:1: listen: 127.0.0.1:53 is there twice\n" },
	{ "listen: [\"::1\", { address: \"::1\", port: 53 }]", "f:1:1: listen: [::1]:53 is there twice\n" },
	{ "listen: [127.0.0.1, \"::ffff:127.0.0.1\"]", "f:1:1: listen: 127.0.0.1:53 is there twice\n" },
	{ "listen: 224.0.0.1", "f:1:1: listen: 224.0.0.1 is no address of a machine\n" },
	{ "access:\n  allow: []", "f:2:3: access.allow is empty: no client would be answered\n" },
	{ "cache:\n  max-ttl: 1h\n  min-ttl: 2h\n", "f:3:3: cache.min-ttl (2h) is above cache.max-ttl (1h)\n" },
	{ "tcp: { max-clients: 8 }", "f:1:8: tcp.per-client (32) is above tcp.max-clients (8)\n" },
	{ "recursion: { ipv4: false, ipv6: false }",
	  "f:1:14: recursion.ipv4 and recursion.ipv6 are both false: no server could be asked\n" },
	{ "recursion: { source-address: [0.0.0.0, \"ff02::1\"] }",
	  "f:1:14: recursion.source-address: 0.0.0.0 is no address of a machine\n"
	  "f:1:14: recursion.source-address: ff02::1 is no address of a machine\n" },
	{ "recursion: { forward: { zone: ., addresses: 127.0.0.1 } }",
	  "f:1:14: recursion.forward: 127.0.0.1:53 of zone . is where rootwalk itself listens\n" },
	{ "recursion: { stub: { zone: x, addresses: [\"::\", 255.255.255.255] } }",
	  "f:1:14: recursion.stub: [::]:53 of zone x is no address of a server\n"
	  "f:1:14: recursion.stub: 255.255.255.255:53 of zone x is no address of a server\n" },
	{ "recursion: { ipv6: no, stub: { zone: x, addresses: \"2001:db8::1\" } }",
	  "f:1:24: recursion.stub: [2001:db8::1]:53 of zone x cannot be asked, recursion.ipv6 being false\n" },
	{ "recursion: { upstream-deny: 192.0.2.0/24, stub: { zone: x, addresses: 192.0.2.9 } }",
	  "f:1:43: recursion.stub: 192.0.2.9:53 of zone x is denied by recursion.upstream-deny\n" },
	{ "recursion: { upstream-allow: 192.0.2.0/24, stub: { zone: x, addresses: 198.51.100.1 } }",
	  "f:1:44: recursion.stub: 198.51.100.1:53 of zone x is not in recursion.upstream-allow\n" },
	{ "recursion:\n  forward: [{ zone: a.example, addresses: 192.0.2.1 }, { zone: A.example., addresses: 192.0.2.1 }]\n"
	  "  stub: [{ zone: A.EXAMPLE, addresses: 192.0.2.1 }]",
	  "f:2:3: recursion.forward: zone A.example. is there twice\n"
	  "f:3:3: recursion.stub: zone A.EXAMPLE is in recursion.forward too\n" },
	{ "dnssec: { negative-anchors: [{ zone: a }] }",
	  "f:1:30: dnssec.negative-anchors: the name of a zone, alone or with an end, is wanted here, not a map\n" },
	{ "dnssec: { negative-anchors: [a, b, A. until 2026-12-01] }",
	  "f:1:11: dnssec.negative-anchors: zone A. is there twice\n" },
};

static void bad_files_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_cases); i++) {
		struct options options;
		struct problems problems;
		char said[PROBLEMS_MAX * (PROBLEM_SIZE + 1)] = "";
		size_t size = 0;
		assert_false(parse(bad_cases[i].yaml, &options, &problems));
		for (size_t j = 0; j < problems.count; j++)
			size += (size_t)snprintf(said + size, sizeof said - size, "%s\n", problems.text[j]);
		assert_string_equal(said, bad_cases[i].said);
		assert_null(options.listen); /* freed */
	}
}

static void all_problems_are_counted(void **state)
{
	(void)state;
	struct options options;
	struct problems problems;
	char yaml[1024] = "";
	for (size_t i = 0; i < 20; i++)
		strcat(yaml, "xylophone: 1\n");
	assert_false(parse(yaml, &options, &problems));
	assert_int_equal(problems.count, PROBLEMS_MAX);
	assert_int_equal(problems.more, 20 - PROBLEMS_MAX);
}

static void long_lists_end(void **state)
{
	(void)state;
	static char yaml[65536] = "recursion: { upstream-deny: [";
	struct options options;
	struct problems problems;
	for (size_t i = 0; i <= OPTION_LIST_MAX; i++)
		strcat(yaml, "192.0.2.1, ");
	strcat(yaml, "] }");
	assert_false(parse(yaml, &options, &problems));
	assert_non_null(strstr(problems.text[0], "recursion.upstream-deny: more than 1024 items"));
}

/* Reads a file that holds the octets `count` times over. */
static bool read_written(const char *octets, size_t count, struct options *options, struct problems *problems)
{
	char path[] = "/tmp/rootwalk-test-XXXXXX";
	int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	FILE *file = fdopen(descriptor, "wb");
	assert_non_null(file);
	for (size_t i = 0; i < count; i++)
		fputs(octets, file);
	assert_int_equal(fclose(file), 0);
	*problems = problems_of("f");
	bool good = config_file_read(path, options, problems);
	unlink(path);
	return good;
}

static void files_are_read_from_disk(void **state)
{
	(void)state;
	struct options options;
	struct problems problems;
	assert_true(read_written("workers: 7\n", 1, &options, &problems));
	assert_int_equal(options.workers, 7);
	options_free(&options);
	assert_true(read_written("#23456789012345\n", CONFIG_FILE_SIZE_MAX / 16, &options, &problems));
	options_free(&options);
	assert_false(read_written("#23456789012345\n", CONFIG_FILE_SIZE_MAX / 16 + 1, &options, &problems));
	assert_string_equal(problems.text[0], "f: longer than 1048576 octets; this can be no configuration");
	problems = problems_of("f");
	assert_false(config_file_read("/nonexistent/rootwalk.yaml", &options, &problems));
	assert_string_equal(problems.text[0], "f: cannot be opened: No such file or directory");
	problems = problems_of("f");
	assert_false(config_file_read("/tmp", &options, &problems));
	assert_string_equal(problems.text[0], "f: cannot be read: Is a directory");
}

typedef bool write_document(FILE *out);

static bool list_all(FILE *out)
{
	return docgen_options(out, NULL);
}

static char *document_of(write_document *document)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	assert_true(document(out));
	assert_int_equal(fclose(out), 0);
	return text;
}

static void documents_name_every_option(void **state)
{
	(void)state;
	char *list = document_of(list_all), *man = document_of(docgen_man), *sample = document_of(docgen_sample);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		char line[OPTION_PATH_SIZE + 16];
		snprintf(line, sizeof line, "%s\n", option_rows[i].path);
		assert_non_null(strstr(list, line));
		snprintf(line, sizeof line, ".It Ic %s\n", option_rows[i].path);
		assert_non_null(strstr(man, line));
		snprintf(line, sizeof line, "#%s: ", option_leaf(&option_rows[i]));
		assert_non_null(strstr(sample, line));
	}
	free(list);
	free(man);
	free(sample);
}

static void one_option_or_section_is_listed(void **state)
{
	(void)state;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	assert_true(docgen_options(out, "cache.size"));
	assert_false(docgen_options(out, "cach"));
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, "cache.size\n"
				  "    Memory of the whole process that rootwalk may fill.\n"
				  "    type: size in octets, 4M to 1T\n"
				  "    default: 256M\n");
	free(text);
}

/* Takes away each '#' that has no blank behind it. */
static void switch_on(char *sample)
{
	char *to = sample;
	for (const char *from = sample; *from != '\0'; from++)
		if (*from != '#' || from[1] == ' ')
			*to++ = *from;
	*to = '\0';
}

static void the_sample_says_the_defaults(void **state)
{
	(void)state;
	struct options options;
	char *sample = document_of(docgen_sample);
	assert_good(sample, &options);
	assert_defaults(&options);
	options_free(&options);
	switch_on(sample);
	assert_non_null(strstr(sample, "\n  size: 256M\n"));
	assert_good(sample, &options);
	assert_defaults(&options);
	options_free(&options);
	free(sample);
}

/* What value_write writes is YAML that reads back as the same, also in a flow list. */
static void written_values_read_back(void **state)
{
	(void)state;
	static char yaml[1024];
	for (size_t i = 0; i < COUNT(good_cases); i++) {
		struct options options;
		char written[512], again[512];
		if (good_cases[i].path == NULL)
			continue;
		const struct option_row *option = option_find(good_cases[i].path);
		assert_good(good_cases[i].yaml, &options);
		value_to_text(option, &options, written, sizeof written);
		options_free(&options);
		const struct option_section *section = option_section_of(option);
		if (section != NULL)
			snprintf(yaml, sizeof yaml, "%s: { %s: %s }", section->name, option_leaf(option), written);
		else
			snprintf(yaml, sizeof yaml, "%s: %s", option->path, written);
		assert_good(yaml, &options);
		value_to_text(option, &options, again, sizeof again);
		assert_string_equal(again, written);
		options_free(&options);
	}
}

static void no_memory_is_said(void **state)
{
	(void)state;
	static const char yaml[] = "listen: [127.0.0.1, {address: 127.0.0.2, port: 1}]\n"
				   "server: { version: x }\n"
				   "recursion:\n"
				   "  root-hints: /x\n"
				   "  upstream-deny: [192.0.2.0/24]\n"
				   "  forward: [{zone: a, addresses: [198.51.100.1, 198.51.100.2]}]\n"
				   "dnssec: { negative-anchors: [a, b until 2026-12-01] }\n";
	size_t allowed = 0;
	bool good = false;
	if (!MALLOC_IS_OURS)
		skip();
	while (!good) {
		struct options options;
		struct problems problems = problems_of("f");
		memory.until_failure = allowed++;
		memory.failed = false;
		memory.alive = 0;
		memory.armed = true;
		good = config_file_parse(span_of(yaml, sizeof yaml - 1), &options, &problems);
		if (good)
			options_free(&options);
		memory.armed = false;
		assert_int_equal(memory.alive, 0);
		assert_int_equal(good, !memory.failed);
		if (!good)
			assert_non_null(strstr(problems.text[0], "out of memory"));
	}
	assert_true(allowed > 20);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_files_are_read),
		cmocka_unit_test(servers_of_zones_take_the_usual_port),
		cmocka_unit_test(bad_files_are_refused),
		cmocka_unit_test(all_problems_are_counted),
		cmocka_unit_test(long_lists_end),
		cmocka_unit_test(files_are_read_from_disk),
		cmocka_unit_test(documents_name_every_option),
		cmocka_unit_test(one_option_or_section_is_listed),
		cmocka_unit_test(the_sample_says_the_defaults),
		cmocka_unit_test(written_values_read_back),
		cmocka_unit_test(no_memory_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
