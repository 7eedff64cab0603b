#include "daemon/stream.h"

#include "daemon/backlog.h"
#include "daemon/frames.h"
#include "daemon/places.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define ACCEPTS_PER_WAKING 16u
#define SWEEP_US 100000
#define BACKLOG_MAX (16u * LIMIT_STREAM_UNSENT_OCTETS) /* what is in flight may still come; no more than this */

enum queue_kind { IDLE, READING, BUSY, STALLED, QUEUE_COUNT };

struct stream_client {
	struct stream *stream;
	int fd;
	struct endpoint from;
	struct event readable, writable;
	bool reading, writing; /* the event is added */
	bool ended;            /* the client sends no more */
	bool broken;           /* to be closed */
	bool worked;           /* something moved since it was put into its queue */
	bool dirty;            /* stream_flush shall look at it */
	struct stream_client *dirty_next;
	struct seat_list seats;
	unsigned int in_flight;
	struct frames frames;
	struct backlog backlog;
	size_t unsent;         /* octets: its part of stream->unsent */
	enum queue_kind kind;
	uint64_t since;        /* ticks: in its queue */
	TAILQ_ENTRY(stream_client) link;
};

TAILQ_HEAD(stream_queue, stream_client); /* the oldest first */

struct stream_listener {
	struct stream *stream;
	struct event readable;
};

struct stream {
	struct worker *worker;
	struct stream_queue queues[QUEUE_COUNT];
	size_t count;
	size_t unsent; /* octets, of all clients */
	struct stream_client *dirty;
	struct event sweep;
	bool paused; /* not accepting: out of descriptors or memory */
	size_t listener_count;
	struct stream_listener *listeners;
};

static void queue_remove(struct stream_client *client)
{
	TAILQ_REMOVE(&client->stream->queues[client->kind], client, link);
}

static void queue_add(struct stream_client *client, enum queue_kind kind)
{
	client->kind = kind;
	client->since = client->stream->worker->now.ticks;
	TAILQ_INSERT_TAIL(&client->stream->queues[kind], client, link);
}

static void mark_dirty(struct stream_client *client)
{
	if (client->dirty)
		return;
	client->dirty = true;
	client->dirty_next = client->stream->dirty;
	client->stream->dirty = client;
}

static void unmark_dirty(struct stream_client *client)
{
	struct stream_client **at = &client->stream->dirty;
	while (client->dirty && *at != client)
		at = &(*at)->dirty_next;
	if (client->dirty)
		*at = client->dirty_next;
	client->dirty = false;
}

static void count_unsent(struct stream_client *client, size_t unsent)
{
	client->stream->unsent += unsent - client->unsent;
	client->unsent = unsent;
}

/* Nobody waits there any more. */
static void leave_seat(struct stream_client *client, struct seat *seat)
{
	LIST_REMOVE(seat, stream_link);
	client->in_flight--;
	seats_leave(&client->stream->worker->seats, seat);
}

static void close_client(struct stream_client *client)
{
	struct stream *stream = client->stream;
	struct worker *worker = stream->worker;
	while (!LIST_EMPTY(&client->seats)) {
		struct seat *seat = LIST_FIRST(&client->seats);
		uint64_t handle = seats_handle(seat);
		leave_seat(client, seat);
		engine_client_gone(worker->engine, worker->now, handle);
		worker_drain(worker);
	}
	unmark_dirty(client);
	queue_remove(client);
	event_del(&client->readable);
	event_del(&client->writable);
	close(client->fd);
	places_leave(worker->setup.places, client->from.ip);
	frames_free(&client->frames);
	backlog_free(&client->backlog);
	count_unsent(client, 0);
	stream->count--;
	free(client);
}

static bool has_room(const struct stream_client *client, size_t about_to_send)
{
	return client->in_flight < LIMIT_STREAM_PIPELINE &&
	       backlog_size(&client->backlog) + about_to_send <= LIMIT_STREAM_UNSENT_OCTETS;
}

static void take_seat(struct stream_client *client)
{
	struct worker *worker = client->stream->worker;
	struct seat *seat = seats_take(&worker->seats, worker->now.ticks);
	seat->stream = client;
	LIST_INSERT_HEAD(&client->seats, seat, stream_link);
	client->in_flight++;
}

/* Gives one query to the engine; an answer known at once is written to `into`. Returns the octets written. */
static size_t take_query(struct stream_client *client, struct span query, uint8_t *into)
{
	struct worker *worker = client->stream->worker;
	struct client_origin origin = {
		.from = client->from,
		.handle = seats_next(&worker->seats, worker->now.ticks),
		.stream = true,
	};
	bool silent = false;
	if (origin.handle == 0) {
		client->broken = true;
		return 0;
	}
	size_t size = engine_query(worker->engine, worker->now, &origin, query, into + 2, UINT16_MAX, &silent);
	if (size == 0) {
		if (!silent)
			take_seat(client);
		else
			client->broken = true; /* what is no query is no client's */
		worker_drain(worker);
		return 0;
	}
	into[0] = (uint8_t)(size >> 8);
	into[1] = (uint8_t)size;
	return 2 + size;
}

static void send_out(struct stream_client *client, size_t size)
{
	size_t owed = backlog_size(&client->backlog) + size;
	if (owed == 0)
		return;
	if (!backlog_send_after(&client->backlog, client->fd, span_of(client->stream->worker->out, size)))
		client->broken = true;
	client->worked |= backlog_size(&client->backlog) < owed;
}

/* Takes queries while there is room; returns the octets of answers written to the worker's `out`. */
static size_t take_queries(struct stream_client *client)
{
	struct worker *worker = client->stream->worker;
	struct span query;
	size_t used = 0;
	while (!client->broken && has_room(client, used) && used <= sizeof worker->out - WORKER_SCRATCH_SIZE &&
	       frames_next(&client->frames, &query)) {
		client->worked = true;
		used += take_query(client, query, worker->out + used);
	}
	return used;
}

/* Takes the queries that are there and sends what there is to send. What was sent makes room for queries that were
 * left, of which no event of the socket would tell. */
static void serve(struct stream_client *client)
{
	do
		send_out(client, take_queries(client));
	while (!client->broken && has_room(client, 0) && frames_have_whole(&client->frames));
	if (!frames_keep(&client->frames) || backlog_size(&client->backlog) > BACKLOG_MAX)
		client->broken = true;
}

/* False when there is no memory to wait for the event. */
static bool set_event(struct event *event, bool *added, bool wanted)
{
	if (*added == wanted)
		return true;
	if ((wanted ? event_add(event, NULL) : event_del(event)) != 0)
		return false;
	*added = wanted;
	return true;
}

static enum queue_kind kind_of(const struct stream_client *client)
{
	if (backlog_size(&client->backlog) > 0)
		return STALLED;
	if (client->reading && frames_are_partial(&client->frames))
		return READING;
	return client->in_flight > 0 ? BUSY : IDLE;
}

static bool is_finished(const struct stream_client *client)
{
	return client->ended && client->in_flight == 0 && backlog_size(&client->backlog) == 0;
}

static bool wait_for_events(struct stream_client *client)
{
	return set_event(&client->readable, &client->reading, !client->ended && has_room(client, 0)) &&
	       set_event(&client->writable, &client->writing, backlog_size(&client->backlog) > 0);
}

/* Everything that is to be done for a connection; it may be gone after it. */
static void attend(struct stream_client *client)
{
	if (!client->broken)
		serve(client);
	if (client->broken || is_finished(client) || !wait_for_events(client)) {
		close_client(client);
		return;
	}
	count_unsent(client, backlog_size(&client->backlog));
	enum queue_kind kind = kind_of(client);
	if (client->kind != kind || client->worked) {
		queue_remove(client);
		queue_add(client, kind);
	}
	client->worked = false;
}

static void octets_came(evutil_socket_t fd, short what, void *context)
{
	struct stream_client *client = context;
	struct worker *worker = client->stream->worker;
	(void)what;
	worker_wake(worker);
	switch (frames_read(&client->frames, fd, worker->in, sizeof worker->in)) {
	case FRAMES_END:
		client->ended = true;
		break;
	case FRAMES_BROKEN:
		client->broken = true;
		break;
	default:
		break;
	}
	attend(client);
	worker_settle(worker);
}

static void room_came(evutil_socket_t fd, short what, void *context)
{
	struct stream_client *client = context;
	struct worker *worker = client->stream->worker;
	(void)fd;
	(void)what;
	worker_wake(worker);
	attend(client);
	worker_settle(worker);
}

void stream_answer(struct stream *stream, struct seat *seat, struct span octets)
{
	struct stream_client *client = seat->stream;
	leave_seat(client, seat);
	if (octets.size > UINT16_MAX || !backlog_add_message(&client->backlog, octets))
		client->broken = true;
	count_unsent(client, backlog_size(&client->backlog));
	if (client->kind == STALLED && stream->unsent > LIMIT_STREAM_UNSENT_ALL_OCTETS)
		client->broken = true;
	mark_dirty(client);
}

void stream_flush(struct stream *stream)
{
	while (stream->dirty != NULL) {
		struct stream_client *client = stream->dirty;
		unmark_dirty(client);
		attend(client);
	}
}

static void close_older(struct stream *stream, enum queue_kind kind, uint64_t limit_ticks)
{
	uint64_t now = stream->worker->now.ticks;
	struct stream_client *oldest;
	while ((oldest = TAILQ_FIRST(&stream->queues[kind])) != NULL && oldest->since + limit_ticks <= now)
		close_client(oldest);
}

static void close_late(struct stream *stream)
{
	bool pressed = places_are_pressed(stream->worker->setup.places);
	uint64_t idle = pressed ? LIMIT_STREAM_IDLE_PRESSED_MS * TICKS_PER_MS
				: (uint64_t)stream->worker->setup.options->tcp_idle * TICKS_PER_S;
	close_older(stream, IDLE, idle);
	close_older(stream, READING, LIMIT_STREAM_MESSAGE_MS * TICKS_PER_MS);
	close_older(stream, STALLED, LIMIT_STREAM_STALL_MS * TICKS_PER_MS);
	close_older(stream, BUSY, 2ull * LIMIT_WORK_END_MS * TICKS_PER_MS); /* no work lasts so long: it was forgotten */
}

static void set_sweep(struct stream *stream)
{
	struct timeval after = { .tv_usec = SWEEP_US };
	if ((stream->count > 0 || stream->paused) && !event_pending(&stream->sweep, EV_TIMEOUT, NULL))
		event_add(&stream->sweep, &after);
}

static void pause_accepting(struct stream *stream, int why)
{
	worker_complain(stream->worker, why);
	stream->paused = true;
	for (size_t i = 0; i < stream->listener_count; i++)
		event_del(&stream->listeners[i].readable);
}

static void resume_accepting(struct stream *stream)
{
	stream->paused = false;
	for (size_t i = 0; i < stream->listener_count; i++)
		stream->paused |= event_add(&stream->listeners[i].readable, NULL) != 0; /* the next sweep tries again */
}

static void sweep_due(evutil_socket_t fd, short what, void *context)
{
	struct stream *stream = context;
	(void)fd;
	(void)what;
	worker_wake(stream->worker);
	close_late(stream);
	if (stream->paused)
		resume_accepting(stream);
	set_sweep(stream);
	worker_settle(stream->worker);
}

/* When the house is full, who has said nothing for the longest time goes; if there is nobody, who began to say something
 * first; and if all wait for answers, who has waited the longest, if that is long. So a flood of connections drives out
 * its own. */
static bool make_room(struct stream *stream)
{
	static const struct {
		enum queue_kind kind;
		uint64_t least; /* ticks */
	} ways[] = { { IDLE, 0 }, { READING, 0 }, { BUSY, LIMIT_REQUEST_SLOW_MS * TICKS_PER_MS } };
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct stream_client *oldest = TAILQ_FIRST(&stream->queues[ways[i].kind]);
		if (oldest != NULL && oldest->since + ways[i].least <= stream->worker->now.ticks) {
			close_client(oldest);
			return true;
		}
	}
	return false;
}

static bool take_place(struct stream *stream, struct ip ip)
{
	struct places *places = stream->worker->setup.places;
	enum place place = places_take(places, ip);
	if (place == PLACE_HOUSE_FULL && make_room(stream))
		place = places_take(places, ip);
	return place == PLACE_TAKEN;
}

static void admit(struct stream *stream, int fd, struct endpoint from)
{
	if (!take_place(stream, from.ip)) {
		close(fd);
		return;
	}
	struct stream_client *client = calloc(1, sizeof *client);
	if (client == NULL) {
		worker_complain(stream->worker, ENOMEM);
		places_leave(stream->worker->setup.places, from.ip);
		close(fd);
		return;
	}
	client->stream = stream;
	client->fd = fd;
	client->from = from;
	event_assign(&client->readable, stream->worker->base, fd, EV_READ | EV_PERSIST, octets_came, client);
	event_assign(&client->writable, stream->worker->base, fd, EV_WRITE | EV_PERSIST, room_came, client);
	queue_add(client, IDLE);
	stream->count++;
	if (!wait_for_events(client))
		close_client(client);
}

/* Why nobody was accepted: is there more to try? */
static bool may_accept_more(struct stream *stream, int why)
{
	switch (why) {
	case ECONNABORTED:
	case EINTR:
		return true;
	case EMFILE:
	case ENFILE:
		if (worker_spare(stream->worker))
			return true;
		pause_accepting(stream, why);
		return false;
	case ENOBUFS:
	case ENOMEM:
		pause_accepting(stream, why);
		return false;
	default:
		return false;
	}
}

static void clients_came(evutil_socket_t listening, short what, void *context)
{
	struct stream_listener *listener = context;
	struct stream *stream = listener->stream;
	(void)what;
	worker_wake(stream->worker);
	for (unsigned int i = 0; i < ACCEPTS_PER_WAKING; i++) {
		union address from = { .v6 = { 0 } };
		socklen_t size = sizeof from;
		int fd = accept4(listening, &from.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			admit(stream, fd, address_endpoint(&from));
		if (fd < 0 && !may_accept_more(stream, errno))
			break;
	}
	set_sweep(stream);
	worker_settle(stream->worker);
}

struct stream *stream_create(struct worker *worker)
{
	struct stream *stream = calloc(1, sizeof *stream);
	if (stream == NULL)
		return NULL;
	stream->worker = worker;
	for (int kind = 0; kind < QUEUE_COUNT; kind++)
		TAILQ_INIT(&stream->queues[kind]);
	evtimer_assign(&stream->sweep, worker->base, sweep_due, stream);
	stream->listeners = calloc(worker->setup.pair_count, sizeof *stream->listeners);
	for (size_t i = 0; stream->listeners != NULL && i < worker->setup.pair_count; i++) {
		struct stream_listener *listener = &stream->listeners[i];
		listener->stream = stream;
		event_assign(&listener->readable, worker->base, worker->setup.pairs[i].tcp, EV_READ | EV_PERSIST,
			     clients_came, listener);
		if (event_add(&listener->readable, NULL) != 0)
			break;
		stream->listener_count++;
	}
	if (stream->listener_count == worker->setup.pair_count)
		return stream;
	stream_destroy(stream);
	return NULL;
}

void stream_destroy(struct stream *stream)
{
	if (stream == NULL)
		return;
	for (int kind = 0; kind < QUEUE_COUNT; kind++)
		while (!TAILQ_EMPTY(&stream->queues[kind]))
			close_client(TAILQ_FIRST(&stream->queues[kind]));
	for (size_t i = 0; i < stream->listener_count; i++)
		event_del(&stream->listeners[i].readable);
	event_del(&stream->sweep);
	free(stream->listeners);
	free(stream);
}
