#include "text/hints.h"

#include "text/zonefile.h"

#define OUT_OF_MEMORY "out of memory"

/* An address that was read before the name server it belongs to, maybe. */
struct address_hint {
	struct name name;
	struct ip ip;
	size_t line;
	struct address_hint *next;
};

/* A file while it is read. */
struct reading {
	struct zonefile file;
	struct arena *arena;
	struct delegation *hints;
	struct address_hint *addresses; /* youngest first */
};

static bool begin_hints(struct arena *arena, struct delegation *hints)
{
	*hints = (struct delegation){ .zone = name_root, .ttl = HINTS_TTL };
	hints->servers = arena_alloc(arena, LIMIT_NS_NAMES_KEPT * sizeof *hints->servers);
	return hints->servers != NULL;
}

bool hints_built_in(struct arena *arena, struct delegation *hints)
{
	static const struct {
		const char *name, *ipv4, *ipv6;
	} root_servers[] = {
#define ROOT_SERVER(name, ipv4, ipv6) { (name), (ipv4), (ipv6) },
#include "text/root_servers.def"
#undef ROOT_SERVER
	};
	_Static_assert(sizeof root_servers / sizeof root_servers[0] <= LIMIT_NS_NAMES_KEPT, "all are kept");

	if (!begin_hints(arena, hints))
		return false;
	for (size_t i = 0; i < sizeof root_servers / sizeof root_servers[0]; i++) {
		struct name_server *server = &hints->servers[hints->count++];
		struct name_buffer buffer;
		if (!name_of_text(root_servers[i].name, &buffer, &server->name) ||
		    !ip_of_text(root_servers[i].ipv4, &server->glue[0]) ||
		    !ip_of_text(root_servers[i].ipv6, &server->glue[1]))
			return false;
		server->name = name_copy(arena, server->name);
		server->glue_count = 2;
		if (server->name.octets == NULL)
			return false;
	}
	return true;
}

static bool refuse(struct reading *reading, size_t line, const char *why)
{
	return zonefile_refuse(&reading->file, line, why);
}

static struct name_server *find_server(const struct delegation *hints, struct name name)
{
	for (size_t i = 0; i < hints->count; i++)
		if (name_equal(hints->servers[i].name, name))
			return &hints->servers[i];
	return NULL;
}

static bool take_server(struct reading *reading, const ldns_rr *record)
{
	struct name name = zonefile_name(reading->arena, ldns_rr_rdf(record, 0));
	if (name.octets == NULL)
		return refuse(reading, 0, OUT_OF_MEMORY);
	if (ldns_dname_label_count(ldns_rr_owner(record)) != 0)
		return refuse(reading, reading->file.line, "this name server is not one of the root; only the root's are hints");
	if (find_server(reading->hints, name) != NULL)
		return true;
	if (reading->hints->count == LIMIT_NS_NAMES_KEPT)
		return refuse(reading, reading->file.line, "more root servers than rootwalk keeps");
	reading->hints->servers[reading->hints->count++].name = name;
	return true;
}

static bool take_address(struct reading *reading, const ldns_rr *record)
{
	struct address_hint *hint = ARENA_NEW(reading->arena, struct address_hint);
	const ldns_rdf *rdf = ldns_rr_rdf(record, 0);
	if (hint == NULL)
		return refuse(reading, 0, OUT_OF_MEMORY);
	*hint = (struct address_hint){ .name = zonefile_name(reading->arena, ldns_rr_owner(record)),
				       .line = reading->file.line };
	if (hint->name.octets == NULL)
		return refuse(reading, 0, OUT_OF_MEMORY);
	bool v4 = ldns_rr_get_type(record) == LDNS_RR_TYPE_A;
	hint->ip = v4 ? ip_of_v4(ldns_rdf_data(rdf)) : ip_unmap(ip_of_v6(ldns_rdf_data(rdf)));
	hint->next = reading->addresses;
	reading->addresses = hint;
	return true;
}

static bool take_record(struct reading *reading, const ldns_rr *record)
{
	switch (ldns_rr_get_type(record)) {
	case LDNS_RR_TYPE_NS:
		return take_server(reading, record);
	case LDNS_RR_TYPE_A:
	case LDNS_RR_TYPE_AAAA:
		return take_address(reading, record);
	default:
		return true;
	}
}

static bool read_records(struct reading *reading)
{
	ldns_rr *record;
	bool good = true;
	while (good && (record = zonefile_next(&reading->file)) != NULL) {
		good = take_record(reading, record);
		ldns_rr_free(record);
	}
	return good && !reading->file.failed;
}

static bool has_address(const struct name_server *server, struct ip ip)
{
	for (unsigned int i = 0; i < server->glue_count; i++)
		if (ip_equal(server->glue[i], ip))
			return true;
	return false;
}

static struct address_hint *oldest_first(struct address_hint *youngest)
{
	struct address_hint *oldest = NULL;
	while (youngest != NULL) {
		struct address_hint *next = youngest->next;
		youngest->next = oldest;
		oldest = youngest;
		youngest = next;
	}
	return oldest;
}

static bool give_addresses(struct reading *reading)
{
	for (const struct address_hint *hint = oldest_first(reading->addresses); hint != NULL; hint = hint->next) {
		struct name_server *server = find_server(reading->hints, hint->name);
		if (server == NULL)
			return refuse(reading, hint->line, "this address belongs to no root server listed here");
		if (has_address(server, hint->ip))
			continue;
		if (server->glue_count == LIMIT_NS_ADDRESSES_PER_NAME)
			return refuse(reading, hint->line, "more addresses of one root server than rootwalk keeps");
		server->glue[server->glue_count++] = hint->ip;
	}
	for (size_t i = 0; i < reading->hints->count; i++)
		if (reading->hints->servers[i].glue_count > 0)
			return true;
	return refuse(reading, 0, reading->hints->count > 0 ? "no root server has an address" : "no root server is listed");
}

bool hints_read(const char *path, struct arena *arena, struct delegation *hints, char *problem, size_t problem_size)
{
	struct reading reading = { .arena = arena, .hints = hints };
	const struct zonefile_setup setup = { path, "root hints", HINTS_TTL, problem, problem_size };
	if (!zonefile_open(&reading.file, &setup))
		return false;
	if (!begin_hints(arena, hints))
		(void)refuse(&reading, 0, OUT_OF_MEMORY);
	else if (read_records(&reading))
		(void)give_addresses(&reading);
	return zonefile_close(&reading.file);
}
