/* trust: what validation begins with, from whoever read the files to the engines. Nothing in it: nothing is validated. */
#ifndef ROOTWALK_DAEMON_TRUST_H
#define ROOTWALK_DAEMON_TRUST_H

#include "resolver/engine.h"

/* All outlives its users. */
struct trust {
	const struct rrset *anchors; /* DS or DNSKEY */
	size_t anchor_count;
	const struct negative_anchor *negative_anchors;
	size_t negative_anchor_count;
};

#endif
