/* anchorstate: the file where trust points are remembered from run to run (RFC 5011 section 2.4).
 *
 *	rootwalk-anchor-state 1
 *	zone . looked 2026-11-25T21:00:00Z next 2026-11-26T21:00:00Z ttl 172800 life 1296000
 *	key . valid since 2026-11-25T21:00:00Z DNSKEY 257 3 8 AwEAAaz/tAm8... ; 20326
 *	key . addpend since 2026-11-25T21:00:00Z until 2026-12-25T21:00:00Z DNSKEY 257 3 8 AwEAAa96jeuk... ; 38696
 *	end 2d0f3c...
 *
 * The last line has a checksum of all before it, so that a file that was cut or spoilt is known as one, and refused as a
 * whole: a key whose revocation was lost would be trusted again. Reading what a later version wrote is refused too.
 *
 * Writing never harms what is there: the new file is written aside (PATH.new), brought to the disk, and put in the place of
 * the old one in one step. Whatever happens meanwhile, one of them is found there whole. One process writes a file.
 */
#ifndef ROOTWALK_TEXT_ANCHORSTATE_H
#define ROOTWALK_TEXT_ANCHORSTATE_H

#include "dnssec/anchor.h"

struct anchor_states {
	struct trust_point *points; /* in the arena */
	size_t count;
};

/* A file that is not there is one without trust points. False when it cannot be used; `problem` is then one sentence and
 * there are no trust points. */
bool anchorstate_read(const char *path, struct arena *arena, struct anchor_states *states, char *problem,
		      size_t problem_size);

/* At most LIMIT_ANCHOR_RRSETS trust points. False when it could not be written; `problem` is one sentence. */
bool anchorstate_write(const char *path, const struct trust_point *points, size_t count, char *problem,
		       size_t problem_size);

#endif
