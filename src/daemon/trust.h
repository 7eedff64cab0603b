/* trust: what validation begins with, from whoever read the files to the engines. Nothing in it: nothing is validated. */
#ifndef ROOTWALK_DAEMON_TRUST_H
#define ROOTWALK_DAEMON_TRUST_H

#include "resolver/engine.h"

/* The states of trust anchors moved on and are to be remembered. Called by the worker that follows them. */
typedef void trust_changed(void *context, const struct trust_point *points, size_t count);

/* All outlives its users. */
struct trust {
	const struct rrset *anchors; /* DS or DNSKEY: what the trust points trust at the beginning */
	size_t anchor_count;
	const struct negative_anchor *negative_anchors;
	size_t negative_anchor_count;
	const struct trust_point *points; /* that one worker follows (RFC 5011) */
	size_t point_count;
	trust_changed *changed;           /* NULL: nobody remembers */
	void *context;
};

#endif
