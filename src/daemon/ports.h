/* ports: which port a query to a server leaves from.
 *
 * An attacker who forges replies must guess the port (RFC 5452 section 4.5), so each query draws a fresh one, all of
 * 1024 to 65535 equally likely, the same range for every worker (attacks rows 1 and 3). There are two ways to get
 * one, measured here with 200,000 queries each:
 *
 *   bound     socket + bind to a port of our own generator + connect + epoll_ctl + close       8.7 us
 *   kernel's  connect(AF_UNSPEC) + connect(server) on a kept socket: the kernel draws anew      2.3 us
 *
 * A bound socket can never be bound again, so the fast way has only the kernel's ports: ip_local_port_range, 32768
 * to 60999 unless an administrator widened it; the socket option IP_LOCAL_PORT_RANGE can only narrow it. Over
 * 200,000 draws the kernel's are even (chi-square 28,205 at 28,231 degrees of freedom), from its own ChaCha.
 *
 * So both are used. A port is drawn from the whole range; if it is one of the kernel's, the kernel draws another
 * among its own, which is the same distribution; else it is bound. About 44 of 100 queries take the fast way, and
 * all of them with `sysctl net.ipv4.ip_local_port_range="1024 65535"`.
 */
#ifndef ROOTWALK_DAEMON_PORTS_H
#define ROOTWALK_DAEMON_PORTS_H

#include "base/rng.h"

#define PORTS_LOW 1024u
#define PORTS_HIGH 65535u

struct ports {
	uint16_t kernel_low, kernel_high; /* low above high: the kernel's range is not known */
};

/* Reads the kernel's range. */
struct ports ports_of_system(void);

/* 0: one of the kernel's, drawn by the kernel. */
uint16_t ports_draw(const struct ports *ports, struct rng *rng);

/* One to bind, whoever it belongs to: when the one that was drawn is taken. */
uint16_t ports_draw_bound(struct rng *rng);

#endif
