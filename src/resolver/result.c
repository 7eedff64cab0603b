#include "resolver/result.h"

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

uint32_t result_ttl(const struct result *result)
{
	if (result->found.kind == CACHED_NONE)
		return 0;
	uint32_t ttl = result->found.ttl;
	for (unsigned int i = 0; i < result->link_count; i++)
		ttl = smaller(ttl, result->links[i].cname.ttl);
	return ttl;
}
