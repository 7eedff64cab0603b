/* anchorfile: trust anchors, the keys that validation begins with (RFC 4033 section 2).
 *
 * Either the root's that are compiled in (root_anchors.def) or a file in the form of a zone file with DS and DNSKEY
 * records, of one zone or of several: what `dig . DNSKEY` prints or another resolver's root.key. A file replaces what is
 * built in. Records that could never begin a chain are refused, since a zone whose anchors are of no use would not be
 * validated and nobody would notice: keys that are no zone keys or are revoked (RFC 5011 section 2.1), digests of a wrong
 * size, algorithms that rootwalk does not know.
 *
 * Of a zone there is at most one RRset of type DS and one of type DNSKEY; each of their records may begin the chain.
 */
#ifndef ROOTWALK_TEXT_ANCHORFILE_H
#define ROOTWALK_TEXT_ANCHORFILE_H

#include "base/arena.h"
#include "wire/rrset.h"

/* Seconds; what the root zone gives its DNSKEY records. The anchors themselves do not grow old. */
#define ANCHORFILE_TTL 172800u

struct anchor_list {
	struct rrset *rrsets; /* in the arena */
	size_t count;
};

/* False when out of memory. */
bool anchorfile_built_in(struct arena *arena, struct anchor_list *list);

/* Reads a file. False when it cannot be used; `problem` is then one sentence with file and line. */
bool anchorfile_read(const char *path, struct arena *arena, struct anchor_list *list, char *problem,
		     size_t problem_size);

#endif
