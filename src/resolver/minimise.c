#include "resolver/minimise.h"

#include "wire/limits.h"

/* Labels to add, so that the rest is shared evenly among the questions that are left. */
static unsigned int stride(unsigned int asked, unsigned int labels_left)
{
	if (asked < LIMIT_MINIMISED_SINGLE_LABELS)
		return 1;
	unsigned int questions_left = LIMIT_MINIMISED_QUERIES - asked;
	return (labels_left + questions_left - 1) / questions_left;
}

unsigned int minimise_next(const struct minimiser *minimiser, struct name name, struct name zone)
{
	if (minimiser->off || minimiser->asked >= LIMIT_MINIMISED_QUERIES)
		return name.labels;
	unsigned int shown = minimiser->labels > zone.labels ? minimiser->labels : zone.labels;
	if (shown >= name.labels)
		return name.labels;
	unsigned int next = shown + stride(minimiser->asked, name.labels - shown);
	return next < name.labels ? next : name.labels;
}
