#include "signed.h"

#include "../sim/build.h"
#include "../sim/faults.h"
#include "../sim/internet.h"
#include "../sim/kit.h"
#include "../sim/records.h"
#include "wire/codes.h"

#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define LONG 60u /* records: they take more memory to check than others */
#define SURE (ASKED_DO | IS_SECURE)

/* ---- lives ---- */

static const struct trial_question cold[] = {
	{ "www.one.com", TYPE_A, RCODE_NOERROR, 1, SURE },
};

static const struct trial_question warm[] = {
	{ "www.one.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "mail.one.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "mail.one.com", TYPE_MX, RCODE_NOERROR, 0, SURE },
	{ "long.one.com", TYPE_TXT, RCODE_NOERROR, LONG, SURE },
	{ "mail.one.com", TYPE_A, RCODE_NOERROR, 1, SURE | IS_KNOWN },
};

static const struct trial_question rsa[] = {
	{ "www.one.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "www.rsa.com", TYPE_A, RCODE_NOERROR, 1, SURE },
};

static const struct trial_question insecure[] = {
	{ "www.nsec.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "www.child.nsec.com", TYPE_A, RCODE_NOERROR, 1, ASKED_DO },
	{ "gone.child.nsec.com", TYPE_A, RCODE_NXDOMAIN, 0, ASKED_DO },
	{ "child.nsec.com", TYPE_DS, RCODE_NOERROR, 0, SURE },
};

static const struct trial_question opt_out[] = {
	{ "www.optout.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "www.child.optout.com", TYPE_A, RCODE_NOERROR, 1, ASKED_DO },
	{ "gone.optout.com", TYPE_A, RCODE_NXDOMAIN, 0, ASKED_DO },
	{ "child.optout.com", TYPE_DS, RCODE_NOERROR, 0, ASKED_DO },
};

static const struct trial_question nsec[] = {
	{ "www.nsec.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "gone.nsec.com", TYPE_A, RCODE_NXDOMAIN, 0, SURE },
	{ "www.nsec.com", TYPE_MX, RCODE_NOERROR, 0, SURE },
	{ "some.wild.nsec.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "x.wild.nsec.com", TYPE_A, RCODE_NOERROR, 0, SURE },
};

static const struct trial_question nsec3[] = {
	{ "www.nsec3.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "gone.nsec3.com", TYPE_A, RCODE_NXDOMAIN, 0, SURE },
	{ "www.nsec3.com", TYPE_MX, RCODE_NOERROR, 0, SURE },
	{ "some.wild.nsec3.com", TYPE_A, RCODE_NOERROR, 1, SURE },
};

static const struct trial_question aliases[] = {
	{ "www.one.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "www.two.com", TYPE_MX, RCODE_NOERROR, 0, SURE },
	{ "alias.one.com", TYPE_A, RCODE_NOERROR, 2, SURE },
	{ "www.old.one.com", TYPE_A, RCODE_NOERROR, 3, SURE },
	{ "gone.one.com", TYPE_A, RCODE_NXDOMAIN, 1, SURE },
	{ "through.one.com", TYPE_A, RCODE_NOERROR, 2, ASKED_DO },
};

static const struct trial_question bogus[] = {
	{ "www.bad.com", TYPE_MX, RCODE_NOERROR, 0, SURE },
	{ "www.torn.com", TYPE_MX, RCODE_NOERROR, 0, SURE },
	{ "www.bad.com", TYPE_A, RCODE_SERVFAIL, 0, ASKED_DO },
	{ "long.torn.com", TYPE_TXT, RCODE_SERVFAIL, 0, ASKED_DO },
	{ "www.keyless.com", TYPE_A, RCODE_SERVFAIL, 0, ASKED_DO },
};

/* The host that lies is one of three: another one helps. */
static const struct trial_question liar[] = {
	{ "www.liar.com", TYPE_MX, RCODE_NOERROR, 0, SURE },
	{ "www.liar.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "mail.liar.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "more.liar.com", TYPE_A, RCODE_NOERROR, 1, SURE },
};

static const struct trial_question synthesis[] = {
	{ "a.nsec.com", TYPE_A, RCODE_NXDOMAIN, 0, SURE },
	{ "some.wild.nsec.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "a.nsec3.com", TYPE_A, RCODE_NXDOMAIN, 0, SURE },
	{ "www.nsec.com", TYPE_MX, RCODE_NOERROR, 0, SURE },
	{ "aa.nsec.com", TYPE_A, RCODE_NXDOMAIN, 0, SURE | IS_KNOWN },
	{ "other.wild.nsec.com", TYPE_A, RCODE_NOERROR, 1, SURE | IS_KNOWN },
	{ "www.nsec.com", TYPE_TXT, RCODE_NOERROR, 0, SURE | IS_KNOWN },
	{ "a.a.nsec3.com", TYPE_A, RCODE_NXDOMAIN, 0, SURE | IS_KNOWN },
};

static const struct trial_question unchecked[] = {
	{ "mail.one.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "www.bad.com", TYPE_MX, RCODE_NOERROR, 0, SURE },
	{ "www.one.com", TYPE_A, RCODE_NOERROR, 1, ASKED_DO | ASKED_CD },
	{ "www.one.com", TYPE_A, RCODE_NOERROR, 1, SURE },
	{ "www.bad.com", TYPE_A, RCODE_NOERROR, 1, ASKED_DO | ASKED_CD | IS_TAMPERED },
	{ "www.bad.com", TYPE_A, RCODE_SERVFAIL, 0, ASKED_DO },
	{ "www.bad.com", TYPE_A, RCODE_NOERROR, 1, ASKED_DO | ASKED_CD | IS_TAMPERED },
};

#define LIFE(questions, known, told, name) { name, NULL, questions, COUNT(questions), known, told }

static const struct life lives[] = {
	LIFE(cold, 0, true, "a secure answer, cold"),
	LIFE(warm, 1, false, "secure answers, the keys known"),
	LIFE(rsa, 1, false, "a zone of another algorithm"),
	LIFE(insecure, 1, false, "an insecure delegation"),
	LIFE(opt_out, 1, false, "NSEC3 with opt-out"),
	LIFE(nsec, 1, false, "NSEC"),
	LIFE(nsec3, 1, false, "NSEC3"),
	LIFE(aliases, 2, false, "aliases between signed zones"),
	LIFE(bogus, 2, false, "bogus signatures"),
	LIFE(liar, 1, false, "bogus signatures at one server of three"),
	LIFE(synthesis, 4, false, "aggressive use of denials"),
	LIFE(unchecked, 2, false, "CD, and then not"),
};

/* ---- the world ---- */

static struct world world;
static struct trial_world trial_world;

static void add_long(struct zone *zone)
{
	records_fill(&world, world_node(&world, zone, world_name(&world, "long", zone->origin)), TYPE_TXT, LONG, KIT_HOUR);
}

static void fill(struct zone *zone)
{
	kit_add(&world, zone, "*.wild", TYPE_A, KIT_HOUR);
	kit_add(&world, zone, "x.wild", TYPE_TXT, KIT_HOUR);
	kit_signed_zone(&world, zone, "child", NULL);
}

/* One key, so that less time goes into decoding. */
static struct signing_plan small_plan(void)
{
	struct signing_plan plan = kit_plan();
	plan.keys = KEYS_CSK;
	return plan;
}

static void add_denials(struct zone *com)
{
	struct signing_plan plan = small_plan();
	fill(kit_signed_zone(&world, com, "nsec", &plan));
	plan.nsec3 = true;
	plan.salt_size = 4;
	fill(kit_signed_zone(&world, com, "nsec3", &plan));
	plan.opt_out = true;
	fill(kit_signed_zone(&world, com, "optout", &plan));
}

static void add_chains(struct zone *com)
{
	struct signing_plan plan = small_plan();
	struct zone *one = kit_signed_zone(&world, com, "one", &plan);
	kit_add(&world, one, "mail", TYPE_A, KIT_HOUR);
	add_long(one);
	kit_signed_zone(&world, com, "two", &plan);
	kit_signed_zone(&world, com, "plain", NULL);
	kit_alias(&world, one, "alias", TYPE_CNAME, "www.two.com.");
	kit_alias(&world, one, "old", TYPE_DNAME, "two.com.");
	kit_alias(&world, one, "gone", TYPE_CNAME, "nothing.two.com.");
	kit_alias(&world, one, "through", TYPE_CNAME, "www.plain.com.");
	plan.algorithm = 8;
	kit_signed_zone(&world, com, "rsa", &plan);
}

static void add_faults(struct zone *com)
{
	struct signing_plan plan = small_plan();
	fault_set(&world, kit_signed_zone(&world, com, "bad", &plan), FAULT_FLIPPED, NULL);
	fault_set(&world, kit_signed_zone(&world, com, "keyless", &plan), FAULT_NO_KEYS, NULL);
	struct zone *zone = kit_signed_zone(&world, com, "torn", &plan);
	add_long(zone);
	fault_set(&world, zone, FAULT_DATA_WRONG, NULL);
	zone = kit_signed_zone(&world, com, "liar", &plan);
	struct host *host = world.servers[world.server_count - 1].host;
	kit_add(&world, zone, "mail", TYPE_A, KIT_HOUR);
	kit_add(&world, zone, "more", TYPE_A, KIT_HOUR);
	tree_own_server(&world, zone, "ns2", kit_host(&world), true);
	tree_own_server(&world, zone, "ns3", kit_host(&world), true);
	fault_set(&world, zone, FAULT_FLIPPED, host);
}

static struct delegation hints_of_root(void)
{
	struct delegation hints = { .zone = name_root, .ttl = KIT_HOUR };
	hints.servers = arena_alloc(&world.arena, world.server_count * sizeof *hints.servers);
	if (hints.servers == NULL)
		exit(1);
	for (unsigned int i = 0; i < world.server_count; i++) {
		const struct server *server = &world.servers[i];
		if (server->home != &world.zones[0])
			continue;
		hints.servers[hints.count++] = (struct name_server){ .name = server->name,
								     .glue = { server->host->addresses[0] },
								     .glue_count = 1 };
	}
	return hints;
}

static size_t reply_of(struct endpoint server, bool stream, struct span octets, uint8_t *into, size_t capacity)
{
	const struct host *host = world_host_at(&world, server.ip);
	struct asked asked = { .octets = octets, .stream = stream };
	struct arena arena = arena_of(0);
	struct replies replies = { .count = 0 };
	size_t size = 0;
	if (host != NULL)
		server_reply(&world, host, &asked, &arena, &replies);
	if (replies.count > 0 && replies.reply[0].octets.size <= capacity) {
		size = replies.reply[0].octets.size;
		memcpy(into, replies.reply[0].octets.octets, size);
	}
	arena_free(&arena);
	return size;
}

const struct trial_world *signed_begin(void)
{
	world_begin(&world, 1);
	struct zone *com = kit_begin_signed(&world);
	add_chains(com);
	add_denials(com);
	add_faults(com);
	signing_end(&world);
	trial_world = (struct trial_world){ .hints = hints_of_root(),
					    .anchors = world.anchors,
					    .anchor_count = world.anchor_count,
					    .wall = internet_wall_at(0),
					    .reply = reply_of };
	return &trial_world;
}

void signed_end(void)
{
	world_end(&world);
}

struct life signed_life(unsigned int n)
{
	struct life life = { .count = 0 };
	if (n < COUNT(lives))
		life = lives[n];
	life.world = &trial_world;
	return life;
}
