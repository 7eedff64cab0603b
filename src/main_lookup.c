#include "main_lookup.h"

#include "main_trust.h"

#include "config/file.h"
#include "daemon/sink.h"
#include "daemon/solo.h"
#include "daemon/system.h"
#include "text/hints.h"
#include "text/story.h"
#include "wire/codes.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_ANSWERED = 0, STATUS_NOTHING = 1, STATUS_USAGE = 2, STATUS_FAILED = 3 };

static const char lookup_help[] =
	"usage: rootwalk lookup [-c FILE] [--json] [--colour | --no-colour] [--twice] [--no-check] NAME [TYPE]\n"
	"\n"
	"Finds out what NAME has for records of TYPE (A unless given), from the root servers down, in this process and\n"
	"with a cache of its own, and tells what happened: the hosts file, the cache, every server that was asked with\n"
	"its name, address and round-trip time, what it said, whether that was signed and by whom, and in the last line\n"
	"whether the answer is secure.\n"
	"  -c FILE      the configuration, " CONFIG_FILE_DEFAULT " where there is one; its listen is not looked at\n"
	"  --json       one JSON document\n"
	"  --colour     colours even when the output is no terminal\n"
	"  --no-colour  no colours even when it is one\n"
	"  --twice      a second time, with what the first left in the cache\n"
	"  --no-check   what is forged, or signed wrongly, is answered all the same\n"
	"  --hosts FILE look into FILE in place of " HOSTS_FILE "\n"
	"Names that are not ASCII are wanted in punycode: xn--bcher-kva.example.\n"
	"Exit status: 0 there is an answer, 1 there is no such name or no record of the type, 2 the command line is wrong,\n"
	"3 the lookup failed or the configuration cannot be used.\n";

struct request {
	const char *config;
	const char *hosts;
	enum story_form form;
	bool twice;
	bool unchecked;
	struct name_buffer buffer;
	struct name name;
	uint16_t type;
};

/* What the answer is written from. */
struct printing {
	const struct request *request;
	uint64_t start; /* ticks */
	int status;
};

static int refuse_usage(const char *why, const char *word)
{
	if (why != NULL)
		fprintf(stderr, "rootwalk: %s: %s\n", word, why);
	else
		fputs(lookup_help, stderr);
	return STATUS_USAGE;
}

static int fail(const char *why)
{
	fprintf(stderr, "rootwalk: %s\n", why);
	return STATUS_FAILED;
}

static int read_name(struct request *request, const char *text)
{
	for (const char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at >= 0x80)
			return refuse_usage("write the name in punycode (xn--...), which idn2 makes of it", text);
	if (!name_of_text(text, &request->buffer, &request->name))
		return refuse_usage("this is no name: labels have 1 to 63 octets, names at most 255", text);
	return STATUS_ANSWERED;
}

static int read_operands(struct request *request, int count, char **operands)
{
	request->type = TYPE_A;
	if (count < 1 || count > 2)
		return refuse_usage(NULL, NULL);
	if (count == 2 && !type_of_text(operands[1], &request->type))
		return refuse_usage("this is no type; A, AAAA, MX, TXT and the like, or TYPE65280", operands[1]);
	return read_name(request, operands[0]);
}

/* Negative to go on, else the exit status. */
static int read_arguments(struct request *request, int argc, char **argv)
{
	static const struct option flags[] = { { "help", no_argument, NULL, 'h' },
					       { "json", no_argument, NULL, 'j' },
					       { "colour", no_argument, NULL, 'y' },
					       { "no-colour", no_argument, NULL, 'n' },
					       { "twice", no_argument, NULL, 't' },
					       { "no-check", no_argument, NULL, 'u' },
					       { "hosts", required_argument, NULL, 'o' },
					       { 0 } };
	optind = 0; /* main may have looked at options of its own */
	for (int got = getopt_long(argc, argv, "hc:", flags, NULL); got != -1;
	     got = getopt_long(argc, argv, "hc:", flags, NULL)) {
		if (got == 'h')
			return fputs(lookup_help, stdout) < 0 || fflush(stdout) != 0 ? STATUS_FAILED : 0;
		else if (got == 'c')
			request->config = optarg;
		else if (got == 'o')
			request->hosts = optarg;
		else if (got == 't')
			request->twice = true;
		else if (got == 'u')
			request->unchecked = true;
		else if (got == 'j' || got == 'y' || got == 'n')
			request->form = got == 'j' ? STORY_JSON : got == 'y' ? STORY_COLOUR : STORY_PLAIN;
		else
			return refuse_usage(NULL, NULL);
	}
	int status = read_operands(request, argc - optind, argv + optind);
	return status == STATUS_ANSWERED ? -1 : status;
}

static void print_story(void *context, struct span octets, const struct trace *trace)
{
	struct printing *printing = context;
	const struct request *request = printing->request;
	struct story story = { .name = request->name,
			       .type = request->type,
			       .hosts = hosts_look(request->hosts, HOSTS_ORDER_FILE, request->name, request->type),
			       .trace = trace,
			       .answer = octets,
			       .elapsed_us = system_now(CACHE_CLOCK_STEADY).ticks - printing->start };
	static const int statuses[] = { [STORY_ANSWERED] = STATUS_ANSWERED,
					[STORY_NOTHING] = STATUS_NOTHING,
					[STORY_FAILED] = STATUS_FAILED };
	printing->status = statuses[story_end(&story)];
	if (!story_write(&story, request->form, stdout))
		printing->status = fail("out of memory");
}

static int look_up(struct solo *solo, const struct request *request)
{
	struct printing printing = { .request = request, .status = STATUS_FAILED };
	struct solo_wish wish = { { request->name, request->type, CLASS_IN }, request->unchecked };
	for (unsigned int i = 0; i < (request->twice ? 2 : 1); i++) {
		if (i > 0 && request->form != STORY_JSON)
			putchar('\n');
		printing.start = system_now(CACHE_CLOCK_STEADY).ticks;
		if (!solo_lookup(solo, &wish, print_story, &printing))
			return fail("out of memory");
	}
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		return fail(strerror(errno));
	return printing.status;
}

static bool read_hints(const struct options *options, struct arena *arena, struct delegation *hints, char *problem,
		       size_t problem_size)
{
	snprintf(problem, problem_size, "out of memory");
	if (options->recursion_root_hints == NULL)
		return hints_built_in(arena, hints);
	return hints_read(options->recursion_root_hints, arena, hints, problem, problem_size);
}

static int run(const struct request *request, const struct options *options)
{
	char problem[PROBLEM_SIZE];
	struct trust_sentences sentences;
	struct arena arena = arena_of(0);
	struct delegation hints;
	struct trust trust;
	struct sink sink;
	struct log log =
		sink_log(&sink, options->log_level < LOG_LEVEL_WARNING ? options->log_level : LOG_LEVEL_WARNING);
	struct solo_setup setup = { .options = options, .hints = &hints, .trust = &trust, .log = &log };
	int status = STATUS_FAILED;
	if (!read_hints(options, &arena, &hints, problem, sizeof problem)) {
		arena_free(&arena);
		return fail(problem);
	}
	if (!trust_read(options, system_wall().tv_sec, &arena, &trust, &sentences)) {
		arena_free(&arena);
		return fail(sentences.fatal);
	}
	if (sentences.state[0] != '\0')
		fprintf(stderr, "rootwalk: %s; the configured trust anchors are used\n", sentences.state);
	struct solo *solo = solo_create(&setup, problem);
	status = solo != NULL ? look_up(solo, request) : fail(problem);
	solo_destroy(solo);
	arena_free(&arena);
	return status;
}

int main_lookup(int argc, char **argv)
{
	struct request request = { .hosts = HOSTS_FILE, .form = STORY_PLAIN };
	struct options options;
	if (isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL)
		request.form = STORY_COLOUR;
	int status = read_arguments(&request, argc, argv);
	if (status >= 0)
		return status;
	struct problems problems = problems_of(request.config != NULL ? request.config : CONFIG_FILE_DEFAULT);
	if (!config_file_read(request.config, &options, &problems)) {
		for (size_t i = 0; i < problems.count; i++)
			fprintf(stderr, "%s\n", problems.text[i]);
		return STATUS_FAILED;
	}
	system_settle(&options);
	status = run(&request, &options);
	options_free(&options);
	return status;
}
