#include "scenario.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static bool refuse(struct reading *reading, const char *why, const char *word)
{
	reading_refuse(reading, why, word);
	return false;
}

static bool add_setting(struct reading *reading, struct setting ***end, const char *clause, const char *key, char *value)
{
	struct setting *setting = ARENA_NEW(reading->arena, struct setting);
	if (setting == NULL)
		return refuse(reading, "out of memory", NULL);
	*setting = (struct setting){ .clause = clause, .key = key, .value = lines_unquote(value) };
	**end = setting;
	*end = &setting->next;
	return true;
}

/* "key: value" with one of them on a line. */
static bool read_deckard_line(struct reading *reading, struct setting ***end, char *line)
{
	char *colon = strchr(line, ':');
	if (colon == NULL)
		return refuse(reading, "this is no configuration", line);
	*colon = '\0';
	char *value = colon + 1;
	return add_setting(reading, end, "", line, value + strspn(value, " \t"));
}

static bool is_key(const char *word)
{
	size_t size = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-_");
	return isalpha((unsigned char)word[0]) && word[size] == ':' && word[size + 1] == '\0';
}

static bool is_clause(const char *word)
{
	static const char *const clauses[] = { "server:", "stub-zone:",	 "forward-zone:", "auth-zone:", "rpz:", "view:",
					       "python:", "dynlib:",	 "remote-control:", "dnscrypt:", "cachedb:" };
	for (size_t i = 0; i < sizeof clauses / sizeof clauses[0]; i++)
		if (strcmp(word, clauses[i]) == 0)
			return true;
	return false;
}

/* `value` with the word behind it; NULL when out of memory. */
static char *append_word(struct arena *arena, const char *value, const char *word)
{
	size_t size = strlen(value) + strlen(word) + 2;
	char *joined = arena_alloc(arena, size);
	if (joined != NULL)
		snprintf(joined, size, "%s%s%s", value, value[0] != '\0' ? " " : "", word);
	return joined;
}

/* Several keys may stand on a line, and a value may have several words. */
static bool read_unbound_line(struct reading *reading, struct setting ***end, const char **clause, char *line)
{
	static char nothing[] = "";
	const char *key = NULL;
	char *value = nothing;
	for (char *word = lines_word(&line);; word = lines_word(&line)) {
		bool begins = word == NULL || is_clause(word) || is_key(word);
		if (begins && key != NULL && !add_setting(reading, end, *clause, key, value))
			return false;
		if (word == NULL)
			return true;
		if (!begins && key == NULL)
			return refuse(reading, "this is no configuration", word);
		if (!begins) {
			value = append_word(reading->arena, value, word);
			if (value == NULL)
				return refuse(reading, "out of memory", NULL);
			continue;
		}
		bool is_new_clause = is_clause(word);
		word[strlen(word) - 1] = '\0';
		key = is_new_clause ? "" : word;
		value = nothing;
		if (is_new_clause)
			*clause = word;
	}
}

/* Files that the configuration wants beside it; the player offers none. */
static bool skip_file(struct reading *reading)
{
	reading->feature = "zone files";
	for (const char *line = lines_next(&reading->lines); line != NULL; line = lines_next(&reading->lines))
		if (strcmp(line, "TEMPFILE_END") == 0)
			return true;
	return refuse(reading, "TEMPFILE_END is missing", NULL);
}

static bool read_settings(struct reading *reading, struct scenario *scenario)
{
	struct setting **end = &scenario->settings;
	const char *clause = "";
	reading->lines.hash_comments = true;
	for (char *line = lines_next(&reading->lines); line != NULL; line = lines_next(&reading->lines)) {
		bool good;
		if (strcmp(line, "CONFIG_END") == 0)
			break;
		if (strncmp(line, "TEMPFILE_CONTENTS", 17) == 0)
			good = skip_file(reading);
		else if (strncmp(line, "TEMPFILE_NAME", 13) == 0)
			good = true;
		else if (scenario->unbound)
			good = read_unbound_line(reading, &end, &clause, line);
		else
			good = read_deckard_line(reading, &end, line);
		if (!good)
			return false;
	}
	reading->lines.hash_comments = false;
	return true;
}

/* A configuration in the form of unbound's begins with a clause. */
static bool is_unbound(const char *path, struct arena *arena)
{
	struct lines lines;
	if (!lines_open(&lines, path, arena))
		return false;
	lines.hash_comments = true;
	char *line = lines_next(&lines);
	const char *word = line != NULL ? lines_word(&line) : NULL;
	return word != NULL && is_clause(word);
}

static bool add_address(struct reading *reading, struct range *range, const char *text)
{
	struct address *address = ARENA_NEW(reading->arena, struct address);
	if (address == NULL || text == NULL || !ip_of_text(text, &address->ip))
		return refuse(reading, "this is no address", text);
	address->next = range->addresses;
	range->addresses = address;
	return true;
}

static bool read_range_line(struct reading *reading, struct range *range, struct entry ***end, char *line)
{
	char *rest = line;
	const char *word = lines_word(&rest);
	if (strcmp(word, "ADDRESS") == 0)
		return add_address(reading, range, lines_word(&rest));
	if (strcmp(word, "ENTRY_BEGIN") != 0)
		return refuse(reading, "this stands in no entry", word);
	**end = entry_read(reading);
	if (**end == NULL)
		return false;
	*end = &(**end)->next;
	return true;
}

static bool read_range(struct reading *reading, struct range **range, char *rest)
{
	*range = ARENA_NEW(reading->arena, struct range);
	const char *from = lines_word(&rest), *to = lines_word(&rest), *address = lines_word(&rest);
	if (*range == NULL || to == NULL)
		return refuse(reading, "RANGE_BEGIN wants two numbers", NULL);
	(*range)->from = (unsigned int)strtoul(from, NULL, 10);
	(*range)->to = (unsigned int)strtoul(to, NULL, 10);
	if (address != NULL && !add_address(reading, *range, address))
		return false;
	struct entry **end = &(*range)->entries;
	for (char *line = lines_next(&reading->lines); line != NULL; line = lines_next(&reading->lines)) {
		if (strcmp(line, "RANGE_END") == 0)
			return true;
		if (!read_range_line(reading, *range, &end, line))
			return false;
	}
	return refuse(reading, "RANGE_END is missing", NULL);
}

static bool find_step_kind(const char *word, enum step_kind *kind)
{
	static const char *const words[] = { "QUERY",	    "CHECK_ANSWER", "TIME_PASSES", "REPLY",
					     "CHECK_OUT_QUERY", "NOTHING",	    "TRAFFIC" };
	for (unsigned int i = 0; i < sizeof words / sizeof words[0]; i++) {
		*kind = (enum step_kind)i;
		if (strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

static bool read_step_words(struct reading *reading, struct step *step, char *rest)
{
	const char *word = lines_word(&rest);
	const char *value = lines_word(&rest);
	if (step->kind == STEP_TIME_PASSES) {
		if (word == NULL || value == NULL || strcmp(word, "ELAPSE") != 0)
			return refuse(reading, "TIME_PASSES wants ELAPSE and seconds", NULL);
		step->ticks = (uint64_t)(strtod(value, NULL) * 1e6);
		return true;
	}
	step->has_address = word != NULL && value != NULL && strcmp(word, "ADDRESS") == 0;
	if (word != NULL && (!step->has_address || !ip_of_text(value, &step->address)))
		return refuse(reading, "unknown word behind the step", word);
	return true;
}

static bool wants_entry(enum step_kind kind)
{
	return kind == STEP_QUERY || kind == STEP_CHECK_ANSWER || kind == STEP_REPLY || kind == STEP_CHECK_OUT_QUERY;
}

static bool read_step(struct reading *reading, struct step **step, char *rest)
{
	*step = ARENA_NEW(reading->arena, struct step);
	const char *number = lines_word(&rest), *kind = lines_word(&rest);
	if (*step == NULL || kind == NULL)
		return refuse(reading, "STEP wants a number and what to do", NULL);
	(*step)->line = reading->lines.number;
	(*step)->number = (unsigned int)strtoul(number, NULL, 10);
	if (!find_step_kind(kind, &(*step)->kind)) {
		reading->feature = "steps TIMEOUT and ERROR";
		return strcmp(kind, "TIMEOUT") == 0 || strcmp(kind, "ERROR") == 0 ||
		       refuse(reading, "unknown step", kind);
	}
	if (!read_step_words(reading, *step, rest))
		return false;
	if (!wants_entry((*step)->kind))
		return true;
	const char *line = lines_next(&reading->lines);
	if (line == NULL || strcmp(line, "ENTRY_BEGIN") != 0)
		return refuse(reading, "ENTRY_BEGIN is missing", NULL);
	(*step)->entry = entry_read(reading);
	return (*step)->entry != NULL;
}

static bool read_script(struct reading *reading, struct scenario *scenario)
{
	struct range **range = &scenario->ranges;
	struct step **step = &scenario->steps;
	for (char *line = lines_next(&reading->lines); line != NULL; line = lines_next(&reading->lines)) {
		char *rest = line;
		const char *word = lines_word(&rest);
		if (strcmp(word, "SCENARIO_BEGIN") == 0) {
			scenario->title = rest;
		} else if (strcmp(word, "SCENARIO_END") == 0) {
			break;
		} else if (strcmp(word, "RANGE_BEGIN") == 0) {
			if (!read_range(reading, range, rest))
				return false;
			range = &(*range)->next;
		} else if (strcmp(word, "STEP") == 0) {
			if (!read_step(reading, step, rest))
				return false;
			step = &(*step)->next;
		} else {
			return refuse(reading, "unknown keyword", word);
		}
	}
	return scenario->title != NULL || refuse(reading, "SCENARIO_BEGIN is missing", NULL);
}

static void free_reading(struct reading *reading)
{
	ldns_rdf_deep_free(reading->origin);
	ldns_rdf_deep_free(reading->owner);
}

struct scenario *scenario_read(const char *path, struct arena *arena, const char **feature, char *problem,
			       size_t problem_size)
{
	struct reading reading = { .arena = arena, .ttl = 3600 };
	struct scenario *scenario = ARENA_NEW(arena, struct scenario);
	*feature = NULL;
	if (scenario == NULL || !lines_open(&reading.lines, path, arena)) {
		snprintf(problem, problem_size, "%s", strerror(errno));
		return NULL;
	}
	reading.origin = ldns_dname_new_frm_str(".");
	scenario->unbound = is_unbound(path, arena);
	bool good = read_settings(&reading, scenario);
	scenario->is_whole = good && read_script(&reading, scenario);
	free_reading(&reading);
	*feature = reading.feature;
	snprintf(problem, problem_size, "%s", reading.problem);
	return good ? scenario : NULL;
}
