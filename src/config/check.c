#include "config/check.h"

#include "config/value.h"

#include <stdio.h>
#include <strings.h>

struct checking {
	const struct options *options;
	const struct place *places;
	struct problems *problems;
};

/* The next sentence is about this option. */
static void point_at(const struct checking *checking, const char *path)
{
	static const struct place nowhere = { 0 };
	const struct option_row *option = option_find(path);
	checking->problems->at =
		checking->places != NULL && option != NULL ? checking->places[option_index(option)] : nowhere;
}

/* Two numbers of which one must not be above the other; the places of both are looked for. */
static void check_order(const struct checking *checking, const char *lower, const char *upper)
{
	const struct option_row *low = option_find(lower), *high = option_find(upper);
	char low_text[AMOUNT_TEXT_SIZE], high_text[AMOUNT_TEXT_SIZE];
	uint32_t least = *(const uint32_t *)option_member(low, checking->options);
	uint32_t most = *(const uint32_t *)option_member(high, checking->options);
	if (least <= most)
		return;
	point_at(checking, lower);
	if (checking->problems->at.line == 0)
		point_at(checking, upper);
	problems_say(checking->problems, "%s (%s) is above %s (%s)", lower, value_number_to_text(low, least, low_text),
		     upper, value_number_to_text(high, most, high_text));
}

static bool is_multicast(struct ip ip)
{
	return ip.version == 4 ? ip.octets[0] >= 224 : ip.octets[0] == 0xff;
}

static bool is_unspecified(struct ip ip)
{
	static const uint8_t zero[sizeof ip.octets];
	return memcmp(ip.octets, zero, sizeof zero) == 0;
}

static void check_listen(const struct checking *checking)
{
	const struct options *options = checking->options;
	char text[ENDPOINT_TEXT_SIZE];
	point_at(checking, "listen");
	if (options->listen_count == 0)
		problems_say(checking->problems, "listen is empty: no client could be heard");
	for (size_t i = 0; i < options->listen_count; i++) {
		struct endpoint endpoint = options->listen[i].endpoint;
		if (is_multicast(endpoint.ip))
			problems_say(checking->problems, "listen: %s is no address of a machine",
				     ip_to_text(endpoint.ip, text));
		for (size_t j = 0; j < i; j++)
			if (endpoint_equal(endpoint, options->listen[j].endpoint)) {
				problems_say(checking->problems, "listen: %s is there twice",
					     endpoint_to_text(endpoint, text));
				break;
			}
	}
}

static void check_access(const struct checking *checking)
{
	point_at(checking, "access.allow");
	if (checking->options->access_allow_count == 0)
		problems_say(checking->problems, "access.allow is empty: no client would be answered");
}

static bool is_off(const struct options *options, uint8_t version)
{
	return version == 4 ? !options->recursion_ipv4 : options->recursion_ipv6 == RECURSION_IPV6_FALSE;
}

static void check_families(const struct checking *checking)
{
	const struct options *options = checking->options;
	char text[IP_TEXT_SIZE];
	point_at(checking, "recursion.ipv4");
	if (is_off(options, 4) && is_off(options, 6))
		problems_say(checking->problems,
			     "recursion.ipv4 and recursion.ipv6 are both false: no server could be asked");
	point_at(checking, "recursion.source-address");
	for (size_t i = 0; i < options->recursion_source_address_count; i++) {
		struct ip ip = options->recursion_source_address[i];
		if (is_multicast(ip) || is_unspecified(ip))
			problems_say(checking->problems, "recursion.source-address: %s is no address of a machine",
				     ip_to_text(ip, text));
	}
}

static bool is_own(const struct options *options, struct endpoint server)
{
	for (size_t i = 0; i < options->listen_count; i++)
		if (endpoint_equal(options->listen[i].endpoint, server))
			return true;
	return false;
}

/* Why a server given by hand could not be asked, or NULL. */
static const char *why_unusable(const struct options *options, struct endpoint server)
{
	if (is_multicast(server.ip) || is_unspecified(server.ip))
		return "is no address of a server";
	if (is_own(options, server))
		return "is where rootwalk itself listens";
	if (is_off(options, server.ip.version))
		return server.ip.version == 4 ? "cannot be asked, recursion.ipv4 being false"
					      : "cannot be asked, recursion.ipv6 being false";
	if (network_list_contains(options->recursion_upstream_deny, options->recursion_upstream_deny_count, server.ip))
		return "is denied by recursion.upstream-deny";
	if (options->recursion_upstream_allow_count > 0 &&
	    !network_list_contains(options->recursion_upstream_allow, options->recursion_upstream_allow_count,
				   server.ip))
		return "is not in recursion.upstream-allow";
	return NULL;
}

static void check_servers(const struct checking *checking, const char *path, const struct zone_servers *zone)
{
	char text[ENDPOINT_TEXT_SIZE];
	for (size_t i = 0; i < zone->count; i++) {
		const char *why = why_unusable(checking->options, zone->servers[i]);
		if (why != NULL)
			problems_say(checking->problems, "%s: %s of zone %s %s", path,
				     endpoint_to_text(zone->servers[i], text), zone->zone, why);
	}
}

/* Case-blind and without the final dot; the root is the empty name. */
static bool is_same_zone(const char *a, const char *b)
{
	size_t a_size = strlen(a), b_size = strlen(b);
	a_size -= a_size > 0 && a[a_size - 1] == '.';
	b_size -= b_size > 0 && b[b_size - 1] == '.';
	return a_size == b_size && strncasecmp(a, b, a_size) == 0;
}

static bool has_zone(const struct zone_servers *zones, size_t count, const char *zone)
{
	for (size_t i = 0; i < count; i++)
		if (is_same_zone(zones[i].zone, zone))
			return true;
	return false;
}

static void check_zones(const struct checking *checking)
{
	const struct options *options = checking->options;
	point_at(checking, "recursion.forward");
	for (size_t i = 0; i < options->recursion_forward_count; i++) {
		const struct zone_servers *zone = &options->recursion_forward[i];
		check_servers(checking, "recursion.forward", zone);
		if (has_zone(options->recursion_forward, i, zone->zone))
			problems_say(checking->problems, "recursion.forward: zone %s is there twice", zone->zone);
	}
	point_at(checking, "recursion.stub");
	for (size_t i = 0; i < options->recursion_stub_count; i++) {
		const struct zone_servers *zone = &options->recursion_stub[i];
		check_servers(checking, "recursion.stub", zone);
		if (has_zone(options->recursion_stub, i, zone->zone))
			problems_say(checking->problems, "recursion.stub: zone %s is there twice", zone->zone);
		if (has_zone(options->recursion_forward, options->recursion_forward_count, zone->zone))
			problems_say(checking->problems, "recursion.stub: zone %s is in recursion.forward too",
				     zone->zone);
	}
}

static void check_negative_anchors(const struct checking *checking)
{
	const struct zone_until *zones = checking->options->dnssec_negative_anchors;
	point_at(checking, "dnssec.negative-anchors");
	for (size_t i = 0; i < checking->options->dnssec_negative_anchors_count; i++)
		for (size_t j = 0; j < i; j++)
			if (is_same_zone(zones[i].zone, zones[j].zone)) {
				problems_say(checking->problems, "dnssec.negative-anchors: zone %s is there twice",
					     zones[i].zone);
				break;
			}
}

bool config_check(const struct options *options, const struct place *places, struct problems *problems)
{
	const struct checking checking = { .options = options, .places = places, .problems = problems };
	size_t before = problems->count + problems->more;
	check_listen(&checking);
	check_access(&checking);
	check_order(&checking, "cache.min-ttl", "cache.max-ttl");
	check_families(&checking);
	check_zones(&checking);
	check_negative_anchors(&checking);
	check_order(&checking, "tcp.per-client", "tcp.max-clients");
	problems->at = (struct place){ 0 };
	return problems->count + problems->more == before;
}
