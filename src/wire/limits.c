#include "wire/limits.h"

const struct limit_row limit_rows[] = {
#define LIMIT(name, value, unit, reason) { #name, (value), (unit), (reason) },
#include "wire/limits.def"
#undef LIMIT
};

const size_t limit_row_count = sizeof limit_rows / sizeof limit_rows[0];
