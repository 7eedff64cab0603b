#include "resolver/targets.h"

#include "resolver/access.h"
#include "resolver/address.h"
#include "resolver/manners.h"
#include "wire/limits.h"

#define ROOM_FIRST 2u /* most zones have two addresses */

static bool family_is_used(const struct options *options, struct ip ip)
{
	return ip.version == 4 ? options->recursion_ipv4 : options->recursion_ipv6 != RECURSION_IPV6_FALSE;
}

static bool may_ask(const struct targets *targets, struct endpoint server)
{
	const struct engine *engine = targets->request->engine;
	return family_is_used(engine->options, server.ip) &&
	       (access_upstream(engine->options, server) || roots_have_address(&engine->roots, server.ip));
}

struct target *targets_find(const struct targets *targets, struct endpoint server)
{
	for (unsigned int i = 0; i < targets->count; i++)
		if (endpoint_equal(targets->list[i].server, server))
			return &targets->list[i];
	return NULL;
}

/* False when there is no more room, or no memory. Nobody points into the list but for a target that is being asked, and
 * while one is nothing is added. */
static bool grow(struct targets *targets)
{
	unsigned int room = targets->room < ROOM_FIRST ? ROOM_FIRST : 2 * targets->room;
	if (room > LIMIT_ADDRESSES_PER_CUT)
		room = LIMIT_ADDRESSES_PER_CUT;
	struct target *list = room > targets->room ? arena_alloc(&targets->request->arena, room * sizeof *list) : NULL;
	if (list == NULL)
		return false;
	if (targets->count > 0)
		memcpy(list, targets->list, targets->count * sizeof *list);
	targets->list = list;
	targets->room = room;
	return true;
}

/* A server that serves both sides of a cut may have been asked the same already, by this task or another. */
static void add_target(struct targets *targets, struct name name, struct endpoint server)
{
	if (targets_find(targets, server) != NULL || (targets->count == targets->room && !grow(targets)))
		return;
	targets->list[targets->count++] = (struct target){
		.server = server,
		.name = name,
		.sends = (uint8_t)ledger_count(&targets->request->ledger, server, targets->question),
	};
}

/* False when this address is of no use to us. */
static bool add_address(struct targets *targets, struct name name, struct ip ip)
{
	struct endpoint server = {
		.ip = ip,
		.port = (uint16_t)targets->request->engine->options->recursion_upstream_port,
	};
	if (!may_ask(targets, server))
		return false;
	add_target(targets, name, server);
	return true;
}

bool targets_add(struct targets *targets, struct name name, const struct rrset *addresses)
{
	bool usable = false;
	struct rrset_walk walk = rrset_walk_data(addresses);
	struct span rdata;
	for (unsigned int i = 0; i < LIMIT_NS_ADDRESSES_PER_NAME && rrset_next(&walk, &rdata); i++) {
		if (addresses->type == TYPE_A && rdata.size == 4)
			usable = add_address(targets, name, ip_of_v4(rdata.octets)) || usable;
		else if (addresses->type == TYPE_AAAA && rdata.size == 16)
			usable = add_address(targets, name, ip_unmap(ip_of_v6(rdata.octets))) || usable;
	}
	return usable;
}

/* From the cache; false when it has none. */
static bool add_known(struct targets *targets, struct name name, uint16_t type)
{
	struct request *request = targets->request;
	struct cached cached;
	if (!rrsets_get(request->engine->table, name, type, request->engine->now.age, &request->arena, &cached) ||
	    cached.kind != CACHED_POSITIVE)
		return false;
	return targets_add(targets, name, &cached.rrset);
}

/* The i-th name server in the order that was drawn. */
static const struct name_server *server_at(const struct targets *targets, unsigned int i)
{
	const struct delegation *delegation = &targets->cut->delegation;
	return &delegation->servers[(targets->order + i) % delegation->count];
}

/* Name servers with addresses become targets at once; the others wait until they are needed. True when it has some. */
static bool add_name_server(struct targets *targets, const struct name_server *server)
{
	const struct options *options = targets->request->engine->options;
	bool usable = false;
	for (unsigned int i = 0; i < server->glue_count; i++)
		usable = add_address(targets, server->name, server->glue[i]) || usable;
	const struct address *before = usable ? NULL : address_before(targets->request, server->name);
	for (unsigned int i = 0; before != NULL && i < before->count; i++)
		usable = targets_add(targets, server->name, &before->rrsets[i]) || usable;
	if (usable || server->glue_count > 0 || before != NULL)
		return usable;
	bool v4 = options->recursion_ipv4 && add_known(targets, server->name, TYPE_A);
	bool v6 = options->recursion_ipv6 != RECURSION_IPV6_FALSE && add_known(targets, server->name, TYPE_AAAA);
	return v4 || v6;
}

static void add_configured(struct targets *targets, const struct zone_servers *configured)
{
	const struct options *options = targets->request->engine->options;
	for (size_t i = 0; i < configured->count; i++)
		if (family_is_used(options, configured->servers[i].ip))
			add_target(targets, (struct name){ 0 }, configured->servers[i]);
}

bool targets_collect(struct targets *targets, struct request *request, const struct cut *cut,
		     const struct question *question)
{
	size_t names = cut->configured != NULL ? 0 : cut->delegation.count;
	*targets = (struct targets){
		.request = request,
		.cut = cut,
		.question = question,
		.list = targets->list,
		.room = targets->room,
	};
	if (targets->room == 0 && !grow(targets))
		return false;
	if (cut->configured != NULL)
		add_configured(targets, cut->configured);
	targets->names = (unsigned int)(names < LIMIT_NS_NAMES_USED ? names : LIMIT_NS_NAMES_USED);
	if (names > 1)
		targets->order = rng_below(&request->engine->rng, (uint32_t)names);
	for (unsigned int i = 0; i < targets->names; i++)
		if (add_name_server(targets, server_at(targets, i)))
			targets->reached |= UINT32_C(1) << i;
	return true;
}

/* ---- name servers without address ---- */

/* Neither known nor looked for, now or before, in this request. */
static bool is_unknown(const struct targets *targets, const struct task *task, unsigned int i)
{
	struct name name = server_at(targets, i)->name;
	return !(targets->reached & UINT32_C(1) << i) && !address_is_wanted(task, name) &&
	       address_before(targets->request, name) == NULL;
}

const struct name_server *targets_next_unknown(struct targets *targets, const struct task *task)
{
	while (targets->seen < targets->names) {
		unsigned int i = targets->seen++;
		if (is_unknown(targets, task, i))
			return server_at(targets, i);
	}
	return NULL;
}

static bool is_known_by(const struct targets *targets, struct name name, unsigned int version)
{
	for (unsigned int i = 0; i < targets->count; i++)
		if (targets->list[i].server.ip.version == version && name_equal(targets->list[i].name, name))
			return true;
	return false;
}

const struct name_server *targets_next_half(const struct targets *targets, const struct task *task, uint16_t *type)
{
	const struct options *options = targets->request->engine->options;
	if (!options->recursion_ipv4 || options->recursion_ipv6 == RECURSION_IPV6_FALSE)
		return NULL;
	for (unsigned int i = 0; i < targets->names; i++) {
		struct name name = server_at(targets, i)->name;
		bool v4 = is_known_by(targets, name, 4), v6 = is_known_by(targets, name, 6);
		*type = v4 ? TYPE_AAAA : TYPE_A;
		if (v4 != v6 && !address_is_wanted(task, name) && address_before(targets->request, name) == NULL)
			return server_at(targets, i);
	}
	return NULL;
}

bool targets_know_others(const struct targets *targets, const struct task *task)
{
	for (unsigned int i = targets->seen; i < targets->names; i++) {
		if (!name_is_within(server_at(targets, i)->name, targets->cut->zone) && is_unknown(targets, task, i))
			return true;
	}
	return false;
}

/* From every delegation above the name. */
static void borrow_glue_of(struct targets *targets, struct name name)
{
	struct request *request = targets->request;
	struct delegation above;
	struct name from = name;
	while (delegations_find(request->engine->table, from, request->engine->now.age, &request->arena, &above)) {
		for (size_t i = 0; i < above.count; i++)
			for (unsigned int j = 0; j < above.servers[i].glue_count; j++)
				if (name_equal(above.servers[i].name, name))
					add_address(targets, name, above.servers[i].glue[j]);
		if (name_is_root(above.zone))
			break;
		from = name_parent(above.zone);
	}
}

/* What an earlier task of the request, or one inside of this, found out. */
static void take_found(struct targets *targets, unsigned int i)
{
	struct name name = server_at(targets, i)->name;
	const struct address *found = address_before(targets->request, name);
	for (unsigned int j = 0; found != NULL && j < found->count; j++)
		if (targets_add(targets, name, &found->rrsets[j]))
			targets->reached |= UINT32_C(1) << i;
}

bool targets_borrow(struct targets *targets)
{
	unsigned int before = targets->count;
	for (unsigned int i = 0; i < targets->names; i++) {
		if (!(targets->reached & UINT32_C(1) << i))
			take_found(targets, i);
		borrow_glue_of(targets, server_at(targets, i)->name);
	}
	return targets->count > before;
}

/* ---- choosing ---- */

static void recall(void *context, struct target *target)
{
	const struct targets *targets = context;
	const struct engine *engine = targets->request->engine;
	servers_get(engine->table, target->server.ip, engine->now.age, &target->memory);
	target->lame = targets->cut->source != CUT_FORWARD &&
		       servers_are_lame(engine->table, target->server.ip, targets->cut->zone, engine->now.age);
	/* Where a DS says that the zone is signed, nothing can be made of an answer without signatures. */
	if (targets->cut->delegation.ds.count == 0 && manners_lack_edns(&target->memory, engine->now.age))
		target->no_edns = true;
	target->known = true;
}

struct target *targets_select(struct targets *targets)
{
	struct engine *engine = targets->request->engine;
	return select_target(targets->list, targets->count, engine->now.age, &engine->rng, recall, targets);
}
