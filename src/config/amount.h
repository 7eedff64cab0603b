/* amount: whole numbers in text, alone or with a unit.
 *
 * Sizes are octets and take K, M, G and T, powers of 1024; durations are seconds and take s, m, h, d and w. Letters
 * may be in upper or lower case; there is one unit at most, no sign, no fraction and no blank. Written amounts take
 * the largest unit that leaves a whole number, so that what is written reads back as the same.
 */
#ifndef ROOTWALK_CONFIG_AMOUNT_H
#define ROOTWALK_CONFIG_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

#define AMOUNT_TEXT_SIZE 24u /* room for any amount, with the final NUL */

/* False when it is none, or does not fit into 64 bits. */
bool amount_number_of_text(const char *text, uint64_t *number);
bool amount_size_of_text(const char *text, uint64_t *octets);
bool amount_duration_of_text(const char *text, uint64_t *seconds);

const char *amount_number_to_text(uint64_t number, char text[AMOUNT_TEXT_SIZE]);
const char *amount_size_to_text(uint64_t octets, char text[AMOUNT_TEXT_SIZE]);
const char *amount_duration_to_text(uint64_t seconds, char text[AMOUNT_TEXT_SIZE]);

#endif
