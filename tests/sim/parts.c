#include "parts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CRASHES_MAX 20u
#define WORLD_SECONDS 120u /* a world takes some milliseconds; sanitizers and busy machines are slower */

struct part {
	pid_t process;
	uint64_t seed; /* that is played, or will be */
	struct totals totals;
};

struct parts {
	parts_play *play;
	void *context;
	uint64_t end; /* the seed after the last */
	struct part *part;
};

void totals_add(struct totals *totals, const struct totals *more)
{
	totals->worlds += more->worlds;
	totals->queries += more->queries;
	totals->failed += more->failed;
	totals->twice += more->twice;
	totals->walks += more->walks;
	totals->answers += more->answers;
	totals->failures += more->failures;
	totals->excused += more->excused;
	totals->hopeless += more->hopeless;
	totals->doubtful += more->doubtful;
	totals->secure += more->secure;
	totals->verified += more->verified;
	totals->signatures += more->signatures;
	totals->keys += more->keys;
	totals->ds += more->ds;
	totals->udp += more->udp;
	totals->stream += more->stream;
	totals->replies += more->replies;
	totals->lost += more->lost;
	totals->forged += more->forged;
}

/* The child ends by exit, so that a leak checker has its say. */
static void start(const struct parts *parts, struct part *part)
{
	fflush(stdout);
	pid_t process = fork();
	if (process < 0) {
		perror("sim: fork");
		exit(1);
	}
	if (process > 0) {
		part->process = process;
		return;
	}
	for (; part->seed < parts->end; part->seed += PARTS) {
		alarm(WORLD_SECONDS);
		parts->play(parts->context, part->seed, &part->totals);
	}
	exit(0);
}

static void tell_crash(const struct parts *parts, const struct part *part, int status)
{
	if (part->seed < parts->end)
		printf("seed %llu: ", (unsigned long long)part->seed);
	else
		printf("after the last world: ");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		printf("it does not end within %u s\n", WORLD_SECONDS);
	else if (WIFSIGNALED(status))
		printf("the program crashed: %s\n", strsignal(WTERMSIG(status)));
	else
		printf("the program ended with status %d\n", WEXITSTATUS(status));
}

static struct part *part_of(const struct parts *parts, pid_t process)
{
	struct part *part = parts->part;
	while (part->process != process)
		part++;
	return part;
}

void parts_run(parts_play *play, void *context, uint64_t first, uint64_t count, struct totals *totals)
{
	struct parts parts = { .play = play, .context = context, .end = first + count };
	unsigned int crashes = 0;
	pid_t process;
	int status;
	parts.part = mmap(NULL, PARTS * sizeof *parts.part, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (parts.part == MAP_FAILED) {
		perror("sim: mmap");
		exit(1);
	}
	for (unsigned int i = 0; i < PARTS; i++) {
		parts.part[i].seed = first + i;
		start(&parts, &parts.part[i]);
	}
	while ((process = wait(&status)) > 0) {
		struct part *part = part_of(&parts, process);
		if (status == 0)
			continue;
		tell_crash(&parts, part, status);
		part->totals.worlds += part->seed < parts.end;
		part->totals.failed++;
		part->seed += PARTS;
		if (++crashes < CRASHES_MAX && part->seed < parts.end)
			start(&parts, part);
	}
	for (unsigned int i = 0; i < PARTS; i++)
		totals_add(totals, &parts.part[i].totals);
	munmap(parts.part, PARTS * sizeof *parts.part);
}
