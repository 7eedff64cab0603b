/* check: what options say about each other.
 *
 * Each row's own bounds are held when its value is read (value.h). Here stands what takes two options, or two items
 * of one, to be wrong: a least above a most, an address given twice, a zone both forwarded and a stub.
 *
 * Pure: no file is opened and no address is tried.
 */
#ifndef ROOTWALK_CONFIG_CHECK_H
#define ROOTWALK_CONFIG_CHECK_H

#include "config/options.h"
#include "config/problems.h"

/* Says what is wrong; true when nothing is. `places` tells by option_index where each option stands in its file
 * (line 0: it has its default), or is NULL. */
bool config_check(const struct options *options, const struct place *places, struct problems *problems);

#endif
