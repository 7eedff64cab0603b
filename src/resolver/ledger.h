/* ledger: how often a request has sent one question to one server, whichever task did it (CVE-2026-5950). */
#ifndef ROOTWALK_RESOLVER_LEDGER_H
#define ROOTWALK_RESOLVER_LEDGER_H

#include "base/ip.h"
#include "wire/msg.h"

struct ledger_line;

struct ledger {
	struct ledger_line *lines; /* at most one for each query that the budget allows */
};

unsigned int ledger_count(const struct ledger *ledger, struct endpoint server, const struct question *question);

/* One more. The question lives as long as the arena; false when out of memory. */
bool ledger_add(struct ledger *ledger, struct arena *arena, struct endpoint server, const struct question *question);

#endif
