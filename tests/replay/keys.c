#include "keys.h"

#include <stddef.h>
#include <string.h>

static const struct setting_row rows[] = {
	{ "stub-addr", SETTING_STUB, NULL },
	{ "stub-name", SETTING_ROOT_NAME, NULL },
	{ "forward-addr", SETTING_FORWARD, NULL },
	{ "name", SETTING_NAME, NULL },
	{ "trust-anchor", SETTING_ANCHOR, NULL },
	{ "domain-insecure", SETTING_NEGATIVE_ANCHOR, NULL },
	{ "val-override-date", SETTING_DATE, NULL },
	{ "val-override-timestamp", SETTING_TIMESTAMP, NULL },
	{ "query-minimization", SETTING_MINIMISE, NULL },
	{ "qname-minimisation", SETTING_MINIMISE, NULL },
	{ "do-ip4", SETTING_IPV4, NULL },
	{ "do-ip6", SETTING_IPV6, NULL },
	{ "do-not-query-localhost", SETTING_NOT_LOCALHOST, NULL },
	{ "harden-glue", SETTING_HARDEN_GLUE, NULL },
	{ "minimal-responses", SETTING_MINIMAL, NULL },
	{ "case-randomisation", SETTING_CASE, NULL },
	{ "special-names", SETTING_SPECIAL, NULL },
	{ "cache-min-ttl", SETTING_TTL, NULL },
	{ "cache-max-ttl", SETTING_TTL, NULL },
	{ "features", SETTING_FEATURES, NULL },
	{ "access-control", SETTING_ACCESS, NULL },
	{ "local-zone", SETTING_LOCAL_ZONE, NULL },
	{ "module-config", SETTING_MODULES, NULL },
	{ "identity", SETTING_IDENTITY, NULL },
	{ "version", SETTING_VERSION, NULL },
	{ "hide-identity", SETTING_HIDE_IDENTITY, NULL },
	{ "hide-version", SETTING_HIDE_VERSION, NULL },

	/* What cannot change an answer here. */
	{ "target-fetch-policy", SETTING_NOTHING, NULL },
	{ "fake-sha1", SETTING_NOTHING, NULL },
	{ "trust-anchor-signaling", SETTING_NOTHING, NULL },
	{ "iter-scrub-promiscuous", SETTING_NOTHING, NULL },
	{ "rrset-roundrobin", SETTING_NOTHING, NULL },
	{ "verbosity", SETTING_NOTHING, NULL },
	{ "log-servfail", SETTING_NOTHING, NULL },
	{ "val-log-level", SETTING_NOTHING, NULL },
	{ "ede", SETTING_NOTHING, NULL },
	{ "stub-prime", SETTING_NOTHING, NULL },
	{ "outbound-msg-retry", SETTING_NOTHING, NULL },
	{ "force-ipv6", SETTING_NOTHING, NULL },
	{ "aggressive-nsec", SETTING_AGGRESSIVE, NULL },
	{ "val-max-restart", SETTING_NOTHING, NULL },
	{ "harden-below-nxdomain", SETTING_NOTHING, NULL },
	{ "discard-timeout", SETTING_NOTHING, NULL },

	/* What rootwalk does not have, or not yet. */
	{ "feature-list", SETTING_SKIP, "policies of Knot Resolver" },
	{ "dns64-prefix", SETTING_SKIP, "DNS64" },
	{ "dns64-ignore-aaaa", SETTING_SKIP, "DNS64" },
	{ "serve-expired", SETTING_SKIP_IF_TRUE, "serving stale answers" },
	{ "prefetch", SETTING_SKIP_IF_TRUE, "prefetching" },
	{ "local-data", SETTING_SKIP, "local data" },
	{ "private-address", SETTING_SKIP, "private addresses (rebinding protection)" },
	{ "private-domain", SETTING_SKIP, "private addresses (rebinding protection)" },
	{ "access-control-tag", SETTING_SKIP, "views" },
	{ "define-tag", SETTING_SKIP, "views" },
	{ "response-ip", SETTING_SKIP, "response policy zones" },
	{ "nsid", SETTING_SKIP, "NSID" },
	{ "answer-cookie", SETTING_SKIP_IF_TRUE, "cookies of clients" },
	{ "edns-client-string", SETTING_SKIP, "EDNS client strings" },
	{ "dns-error-reporting", SETTING_SKIP_IF_TRUE, "DNS error reporting (RFC 9567)" },
	{ "stub-first", SETTING_SKIP_IF_TRUE, "forwarding first, then walking" },
	{ "forward-first", SETTING_SKIP_IF_TRUE, "forwarding first, then walking" },
	{ "num-queries-per-thread", SETTING_SKIP, "a limit of one or two queries at once" },
	{ "msg-cache-size", SETTING_SKIP, "a cache of one octet" },
	{ "max-global-quota", SETTING_SKIP, "a limit on queries to servers that can be set" },
	{ "msg-cache-slabs", SETTING_NOTHING, NULL },
	{ "harden-referral-path", SETTING_SKIP_IF_TRUE, "asking for the path of a referral" },
	{ "harden-unverified-glue", SETTING_SKIP_IF_TRUE, "asking for addresses although there is glue" },
	{ "cache-min-negative-ttl", SETTING_SKIP, "a least TTL of negative answers" },
};

const struct setting_row *setting_find(const char *key)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i];
	return NULL;
}
