/* main_run: the subcommand that serves. */
#ifndef ROOTWALK_MAIN_RUN_H
#define ROOTWALK_MAIN_RUN_H

/* rootwalk run [-c FILE]: serves in the foreground until SIGTERM or SIGINT. Exit status: 0 told to stop, 1 something
 * is wrong (said on standard error), 2 the command line is. */
int main_run(int argc, char **argv);

#endif
