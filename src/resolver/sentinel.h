/* sentinel: the root key trust anchor sentinel (RFC 8509): whoever asks can find out which of the root's keys are trusted.
 *
 * The first label of a name may ask whether a key is a trust anchor of the root, "root-key-sentinel-is-ta-20326", or is
 * none, "root-key-sentinel-not-ta-20326", the key tag with five digits. When that is not so, the answer is SERVFAIL; in all
 * other cases it is what it would be anyway. The rule is for A and AAAA, and for answers that were validated and are
 * secure (section 3.1), which is for the caller to know.
 *
 * Only keys that are trusted now count: one whose hold-down time runs (RFC 5011) does not yet, a revoked one no more.
 */
#ifndef ROOTWALK_RESOLVER_SENTINEL_H
#define ROOTWALK_RESOLVER_SENTINEL_H

#include "resolver/anchors.h"
#include "wire/msg.h"

/* Is this question to be answered with SERVFAIL instead of what is secure? */
bool sentinel_denies(const struct anchors *anchors, const struct question *question);

#endif
