/* ip: addresses, endpoints and networks, without sockets.
 *
 * An address is compared and hashed by its octets; an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) is
 * turned into the IPv4 address it means when it enters (`ip_unmap`), so that no list is passed by another
 * spelling. An `ip` has no padding: it may be compared with memcmp and hashed whole.
 */
#ifndef ROOTWALK_BASE_IP_H
#define ROOTWALK_BASE_IP_H

#include "base/span.h"

#define IP_TEXT_SIZE 48u       /* room for any address in text, with the final NUL */
#define ENDPOINT_TEXT_SIZE 56u /* "[v6]:port" */

struct ip {
	uint8_t version;    /* 4 or 6; 0 is no address */
	uint8_t octets[16]; /* IPv4 in the first four, the rest zero */
};

struct endpoint {
	struct ip ip;
	uint16_t port;
};

struct network {
	struct ip ip;
	uint8_t prefix; /* bits */
};

struct ip ip_of_v4(const uint8_t octets[4]);
struct ip ip_of_v6(const uint8_t octets[16]);
struct ip ip_unmap(struct ip ip);
/* 127.0.0.0/8 and ::1 (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
bool ip_is_loopback(struct ip ip);

bool ip_equal(struct ip a, struct ip b);
bool endpoint_equal(struct endpoint a, struct endpoint b);

/* "192.0.2.1" or "2001:db8::1"; false when it is neither. */
bool ip_of_text(const char *text, struct ip *ip);
const char *ip_to_text(struct ip ip, char text[IP_TEXT_SIZE]);
const char *endpoint_to_text(struct endpoint endpoint, char text[ENDPOINT_TEXT_SIZE]);

/* "10.0.0.0/8", "::1/128", or an address alone, which is a network of one. Bits below the prefix must be zero. */
bool network_of_text(const char *text, struct network *network);
bool network_contains(struct network network, struct ip ip);
bool network_list_contains(const struct network *networks, size_t count, struct ip ip);

#endif
