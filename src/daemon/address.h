/* address: endpoints as the kernel wants them, and back. */
#ifndef ROOTWALK_DAEMON_ADDRESS_H
#define ROOTWALK_DAEMON_ADDRESS_H

#include "base/ip.h"

#include <netinet/in.h>
#include <sys/socket.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* How many octets of the union its family uses. */
socklen_t address_size(const union address *address);

union address address_of(struct endpoint endpoint);

/* An IPv4-mapped IPv6 address comes back as the IPv4 address it means. */
struct endpoint address_endpoint(const union address *address);

/* AF_INET or AF_INET6. */
int address_family(struct ip ip);

/* 0.0.0.0 or :: */
bool address_is_wildcard(struct ip ip);

#endif
