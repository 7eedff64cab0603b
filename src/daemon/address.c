#include "daemon/address.h"

#include <arpa/inet.h>

socklen_t address_size(const union address *address)
{
	return address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
}

int address_family(struct ip ip)
{
	return ip.version == 6 ? AF_INET6 : AF_INET;
}

bool address_is_wildcard(struct ip ip)
{
	static const uint8_t zero[sizeof ip.octets];
	return memcmp(ip.octets, zero, sizeof zero) == 0;
}

union address address_of(struct endpoint endpoint)
{
	union address address = { .v6 = { 0 } };
	if (endpoint.ip.version == 6) {
		address.v6.sin6_family = AF_INET6;
		address.v6.sin6_port = htons(endpoint.port);
		memcpy(&address.v6.sin6_addr, endpoint.ip.octets, sizeof address.v6.sin6_addr);
	} else {
		address.v4.sin_family = AF_INET;
		address.v4.sin_port = htons(endpoint.port);
		memcpy(&address.v4.sin_addr, endpoint.ip.octets, sizeof address.v4.sin_addr);
	}
	return address;
}

struct endpoint address_endpoint(const union address *address)
{
	struct endpoint endpoint = { .port = 0 };
	if (address->any.sa_family == AF_INET6) {
		endpoint.ip = ip_unmap(ip_of_v6(address->v6.sin6_addr.s6_addr));
		endpoint.port = ntohs(address->v6.sin6_port);
	} else if (address->any.sa_family == AF_INET) {
		endpoint.ip = ip_of_v4((const uint8_t *)&address->v4.sin_addr);
		endpoint.port = ntohs(address->v4.sin_port);
	}
	return endpoint;
}
