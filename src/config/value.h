/* value: what the text of an option means, and the text of what it means.
 *
 * Here each kind of option has its form (sizes, durations, words, addresses) and its bounds are held; YAML and
 * places in files are file.c's matter. What is read back from written text is the same value.
 *
 * Every function that may fail says why to `problems` and leaves the option as it was.
 */
#ifndef ROOTWALK_CONFIG_VALUE_H
#define ROOTWALK_CONFIG_VALUE_H

#include "base/builder.h"
#include "config/amount.h"
#include "config/options.h"
#include "config/problems.h"

#define LISTEN_PORT 53u

/* Sets an option that is no list. */
bool value_set(const struct option_row *option, struct options *options, const char *text, struct problems *problems);

/* Adds an item to a list of addresses, networks or zones with an end; for LISTEN an address alone. */
bool value_add(const struct option_row *option, struct options *options, const char *text, struct problems *problems);

/* Adds what was read elsewhere, as option_append does. */
bool value_append(const struct option_row *option, struct options *options, const void *item, struct problems *problems);

/* The default of the row. False when out of memory. */
bool value_set_initial(const struct option_row *option, struct options *options);

/* Parts of an item that is a map. The option is only named in sentences. */
bool value_address(const struct option_row *option, const char *text, struct ip *ip, struct problems *problems);
bool value_port(const struct option_row *option, const char *text, uint16_t *port, struct problems *problems);

/* Whether it can be the name of a zone. */
bool value_zone(const struct option_row *option, const char *text, struct problems *problems);

/* Writes the value as YAML: 256M, 1d, true, [127.0.0.0/8, "::1/128"]. */
void value_write(struct builder *builder, const struct option_row *option, const struct options *options);

/* The same into a text with a final NUL; what does not fit is left out. */
const char *value_to_text(const struct option_row *option, const struct options *options, char *text, size_t size);

/* "error, warning, info or debug": the words of an ENUM. */
void value_write_words(struct builder *builder, const struct option_row *option);

/* A number as the option's kind writes it: 4M, 1h, 512. */
const char *value_number_to_text(const struct option_row *option, uint64_t number, char text[AMOUNT_TEXT_SIZE]);

#endif
