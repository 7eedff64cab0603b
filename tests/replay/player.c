#include "player.h"

#include "compare.h"
#include "session.h"
#include "wire/codes.h"

#include <stdarg.h>

#define ANSWER_TICKS (5 * (uint64_t)TICKS_PER_S)
#define QUERY_UDP_SIZE 4096u
#define TEXT_SIZE 2800u

/* A scenario while it is played once. */
struct play {
	const struct performance *performance;
	const struct scenario *scenario;
	struct session session;
	struct rng rng;
	struct reply *replies; /* answers not checked yet, oldest first */
	struct span last;      /* the last answer */
	uint16_t id;           /* of the last query */
	bool strict;           /* so far */
	struct outcome *outcome;
};

struct reply {
	struct span octets;
	uint16_t id;
	struct reply *next;
};

static void note(struct outcome *outcome, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Only the first is kept. */
static void note(struct outcome *outcome, const char *format, ...)
{
	va_list arguments;
	if (outcome->detail[0] != '\0')
		return;
	va_start(arguments, format);
	vsnprintf(outcome->detail, sizeof outcome->detail, format, arguments);
	va_end(arguments);
}

static bool fail(struct play *play, const struct step *step, const char *why)
{
	play->outcome->detail[0] = '\0';
	note(play->outcome, "step %u (line %zu): %s", step->number, step->line, why);
	return false;
}

/* What keeps a passed scenario from being strict. */
static void loosen(struct play *play, const struct step *step, const char *why)
{
	play->strict = false;
	note(play->outcome, "step %u (line %zu): %s", step->number, step->line, why);
}

/* The entry's message as a client sends it; size 0 when it cannot be written. */
static size_t write_query(struct play *play, const struct entry *entry, uint8_t *octets, size_t capacity)
{
	struct message query = entry->message;
	if (entry->is_raw) {
		if (entry->raw.size > 0 && entry->raw.size <= capacity)
			memcpy(octets, entry->raw.octets, entry->raw.size);
		play->id = 0;
		if (entry->raw.size >= 2)
			play->id = (uint16_t)(octets[0] << 8 | octets[1]);
		return entry->raw.size;
	}
	query.id = play->id = rng_u16(&play->rng);
	query.has_edns = play->scenario->unbound ? entry->has_options || query.dnssec_ok :
						   (entry->adjust & ADJUST_NO_EDNS) == 0;
	query.udp_size = QUERY_UDP_SIZE;
	return message_write(&query, octets, capacity);
}

static bool keep_reply(struct play *play, struct span octets)
{
	struct reply *reply = ARENA_NEW(play->session.arena, struct reply), **end = &play->replies;
	if (reply == NULL)
		return false;
	*reply = (struct reply){ .octets = octets, .id = play->id };
	while (*end != NULL)
		end = &(*end)->next;
	*end = reply;
	return true;
}

static bool play_query(struct play *play, const struct step *step)
{
	uint8_t octets[MSG_SIZE_MAX];
	bool raw = step->entry->is_raw;
	size_t size = write_query(play, step->entry, octets, sizeof octets);
	if (size == 0 && !raw)
		return fail(play, step, "the query cannot be written");
	struct ip from = step->has_address ? step->address : play->session.settings->client;
	struct span answer = session_ask(&play->session, from, span_of(octets, size), raw ? 0 : ANSWER_TICKS);
	play->last = answer;
	if (answer.size == 0)
		return raw || play->scenario->unbound || fail(play, step, "no answer within 5 seconds");
	return raw || keep_reply(play, answer) || fail(play, step, "out of memory");
}

/* In deckard the last answer is looked at, in unbound they queue. */
static struct span next_answer(struct play *play, uint16_t *id)
{
	struct reply *reply = play->replies;
	*id = play->id;
	if (!play->scenario->unbound || reply == NULL)
		return play->scenario->unbound ? span_of(NULL, 0) : play->last;
	play->replies = reply->next;
	*id = reply->id;
	return reply->octets;
}

static void tell_difference(struct outcome *outcome, const struct step *step, const char *what,
			    const struct message *got)
{
	char expected_text[TEXT_SIZE], got_text[TEXT_SIZE];
	outcome->detail[0] = '\0';
	note(outcome, "step %u (line %zu): %s differs; expected [%s] got [%s]", step->number, step->line, what,
	     message_to_text(&step->entry->message, expected_text, sizeof expected_text),
	     message_to_text(got, got_text, sizeof got_text));
}

static bool check_message(struct play *play, const struct step *step, const struct message *message)
{
	struct comparison comparison = { .entry = step->entry,
					 .message = message,
					 .unbound = play->scenario->unbound,
					 .relaxed = !play->performance->strict,
					 .ttl_tolerance = session_seconds(&play->session) };
	const char *difference = compare(&comparison);
	if (difference != NULL) {
		tell_difference(play->outcome, step, difference, message);
		return false;
	}
	comparison.relaxed = false;
	difference = compare(&comparison);
	if (difference != NULL)
		loosen(play, step, difference);
	return true;
}

static bool play_check(struct play *play, const struct step *step)
{
	struct message message;
	uint16_t id;
	struct span answer = next_answer(play, &id);
	if (answer.size == 0)
		return fail(play, step, "there is no answer to check");
	const char *problem = message_read(answer, play->session.arena, &message);
	if (problem != NULL)
		return fail(play, step, problem);
	if (message.id != id)
		return fail(play, step, "the answer has another ID than the query");
	return check_message(play, step, &message);
}

/* One that was sent and not checked yet must hold. */
static bool play_check_out(struct play *play, const struct step *step)
{
	for (struct sent *sent = play->session.sent; sent != NULL; sent = sent->next) {
		struct comparison comparison = { .entry = step->entry,
						 .message = &sent->message,
						 .stream = sent->stream,
						 .unbound = play->scenario->unbound };
		if (sent->checked || (step->has_address && !ip_equal(step->address, sent->server)))
			continue;
		if (compare(&comparison) == NULL)
			return sent->checked = true;
	}
	return fail(play, step, "no such query was sent to a server");
}

static bool play_step(struct play *play, const struct step *step)
{
	play->session.step = step->number;
	switch (step->kind) {
	case STEP_QUERY:
		return play_query(play, step);
	case STEP_CHECK_ANSWER:
		return play_check(play, step);
	case STEP_CHECK_OUT_QUERY:
		return !play->scenario->unbound || play_check_out(play, step);
	case STEP_TIME_PASSES:
		session_jump(&play->session, step->ticks);
		return true;
	case STEP_TRAFFIC:
		session_calm(&play->session);
		return true;
	case STEP_REPLY:
	case STEP_NOTHING:
		return true;
	}
	return true;
}

static bool play_steps(struct play *play)
{
	for (const struct step *step = play->scenario->steps; step != NULL; step = step->next) {
		bool good = play_step(play, step);
		if (play->session.fault[0] != '\0')
			return fail(play, step, play->session.fault);
		if (!good)
			return false;
	}
	return true;
}

/* What must hold when the last step is done. */
static bool judge(struct play *play)
{
	struct internet *internet = play->session.internet;
	const struct entry *unused = internet_unused(internet);
	if (play->replies != NULL && play->scenario->unbound) {
		note(play->outcome, "a query was answered that nothing should answer");
		return false;
	}
	if (unused != NULL) {
		play->outcome->detail[0] = '\0';
		note(play->outcome, "the mandatory reply of line %zu was never used", unused->line);
		return false;
	}
	if (internet->undefined > 0) {
		play->strict = false;
		note(play->outcome, "%u undefined queries, first %s", internet->undefined, internet->first_undefined);
	}
	if (play->strict || !play->performance->strict)
		return true;
	return false;
}

static bool play_session(struct play *play)
{
	/* Many files serve nobody before their first step, which is when a live resolver would prime. */
	if (play->scenario->steps != NULL)
		play->session.step = play->scenario->steps->number;
	if (!session_begin(&play->session, play->performance->seed)) {
		note(play->outcome, "%s", play->session.fault);
		return false;
	}
	return play_steps(play) && judge(play);
}

/* Plays once, with the settings as they are. Entries are fresh: the file is read for each performance. */
static bool play_once(const struct performance *performance, struct arena *arena, bool second, bool *again,
		      struct outcome *outcome)
{
	char problem[512];
	const char *feature;
	struct internet internet;
	struct settings settings;
	struct scenario *scenario = scenario_read(performance->path, arena, &feature, problem, sizeof problem);
	*again = false;
	if (scenario == NULL || !internet_begin(&internet, scenario, arena)) {
		note(outcome, "the file cannot be read: %s", problem);
		return false;
	}
	bool good = settings_take(&settings, scenario, &internet, arena);
	if (good && feature == NULL && performance->skip_validation && settings.anchors.count > 0)
		feature = "DNSSEC validation";
	if (good && (feature != NULL || !scenario->is_whole))
		settings_free(&settings);
	if (!good || feature != NULL || !scenario->is_whole) {
		const char *why = settings.feature != NULL ? settings.feature : feature;
		outcome->verdict = why != NULL ? VERDICT_SKIPPED : VERDICT_FAILED;
		note(outcome, "%s", why != NULL ? why : !good ? settings.problem : problem);
		return why != NULL;
	}
	*again = !settings.minimise_given && !second;
	settings.options.recursion_qname_minimisation = settings.minimise_given ? settings.minimise : !second;
	struct play play = { .performance = performance,
			     .scenario = scenario,
			     .session = { .settings = &settings,
					  .internet = &internet,
					  .arena = arena,
					  .log = performance->log },
			     .rng = rng_of_number(performance->seed + 1),
			     .strict = true,
			     .outcome = outcome };
	good = play_session(&play);
	session_end(&play.session);
	settings_free(&settings);
	outcome->strict = outcome->strict && play.strict;
	return good;
}

static void say_when(struct outcome *outcome, const char *when)
{
	char detail[sizeof outcome->detail];
	memcpy(detail, outcome->detail, sizeof detail);
	snprintf(outcome->detail, sizeof outcome->detail, "%s: %.5900s", when, detail);
}

void player_play(const struct performance *performance, struct outcome *outcome)
{
	struct arena arena = arena_of(0);
	bool again;
	*outcome = (struct outcome){ .verdict = VERDICT_PASSED, .strict = true };
	bool good = play_once(performance, &arena, false, &again, outcome);
	if (!good && again)
		say_when(outcome, "with minimisation");
	if (good && again) {
		if (performance->log != NULL)
			fprintf(performance->log, "  again, without minimisation\n");
		arena_free(&arena);
		good = play_once(performance, &arena, true, &again, outcome);
		if (!good)
			say_when(outcome, "without minimisation");
	}
	if (!good)
		outcome->verdict = VERDICT_FAILED;
	arena_free(&arena);
}
