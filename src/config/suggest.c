#include "config/suggest.h"

#include <stdio.h>
#include <string.h>

static char plain(char letter)
{
	if (letter == '_')
		return '-';
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Row i of the matrix holds how far the first i letters of a are from every beginning of b. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][SUGGESTION_WORD_SIZE], width = strlen(b);
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	for (size_t j = 0; j <= width; j++)
		last[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		row[0] = i;
		for (size_t j = 1; j <= width; j++) {
			char x = plain(a[i - 1]), y = plain(b[j - 1]);
			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == plain(b[j - 2]) && plain(a[i - 2]) == y)
				row[j] = least(row[j], before[j - 2] + 1);
		}
		size_t *oldest = before;
		before = last;
		last = row;
		row = oldest;
	}
	return last[width];
}

struct suggestion suggestion_for(const char *word)
{
	size_t length = strlen(word);
	return (struct suggestion){ .word = word, .distance = length < 3 ? 2 : length / 3 + 1 };
}

void suggestion_offer(struct suggestion *suggestion, const char *known, const char *shown)
{
	if (strlen(suggestion->word) >= SUGGESTION_WORD_SIZE || strlen(known) >= SUGGESTION_WORD_SIZE)
		return;
	size_t far = distance(suggestion->word, known);
	if (far >= suggestion->distance || far >= strlen(known))
		return;
	suggestion->best = shown;
	suggestion->distance = far;
}

const char *suggestion_to_text(const struct suggestion *suggestion, char text[SUGGESTION_TEXT_SIZE])
{
	text[0] = '\0';
	if (suggestion->best != NULL)
		snprintf(text, SUGGESTION_TEXT_SIZE, "; did you mean \"%s\"?", suggestion->best);
	return text;
}
