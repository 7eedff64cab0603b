/* liar: resolvers that are wrong on purpose, to see that the checks find them.
 *
 * An engine without anchors answers; what it says becomes what a validating resolver would say (the oracle tells), and
 * then a lie. Without a lie the checks must be content, with one they must not. So the checks are shown to be able to
 * fail, whatever the resolver itself can do.
 */
#ifndef ROOTWALK_TESTS_SIM_LIAR_H
#define ROOTWALK_TESTS_SIM_LIAR_H

#include "check.h"

/* LIE(NAME, text) */
#define LIES(LIE) \
	LIE(NONE, "tells no lies") \
	LIE(AD_ALWAYS, "sets AD on everything") \
	LIE(AD_NEVER, "never sets AD") \
	LIE(AD_UNASKED, "sets AD for clients that did not ask") \
	LIE(BOGUS_SERVED, "hands out what is bogus") \
	LIE(SECURE_WITHHELD, "fails where the answer is secure") \
	LIE(SIGNATURE_BROKEN, "breaks a signature") \
	LIE(SIGNATURES_GONE, "sets AD and leaves the signatures out") \
	LIE(PROOFS_GONE, "sets AD on a denial and leaves its proofs out") \
	LIE(PROOFS_OTHER, "shows the proof of another name")

enum lie {
#define LIE(name, text) LIE_##name,
	LIES(LIE)
#undef LIE
	LIE_COUNT
};

const char *lie_text(enum lie lie);

/* What becomes of an answer; the octets are in the arena. */
struct span liar_twist(const struct world *world, const struct client_query *query, enum lie lie, struct span octets,
		       struct arena *arena);

#endif
