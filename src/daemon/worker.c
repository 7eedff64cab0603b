#include "daemon/worker.h"

#include "daemon/board.h"
#include "daemon/outbox.h"
#include "daemon/stream.h"
#include "daemon/system.h"
#include "daemon/udp.h"
#include "daemon/upstream_stream.h"
#include "daemon/upstream_udp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define COMPLAINT_EVERY (10u * TICKS_PER_S)
#define TIMER_LEAST_US 1000u /* the loop counts in milliseconds; less would spin */

void worker_wake(struct worker *worker)
{
	worker->now = system_now(worker->setup.options->cache_clock);
}

static void answer_client(struct worker *worker, const struct effect *effect)
{
	if (worker->setup.answered != NULL) {
		worker->setup.answered(worker->setup.context, effect);
		return;
	}
	struct seat *seat = seats_find(&worker->seats, effect->handle);
	if (seat == NULL)
		return;
	if (seat->stream != NULL)
		stream_answer(worker->stream, seat, effect->octets);
	else
		udp_answer(worker->udp, seat, effect->octets);
}

static void send_upstream(struct worker *worker, const struct effect *effect)
{
	enum exchange_failure failure;
	bool sent = effect->kind == EFFECT_SEND_UDP ? upstream_udp_send(worker->upstream_udp, effect, &failure)
						    : upstream_stream_send(worker->upstream_stream, effect, &failure);
	if (!sent)
		engine_failed(worker->engine, worker->now, effect->exchange, failure);
}

void worker_drain(struct worker *worker)
{
	struct effect effect;
	while (engine_effect(worker->engine, &effect)) {
		switch (effect.kind) {
		case EFFECT_ANSWER:
			answer_client(worker, &effect);
			break;
		case EFFECT_SEND_UDP:
		case EFFECT_SEND_STREAM:
			send_upstream(worker, &effect);
			break;
		case EFFECT_CANCEL:
			if (!upstream_udp_cancel(worker->upstream_udp, effect.exchange))
				upstream_stream_cancel(worker->upstream_stream, effect.exchange);
			break;
		case EFFECT_ANCHORS:
			if (worker->setup.anchors_changed != NULL)
				worker->setup.anchors_changed(worker->setup.context, &effect);
			break;
		}
	}
}

/* The timer is only ever set to an earlier moment; a deadline that moved away is noticed when it goes off. So a hit
 * never touches it. */
static void set_timer(struct worker *worker)
{
	uint64_t at = engine_deadline(worker->engine);
	if (at >= worker->timer_at)
		return;
	uint64_t wait = at > worker->now.ticks + TIMER_LEAST_US ? at - worker->now.ticks : TIMER_LEAST_US;
	struct timeval after = { .tv_sec = (time_t)(wait / TICKS_PER_S), .tv_usec = (suseconds_t)(wait % TICKS_PER_S) };
	if (evtimer_add(&worker->timer, &after) == 0)
		worker->timer_at = at;
}

void worker_settle(struct worker *worker)
{
	worker_drain(worker);
	if (worker->stream != NULL)
		stream_flush(worker->stream);
	if (worker->outbox != NULL)
		outbox_flush(worker->outbox);
	set_timer(worker);
}

void worker_complain(struct worker *worker, int why)
{
	static const char *const words[] = {
		[COMPLAINT_DESCRIPTORS] = "out of file descriptors: raise the limit (LimitNOFILE= or ulimit -n)",
		[COMPLAINT_MEMORY] = "out of memory: lower cache.size or give the process more",
	};
	enum complaint complaint = why == EMFILE || why == ENFILE ? COMPLAINT_DESCRIPTORS : COMPLAINT_MEMORY;
	uint64_t *complained = &worker->complained[complaint];
	if (*complained != 0 && worker->now.ticks < *complained + COMPLAINT_EVERY)
		return;
	*complained = worker->now.ticks;
	log_warning(worker->setup.log, "%s", words[complaint]);
}

bool worker_spare(struct worker *worker)
{
	return upstream_udp_spare(worker->upstream_udp) || upstream_stream_spare(worker->upstream_stream);
}

static void timer_rings(evutil_socket_t fd, short what, void *context)
{
	struct worker *worker = context;
	(void)fd;
	(void)what;
	worker->timer_at = TICKS_NEVER;
	worker_wake(worker);
	engine_tick(worker->engine, worker->now);
	worker_settle(worker);
}

static void stop_asked(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	worker_end(context);
}

static void clear(int fd)
{
	uint64_t count;
	if (read(fd, &count, sizeof count) < 0)
		return; /* somebody was quicker */
}

static void news_came(evutil_socket_t fd, short what, void *context)
{
	struct worker *worker = context;
	(void)what;
	clear(fd);
	worker_wake(worker);
	if (!board_read(worker->setup.board, worker->engine, worker->now))
		log_error(worker->setup.log, "a worker does not know of new trust anchors: out of memory");
	worker_settle(worker);
}

static bool make_engine(struct worker *worker, const char **problem)
{
	struct engine_setup setup = {
		.options = worker->setup.options,
		.table = worker->setup.table,
		.denials = worker->setup.denials,
		.hints = worker->setup.hints,
		.anchors = worker->setup.trust->anchors,
		.anchor_count = worker->setup.trust->anchor_count,
		.negative_anchors = worker->setup.trust->negative_anchors,
		.negative_anchor_count = worker->setup.trust->negative_anchor_count,
		.trust_points = worker->setup.trust->points,
		.trust_point_count = worker->setup.follows ? worker->setup.trust->point_count : 0,
		.limiter = worker->setup.limiter,
		.answers_octets = worker->setup.answers_octets,
		.requests = worker->setup.requests,
		.cookie_secret = worker->setup.cookie_secret,
		.log = *worker->setup.log,
	};
	if (!system_entropy(setup.seed, sizeof setup.seed)) {
		*problem = "the kernel gives no random octets (getrandom)";
		return false;
	}
	worker->engine = engine_create(&setup, problem);
	return worker->engine != NULL;
}

static bool make_loop(struct worker *worker)
{
	struct event_config *config = event_config_new();
	if (config == NULL)
		return false;
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	worker->base = event_base_new_with_config(config);
	event_config_free(config);
	worker->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	worker->news_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (worker->base == NULL || worker->stop_fd < 0 || worker->news_fd < 0)
		return false;
	evtimer_assign(&worker->timer, worker->base, timer_rings, worker);
	event_assign(&worker->stop, worker->base, worker->stop_fd, EV_READ | EV_PERSIST, stop_asked, worker);
	event_assign(&worker->news, worker->base, worker->news_fd, EV_READ | EV_PERSIST, news_came, worker);
	return event_add(&worker->stop, NULL) == 0 && event_add(&worker->news, NULL) == 0;
}

static bool make_transports(struct worker *worker)
{
	uint8_t seed[RNG_SEED_SIZE];
	if (!system_entropy(seed, sizeof seed))
		return false;
	worker->rng = rng_of(seed);
	worker->upstream_udp = upstream_udp_create(worker);
	worker->upstream_stream = upstream_stream_create(worker);
	if (worker->upstream_udp == NULL || worker->upstream_stream == NULL)
		return false;
	if (worker->setup.pair_count == 0)
		return true;
	worker->outbox = outbox_create();
	if (worker->outbox == NULL)
		return false;
	worker->udp = udp_create(worker);
	worker->stream = stream_create(worker);
	return worker->udp != NULL && worker->stream != NULL;
}

struct worker *worker_create(const struct worker_setup *setup, char problem[LISTEN_PROBLEM_SIZE])
{
	const char *why = "out of memory, of file descriptors or of random octets";
	struct worker *worker = calloc(1, sizeof *worker);
	if (worker != NULL) {
		worker->setup = *setup;
		worker->timer_at = TICKS_NEVER;
		worker->stop_fd = worker->news_fd = -1;
		if (make_loop(worker) && make_transports(worker) && make_engine(worker, &why)) {
			worker_wake(worker);
			return worker;
		}
		worker_destroy(worker);
	}
	snprintf(problem, LISTEN_PROBLEM_SIZE, "cannot start a worker: %s", why);
	return NULL;
}

/* The transports tell the engine that their clients are gone, so it ends after them. */
void worker_destroy(struct worker *worker)
{
	if (worker == NULL)
		return;
	udp_destroy(worker->udp);
	stream_destroy(worker->stream);
	upstream_stream_destroy(worker->upstream_stream);
	upstream_udp_destroy(worker->upstream_udp);
	engine_destroy(worker->engine);
	outbox_destroy(worker->outbox);
	seats_free(&worker->seats);
	if (worker->base != NULL) {
		if (event_initialized(&worker->timer))
			event_del(&worker->timer);
		if (event_initialized(&worker->stop))
			event_del(&worker->stop);
		if (event_initialized(&worker->news))
			event_del(&worker->news);
		event_base_free(worker->base);
	}
	if (worker->stop_fd >= 0)
		close(worker->stop_fd);
	if (worker->news_fd >= 0)
		close(worker->news_fd);
	free(worker);
}

bool worker_run(struct worker *worker)
{
	worker_wake(worker);
	worker_settle(worker);
	return event_base_dispatch(worker->base) >= 0;
}

static void ring(int fd)
{
	uint64_t one = 1;
	if (write(fd, &one, sizeof one) < 0)
		return; /* the counter is full: it was told before */
}

void worker_stop(struct worker *worker)
{
	ring(worker->stop_fd);
}

void worker_tell(struct worker *worker)
{
	ring(worker->news_fd);
}

void worker_end(struct worker *worker)
{
	event_base_loopbreak(worker->base);
}
