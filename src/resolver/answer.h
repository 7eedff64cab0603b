/* answer: a result becomes a message for one client.
 *
 * The client's ID, RD and CD, its spelling of the question, EDNS if it spoke EDNS (RFC 6891 section 7), as much as it
 * can take (TC when RRsets had to be left out; RFC 2181 section 9), an extended error where something went wrong (RFC
 * 8914). An answer that is whole is kept among the finished ones.
 */
#ifndef ROOTWALK_RESOLVER_ANSWER_H
#define ROOTWALK_RESOLVER_ANSWER_H

#include "resolver/request.h"

/* Writes the answer; returns its size. `octets` has room for `capacity`, at least 512. */
size_t answer_write(struct engine *engine, const struct client *client, const struct result *result,
		    uint8_t *octets, size_t capacity);

/* The same as an effect. */
void answer_later(struct request *request, const struct client *client, const struct result *result);

/* An answer without records: an rcode, and why (EDE_NONE: nothing to say). */
size_t answer_refusal(struct engine *engine, const struct client *client, uint16_t rcode, int ede, const char *why,
		      uint8_t *octets, size_t capacity);

/* The OPT record for this client, behind a message whose count of additional records is patched. Nothing when the
 * client spoke no EDNS. */
void answer_append_opt(struct engine *engine, const struct client *client, struct builder *builder, uint16_t rcode,
		       int ede, const char *why);

/* The size of that record without an extended error; 0 when there is none. */
size_t answer_opt_size(const struct client *client);

/* What of a query, besides the question, changes the finished answer. */
uint8_t answer_variant(const struct client *client);

/* How many octets the client takes, at most `capacity`. */
size_t answer_room(const struct engine *engine, const struct client *client, size_t capacity);

#endif
