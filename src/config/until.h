/* until: a zone for which something holds, for good or until a moment: "corp.example", "example.com until 2026-12-01".
 *
 * A day ends nothing: until 2026-12-01 is until that day begins, in UTC. A time of day may follow, as in
 * 2026-12-01T18:30:00Z.
 */
#ifndef ROOTWALK_CONFIG_UNTIL_H
#define ROOTWALK_CONFIG_UNTIL_H

#include "base/date.h"
#include "config/options.h"
#include "config/problems.h"

#define UNTIL_TEXT_SIZE (255u + sizeof " until " + DATE_TEXT_SIZE)

/* Adds what the text says to the option, a list of kind UNTIL. */
bool until_add(const struct option_row *option, struct options *options, const char *text, struct problems *problems);

/* The text that reads back as the same. */
const char *until_to_text(const struct zone_until *zone, char text[UNTIL_TEXT_SIZE]);

#endif
