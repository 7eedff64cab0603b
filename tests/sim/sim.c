/* sim: the simulated internet.
 *
 *	sim [--worlds N] [--questions N] [--first-seed N]   worlds from seeds, then the stories
 *	sim --storm [...]                                   the same in a storm: loss, dead and lame hosts, forgeries
 *	sim --validate [...]                                the resolvers have anchors in three worlds of four that have any
 *	sim --seed N [--questions N]                        one world, with the whole story
 *	sim --story NAME | --stories                        one story with all it says; their names
 *
 * A line for each world that fails: its seed, and what was wrong. The last line counts.
 */
#include "build.h"
#include "faults.h"
#include "parts.h"
#include "selfcheck.h"
#include "signing.h"
#include "stories.h"
#include "story.h"

#include <getopt.h>
#include <stdlib.h>

#define WORLDS 2000u
#define QUESTIONS 50u
#define TWICE 16u     /* every so many worlds one is run again: it must go the same way */
#define UNVALIDATED 4u /* with --validate, every so many worlds one has resolvers that do not */
#define LIAR_SEEDS 40u
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
	bool one, storm, validate;
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
	totals->secure += run->checker.secure;
	totals->verified += run->checker.verified;
	totals->keys += counts->keys;
	totals->ds += counts->ds;
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
	run->signatures_before = sign_key_count();
	return run;
}

static struct outcome finish(struct run *run, struct totals *totals, const char *what)
{
	struct outcome outcome = { .good = run->internet.fault[0] == '\0', .hash = run->internet.hash };
	add_totals(totals, run);
	if (!outcome.good && totals->failed < FAILED_SHOWN)
		printf("%s: at %.3f ms: %s\n", what, (double)run->internet.elapsed / TICKS_PER_MS, run->internet.fault);
	totals->failed += !outcome.good;
	totals->signatures += sign_key_count() - run->signatures_before;
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
	run->world.validated = command->validate && run->world.anchor_count > 0 && seed % UNVALIDATED != 0;
	if (run->world.validated)
		faults_build(&run->world);
	if (command->storm)
		moods_storm(&run->world);
	if (run_begin(run, story))
		run_questions(run, command->questions);
	return finish(run, totals, what);
}

static bool play_story(struct totals *totals, const struct story *story, const struct command *command, FILE *told)
{
	char what[80];
	struct run *run = new_run();
	snprintf(what, sizeof what, "story %s", story->name);
	world_begin(&run->world, 1);
	story->build(&run->world);
	run->world.validated = (command->validate || story->validated) && run->world.anchor_count > 0;
	if (run_begin(run, told)) {
		run_calm(run);
		story->play(run);
		run_close(run);
	}
	return finish(run, totals, what).good;
}

/* Worlds in which the engine pretends to validate and lies: in how many is something found? */
static unsigned int play_liar(enum lie lie)
{
	unsigned int found = 0;
	for (uint64_t seed = 1; seed <= LIAR_SEEDS; seed++) {
		struct run *run = new_run();
		struct totals own = { .failed = lie == LIE_NONE ? 0 : FAILED_SHOWN };
		char what[80];
		snprintf(what, sizeof what, "seed %llu, a resolver that %s", (unsigned long long)seed, lie_text(lie));
		world_begin(&run->world, seed);
		build_world(&run->world);
		run->world.validated = run->world.anchor_count > 0;
		run->pretends = true;
		run->lie = lie;
		if (run->world.validated)
			faults_build_plain(&run->world);
		if (run->world.validated && run_begin(run, NULL))
			run_questions(run, QUESTIONS);
		found += !finish(run, &own, what).good;
	}
	return found;
}

/* The checks find the liars, and them alone. */
static uint64_t check_liars(struct totals *totals)
{
	for (enum lie lie = LIE_NONE; lie < LIE_COUNT; lie++) {
		unsigned int found = play_liar(lie);
		if (lie == LIE_NONE ? found == 0 : found >= lie_least(lie))
			continue;
		printf("a resolver that %s is found out in %u worlds of %u\n", lie_text(lie), found, LIAR_SEEDS);
		totals->failed++;
	}
	return LIE_COUNT;
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
	const struct story *story;
	for (size_t i = 0; (story = stories_at(i)) != NULL; i++)
		if (strcmp(story->name, name) == 0)
			return story;
	fprintf(stderr, "sim: there is no story %s\n", name);
	exit(2);
}

static void list_stories(void)
{
	const struct story *story;
	for (size_t i = 0; (story = stories_at(i)) != NULL; i++)
		puts(story->name);
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
	printf("%llu answers with AD, %llu signatures made, %llu in answers checked; %llu queries for DNSKEY, %llu for DS\n",
	       (unsigned long long)totals->secure, (unsigned long long)totals->signatures,
	       (unsigned long long)totals->verified, (unsigned long long)totals->keys, (unsigned long long)totals->ds);
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
						 { "validate", no_argument, NULL, 'v' },
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
		case 'v':
			command->validate = true;
			break;
		case 't':
			command->story = optarg;
			break;
		case 'l':
			list_stories();
			exit(0);
		default:
			fputs("usage: sim [--storm] [--validate] [--worlds N] [--questions N] [--first-seed N] | --seed N | --story NAME | --stories\n",
			      stderr);
			exit(2);
		}
	}
}

static uint64_t play_stories(struct totals *totals, const struct command *command)
{
	const struct story *story;
	uint64_t played = 0;
	for (size_t i = 0; (story = stories_at(i)) != NULL; i++) {
		if (story->validated && !command->validate)
			continue;
		play_story(totals, story, command, NULL);
		played++;
	}
	return played;
}

static int play_all(struct command *command)
{
	struct totals totals = { 0 };
	parts_run(play_world, command, command->first, command->worlds, &totals);
	uint64_t stories_played = command->storm ? 0 : play_stories(&totals, command);
	uint64_t liars = command->storm ? 0 : check_liars(&totals);
	bool weighed = totals.worlds >= EXCUSED_WORLDS;
	totals.failed += check_excuses(&totals, command->storm);
	return tell_end(&totals, totals.worlds + stories_played + liars + weighed);
}

int main(int argc, char **argv)
{
	struct command command = { .worlds = WORLDS, .questions = QUESTIONS, .first = 1 };
	struct totals totals = { 0 };
	read_command(argc, argv, &command);
	if (command.story != NULL) {
		play_story(&totals, find_story(command.story), &command, stdout);
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
