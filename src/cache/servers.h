/* servers: what is known of an upstream address: speed, silence, manners, lameness for a zone.
 *
 * Shared by all workers. An update reads, changes and writes back; of two at the same time one may be lost, which
 * costs a sample and nothing else. Only replies that matched their question may change anything here
 * (CVE-2023-26437): that is the resolver's matter.
 */
#ifndef ROOTWALK_CACHE_SERVERS_H
#define ROOTWALK_CACHE_SERVERS_H

#include "base/ip.h"
#include "cache/table.h"

struct server {
	uint32_t srtt_us;    /* smoothed round-trip time (RFC 6298 section 2); 0 when never measured */
	uint32_t rttvar_us;
	uint8_t silences;    /* time-outs in a row, one after another and not side by side */
	uint8_t edns_doubts; /* matched FORMERRs to EDNS in a row */
	bool edns_broken;    /* no OPT for this one until edns_retry */
	bool case_broken;    /* does not echo the case of the question */
	uint64_t silent_at;  /* ticks: when the last of them was counted */
	uint64_t rest_until; /* age seconds: backed off until then */
	uint64_t edns_retry; /* age seconds */
};

/* Zeroed when nothing is known. */
void servers_get(struct table *table, struct ip address, uint64_t age, struct server *server);
void servers_put(struct table *table, struct ip address, uint64_t age, const struct server *server);

/* The address does not serve the zone. */
bool servers_are_lame(struct table *table, struct ip address, struct name zone, uint64_t age);
void servers_set_lame(struct table *table, struct ip address, struct name zone, uint64_t age);

#endif
