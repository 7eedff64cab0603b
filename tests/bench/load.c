/* load: a fixed number of DNS queries to one server over UDP, as fast as it answers or at a given rate.
 *
 * Queries are built once from a list of "NAME TYPE" lines and sent round and round from many connected sockets, with
 * sendmmsg and recvmmsg. Each socket has a window of slots; a slot is one query on the way, and its number is in the
 * lower bits of the ID, so a reply is matched without a search. Without a rate a slot is filled again as soon as it is
 * free: the server is never idle and never overrun. With a rate, queries have their appointed time, and latency counts
 * from then, whether or not the query could be sent in time.
 *
 * A query without an answer within the time-out is lost; it is not asked again. An answer is counted if its ID and
 * first label are the query's. The one line that comes out is "key=value ...": queries, answers by rcode, those with AD,
 * lost, wrong (answers that match nothing), seconds, answers per second, latency in microseconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define QUERY_MAX 300u
#define REPLY_MAX 4096u
#define BATCH 32u
#define RCODES 16u
#define SLOTS_MAX 4096u /* of one socket; the rest of the ID says which turn of the slot it is */

struct query {
	uint16_t size;
	uint8_t octets[QUERY_MAX];
};

struct slot {
	uint64_t sent; /* ns; 0 when free */
	uint32_t query;
	uint16_t id;
};

struct socket {
	int fd;
	struct slot *slots;
	uint32_t *free; /* stack of slot numbers */
	uint32_t free_count;
};

struct load {
	const struct query *queries;
	size_t query_count;
	struct socket *sockets;
	struct pollfd *polls;
	size_t socket_count;
	uint32_t window; /* slots of a socket, a power of two */
	uint64_t total;
	uint64_t timeout_ns;
	double rate; /* queries a second; 0 is as fast as answers come */
	uint64_t began;

	uint64_t sent, answered, lost, wrong, truncated, authentic;
	uint64_t rcodes[RCODES];
	uint32_t *latencies; /* one for each answer, in units of 0.1 us */
};

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *get_memory(size_t count, size_t size)
{
	void *memory = calloc(count, size);
	if (memory == NULL)
		die("memory");
	return memory;
}

static uint64_t now_ns(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* ---- queries ---- */

static const struct {
	const char *name;
	uint16_t type;
} types[] = { { "A", 1 },    { "NS", 2 },    { "CNAME", 5 }, { "SOA", 6 },  { "PTR", 12 }, { "MX", 15 },
	      { "TXT", 16 }, { "AAAA", 28 }, { "SRV", 33 },  { "DS", 43 }, { "ANY", 255 }, { "HTTPS", 65 } };

static uint16_t type_of(const char *word)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcasecmp(word, types[i].name) == 0)
			return types[i].type;
	return (uint16_t)atoi(strncasecmp(word, "TYPE", 4) == 0 ? word + 4 : word);
}

/* False for what is no name. Escapes are not known: no list has them. */
static bool write_query(struct query *query, const char *name, uint16_t type, bool edns, bool dnssec)
{
	static const uint8_t header[12] = { 0, 0, 1, 0, 0, 1 };
	uint8_t *at = query->octets;
	memcpy(at, header, sizeof header);
	at += sizeof header;
	while (*name != '\0' && strcmp(name, ".") != 0) {
		size_t size = strcspn(name, ".");
		if (size == 0 || size > 63 || at + size + 20 > query->octets + QUERY_MAX)
			return false;
		*at++ = (uint8_t)size;
		memcpy(at, name, size);
		at += size;
		name += size + (name[size] == '.');
	}
	const uint8_t rest[] = { 0, (uint8_t)(type >> 8), (uint8_t)type, 0, 1 };
	memcpy(at, rest, sizeof rest);
	at += sizeof rest;
	if (edns || dnssec) {
		const uint8_t opt[] = { 0, 0, 41, 1232 >> 8, 1232 & 255, 0, 0, dnssec ? 0x80 : 0, 0, 0, 0 };
		memcpy(at, opt, sizeof opt);
		at += sizeof opt;
		query->octets[11] = 1;
	}
	query->size = (uint16_t)(at - query->octets);
	return true;
}

static struct query *read_queries(const char *path, bool edns, bool dnssec, size_t *count)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char line[512], name[300], type[32];
	struct query *queries = NULL;
	size_t capacity = 0;
	if (file == NULL)
		die(path);
	*count = 0;
	while (fgets(line, sizeof line, file) != NULL) {
		int words = sscanf(line, "%299s %31s", name, type);
		if (words < 1)
			continue;
		if (*count == capacity) {
			capacity = capacity == 0 ? 1024 : 2 * capacity;
			queries = realloc(queries, capacity * sizeof *queries);
			if (queries == NULL)
				die("memory");
		}
		if (!write_query(&queries[*count], name, words == 2 ? type_of(type) : 1, edns, dnssec)) {
			fprintf(stderr, "load: %s: no name: %s\n", path, name);
			exit(1);
		}
		++*count;
	}
	if (*count == 0) {
		fprintf(stderr, "load: %s: no queries\n", path);
		exit(1);
	}
	return queries;
}

/* The order of the list can flatter a cache; a seed gives another one, the same each time. */
static void shuffle(struct query *queries, size_t count, uint64_t seed)
{
	for (size_t i = count; i > 1; i--) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		size_t j = (size_t)((seed >> 33) % i);
		struct query kept = queries[i - 1];
		queries[i - 1] = queries[j];
		queries[j] = kept;
	}
}

/* ---- sockets ---- */

static void open_sockets(struct load *load, const char *address, uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	if (inet_pton(AF_INET, address, &to.sin_addr) != 1) {
		fprintf(stderr, "load: %s is no IPv4 address\n", address);
		exit(1);
	}
	load->sockets = get_memory(load->socket_count, sizeof *load->sockets);
	load->polls = get_memory(load->socket_count, sizeof *load->polls);
	for (size_t i = 0; i < load->socket_count; i++) {
		struct socket *socket_ = &load->sockets[i];
		int buffer = 4 << 20;
		socket_->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (socket_->fd < 0)
			die("socket");
		setsockopt(socket_->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
		if (connect(socket_->fd, (struct sockaddr *)&to, sizeof to) != 0)
			die("connect");
		socket_->slots = get_memory(load->window, sizeof *socket_->slots);
		socket_->free = get_memory(load->window, sizeof *socket_->free);
		while (socket_->free_count < load->window) {
			socket_->slots[socket_->free_count].id = (uint16_t)socket_->free_count;
			socket_->free[socket_->free_count] = load->window - 1 - socket_->free_count;
			socket_->free_count++;
		}
		load->polls[i] = (struct pollfd){ .fd = socket_->fd, .events = POLLIN };
	}
}

static void release(struct load *load, struct socket *socket_, struct slot *slot)
{
	slot->sent = 0;
	slot->id = (uint16_t)(slot->id + load->window); /* an answer that comes late is the wrong turn's */
	socket_->free[socket_->free_count++] = (uint32_t)(slot - socket_->slots);
}

/* ---- sending ---- */

/* When the next query is due, in ns; 0 is at once. */
static uint64_t next_due(const struct load *load)
{
	return load->rate > 0 ? load->began + (uint64_t)((double)load->sent * 1e9 / load->rate) : 0;
}

/* Fills the free slots of a socket as far as queries are due. */
static void send_some(struct load *load, struct socket *socket_)
{
	static uint8_t octets[BATCH][QUERY_MAX];
	static struct mmsghdr messages[BATCH];
	static struct iovec vectors[BATCH];
	static struct slot *slots[BATCH];
	uint64_t now = now_ns();
	while (socket_->free_count > 0 && load->sent < load->total) {
		unsigned int count = 0;
		while (count < BATCH && socket_->free_count > 0 && load->sent < load->total &&
		       next_due(load) <= now) {
			struct slot *slot = &socket_->slots[socket_->free[--socket_->free_count]];
			slot->query = (uint32_t)(load->sent % load->query_count);
			slot->sent = load->rate > 0 ? next_due(load) : now;
			const struct query *query = &load->queries[slot->query];
			memcpy(octets[count], query->octets, query->size);
			octets[count][0] = (uint8_t)(slot->id >> 8);
			octets[count][1] = (uint8_t)slot->id;
			vectors[count] = (struct iovec){ octets[count], query->size };
			messages[count].msg_hdr = (struct msghdr){ .msg_iov = &vectors[count], .msg_iovlen = 1 };
			slots[count++] = slot;
			load->sent++;
		}
		if (count == 0)
			return;
		int done = sendmmsg(socket_->fd, messages, count, 0);
		if (done < 0 && errno != EAGAIN && errno != ECONNREFUSED && errno != ENOBUFS)
			die("sendmmsg");
		/* What the kernel did not take is lost, as on any network. */
		for (unsigned int i = done < 0 ? 0 : (unsigned int)done; i < count; i++) {
			load->lost++;
			release(load, socket_, slots[i]);
		}
		if (done < (int)count)
			return;
		now = now_ns();
	}
}

/* ---- receiving ---- */

static void take_reply(struct load *load, struct socket *socket_, const uint8_t *reply, size_t size, uint64_t now)
{
	if (size < 12 || (reply[2] & 0x80) == 0) {
		load->wrong++;
		return;
	}
	uint16_t id = (uint16_t)(reply[0] << 8 | reply[1]);
	struct slot *slot = &socket_->slots[id & (load->window - 1)];
	const struct query *query = &load->queries[slot->query];
	size_t label = query->octets[12] + 1u;
	if (slot->sent == 0 || slot->id != id || size < 12 + label ||
	    strncasecmp((const char *)reply + 12, (const char *)query->octets + 12, label) != 0) {
		load->wrong++;
		return;
	}
	uint64_t tenths = now > slot->sent ? (now - slot->sent) / 100 : 0;
	load->latencies[load->answered++] = tenths > UINT32_MAX ? UINT32_MAX : (uint32_t)tenths;
	load->rcodes[reply[3] & 15]++;
	load->truncated += (reply[2] & 2) != 0;
	load->authentic += (reply[3] & 0x20) != 0;
	release(load, socket_, slot);
}

static void receive_some(struct load *load, struct socket *socket_)
{
	static uint8_t octets[BATCH][REPLY_MAX];
	static struct mmsghdr messages[BATCH];
	static struct iovec vectors[BATCH];
	for (;;) {
		for (unsigned int i = 0; i < BATCH; i++) {
			vectors[i] = (struct iovec){ octets[i], REPLY_MAX };
			messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i], .msg_iovlen = 1 };
		}
		int count = recvmmsg(socket_->fd, messages, BATCH, MSG_DONTWAIT, NULL);
		if (count < 0 && errno != EAGAIN && errno != ECONNREFUSED && errno != EINTR)
			die("recvmmsg");
		uint64_t now = now_ns();
		for (int i = 0; i < count; i++)
			take_reply(load, socket_, octets[i], messages[i].msg_len, now);
		if (count < (int)BATCH)
			return;
	}
}

static void give_up_old(struct load *load, uint64_t now)
{
	for (size_t i = 0; i < load->socket_count; i++) {
		struct socket *socket_ = &load->sockets[i];
		for (uint32_t j = 0; j < load->window; j++) {
			struct slot *slot = &socket_->slots[j];
			if (slot->sent != 0 && now > slot->sent && now - slot->sent > load->timeout_ns) {
				load->lost++;
				release(load, socket_, slot);
			}
		}
	}
}

/* How long to wait for replies, in ns: until the next query is due, and never so long that a loss goes unseen. */
static struct timespec patience(const struct load *load)
{
	uint64_t wait = 10000000, now = now_ns(), due = next_due(load);
	if (load->rate > 0 && load->sent < load->total)
		wait = due <= now ? 0 : due - now < wait ? due - now : wait;
	return (struct timespec){ .tv_nsec = (long)wait };
}

static void run(struct load *load)
{
	uint64_t last_look = now_ns();
	prctl(PR_SET_TIMERSLACK, 1000); /* ns; 50,000 by default, which a latency should not contain */
	load->began = last_look;
	for (size_t i = 0; i < load->socket_count; i++)
		send_some(load, &load->sockets[i]);
	while (load->answered + load->lost < load->total) {
		struct timespec wait = patience(load);
		int ready = ppoll(load->polls, load->socket_count, &wait, NULL);
		if (ready < 0 && errno != EINTR)
			die("poll");
		for (size_t i = 0; i < load->socket_count; i++) {
			if (load->polls[i].revents != 0)
				receive_some(load, &load->sockets[i]);
			/* With a rate, queries go out by their time and take the sockets in turn. */
			if (load->polls[i].revents != 0 || load->rate > 0 || ready == 0)
				send_some(load, &load->sockets[(i + load->sent) % load->socket_count]);
		}
		uint64_t now = now_ns();
		if (now - last_look > 50000000) {
			give_up_old(load, now);
			last_look = now;
		}
	}
}

/* ---- the report ---- */

static int compare(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return one < other ? -1 : one > other;
}

static double percentile(const struct load *load, double part)
{
	if (load->answered == 0)
		return 0;
	return (double)load->latencies[(size_t)(part * (double)(load->answered - 1))] / 10;
}

static void report(struct load *load, double seconds)
{
	qsort(load->latencies, load->answered, sizeof *load->latencies, compare);
	uint64_t named = load->rcodes[0] + load->rcodes[2] + load->rcodes[3] + load->rcodes[5];
	printf("queries=%llu answered=%llu lost=%llu wrong=%llu noerror=%llu nxdomain=%llu servfail=%llu refused=%llu "
	       "other=%llu truncated=%llu authentic=%llu seconds=%.3f qps=%.0f p50=%.1f p95=%.1f p99=%.1f max=%.1f\n",
	       (unsigned long long)load->total, (unsigned long long)load->answered, (unsigned long long)load->lost,
	       (unsigned long long)load->wrong, (unsigned long long)load->rcodes[0],
	       (unsigned long long)load->rcodes[3], (unsigned long long)load->rcodes[2],
	       (unsigned long long)load->rcodes[5], (unsigned long long)(load->answered - named),
	       (unsigned long long)load->truncated, (unsigned long long)load->authentic, seconds, (double)load->answered / seconds, percentile(load, 0.5),
	       percentile(load, 0.95), percentile(load, 0.99), percentile(load, 1));
}

static const char help[] = "usage: load [OPTIONS] FILE\n"
			   "  FILE has lines of NAME [TYPE]; - is standard input\n"
			   "  -s ADDRESS  server (127.0.0.1)\n"
			   "  -p PORT     (53)\n"
			   "  -n COUNT    queries; default: each line once\n"
			   "  -o COUNT    queries on the way at once (512)\n"
			   "  -k COUNT    sockets (16)\n"
			   "  -r RATE     queries a second; default: as fast as answers come\n"
			   "  -t MS       time-out (2000)\n"
			   "  -e          with EDNS, 1232 octets\n"
			   "  -d          with EDNS and DO\n"
			   "  -x SEED     in another order\n";

static unsigned long number(const char *text, unsigned long min, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);
	if (*text == '\0' || *end != '\0' || value < min || value > max) {
		fprintf(stderr, "load: %s is not a number from %lu to %lu\n", text, min, max);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	struct load load = { .socket_count = 16, .timeout_ns = 2000000000u };
	const char *address = "127.0.0.1";
	unsigned long port = 53, outstanding = 512, seed = 0;
	bool edns = false, dnssec = false;
	for (int option; (option = getopt(argc, argv, "s:p:n:o:k:r:t:x:edh")) != -1;) {
		switch (option) {
		case 's': address = optarg; break;
		case 'p': port = number(optarg, 1, 65535); break;
		case 'n': load.total = number(optarg, 1, 1000000000); break;
		case 'o': outstanding = number(optarg, 1, 1000000); break;
		case 'k': load.socket_count = number(optarg, 1, 1000); break;
		case 'r': load.rate = (double)number(optarg, 1, 10000000); break;
		case 't': load.timeout_ns = number(optarg, 1, 600000) * 1000000u; break;
		case 'x': seed = number(optarg, 0, 1000000000); break;
		case 'e': edns = true; break;
		case 'd': dnssec = true; break;
		default: fputs(help, option == 'h' ? stdout : stderr); return option == 'h' ? 0 : 2;
		}
	}
	if (optind != argc - 1) {
		fputs(help, stderr);
		return 2;
	}
	struct query *queries = read_queries(argv[optind], edns, dnssec, &load.query_count);
	if (seed != 0)
		shuffle(queries, load.query_count, seed);
	load.queries = queries;
	if (load.total == 0)
		load.total = load.query_count;
	load.window = 1;
	while (load.window * 2 * load.socket_count <= outstanding && load.window < SLOTS_MAX)
		load.window *= 2;
	load.latencies = get_memory(load.total, sizeof *load.latencies);
	open_sockets(&load, address, (uint16_t)port);
	run(&load);
	report(&load, (double)(now_ns() - load.began) / 1e9);
	return 0;
}
