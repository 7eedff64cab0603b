/* rootwalk: one binary with subcommands. */
#include "config.h"
#include "main_check.h"
#include "main_lookup.h"
#include "main_run.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_GOOD = 0, STATUS_WRONG = 1, STATUS_USAGE = 2 };

struct command {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns the exit status */
	const char *meaning;
};

static const struct command commands[] = {
	{ "run", main_run, "resolve names for clients" },
	{ "lookup", main_lookup, "resolve one name and tell how" },
	{ "check", main_check, "say what is wrong in a configuration" },
	{ "options", main_options, "list what may be set in a configuration" },
};

static void print_help(FILE *to)
{
	fputs("usage: rootwalk COMMAND [...]\n"
	      "\n"
	      "A recursive, caching DNS resolver.\n"
	      "\n",
	      to);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].meaning);
	fputs("\n"
	      "  --help     this text; rootwalk COMMAND --help says more\n"
	      "  --version  what this is\n",
	      to);
}

static int finish_output(void)
{
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? STATUS_GOOD : STATUS_WRONG;
}

/* Where a shell closed one of the three (2>&-), the first socket would take its place, and get the log. */
static bool hold_standard_descriptors(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	return fd < 0 || close(fd) == 0;
}

int main(int argc, char **argv)
{
	if (!hold_standard_descriptors())
		return STATUS_WRONG;
	const char *word = argc > 1 ? argv[1] : "";
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(word, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		print_help(stdout);
		return finish_output();
	}
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		printf("rootwalk %s\n", PACKAGE_VERSION);
		return finish_output();
	}
	if (*word != '\0')
		fprintf(stderr, "rootwalk: there is no command \"%s\"\n\n", word);
	print_help(stderr);
	return STATUS_USAGE;
}
