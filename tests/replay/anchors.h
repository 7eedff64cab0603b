/* anchors: what a scenario trusts (trust-anchor) and what it does not want validated (domain-insecure).
 *
 * An anchor is one DS or DNSKEY in presentation form, the owner first; TTL and class may be left out, and a key may have
 * blanks and parentheses in it. Anchors of one owner and type are one RRset, as the engine wants them. ldns reads them,
 * not the code under test.
 */
#ifndef ROOTWALK_TESTS_REPLAY_ANCHORS_H
#define ROOTWALK_TESTS_REPLAY_ANCHORS_H

#include "resolver/engine.h"

#define ANCHORS_MAX 16u

struct anchors {
	struct rrset rrsets[ANCHORS_MAX];
	size_t count;
	struct negative_anchor negative[ANCHORS_MAX];
	size_t negative_count;
};

/* NULL when the anchor was added; else why not, static text. `text` is changed. All is kept in the arena. */
const char *anchors_add(struct anchors *anchors, struct arena *arena, char *text);

/* The same for a name at and below which nothing is validated, until the POSIX second behind it if there is one. */
const char *anchors_add_negative(struct anchors *anchors, struct arena *arena, char *text);

#endif
