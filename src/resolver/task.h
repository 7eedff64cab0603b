/* task: a piece of work made of steps.
 *
 * A step is a plain function that does one thing and returns the next step, or says that the task waits. There are two
 * things to wait for: a reply (a time-out is a reply that did not come) and the end of a child task. Whoever brings
 * what was waited for makes the task ready (request_ready); the engine runs ready tasks until none is left. So no step
 * calls another task, the stack stays flat, and a task file read from top to bottom is its state diagram.
 *
 * A task lives in the arena of its request and dies with it; nothing is freed piece by piece.
 *
 *	struct next look(struct task *task)
 *	{
 *		...
 *		return go(ask);                    the next step
 *		return wait_for(task, heard);      sleep; `heard` is the step to wake up in
 *		return finish(task);               the parent is made ready
 *	}
 */
#ifndef ROOTWALK_RESOLVER_TASK_H
#define ROOTWALK_RESOLVER_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct request;
struct task;

TAILQ_HEAD(task_list, task);

struct next {
	struct next (*step)(struct task *task); /* NULL: the task waits or is over */
};

typedef struct next task_step(struct task *task);

struct task {
	struct request *request;
	struct task *parent;     /* NULL: the request itself waits for it */
	task_step *wake;         /* where it goes on */
	TAILQ_ENTRY(task) ready_link;
	bool ready;              /* in the request's list of ready tasks */
	bool over;
	uint8_t depth;           /* name-server look-ups that it is inside of */
};

static inline struct next go(task_step *step)
{
	return (struct next){ step };
}

static inline struct next wait_for(struct task *task, task_step *wake)
{
	task->wake = wake;
	return (struct next){ NULL };
}

/* Ends the task and makes the parent ready, or the request when there is none (request.c). */
struct next finish(struct task *task);

#endif
