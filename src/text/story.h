/* story: a lookup told in words, as it happened.
 *
 * The chain that people are taught (browser, operating system, the ISP's resolver, root, top level, authoritative)
 * with what each of them really did: the hosts file, the cache, every server asked with its name, address,
 * round-trip time and what it said, and the answer. The words for each kind of line of a trace stand here and
 * nowhere else. Nothing but printable ASCII comes out, whatever servers said; colours are ANSI's.
 */
#ifndef ROOTWALK_TEXT_STORY_H
#define ROOTWALK_TEXT_STORY_H

#include "resolver/trace.h"
#include "text/hosts.h"
#include "wire/msg.h"

#include <stdio.h>

enum story_form { STORY_PLAIN, STORY_COLOUR, STORY_JSON };

struct story {
	struct name name;
	uint16_t type;
	struct hosts hosts;
	const struct trace *trace; /* NULL: nothing was kept */
	struct span answer;        /* the message; empty when none came */
	uint64_t elapsed_us;
};

/* How it ended. */
enum story_end {
	STORY_ANSWERED,
	STORY_NOTHING, /* no such name, or no record of this type */
	STORY_FAILED,
};

enum story_end story_end(const struct story *story);

/* Writes it all. False when out of memory; errors of the file are the file's (ferror). */
bool story_write(const struct story *story, enum story_form form, FILE *file);

/* One line of a trace in words, without newline, for a log: "asks a.example. at 192.0.2.1 for ...". Returns text. */
const char *story_line(const struct trace_event *event, char *text, size_t size);

/* Is the answer as its zones signed it? `msg` NULL: none came. And that in one word, for programs: "insecure". */
enum security story_security(const struct story *story, const struct msg *msg);
const char *story_security_word(enum security security);

/* Is it about what came back, or did not? */
bool story_is_reply(enum trace_kind kind);

/* Queries to servers. `trace` may be NULL. */
unsigned int story_sends(const struct trace *trace);

/* The kind in one word, for programs: "referral". */
const char *story_word(enum trace_kind kind);

#endif
