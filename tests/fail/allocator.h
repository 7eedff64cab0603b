/* allocator: an allocator that fails when it is told to, and counts what was not given back. */
#ifndef ROOTWALK_TESTS_FAIL_ALLOCATOR_H
#define ROOTWALK_TESTS_FAIL_ALLOCATOR_H

#include <stdbool.h>

/* OpenSSL allocates here too. Before it has allocated anything; false: it has. */
bool allocator_take_openssl(void);

/* Gives back what OpenSSL keeps for the thread: its list of errors. */
void allocator_settle(void);

/* From now on the allocation with this number, counted from 1, fails; with `all_after` those after it too. 0: none. */
void allocator_arm(unsigned long number, bool all_after);

/* Allocations are counted, and fail, only between these two. */
void allocator_enter(void);
void allocator_leave(void);

/* How many were counted since it was armed. */
unsigned long allocator_count(void);

/* Blocks that were allocated while inside and not freed since. */
long allocator_blocks(void);

#endif
