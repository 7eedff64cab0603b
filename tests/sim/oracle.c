#include "oracle.h"

#include "server.h"
#include "wire/limits.h"

#define PATIENCE_MS 3000u      /* of LIMIT_CLIENT_ANSWER_MS */
#define COST_SILENT_MS 800u    /* an address that never answers: the first time-out, and one more */
#define COST_SILENT_STREAM_MS 1500u /* after a forgery it is waited for over TCP too */
#define COST_UNRESOLVED_MS 2000u
#define LOOKUPS_SURE 4u        /* of LIMIT_NS_ADDRESS_LOOKUPS */
#define DEPTH_SURE 3u          /* of LIMIT_LOOKUP_DEPTH */
#define CHECKS_PER_LOOKUP 8u    /* signatures on the way to a name server's address */
#define RECOVERY_TICKS (6 * (uint64_t)TICKS_PER_S) /* LIMIT_FAILURE_TTL and some: a server that is back is of use at once */

struct view {
	const struct world *world;
	const struct security_map *security;
	unsigned int epoch;
	struct reach *reach; /* of all zones */
};

static bool can_use(const struct world *world, struct ip ip)
{
	return ip.version == 4 || world->weather.ipv6;
}

static unsigned int usable_addresses(const struct world *world, const struct host *host)
{
	unsigned int count = 0;
	for (unsigned int i = 0; i < host->address_count; i++)
		count += can_use(world, host->addresses[i]);
	return count;
}

static enum conduct conduct_of(const struct view *view, const struct host *host, const struct zone *zone)
{
	if (!host_serves(host, zone) || server_is_dead(host, view->epoch) || usable_addresses(view->world, host) == 0)
		return CONDUCT_BAD;
	if (host->cookies == COOKIES_SILENT) /* each of its addresses has to be learnt */
		return CONDUCT_SHAKY;
	if (host->mood == MOOD_LOSSY || (host->mood == MOOD_NO_STREAM && view->world->weather.attack > 0))
		return CONDUCT_SHAKY;
	return mood_conduct(host->mood);
}

static uint64_t round_trip_ms(const struct view *view, const struct host *host)
{
	uint64_t ms = 2 * (host->latency + host->jitter) / TICKS_PER_MS + 1;
	return view->world->weather.attack > 0 ? 2 * ms : ms; /* after a forgery it asks by TCP */
}

/* What this host may cost whoever tries each of its addresses. */
static uint64_t cost_of(const struct view *view, const struct host *host, const struct zone *zone)
{
	uint64_t ms = round_trip_ms(view, host);
	unsigned int addresses = usable_addresses(view->world, host);
	bool silent = server_is_dead(host, view->epoch) || host->mood == MOOD_WRONG_QUESTION ||
		      host->mood == MOOD_GARBAGE || host->mood == MOOD_LOSSY || host->mood == MOOD_SLOW || host->cookies == COOKIES_SILENT;
	if (silent && view->world->weather.attack > 0)
		ms += COST_SILENT_STREAM_MS;
	if (silent)
		return addresses * (COST_SILENT_MS + ms);
	if (conduct_of(view, host, zone) == CONDUCT_BAD)
		return addresses * 3 * ms;
	return 4 * ms;
}

static const struct server *server_named(const struct world *world, struct span rdata)
{
	for (unsigned int i = 0; i < world->server_count; i++)
		if (span_equal(span_of(world->servers[i].name.octets, world->servers[i].name.size), rdata))
			return &world->servers[i];
	return NULL;
}

/* As data or as glue, of a family that is used. */
static bool has_address(const struct view *view, const struct zone *zone, struct name name)
{
	const struct node *node = name_is_within(name, zone->origin) ? world_find(view->world, zone, name) : NULL;
	return node != NULL && (node_version(node, TYPE_A, view->epoch) != NULL ||
				(view->world->weather.ipv6 && node_version(node, TYPE_AAAA, view->epoch) != NULL));
}

static bool has_a(const struct view *view, const struct server *server)
{
	const struct node *node = world_find(view->world, server->home, server->name);
	return node != NULL && node_version(node, TYPE_A, view->epoch) != NULL;
}

/* Addresses that are bogus may be used or not. */
static bool is_hard_to_believe(const struct view *view, const struct zone *home)
{
	const struct security_map *map = view->security;
	return view->world->validated && (home->fault != FAULT_NONE || map->doubtful[home->number] ||
					  map->zones[home->number] == SECURITY_BOGUS);
}

/* Adds what one name server of the zone means for it. */
static void weigh(const struct view *view, const struct zone *zone, const struct server *server, struct reach *reach)
{
	const struct reach *home = &view->reach[server->home->number];
	bool glue = zone->parent == NULL || has_address(view, zone->parent, server->name);
	enum conduct conduct = conduct_of(view, server->host, zone);
	if (!glue && !has_address(view, server->home, server->name)) /* what its host has besides is told nowhere */
		conduct = CONDUCT_BAD;
	else if (!glue && server->home->refuses_a && !has_a(view, server) && conduct == CONDUCT_GOOD)
		conduct = CONDUCT_SHAKY; /* who may not ask for A need not think of AAAA */
	else if (!glue && is_hard_to_believe(view, server->home) && conduct == CONDUCT_GOOD)
		conduct = CONDUCT_SHAKY;
	reach->cost += cost_of(view, server->host, zone);
	if (conduct == CONDUCT_BAD)
		reach->tries += usable_addresses(view->world, server->host) * (view->world->weather.attack > 0 ? 2 : 1);
	if (!glue) {
		reach->cost += home->reachable ? home->cost : COST_UNRESOLVED_MS;
		reach->lookups += 1 + home->lookups;
		if (reach->depth < home->depth + 1)
			reach->depth = home->depth + 1;
	}
	if (conduct != CONDUCT_BAD && (glue || home->reachable))
		reach->reachable = true;
	if (conduct == CONDUCT_GOOD && (glue || home->surely))
		reach->surely = true;
}

/* A host of the parent refers to the zone as the zone itself would, without glue. Where all its name servers are in it,
 * such a referral is seen to be of no use; else it may lead to the same host again. */
static bool is_led_astray(const struct view *view, const struct zone *zone, const struct version *ns)
{
	struct rrset_walk walk = rrset_walk_data(&ns->rrset);
	struct span rdata;
	struct name target;
	bool outside = false, astray = false;
	while (rrset_next(&walk, &rdata))
		outside |= rdata_target(TYPE_NS, rdata, &target) && !name_is_within(target, zone->origin);
	for (unsigned int i = 0; i < view->world->host_count; i++) {
		const struct host *host = &view->world->hosts[i];
		astray |= host->mood == MOOD_SIDEWAYS && host_serves(host, zone) && host_serves(host, zone->parent);
	}
	return outside && astray;
}

static struct reach reach_zone(const struct view *view, const struct zone *zone)
{
	struct reach reach = { 0 }, *parent = zone->parent != NULL ? &view->reach[zone->parent->number] : NULL;
	const struct node *cut = parent == NULL ? zone->apex : world_find(view->world, zone->parent, zone->origin);
	struct version *ns = node_version(cut, TYPE_NS, view->epoch);
	struct rrset_walk walk;
	struct span rdata;
	if (parent != NULL && !parent->reachable)
		return reach;
	if (parent != NULL) {
		reach = *parent;
		reach.reachable = reach.surely = false;
	}
	reach.tries = 1;
	if (ns == NULL)
		return reach;
	walk = rrset_walk_data(&ns->rrset);
	while (rrset_next(&walk, &rdata)) {
		const struct server *server = server_named(view->world, rdata);
		if (server != NULL)
			weigh(view, zone, server, &reach);
	}
	reach.surely = reach.surely && (parent == NULL || (parent->surely && !is_led_astray(view, zone, ns)));
	return reach;
}

/* Each round more zones become reachable, until no more do. Costs are those of the round in which it happened. */
static void spread(const struct view *view)
{
	bool more = true;
	while (more) {
		more = false;
		for (unsigned int i = 0; i < view->world->zone_count; i++) {
			struct reach was = view->reach[i];
			if (was.surely)
				continue;
			struct reach now = reach_zone(view, &view->world->zones[i]);
			if (now.reachable != was.reachable || now.surely != was.surely) {
				view->reach[i] = now;
				more = true;
			}
		}
	}
}

void oracle_begin(struct oracle *oracle, const struct world *world)
{
	memset(oracle, 0, sizeof *oracle);
	oracle->world = world;
	security_begin(&oracle->security, world);
	for (unsigned int epoch = 0; epoch < world->epoch_count; epoch++) {
		struct view view = { world, &oracle->security, epoch, oracle->reach[epoch] };
		spread(&view);
	}
}

struct look oracle_look(const struct world *world, struct name name, uint16_t type, unsigned int epoch,
			struct zone **zone)
{
	*zone = world_zone_of(world, name, type);
	return zone_look(world, *zone, name, type, epoch);
}

bool oracle_denies_wrongly(const struct world *world, const struct zone *zone, struct name name, unsigned int epoch)
{
	if (!zone->broken_ent)
		return false;
	for (; name.labels > zone->origin.labels; name = name_parent(name)) {
		struct look look = zone_look(world, zone, name, TYPE_A, epoch);
		if (look.kind == LOOK_NODATA && look.empty_non_terminal)
			return true;
	}
	return false;
}

struct path {
	unsigned int epoch;
	struct expectation expectation;
	const struct version *aliases[LIMIT_ALIAS_LINKS + 1];
	unsigned int count;
	unsigned int lookups, depth;
	unsigned int checks; /* of signatures, at most */
	unsigned int tries;  /* of queries for the name that needs most */
	bool denied; /* some host says that a name of the chain does not exist */
};

static void doubt(struct path *path, const char *why)
{
	if (path->expectation.expected != EXPECT_ANSWER)
		return;
	path->expectation.expected = EXPECT_EITHER;
	path->expectation.why = why;
}

static void pass_zone(const struct oracle *oracle, const struct zone *zone, struct name name, unsigned int epoch,
		      struct path *path)
{
	const struct reach *reach = &oracle->reach[epoch][zone->number];
	unsigned int steps = name.labels - zone->origin.labels; /* of a name that is shown label by label */
	unsigned int tries = reach->tries * (steps < LIMIT_MINIMISED_QUERIES ? steps : LIMIT_MINIMISED_QUERIES);
	if (path->tries < tries)
		path->tries = tries;
	/* Who validates asks each zone for its keys as well, and its parent for DS. */
	path->expectation.cost += oracle->world->validated ? 2 * reach->cost : reach->cost;
	path->lookups += reach->lookups;
	if (path->depth < reach->depth)
		path->depth = reach->depth;
	path->expectation.hopeless = path->expectation.hopeless || !reach->reachable;
	if (!reach->reachable)
		doubt(path, "no server of a zone can be reached");
	else if (!reach->surely)
		doubt(path, "a zone has shaky servers only");
}

static void pass_look(const struct oracle *oracle, const struct zone *zone, const struct question *question,
		      const struct look *look, struct path *path)
{
	struct asking asking = { .question = *question, .epoch = path->epoch };
	struct judgement judgement = security_of_look(&oracle->security, zone, &asking, look, path->count > 0);
	path->expectation.security = security_worse(path->expectation.security, judgement.security);
	path->expectation.tampered |= oracle->security.tampered[zone->number];
	if (judgement.doubtful && oracle->world->validated)
		doubt(path, "what a server says may be bogus");
	path->checks += security_chain_checks(&oracle->security, zone) +
			security_answer_checks(&oracle->security, zone, look);
}

/* The chain of names from the question to its end in one epoch. */
static void follow(const struct oracle *oracle, struct name name, uint16_t type, unsigned int epoch,
		   struct name_buffer buffers[2], struct path *path)
{
	*path = (struct path){ .epoch = epoch,
			       .expectation = { .expected = EXPECT_ANSWER,
					        .security = SECURITY_SECURE,
					        .security_sure = true } };
	for (;;) {
		struct zone *zone;
		struct name target;
		struct look look = oracle_look(oracle->world, name, type, epoch, &zone);
		pass_zone(oracle, zone, name, epoch, path);
		pass_look(oracle, zone, &(struct question){ .name = name, .type = type }, &look, path);
		path->denied |= oracle_denies_wrongly(oracle->world, zone, name, epoch);
		if (look.kind == LOOK_NODATA && type == TYPE_A && zone->refuses_a)
			doubt(path, "a server takes this for a minimised question and refuses it");
		if (look.kind != LOOK_CNAME && look.kind != LOOK_DNAME)
			return;
		path->aliases[path->count++] = look.version;
		if (path->count > LIMIT_ALIAS_LINKS) {
			path->expectation.expected = path->denied ? EXPECT_EITHER : EXPECT_FAILURE;
			path->expectation.why = "a loop, or a chain too long";
			return;
		}
		if (!rdata_target(look.version->rrset.type, rrset_first(&look.version->rrset), &target))
			return;
		if (look.kind == LOOK_DNAME) {
			struct name made;
			if (!name_replace_suffix(name, look.node->name, target, &buffers[path->count % 2], &made))
				return; /* YXDOMAIN */
			if (type == TYPE_CNAME)
				return; /* the CNAME that it makes is the answer */
			target = made;
		}
		name = target;
	}
}

static bool same_path(const struct path *a, const struct path *b)
{
	return a->count == b->count && memcmp(a->aliases, b->aliases, a->count * sizeof a->aliases[0]) == 0 &&
	       a->expectation.expected == b->expectation.expected;
}

static void doubt_weather(const struct world *world, uint64_t elapsed, struct path *path)
{
	unsigned int epoch = world_epoch(world, elapsed);
	if (world->weather.loss > 0)
		doubt(path, "packets are lost");
	if (path->expectation.cost > PATIENCE_MS)
		doubt(path, "it may take longer than a client waits");
	if (path->lookups > LOOKUPS_SURE || path->depth > DEPTH_SURE)
		doubt(path, "many name servers have to be looked up");
	if (path->tries > LIMIT_UPSTREAM_QUERIES_PER_NAME)
		doubt(path, "many servers have to be asked for each part of the name");
	if (world->validated && path->checks + path->lookups * CHECKS_PER_LOOKUP > LIMIT_SIGNATURE_CHECKS)
		doubt(path, "many signatures have to be looked at");
	for (unsigned int i = 0; epoch > 0 && i < world->host_count; i++)
		if (world->hosts[i].rests_to == epoch && world->hosts[i].rests_from < epoch &&
		    elapsed - world->epoch_at[epoch] < RECOVERY_TICKS)
			doubt(path, "a server has just come back");
}

/* Bogus is what nobody is told who did not ask for it with CD. */
static void withhold(struct path *path)
{
	struct expectation *expectation = &path->expectation;
	bool sure = expectation->security_sure && !path->denied;
	expectation->expected = sure ? EXPECT_FAILURE : EXPECT_EITHER;
	expectation->why = "it is bogus";
}

/* Which keys of the root are trusted, the answer tells (RFC 8509); the story asks for more than this. */
static void doubt_sentinel(struct name name, struct path *path)
{
	static const char begins[] = "root-key-sentinel-";
	if (name.size > sizeof begins && memcmp(name.octets + 1, begins, sizeof begins - 1) == 0)
		path->expectation.expected = EXPECT_EITHER;
}

struct expectation oracle_expect(const struct oracle *oracle, struct name name, uint16_t type, uint64_t elapsed,
				 bool checking_disabled)
{
	struct name_buffer buffers[2];
	struct path path, other;
	bool was_bogus = false;
	unsigned int epoch = world_epoch(oracle->world, elapsed);
	follow(oracle, name, type, epoch, buffers, &path);
	unsigned int last = world_epoch(oracle->world, elapsed + LIMIT_CLIENT_ANSWER_MS * (uint64_t)TICKS_PER_MS);
	for (unsigned int i = 0; i <= last; i++) {
		struct name_buffer more[2];
		follow(oracle, name, type, i, more, &other);
		if (i != epoch && !same_path(&path, &other)) {
			path.expectation.expected = EXPECT_EITHER;
			path.expectation.why = "the chain has changed, or is going to";
		}
		if (path.expectation.security != other.expectation.security) {
			path.expectation.security_sure = false;
			was_bogus |= other.expectation.security == SECURITY_BOGUS;
		}
	}
	doubt_weather(oracle->world, elapsed, &path);
	doubt_sentinel(name, &path);
	if (oracle->world->validated && !checking_disabled && (was_bogus || path.expectation.security == SECURITY_BOGUS))
		withhold(&path);
	return path.expectation;
}
