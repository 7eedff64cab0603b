#include "config/document.h"

bool document_open(struct document *document, struct span octets, struct problems *problems)
{
	*document = (struct document){ .octets = octets, .problems = problems };
	if (yaml_parser_initialize(&document->parser) == 0) {
		problems_say(problems, "out of memory");
		return false;
	}
	yaml_parser_set_input_string(&document->parser, octets.octets, octets.size);
	return true;
}

static void drop_event(struct document *document)
{
	yaml_event_delete(&document->event);
	document->event = (yaml_event_t){ .type = YAML_NO_EVENT };
}

void document_close(struct document *document)
{
	drop_event(document);
	yaml_parser_delete(&document->parser);
}

static struct place place_of_mark(yaml_mark_t mark)
{
	return (struct place){ .line = mark.line + 1, .column = mark.column + 1 };
}

static struct place place_of_offset(struct span octets, size_t offset)
{
	struct place place = { 1, 1 };
	for (size_t i = 0; i < offset && i < octets.size; i++) {
		bool ends = octets.octets[i] == '\n';
		place.line += ends;
		place.column = ends ? 1 : place.column + 1;
	}
	return place;
}

/* What stands at the mark, as far as the line is ASCII; 0 beyond the end. */
static char octet_at(struct span octets, yaml_mark_t mark)
{
	size_t at = 0;
	for (; mark.line > 0 && at < octets.size; at++)
		mark.line -= octets.octets[at] == '\n';
	return mark.line == 0 && octets.size - at > mark.column ? (char)octets.octets[at + mark.column] : '\0';
}

/* What people stumble over most, in words that help; else NULL. */
static const char *explain(const struct document *document)
{
	yaml_mark_t mark = document->parser.problem_mark, next = mark;
	next.column++;
	char octet = octet_at(document->octets, mark);
	if (octet == '\t')
		return "a tab; YAML wants spaces here";
	if (octet == ':' && octet_at(document->octets, next) == ':')
		return "a text that begins with a colon, as \"::1\" does, must stand in quotes here";
	return NULL;
}

static void say_no_yaml(const struct document *document)
{
	const yaml_parser_t *parser = &document->parser;
	struct problems *problems = document->problems;
	if (parser->error == YAML_MEMORY_ERROR) {
		problems_say(problems, "out of memory");
	} else if (parser->error == YAML_READER_ERROR) {
		problems->at = place_of_offset(document->octets, parser->problem_offset);
		problems_say(problems, "this is no text in UTF-8: %s", parser->problem);
	} else {
		problems->at = place_of_mark(parser->problem_mark);
		const char *reason = explain(document);
		problems_say(problems, "this is no YAML: %s%s%s", reason != NULL ? reason : parser->problem,
			     parser->context != NULL && reason == NULL ? " " : "",
			     parser->context != NULL && reason == NULL ? parser->context : "");
	}
}

/* NULL when the event is of the part of YAML that is taken. */
static const char *what_is_refused(const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return "aliases (*name) are not supported; write the value itself";
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		if (memchr(event->data.scalar.value, '\0', event->data.scalar.length) != NULL)
			return "a text must not hold a zero octet";
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor != NULL)
		return "anchors (&name) are not supported; write the value where it is wanted";
	return tag != NULL ? "tags (!name) are not supported" : NULL;
}

static bool is_start(yaml_event_type_t type)
{
	return type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
}

static bool is_end(yaml_event_type_t type)
{
	return type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
}

/* Why the event ends the reading, or NULL. */
static const char *take_event(struct document *document)
{
	const char *refused = what_is_refused(&document->event);
	document->depth += is_start(document->event.type);
	document->depth -= is_end(document->event.type);
	if (refused == NULL && document->depth > DOCUMENT_DEPTH_MAX)
		refused = "nested too deep";
	return refused;
}

bool document_next(struct document *document)
{
	if (document->failed)
		return false;
	drop_event(document);
	if (yaml_parser_parse(&document->parser, &document->event) == 0) {
		say_no_yaml(document);
		document->failed = true;
		return false;
	}
	document->problems->at = place_of_mark(document->event.start_mark);
	const char *refused = take_event(document);
	if (refused != NULL) {
		problems_say(document->problems, "%s", refused);
		drop_event(document);
		document->failed = true;
	}
	return !document->failed;
}

bool document_next_before(struct document *document, yaml_event_type_t end)
{
	return document_next(document) && document->event.type != end;
}

yaml_event_type_t document_type(const struct document *document)
{
	return document->event.type;
}

const char *document_text(const struct document *document)
{
	if (document->event.type != YAML_SCALAR_EVENT || document_is_empty(document))
		return NULL;
	return (const char *)document->event.data.scalar.value;
}

bool document_is_empty(const struct document *document)
{
	if (document->event.type != YAML_SCALAR_EVENT ||
	    document->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	const char *text = (const char *)document->event.data.scalar.value;
	return text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0;
}

void document_skip(struct document *document)
{
	if (!is_start(document->event.type))
		return;
	unsigned int around = document->depth - 1;
	while (document_next(document) && document->depth > around)
		;
}
