/* rollover: the zones of trust anchors are asked for their keys, so that anchors follow them (RFC 5011).
 *
 *	timer -> rollover_look: a request for the DNSKEY RRset of each zone that is due, beside all others
 *	                           |
 *	request_close -> rollover_heard: is it trusted? who revokes itself? -> anchor_see -> new states, next time to look
 *	                           |                                            |
 *	                    EFFECT_ANCHORS, for the file and the other engines  `-> engine->anchors, the keyring
 *
 * One engine of a server does it, the one whose setup has trust points; the others are told by engine_trust. What the
 * request finds is not taken from the cache, and not validated on its way: whether it is trusted is decided here, because
 * an RRset may be worth something (a key revokes itself) that no chain of trust would accept.
 *
 * The timer stays in the heap from the beginning to the end, so that setting it needs no memory.
 */
#ifndef ROOTWALK_RESOLVER_ROLLOVER_H
#define ROOTWALK_RESOLVER_ROLLOVER_H

#include "resolver/inside.h"

/* Copies the setup's trust points and looks soon; nothing to do when there are none. False when out of memory. */
bool rollover_begin(struct engine *engine, const struct engine_setup *setup);

/* The timer goes off. */
void rollover_look(struct engine *engine);

/* A request that was made here ends, with a result or without. */
void rollover_heard(struct request *request);

/* Trust begins with these RRsets of DS and DNSKEY from now on. False when out of memory: all stays as it was. */
bool rollover_replace(struct engine *engine, const struct rrset *anchors, size_t count);

#endif
