#include "base/ip.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

struct ip ip_of_v4(const uint8_t octets[4])
{
	struct ip ip = { .version = 4 };
	memcpy(ip.octets, octets, 4);
	return ip;
}

struct ip ip_of_v6(const uint8_t octets[16])
{
	struct ip ip = { .version = 6 };
	memcpy(ip.octets, octets, 16);
	return ip;
}

struct ip ip_unmap(struct ip ip)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	if (ip.version == 6 && memcmp(ip.octets, mapped, sizeof mapped) == 0)
		return ip_of_v4(ip.octets + 12);
	return ip;
}

bool ip_is_loopback(struct ip ip)
{
	static const uint8_t one[16] = { [15] = 1 };
	return ip.version == 4 ? ip.octets[0] == 127 : memcmp(ip.octets, one, sizeof one) == 0;
}

bool ip_equal(struct ip a, struct ip b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

bool endpoint_equal(struct endpoint a, struct endpoint b)
{
	return a.port == b.port && ip_equal(a.ip, b.ip);
}

bool ip_of_text(const char *text, struct ip *ip)
{
	uint8_t octets[16];
	if (inet_pton(AF_INET, text, octets) == 1)
		*ip = ip_of_v4(octets);
	else if (inet_pton(AF_INET6, text, octets) == 1)
		*ip = ip_of_v6(octets);
	else
		return false;
	return true;
}

const char *ip_to_text(struct ip ip, char text[IP_TEXT_SIZE])
{
	if (ip.version == 0)
		snprintf(text, IP_TEXT_SIZE, "none");
	else
		inet_ntop(ip.version == 4 ? AF_INET : AF_INET6, ip.octets, text, IP_TEXT_SIZE);
	return text;
}

const char *endpoint_to_text(struct endpoint endpoint, char text[ENDPOINT_TEXT_SIZE])
{
	char address[IP_TEXT_SIZE];
	const char *form = endpoint.ip.version == 6 ? "[%s]:%u" : "%s:%u";
	snprintf(text, ENDPOINT_TEXT_SIZE, form, ip_to_text(endpoint.ip, address), endpoint.port);
	return text;
}

static bool prefix_of_text(const char *text, unsigned int max, uint8_t *prefix)
{
	char *end;
	if (text[0] < '0' || text[0] > '9')
		return false;
	unsigned long value = strtoul(text, &end, 10);
	if (*end != '\0' || value > max)
		return false;
	*prefix = (uint8_t)value;
	return true;
}

static bool has_host_bits(struct network network)
{
	for (unsigned int bit = network.prefix; bit < 128; bit++)
		if (network.ip.octets[bit / 8] & (0x80 >> bit % 8))
			return true;
	return false;
}

bool network_of_text(const char *text, struct network *network)
{
	char address[IP_TEXT_SIZE];
	const char *slash = strchr(text, '/');
	size_t size = slash != NULL ? (size_t)(slash - text) : strlen(text);
	if (size >= sizeof address)
		return false;
	memcpy(address, text, size);
	address[size] = '\0';
	struct network read = { 0 };
	if (!ip_of_text(address, &read.ip))
		return false;
	unsigned int max = read.ip.version == 4 ? 32 : 128;
	read.prefix = (uint8_t)max;
	if (slash != NULL && !prefix_of_text(slash + 1, max, &read.prefix))
		return false;
	if (has_host_bits(read))
		return false;
	*network = read;
	return true;
}

bool network_contains(struct network network, struct ip ip)
{
	if (network.ip.version != ip.version)
		return false;
	unsigned int whole = network.prefix / 8, rest = network.prefix % 8;
	if (memcmp(network.ip.octets, ip.octets, whole) != 0)
		return false;
	return rest == 0 || ((network.ip.octets[whole] ^ ip.octets[whole]) >> (8 - rest)) == 0;
}

bool network_list_contains(const struct network *networks, size_t count, struct ip ip)
{
	for (size_t i = 0; i < count; i++)
		if (network_contains(networks[i], ip))
			return true;
	return false;
}
