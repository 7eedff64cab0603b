/* compress: the names written into a message so far, as targets of pointers (RFC 1035 section 4.1.4).
 *
 * A target is a label under a target (or under the root), so a name is looked up from its right end, one label at a
 * time, until a label is new. At most LIMIT_COMPRESSION_TARGETS are remembered, in a small hash table without
 * allocation; when full, names are written whole. Only offsets below 0x4000 can be pointed at.
 */
#ifndef ROOTWALK_WIRE_COMPRESS_H
#define ROOTWALK_WIRE_COMPRESS_H

#include "base/builder.h"
#include "wire/limits.h"
#include "wire/name.h"

#define COMPRESS_BUCKETS 256u

_Static_assert(LIMIT_COMPRESSION_TARGETS < 255 && COMPRESS_BUCKETS <= 256, "indices fit an octet");

struct compress {
	uint16_t bucket[COMPRESS_BUCKETS]; /* index + 1 of the youngest target */
	uint16_t next[LIMIT_COMPRESSION_TARGETS];
	uint16_t offset[LIMIT_COMPRESSION_TARGETS]; /* of the label in the message */
	uint8_t parent[LIMIT_COMPRESSION_TARGETS];  /* index + 1; 0 the root */
	uint8_t home[LIMIT_COMPRESSION_TARGETS];    /* the bucket it is in */
	uint16_t count;
};

void compress_begin(struct compress *compress);

/* Writes the name at the builder's end, with a pointer where a suffix stands in the message already; remembers
 * its own suffixes. Comparison is case-blind: an owner equal to the question takes the question's spelling. */
void compress_name(struct compress *compress, struct builder *message, struct name name);

/* After builder_rewind to the end of a name or of other data: forgets targets at or beyond `size`. */
void compress_rewind(struct compress *compress, size_t size);

#endif
