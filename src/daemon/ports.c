#include "daemon/ports.h"

#include <stdio.h>

#define RANGE_FILE "/proc/sys/net/ipv4/ip_local_port_range"

struct ports ports_of_system(void)
{
	struct ports unknown = { .kernel_low = 1, .kernel_high = 0 }, ports = unknown;
	FILE *file = fopen(RANGE_FILE, "re");
	if (file == NULL)
		return unknown;
	bool read = fscanf(file, "%hu %hu", &ports.kernel_low, &ports.kernel_high) == 2;
	fclose(file);
	/* A range that goes below ours would make its ports likelier than they should be by a little. */
	return read && ports.kernel_low >= PORTS_LOW && ports.kernel_low <= ports.kernel_high ? ports : unknown;
}

uint16_t ports_draw_bound(struct rng *rng)
{
	return (uint16_t)(PORTS_LOW + rng_below(rng, PORTS_HIGH - PORTS_LOW + 1));
}

uint16_t ports_draw(const struct ports *ports, struct rng *rng)
{
	uint16_t port = ports_draw_bound(rng);
	return port >= ports->kernel_low && port <= ports->kernel_high ? 0 : port;
}
