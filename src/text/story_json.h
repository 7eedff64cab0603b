/* story_json: a lookup's story as one JSON document, for programs.
 *
 *	{ question: { name, type }, hosts: { file, said, addresses }, story: [ { kind, depth, ms, text, ... } ],
 *	  cut, queries, elapsed_us, answer: { rcode, ede, security, answer: [ { name, ttl, type, data } ], authority } }
 *
 * A line of the story has the members that its kind has; `text` is the sentence that people read. Nobody but
 * story.c includes this.
 */
#ifndef ROOTWALK_TEXT_STORY_JSON_H
#define ROOTWALK_TEXT_STORY_JSON_H

#include "text/story.h"

/* `msg` is NULL when no answer came. False when out of memory. */
bool story_write_json(const struct story *story, const struct msg *msg, FILE *file);

#endif
