#include "daemon/listen.h"

#include "daemon/address.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TCP_BACKLOG 1024
#define UDP_BUFFER_OCTETS (1 << 20) /* a burst waits here; the kernel lowers it to net.core.rmem_max */
#define TCP_BUFFER_OCTETS (64 << 10) /* else the kernel keeps megabytes for a client that does not read */

static void set(int fd, int level, int option, int value)
{
	/* A kernel that does not know an option is no reason not to serve. */
	(void)setsockopt(fd, level, option, &value, sizeof value);
}

/* So that an answer leaves from the address that was asked; one socket on one address does that by itself. */
static void ask_for_destination(int fd, struct ip ip)
{
	if (!address_is_wildcard(ip))
		return;
	if (ip.version == 6)
		set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	else
		set(fd, IPPROTO_IP, IP_PKTINFO, 1);
}

/* No fragment of an answer can be forged when its size follows from no ICMP message (attacks: fragment poisoning). */
static void ignore_path_mtu(int fd, struct ip ip)
{
	if (ip.version == 6)
		set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
	else
		set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
}

static int open_socket(struct endpoint endpoint, int type, bool shared)
{
	union address address = address_of(endpoint);
	int fd = socket(address_family(endpoint.ip), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (endpoint.ip.version == 6)
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (type == SOCK_STREAM)
		set(fd, SOL_SOCKET, SO_REUSEADDR, 1); /* connections of a run before this one may still linger */
	if (shared)
		set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (bind(fd, &address.any, address_size(&address)) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static int open_udp(struct endpoint endpoint)
{
	int fd = open_socket(endpoint, SOCK_DGRAM, true);
	if (fd < 0)
		return -1;
	set(fd, SOL_SOCKET, SO_RCVBUF, UDP_BUFFER_OCTETS);
	set(fd, SOL_SOCKET, SO_SNDBUF, UDP_BUFFER_OCTETS);
	ask_for_destination(fd, endpoint.ip);
	ignore_path_mtu(fd, endpoint.ip);
	return fd;
}

static int open_tcp(struct endpoint endpoint)
{
	int fd = open_socket(endpoint, SOCK_STREAM, true);
	if (fd < 0)
		return -1;
	/* Connections inherit both. */
	set(fd, SOL_SOCKET, SO_SNDBUF, TCP_BUFFER_OCTETS);
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (listen(fd, TCP_BACKLOG) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static const char *advice(int why)
{
	switch (why) {
	case EADDRINUSE:
		return "another program listens there";
	case EADDRNOTAVAIL:
		return "this machine has no such address";
	case EAFNOSUPPORT:
		return "this machine has no addresses of that kind";
	case EACCES:
	case EPERM:
		return "ports below 1024 need root or CAP_NET_BIND_SERVICE";
	case EMFILE:
	case ENFILE:
		return "too many open files; raise the limit (ulimit -n) or lower the number of workers";
	default:
		return strerror(why);
	}
}

static bool refuse(struct endpoint endpoint, const char *transport, char problem[LISTEN_PROBLEM_SIZE])
{
	int why = errno;
	char text[ENDPOINT_TEXT_SIZE];
	snprintf(problem, LISTEN_PROBLEM_SIZE, "cannot listen on %s over %s: %s", endpoint_to_text(endpoint, text),
		 transport, advice(why));
	return false;
}

/* Whether the address is there and free, all for ourselves. */
static bool try_alone(struct endpoint endpoint, int type, char problem[LISTEN_PROBLEM_SIZE])
{
	int fd = open_socket(endpoint, type, false);
	if (fd < 0)
		return refuse(endpoint, type == SOCK_DGRAM ? "UDP" : "TCP", problem);
	close(fd);
	return true;
}

static bool open_pair(struct listen_pair *pair, struct endpoint endpoint, char problem[LISTEN_PROBLEM_SIZE])
{
	*pair = (struct listen_pair){ .endpoint = endpoint, .udp = open_udp(endpoint), .tcp = -1 };
	if (pair->udp < 0)
		return refuse(endpoint, "UDP", problem);
	pair->tcp = open_tcp(endpoint);
	return pair->tcp >= 0 || refuse(endpoint, "TCP", problem);
}

static bool is_absent_loopback(struct endpoint endpoint)
{
	static const uint8_t loopback[16] = { [15] = 1 };
	if (!ip_equal(endpoint.ip, ip_of_v6(loopback)))
		return false;
	int fd = open_socket((struct endpoint){ .ip = endpoint.ip }, SOCK_DGRAM, false);
	if (fd < 0)
		return errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT;
	close(fd);
	return false;
}

/* The endpoints to open, tried one by one; the count, or 0 with a problem. */
static size_t choose(struct endpoint *chosen, const struct options *options, const struct log *log,
		     char problem[LISTEN_PROBLEM_SIZE])
{
	size_t count = 0;
	for (size_t i = 0; i < options->listen_count; i++) {
		struct endpoint endpoint = options->listen[i].endpoint;
		if (options->listen_count > 1 && is_absent_loopback(endpoint)) {
			log_warning(log, "this machine has no IPv6: not listening on ::1");
			continue;
		}
		if (!try_alone(endpoint, SOCK_DGRAM, problem) || !try_alone(endpoint, SOCK_STREAM, problem))
			return 0;
		chosen[count++] = endpoint;
	}
	if (count == 0)
		snprintf(problem, LISTEN_PROBLEM_SIZE, "there is no address to listen on");
	return count;
}

static bool open_all(struct listening *listening, const struct endpoint *chosen, char problem[LISTEN_PROBLEM_SIZE])
{
	size_t all = listening->count * listening->workers;
	for (size_t i = 0; i < all; i++)
		if (!open_pair(&listening->pairs[i], chosen[i % listening->count], problem))
			return false;
	return true;
}

bool listen_open(struct listening *listening, const struct options *options, size_t workers, const struct log *log,
		 char problem[LISTEN_PROBLEM_SIZE])
{
	*listening = (struct listening){ .workers = workers };
	struct endpoint *chosen = calloc(options->listen_count + 1, sizeof *chosen);
	struct listen_pair *pairs = calloc(workers * options->listen_count + 1, sizeof *pairs);
	bool opened = false;
	if (chosen == NULL || pairs == NULL) {
		snprintf(problem, LISTEN_PROBLEM_SIZE, "out of memory");
		free(pairs);
	} else {
		for (size_t i = 0; i < workers * options->listen_count; i++)
			pairs[i] = (struct listen_pair){ .udp = -1, .tcp = -1 };
		listening->pairs = pairs;
		listening->count = choose(chosen, options, log, problem);
		opened = listening->count > 0 && open_all(listening, chosen, problem);
	}
	free(chosen);
	if (!opened)
		listen_close(listening);
	return opened;
}

void listen_close(struct listening *listening)
{
	for (size_t i = 0; i < listening->count * listening->workers; i++) {
		if (listening->pairs[i].udp >= 0)
			close(listening->pairs[i].udp);
		if (listening->pairs[i].tcp >= 0)
			close(listening->pairs[i].tcp);
	}
	free(listening->pairs);
	*listening = (struct listening){ 0 };
}

const struct listen_pair *listen_of_worker(const struct listening *listening, size_t worker)
{
	return &listening->pairs[worker * listening->count];
}
