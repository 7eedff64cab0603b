#include "kit.h"

#include "build.h"
#include "records.h"

struct host *kit_host(struct world *world)
{
	struct host *host = world_host(world);
	tree_address(world, host, true, false);
	return host;
}

/* A zone that has one name server of its own, with glue. */
struct zone *kit_zone(struct world *world, struct zone *parent, const char *text)
{
	struct zone *zone = tree_zone(world, parent, text);
	tree_own_server(world, zone, "ns", kit_host(world), true);
	return zone;
}

struct zone *kit_begin(struct world *world)
{
	return kit_zone(world, tree_root(world, 2), "com");
}

struct host *kit_host_of(const struct world *world, const char *origin)
{
	struct name_buffer buffer;
	struct name name = name_root;
	const struct zone *zone = name_of_text(origin, &buffer, &name) ? world_zone_at(world, name) : NULL;
	struct host *host = (struct host *)&world->hosts[0];
	while (!host_serves(host, zone))
		host++;
	return host;
}

struct node *kit_add(struct world *world, struct zone *zone, const char *text, uint16_t type, uint32_t ttl)
{
	struct node *node = world_node(world, zone, world_name(world, text, zone->origin));
	records_fill(world, node, type, 1, ttl);
	return node;
}

void kit_alias(struct world *world, struct zone *zone, const char *text, uint16_t type, const char *target)
{
	struct node *node = world_node(world, zone, world_name(world, text, zone->origin));
	world_add(world, node, type, KIT_HOUR, records_of_name(world_name(world, target, zone->origin)));
}

void kit_soa(struct world *world, struct zone *zone, uint32_t ttl, uint32_t minimum)
{
	struct span rdata = records_soa(world, zone, minimum);
	world_change(world, zone->apex, TYPE_SOA, 0, ttl, &rdata, 1);
}

struct signing_plan kit_plan(void)
{
	return (struct signing_plan){ .algorithm = 13, .digest = 2, .keys = KEYS_KSK_ZSK, .ds = DS_GOOD };
}

void kit_sign(struct world *world, struct zone *zone, const struct signing_plan *plan)
{
	kit_soa(world, zone, 300, 300);
	sign_zone(world, zone, plan);
}

struct zone *kit_begin_signed(struct world *world)
{
	struct signing_plan plan = kit_plan();
	struct zone *com = kit_begin(world);
	plan.key = 2;
	kit_sign(world, &world->zones[0], &plan);
	signing_anchor(world, &world->zones[0], false);
	plan.key = 4;
	kit_sign(world, com, &plan);
	return com;
}

struct zone *kit_signed_zone(struct world *world, struct zone *parent, const char *text,
			     const struct signing_plan *plan)
{
	struct zone *zone = kit_zone(world, parent, text);
	kit_add(world, zone, "www", TYPE_A, KIT_HOUR);
	if (plan != NULL)
		kit_sign(world, zone, plan);
	return zone;
}

void kit_deepest(struct world *world)
{
	struct zone *example = kit_zone(world, kit_begin(world), "example");
	kit_add(world, example, "www", TYPE_A, KIT_HOUR);
	kit_add(world, example, "mail", TYPE_A, KIT_HOUR);
	kit_add(world, example, "a.b.c.d", TYPE_A, KIT_HOUR);
}

struct client_query *kit_ask(struct run *run, const char *text, uint16_t type)
{
	struct manner manner = { .kind = CLIENT_PLAIN, .udp_size = 1232 };
	struct question question = { .name = world_name(&run->world, text, name_root),
				     .type = type,
				     .class = CLASS_IN };
	run->internet.sends.counting = true;
	return run_ask(run, &question, &manner);
}

/* Asks, and the answer is so. */
void kit_want(struct run *run, const char *text, uint16_t type, uint16_t rcode)
{
	char told[CODE_TEXT_SIZE], wanted[CODE_TEXT_SIZE];
	const struct client_query *query = kit_ask(run, text, type);
	run_calm(run);
	if (query != NULL && query->answered && query->rcode != rcode)
		internet_fault(&run->internet, "%s is %s, not %s", text, rcode_to_text(query->rcode, told),
			       rcode_to_text(rcode, wanted));
}

struct client_query *kit_ask_secure(struct run *run, const char *text, uint16_t type, bool checking_disabled)
{
	struct manner manner = { .kind = CLIENT_PLAIN,
				 .udp_size = 1232,
				 .dnssec_ok = true,
				 .checking_disabled = checking_disabled };
	struct question question = { .name = world_name(&run->world, text, name_root), .type = type, .class = CLASS_IN };
	run->internet.sends.counting = true;
	struct client_query *query = run_ask(run, &question, &manner);
	run_calm(run);
	return query;
}

void kit_want_secure(struct run *run, const char *text, uint16_t type, uint16_t rcode, enum security security)
{
	char told[CODE_TEXT_SIZE], wanted[CODE_TEXT_SIZE];
	const struct client_query *query = kit_ask_secure(run, text, type, false);
	if (query == NULL)
		return;
	if (security == SECURITY_BOGUS && run->world.validated)
		rcode = RCODE_SERVFAIL;
	if (query->expectation.security != security || !query->expectation.security_sure)
		internet_fault(&run->internet, "%s is %s to the oracle, but %s in the story", text,
			       security_text(query->expectation.security), security_text(security));
	if (query->rcode != rcode)
		internet_fault(&run->internet, "%s is %s, not %s", text, rcode_to_text(query->rcode, told),
			       rcode_to_text(rcode, wanted));
}

uint64_t kit_upstream(const struct run *run)
{
	return run->internet.counts.udp + run->internet.counts.stream;
}

/* `before` was upstream's count; since then there were `least` to `most` queries. */
void kit_want_sent(struct run *run, const char *what, uint64_t before, unsigned int least, unsigned int most)
{
	uint64_t sent = kit_upstream(run) - before;
	if (sent < least || sent > most)
		internet_fault(&run->internet, "%s: %llu upstream queries, not %u to %u", what,
			       (unsigned long long)sent, least, most);
}

void kit_wait(struct run *run, unsigned int seconds)
{
	run_pass(run, seconds * (uint64_t)TICKS_PER_S);
	run_calm(run);
}
