#include "config/until.h"

#include "config/value.h"

#include <stdio.h>
#include <stdlib.h>

/* Behind the blanks and the word "until"; NULL when something else stands there. */
static const char *skip_word(const char *text)
{
	static const char word[] = "until ";
	text += strspn(text, " ");
	if (strncmp(text, word, sizeof word - 1) != 0)
		return NULL;
	text += sizeof word - 1;
	return text + strspn(text, " ");
}

static bool read_end(const struct option_row *option, const char *text, int64_t *until, struct problems *problems)
{
	*until = INT64_MAX;
	if (*text == '\0')
		return true;
	const char *date = skip_word(text);
	if (date != NULL && date_of_text(date, until))
		return true;
	problems_say(problems, "%s: \"%s\" is no end; write one as until 2026-12-01 or until 2026-12-01T18:30:00Z",
		     option->path, text + strspn(text, " "));
	return false;
}

bool until_add(const struct option_row *option, struct options *options, const char *text, struct problems *problems)
{
	struct zone_until item = { .zone = strndup(text, strcspn(text, " ")) };
	if (item.zone == NULL) {
		problems_say(problems, "%s: out of memory", option->path);
		return false;
	}
	if (value_zone(option, item.zone, problems) &&
	    read_end(option, text + strlen(item.zone), &item.until, problems) &&
	    value_append(option, options, &item, problems))
		return true;
	zone_until_free(&item);
	return false;
}

const char *until_to_text(const struct zone_until *zone, char text[UNTIL_TEXT_SIZE])
{
	char date[DATE_TEXT_SIZE];
	if (zone->until == INT64_MAX)
		snprintf(text, UNTIL_TEXT_SIZE, "%s", zone->zone);
	else
		snprintf(text, UNTIL_TEXT_SIZE, "%s until %s", zone->zone, date_to_short_text(zone->until, date));
	return text;
}
