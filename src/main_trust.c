#include "main_trust.h"

#include "base/date.h"
#include "text/anchorfile.h"
#include "wire/limits.h"

#include <stdio.h>

static bool read_anchors(const struct options *options, struct arena *arena, struct trust *trust,
			 char problem[PROBLEM_SIZE])
{
	struct anchor_list list;
	const char *path = options->dnssec_trust_anchors;
	bool read = path != NULL ? anchorfile_read(path, arena, &list, problem, PROBLEM_SIZE)
				 : anchorfile_built_in(arena, &list);
	if (read) {
		trust->anchors = list.rrsets;
		trust->anchor_count = list.count;
	}
	return read;
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

bool trust_read(const struct options *options, struct arena *arena, struct trust *trust, char problem[PROBLEM_SIZE])
{
	*trust = (struct trust){ 0 };
	snprintf(problem, PROBLEM_SIZE, "out of memory");
	if (!options->dnssec_validation)
		return true;
	return read_anchors(options, arena, trust, problem) && read_negative(options, arena, trust);
}

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
