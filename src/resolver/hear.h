/* hear: what a fetch makes of what it heard: it is over, or the same server is asked in another manner, or another server.
 *
 *	truncated, a wrong ID or case or cookie       the same over TCP
 *	an error that looks like a dislike of EDNS    the same without it
 *	lame, broken                                  another server
 *	weak                                          kept, and another server
 *	of use                                        over
 */
#ifndef ROOTWALK_RESOLVER_HEAR_H
#define ROOTWALK_RESOLVER_HEAR_H

#include "resolver/task.h"

/* The step that a fetch wakes up in when its exchange is over. */
task_step hear;

#endif
