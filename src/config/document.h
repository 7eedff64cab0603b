/* document: a YAML file as a row of events, in the part of YAML that a configuration needs.
 *
 * libyaml parses; here its events are counted, placed and bounded. Anchors, aliases and tags are refused: a
 * configuration that is small to look at must not be large when read, and no text may turn into another type by
 * spelling. Nesting is bounded by DOCUMENT_DEPTH_MAX.
 *
 * The document is `failed` after the first thing that is no YAML; it has been said to `problems` then, and
 * document_next stays false, so that every loop over events ends. Each event moves problems->at to its place.
 *
 * Nobody but file.c includes this.
 */
#ifndef ROOTWALK_CONFIG_DOCUMENT_H
#define ROOTWALK_CONFIG_DOCUMENT_H

#include "base/span.h"
#include "config/problems.h"

#include <yaml.h>

#define DOCUMENT_DEPTH_MAX 8u /* the deepest option needs 5 */

struct document {
	yaml_parser_t parser;
	yaml_event_t event; /* the last one read; YAML_NO_EVENT before the first and when failed */
	struct span octets;
	unsigned int depth; /* lists and maps open */
	bool failed;
	struct problems *problems;
};

/* The octets must outlive the document. False when out of memory; there is then nothing to close. */
bool document_open(struct document *document, struct span octets, struct problems *problems);
void document_close(struct document *document);

/* Reads the next event. */
bool document_next(struct document *document);

/* Reads the next event within a list or map; false at its end, which `end` says. */
bool document_next_before(struct document *document, yaml_event_type_t end);

/* What the event is. */
yaml_event_type_t document_type(const struct document *document);

/* The text of a scalar; NULL for other events and for a value left out ("cache:" with nothing behind it). Good
 * until the next event. */
const char *document_text(const struct document *document);

/* A value left out, or null. */
bool document_is_empty(const struct document *document);

/* Reads to the end of the list or map that the last event began; nothing to do for a scalar. */
void document_skip(struct document *document);

#endif
