/* zonefile: the records of a small file in the form of a zone file (RFC 1035 section 5.1), one after the other.
 *
 *	struct zonefile file;
 *	if (!zonefile_open(&file, &setup)) ...
 *	while ((record = zonefile_next(&file)) != NULL) ...   ldns_rr_free(record)
 *	if (!zonefile_close(&file)) ...                        the problem is told
 *
 * ldns reads; here are the path and the line of what it dislikes. Names are relative to the root unless $ORIGIN says
 * otherwise; $INCLUDE is refused, and so are classes other than IN. After the first problem there are no more records.
 */
#ifndef ROOTWALK_TEXT_ZONEFILE_H
#define ROOTWALK_TEXT_ZONEFILE_H

#include "base/arena.h"
#include "wire/name.h"

#include <ldns/ldns.h>
#include <stdio.h>

struct zonefile_setup {
	const char *path;
	const char *what; /* the file is, for sentences: "root hints" */
	uint32_t ttl;     /* of records that come without */
	char *problem;    /* one sentence with file and line */
	size_t problem_size;
};

struct zonefile {
	struct zonefile_setup setup;
	FILE *file;
	size_t line; /* of the record read last */
	uint32_t ttl;
	ldns_rdf *origin, *owner;
	bool failed;
};

/* False when it cannot be opened, with the problem told; there is then nothing to close. */
bool zonefile_open(struct zonefile *file, const struct zonefile_setup *setup);

/* The next record, the caller's; NULL at the end and when something is wrong. */
ldns_rr *zonefile_next(struct zonefile *file);

/* Something is wrong in this line, or, when 0, in no line. False, for `return zonefile_refuse(...)`. Only the first problem
 * is told. */
bool zonefile_refuse(struct zonefile *file, size_t line, const char *why);

/* True when nothing was wrong. */
bool zonefile_close(struct zonefile *file);

/* A name that ldns read, as a copy in the arena; octets NULL when out of memory. */
struct name zonefile_name(struct arena *arena, const ldns_rdf *rdf);

/* A record's RDATA as on the wire, in the arena; an empty span when out of memory. */
struct span zonefile_rdata(struct arena *arena, const ldns_rr *record);

#endif
