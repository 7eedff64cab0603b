/* null_responder: sends every datagram back with QR set.
 *
 * One thread, one socket, recvmmsg and sendmmsg in batches: what the kernel alone costs a DNS server. No resolver can
 * be cheaper, so the bench gives every figure as a multiple of this one's.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH 32u
#define DATAGRAM_MAX 1500u

static void die(const char *what)
{
	fprintf(stderr, "null_responder: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_socket(const char *address, uint16_t port)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(port) };
	int buffer = 4 << 20;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	if (inet_pton(AF_INET, address, &name.sin_addr) != 1) {
		errno = EINVAL;
		die(address);
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	if (bind(fd, (struct sockaddr *)&name, sizeof name) != 0)
		die("bind");
	return fd;
}

int main(int argc, char **argv)
{
	static uint8_t octets[BATCH][DATAGRAM_MAX];
	static struct sockaddr_in clients[BATCH];
	static struct mmsghdr messages[BATCH];
	static struct iovec vectors[BATCH];
	int port = argc == 3 ? atoi(argv[2]) : 0;
	if (port < 1 || port > 65535) {
		fputs("usage: null_responder ADDRESS PORT\n", stderr);
		return 2;
	}
	int fd = open_socket(argv[1], (uint16_t)port);
	for (;;) {
		for (size_t i = 0; i < BATCH; i++) {
			vectors[i] = (struct iovec){ octets[i], DATAGRAM_MAX };
			messages[i].msg_hdr = (struct msghdr){ .msg_name = &clients[i],
							       .msg_namelen = sizeof clients[i],
							       .msg_iov = &vectors[i],
							       .msg_iovlen = 1 };
		}
		int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
		if (count < 0 && errno != EINTR && errno != ECONNREFUSED)
			die("recvmmsg");
		if (count <= 0)
			continue;
		for (int i = 0; i < count; i++) {
			octets[i][2] |= 0x80;
			vectors[i].iov_len = messages[i].msg_len;
		}
		for (int sent = 0, done; sent < count; sent += done) {
			done = sendmmsg(fd, messages + sent, (unsigned int)(count - sent), 0);
			if (done <= 0)
				break;
		}
	}
}
