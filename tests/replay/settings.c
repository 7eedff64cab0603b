#include "settings.h"

#include "keys.h"
#include "text/hints.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EDNS_SIZE 4096u
#define SERVER_PORT 53u
#define WALL_DEFAULT 1767225600 /* 2026-01-01; any moment would do, but always the same */

struct taking {
	struct settings *settings;
	const struct scenario *scenario;
	struct internet *internet;
	struct arena *arena;
	const char *clause;
	struct zone_servers zone;  /* of the stub-zone or forward-zone being read */
	struct name_server root;   /* of the stub-zone "." or of stub-addr */
	const char *root_name;
	bool has_localhost;        /* a server that must be asked lies in 127/8 or is ::1 */
	const char *identity, *version;
	bool hide_identity, hide_version;
	bool access_given;
	bool validator_left_out;   /* module-config without it */
};

static bool skip(struct taking *taking, const char *feature)
{
	taking->settings->feature = feature;
	return false;
}

static bool refuse(struct taking *taking, const char *why, const char *value)
{
	snprintf(taking->settings->problem, sizeof taking->settings->problem, "%s: %s", why, value);
	return false;
}

static bool is_true(const char *value)
{
	return strcmp(value, "on") == 0 || strcmp(value, "yes") == 0 || strcmp(value, "true") == 0 ||
	       strcmp(value, "1") == 0;
}

static bool append(struct taking *taking, const char *option, const void *item)
{
	return option_append(option_find(option), &taking->settings->options, item) ||
	       refuse(taking, "cannot be added to", option);
}

static bool take_server(struct taking *taking, const char *value, struct ip *ip)
{
	if (!ip_of_text(value, ip))
		return refuse(taking, "this is no address", value);
	bool loopback = (ip->version == 4 && ip->octets[0] == 127) || strcmp(value, "::1") == 0;
	taking->has_localhost = taking->has_localhost || loopback;
	return internet_add(taking->internet, *ip) || refuse(taking, "out of memory for", value);
}

static bool add_root(struct taking *taking, struct ip ip)
{
	struct name_server *root = &taking->root;
	if (root->glue_count < LIMIT_NS_ADDRESSES_PER_NAME)
		root->glue[root->glue_count++] = ip;
	return true;
}

/* Ends the zone being read: the root's stub is the root hints. */
static bool end_zone(struct taking *taking)
{
	struct zone_servers *zone = &taking->zone;
	bool stub = strcmp(taking->clause, "stub-zone") == 0;
	bool good = true;
	if (zone->zone == NULL || zone->count == 0) {
		zone_servers_free(zone);
		return true;
	}
	if (stub && strcmp(zone->zone, ".") == 0) {
		for (size_t i = 0; i < zone->count; i++)
			add_root(taking, zone->servers[i].ip);
		zone_servers_free(zone);
		return true;
	}
	good = append(taking, stub ? "recursion.stub" : "recursion.forward", zone);
	*zone = (struct zone_servers){ 0 };
	return good;
}

static bool begin_clause(struct taking *taking, const char *clause)
{
	if (!end_zone(taking))
		return false;
	taking->clause = clause;
	if (strcmp(clause, "rpz") == 0)
		return skip(taking, "response policy zones");
	if (strcmp(clause, "auth-zone") == 0)
		return skip(taking, "zones of one's own");
	if (strcmp(clause, "view") == 0)
		return skip(taking, "views");
	return true;
}

static bool take_zone_name(struct taking *taking, const char *value)
{
	free(taking->zone.zone);
	taking->zone.zone = strdup(value);
	return taking->zone.zone != NULL || refuse(taking, "out of memory for", value);
}

static bool take_address(struct taking *taking, const char *value)
{
	struct endpoint server = { .port = SERVER_PORT };
	if (!take_server(taking, value, &server.ip))
		return false;
	if (taking->scenario->unbound)
		return zone_servers_append(&taking->zone, server) || refuse(taking, "out of memory for", value);
	return add_root(taking, server.ip);
}

static bool take_forward(struct taking *taking, const char *value)
{
	if (taking->scenario->unbound)
		return take_address(taking, value);
	struct endpoint server = { .port = SERVER_PORT };
	struct zone_servers zone = { .zone = strdup(".") };
	if (zone.zone == NULL || !take_server(taking, value, &server.ip) || !zone_servers_append(&zone, server))
		return refuse(taking, "cannot forward to", value);
	return append(taking, "recursion.forward", &zone);
}

static bool take_date(struct taking *taking, const char *value)
{
	struct tm date = { 0 };
	if (strcmp(value, "-1") == 0)
		return skip(taking, "signatures that are good at any time");
	if (sscanf(value, "%4d%2d%2d%2d%2d%2d", &date.tm_year, &date.tm_mon, &date.tm_mday, &date.tm_hour, &date.tm_min,
		   &date.tm_sec) != 6)
		return refuse(taking, "this is no date", value);
	date.tm_year -= 1900;
	date.tm_mon -= 1;
	taking->settings->wall = timegm(&date);
	return true;
}

static bool take_access(struct taking *taking, char *value)
{
	struct network network;
	const char *text = lines_word(&value), *action = lines_word(&value);
	if (text == NULL || action == NULL || !network_of_text(text, &network))
		return refuse(taking, "this is no access list", text != NULL ? text : "");
	if (!taking->access_given)
		option_clear(option_find("access.allow"), &taking->settings->options);
	taking->access_given = true;
	if (strcmp(action, "allow_snoop") == 0)
		return append(taking, "access.allow", &network) && append(taking, "access.snoop", &network);
	if (strcmp(action, "allow") == 0)
		return append(taking, "access.allow", &network);
	if (strcmp(action, "refuse") == 0 && taking->settings->options.access_allow_count == 0)
		return true;
	return skip(taking, "access lists that refuse or drop inside what is allowed");
}

static bool take_local_zone(struct taking *taking, char *value)
{
	const char *kind = lines_word(&value) != NULL ? lines_word(&value) : NULL;
	if (kind == NULL || strcmp(kind, "nodefault") != 0)
		return skip(taking, "local zones");
	taking->settings->options.recursion_special_names = false;
	return true;
}

static bool take_ttl(struct taking *taking, const char *key, const char *value)
{
	struct options *options = &taking->settings->options;
	uint32_t seconds = (uint32_t)strtoul(value, NULL, 10);
	if (strcmp(key, "cache-max-ttl") == 0 || strcmp(key, "max_ttl") == 0)
		options->cache_max_ttl = seconds;
	else
		options->cache_min_ttl = seconds;
	if (options->cache_max_negative_ttl > options->cache_max_ttl)
		options->cache_max_negative_ttl = options->cache_max_ttl;
	return true;
}

/* "k = v" of the deckard dialect. */
static bool take_features(struct taking *taking, char *value)
{
	const char *key = lines_word(&value), *sign = lines_word(&value), *number = lines_word(&value);
	if (key != NULL && strcmp(key, "dns64_prefix") == 0)
		return skip(taking, "DNS64");
	if (key == NULL || sign == NULL || number == NULL || strcmp(sign, "=") != 0)
		return refuse(taking, "these are no features", key != NULL ? key : "");
	if (strcmp(key, "min_ttl") == 0 || strcmp(key, "max_ttl") == 0)
		return take_ttl(taking, key, number);
	return skip(taking, "features of other resolvers");
}

static bool take_modules(struct taking *taking, const char *value)
{
	if (strstr(value, "dns64") != NULL)
		return skip(taking, "DNS64");
	taking->validator_left_out = strstr(value, "validator") == NULL;
	return true;
}

/* The option that a key switches on and off; NULL when it switches nothing. */
static bool *find_switch(struct taking *taking, enum setting_action action)
{
	struct options *options = &taking->settings->options;
	switch (action) {
	case SETTING_MINIMISE:
		taking->settings->minimise_given = true;
		return &taking->settings->minimise;
	case SETTING_IPV4:
		return &options->recursion_ipv4;
	case SETTING_HARDEN_GLUE:
		return &options->recursion_harden_glue;
	case SETTING_MINIMAL:
		return &options->answer_minimal;
	case SETTING_CASE:
		return &options->recursion_case_randomisation;
	case SETTING_SPECIAL:
		return &options->recursion_special_names;
	case SETTING_HIDE_IDENTITY:
		return &taking->hide_identity;
	case SETTING_HIDE_VERSION:
		return &taking->hide_version;
	default:
		return NULL;
	}
}

static bool take_switch(struct taking *taking, enum setting_action action, bool on)
{
	struct options *options = &taking->settings->options;
	bool *member = find_switch(taking, action);
	if (member != NULL)
		*member = on;
	else if (action == SETTING_IPV6)
		options->recursion_ipv6 = on ? RECURSION_IPV6_TRUE : RECURSION_IPV6_FALSE;
	else if (action == SETTING_NOT_LOCALHOST)
		options->recursion_upstream_loopback = !on;
	return true;
}

static bool take_anchor(struct taking *taking, char *value)
{
	const char *problem = anchors_add(&taking->settings->anchors, taking->arena, value);
	return problem == NULL || refuse(taking, problem, value);
}

static bool take_negative_anchor(struct taking *taking, char *value)
{
	const char *problem = anchors_add_negative(&taking->settings->anchors, taking->arena, value);
	return problem == NULL || refuse(taking, problem, value);
}

static bool take_setting(struct taking *taking, const struct setting *setting)
{
	char *value = setting->value;
	if (setting->key[0] == '\0')
		return begin_clause(taking, setting->clause);
	const struct setting_row *row = setting_find(setting->key);
	if (row == NULL)
		return skip(taking, setting->key);
	switch (row->action) {
	case SETTING_SKIP:
		return skip(taking, row->feature);
	case SETTING_SKIP_IF_TRUE:
		return !is_true(value) || skip(taking, row->feature);
	case SETTING_STUB:
		return take_address(taking, value);
	case SETTING_FORWARD:
		return take_forward(taking, value);
	case SETTING_NAME:
		return take_zone_name(taking, value);
	case SETTING_ROOT_NAME:
		return (taking->root_name = value) != NULL;
	case SETTING_DATE:
		return take_date(taking, value);
	case SETTING_TIMESTAMP:
		taking->settings->wall = strtoll(value, NULL, 10);
		return true;
	case SETTING_TTL:
		return take_ttl(taking, setting->key, value);
	case SETTING_FEATURES:
		return take_features(taking, value);
	case SETTING_ACCESS:
		return take_access(taking, value);
	case SETTING_LOCAL_ZONE:
		return take_local_zone(taking, value);
	case SETTING_MODULES:
		return take_modules(taking, value);
	case SETTING_ANCHOR:
		return take_anchor(taking, value);
	case SETTING_NEGATIVE_ANCHOR:
		return take_negative_anchor(taking, value);
	case SETTING_IDENTITY:
		return (taking->identity = value) != NULL;
	case SETTING_VERSION:
		return (taking->version = value) != NULL;
	default:
		return take_switch(taking, row->action, is_true(value));
	}
}

static bool take_settings(struct taking *taking)
{
	for (const struct setting *setting = taking->scenario->settings; setting != NULL; setting = setting->next)
		if (!take_setting(taking, setting))
			return false;
	return end_zone(taking);
}

static bool echoes_case(const struct entry *entry)
{
	return !entry->is_raw && (entry->adjust & (ADJUST_COPY_ID | ADJUST_COPY_QUERY | ADJUST_DO_NOT_ANSWER)) != 0;
}

/* Does every canned reply echo the case of the question? */
static bool replies_echo_case(const struct scenario *scenario)
{
	for (const struct range *range = scenario->ranges; range != NULL; range = range->next)
		for (const struct entry *entry = range->entries; entry != NULL; entry = entry->next)
			if (!echoes_case(entry))
				return false;
	for (const struct step *step = scenario->steps; step != NULL; step = step->next)
		if (step->kind == STEP_REPLY && !echoes_case(step->entry))
			return false;
	return true;
}

/* Names below "local." are mDNS's (RFC 6762), which rootwalk answers itself and unbound asks servers for. */
static bool asks_for_local(const struct scenario *scenario)
{
	static const struct name local = { .octets = (const uint8_t *)"\5local", .size = 7, .labels = 1 };
	for (const struct step *step = scenario->steps; step != NULL; step = step->next)
		if (step->kind == STEP_QUERY && step->entry->message.has_question &&
		    name_is_within(step->entry->message.question.name, local))
			return true;
	return false;
}

static bool add_network(struct taking *taking, const char *option, const char *text)
{
	struct network network;
	return network_of_text(text, &network) && append(taking, option, &network);
}

/* What a resolver under test is set to before the scenario says anything. */
static bool set_defaults(struct taking *taking)
{
	struct options *options = &taking->settings->options;
	options->recursion_edns_size = EDNS_SIZE;
	options->answer_udp_size = EDNS_SIZE;
	options->recursion_ipv6 = RECURSION_IPV6_TRUE;
	options->recursion_special_names = taking->scenario->unbound && !asks_for_local(taking->scenario);
	options->recursion_case_randomisation = replies_echo_case(taking->scenario);
	if (taking->scenario->unbound)
		return take_switch(taking, SETTING_MINIMISE, true);
	return add_network(taking, "access.allow", "0.0.0.0/0") && add_network(taking, "access.allow", "::/0") &&
	       add_network(taking, "access.snoop", "0.0.0.0/0") && add_network(taking, "access.snoop", "::/0");
}

static bool set_text(struct taking *taking, char **option, const char *value)
{
	char *copy = strdup(value);
	if (copy == NULL)
		return refuse(taking, "out of memory for", value);
	free(*option);
	*option = copy;
	return true;
}

static bool set_names(struct taking *taking)
{
	struct options *options = &taking->settings->options;
	if (taking->identity != NULL && !set_text(taking, &options->server_identity, taking->identity))
		return false;
	if (taking->version != NULL && !set_text(taking, &options->server_version, taking->version))
		return false;
	if (taking->hide_identity && !set_text(taking, &options->server_identity, ""))
		return false;
	return !taking->hide_version || set_text(taking, &options->server_version, "");
}

/* One root server with the addresses of the scenario; without any, the real ones, which do not exist here. */
static bool set_hints(struct taking *taking)
{
	struct delegation *hints = &taking->settings->hints;
	struct name_buffer buffer;
	if (taking->root.glue_count == 0)
		return hints_built_in(taking->arena, hints);
	if (!name_of_text(taking->root_name, &buffer, &taking->root.name))
		return refuse(taking, "this is no name", taking->root_name);
	taking->root.name = name_copy(taking->arena, taking->root.name);
	*hints = (struct delegation){ .zone = name_root,
				      .ttl = HINTS_TTL,
				      .servers = ARENA_NEW(taking->arena, struct name_server),
				      .count = 1 };
	if (hints->servers == NULL || taking->root.name.octets == NULL)
		return refuse(taking, "out of memory for", "hints");
	hints->servers[0] = taking->root;
	return true;
}

static bool finish(struct taking *taking)
{
	struct settings *settings = taking->settings;
	bool six = taking->root.glue_count > 0 && taking->root.glue[0].version == 6;
	if (taking->validator_left_out)
		settings->anchors.count = 0;
	if (taking->has_localhost)
		settings->options.recursion_upstream_loopback = true;
	ip_of_text(taking->scenario->unbound ? "127.0.0.1" : six ? "fd00:dec::" : "127.127.0.0", &settings->client);
	return set_names(taking) && set_hints(taking);
}

bool settings_take(struct settings *settings, const struct scenario *scenario, struct internet *internet,
		   struct arena *arena)
{
	struct taking taking = { .settings = settings,
				 .scenario = scenario,
				 .internet = internet,
				 .arena = arena,
				 .clause = "",
				 .root_name = "k.root-servers.net" };
	*settings = (struct settings){ .wall = WALL_DEFAULT };
	if (!options_default(&settings->options))
		return refuse(&taking, "out of memory for", "options");
	bool good = set_defaults(&taking) && take_settings(&taking) && finish(&taking);
	zone_servers_free(&taking.zone);
	if (!good)
		options_free(&settings->options);
	return good;
}

void settings_free(struct settings *settings)
{
	options_free(&settings->options);
}
