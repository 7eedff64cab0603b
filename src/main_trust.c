#include "main_trust.h"

#include "base/date.h"
#include "text/anchorfile.h"
#include "text/anchorstate.h"
#include "wire/limits.h"

#include <stdio.h>

struct gathering {
	const struct options *options;
	int64_t wall;
	struct arena *arena;
	struct trust *trust;
	struct trust_sentences *sentences;
	struct anchor_list list;     /* configured */
	struct anchor_states states; /* remembered */
};

static bool read_anchors(struct gathering *gathering)
{
	const char *path = gathering->options->dnssec_trust_anchors;
	return path != NULL ? anchorfile_read(path, gathering->arena, &gathering->list, gathering->sentences->fatal,
					      PROBLEM_SIZE)
			    : anchorfile_built_in(gathering->arena, &gathering->list);
}

static void read_states(struct gathering *gathering)
{
	const char *path = gathering->options->dnssec_anchor_state;
	if (path != NULL)
		(void)anchorstate_read(path, gathering->arena, &gathering->states, gathering->sentences->state,
				       PROBLEM_SIZE);
}

static const struct trust_point *find_point(const struct trust_point *points, size_t count, struct name zone)
{
	for (size_t i = 0; i < count; i++)
		if (name_equal(anchor_zone(&points[i]), zone))
			return &points[i];
	return NULL;
}

/* What is configured for the zone, and what is remembered of it. */
static bool make_point(struct gathering *gathering, struct trust_point *point, struct name zone)
{
	const struct anchor_states *states = &gathering->states;
	const struct trust_point *known = find_point(states->points, states->count, zone);
	char text[NAME_TEXT_SIZE];
	if (known != NULL)
		*point = *known;
	else
		anchor_begin(point, zone);
	if (anchor_configure(point, gathering->list.rrsets, gathering->list.count, gathering->wall))
		return true;
	snprintf(gathering->sentences->fatal, PROBLEM_SIZE,
		 "more keys of %s than rootwalk follows (%u): give fewer trust anchors", name_to_text(zone, text),
		 LIMIT_ANCHORS_TRACKED);
	return false;
}

/* One for each zone of the list; what is remembered of other zones is not wanted any more. */
static bool make_points(struct gathering *gathering)
{
	const struct anchor_list *list = &gathering->list;
	struct trust *trust = gathering->trust;
	struct trust_point *points = arena_alloc(gathering->arena, list->count * sizeof *points);
	trust->points = points;
	if (points == NULL)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (find_point(points, trust->point_count, list->rrsets[i].owner) == NULL &&
		    !make_point(gathering, &points[trust->point_count++], list->rrsets[i].owner))
			return false;
	return true;
}

static bool make_anchors(struct arena *arena, struct trust *trust)
{
	struct rrset *anchors = arena_alloc(arena, (2 * trust->point_count + 1) * sizeof *anchors);
	size_t more;
	trust->anchors = anchors;
	if (anchors == NULL)
		return false;
	for (size_t i = 0; i < trust->point_count; i++) {
		if (!anchor_trusted(&trust->points[i], arena, &anchors[trust->anchor_count], &more))
			return false;
		trust->anchor_count += more;
	}
	return true;
}

static bool read_negative(const struct options *options, struct arena *arena, struct trust *trust)
{
	size_t count = options->dnssec_negative_anchors_count;
	struct negative_anchor *anchors = arena_alloc(arena, (count + 1) * sizeof *anchors);
	if (anchors == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct zone_until *zone = &options->dnssec_negative_anchors[i];
		struct name_buffer buffer;
		struct name name;
		if (!name_of_text(zone->zone, &buffer, &name))
			return false; /* value_zone has looked at it */
		anchors[i] = (struct negative_anchor){ .zone = name_copy_lower(arena, name), .until = zone->until };
		if (anchors[i].zone.octets == NULL)
			return false;
	}
	trust->negative_anchors = anchors;
	trust->negative_anchor_count = count;
	return true;
}

bool trust_read(const struct options *options, int64_t wall, struct arena *arena, struct trust *trust,
		struct trust_sentences *sentences)
{
	struct gathering gathering = { options, wall, arena, trust, sentences, { 0 }, { 0 } };
	*trust = (struct trust){ 0 };
	sentences->state[0] = '\0';
	snprintf(sentences->fatal, PROBLEM_SIZE, "out of memory");
	if (!options->dnssec_validation)
		return true;
	read_states(&gathering);
	return read_anchors(&gathering) && make_points(&gathering) && make_anchors(arena, trust) &&
	       read_negative(options, arena, trust);
}

/* ---- remembering ---- */

struct memory {
	const char *path;
	const struct log *log;
};

static void remember(void *context, const struct trust_point *points, size_t count)
{
	const struct memory *memory = context;
	char problem[PROBLEM_SIZE];
	if (!anchorstate_write(memory->path, points, count, problem, sizeof problem))
		log_error(memory->log, "%s; what is known of trust anchors will be forgotten at the end", problem);
}

void trust_remember(struct trust *trust, const struct options *options, const struct log *log, struct arena *arena)
{
	struct memory *memory = ARENA_NEW(arena, struct memory);
	if (options->dnssec_anchor_state == NULL || trust->point_count == 0 || memory == NULL)
		return;
	*memory = (struct memory){ .path = options->dnssec_anchor_state, .log = log };
	trust->changed = remember;
	trust->context = memory;
	remember(memory, trust->points, trust->point_count);
}

/* ---- negative anchors ---- */

const char *trust_warning(const struct zone_until *zone, int64_t wall, char text[PROBLEM_SIZE])
{
	char date[DATE_TEXT_SIZE];
	if (zone->until <= wall)
		snprintf(text, PROBLEM_SIZE, "dnssec.negative-anchors: %s ended at %s; its answers are checked again",
			 zone->zone, date_to_short_text(zone->until, date));
	else if (zone->until != INT64_MAX && zone->until - wall > LIMIT_NEGATIVE_ANCHOR_S)
		snprintf(text, PROBLEM_SIZE,
			 "dnssec.negative-anchors: %s goes unchecked until %s, more than %u days; faults are mended sooner",
			 zone->zone, date_to_short_text(zone->until, date), LIMIT_NEGATIVE_ANCHOR_S / 86400);
	else
		return NULL;
	return text;
}

void trust_warn(const struct options *options, int64_t wall, const struct log *log)
{
	char text[PROBLEM_SIZE];
	for (size_t i = 0; options->dnssec_validation && i < options->dnssec_negative_anchors_count; i++)
		if (trust_warning(&options->dnssec_negative_anchors[i], wall, text) != NULL)
			log_warning(log, "%s", text);
}
