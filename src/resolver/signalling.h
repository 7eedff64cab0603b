/* signalling: the zones of trust anchors are told which of their keys are trusted here (RFC 8145 section 5), so that who
 * changes the root's keys can see who would be left behind.
 *
 * The telling is a question for NULL at _ta-4f66.<zone>, the key tags in hexadecimal, ascending; what is answered does not
 * matter, and nobody waits for it. Each zone is told at the beginning and then every LIMIT_SIGNALLING_INTERVAL_S, by the
 * engine that follows the anchors (rollover.h), so once for a whole server. More than LIMIT_SIGNALLED_TAGS do not fit into
 * a label: the lowest are told.
 *
 * dnssec.trust-anchor-signalling switches it off.
 */
#ifndef ROOTWALK_RESOLVER_SIGNALLING_H
#define ROOTWALK_RESOLVER_SIGNALLING_H

#include "resolver/inside.h"

/* Tells soon, if this engine's setup follows anchors and the option is on. False when out of memory. */
bool signalling_begin(struct engine *engine, const struct engine_setup *setup);

/* The timer goes off. */
void signalling_tell(struct engine *engine);

/* "_ta-4a5c-4f66" before the zone, of all anchors that the zone has; false when it has none, or no name has room. */
bool signalling_name(const struct anchors *anchors, struct name zone, struct name_buffer *buffer, struct name *name);

#endif
