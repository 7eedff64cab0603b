/* additional: records that spare the client its next question (RFC 1034 section 4.3.2 step 6): addresses of names in
 * the data, from the cache only and of at most LIMIT_ADDITIONAL_NAMES names (CVE-2024-11187). For `answer.minimal:
 * false`.
 */
#ifndef ROOTWALK_RESOLVER_ADDITIONAL_H
#define ROOTWALK_RESOLVER_ADDITIONAL_H

#include "resolver/inside.h"
#include "resolver/result.h"
#include "wire/msg.h"

/* Returns the smallest TTL that it wrote, or `ttl` when that is smaller. */
uint32_t additional_write(struct engine *engine, struct msg_writer *writer, const struct result *result,
			  bool signatures, uint32_t ttl);

#endif
