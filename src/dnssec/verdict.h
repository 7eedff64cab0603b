/* verdict: what a check came to, and why, in the words of RFC 8914.
 *
 * SECURITY_SECURE and SECURITY_INSECURE may come with an EDE too (an algorithm that nobody here knows, say);
 * SECURITY_UNCHECKED says that the check could not be made at all: memory, or the budget of this client's query. Nothing
 * may be remembered of the data then.
 */
#ifndef ROOTWALK_DNSSEC_VERDICT_H
#define ROOTWALK_DNSSEC_VERDICT_H

#include "wire/codes.h"
#include "wire/security.h"

struct verdict {
	enum security security;
	int ede;         /* EDE_NONE, or RFC 8914 */
	const char *why; /* static text without a final stop, or NULL */
};

static inline struct verdict verdict_of(enum security security, int ede, const char *why)
{
	return (struct verdict){ security, ede, why };
}

static inline struct verdict verdict_secure(void)
{
	return verdict_of(SECURITY_SECURE, EDE_NONE, NULL);
}

static inline struct verdict verdict_bogus(int ede, const char *why)
{
	return verdict_of(SECURITY_BOGUS, ede, why);
}

#endif
