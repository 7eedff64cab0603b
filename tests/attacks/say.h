/* say: replies of servers from lines of text. */
#ifndef ROOTWALK_TESTS_ATTACKS_SAY_H
#define ROOTWALK_TESTS_ATTACKS_SAY_H

#include "wire/msg.h"

struct response {
	uint8_t octets[MSG_SIZE_MAX];
	struct builder builder;
	struct msg_writer writer;
	struct arena *arena;
	uint16_t flags;    /* QR is set; AA, TC and the rcode are the server's */
	uint8_t extended_rcode; /* its upper bits */
	uint8_t cookie[40];
	size_t cookie_size;
	uint64_t delay;    /* ticks, beyond the way */
	bool silent, closed;
	void (*mangle)(uint8_t *octets, size_t *size); /* NULL, or the last word about the finished reply */
};

/* A name in the arena; text that is none ends the program. */
struct name say_name(struct arena *arena, const char *text);

/* A record: owner, type and target of NS, CNAME, DNAME, SRV; the address of A, AAAA; SOA and DS need none. */
void say(struct response *response, enum msg_section section, uint32_t ttl, const char *owner, uint16_t type,
	 const char *data);

/* The same with an owner in wire form. */
void say_of(struct response *response, enum msg_section section, uint32_t ttl, struct name owner, uint16_t type,
	    const char *data);

#endif
