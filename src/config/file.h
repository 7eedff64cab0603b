/* file: a configuration file becomes options.
 *
 * The file is a YAML map whose shape is the paths of option_rows: a path without a dot is a key, "cache.size" is
 * the key `size` of the map `cache`. What the file leaves out keeps its default. Lists replace their default; one
 * item alone may stand for a list of one. Items of `listen` and the servers of a zone are addresses or maps of
 * address and port.
 *
 * Mistakes are gathered with line and column (problems.h) and reading goes on where it can; a key given twice, an
 * unknown key, a wrong type and a value out of bounds are mistakes. When there are none, the relations between
 * options are checked too (check.h). Options are never half read: with any problem there are none.
 */
#ifndef ROOTWALK_CONFIG_FILE_H
#define ROOTWALK_CONFIG_FILE_H

#include "config/options.h"
#include "config/problems.h"

#define CONFIG_FILE_DEFAULT "/etc/rootwalk/rootwalk.yaml"
#define CONFIG_FILE_SIZE_MAX (1u << 20) /* octets */

/* Reads and checks the file. A path of NULL means CONFIG_FILE_DEFAULT where there is such a file, else the
 * defaults. On success the caller frees the options (options_free); else there is nothing to free and at least one
 * problem is said. The name that problems_of was given stands at the beginning of every sentence. */
bool config_file_read(const char *path, struct options *options, struct problems *problems);

/* The same for octets in memory. */
bool config_file_parse(struct span octets, struct options *options, struct problems *problems);

#endif
