/* budget: what one client query may cost. One object counts it; nothing resets it (CVE-2026-50045).
 *
 * Every look-up made on behalf of the query, name servers' addresses included, spends from the same budget. Work
 * shared by several queries is charged to each of them.
 */
#ifndef ROOTWALK_RESOLVER_BUDGET_H
#define ROOTWALK_RESOLVER_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

struct budget {
	unsigned int upstream_queries;
	unsigned int ns_address_lookups;
	unsigned int ns_names_failed;
	size_t received_octets;
};

/* Each spends and says whether the limit still holds. Once false, always false. */
bool budget_upstream_query(struct budget *budget);
bool budget_received(struct budget *budget, size_t octets);
bool budget_ns_address_lookup(struct budget *budget);
bool budget_ns_name_failed(struct budget *budget);

#endif
