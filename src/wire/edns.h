/* edns: the OPT pseudo-record (RFC 6891) and the options that rootwalk knows.
 *
 * Cookies: RFC 7873 and 9018. Extended errors: RFC 8914. At most LIMIT_EDNS_OPTIONS options are looked at and the
 * first of each kind counts (CVE-2026-41292).
 */
#ifndef ROOTWALK_WIRE_EDNS_H
#define ROOTWALK_WIRE_EDNS_H

#include "base/builder.h"
#include "base/span.h"
#include "wire/codes.h"

enum edns_option {
	EDNS_NSID = 3,
	EDNS_CLIENT_SUBNET = 8,
	EDNS_COOKIE = 10,
	EDNS_KEEPALIVE = 11,
	EDNS_PADDING = 12,
	EDNS_EDE = 15,
};

#define EDNS_COOKIE_CLIENT_SIZE 8u
#define EDNS_COOKIE_SIZE_MAX 40u
#define EDNS_OPT_SIZE 11u /* an OPT record without options */
#define EDNS_EDE_TEXT_SIZE_MAX 200u

struct edns {
	bool present;
	uint8_t version;
	uint8_t extended_rcode; /* the upper 8 bits */
	bool dnssec_ok;
	uint16_t udp_size; /* octets; as on the wire, may be below 512 */
	struct span cookie; /* client and server part as they came; empty when absent */
	bool cookie_malformed; /* length not 8 and not 16..40: FORMERR (RFC 7873 section 5.2.2) */
	bool nsid;
	bool keepalive;
	int ede; /* of a reply; EDE_NONE when absent */
	struct span ede_text;
};

/* From the class, TTL and RDATA of an OPT record. False when the options do not add up: FORMERR. The spans point
 * into `rdata`. */
bool edns_read(uint16_t class, uint32_t ttl, struct span rdata, struct edns *edns);

/* What a message without OPT has. The start for every other: in a zeroed struct, ede would be EDE_OTHER. */
static inline struct edns edns_none(void)
{
	return (struct edns){ .ede = EDE_NONE };
}

/* Writes the OPT record: udp_size, version, extended_rcode, dnssec_ok; then the cookie when cookie.size > 0 and the
 * EDE when ede != EDE_NONE. The EDE's text is cut, at a UTF-8 boundary, to EDNS_EDE_TEXT_SIZE_MAX and to what the
 * builder has room for. NSID and keepalive are not written. Overflow is the builder's. */
void edns_write(struct builder *message, const struct edns *edns);

#endif
