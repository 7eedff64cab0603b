/* limits: the bounds of limits.def as constants, LIMIT_X, and as rows for the document made from them. */
#ifndef ROOTWALK_WIRE_LIMITS_H
#define ROOTWALK_WIRE_LIMITS_H

#include <stddef.h>

enum limit_value {
#define LIMIT(name, value, unit, reason) LIMIT_##name = (value),
#include "wire/limits.def"
#undef LIMIT
};

struct limit_row {
	const char *name;
	long value;
	const char *unit;
	const char *reason;
};

/* All rows in the table's order. */
extern const struct limit_row limit_rows[];
extern const size_t limit_row_count;

#endif
