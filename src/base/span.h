/* span: a view of octets that somebody else owns.
 *
 * A span never frees and never copies. It is as good as the memory behind it; who returns a span says whose
 * memory that is.
 */
#ifndef ROOTWALK_BASE_SPAN_H
#define ROOTWALK_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *octets;
	size_t size; /* in octets */
};

static inline struct span span_of(const void *octets, size_t size)
{
	return (struct span){ .octets = octets, .size = size };
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.octets, b.octets, a.size) == 0);
}

#endif
