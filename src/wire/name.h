/* name: domain names in wire form, uncompressed.
 *
 * A name is a view of octets, as everything here: labels with their length octets and the root's zero at the end
 * (RFC 1035 section 3.1). Whoever makes a `struct name` has checked it: labels of 1..63 octets, at most 255 in
 * all. Upper and lower case are kept as they came and are equal in every comparison (RFC 4343).
 *
 * `labels` does not count the root: "." has 0, "www.example.com." has 3. A suffix of a name shares its octets, so
 * walking towards the root costs nothing and allocates nothing.
 */
#ifndef ROOTWALK_WIRE_NAME_H
#define ROOTWALK_WIRE_NAME_H

#include "base/arena.h"
#include "base/builder.h"
#include "base/cursor.h"
#include "base/hash.h"

#define NAME_SIZE_MAX 255u
#define NAME_LABELS_MAX 127u
#define LABEL_SIZE_MAX 63u
#define NAME_TEXT_SIZE 1025u /* every octet as \DDD, dots, NUL */

struct name {
	const uint8_t *octets;
	uint8_t size;   /* 1..255; 0 only in a zeroed struct, which is no name */
	uint8_t labels; /* 0..127 */
};

/* A place for a name that does not come from an arena. */
struct name_buffer {
	uint8_t octets[NAME_SIZE_MAX];
};

extern const struct name name_root;

/* Reads a name at the cursor from a message, following compression pointers (strictly backwards, at most
 * LIMIT_COMPRESSION_POINTERS; RFC 1035 section 4.1.4). The cursor must have been made over the whole message; it
 * ends behind the name. The octets go to `buffer`. False (and the cursor failed) when malformed. */
bool name_read(struct cursor *message, struct name_buffer *buffer, struct name *name);

/* The same without pointers, as a view of the input: for data that is not compressed. */
bool name_read_plain(struct cursor *cursor, struct name *name);

/* Moves behind a name without following its pointer, which must still point backwards: for records that nobody
 * will look at. */
bool name_skip(struct cursor *message);

/* Text as in a zone file: "www.example.com.", "\." "\065", final dot optional, "." the root. False when it is no
 * name. */
bool name_of_text(const char *text, struct name_buffer *buffer, struct name *name);

/* Escaped by RFC 1035 section 5.1, with the final dot: only printable ASCII comes out. */
const char *name_to_text(struct name name, char text[NAME_TEXT_SIZE]);

/* Copy into an arena: as it is, or in lower case. A name with octets == NULL when out of memory. */
struct name name_copy(struct arena *arena, struct name name);
struct name name_copy_lower(struct arena *arena, struct name name);

/* Copy in lower case into memory of at least name.size octets. */
void name_lower_into(struct name name, uint8_t *octets);

void name_write(struct builder *builder, struct name name);

bool name_equal(struct name a, struct name b);            /* case-blind */
bool name_equal_octets(struct name a, struct name b);     /* case by case: for 0x20 */
int name_compare(struct name a, struct name b);           /* canonical order, RFC 4034 section 6.1 */
bool name_is_within(struct name name, struct name zone);  /* at or below */
bool name_is_below(struct name name, struct name zone);   /* strictly below */
bool name_is_root(struct name name);
bool name_is_wildcard(struct name name);                  /* first label is "*" */

/* The last `labels` labels of the name; at most as many as it has. */
struct name name_suffix(struct name name, unsigned int labels);

/* Without its first label; the root stays the root. */
struct name name_parent(struct name name);

/* How many labels, counted from the root, two names share. */
unsigned int name_common_labels(struct name a, struct name b);

/* `name` with its suffix `from` replaced by `to` (RFC 6672 section 2.2). False when longer than 255 octets:
 * YXDOMAIN. `name` must lie below `from`. */
bool name_replace_suffix(struct name name, struct name from, struct name to, struct name_buffer *buffer,
			 struct name *replaced);

/* Case-blind. */
uint64_t name_hash(const struct hash_key *key, struct name name);

#endif
