/* security: how far data can be relied on (RFC 4033 section 5, RFC 4035 section 4.3). */
#ifndef ROOTWALK_WIRE_SECURITY_H
#define ROOTWALK_WIRE_SECURITY_H

enum security {
	SECURITY_UNCHECKED, /* nobody has looked yet */
	SECURITY_INSECURE,  /* proven that no chain of trust reaches it, or no anchor stands above it */
	SECURITY_SECURE,    /* a chain of signatures leads to it from a trust anchor */
	SECURITY_BOGUS,     /* there should be such a chain, and there is none: never served without CD */
};

#endif
