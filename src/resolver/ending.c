#include "resolver/ending.h"

#include "resolver/fetch.h"
#include "resolver/sentinel.h"
#include "resolver/tell.h"
#include "resolver/validate.h"
#include "resolver/weigh.h"

static struct engine *engine_of(const struct lookup *lookup)
{
	return lookup->task.request->engine;
}

struct next end_as(struct lookup *lookup, uint16_t rcode)
{
	lookup->result.rcode = rcode;
	tell_done(lookup);
	return finish(&lookup->task);
}

static bool is_denied_by_sentinel(const struct lookup *lookup)
{
	const struct engine *engine = engine_of(lookup);
	return lookup->result.security == SECURITY_SECURE && weigh_validates(lookup) &&
	       engine->options->dnssec_root_key_sentinel && sentinel_denies(&engine->anchors, &lookup->question);
}

struct next end_with(struct lookup *lookup, const struct cached *cached)
{
	if (is_denied_by_sentinel(lookup)) {
		lookup_give_up(lookup, EDE_OTHER, "what the name says of the root's trust anchors is not so (RFC 8509)");
		return finish(&lookup->task);
	}
	lookup->result.found = *cached;
	lookup->result.found_as_of = cached->as_of;
	return end_as(lookup, cached->kind == CACHED_NXDOMAIN ? RCODE_NXDOMAIN : RCODE_NOERROR);
}

/* ---- failures ---- */

void lookup_give_up(struct lookup *lookup, int ede, const char *why)
{
	struct result *result = &lookup->result;
	result->rcode = RCODE_SERVFAIL;
	result->found.kind = CACHED_NONE;
	result->link_count = 0;
	result->ede = ede;
	result->why = why;
	result->ours = true;
	result->security = ede_is_validation(ede) && ede != EDE_INDETERMINATE ? SECURITY_BOGUS : SECURITY_UNCHECKED;
	tell_failed(lookup);
}

void lookup_why(const struct lookup *lookup, struct result *result)
{
	const struct fetch *fetch = lookup->fetch;
	if (fetch == NULL || fetch->why == NULL)
		return;
	result->ede = fetch->ede;
	result->why = fetch->why;
}

static void remember(const struct lookup *lookup, bool validation, uint32_t ttl)
{
	const struct engine *engine = engine_of(lookup);
	const struct failure failure = { .ede = lookup->result.ede, .validation = validation, .ttl = ttl };
	failures_put(engine->table, lookup->question.name, lookup->question.type, engine->now.age, &failure);
}

/* The failure of a client's question is remembered, whatever it was; that of a name server's address only when it was
 * the servers' fault, since inside another look-up our own bounds are tighter (RFC 9520). */
struct next end_failed(struct lookup *lookup, int ede, const char *why, bool ours)
{
	lookup_give_up(lookup, ede, why);
	lookup->result.ours = ours;
	bool crowded = lookup->fetch != NULL && lookup->fetch->crowded;
	if (lookup->above.size == 0 && !crowded && (!ours || lookup->task.parent == NULL))
		remember(lookup, false, LIMIT_FAILURE_TTL);
	return finish(&lookup->task);
}

struct next end_without_memory(struct lookup *lookup)
{
	lookup_give_up(lookup, EDE_OTHER, "out of memory");
	return finish(&lookup->task);
}

struct next end_in_circle(struct lookup *lookup)
{
	unsigned int count = lookup->result.link_count;
	struct next next = end_failed(lookup, EDE_OTHER, "aliases go round in a circle, or are too many", false);
	lookup->result.link_count = count;
	return next;
}

/* Both texts, one behind the other, in the request's arena; the second alone when out of memory. */
static const char *join(const struct lookup *lookup, const char *first, const char *second)
{
	size_t first_size = strlen(first), second_size = strlen(second) + 1;
	char *words = arena_alloc(&lookup->task.request->arena, first_size + second_size);
	if (words == NULL)
		return second;
	memcpy(words, first, first_size);
	memcpy(words + first_size, second, second_size);
	return words;
}

bool end_as_before(struct lookup *lookup, struct next *next)
{
	const struct engine *engine = engine_of(lookup);
	struct failure failure;
	if (!failures_get(engine->table, lookup->name, lookup->question.type, engine->now.age, &failure) ||
	    (failure.validation && !weigh_validates(lookup)))
		return false;
	lookup_give_up(lookup, failure.ede,
		       failure.ede == EDE_NONE ? "failed a moment ago" :
						 join(lookup, "failed a moment ago: ", ede_text(failure.ede)));
	*next = finish(&lookup->task);
	return true;
}

/* ---- validation ---- */

const char *ending_words(const struct lookup *lookup)
{
	const struct validation *validation = lookup->validation;
	const char *why = validation->verdict.why != NULL ? validation->verdict.why : "not validated";
	char zone[NAME_TEXT_SIZE + 2];
	if (validation->where.size == 0)
		return why;
	(void)name_to_text(validation->where, zone);
	return join(lookup, strcat(zone, ": "), why);
}

/* Those who say what cannot be believed may not be the zone's servers: their delegation is asked for again soon. */
static void doubt_delegation(const struct lookup *lookup)
{
	const struct engine *engine = engine_of(lookup);
	if (lookup->cut.zone.size > 0)
		delegations_shorten(engine->table, lookup->cut.zone, engine->now.age, LIMIT_BOGUS_TTL);
}

/* It says nothing to who does not validate (RFC 4035 section 3.2.2), whatever the reason was. */
struct next end_unchecked(struct lookup *lookup)
{
	lookup_give_up(lookup, lookup->validation->verdict.ede, ending_words(lookup));
	doubt_delegation(lookup);
	remember(lookup, true, LIMIT_FAILURE_TTL);
	return finish(&lookup->task);
}

/* Where only an answer is missing, one may come soon. */
struct next end_bogus(struct lookup *lookup)
{
	const struct chain *chain = lookup->validation->chain;
	bool unanswered = chain != NULL && chain->unanswered;
	lookup_give_up(lookup, lookup->validation->verdict.ede, ending_words(lookup));
	lookup->result.ours = false;
	doubt_delegation(lookup);
	remember(lookup, true, unanswered ? LIMIT_FAILURE_TTL : LIMIT_BOGUS_TTL);
	return finish(&lookup->task);
}
