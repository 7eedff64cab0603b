#include "resolver/result.h"

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

uint32_t result_left(uint32_t ttl, uint64_t as_of, uint64_t age)
{
	return ttl > age - as_of ? ttl - (uint32_t)(age - as_of) : 0;
}

uint32_t result_ttl(const struct result *result, uint64_t age)
{
	if (result->found.kind == CACHED_NONE)
		return 0;
	uint32_t ttl = result_left(result->found.ttl, result->found_as_of, age);
	for (unsigned int i = 0; i < result->link_count; i++)
		ttl = smaller(ttl, result_left(result->links[i].cname.ttl, result->links[i].as_of, age));
	return ttl;
}
