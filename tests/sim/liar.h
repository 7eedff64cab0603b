/* liar: resolvers that are wrong on purpose, to see that the checks find them.
 *
 * An engine without anchors answers; what it says becomes what a validating resolver would say (the oracle tells), and
 * then a lie. Without a lie the checks must be content, with one they must not. So the checks are shown to be able to
 * fail, whatever the resolver itself can do.
 */
#ifndef ROOTWALK_TESTS_SIM_LIAR_H
#define ROOTWALK_TESTS_SIM_LIAR_H

#include "check.h"

/* LIE(NAME, text, least): in how many worlds of sim.c's forty it is found out at least; about 22 are
 * signed from the root. */
#define LIES(LIE) \
	LIE(NONE, "tells no lies", 0) \
	LIE(AD_ALWAYS, "sets AD on everything", 20) \
	LIE(AD_NEVER, "never sets AD", 20) \
	LIE(AD_UNASKED, "sets AD for clients that did not ask", 20) \
	LIE(BOGUS_SERVED, "hands out what is bogus", 7) \
	LIE(SECURE_WITHHELD, "fails where the answer is secure", 12) \
	LIE(SIGNATURE_BROKEN, "breaks a signature", 7) \
	LIE(SIGNATURES_GONE, "sets AD and leaves the signatures out", 7) \
	LIE(PROOFS_GONE, "sets AD on a denial and leaves its proofs out", 12) \
	LIE(PROOFS_OTHER, "shows the proof of another name", 12)

enum lie {
#define LIE(name, text, least) LIE_##name,
	LIES(LIE)
#undef LIE
	LIE_COUNT
};

const char *lie_text(enum lie lie);
unsigned int lie_least(enum lie lie);

/* What becomes of an answer; the octets are in the arena. */
struct span liar_twist(const struct world *world, const struct client_query *query, enum lie lie, struct span octets,
		       struct arena *arena);

#endif
