/* kit: what stories are made of: small worlds by hand, questions, and what is wanted of the answers. */
#ifndef ROOTWALK_TESTS_SIM_KIT_H
#define ROOTWALK_TESTS_SIM_KIT_H

#include "signing.h"
#include "stories.h"

#define KIT_HOUR 3600u

/* ---- making ---- */

/* A root with two hosts, and com. */
struct zone *kit_begin(struct world *world);

/* A zone that has one name server of its own, with glue. */
struct zone *kit_zone(struct world *world, struct zone *parent, const char *text);
struct host *kit_host(struct world *world);
struct host *kit_host_of(const struct world *world, const char *origin);

/* One record by chance; names are relative to the zone. */
struct node *kit_add(struct world *world, struct zone *zone, const char *text, uint16_t type, uint32_t ttl);
void kit_alias(struct world *world, struct zone *zone, const char *text, uint16_t type, const char *target);
void kit_soa(struct world *world, struct zone *zone, uint32_t ttl, uint32_t minimum);

/* Signs by P-256 with KSK and ZSK, DS of SHA-256 and NSEC. kit_sign: after that the zone's SOA is sure to let denials
 * live for five minutes. signing_end is the story's. */
struct signing_plan kit_plan(void);
void kit_sign(struct world *world, struct zone *zone, const struct signing_plan *plan);

/* A root and com, both signed, and the root's keys trusted. */
struct zone *kit_begin_signed(struct world *world);

/* A zone of its own host, signed by the plan (NULL: not), with www A. */
struct zone *kit_signed_zone(struct world *world, struct zone *parent, const char *text,
			     const struct signing_plan *plan);

/* example.com with www, mail and a name of four labels more. */
void kit_deepest(struct world *world);

/* ---- asking ---- */

struct client_query *kit_ask(struct run *run, const char *text, uint16_t type);

/* Asks, and the answer is so. */
void kit_want(struct run *run, const char *text, uint16_t type, uint16_t rcode);

/* Asks with DO and, with `checking_disabled`, CD. */
struct client_query *kit_ask_secure(struct run *run, const char *text, uint16_t type, bool checking_disabled);

/* Asks with DO, and the answer is so: SERVFAIL where it is bogus and the resolvers validate. What AD has to be, the oracle
 * says, which must agree with the story about the security. */
void kit_want_secure(struct run *run, const char *text, uint16_t type, uint16_t rcode, enum security security);

/* Queries sent to servers so far, and how many since `before`. */
uint64_t kit_upstream(const struct run *run);
void kit_want_sent(struct run *run, const char *what, uint64_t before, unsigned int least, unsigned int most);

void kit_wait(struct run *run, unsigned int seconds);

#endif
