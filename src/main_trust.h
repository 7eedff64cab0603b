/* main_trust: from the options of the section dnssec to what validation begins with, and back into the file of states.
 *
 * A zone's anchors are those of the configuration and those that its keys have become since (RFC 5011), as the file of
 * dnssec.anchor-state remembers; dnssec/anchor.h says how the two meet.
 */
#ifndef ROOTWALK_MAIN_TRUST_H
#define ROOTWALK_MAIN_TRUST_H

#include "config/problems.h"
#include "daemon/trust.h"

struct trust_sentences {
	char fatal[PROBLEM_SIZE]; /* why there is no trust */
	char state[PROBLEM_SIZE]; /* why the file of states is not used; empty when it is, or when there is none */
};

/* Reads the files that the options name; all is in the arena. With dnssec.validation false there is nothing. False when
 * something cannot be used. `wall`: POSIX seconds. */
bool trust_read(const struct options *options, int64_t wall, struct arena *arena, struct trust *trust,
		struct trust_sentences *sentences);

/* From now on changes are written to the file of states, if the options name one; it is tried at once, so that whatever
 * hinders it is told at the start. */
void trust_remember(struct trust *trust, const struct options *options, const struct log *log, struct arena *arena);

/* A sentence about a negative anchor that is hardly meant as it is written (an end that is past or far off), or NULL.
 * `wall`: POSIX seconds. The sentence is written to `text`. */
const char *trust_warning(const struct zone_until *zone, int64_t wall, char text[PROBLEM_SIZE]);

/* All of them, to the log. */
void trust_warn(const struct options *options, int64_t wall, const struct log *log);

#endif
