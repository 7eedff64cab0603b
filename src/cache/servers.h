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

#define SERVER_COOKIE_SIZE_MIN 8u
#define SERVER_COOKIE_SIZE_MAX 32u

struct server {
	uint32_t srtt_us;      /* smoothed round-trip time (RFC 6298 section 2); 0 when never measured */
	uint32_t rttvar_us;
	uint8_t silences;      /* time-outs in a row, one after another and not side by side */
	uint8_t edns_doubts;   /* matched FORMERRs to EDNS in a row, the first of them at edns_doubted */
	bool edns_broken;      /* no OPT for this one until edns_retry */
	bool case_broken;      /* does not echo the case of the question */
	uint8_t case_doubts;   /* replies that matched only without 0x20 */
	uint8_t cookie_size;   /* of its cookie; 0: it gave none */
	uint8_t cookie_doubts; /* replies without the cookie that was due, or only without ours */
	bool cookie_broken;    /* no cookie for this one until cookie_retry */
	uint64_t silent_at;    /* ticks: when the last of them was counted */
	uint64_t rest_until;   /* age seconds: backed off until then */
	uint64_t edns_doubted; /* age seconds */
	uint64_t edns_retry;   /* age seconds */
	uint64_t cookie_retry; /* age seconds: until then its doubts count */
	uint8_t cookie[SERVER_COOKIE_SIZE_MAX]; /* the server's part (RFC 7873 section 4.2) */
};

/* Zeroed when nothing is known. */
void servers_get(struct table *table, struct ip address, uint64_t age, struct server *server);
void servers_put(struct table *table, struct ip address, uint64_t age, const struct server *server);

/* The address does not serve the zone. */
bool servers_are_lame(struct table *table, struct ip address, struct name zone, uint64_t age);
void servers_set_lame(struct table *table, struct ip address, struct name zone, uint64_t age);

/* It does after all. */
void servers_clear_lame(struct table *table, struct ip address, struct name zone);

#endif
