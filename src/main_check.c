#include "main_check.h"

#include "main_trust.h"

#include "config/docgen.h"
#include "config/file.h"
#include "daemon/system.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

enum { STATUS_GOOD = 0, STATUS_WRONG = 1, STATUS_USAGE = 2 };

static const char check_help[] =
	"usage: rootwalk check [FILE]\n"
	"\n"
	"Says what is wrong in a configuration, with line and column.\n"
	"FILE is " CONFIG_FILE_DEFAULT " unless given.\n"
	"Exit status: 0 nothing is wrong, 1 something is, 2 the command line is.\n";

static const char options_help[] =
	"usage: rootwalk options [NAME]\n"
	"       rootwalk options --sample\n"
	"       rootwalk options --man\n"
	"\n"
	"Lists what may be set in the configuration: type, default and meaning.\n"
	"  NAME      only the option or section of this name, as cache or cache.size\n"
	"  --sample  a sample configuration with every option at its default\n"
	"  --man     the options part of the man page rootwalk.yaml(5)\n";

static int refuse_usage(const char *help)
{
	fprintf(stderr, "%s", help);
	return STATUS_USAGE;
}

/* What was printed may have met a full disk. */
static int finish_output(int status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	fprintf(stderr, "rootwalk: cannot write: %s\n", strerror(errno));
	return STATUS_WRONG;
}

static int print_help(const char *help)
{
	fputs(help, stdout);
	return finish_output(STATUS_GOOD);
}

/* Whether the file of root hints can be opened; what stands in it is read at start. */
static void check_root_hints(const struct options *options, struct problems *problems)
{
	if (options->recursion_root_hints == NULL)
		return;
	FILE *file = fopen(options->recursion_root_hints, "rb");
	if (file == NULL)
		problems_say(problems, "recursion.root-hints: %s cannot be opened: %s", options->recursion_root_hints,
			     strerror(errno));
	else
		fclose(file);
}

static void check_trust(const struct options *options, struct problems *problems)
{
	struct trust_sentences sentences;
	struct arena arena = arena_of(0);
	struct trust trust;
	if (!trust_read(options, system_wall().tv_sec, &arena, &trust, &sentences))
		problems_say(problems, "dnssec.trust-anchors: %s", sentences.fatal);
	if (sentences.state[0] != '\0')
		problems_say(problems, "dnssec.anchor-state: %s", sentences.state);
	arena_free(&arena);
}

/* What is no mistake, and hardly meant either. */
static void print_warnings(const struct options *options, const char *path)
{
	char text[PROBLEM_SIZE];
	for (size_t i = 0; options->dnssec_validation && i < options->dnssec_negative_anchors_count; i++)
		if (trust_warning(&options->dnssec_negative_anchors[i], system_wall().tv_sec, text) != NULL)
			fprintf(stderr, "%s: warning: %s\n", path, text);
}

static int check_file(const char *path)
{
	struct problems problems = problems_of(path);
	struct options options;
	if (config_file_read(path, &options, &problems)) {
		check_root_hints(&options, &problems);
		check_trust(&options, &problems);
		print_warnings(&options, path);
		options_free(&options);
	}
	for (size_t i = 0; i < problems.count; i++)
		fprintf(stderr, "%s\n", problems.text[i]);
	if (problems.more > 0)
		fprintf(stderr, "%s: and %zu more\n", path, problems.more);
	if (problems_any(&problems))
		return STATUS_WRONG;
	printf("%s: nothing is wrong\n", path);
	return finish_output(STATUS_GOOD);
}

/* The one option every subcommand has. */
static const struct option help_only[] = { { "help", no_argument, NULL, 'h' }, { 0 } };

int main_check(int argc, char **argv)
{
	optind = 0; /* main may have looked at options of its own */
	int got = getopt_long(argc, argv, "h", help_only, NULL);
	if (got == 'h')
		return print_help(check_help);
	if (got != -1 || argc - optind > 1)
		return refuse_usage(check_help);
	return check_file(optind < argc ? argv[optind] : CONFIG_FILE_DEFAULT);
}

static int list_options(const char *below)
{
	if (docgen_options(stdout, below))
		return finish_output(STATUS_GOOD);
	if (below != NULL)
		fprintf(stderr, "rootwalk: there is no option %s; rootwalk options lists all\n", below);
	else
		fprintf(stderr, "rootwalk: out of memory\n");
	return STATUS_WRONG;
}

int main_options(int argc, char **argv)
{
	static const struct option flags[] = { { "help", no_argument, NULL, 'h' },
					       { "sample", no_argument, NULL, 's' },
					       { "man", no_argument, NULL, 'm' },
					       { 0 } };
	optind = 0;
	int got = getopt_long(argc, argv, "h", flags, NULL);
	if (got == 'h')
		return print_help(options_help);
	int left = argc - optind;
	if ((got != -1 && got != 's' && got != 'm') || left > (got == -1 ? 1 : 0))
		return refuse_usage(options_help);
	if (got == -1)
		return list_options(left == 1 ? argv[optind] : NULL);
	if (!(got == 's' ? docgen_sample(stdout) : docgen_man(stdout))) {
		fprintf(stderr, "rootwalk: out of memory\n");
		return STATUS_WRONG;
	}
	return finish_output(STATUS_GOOD);
}
