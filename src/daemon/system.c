#include "daemon/system.h"

#include "daemon/address.h"

#include <errno.h>
#include <sys/random.h>
#include <unistd.h>

#define SOMEWHERE "2001:500:200::b" /* b.root-servers.net */

static struct timespec read_clock(clockid_t id)
{
	struct timespec time = { 0 };
	(void)clock_gettime(id, &time); /* cannot fail for the clocks of this file on any Linux */
	return time;
}

struct instant system_now(enum cache_clock clock)
{
	struct timespec even = read_clock(CLOCK_MONOTONIC);
	struct timespec wall = read_clock(CLOCK_REALTIME);
	struct timespec age = clock == CACHE_CLOCK_WALL ? wall : read_clock(CLOCK_BOOTTIME);
	return (struct instant){
		.ticks = (uint64_t)even.tv_sec * TICKS_PER_S + (uint64_t)even.tv_nsec / 1000,
		.age = (uint64_t)age.tv_sec,
		.wall = (int64_t)wall.tv_sec,
	};
}

struct timespec system_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

/* Connecting a UDP socket only looks up the route. */
bool system_has_ipv6(void)
{
	struct endpoint somewhere = { .port = 53 };
	if (!ip_of_text(SOMEWHERE, &somewhere.ip))
		return false;
	union address address = address_of(somewhere);
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && connect(fd, &address.any, address_size(&address)) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

void system_settle(struct options *options)
{
	if (options->recursion_ipv6 == RECURSION_IPV6_AUTO)
		options->recursion_ipv6 = system_has_ipv6() ? RECURSION_IPV6_TRUE : RECURSION_IPV6_FALSE;
}

bool system_entropy(void *into, size_t size)
{
	uint8_t *at = into;
	while (size > 0) {
		ssize_t got = getrandom(at, size, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		size -= (size_t)got;
	}
	return true;
}
