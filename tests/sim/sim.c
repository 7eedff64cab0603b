/* sim: the simulated internet.
 *
 *	sim [--worlds N] [--questions N] [--first-seed N]   worlds from seeds, then the stories
 *	sim --storm [...]                                   the same in a storm: loss, dead and lame hosts, forgeries
 *	sim --seed N [--questions N]                        one world, with the whole story
 *	sim --story NAME | --stories                        one story with all it says; their names
 *
 * A line for each world that fails: its seed, and what was wrong. The last line counts.
 */
#include "build.h"
#include "parts.h"
#include "selfcheck.h"
#include "stories.h"
#include "story.h"

#include <getopt.h>
#include <stdlib.h>

#define WORLDS 2000u
#define QUESTIONS 50u
#define TWICE 16u     /* every so many worlds one is run again: it must go the same way */
#define FAILED_SHOWN 40u
#define WALKS 25u     /* of the self-check in each world */
/* Where the oracle cannot be sure, a resolver that gives up too soon would go unseen: of those questions at most so many
 * per cent may fail, in a run of so many worlds. */
#define EXCUSED_MAX 2u
#define EXCUSED_MAX_STORM 6u
#define EXCUSED_WORLDS 300u

struct command {
	unsigned int worlds, questions;
	uint64_t first, seed;
	bool one, storm;
	const char *story;
};

struct outcome {
	bool good;
	uint64_t hash;
};

static void add_totals(struct totals *totals, const struct run *run)
{
	const struct internet_counts *counts = &run->internet.counts;
	totals->queries += run->query_count;
	totals->answers += run->checker.answers;
	totals->failures += run->checker.failures;
	totals->excused += run->checker.excused;
	totals->hopeless += run->checker.hopeless;
	totals->doubtful += run->checker.doubtful;
	totals->udp += counts->udp;
	totals->stream += counts->stream;
	totals->replies += counts->replies;
	totals->lost += counts->lost;
	totals->forged += counts->forged;
}

static struct run *new_run(void)
{
	struct run *run = calloc(1, sizeof *run);
	if (run == NULL)
		exit(1);
	return run;
}

static struct outcome finish(struct run *run, struct totals *totals, const char *what)
{
	struct outcome outcome = { .good = run->internet.fault[0] == '\0', .hash = run->internet.hash };
	add_totals(totals, run);
	if (!outcome.good && totals->failed < FAILED_SHOWN)
		printf("%s: at %.3f ms: %s\n", what, (double)run->internet.elapsed / TICKS_PER_MS, run->internet.fault);
	totals->failed += !outcome.good;
	run_end(run);
	world_end(&run->world);
	free(run);
	fflush(stdout);
	return outcome;
}

static struct outcome play_seed(struct totals *totals, uint64_t seed, const struct command *command, FILE *story)
{
	char what[40];
	struct run *run = new_run();
	snprintf(what, sizeof what, "seed %llu", (unsigned long long)seed);
	world_begin(&run->world, seed);
	build_world(&run->world);
	if (command->storm)
		moods_storm(&run->world);
	if (run_begin(run, story))
		run_questions(run, command->questions);
	return finish(run, totals, what);
}

static bool play_story(struct totals *totals, const struct story *story, FILE *told)
{
	char what[80];
	struct run *run = new_run();
	snprintf(what, sizeof what, "story %s", story->name);
	world_begin(&run->world, 1);
	story->build(&run->world);
	if (run_begin(run, told)) {
		run_calm(run);
		story->play(run);
		run_close(run);
	}
	return finish(run, totals, what).good;
}

/* Is the simulator right in this world, before the resolver is called wrong? */
static void check_world(struct totals *totals, uint64_t seed)
{
	char what[60];
	struct run *run = new_run();
	struct totals own = { .failed = totals->failed };
	snprintf(what, sizeof what, "seed %llu, self-check", (unsigned long long)seed);
	world_begin(&run->world, seed);
	build_world(&run->world);
	selfcheck_world(run, WALKS);
	finish(run, &own, what);
	totals->walks += own.answers;
	totals->failed = own.failed;
}

/* Of the leak checker, where there is one. */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

static void check_leak(struct totals *totals, uint64_t seed)
{
	if (__lsan_do_recoverable_leak_check == NULL || __lsan_do_recoverable_leak_check() == 0)
		return;
	printf("seed %llu: memory is not given back\n", (unsigned long long)seed);
	totals->failed++;
	fflush(stdout);
}

static void play_world(void *context, uint64_t seed, struct totals *totals)
{
	const struct command *command = context;
	uint64_t failed = totals->failed;
	if (!command->storm)
		check_world(totals, seed);
	struct outcome outcome = play_seed(totals, seed, command, NULL);
	totals->worlds++;
	if (seed % TWICE < PARTS && outcome.good) {
		struct totals again = { .failed = FAILED_SHOWN };
		totals->twice++;
		if (play_seed(&again, seed, command, NULL).hash != outcome.hash) {
			printf("seed %llu: it does not go the same way twice\n", (unsigned long long)seed);
			totals->failed++;
		}
	}
	check_leak(totals, seed);
	if (totals->failed > failed) /* however much was wrong, it is one world */
		totals->failed = failed + 1;
}

/* 1 when too many questions failed that could have been answered. */
static unsigned int check_excuses(const struct totals *totals, bool storm)
{
	unsigned int most = storm ? EXCUSED_MAX_STORM : EXCUSED_MAX;
	uint64_t doubtful = totals->excused + totals->doubtful;
	if (totals->worlds < EXCUSED_WORLDS || totals->excused * 100 <= doubtful * most)
		return 0;
	printf("of the questions that can be answered, if not for certain, %llu of 100 failed; more than %u are too many\n",
	       (unsigned long long)(totals->excused * 100 / doubtful), most);
	return 1;
}

static const struct story *find_story(const char *name)
{
	for (size_t i = 0; i < story_count; i++)
		if (strcmp(stories[i].name, name) == 0)
			return &stories[i];
	fprintf(stderr, "sim: there is no story %s\n", name);
	exit(2);
}

static int tell_end(const struct totals *totals, uint64_t tests)
{
	printf("%llu UDP and %llu TCP queries upstream, %llu replies, %llu packets lost, %llu forged\n",
	       (unsigned long long)totals->udp, (unsigned long long)totals->stream, (unsigned long long)totals->replies,
	       (unsigned long long)totals->lost, (unsigned long long)totals->forged);
	printf("%llu answers, %llu SERVFAIL, %llu of them where no server of a zone can be reached, %llu where an answer was "
	       "possible, if not certain (and %llu answers)\n",
	       (unsigned long long)totals->answers, (unsigned long long)totals->failures,
	       (unsigned long long)totals->hopeless, (unsigned long long)totals->excused,
	       (unsigned long long)totals->doubtful);
	printf("sim: %llu worlds, %llu of them twice, %llu questions, %llu walks of the self-check\n",
	       (unsigned long long)totals->worlds, (unsigned long long)totals->twice,
	       (unsigned long long)totals->queries, (unsigned long long)totals->walks);
	printf("%llu passed, %llu failed\n", (unsigned long long)(tests > totals->failed ? tests - totals->failed : 0),
	       (unsigned long long)totals->failed);
	return totals->failed > 0;
}

static void read_command(int argc, char **argv, struct command *command)
{
	static const struct option options[] = { { "worlds", required_argument, NULL, 'w' },
						 { "questions", required_argument, NULL, 'q' },
						 { "first-seed", required_argument, NULL, 'f' },
						 { "seed", required_argument, NULL, 's' },
						 { "storm", no_argument, NULL, 'r' },
						 { "story", required_argument, NULL, 't' },
						 { "stories", no_argument, NULL, 'l' },
						 { NULL, 0, NULL, 0 } };
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'w':
			command->worlds = (unsigned int)strtoul(optarg, NULL, 10);
			break;
		case 'q':
			command->questions = (unsigned int)strtoul(optarg, NULL, 10);
			break;
		case 'f':
			command->first = strtoull(optarg, NULL, 10);
			break;
		case 's':
			command->seed = strtoull(optarg, NULL, 10);
			command->one = true;
			break;
		case 'r':
			command->storm = true;
			break;
		case 't':
			command->story = optarg;
			break;
		case 'l':
			for (size_t i = 0; i < story_count; i++)
				puts(stories[i].name);
			exit(0);
		default:
			fputs("usage: sim [--storm] [--worlds N] [--questions N] [--first-seed N] | --seed N | --story NAME | --stories\n",
			      stderr);
			exit(2);
		}
	}
}

static int play_all(struct command *command)
{
	struct totals totals = { 0 };
	uint64_t stories_played = command->storm ? 0 : story_count;
	parts_run(play_world, command, command->first, command->worlds, &totals);
	for (size_t i = 0; i < stories_played; i++)
		play_story(&totals, &stories[i], NULL);
	bool weighed = totals.worlds >= EXCUSED_WORLDS;
	totals.failed += check_excuses(&totals, command->storm);
	return tell_end(&totals, totals.worlds + stories_played + weighed);
}

int main(int argc, char **argv)
{
	struct command command = { .worlds = WORLDS, .questions = QUESTIONS, .first = 1 };
	struct totals totals = { 0 };
	read_command(argc, argv, &command);
	if (command.story != NULL) {
		play_story(&totals, find_story(command.story), stdout);
		return tell_end(&totals, 1);
	}
	if (!command.one)
		return play_all(&command);
	totals.worlds = 1;
	if (!command.storm)
		check_world(&totals, command.seed);
	play_seed(&totals, command.seed, &command, stdout);
	return tell_end(&totals, 1);
}
