#include "resolver/budget.h"

#include "wire/limits.h"

static bool spend(unsigned int *spent, unsigned int limit)
{
	if (*spent >= limit)
		return false;
	(*spent)++;
	return true;
}

bool budget_upstream_query(struct budget *budget)
{
	return spend(&budget->upstream_queries, LIMIT_UPSTREAM_QUERIES);
}

bool budget_received(struct budget *budget, size_t octets)
{
	budget->received_octets += octets;
	return budget->received_octets <= LIMIT_RECEIVED_OCTETS;
}

bool budget_ns_address_lookup(struct budget *budget)
{
	return spend(&budget->ns_address_lookups, LIMIT_NS_ADDRESS_LOOKUPS);
}

bool budget_ns_name_failed(struct budget *budget)
{
	return spend(&budget->ns_names_failed, LIMIT_NS_NAMES_FAILED);
}
