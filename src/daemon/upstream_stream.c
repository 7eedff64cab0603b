#include "daemon/upstream_stream.h"

#include "base/index.h"
#include "daemon/address.h"
#include "daemon/backlog.h"
#include "daemon/frames.h"
#include "wire/limits.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <unistd.h>

struct link;

struct errand {
	struct index_node node;    /* by exchange */
	uint64_t exchange;
	struct link *link;
	struct errand *next;       /* of the link */
	bool joined;               /* the link was there before it */
	bool answered;             /* a reply with its ID came */
	uint16_t id;
	struct span query;         /* stands behind the struct */
};

struct link {
	struct upstream_stream *upstream;
	struct index_node node;    /* by server, while it takes errands */
	struct endpoint server;
	int fd;
	struct event readable, writable, idle;
	bool connected;
	bool single;               /* only for an errand sent again, until that is done */
	bool busy;                 /* in an event of its own: not to be freed */
	bool lost;                 /* ended by the server or the network */
	unsigned int strays;       /* messages that nobody asked for, or not any more */
	unsigned int errand_count;
	struct errand *errands;
	struct frames frames;
	struct backlog backlog;
	LIST_ENTRY(link) all;
};

struct upstream_stream {
	struct worker *worker;
	struct index exchanges;
	struct index servers;
	struct hash_key key;
	LIST_HEAD(, link) links;
	unsigned int count, idle_count;
};

struct upstream_stream *upstream_stream_create(struct worker *worker)
{
	struct upstream_stream *upstream = calloc(1, sizeof *upstream);
	if (upstream == NULL)
		return NULL;
	upstream->worker = worker;
	upstream->exchanges = index_of();
	upstream->servers = index_of();
	upstream->key = (struct hash_key){ .k0 = rng_u64(&worker->rng), .k1 = rng_u64(&worker->rng) };
	return upstream;
}

static uint64_t hash_of(const struct upstream_stream *upstream, struct endpoint server)
{
	uint8_t octets[sizeof server.ip + 2] = { 0 };
	memcpy(octets, &server.ip, sizeof server.ip);
	octets[sizeof server.ip] = (uint8_t)(server.port >> 8);
	octets[sizeof server.ip + 1] = (uint8_t)server.port;
	return hash_octets(&upstream->key, span_of(octets, sizeof octets));
}

static bool is_idle(const struct link *link)
{
	return event_pending(&link->idle, EV_TIMEOUT, NULL);
}

static void stop_idling(struct link *link)
{
	if (!is_idle(link))
		return;
	event_del(&link->idle);
	link->upstream->idle_count--;
}

/* The link has no errands any more. */
static void free_link(struct link *link)
{
	struct upstream_stream *upstream = link->upstream;
	stop_idling(link);
	index_remove(&upstream->servers, &link->node);
	event_del(&link->readable);
	event_del(&link->writable);
	close(link->fd);
	frames_free(&link->frames);
	backlog_free(&link->backlog);
	LIST_REMOVE(link, all);
	upstream->count--;
	free(link);
}

static void remove_errand(struct errand *errand)
{
	struct link *link = errand->link;
	struct errand **at = &link->errands;
	while (*at != errand)
		at = &(*at)->next;
	*at = errand->next;
	link->errand_count--;
	index_remove(&link->upstream->exchanges, &errand->node);
}

/* A link without errands waits for more, or goes. */
static void rest_link(struct link *link)
{
	struct timeval after = { .tv_sec = LIMIT_UPSTREAM_STREAM_IDLE_S };
	if (link->errands != NULL || link->busy)
		return;
	if (link->lost || !link->node.in || link->upstream->idle_count >= LIMIT_UPSTREAM_STREAMS_IDLE ||
	    event_add(&link->idle, &after) != 0) {
		free_link(link);
		return;
	}
	link->single = false;
	link->upstream->idle_count++;
}

static void idled_enough(evutil_socket_t fd, short what, void *context)
{
	struct link *link = context;
	(void)fd;
	(void)what;
	link->upstream->idle_count--;
	free_link(link);
}

/* Whether the link may carry a query with this ID. */
static bool has_room(const struct link *link, struct endpoint server, uint16_t id)
{
	if (link->lost || link->single || link->errand_count >= LIMIT_UPSTREAM_STREAM_PIPELINE ||
	    !endpoint_equal(link->server, server))
		return false;
	for (const struct errand *errand = link->errands; errand != NULL; errand = errand->next)
		if (errand->id == id)
			return false;
	return true;
}

static struct link *find_link(struct upstream_stream *upstream, struct endpoint server, uint16_t id)
{
	uint64_t hash = hash_of(upstream, server);
	for (struct index_node *node = index_first(&upstream->servers, hash); node != NULL;
	     node = index_next(node, hash)) {
		struct link *link = CONTAINER_OF(node, struct link, node);
		if (has_room(link, server, id))
			return link;
	}
	return NULL;
}

static bool bind_source(struct upstream_stream *upstream, int fd, uint8_t version)
{
	const struct options *options = upstream->worker->setup.options;
	struct ip fitting = { 0 };
	uint32_t count = 0;
	int on = 1;
	for (size_t i = 0; i < options->recursion_source_address_count; i++)
		if (options->recursion_source_address[i].version == version &&
		    rng_below(&upstream->worker->rng, ++count) == 0)
			fitting = options->recursion_source_address[i];
	if (count == 0)
		return true;
	union address address = address_of((struct endpoint){ .ip = fitting });
	return setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0 &&
	       bind(fd, &address.any, address_size(&address)) == 0;
}

static int open_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* A socket that is being connected; -1 with errno. */
static int connect_socket(struct upstream_stream *upstream, struct endpoint server)
{
	union address address = address_of(server);
	int fd = open_socket(address_family(server.ip)), on = 1;
	if (fd < 0 && (errno == EMFILE || errno == ENFILE) && worker_spare(upstream->worker))
		fd = open_socket(address_family(server.ip));
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (bind_source(upstream, fd, server.ip.version) &&
	    (connect(fd, &address.any, address_size(&address)) == 0 || errno == EINPROGRESS))
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static void link_readable(evutil_socket_t fd, short what, void *context);
static void link_writable(evutil_socket_t fd, short what, void *context);

/* NULL with errno. */
static struct link *open_link(struct upstream_stream *upstream, struct endpoint server, bool single)
{
	if (upstream->count >= LIMIT_UPSTREAM_STREAMS) {
		errno = ENOBUFS;
		return NULL;
	}
	struct link *link = calloc(1, sizeof *link);
	if (link == NULL)
		return NULL;
	link->fd = connect_socket(upstream, server);
	if (link->fd < 0) {
		int why = errno;
		free(link);
		errno = why;
		return NULL;
	}
	struct event_base *base = upstream->worker->base;
	link->upstream = upstream;
	link->server = server;
	link->single = single;
	event_assign(&link->readable, base, link->fd, EV_READ | EV_PERSIST, link_readable, link);
	event_assign(&link->writable, base, link->fd, EV_WRITE | EV_PERSIST, link_writable, link);
	evtimer_assign(&link->idle, base, idled_enough, link);
	LIST_INSERT_HEAD(&upstream->links, link, all);
	upstream->count++;
	/* Without memory for the index nobody joins it, and it goes after its errand. */
	(void)index_add(&upstream->servers, &link->node, hash_of(upstream, server));
	if (event_add(&link->readable, NULL) == 0)
		return link;
	free_link(link);
	errno = ENOMEM;
	return NULL;
}

static bool put_errand(struct link *link, struct errand *errand)
{
	if (event_add(&link->writable, NULL) != 0 || !backlog_add_message(&link->backlog, errand->query))
		return false;
	stop_idling(link);
	errand->link = link;
	errand->next = link->errands;
	link->errands = errand;
	link->errand_count++;
	return true;
}

static struct errand *make_errand(const struct effect *effect)
{
	struct errand *errand = calloc(1, sizeof *errand + effect->octets.size);
	if (errand == NULL)
		return NULL;
	memcpy(errand + 1, effect->octets.octets, effect->octets.size);
	errand->query = span_of(errand + 1, effect->octets.size);
	errand->exchange = effect->exchange;
	errand->id = (uint16_t)(errand->query.octets[0] << 8 | errand->query.octets[1]);
	return errand;
}

static enum exchange_failure failure_of(struct upstream_stream *upstream, int why)
{
	if (why == EMFILE || why == ENFILE || why == ENOMEM)
		worker_complain(upstream->worker, why);
	switch (why) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
	case EAGAIN:
	case EADDRNOTAVAIL:
		return EXCHANGE_NO_ROOM;
	case ECONNREFUSED:
		return EXCHANGE_CLOSED;
	default:
		return EXCHANGE_UNREACHABLE;
	}
}

bool upstream_stream_send(struct upstream_stream *upstream, const struct effect *effect,
			  enum exchange_failure *failure)
{
	struct errand *errand = effect->octets.size >= 2 ? make_errand(effect) : NULL;
	*failure = EXCHANGE_NO_ROOM;
	if (errand == NULL || !index_add(&upstream->exchanges, &errand->node, effect->exchange)) {
		worker_complain(upstream->worker, ENOMEM);
		free(errand);
		return false;
	}
	struct link *link = find_link(upstream, effect->server, errand->id);
	errand->joined = link != NULL;
	if (link == NULL)
		link = open_link(upstream, effect->server, false);
	if (link != NULL && put_errand(link, errand))
		return true;
	if (link == NULL)
		*failure = failure_of(upstream, errno);
	else
		rest_link(link);
	index_remove(&upstream->exchanges, &errand->node);
	free(errand);
	return false;
}

bool upstream_stream_cancel(struct upstream_stream *upstream, uint64_t exchange)
{
	struct index_node *node = index_first(&upstream->exchanges, exchange);
	if (node == NULL)
		return false;
	struct errand *errand = CONTAINER_OF(node, struct errand, node);
	struct link *link = errand->link;
	if (!errand->answered)
		index_remove(&upstream->servers, &link->node); /* silent, so far: nobody else shall wait here */
	remove_errand(errand);
	free(errand);
	rest_link(link);
	return true;
}

bool upstream_stream_spare(struct upstream_stream *upstream)
{
	struct link *link;
	LIST_FOREACH(link, &upstream->links, all) {
		if (is_idle(link) && !link->busy) {
			free_link(link);
			return true;
		}
	}
	return false;
}

/* The errand's link is lost. Once more, or over? */
static void retry_or_fail(struct upstream_stream *upstream, struct errand *errand, struct endpoint server, bool again)
{
	struct worker *worker = upstream->worker;
	enum exchange_failure failure = EXCHANGE_CLOSED;
	if (again) {
		errand->joined = false;
		struct link *link = open_link(upstream, server, true);
		if (link != NULL && put_errand(link, errand))
			return;
		failure = link == NULL ? failure_of(upstream, errno) : EXCHANGE_NO_ROOM;
		if (link != NULL)
			free_link(link);
	}
	uint64_t exchange = errand->exchange;
	index_remove(&upstream->exchanges, &errand->node);
	free(errand);
	engine_failed(worker->engine, worker->now, exchange, failure);
	worker_drain(worker);
}

static void lose_link(struct link *link)
{
	struct upstream_stream *upstream = link->upstream;
	link->lost = true;
	link->busy = true;
	while (link->errands != NULL) {
		struct errand *errand = link->errands;
		link->errands = errand->next;
		link->errand_count--;
		retry_or_fail(upstream, errand, link->server, errand->joined && link->connected);
	}
	free_link(link);
}

/* Ends an event of the link. */
static void settle_link(struct link *link)
{
	struct worker *worker = link->upstream->worker;
	link->busy = false;
	if (link->lost)
		lose_link(link);
	else if (link->errands == NULL && !is_idle(link))
		rest_link(link);
	worker_settle(worker);
}

static void take_reply(struct link *link, struct span reply)
{
	struct worker *worker = link->upstream->worker;
	struct errand *errand = reply.size >= 2 ? link->errands : NULL;
	while (errand != NULL && errand->id != (uint16_t)(reply.octets[0] << 8 | reply.octets[1]))
		errand = errand->next;
	if (errand == NULL) {
		/* Its exchange was cancelled; but a server that goes on talking only costs time. */
		link->lost |= ++link->strays > LIMIT_UPSTREAM_STREAM_PIPELINE;
		return;
	}
	errand->answered = true;
	engine_reply(worker->engine, worker->now, errand->exchange, link->server, reply);
	worker_drain(worker);
}

static void link_readable(evutil_socket_t fd, short what, void *context)
{
	struct link *link = context;
	struct worker *worker = link->upstream->worker;
	struct span reply;
	(void)what;
	worker_wake(worker);
	link->busy = true;
	enum frames_result result = frames_read(&link->frames, fd, worker->in, sizeof worker->in);
	while (!link->lost && frames_next(&link->frames, &reply))
		take_reply(link, reply);
	if (result == FRAMES_END || result == FRAMES_BROKEN || !frames_keep(&link->frames))
		link->lost = true;
	settle_link(link);
}

/* A server that ended may have answered before: what it said is read, and then the end is. */
static void stop_writing(struct link *link)
{
	index_remove(&link->upstream->servers, &link->node);
	backlog_free(&link->backlog);
	event_active(&link->readable, EV_READ, 0);
}

static void link_writable(evutil_socket_t fd, short what, void *context)
{
	struct link *link = context;
	(void)what;
	worker_wake(link->upstream->worker);
	if (backlog_send(&link->backlog, fd))
		link->connected = true;
	else
		stop_writing(link);
	if (backlog_size(&link->backlog) == 0)
		event_del(&link->writable);
	worker_settle(link->upstream->worker);
}

void upstream_stream_destroy(struct upstream_stream *upstream)
{
	if (upstream == NULL)
		return;
	while (!LIST_EMPTY(&upstream->links)) {
		struct link *link = LIST_FIRST(&upstream->links);
		while (link->errands != NULL) {
			struct errand *errand = link->errands;
			remove_errand(errand);
			free(errand);
		}
		free_link(link);
	}
	index_free(&upstream->exchanges);
	index_free(&upstream->servers);
	free(upstream);
}
