#include "daemon/outbox.h"

#include <errno.h>
#include <stdlib.h>

/* One cache line more than a page: slots a page apart would all fall into the same few sets of the first cache. */
#define STRIDE (OUTBOX_OCTETS + 64)
#define CONTROL_SIZE CMSG_SPACE(sizeof(struct in6_pktinfo))

struct slot {
	union address to;
	struct iovec part;
	_Alignas(struct cmsghdr) uint8_t control[CONTROL_SIZE];
};

struct outbox {
	int fd;
	unsigned int count;
	struct mmsghdr heads[OUTBOX_SLOTS];
	struct slot slots[OUTBOX_SLOTS];
	uint8_t octets[OUTBOX_SLOTS * STRIDE];
};

struct outbox *outbox_create(void)
{
	struct outbox *outbox = calloc(1, sizeof *outbox);
	if (outbox == NULL)
		return NULL;
	outbox->fd = -1;
	for (size_t i = 0; i < OUTBOX_SLOTS; i++) {
		struct slot *slot = &outbox->slots[i];
		slot->part.iov_base = outbox->octets + i * STRIDE;
		outbox->heads[i].msg_hdr = (struct msghdr){ .msg_name = &slot->to, .msg_iov = &slot->part, .msg_iovlen = 1 };
	}
	return outbox;
}

void outbox_destroy(struct outbox *outbox)
{
	free(outbox);
}

uint8_t *outbox_room(struct outbox *outbox, int fd)
{
	if (outbox->count == OUTBOX_SLOTS || (outbox->count > 0 && outbox->fd != fd))
		outbox_flush(outbox);
	outbox->fd = fd;
	return outbox->slots[outbox->count].part.iov_base;
}

/* Names the address of ours that the answer leaves from. */
static void put_local(struct msghdr *head, struct slot *slot, const struct outbox_local *local)
{
	bool is_v6 = local->size == sizeof local->v6;
	struct cmsghdr *control = (struct cmsghdr *)(void *)slot->control;
	control->cmsg_level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	control->cmsg_type = is_v6 ? IPV6_PKTINFO : IP_PKTINFO;
	control->cmsg_len = CMSG_LEN(local->size);
	memcpy(CMSG_DATA(control), &local->v6, local->size);
	head->msg_control = slot->control;
	head->msg_controllen = CMSG_SPACE(local->size);
}

void outbox_add(struct outbox *outbox, const struct outbox_route *route, size_t size)
{
	struct slot *slot = &outbox->slots[outbox->count];
	struct msghdr *head = &outbox->heads[outbox->count].msg_hdr;
	slot->to = route->to;
	slot->part.iov_len = size;
	head->msg_namelen = address_size(&route->to);
	if (route->local.size > 0)
		put_local(head, slot, &route->local);
	else
		head->msg_controllen = 0;
	outbox->count++;
}

void outbox_flush(struct outbox *outbox)
{
	unsigned int sent = 0;
	while (sent < outbox->count) {
		int took = sendmmsg(outbox->fd, outbox->heads + sent, outbox->count - sent, MSG_DONTWAIT);
		if (took > 0)
			sent += (unsigned int)took;
		else if (errno == EAGAIN)
			break; /* the buffer of the socket is full: so is the next one's */
		else if (errno != EINTR)
			sent++; /* this client cannot be reached; the others can */
	}
	outbox->count = 0;
}
