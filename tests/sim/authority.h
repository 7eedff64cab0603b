/* authority: what an honest name server answers (RFC 1034 section 4.3.2, RFC 2308, RFC 6672).
 *
 * `zone_look` is one step inside one zone; it is what the oracle's truth is made of too. `authority_answer` is the
 * whole algorithm over the zones that a host serves: referral with glue, aliases followed as far as the host's zones
 * go, wildcards, DNAME with its CNAME, NODATA and NXDOMAIN with SOA.
 */
#ifndef ROOTWALK_TESTS_SIM_AUTHORITY_H
#define ROOTWALK_TESTS_SIM_AUTHORITY_H

#include "wire/msg.h"
#include "world.h"

#define ANSWER_ENTRIES_MAX 96u

enum look_kind { LOOK_DATA, LOOK_CNAME, LOOK_DNAME, LOOK_NODATA, LOOK_NXDOMAIN, LOOK_CUT };

struct look {
	enum look_kind kind;
	const struct node *node;   /* of data and aliases; the cut; NODATA: the name; NXDOMAIN: the closest encloser */
	struct version *version;   /* DATA (not of ANY), CNAME, DNAME; the NS set of a CUT */
	bool wildcard;             /* the node is a "*" that stands for the name */
	bool empty_non_terminal;   /* of NODATA */
};

struct look zone_look(const struct world *world, const struct zone *zone, struct name name, uint16_t type,
		      unsigned int epoch);

/* An RRset of an answer; `version` is where it comes from (NULL: synthesised). */
struct entry {
	struct rrset rrset;
	struct version *version;
};

struct section_entries {
	struct entry entries[ANSWER_ENTRIES_MAX];
	unsigned int count;
};

struct authority {
	uint16_t rcode;
	bool authoritative;
	bool refused;            /* no zone of the host holds the name */
	bool empty_non_terminal; /* the answer is NODATA for one */
	bool leaf;               /* there are data or an alias at the very name */
	bool referral;
	struct zone *zone;       /* the last one looked into */
	struct section_entries answer, authorities, additional;
};

/* Adds the version, spelt as `owner`, unless it is there. */
void section_add(struct section_entries *section, struct version *version, struct name owner);

struct asking {
	struct question question;
	unsigned int epoch;
	bool dnssec_ok; /* proofs are wanted, and DS with a referral; signatures are seal.c's */
};

/* The arena takes what is synthesised. */
void authority_answer(const struct world *world, const struct host *host, const struct asking *asking,
		      struct arena *arena, struct authority *authority);

#endif
