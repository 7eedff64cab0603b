/* options: what an administrator may set, as one struct made from one table.
 *
 * options.def has a row for each option. Here the rows become the members of `struct options` and the array
 * `option_rows`; everything else that knows options (reading text and files, checks, documents) walks that array
 * and needs no word about a single option.
 *
 *	options.def -> struct options   the values:   options.cache_size
 *	            -> option_rows[]    what is said of them: path, kind, default, bounds, unit, meaning
 *
 * A struct options owns its lists and texts (malloc); options_free frees them and the struct can be used again.
 * It is filled once at start and only read after that, so threads may share it.
 *
 * Units: sizes in octets, durations in seconds, moments in POSIX seconds.
 */
#ifndef ROOTWALK_CONFIG_OPTIONS_H
#define ROOTWALK_CONFIG_OPTIONS_H

#include "base/ip.h"
#include "base/log.h"

/* Where clients are heard. */
struct listen_address {
	struct endpoint endpoint; /* port 53 unless said otherwise */
};

/* A zone and the servers to ask about it. */
struct zone_servers {
	char *zone; /* a domain name in text as it was written, with or without the final dot */
	struct endpoint *servers; /* the port is recursion_upstream_port unless said otherwise */
	size_t count;             /* at least 1 */
};

/* A zone that something holds for until a moment has come. */
struct zone_until {
	char *zone;    /* as in zone_servers */
	int64_t until; /* POSIX seconds; INT64_MAX: for good */
};

/* enum cache_clock, enum recursion_ipv6 and whichever come; the first constant is 0. */
#define OPTION(path, field, kind, word, initial, min, max, unit, meaning)
#define SECTION(name, meaning)
#define CHOICE(constant, word) constant,
#define CHOICES(field, list) enum field { list };
#define WORDS(field, list)
#include "config/options.def"
#undef OPTION
#undef CHOICES

#define OPTION_MEMBER_BOOL(field) bool field;
#define OPTION_MEMBER_SIZE(field) uint64_t field;     /* octets */
#define OPTION_MEMBER_DURATION(field) uint32_t field; /* seconds */
#define OPTION_MEMBER_NUMBER(field) uint32_t field;   /* 0 where the row's word was given */
#define OPTION_MEMBER_ENUM(field) enum field field;
#define OPTION_MEMBER_TEXT(field) char *field;        /* never NULL */
#define OPTION_MEMBER_PATH(field) char *field;        /* NULL where the row's word was given */
#define OPTION_MEMBER_LISTEN(field) struct listen_address *field; size_t field##_count;
#define OPTION_MEMBER_ADDRESSES(field) struct ip *field; size_t field##_count;
#define OPTION_MEMBER_NETWORKS(field) struct network *field; size_t field##_count;
#define OPTION_MEMBER_ZONES(field) struct zone_servers *field; size_t field##_count;
#define OPTION_MEMBER_UNTIL(field) struct zone_until *field; size_t field##_count;

/* For example: uint64_t cache_size; struct network *access_allow; size_t access_allow_count; */
struct options {
#define OPTION(path, field, kind, word, initial, min, max, unit, meaning) OPTION_MEMBER_##kind(field)
#define CHOICES(field, list)
#include "config/options.def"
#undef OPTION
#undef SECTION
#undef CHOICE
#undef CHOICES
#undef WORDS
};

enum option_kind {
	OPTION_BOOL,      /* true, false, yes, no, on, off */
	OPTION_SIZE,      /* octets: 4096, 64K, 256M, 2G; powers of 1024 */
	OPTION_DURATION,  /* seconds: 5, 5s, 10m, 2h, 1d, 1w */
	OPTION_NUMBER,
	OPTION_ENUM,      /* one word of several */
	OPTION_TEXT,
	OPTION_PATH,      /* of a file */
	OPTION_LISTEN,    /* addresses, each with a port or without */
	OPTION_ADDRESSES,
	OPTION_NETWORKS,
	OPTION_ZONES,     /* zones, each with servers */
	OPTION_UNTIL,     /* zones, each for good or until a moment: "example.com until 2026-12-01" */
};

/* Not `struct option`, which is <getopt.h>'s. */
struct option_row {
	const char *path;
	enum option_kind kind;
	size_t offset;            /* of the member in struct options */
	size_t count_offset;      /* of a list's count */
	const char *const *words; /* of an ENUM, by value, ended by NULL */
	const char *word;         /* stands for 0 or none; NULL if there is no such word */
	const char *initial;      /* the default as text */
	uint64_t min, max;        /* inclusive */
	const char *unit;         /* NULL where nothing is counted */
	const char *meaning;
};

/* What the options have in common whose paths begin with the name and a dot. */
struct option_section {
	const char *name;
	const char *meaning;
};

#define OPTION_LIST_MAX 1024u /* items of one list; nobody means more, and checks compare all with all */
#define OPTION_PATH_SIZE 64u   /* room for any path, with the final NUL */

/* How many rows there are of each sort. */
enum {
#define CHOICES(field, list)
#define WORDS(field, list)
	OPTION_COUNT = 0
#define OPTION(path, field, kind, word, initial, min, max, unit, meaning) +1
#define SECTION(name, meaning)
#include "config/options.def"
#undef OPTION
#undef SECTION
	, OPTION_SECTION_COUNT = 0
#define OPTION(path, field, kind, word, initial, min, max, unit, meaning)
#define SECTION(name, meaning) +1
#include "config/options.def"
#undef OPTION
#undef SECTION
#undef CHOICES
#undef WORDS
};

/* All rows in the table's order, which is the order of the documents. */
extern const struct option_row option_rows[OPTION_COUNT];
extern const struct option_section option_sections[OPTION_SECTION_COUNT];

/* Every option at its default. False when out of memory; there is then nothing to free. */
bool options_default(struct options *options);

/* Frees what the struct owns and zeroes it. */
void options_free(struct options *options);

/* The row with this path, or NULL. */
const struct option_row *option_find(const char *path);

/* The section with this name, or NULL. */
const struct option_section *option_section_find(const char *name);

/* The section it is in, or NULL. */
const struct option_section *option_section_of(const struct option_row *option);

/* Of an option in a section, the part behind the dot; else the whole path. */
const char *option_leaf(const struct option_row *option);

/* The row's or section's index in its array. */
size_t option_section_index(const struct option_section *section);
size_t option_index(const struct option_row *option);

bool option_is_list(const struct option_row *option);

/* The member of `options` that the row describes. */
const void *option_member(const struct option_row *option, const struct options *options);
void *option_member_mutable(const struct option_row *option, struct options *options);

/* A list's array, NULL when it is empty, and how many items it has. */
const void *option_items(const struct option_row *option, const struct options *options);
size_t option_count(const struct option_row *option, const struct options *options);

/* Adds a copy of the item (struct listen_address, ip, network, zone_servers or
 * zone_until) to the end of a list. What the item
 * owns is the list's from then on. False when out of memory or when the list has OPTION_LIST_MAX items. */
bool option_append(const struct option_row *option, struct options *options, const void *item);

/* Makes a list empty. */
void option_clear(const struct option_row *option, struct options *options);

/* False when out of memory or when the zone has OPTION_LIST_MAX servers. */
bool zone_servers_append(struct zone_servers *zone, struct endpoint server);

/* Frees what it owns and zeroes it. */
void zone_servers_free(struct zone_servers *zone);
void zone_until_free(struct zone_until *zone);

#endif
