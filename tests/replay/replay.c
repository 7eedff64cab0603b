/* replay: plays .rpl scenarios and says which passed, failed or were skipped, and why.
 *
 * Each scenario is played in a process of its own, so that one that crashes or hangs is a failed scenario and not
 * the end of the run.
 */
#include "explained.h"
#include "player.h"

#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCENARIO_SECONDS 60u /* of processor time, sanitizers included; a scenario takes milliseconds */
#define REASONS_MAX 128u
#define PATHS_MAX 4096u

static const char help[] =
	"usage: replay [--verbose] [--strict] [--seed N] [--seeds N] [--explained FILE] [FILE|DIRECTORY...]\n"
	"\n"
	"Plays .rpl scenarios against the engine in virtual time.\n"
	"Without files: the project's own, and ../shared/scenarios where it exists.\n"
	"  --verbose         tell every message\n"
	"  --strict          the strict reading is the bar (FORMAT.md section 7)\n"
	"  --seed N          the seed of the engine's chance, 1 unless given\n"
	"  --seeds N         play each scenario with so many seeds; all must pass\n"
	"  --explained FILE  scenarios that fail on purpose, tests/replay/explained.md unless given\n"
	"With SKIP_VALIDATION in the environment scenarios that have trust anchors are skipped.\n"
	"Exit status: 0 nothing failed that is not explained, 1 something did, 2 the command line is wrong.\n";

struct settings {
	bool verbose, strict, skip_validation;
	uint64_t seed;
	unsigned int seeds;
	const struct explained *explained;
};

struct tally {
	unsigned int passed, strict, failed, explained, skipped, passed_though_explained;
	struct {
		char reason[128];
		unsigned int count;
	} reasons[REASONS_MAX];
	unsigned int reason_count;
};

/* nftw takes no context. */
static struct {
	char *path[PATHS_MAX];
	unsigned int count;
} paths;

static int add_path(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	size_t size = strlen(path);
	(void)status;
	(void)walk;
	if (kind == FTW_F && size > 4 && strcmp(path + size - 4, ".rpl") == 0 && paths.count < PATHS_MAX)
		paths.path[paths.count++] = strdup(path);
	return 0;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool find_scenarios(const char *path)
{
	unsigned int before = paths.count;
	if (nftw(path, add_path, 16, FTW_PHYS) != 0) {
		fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		return false;
	}
	qsort(paths.path + before, paths.count - before, sizeof paths.path[0], compare_paths);
	return true;
}

static void play_all_seeds(const struct settings *settings, const char *path, struct outcome *outcome)
{
	struct performance performance = { .path = path,
					   .strict = settings->strict,
					   .skip_validation = settings->skip_validation,
					   .log = settings->verbose ? stdout : NULL };
	for (unsigned int i = 0; i < settings->seeds; i++) {
		performance.seed = settings->seed + i;
		player_play(&performance, outcome);
		if (outcome->verdict == VERDICT_PASSED)
			continue;
		if (settings->seeds > 1 && outcome->verdict == VERDICT_FAILED) {
			char detail[sizeof outcome->detail];
			memcpy(detail, outcome->detail, sizeof detail);
			snprintf(outcome->detail, sizeof outcome->detail, "seed %llu: %.5900s",
				 (unsigned long long)performance.seed, detail);
		}
		return;
	}
}

static bool write_all(int pipe, const void *octets, size_t size)
{
	const char *at = octets;
	while (size > 0) {
		ssize_t written = write(pipe, at, size);
		if (written <= 0)
			return false;
		at += written;
		size -= (size_t)written;
	}
	return true;
}

static bool read_all(int pipe, void *octets, size_t size)
{
	char *at = octets;
	while (size > 0) {
		ssize_t got = read(pipe, at, size);
		if (got <= 0)
			return false;
		at += got;
		size -= (size_t)got;
	}
	return true;
}

static void play_in_child(const struct settings *settings, const char *path, int pipe)
{
	struct outcome outcome;
	alarm(SCENARIO_SECONDS);
	play_all_seeds(settings, path, &outcome);
	fflush(stdout);
	exit(write_all(pipe, &outcome, sizeof outcome) ? 0 : 1);
}

static void fail_outcome(struct outcome *outcome, const char *format, int number)
{
	*outcome = (struct outcome){ .verdict = VERDICT_FAILED };
	snprintf(outcome->detail, sizeof outcome->detail, format, number);
}

static void play_apart(const struct settings *settings, const char *path, struct outcome *outcome)
{
	int ends[2], status = 0;
	fflush(stdout);
	if (pipe(ends) != 0) {
		fail_outcome(outcome, "no pipe: error %d", errno);
		return;
	}
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		play_in_child(settings, path, ends[1]);
	}
	close(ends[1]);
	bool told = child > 0 && read_all(ends[0], outcome, sizeof *outcome);
	close(ends[0]);
	if (child < 0)
		fail_outcome(outcome, "no process: error %d", errno);
	else if (waitpid(child, &status, 0) != child)
		fail_outcome(outcome, "the process was lost: error %d", errno);
	else if (WIFSIGNALED(status))
		fail_outcome(outcome, "ended by signal %d", WTERMSIG(status));
	else if (!told || WEXITSTATUS(status) != 0)
		fail_outcome(outcome, "ended with status %d", WEXITSTATUS(status));
}

static void count_reason(struct tally *tally, const char *kind, const char *reason)
{
	char text[sizeof tally->reasons[0].reason];
	unsigned int i = 0;
	snprintf(text, sizeof text, "%s: %s", kind, reason);
	while (i < tally->reason_count && strcmp(tally->reasons[i].reason, text) != 0)
		i++;
	if (i == REASONS_MAX)
		return;
	if (i == tally->reason_count)
		memcpy(tally->reasons[tally->reason_count++].reason, text, sizeof text);
	tally->reasons[i].count++;
}

static void count_passed(struct tally *tally, const struct explained *explained, const struct outcome *outcome,
			 const char *path)
{
	tally->passed++;
	tally->strict += outcome->strict;
	if (explained == NULL) {
		printf("passed   %s%s%s\n", path, outcome->strict ? "" : "  (not strictly) ", outcome->detail);
		return;
	}
	tally->passed_though_explained++;
	printf("passed   %s  although explained.md says it fails: take its row out\n", path);
}

static void count_outcome(struct tally *tally, const struct settings *settings, const struct outcome *outcome,
			  const char *path)
{
	const struct explained *explained = explained_find(settings->explained, path);
	switch (outcome->verdict) {
	case VERDICT_PASSED:
		count_passed(tally, explained, outcome, path);
		break;
	case VERDICT_SKIPPED:
		tally->skipped++;
		count_reason(tally, "skipped, needs", outcome->detail);
		printf("skipped  %s  %s\n", path, outcome->detail);
		break;
	case VERDICT_FAILED:
		tally->failed++;
		tally->explained += explained != NULL;
		count_reason(tally, "failed", explained != NULL ? "explained" : "not explained");
		printf("failed   %s  %s%s%s\n", path, outcome->detail, explained != NULL ? "; explained: " : "",
		       explained != NULL ? explained->reason : "");
		break;
	}
}

static void print_tally(const struct tally *tally)
{
	printf("\n");
	for (unsigned int i = 0; i < tally->reason_count; i++)
		printf("%5u %s\n", tally->reasons[i].count, tally->reasons[i].reason);
	printf("%5u passed strictly too\n", tally->strict);
	if (tally->passed_though_explained > 0)
		printf("%5u passed although explained.md says they fail\n", tally->passed_though_explained);
	printf("replay: %u passed, %u failed, %u skipped\n", tally->passed, tally->failed, tally->skipped);
	printf("%u passed, %u failed, %u skipped\n", tally->passed, tally->failed, tally->skipped);
}

/* The project's own scenarios, and the shared ones where they are. */
static bool find_default_scenarios(const char *source)
{
	char path[4096];
	struct stat status;
	snprintf(path, sizeof path, "%s/tests/replay", source);
	if (!find_scenarios(path))
		return false;
	snprintf(path, sizeof path, "%s/../shared/scenarios", source);
	return stat(path, &status) != 0 || find_scenarios(path);
}

static int play_paths(const struct settings *settings)
{
	struct tally tally = { 0 };
	for (unsigned int i = 0; i < paths.count; i++) {
		struct outcome outcome;
		if (settings->verbose)
			printf("%s\n", paths.path[i]);
		play_apart(settings, paths.path[i], &outcome);
		count_outcome(&tally, settings, &outcome, paths.path[i]);
		free(paths.path[i]);
	}
	print_tally(&tally);
	return tally.failed > tally.explained || paths.count == 0 ? 1 : 0;
}

static const struct option flags[] = { { "help", no_argument, NULL, 'h' },
				       { "verbose", no_argument, NULL, 'v' },
				       { "strict", no_argument, NULL, 's' },
				       { "seed", required_argument, NULL, 'n' },
				       { "seeds", required_argument, NULL, 'm' },
				       { "explained", required_argument, NULL, 'e' },
				       { 0 } };

/* -1 to go on; else the exit status. */
static int read_flags(int argc, char **argv, struct settings *settings, const char **explained)
{
	for (int got = getopt_long(argc, argv, "hv", flags, NULL); got != -1;
	     got = getopt_long(argc, argv, "hv", flags, NULL)) {
		if (got == 'h')
			return fputs(help, stdout) < 0;
		if (got == 'v')
			settings->verbose = true;
		else if (got == 's')
			settings->strict = true;
		else if (got == 'n')
			settings->seed = strtoull(optarg, NULL, 0);
		else if (got == 'm')
			settings->seeds = (unsigned int)strtoul(optarg, NULL, 0);
		else if (got == 'e')
			*explained = optarg;
		else
			return fputs(help, stderr) < 0 ? 2 : 2;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct settings settings = { .seed = 1, .seeds = 1, .skip_validation = getenv("SKIP_VALIDATION") != NULL };
	struct arena arena = arena_of(0);
	struct explained *list;
	const char *source = getenv("srcdir") != NULL ? getenv("srcdir") : ".", *explained = NULL;
	char path[4096];
	int status = read_flags(argc, argv, &settings, &explained);
	if (status >= 0)
		return status;
	snprintf(path, sizeof path, "%s/tests/replay/explained.md", source);
	if (!explained_read(explained != NULL ? explained : path, &arena, &list)) {
		fprintf(stderr, "replay: %s: %s\n", explained != NULL ? explained : path, strerror(errno));
		return 2;
	}
	settings.explained = list;
	bool found = optind < argc || find_default_scenarios(source);
	for (int i = optind; i < argc; i++)
		found = find_scenarios(argv[i]) && found;
	status = found ? play_paths(&settings) : 2;
	arena_free(&arena);
	return status;
}
