#include "resolver/rollover.h"

#include "dnssec/sighting.h"
#include "resolver/lookup.h"
#include "resolver/request.h"

#define WAIT_MAX_S 3600 /* the clock on the wall may be set meanwhile */

struct rollover {
	struct timer timer;
	struct trust_point *points;
	bool *asking; /* a request is under way, by place */
	size_t count;
};

/* ---- when ---- */

static void set_timer(struct engine *engine)
{
	const struct rollover *rollover = engine->rollover;
	int64_t wait = WAIT_MAX_S;
	for (size_t i = 0; i < rollover->count; i++) {
		int64_t next = anchor_next(&rollover->points[i], engine->now.wall);
		if (!rollover->asking[i] && next < engine->now.wall + wait)
			wait = next > engine->now.wall ? next - engine->now.wall : 0;
	}
	(void)timer_set(engine, &engine->rollover->timer, engine->now.ticks + (uint64_t)wait * TICKS_PER_S);
}

bool rollover_begin(struct engine *engine, const struct engine_setup *setup)
{
	size_t count = setup->trust_point_count;
	if (count == 0)
		return true;
	struct rollover *rollover = ARENA_NEW(&engine->fixed, struct rollover);
	struct trust_point *points = arena_alloc(&engine->fixed, count * sizeof *points);
	bool *asking = arena_alloc(&engine->fixed, count * sizeof *asking);
	if (rollover == NULL || points == NULL || asking == NULL)
		return false;
	memcpy(points, setup->trust_points, count * sizeof *points);
	*rollover = (struct rollover){ .timer.kind = TIMER_ROLLOVER, .points = points, .asking = asking, .count = count };
	engine->rollover = rollover;
	return timer_set(engine, &rollover->timer, 0);
}

static void ask(struct engine *engine, size_t i)
{
	struct rollover *rollover = engine->rollover;
	struct question question = { anchor_zone(&rollover->points[i]), TYPE_DNSKEY, CLASS_IN };
	struct request *request = request_create(engine, &question, REQUEST_ROLLOVER, true);
	if (request == NULL) {
		anchor_fail(&rollover->points[i], engine->now.wall);
		return;
	}
	rollover->asking[i] = true;
	lookup_skip_cache(request->lookup);
}

void rollover_look(struct engine *engine)
{
	struct rollover *rollover = engine->rollover;
	for (size_t i = 0; i < rollover->count; i++)
		if (!rollover->asking[i] && anchor_next(&rollover->points[i], engine->now.wall) <= engine->now.wall)
			ask(engine, i);
	set_timer(engine);
}

/* ---- what changes ---- */

static bool same_anchors(const struct anchors *anchors, const struct rrset *others, size_t count)
{
	if (anchors->trusted_count != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (anchors->trusted[i].type != others[i].type || !name_equal(anchors->trusted[i].owner, others[i].owner) ||
		    !rrset_same_data(&anchors->trusted[i], &others[i]))
			return false;
	return true;
}

static void forget_keys(struct engine *engine)
{
	for (size_t i = 0; i < engine->anchors.trusted_count; i++)
		keyring_remove(&engine->keyring, engine->anchors.trusted[i].owner);
}

bool rollover_replace(struct engine *engine, const struct rrset *anchors, size_t count)
{
	if (same_anchors(&engine->anchors, anchors, count))
		return true;
	forget_keys(engine);
	if (!anchors_replace(&engine->anchors, anchors, count, &engine->fixed))
		return false;
	forget_keys(engine);
	return true;
}

/* The trust points have moved on: so does validation. */
static bool apply(struct engine *engine)
{
	const struct rollover *rollover = engine->rollover;
	size_t count = 0, more;
	arena_reset(&engine->workbench);
	struct rrset *anchors = arena_alloc(&engine->workbench, (2 * rollover->count + 1) * sizeof *anchors);
	if (anchors == NULL)
		return false;
	for (size_t i = 0; i < rollover->count; i++) {
		if (!anchor_trusted(&rollover->points[i], &engine->workbench, &anchors[count], &more))
			return false;
		count += more;
	}
	return rollover_replace(engine, anchors, count);
}

static void report(const struct engine *engine, const struct trust_point *point)
{
	char zone[NAME_TEXT_SIZE];
	(void)name_to_text(anchor_zone(point), zone);
	for (unsigned int i = 0; i < point->count; i++) {
		const struct anchor *anchor = &point->anchors[i];
		struct dnskey dnskey;
		if (anchor->state != anchor->before && dnskey_read(span_of(anchor->rdata, anchor->size), &dnskey))
			log_warning(&engine->log, "trust anchor of %s with key tag %u: %s, was %s (RFC 5011)", zone, dnskey.tag,
				    anchor_state_to_text(anchor->state), anchor_state_to_text(anchor->before));
	}
	if (!anchor_any_trusted(point))
		log_error(&engine->log, "%s has revoked all its trust anchors: nothing below it is validated by them any more",
			  zone);
}

static void publish(struct engine *engine)
{
	const struct effect effect = { .kind = EFFECT_ANCHORS,
				       .trust_points = engine->rollover->points,
				       .trust_point_count = engine->rollover->count };
	if (!apply(engine) || !effects_add(&engine->effects, &effect))
		log_error(&engine->log, "a change of trust anchors is not followed before the next one: out of memory");
}

/* ---- what was heard ---- */

/* The DNSKEY RRset of the zone itself, or NULL. */
static const struct rrset *dnskeys_of(const struct request *request)
{
	if (!request->over || request->lookup == NULL)
		return NULL;
	const struct result *result = request_result(request);
	const struct rrset *rrset = &result->found.rrset;
	bool good = result->link_count == 0 && result->found.kind == CACHED_POSITIVE && rrset->type == TYPE_DNSKEY &&
		    name_equal(rrset->owner, request->question.name) && !rrset->oversized;
	return good ? rrset : NULL;
}

static bool is_trusted(struct engine *engine, const struct trust_point *point, const struct rrset *dnskeys,
		       struct work *work)
{
	struct rrset trusted[2];
	size_t count;
	uint32_t ttl = dnskeys->ttl;
	struct keys *keys = keys_create(dnskeys);
	bool good = false;
	if (keys != NULL && anchor_trusted(point, &engine->workbench, trusted, &count))
		for (size_t i = 0; i < count && !good; i++)
			good = keys_trust(keys, dnskeys, &trusted[i], engine->now.wall, work, &engine->workbench, &ttl)
				       .security == SECURITY_SECURE;
	keys_destroy(keys);
	return good;
}

static void see(struct engine *engine, struct trust_point *point, const struct rrset *dnskeys)
{
	struct work work = { 0 };
	const struct sighting_means means = { engine->now.wall, &work, &engine->workbench };
	char zone[NAME_TEXT_SIZE];
	arena_reset(&engine->workbench);
	bool trusted = is_trusted(engine, point, dnskeys, &work);
	struct sighting sighting = sighting_of(point, dnskeys, trusted, &means);
	bool changed = anchor_see(point, &sighting, engine->now.wall);
	if (!trusted)
		log_warning(&engine->log, "the keys of %s are not signed by a trust anchor",
			    name_to_text(anchor_zone(point), zone));
	if (changed)
		report(engine, point);
	if (changed || trusted)
		publish(engine);
}

static size_t find(const struct rollover *rollover, struct name zone)
{
	size_t i = 0;
	while (i < rollover->count && !name_equal(anchor_zone(&rollover->points[i]), zone))
		i++;
	return i;
}

void rollover_heard(struct request *request)
{
	struct engine *engine = request->engine;
	struct rollover *rollover = engine->rollover;
	if (request->question.name.octets == NULL)
		return; /* out of memory before it began; `ask` knows */
	const struct rrset *dnskeys = dnskeys_of(request);
	size_t i = find(rollover, request->question.name);
	if (i == rollover->count)
		return;
	rollover->asking[i] = false;
	if (dnskeys != NULL)
		see(engine, &rollover->points[i], dnskeys);
	else
		anchor_fail(&rollover->points[i], engine->now.wall);
	set_timer(engine);
}
