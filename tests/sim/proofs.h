/* proofs: what a signed zone's server puts beside an answer to show that something is not there.
 *
 * RFC 4035 section 3.1.3 for NSEC, RFC 5155 section 7.2 for NSEC3. Nothing is added for a zone that is not signed.
 */
#ifndef ROOTWALK_TESTS_SIM_PROOFS_H
#define ROOTWALK_TESTS_SIM_PROOFS_H

#include "authority.h"

/* Of NODATA and NXDOMAIN, and of data and aliases made from a wildcard, at `name`. */
void proofs_add(const struct zone *zone, struct name name, const struct look *look, unsigned int epoch,
		struct section_entries *section);

/* Beside the NS set of a cut: DS, or that there is none. */
void proofs_add_cut(const struct zone *zone, const struct node *cut, unsigned int epoch,
		    struct section_entries *section);

#endif
