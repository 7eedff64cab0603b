/* footprint: what a block of memory really takes, for limits that are those of the process. */
#ifndef ROOTWALK_CACHE_FOOTPRINT_H
#define ROOTWALK_CACHE_FOOTPRINT_H

#include <stddef.h>

/* What malloc takes for `size` octets: glibc puts 8 in front and rounds up to 16, at least 32. */
static inline size_t footprint(size_t size)
{
	size_t real = (size + 8 + 15) & ~(size_t)15;
	return real < 32 ? 32 : real;
}

#endif
