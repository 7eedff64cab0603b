/* scenario: a .rpl file, read (FORMAT.md sections 1, 2, 4, 5 and 8).
 *
 * Configuration lines are kept as they stand, as (clause, key, value): what they mean is the matter of settings.
 * Both dialects come out in the same form. All lives in the arena.
 */
#ifndef ROOTWALK_TESTS_REPLAY_SCENARIO_H
#define ROOTWALK_TESTS_REPLAY_SCENARIO_H

#include "base/ip.h"
#include "entry.h"

struct setting {
	const char *clause; /* "" in the deckard dialect; "server", "stub-zone"... */
	const char *key;
	char *value; /* unquoted when it is one quoted word */
	struct setting *next;
};

struct address {
	struct ip ip;
	struct address *next;
};

/* RANGE_BEGIN to RANGE_END: servers and what they say. */
struct range {
	unsigned int from, to;
	struct address *addresses; /* none: every address */
	struct entry *entries;
	struct range *next;
};

enum step_kind {
	STEP_QUERY,
	STEP_CHECK_ANSWER,
	STEP_TIME_PASSES,
	STEP_REPLY,
	STEP_CHECK_OUT_QUERY,
	STEP_NOTHING,
	STEP_TRAFFIC,
};

struct step {
	unsigned int number;
	enum step_kind kind;
	size_t line;
	struct entry *entry; /* NULL where the step has none */
	bool has_address;
	struct ip address;   /* QUERY: the client's; CHECK_OUT_QUERY: the server's */
	uint64_t ticks;      /* TIME_PASSES */
	struct step *next;
};

struct scenario {
	const char *title;
	bool unbound;  /* the dialect; false: deckard */
	bool is_whole; /* false: only the settings can be read */
	struct setting *settings;
	struct range *ranges;
	struct step *steps;
};

/* Reads a file. NULL when not even its settings can be read; `problem` then says why, as it does when the scenario is
 * not whole (the settings may say that it is not to be played anyway). `*feature` is set when it asks for what the
 * player does not offer; the scenario is then not to be played. */
struct scenario *scenario_read(const char *path, struct arena *arena, const char **feature, char *problem,
			       size_t problem_size);

#endif
