#include "main_run.h"

#include "main_trust.h"

#include "config/file.h"
#include "daemon/server.h"
#include "daemon/sink.h"
#include "daemon/system.h"
#include "text/hints.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { STATUS_GOOD = 0, STATUS_WRONG = 1, STATUS_USAGE = 2 };

#define HINTS_PROBLEM_SIZE 512u

static const char help[] =
	"usage: rootwalk run [-c FILE]\n"
	"\n"
	"Resolves names for clients, in the foreground, until SIGTERM or SIGINT.\n"
	"  -c, --config FILE  configuration; " CONFIG_FILE_DEFAULT " unless given,\n"
	"                     and the defaults where there is no such file\n"
	"Exit status: 0 told to stop, 1 something is wrong, 2 the command line is.\n";

static bool read_options(const char *path, struct options *options)
{
	struct problems problems = problems_of(path != NULL ? path : CONFIG_FILE_DEFAULT);
	if (config_file_read(path, options, &problems))
		return true;
	for (size_t i = 0; i < problems.count; i++)
		fprintf(stderr, "%s\n", problems.text[i]);
	if (problems.more > 0)
		fprintf(stderr, "%s: and %zu more\n", problems.name, problems.more);
	return false;
}

static bool read_hints(const struct options *options, struct arena *arena, struct delegation *hints)
{
	char problem[HINTS_PROBLEM_SIZE] = "out of memory";
	bool read = options->recursion_root_hints != NULL
			    ? hints_read(options->recursion_root_hints, arena, hints, problem, sizeof problem)
			    : hints_built_in(arena, hints);
	if (!read)
		fprintf(stderr, "rootwalk: %s\n", problem);
	return read;
}

static bool read_trust(const struct options *options, struct arena *arena, struct trust *trust)
{
	struct trust_sentences sentences;
	bool read = trust_read(options, system_wall().tv_sec, arena, trust, &sentences);
	if (!read)
		fprintf(stderr, "rootwalk: %s\n", sentences.fatal);
	else if (sentences.state[0] != '\0')
		fprintf(stderr, "rootwalk: %s; the configured trust anchors are used\n", sentences.state);
	return read;
}

static int serve(const char *path)
{
	struct arena arena = arena_of(0);
	struct delegation hints;
	struct trust trust;
	struct options options;
	bool good = false;
	if (!read_options(path, &options))
		return STATUS_WRONG;
	if (read_hints(&options, &arena, &hints) && read_trust(&options, &arena, &trust)) {
		struct sink sink;
		struct log log = sink_log(&sink, options.log_level);
		system_settle(&options);
		trust_warn(&options, system_wall().tv_sec, &log);
		trust_remember(&trust, &options, &log, &arena);
		good = server_run(&options, &hints, &trust, &log);
	}
	arena_free(&arena);
	options_free(&options);
	return good ? STATUS_GOOD : STATUS_WRONG;
}

int main_run(int argc, char **argv)
{
	static const struct option flags[] = { { "config", required_argument, NULL, 'c' },
					       { "help", no_argument, NULL, 'h' },
					       { 0 } };
	const char *path = NULL;
	int got;
	optind = 0; /* main may have looked at options of its own */
	while ((got = getopt_long(argc, argv, "c:h", flags, NULL)) != -1) {
		switch (got) {
		case 'c':
			path = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return fflush(stdout) == 0 ? STATUS_GOOD : STATUS_WRONG;
		default:
			fputs(help, stderr);
			return STATUS_USAGE;
		}
	}
	if (optind < argc) {
		fputs(help, stderr);
		return STATUS_USAGE;
	}
	return serve(path);
}
