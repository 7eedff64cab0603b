#include "config/file.h"

#include "config/check.h"
#include "config/document.h"
#include "config/suggest.h"
#include "config/value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct reading {
	struct document document;
	struct options *options;
	struct problems *problems;
	struct place options_at[OPTION_COUNT]; /* where each was set; line 0: not yet */
	struct place sections_at[OPTION_SECTION_COUNT];
};

/* A map with a few keys within an item: its names, and what has been seen of them. */
struct fields {
	const char *const *names; /* ended by NULL */
	unsigned int seen;        /* bit by index */
	unsigned int current;
};

static const char *const endpoint_names[] = { "address", "port", NULL };
enum { FIELD_ADDRESS, FIELD_PORT };
static const char *const zone_names[] = { "zone", "addresses", NULL };
enum { FIELD_ZONE, FIELD_ADDRESSES };

static const char *event_name(const struct document *document)
{
	switch (document_type(document)) {
	case YAML_SEQUENCE_START_EVENT:
		return "a list";
	case YAML_MAPPING_START_EVENT:
		return "a map";
	default:
		return document_is_empty(document) ? "nothing" : "one value";
	}
}

/* The last event begins something of the wrong type: says so and leaves it behind. */
static void refuse(struct reading *reading, const char *what, const char *wanted)
{
	if (!reading->document.failed)
		problems_say(reading->problems, "%s: %s is wanted here, not %s", what, wanted,
			     event_name(&reading->document));
	document_skip(&reading->document);
}

static bool pick_field(struct fields *fields, const char *key)
{
	for (unsigned int i = 0; fields->names[i] != NULL; i++)
		if (key != NULL && strcmp(fields->names[i], key) == 0) {
			fields->current = i;
			return true;
		}
	return false;
}

static void say_unknown_field(struct reading *reading, const struct option_row *option, const struct fields *fields,
			      const char *key)
{
	char hint[SUGGESTION_TEXT_SIZE];
	struct suggestion near = suggestion_for(key != NULL ? key : "");
	for (unsigned int i = 0; fields->names[i] != NULL; i++)
		suggestion_offer(&near, fields->names[i], fields->names[i]);
	problems_say(reading->problems, "%s: unknown key \"%s\" in an item%s", option->path, key != NULL ? key : "",
		     suggestion_to_text(&near, hint));
}

/* Moves to the value of the next known key of the map; false at the map's end. */
static bool next_field(struct reading *reading, const struct option_row *option, struct fields *fields)
{
	struct document *document = &reading->document;
	while (document_next_before(document, YAML_MAPPING_END_EVENT)) {
		const char *key = document_text(document);
		bool known = pick_field(fields, key);
		bool twice = known && (fields->seen >> fields->current & 1) != 0;
		if (!known)
			say_unknown_field(reading, option, fields, key);
		if (twice)
			problems_say(reading->problems, "%s: \"%s\" is set twice in one item", option->path, key);
		document_skip(document);
		if (!document_next(document))
			return false;
		if (known && !twice) {
			fields->seen |= 1u << fields->current;
			return true;
		}
		document_skip(document);
	}
	return false;
}

static bool has_field(struct reading *reading, const struct option_row *option, const struct fields *fields,
		      unsigned int field)
{
	if ((fields->seen >> field & 1) != 0)
		return true;
	if (!reading->document.failed)
		problems_say(reading->problems, "%s: an item without \"%s\"", option->path, fields->names[field]);
	return false;
}

static bool read_endpoint_field(struct reading *reading, const struct option_row *option, bool is_port,
				struct endpoint *endpoint)
{
	const char *text = document_text(&reading->document);
	if (text == NULL) {
		refuse(reading, option->path, is_port ? "a port" : "an address");
		return false;
	}
	return is_port ? value_port(option, text, &endpoint->port, reading->problems)
		       : value_address(option, text, &endpoint->ip, reading->problems);
}

/* An address alone, or a map of address and port. Without a port the endpoint keeps the one it came with. */
static bool read_endpoint(struct reading *reading, const struct option_row *option, struct endpoint *endpoint)
{
	struct document *document = &reading->document;
	struct place start = reading->problems->at;
	struct fields fields = { .names = endpoint_names };
	bool good = true;
	if (document_text(document) != NULL)
		return read_endpoint_field(reading, option, false, endpoint);
	if (document_type(document) != YAML_MAPPING_START_EVENT) {
		refuse(reading, option->path, "an address, or a map of address and port,");
		return false;
	}
	while (next_field(reading, option, &fields))
		good = read_endpoint_field(reading, option, fields.current == FIELD_PORT, endpoint) && good;
	reading->problems->at = start;
	return good && has_field(reading, option, &fields, FIELD_ADDRESS);
}

static bool add_server(struct reading *reading, const struct option_row *option, struct zone_servers *zone)
{
	struct endpoint server = { .port = 0 };
	if (!read_endpoint(reading, option, &server))
		return false;
	if (zone_servers_append(zone, server))
		return true;
	problems_say(reading->problems, "%s: out of memory, or more than %u addresses", option->path, OPTION_LIST_MAX);
	return false;
}

static bool read_servers(struct reading *reading, const struct option_row *option, struct zone_servers *zone)
{
	struct document *document = &reading->document;
	bool good = true;
	if (document_type(document) != YAML_SEQUENCE_START_EVENT)
		return add_server(reading, option, zone);
	while (document_next_before(document, YAML_SEQUENCE_END_EVENT))
		good = add_server(reading, option, zone) && good;
	if (good && zone->count == 0 && !document->failed)
		problems_say(reading->problems, "%s: a zone without addresses", option->path);
	return good && zone->count > 0;
}

static bool read_zone_name(struct reading *reading, const struct option_row *option, struct zone_servers *zone)
{
	const char *text = document_text(&reading->document);
	if (text == NULL) {
		refuse(reading, option->path, "the name of a zone");
		return false;
	}
	if (!value_zone(option, text, reading->problems))
		return false;
	zone->zone = strdup(text);
	if (zone->zone == NULL)
		problems_say(reading->problems, "%s: out of memory", option->path);
	return zone->zone != NULL;
}

static bool read_zone(struct reading *reading, const struct option_row *option, struct zone_servers *zone)
{
	struct place start = reading->problems->at;
	struct fields fields = { .names = zone_names };
	bool good = true;
	if (document_type(&reading->document) != YAML_MAPPING_START_EVENT) {
		refuse(reading, option->path, "a map of zone and addresses");
		return false;
	}
	while (next_field(reading, option, &fields))
		good = (fields.current == FIELD_ZONE ? read_zone_name(reading, option, zone)
						     : read_servers(reading, option, zone)) && good;
	reading->problems->at = start;
	return has_field(reading, option, &fields, FIELD_ZONE) &&
	       has_field(reading, option, &fields, FIELD_ADDRESSES) && good && !reading->document.failed;
}

static const char *item_name(const struct option_row *option)
{
	switch (option->kind) {
	case OPTION_NETWORKS:
		return "a network";
	case OPTION_UNTIL:
		return "the name of a zone, alone or with an end,";
	default:
		return "an address";
	}
}

static void read_item(struct reading *reading, const struct option_row *option)
{
	struct zone_servers zone = { .zone = NULL };
	struct listen_address listen = { .endpoint.port = LISTEN_PORT };
	const char *text = document_text(&reading->document);
	if (option->kind == OPTION_ZONES) {
		if (!read_zone(reading, option, &zone) ||
		    !value_append(option, reading->options, &zone, reading->problems))
			zone_servers_free(&zone);
	} else if (option->kind == OPTION_LISTEN) {
		if (read_endpoint(reading, option, &listen.endpoint))
			value_append(option, reading->options, &listen, reading->problems);
	} else if (text != NULL) {
		value_add(option, reading->options, text, reading->problems);
	} else {
		refuse(reading, option->path, item_name(option));
	}
}

static void read_option(struct reading *reading, const struct option_row *option)
{
	struct document *document = &reading->document;
	const char *text = document_text(document);
	if (document_is_empty(document)) {
		problems_say(reading->problems, "%s: there is no value%s", option->path,
			     option_is_list(option) ? "; write [] for none" : "");
	} else if (!option_is_list(option)) {
		if (text != NULL)
			value_set(option, reading->options, text, reading->problems);
		else
			refuse(reading, option->path, "one value");
	} else {
		option_clear(option, reading->options);
		if (document_type(document) != YAML_SEQUENCE_START_EVENT)
			read_item(reading, option);
		else
			while (document_next_before(document, YAML_SEQUENCE_END_EVENT))
				read_item(reading, option);
	}
}

/* Offers the keys of the same section first, so that of equally near ones they win. */
static void say_unknown_key(struct reading *reading, const struct option_section *section, const char *path)
{
	char hint[SUGGESTION_TEXT_SIZE];
	const char *leaf = section != NULL ? path + strlen(section->name) + 1 : path;
	if (section == NULL && option_find(path) != NULL) {
		problems_say(reading->problems, "\"%s\" is written as \"%s\" below \"%.*s\"", path,
			     option_leaf(option_find(path)), (int)strcspn(path, "."), path);
		return;
	}
	struct suggestion near = suggestion_for(leaf);
	for (size_t i = 0; section == NULL && i < OPTION_SECTION_COUNT; i++)
		suggestion_offer(&near, option_sections[i].name, option_sections[i].name);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (option_section_of(&option_rows[i]) == section)
			suggestion_offer(&near, option_leaf(&option_rows[i]), option_rows[i].path);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		suggestion_offer(&near, option_leaf(&option_rows[i]), option_rows[i].path);
	problems_say(reading->problems, "unknown key \"%s\"%s", path, suggestion_to_text(&near, hint));
}

/* Remembers where it is set; false, and said, when it was set before. */
static bool claim(struct reading *reading, const char *path, struct place *at)
{
	if (at->line > 0) {
		problems_say(reading->problems, "\"%s\" is set twice; the first time in line %zu", path, at->line);
		return false;
	}
	*at = reading->problems->at;
	return true;
}

static void read_section(struct reading *reading, const struct option_section *section);

/* The key and its value, the key being the last event. */
static void read_pair(struct reading *reading, const struct option_section *section)
{
	struct document *document = &reading->document;
	const char *key = document_text(document);
	char path[OPTION_PATH_SIZE + 1]; /* one longer than any path, so that a cut one is none */
	const struct option_row *option = NULL;
	const struct option_section *inner = NULL;
	bool wanted = false;
	if (key == NULL) {
		refuse(reading, section != NULL ? section->name : "the file", "a key with a value");
	} else {
		snprintf(path, sizeof path, "%s%s%s", section != NULL ? section->name : "", section != NULL ? "." : "",
			 key);
		option = section != NULL || strchr(key, '.') == NULL ? option_find(path) : NULL;
		inner = section == NULL ? option_section_find(path) : NULL;
		if (option != NULL)
			wanted = claim(reading, path, &reading->options_at[option_index(option)]);
		else if (inner != NULL)
			wanted = claim(reading, path, &reading->sections_at[option_section_index(inner)]);
		else
			say_unknown_key(reading, section, path);
	}
	if (!document_next(document))
		return;
	if (!wanted)
		document_skip(document);
	else if (option != NULL)
		read_option(reading, option);
	else
		read_section(reading, inner);
}

/* The whole file when `section` is NULL. Nothing at all is a section in which nothing is set. */
static void read_section(struct reading *reading, const struct option_section *section)
{
	struct document *document = &reading->document;
	if (document_is_empty(document))
		return;
	if (document_type(document) != YAML_MAPPING_START_EVENT) {
		refuse(reading, section != NULL ? section->name : "the file", "a map of options, as \"key: value\",");
		return;
	}
	while (document_next_before(document, YAML_MAPPING_END_EVENT))
		read_pair(reading, section);
}

static void read_stream(struct reading *reading)
{
	struct document *document = &reading->document;
	if (!document_next(document)) /* the start of the stream */
		return;
	if (!document_next_before(document, YAML_STREAM_END_EVENT))
		return;
	if (document_next(document))
		read_section(reading, NULL);
	if (!document_next(document)) /* the end of the document */
		return;
	if (document_next_before(document, YAML_STREAM_END_EVENT))
		problems_say(reading->problems, "a second document; the file must be one");
}

/* Servers of zones that came without a port are asked where all servers are. */
static void fill_ports(struct options *options)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (option_rows[i].kind != OPTION_ZONES)
			continue;
		const struct zone_servers *zones = option_items(&option_rows[i], options);
		for (size_t j = 0; j < option_count(&option_rows[i], options); j++)
			for (size_t k = 0; k < zones[j].count; k++)
				if (zones[j].servers[k].port == 0)
					zones[j].servers[k].port = (uint16_t)options->recursion_upstream_port;
	}
}

bool config_file_parse(struct span octets, struct options *options, struct problems *problems)
{
	struct reading reading = { .options = options, .problems = problems };
	if (!options_default(options)) {
		problems_say(problems, "out of memory");
		return false;
	}
	if (document_open(&reading.document, octets, problems)) {
		read_stream(&reading);
		document_close(&reading.document);
	}
	problems->at = (struct place){ 0 };
	fill_ports(options);
	if (!problems_any(problems) && config_check(options, reading.options_at, problems))
		return true;
	options_free(options);
	return false;
}

/* The whole file; NULL, and said, when it cannot be read. */
static uint8_t *read_whole(FILE *file, size_t *size, struct problems *problems)
{
	uint8_t *octets = malloc(CONFIG_FILE_SIZE_MAX + 1);
	if (octets == NULL) {
		problems_say(problems, "out of memory");
		return NULL;
	}
	errno = 0;
	*size = fread(octets, 1, CONFIG_FILE_SIZE_MAX + 1, file);
	if (ferror(file) != 0)
		problems_say(problems, "cannot be read: %s", strerror(errno));
	else if (*size > CONFIG_FILE_SIZE_MAX)
		problems_say(problems, "longer than %u octets; this can be no configuration", CONFIG_FILE_SIZE_MAX);
	else
		return octets;
	free(octets);
	return NULL;
}

bool config_file_read(const char *path, struct options *options, struct problems *problems)
{
	size_t size;
	FILE *file = fopen(path != NULL ? path : CONFIG_FILE_DEFAULT, "rb");
	if (file == NULL && path == NULL && errno == ENOENT)
		return config_file_parse(span_of("", 0), options, problems);
	if (file == NULL) {
		problems_say(problems, "cannot be opened: %s", strerror(errno));
		return false;
	}
	uint8_t *octets = read_whole(file, &size, problems);
	fclose(file);
	if (octets == NULL)
		return false;
	bool good = config_file_parse(span_of(octets, size), options, problems);
	free(octets);
	return good;
}
