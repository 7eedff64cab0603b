/* entry: one message of a scenario, ENTRY_BEGIN to ENTRY_END (FORMAT.md section 3).
 *
 * What it is used for depends on where it stands: a query to send, an answer to expect, or a canned reply. Besides
 * the words of FORMAT.md our own scenarios have two more for canned replies:
 *
 *	ADJUST no_edns    the reply has no OPT even if the query had one (servers older than RFC 6891)
 *	ADJUST keep_case  the question is spelt as in the scenario (servers that do not echo 0x20)
 */
#ifndef ROOTWALK_TESTS_REPLAY_ENTRY_H
#define ROOTWALK_TESTS_REPLAY_ENTRY_H

#include "lines.h"
#include "message.h"

enum match {
	MATCH_OPCODE = 1 << 0,
	MATCH_QTYPE = 1 << 1,
	MATCH_QNAME = 1 << 2,
	MATCH_QCASE = 1 << 3,
	MATCH_SUBDOMAIN = 1 << 4,
	MATCH_FLAGS = 1 << 5,
	MATCH_RCODE = 1 << 6,
	MATCH_ANSWER = 1 << 7,
	MATCH_AUTHORITY = 1 << 8,
	MATCH_ADDITIONAL = 1 << 9,
	MATCH_EDNS = 1 << 10,
	MATCH_ALL = 1 << 11,
	MATCH_TTL = 1 << 12,
	MATCH_UDP = 1 << 13,
	MATCH_TCP = 1 << 14,
	MATCH_DO = 1 << 15,
	MATCH_NO_EDNS = 1 << 16,
	MATCH_EDE = 1 << 17,
	MATCH_OPTIONS = 1 << 18,
};

#define MATCH_EDE_ANY (-2)

enum adjust {
	ADJUST_COPY_ID = 1 << 0,
	ADJUST_COPY_QUERY = 1 << 1,
	ADJUST_RAW_ID = 1 << 2,
	ADJUST_DO_NOT_ANSWER = 1 << 3,
	ADJUST_NO_EDNS = 1 << 4,
	ADJUST_KEEP_CASE = 1 << 5,
};

struct entry {
	size_t line; /* of its ENTRY_BEGIN */
	unsigned int match, adjust;
	int ede;            /* of MATCH_EDE; MATCH_EDE_ANY for any */
	bool mandatory;
	bool used;          /* as a canned reply */
	bool is_raw;
	struct span raw;    /* octets of the message */
	bool has_options;   /* HEX_EDNSDATA stood in it: message.options */
	struct message message;
	struct entry *next;
};

/* Where reading stands. */
struct reading {
	struct lines lines;
	struct arena *arena;
	uint32_t ttl;      /* $TTL */
	ldns_rdf *origin;  /* $ORIGIN; freed by whoever set up the reading */
	ldns_rdf *owner;   /* of the last record, for ldns */
	uint16_t true_type; /* of a record written as octets; 0: it says itself */
	const char *feature; /* what the scenario asks for and the player or rootwalk does not offer */
	char problem[256]; /* why the file cannot be read */
};

/* Reads what follows ENTRY_BEGIN, ENTRY_END included. NULL when it cannot be read (problem says why). A word that
 * asks for more than the player offers sets `feature`. */
struct entry *entry_read(struct reading *reading);

/* Reads one record in presentation form and adds it to `records`. TTL and class may be missing or swapped. */
bool entry_read_record(struct reading *reading, struct records *records, char *line);

/* Says why the file cannot be read, with the line. Always NULL. */
void *reading_refuse(struct reading *reading, const char *why, const char *word);

#endif
