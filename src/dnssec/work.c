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
	return take(&work->checks, LIMIT_SIGNATURE_CHECKS);
}

bool work_hash(struct work *work)
{
	return take(&work->hashes, LIMIT_NSEC3_HASHES);
}

bool work_failure(struct work *work)
{
	return take(&work->failures, LIMIT_SIGNATURE_FAILURES);
}
