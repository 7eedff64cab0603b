#include "resolver/select.h"

#include "wire/limits.h"

#define EXPLORE_ONE_IN 20u        /* choices that are pure chance */
#define BAND_US 5000u             /* as good as the best */
#define SILENCE_US (LIMIT_UPSTREAM_TIMEOUT_FIRST_MS * 1000u) /* for each silence in a row, up to: */
#define SILENCES_WEIGHED 4u
#define AGAIN_US 400000u          /* a server that was asked already is that much worse */
#define DOUBTFUL_US 60000000u     /* resting or lame: after all others */
#define SLOW_US (2 * DOUBTFUL_US) /* over TCP a second time, which may take all the time that is left: after these too */

static bool is_doubtful(const struct target *target, uint64_t age)
{
	return target->lame || target->memory.rest_until > age;
}

static bool may_be_asked(const struct target *target)
{
	return !target->useless && target->sends < LIMIT_SENDS_PER_SERVER &&
	       !(target->stream && target->connects >= LIMIT_STREAM_CONNECTS_PER_SERVER);
}

#define NEVER UINT32_MAX

static uint32_t score_of(const struct target *target, uint64_t age)
{
	const struct server *memory = &target->memory;
	bool doubtful = is_doubtful(target, age);
	bool was_heard = memory->srtt_us > 0 && !target->lame; /* it may be packets that get lost */
	if (doubtful && target->sends > 0 && !was_heard)
		return NEVER;
	uint32_t silences = memory->silences < SILENCES_WEIGHED ? memory->silences : SILENCES_WEIGHED;
	return memory->srtt_us + silences * SILENCE_US + target->sends * AGAIN_US + (doubtful ? DOUBTFUL_US : 0) +
	       (target->connects > 0 ? SLOW_US : 0);
}

/* Up to SELECT_SAMPLE targets that may be asked, drawn without order. */
static unsigned int sample(struct target *targets, unsigned int count, struct rng *rng,
			   struct target *drawn[SELECT_SAMPLE])
{
	unsigned int seen = 0;
	for (unsigned int i = 0; i < count; i++) {
		if (!may_be_asked(&targets[i]))
			continue;
		if (seen < SELECT_SAMPLE) {
			drawn[seen] = &targets[i];
		} else {
			uint32_t place = rng_below(rng, seen + 1);
			if (place < SELECT_SAMPLE)
				drawn[place] = &targets[i];
		}
		seen++;
	}
	return seen < SELECT_SAMPLE ? seen : SELECT_SAMPLE;
}

struct target *select_target(struct target *targets, unsigned int count, uint64_t age, struct rng *rng,
			     select_recall *recall, void *context)
{
	struct target *drawn[SELECT_SAMPLE];
	uint32_t scores[SELECT_SAMPLE], best = UINT32_MAX;
	unsigned int seen = sample(targets, count, rng, drawn), near = 0;
	for (unsigned int i = 0; i < seen; i++) {
		if (!drawn[i]->known)
			recall(context, drawn[i]);
		scores[i] = score_of(drawn[i], age);
		if (scores[i] < best)
			best = scores[i];
	}
	bool explore = seen > 1 && best < AGAIN_US && rng_below(rng, EXPLORE_ONE_IN) == 0;
	if (best == NEVER)
		return NULL;
	uint32_t limit = explore ? DOUBTFUL_US - 1 : best + best / 4 + BAND_US;
	for (unsigned int i = 0; i < seen; i++)
		if (scores[i] != NEVER && scores[i] <= limit && (!explore || drawn[i]->sends == 0))
			drawn[near++] = drawn[i];
	if (near == 0)
		return NULL;
	return near == 1 ? drawn[0] : drawn[rng_below(rng, near)];
}

/* A connection costs two round trips and some; the second time it may be slow. */
static uint32_t stream_timeout(const struct target *target)
{
	const struct server *memory = &target->memory;
	uint64_t wait = 4 * (memory->srtt_us + 4 * (uint64_t)memory->rttvar_us);
	if (target->connects > 0)
		return LIMIT_STREAM_TIMEOUT_MS * 1000u;
	if (wait < LIMIT_STREAM_TIMEOUT_FIRST_MS * 1000u)
		wait = LIMIT_STREAM_TIMEOUT_FIRST_MS * 1000u;
	/* The last try is a long one. */
	if (target->sends + 1u >= LIMIT_SENDS_PER_SERVER)
		wait = LIMIT_UPSTREAM_TIMEOUT_MAX_MS * 1000u;
	return wait < LIMIT_UPSTREAM_TIMEOUT_MAX_MS * 1000u ? (uint32_t)wait : LIMIT_UPSTREAM_TIMEOUT_MAX_MS * 1000u;
}

uint32_t select_timeout(const struct target *target)
{
	const struct server *memory = &target->memory;
	if (target->stream)
		return stream_timeout(target);
	uint64_t wait = LIMIT_UPSTREAM_TIMEOUT_FIRST_MS * 1000u;
	if (memory->srtt_us > 0)
		wait = memory->srtt_us + 4 * (uint64_t)memory->rttvar_us;
	if (wait < LIMIT_UPSTREAM_TIMEOUT_MIN_MS * 1000u)
		wait = LIMIT_UPSTREAM_TIMEOUT_MIN_MS * 1000u;
	/* A server that is mostly quick may have to think: the second wait is as if nothing were known of it, and the
	 * last one is long. */
	wait <<= target->sends;
	if (target->sends == 1 && wait < LIMIT_UPSTREAM_TIMEOUT_FIRST_MS * 1000u)
		wait = LIMIT_UPSTREAM_TIMEOUT_FIRST_MS * 1000u;
	if (target->sends > 1 || wait > LIMIT_UPSTREAM_TIMEOUT_MAX_MS * 1000u)
		wait = LIMIT_UPSTREAM_TIMEOUT_MAX_MS * 1000u;
	return (uint32_t)wait;
}
