/* fail: every allocation of a resolution fails once, and then every one from there on; OpenSSL's too.
 *
 * A life is an engine and some questions to it. For n = 1, 2, ... it is lived while its n-th allocation fails. It must not
 * crash, each client must have its right answer or SERVFAIL, nothing may leak; and when there is memory again, every answer
 * must be right. It ends with the first n that is never reached. What OpenSSL makes once and keeps for the process is made
 * by a life without failures before.
 */
#include "allocator.h"
#include "plain.h"
#include "signed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS_MAX 20000ul
#define LATER_S 100u /* failures are forgotten by then */

struct tally {
	unsigned long passed, failed;
};

/* NULL: all was well. */
static const char *live(struct trial *trial, unsigned long number, bool all_after, bool *reached)
{
	unsigned int known = trial->life->known, count = trial->life->count;
	long blocks = allocator_blocks();
	allocator_arm(known == 0 ? number : 0, all_after);
	bool made = trial_begin(trial);
	if (made && known > 0) {
		trial_ask(trial, 0, known, true);
		allocator_arm(number, all_after);
	}
	if (made)
		trial_ask(trial, known, count, trial->learning);
	*reached = allocator_count() >= number;
	allocator_arm(0, false);
	if (made) {
		trial_pass(trial, LATER_S * (uint64_t)TICKS_PER_S);
		if (!trial->learning)
			trial_ask(trial, 0, count, true);
	}
	trial_end(trial);
	allocator_settle();
	if (allocator_blocks() != blocks && !trial->learning)
		trial_fault(trial, "memory is not given back");
	return trial->fault;
}

static void note(struct tally *tally, const struct trial *trial, const char *how)
{
	tally->passed += trial->fault == NULL;
	tally->failed += trial->fault != NULL;
	if (trial->fault != NULL)
		printf("%s, %s: %s (%s)\n", trial->life->name, how, trial->fault,
		       trial->life->questions[trial->about].name);
}

static void live_often(const struct options *options, const struct life *life, struct tally *tally)
{
	static struct trial trial;
	struct truth truth = { .data = { 0 } };
	char how[64] = "without failures";
	bool reached;
	allocator_settle(); /* what signing left */
	trial = trial_of(options, life, &truth, true);
	(void)live(&trial, 0, false, &reached);
	note(tally, &trial, how);
	for (int all_after = 0; all_after < 2 && trial.fault == NULL; all_after++) {
		reached = true;
		for (unsigned long number = 1; reached && number < NUMBERS_MAX; number++) {
			trial = trial_of(options, life, &truth, false);
			(void)live(&trial, number, all_after == 1, &reached);
			snprintf(how, sizeof how, "allocation %lu%s", number, all_after ? " and all after it" : "");
			note(tally, &trial, how);
		}
		trial.fault = NULL;
	}
}

/* All lives, or those whose name has this in it. */
static void live_all(const struct options *options, const struct trial_world *plain, const char *wanted,
		     struct tally *tally)
{
	struct life life = plain_life(plain);
	for (unsigned int n = 0; life.count > 0; n++) {
		if (wanted == NULL || strstr(life.name, wanted) != NULL)
			live_often(options, &life, tally);
		life = signed_life(n);
	}
}

int main(int argc, char **argv)
{
	struct options options;
	struct arena arena = arena_of(0);
	struct trial_world plain;
	struct tally tally = { 0, 0 };
	if (!allocator_take_openssl() || !options_default(&options) || !plain_begin(&arena, &plain))
		return 2;
	options.recursion_ipv6 = RECURSION_IPV6_FALSE;
	signed_begin();
	live_all(&options, &plain, argc > 1 ? argv[1] : NULL, &tally);
	signed_end();
	options_free(&options);
	arena_free(&arena);
	printf("%lu passed, %lu failed\n", tally.passed, tally.failed);
	return tally.failed > 0 || tally.passed == 0;
}
