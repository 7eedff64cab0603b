/* docgen: the documents that options.def holds.
 *
 * One table, three forms: the text of `rootwalk options`, a sample file, and the options part of the man page
 * rootwalk.yaml(5) in mdoc. None is written by hand, so none can be out of date; tests/lint makes the man page's
 * part again and compares.
 *
 * In the sample every option stands at its default behind a '#'. Prose has a blank after the '#', options have
 * none, as in other programs' samples: taking such a '#' away switches the option on.
 */
#ifndef ROOTWALK_CONFIG_DOCGEN_H
#define ROOTWALK_CONFIG_DOCGEN_H

#include <stdbool.h>
#include <stdio.h>

/* Each returns false when out of memory; whether the stream took it all is ferror's to say. */

/* Type, default, unit and meaning of the options whose path is `below` or lies below it; NULL means all. False also
 * when there is no such option. */
bool docgen_options(FILE *out, const char *below);
bool docgen_sample(FILE *out);
bool docgen_man(FILE *out);

#endif
