/* main_trust: from the options of the section dnssec to what validation begins with. */
#ifndef ROOTWALK_MAIN_TRUST_H
#define ROOTWALK_MAIN_TRUST_H

#include "config/problems.h"
#include "daemon/trust.h"

/* Reads the files that the options name; all is in the arena. With dnssec.validation false there is nothing. False when
 * something cannot be used; `problem` is then one sentence. */
bool trust_read(const struct options *options, struct arena *arena, struct trust *trust, char problem[PROBLEM_SIZE]);

/* A sentence about a negative anchor that is hardly meant as it is written (an end that is past or far off), or NULL.
 * `wall`: POSIX seconds. The sentence is written to `text`. */
const char *trust_warning(const struct zone_until *zone, int64_t wall, char text[PROBLEM_SIZE]);

/* All of them, to the log. */
void trust_warn(const struct options *options, int64_t wall, const struct log *log);

#endif
