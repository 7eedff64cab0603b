/* main_check: the subcommands that tell about the configuration and touch nothing.
 *
 * `argv[0]` is the subcommand's own name. Both return the exit status: 0 when all is well, 1 when something is
 * wrong with what was given, 2 when the command line cannot be understood.
 */
#ifndef ROOTWALK_MAIN_CHECK_H
#define ROOTWALK_MAIN_CHECK_H

/* rootwalk check [FILE]: says what is wrong in a configuration, on standard error. */
int main_check(int argc, char **argv);

/* rootwalk options [--sample | --man | NAME]: says what may be set, on standard output. */
int main_options(int argc, char **argv);

#endif
