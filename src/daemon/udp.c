#include "daemon/udp.h"

#include "daemon/outbox.h"

#include <stdlib.h>

#define BATCH 32u
#define BATCHES_PER_WAKING 8u  /* then replies from servers have their turn */
#define QUERY_OCTETS 1536u     /* a longer query is cut, which makes it malformed */
#define STRIDE (QUERY_OCTETS + 64u) /* see outbox.c */
#define CONTROL_SIZE CMSG_SPACE(sizeof(struct in6_pktinfo))

struct arrival {
	union address from;
	struct iovec part;
	_Alignas(struct cmsghdr) uint8_t control[CONTROL_SIZE];
};

struct listener {
	struct udp *udp;
	int fd;
	bool is_wildcard; /* the destination of a query is not known without asking */
	struct event readable;
};

struct udp {
	struct worker *worker;
	struct mmsghdr heads[BATCH];
	struct arrival arrivals[BATCH];
	size_t listener_count;
	struct listener *listeners;
	uint8_t octets[BATCH * STRIDE];
};

/* Where the query was sent to; the answer must leave from there. */
static struct outbox_local read_local(const struct msghdr *head)
{
	struct outbox_local local = { .size = 0 };
	for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c != NULL; c = CMSG_NXTHDR((struct msghdr *)(uintptr_t)head, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&local.v4, CMSG_DATA(c), sizeof local.v4);
			local.v4.ipi_ifindex = 0; /* the route decides by which way */
			local.size = sizeof local.v4;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&local.v6, CMSG_DATA(c), sizeof local.v6);
			if (!IN6_IS_ADDR_LINKLOCAL(&local.v6.ipi6_addr))
				local.v6.ipi6_ifindex = 0;
			local.size = sizeof local.v6;
		}
	}
	return local;
}

static void wait_for_answer(struct worker *worker, const struct outbox_route *route)
{
	struct seat *seat = seats_take(&worker->seats, worker->now.ticks);
	seat->route = *route;
}

static void take_query(struct listener *listener, unsigned int index)
{
	struct udp *udp = listener->udp;
	struct worker *worker = udp->worker;
	const struct arrival *arrival = &udp->arrivals[index];
	const struct msghdr *head = &udp->heads[index].msg_hdr;
	struct client_origin origin = {
		.from = address_endpoint(&arrival->from),
		.handle = seats_next(&worker->seats, worker->now.ticks),
	};
	if (origin.from.port == 0)
		return;
	struct outbox_route route = { .fd = listener->fd, .to = arrival->from };
	if (listener->is_wildcard)
		route.local = read_local(head);
	bool silent = false;
	struct span query = span_of(arrival->part.iov_base, udp->heads[index].msg_len);
	size_t size = engine_query(worker->engine, worker->now, &origin, query, outbox_room(worker->outbox, listener->fd),
				   OUTBOX_OCTETS, &silent);
	if (size > 0)
		outbox_add(worker->outbox, &route, size);
	else if (!silent && origin.handle != 0)
		wait_for_answer(worker, &route);
	if (size == 0)
		worker_drain(worker);
}

/* What the kernel wrote over is put back. */
static void reset_heads(struct udp *udp, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		udp->heads[i].msg_hdr.msg_namelen = sizeof udp->arrivals[i].from;
		udp->heads[i].msg_hdr.msg_controllen = CONTROL_SIZE;
	}
}

static void queries_came(evutil_socket_t fd, short what, void *context)
{
	struct listener *listener = context;
	struct udp *udp = listener->udp;
	(void)what;
	for (unsigned int batch = 0; batch < BATCHES_PER_WAKING; batch++) {
		int got = recvmmsg(fd, udp->heads, BATCH, MSG_DONTWAIT, NULL);
		if (got <= 0)
			break;
		worker_wake(udp->worker);
		for (unsigned int i = 0; i < (unsigned int)got; i++)
			take_query(listener, i);
		outbox_flush(udp->worker->outbox);
		reset_heads(udp, (unsigned int)got);
		if ((unsigned int)got < BATCH)
			break;
	}
	worker_settle(udp->worker);
}

static bool listen_on(struct udp *udp, struct listener *listener, const struct listen_pair *pair)
{
	*listener = (struct listener){
		.udp = udp,
		.fd = pair->udp,
		.is_wildcard = address_is_wildcard(pair->endpoint.ip),
	};
	event_assign(&listener->readable, udp->worker->base, pair->udp, EV_READ | EV_PERSIST, queries_came, listener);
	if (event_add(&listener->readable, NULL) != 0)
		return false;
	udp->listener_count++;
	return true;
}

struct udp *udp_create(struct worker *worker)
{
	struct udp *udp = calloc(1, sizeof *udp);
	if (udp == NULL)
		return NULL;
	udp->worker = worker;
	for (unsigned int i = 0; i < BATCH; i++) {
		struct arrival *arrival = &udp->arrivals[i];
		arrival->part = (struct iovec){ .iov_base = udp->octets + i * STRIDE, .iov_len = QUERY_OCTETS };
		udp->heads[i].msg_hdr = (struct msghdr){ .msg_name = &arrival->from,
							 .msg_iov = &arrival->part,
							 .msg_iovlen = 1,
							 .msg_control = arrival->control };
	}
	reset_heads(udp, BATCH);
	udp->listeners = calloc(worker->setup.pair_count, sizeof *udp->listeners);
	bool made = udp->listeners != NULL;
	for (size_t i = 0; made && i < worker->setup.pair_count; i++)
		made = listen_on(udp, &udp->listeners[i], &worker->setup.pairs[i]);
	if (made)
		return udp;
	udp_destroy(udp);
	return NULL;
}

void udp_destroy(struct udp *udp)
{
	if (udp == NULL)
		return;
	for (size_t i = 0; i < udp->listener_count; i++)
		event_del(&udp->listeners[i].readable);
	free(udp->listeners);
	free(udp);
}

void udp_answer(struct udp *udp, struct seat *seat, struct span octets)
{
	if (octets.size > 0 && octets.size <= OUTBOX_OCTETS) {
		memcpy(outbox_room(udp->worker->outbox, seat->route.fd), octets.octets, octets.size);
		outbox_add(udp->worker->outbox, &seat->route, octets.size);
	}
	seats_leave(&udp->worker->seats, seat);
}
