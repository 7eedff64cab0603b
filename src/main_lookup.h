/* main_lookup: the subcommand that resolves one name in its own process and tells how. */
#ifndef ROOTWALK_MAIN_LOOKUP_H
#define ROOTWALK_MAIN_LOOKUP_H

/* rootwalk lookup [-c FILE] [--json] NAME [TYPE]: the story on standard output. `argv[0]` is the subcommand's own
 * name. Returns the exit status, which --help explains. */
int main_lookup(int argc, char **argv);

#endif
