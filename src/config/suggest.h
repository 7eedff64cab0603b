/* suggest: which known word was meant by an unknown one.
 *
 * Offer the known words one by one; the nearest that is near enough is kept, the first of equals. Nearness is
 * the number of letters inserted, left out, changed or swapped with a neighbour (the optimal string alignment
 * distance), upper and lower case and '_' for '-' being the same. Near enough is one such mistake in three letters.
 */
#ifndef ROOTWALK_CONFIG_SUGGEST_H
#define ROOTWALK_CONFIG_SUGGEST_H

#include <stddef.h>

#define SUGGESTION_WORD_SIZE 40u /* longer words are neither looked for nor found */
#define SUGGESTION_TEXT_SIZE 128u

struct suggestion {
	const char *word; /* what was written */
	const char *best; /* what it is taken for, or NULL */
	size_t distance;  /* of the best; at first one more than is near enough */
};

struct suggestion suggestion_for(const char *word);

/* `known` is compared, `shown` is suggested; both live as long as the suggestion. */
void suggestion_offer(struct suggestion *suggestion, const char *known, const char *shown);

/* `; did you mean "recursion"?`, or nothing. */
const char *suggestion_to_text(const struct suggestion *suggestion, char text[SUGGESTION_TEXT_SIZE]);

#endif
