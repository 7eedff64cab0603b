/* worker: one thread: an event loop, an engine, and the sockets between it and the world.
 *
 *	udp, stream  -- clients' queries -->    engine    -- EFFECT_SEND_* -->  upstream_udp, upstream_stream
 *	             <-- EFFECT_ANSWER --  (worker_settle) <-- replies --
 *
 * Whoever wakes up by an event of the loop goes through the same three steps: worker_wake reads the clocks, once for
 * all that is done in this waking; events go into the engine, worker_drain after each; worker_settle carries out
 * what is left and sets the timer. The transports never call each other: they meet in the engine.
 *
 * A worker shares with others the table, the places of TCP clients, options and the log, which are safe to share.
 * worker_stop and worker_tell are the only functions here that another thread may call.
 */
#ifndef ROOTWALK_DAEMON_WORKER_H
#define ROOTWALK_DAEMON_WORKER_H

#include "base/rng.h"
#include "daemon/listen.h"
#include "daemon/seats.h"
#include "daemon/trust.h"
#include "resolver/engine.h"

#include <event2/event.h>
#include <event2/event_struct.h>

struct board;
struct limiter;
struct places;
struct stream;
struct udp;
struct upstream_stream;
struct upstream_udp;

#define WORKER_SCRATCH_SIZE (2u + 65535u) /* octets: the largest message of a stream */

/* Takes the answers of a worker without clients (solo.h). The effect is good until it returns. */
typedef void worker_answered(void *context, const struct effect *effect);

/* Takes EFFECT_ANCHORS of the worker that follows trust anchors. The effect is good until it returns. */
typedef void worker_anchors(void *context, const struct effect *effect);

struct worker_setup {
	const struct options *options;
	struct table *table;
	struct denials *denials; /* NULL: switched off */
	struct places *places;
	const struct delegation *hints;
	const struct trust *trust;
	struct board *board;             /* what others shall trust; NULL: there are no others */
	bool follows;                    /* it follows the trust points; the others are told */
	worker_anchors *anchors_changed; /* of the one that follows */
	const struct log *log;
	struct limiter *limiter; /* NULL: no answers are rationed */
	size_t answers_octets;
	unsigned int requests;
	struct hash_key cookie_secret;
	const struct listen_pair *pairs; /* its own sockets; none: a worker without clients */
	size_t pair_count;
	worker_answered *answered;       /* with no pairs */
	void *context;                   /* of both */
};

enum complaint { COMPLAINT_DESCRIPTORS, COMPLAINT_MEMORY, COMPLAINT_COUNT };

struct worker {
	struct worker_setup setup;
	struct event_base *base;
	struct engine *engine;
	struct rng rng;       /* ports and source addresses; the engine has its own */
	struct instant now;   /* of this waking */
	struct seats seats;
	struct outbox *outbox;
	struct udp *udp;
	struct stream *stream;
	struct upstream_udp *upstream_udp;
	struct upstream_stream *upstream_stream;
	struct event timer;
	uint64_t timer_at;    /* ticks: when the timer is set to go off; TICKS_NEVER: it is not */
	int stop_fd;          /* eventfd */
	struct event stop;
	int news_fd;          /* eventfd */
	struct event news;
	uint64_t complained[COMPLAINT_COUNT]; /* ticks: when it was last said */
	uint8_t in[WORKER_SCRATCH_SIZE];      /* what was just read from a stream */
	uint8_t out[2 * WORKER_SCRATCH_SIZE]; /* what is about to be written to one */
};

/* NULL: *problem says why in one sentence. The setup's pointers outlive the worker. */
struct worker *worker_create(const struct worker_setup *setup, char problem[LISTEN_PROBLEM_SIZE]);
void worker_destroy(struct worker *worker);

/* Works until worker_stop, or worker_end in an event. False when the event loop failed. */
bool worker_run(struct worker *worker);

/* From any thread: the worker's thread ends as soon as it has finished with what it does. */
void worker_stop(struct worker *worker);

/* From any thread: there is something new on the board. */
void worker_tell(struct worker *worker);

/* Ends worker_run, from inside it. */
void worker_end(struct worker *worker);

/* An event begins: what time is it? */
void worker_wake(struct worker *worker);

/* Carries out what the engine wants done. After each event that was given to it. */
void worker_drain(struct worker *worker);

/* The end of a waking: what was drained is sent, the timer is set. */
void worker_settle(struct worker *worker);

/* Says, not too often, that there are no descriptors (EMFILE, ENFILE) or that there is no memory (others). */
void worker_complain(struct worker *worker, int why);

/* Gives up a descriptor that lies idle, for one that is needed now. False when there is none. */
bool worker_spare(struct worker *worker);

#endif
