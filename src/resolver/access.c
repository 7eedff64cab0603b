#include "resolver/access.h"

#define OWN_PREFIX_V4 8u  /* the widest network that one provider has */
#define OWN_PREFIX_V6 16u

bool access_client(const struct options *options, struct ip client)
{
	return network_list_contains(options->access_allow, options->access_allow_count, client);
}

bool access_snoop(const struct options *options, struct ip client)
{
	return network_list_contains(options->access_snoop, options->access_snoop_count, client);
}

/* By a network that somebody chose, not by one that lets a good part of the world in. */
static bool is_named(const struct options *options, struct ip client)
{
	uint8_t widest = client.version == 4 ? OWN_PREFIX_V4 : OWN_PREFIX_V6;
	for (size_t i = 0; i < options->access_allow_count; i++)
		if (options->access_allow[i].prefix >= widest && network_contains(options->access_allow[i], client))
			return true;
	return false;
}

bool access_rationed(const struct options *options, struct ip client)
{
	if (options->rate_limit == RATE_LIMIT_FALSE ||
	    network_list_contains(options->rate_exempt, options->rate_exempt_count, client))
		return false;
	return options->rate_limit == RATE_LIMIT_TRUE || !is_named(options, client);
}

/* Addresses that no server has: 0.0.0.0/8, multicast, reserved and broadcast; ::, ff00::/8. */
static bool is_nobody(struct ip ip)
{
	static const uint8_t zero[16];
	if (ip.version == 4)
		return ip.octets[0] == 0 || ip.octets[0] >= 224;
	return ip.version != 6 || ip.octets[0] == 0xff || memcmp(ip.octets, zero, sizeof zero) == 0;
}

static bool is_ourselves(const struct options *options, struct endpoint server)
{
	for (size_t i = 0; i < options->listen_count; i++)
		if (endpoint_equal(options->listen[i].endpoint, server))
			return true;
	return false;
}

bool access_upstream(const struct options *options, struct endpoint server)
{
	struct ip ip = server.ip;
	if (is_nobody(ip) || is_ourselves(options, server) ||
	    network_list_contains(options->recursion_upstream_deny, options->recursion_upstream_deny_count, ip))
		return false;
	if (options->recursion_upstream_allow_count > 0)
		return network_list_contains(options->recursion_upstream_allow, options->recursion_upstream_allow_count,
					     ip);
	return options->recursion_upstream_loopback || !ip_is_loopback(ip);
}
