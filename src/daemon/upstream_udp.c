#include "daemon/upstream_udp.h"

#include "base/index.h"
#include "daemon/address.h"
#include "daemon/ports.h"
#include "wire/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BIND_TRIES 32u       /* ports drawn until a free one is found */
#define EVENTS 64u
#define PACKETS_PER_WAKING 16u /* of one exchange: a flood from a server's address has its turn like others */
#define SLOTS_CHUNK 256u
#define REPLY_OCTETS 65535u
#define SOURCES_MAX 64u

/* A socket and the exchange it serves. */
struct slot {
	struct index_node node; /* by exchange */
	uint64_t exchange;      /* valid while node.in */
	int fd;
	bool kept;              /* the kernel draws its port; it is used again */
	uint8_t source;
	struct slot *next;      /* free, or idle */
};

/* An address that queries leave from, and the idle sockets that do. */
struct source {
	struct ip ip; /* wildcard: the kernel chooses */
	struct slot *idle;
	unsigned int idle_count;
};

struct chunk {
	struct chunk *older;
	struct slot slots[SLOTS_CHUNK];
};

struct upstream_udp {
	struct worker *worker;
	struct ports ports;
	struct index exchanges;
	struct chunk *chunks;
	struct slot *free;
	struct source sources[SOURCES_MAX];
	unsigned int source_count;
	int epoll;
	struct event readable;
	uint8_t reply[REPLY_OCTETS];
};

static void packets_came(evutil_socket_t fd, short what, void *context);

/* The addresses of the options; for a family that has none there, the kernel's choice. */
static void set_sources(struct upstream_udp *upstream, const struct options *options)
{
	static const uint8_t zero[16];
	unsigned int of_family[2] = { 0 };
	for (size_t i = 0; i < options->recursion_source_address_count && i < SOURCES_MAX - 2; i++) {
		struct ip ip = options->recursion_source_address[i];
		upstream->sources[upstream->source_count++].ip = ip;
		of_family[ip.version == 6]++;
	}
	if (of_family[0] == 0)
		upstream->sources[upstream->source_count++].ip = ip_of_v4(zero);
	if (of_family[1] == 0)
		upstream->sources[upstream->source_count++].ip = ip_of_v6(zero);
}

struct upstream_udp *upstream_udp_create(struct worker *worker)
{
	struct upstream_udp *upstream = calloc(1, sizeof *upstream);
	if (upstream == NULL)
		return NULL;
	upstream->worker = worker;
	upstream->ports = ports_of_system();
	upstream->exchanges = index_of();
	set_sources(upstream, worker->setup.options);
	upstream->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (upstream->epoll >= 0) {
		event_assign(&upstream->readable, worker->base, upstream->epoll, EV_READ | EV_PERSIST, packets_came,
			     upstream);
		if (event_add(&upstream->readable, NULL) == 0)
			return upstream;
	}
	upstream_udp_destroy(upstream);
	return NULL;
}

void upstream_udp_destroy(struct upstream_udp *upstream)
{
	if (upstream == NULL)
		return;
	if (event_initialized(&upstream->readable))
		event_del(&upstream->readable);
	while (upstream->chunks != NULL) {
		struct chunk *older = upstream->chunks->older;
		for (unsigned int i = 0; i < SLOTS_CHUNK; i++)
			if (upstream->chunks->slots[i].fd >= 0)
				close(upstream->chunks->slots[i].fd);
		free(upstream->chunks);
		upstream->chunks = older;
	}
	if (upstream->epoll >= 0)
		close(upstream->epoll);
	index_free(&upstream->exchanges);
	free(upstream);
}

static bool add_chunk(struct upstream_udp *upstream)
{
	struct chunk *chunk = calloc(1, sizeof *chunk);
	if (chunk == NULL)
		return false;
	chunk->older = upstream->chunks;
	upstream->chunks = chunk;
	for (unsigned int i = SLOTS_CHUNK; i-- > 0;) {
		chunk->slots[i].fd = -1;
		chunk->slots[i].next = upstream->free;
		upstream->free = &chunk->slots[i];
	}
	return true;
}

static struct slot *take_free(struct upstream_udp *upstream)
{
	if (upstream->free == NULL && !add_chunk(upstream))
		return NULL;
	struct slot *slot = upstream->free;
	upstream->free = slot->next;
	return slot;
}

/* Closing takes the socket out of the epoll. */
static void close_slot(struct upstream_udp *upstream, struct slot *slot)
{
	if (slot->fd >= 0)
		close(slot->fd);
	slot->fd = -1;
	slot->next = upstream->free;
	upstream->free = slot;
}

static uint8_t choose_source(struct upstream_udp *upstream, uint8_t version)
{
	uint8_t fitting[SOURCES_MAX];
	unsigned int count = 0;
	for (unsigned int i = 0; i < upstream->source_count; i++)
		if (upstream->sources[i].ip.version == version)
			fitting[count++] = (uint8_t)i;
	return count == 1 ? fitting[0] : fitting[rng_below(&upstream->worker->rng, count)];
}

/* The port for a socket that is not kept. */
static bool bind_port(struct upstream_udp *upstream, int fd, struct ip source, uint16_t port)
{
	for (unsigned int tries = 0; tries < BIND_TRIES; tries++) {
		union address address = address_of((struct endpoint){ .ip = source, .port = port });
		if (bind(fd, &address.any, address_size(&address)) == 0)
			return true;
		if (errno != EADDRINUSE && errno != EACCES)
			return false;
		port = ports_draw_bound(&upstream->worker->rng);
	}
	return false;
}

/* The source address of a socket whose port the kernel draws at each connect. */
static bool bind_address(int fd, struct ip source)
{
	if (address_is_wildcard(source))
		return true;
	int on = 1;
	union address address = address_of((struct endpoint){ .ip = source });
	return setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0 &&
	       bind(fd, &address.any, address_size(&address)) == 0;
}

/* A new socket, bound to `port`, or with port 0 kept. NULL with errno. */
static struct slot *open_slot(struct upstream_udp *upstream, uint8_t source, uint16_t port)
{
	struct slot *slot = take_free(upstream);
	if (slot == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	struct ip ip = upstream->sources[source].ip;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = slot };
	slot->source = source;
	slot->kept = port == 0;
	slot->fd = socket(address_family(ip), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (slot->fd >= 0 && (slot->kept ? bind_address(slot->fd, ip) : bind_port(upstream, slot->fd, ip, port)) &&
	    epoll_ctl(upstream->epoll, EPOLL_CTL_ADD, slot->fd, &event) == 0)
		return slot;
	int why = errno;
	close_slot(upstream, slot);
	errno = why;
	return NULL;
}

static struct slot *take_idle(struct source *source)
{
	struct slot *slot = source->idle;
	if (slot == NULL)
		return NULL;
	source->idle = slot->next;
	source->idle_count--;
	return slot;
}

static struct slot *take_slot(struct upstream_udp *upstream, uint8_t version)
{
	uint8_t source = choose_source(upstream, version);
	uint16_t port = ports_draw(&upstream->ports, &upstream->worker->rng);
	struct slot *slot = port == 0 ? take_idle(&upstream->sources[source]) : NULL;
	if (slot == NULL)
		slot = open_slot(upstream, source, port);
	if (slot == NULL && (errno == EMFILE || errno == ENFILE) && worker_spare(upstream->worker))
		slot = open_slot(upstream, source, port);
	return slot;
}

bool upstream_udp_spare(struct upstream_udp *upstream)
{
	for (unsigned int i = 0; i < upstream->source_count; i++) {
		struct slot *slot = take_idle(&upstream->sources[i]);
		if (slot != NULL) {
			close_slot(upstream, slot);
			return true;
		}
	}
	return false;
}

/* Gives the port back and throws away what came for it. False when that is not possible. */
static bool disconnect(struct upstream_udp *upstream, struct slot *slot)
{
	struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	if (connect(slot->fd, &nobody, sizeof nobody) != 0)
		return false;
	for (unsigned int i = 0; i < PACKETS_PER_WAKING; i++)
		if (recv(slot->fd, upstream->reply, 1, MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
	return false;
}

static void release(struct upstream_udp *upstream, struct slot *slot)
{
	struct source *source = &upstream->sources[slot->source];
	index_remove(&upstream->exchanges, &slot->node);
	if (slot->kept && source->idle_count < LIMIT_UPSTREAM_SOCKETS_IDLE && disconnect(upstream, slot)) {
		slot->next = source->idle;
		source->idle = slot;
		source->idle_count++;
	} else {
		close_slot(upstream, slot);
	}
}

static enum exchange_failure failure_of(struct upstream_udp *upstream, int why)
{
	switch (why) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		worker_complain(upstream->worker, why);
		return EXCHANGE_NO_ROOM;
	case ENOBUFS:
	case EAGAIN:
	case EADDRINUSE:
	case EADDRNOTAVAIL:
		return EXCHANGE_NO_ROOM;
	default:
		return EXCHANGE_UNREACHABLE;
	}
}

/* Connects the slot and sends. 0, or why not. */
static int send_query(struct slot *slot, const struct effect *effect)
{
	union address server = address_of(effect->server);
	if (connect(slot->fd, &server.any, address_size(&server)) != 0)
		return errno;
	if (send(slot->fd, effect->octets.octets, effect->octets.size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return errno;
	return 0;
}

bool upstream_udp_send(struct upstream_udp *upstream, const struct effect *effect, enum exchange_failure *failure)
{
	struct slot *slot = take_slot(upstream, effect->server.ip.version);
	if (slot == NULL) {
		*failure = failure_of(upstream, errno);
		return false;
	}
	int why = send_query(slot, effect);
	if (why == 0 && !index_add(&upstream->exchanges, &slot->node, effect->exchange))
		why = ENOMEM;
	if (why != 0) {
		release(upstream, slot);
		*failure = failure_of(upstream, why);
		return false;
	}
	slot->exchange = effect->exchange;
	return true;
}

static struct slot *find_slot(struct upstream_udp *upstream, uint64_t exchange)
{
	struct index_node *node = index_first(&upstream->exchanges, exchange);
	return node != NULL ? CONTAINER_OF(node, struct slot, node) : NULL;
}

bool upstream_udp_cancel(struct upstream_udp *upstream, uint64_t exchange)
{
	struct slot *slot = find_slot(upstream, exchange);
	if (slot != NULL)
		release(upstream, slot);
	return slot != NULL;
}

static void fail_exchange(struct upstream_udp *upstream, struct slot *slot, int why)
{
	uint64_t exchange = slot->exchange;
	release(upstream, slot);
	engine_failed(upstream->worker->engine, upstream->worker->now, exchange, failure_of(upstream, why));
}

/* Reads what is there for the slot's exchange, until that is over. */
static void read_slot(struct upstream_udp *upstream, struct slot *slot)
{
	struct worker *worker = upstream->worker;
	uint64_t exchange = slot->exchange;
	for (unsigned int i = 0; i < PACKETS_PER_WAKING && slot->node.in && slot->exchange == exchange; i++) {
		union address from = { .v6 = { 0 } };
		socklen_t from_size = sizeof from;
		ssize_t size = recvfrom(slot->fd, upstream->reply, REPLY_OCTETS, MSG_DONTWAIT, &from.any, &from_size);
		if (size < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (size < 0)
			fail_exchange(upstream, slot, errno);
		else
			engine_reply(worker->engine, worker->now, exchange, address_endpoint(&from),
				     span_of(upstream->reply, (size_t)size));
		worker_drain(worker);
	}
}

static void packets_came(evutil_socket_t fd, short what, void *context)
{
	struct upstream_udp *upstream = context;
	struct epoll_event events[EVENTS];
	(void)what;
	worker_wake(upstream->worker);
	int count = epoll_wait(fd, events, EVENTS, 0);
	for (int i = 0; i < count; i++) {
		/* The slot of an event may have been released since, even given to another exchange: then reading
		 * finds nothing, or what is for that one. */
		struct slot *slot = events[i].data.ptr;
		if (slot->node.in)
			read_slot(upstream, slot);
	}
	worker_settle(upstream->worker);
}
