#include "dnssec/work.h"

#include "wire/limits.h"

static bool take(unsigned int *count, unsigned int limit)
{
	if (*count >= limit)
		return false;
	++*count;
	return true;
}

bool work_check(struct work *work)
{
	return work->failures <= LIMIT_SIGNATURE_FAILURES && take(&work->checks, LIMIT_SIGNATURE_CHECKS);
}

bool work_hash(struct work *work)
{
	return take(&work->hashes, LIMIT_NSEC3_HASHES);
}

bool work_failure(struct work *work)
{
	(void)take(&work->failures, LIMIT_SIGNATURE_FAILURES + 1u);
	return work->failures <= LIMIT_SIGNATURE_FAILURES;
}
