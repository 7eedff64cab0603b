/* weigh: what a look-up found is validated, if this one validates, and then believed: kept, and made part of the result.
 *
 *	weigh -> (validation) -> checked -> accept --> over, or look at the alias's target
 *	                            |
 *	                            +--> bogus: another server is asked, or it is over
 */
#ifndef ROOTWALK_RESOLVER_WEIGH_H
#define ROOTWALK_RESOLVER_WEIGH_H

#include "resolver/lookup.h"

/* Goes on with the look-up's claims. */
struct next weigh(struct lookup *lookup);

/* Does this look-up validate? */
bool weigh_validates(const struct lookup *lookup);

#endif
