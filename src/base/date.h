/* date: POSIX seconds as people write a moment (RFC 3339), always UTC.
 *
 * A day alone is its beginning. Years 1970 to 9999; leap seconds do not exist. Nobody's clock is read here.
 */
#ifndef ROOTWALK_BASE_DATE_H
#define ROOTWALK_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#define DATE_TEXT_SIZE 21u /* "2026-12-01T18:30:00Z", with the final NUL */

/* "2026-12-01" or "2026-12-01T18:30:00Z". False when it is neither, or no day or time that there is. */
bool date_of_text(const char *text, int64_t *seconds);

/* The longer form; moments outside of the years 1970 to 9999 are shown as the nearest one inside. */
const char *date_to_text(int64_t seconds, char text[DATE_TEXT_SIZE]);

/* The shorter form where the moment is the beginning of a day. */
const char *date_to_short_text(int64_t seconds, char text[DATE_TEXT_SIZE]);

#endif
