/* message: a DNS message as a scenario describes it, and as ldns reads what the resolver says.
 *
 * The player must not believe the code it tests: what comes out of the resolver is read by ldns, what goes in is
 * written here, record by record, in the order and spelling of the scenario, without compression. Records are kept
 * one by one: nothing is merged, sorted or left out.
 */
#ifndef ROOTWALK_TESTS_REPLAY_MESSAGE_H
#define ROOTWALK_TESTS_REPLAY_MESSAGE_H

#include "text/present.h"
#include "wire/msg.h"

#include <ldns/ldns.h>

#define MESSAGE_FLAGS (FLAG_QR | FLAG_AA | FLAG_TC | FLAG_RD | FLAG_RA | FLAG_AD | FLAG_CD)

enum message_section { MESSAGE_ANSWER, MESSAGE_AUTHORITY, MESSAGE_ADDITIONAL, MESSAGE_SECTIONS };

struct record {
	struct presentable shown;
	struct span canonical; /* owner, type, class and RDATA; equal for records of equal value */
};

struct records {
	struct record *at;
	size_t count;
	size_t capacity;
};

struct message {
	uint16_t id;
	uint16_t flags; /* of MESSAGE_FLAGS */
	uint8_t opcode;
	uint16_t rcode; /* with the upper bits of OPT */
	bool has_question;
	struct question question;
	struct records sections[MESSAGE_SECTIONS]; /* without OPT */
	bool has_edns;
	uint8_t edns_version;
	uint16_t udp_size;
	bool dnssec_ok;
	struct span options; /* of OPT, as on the wire */
};

/* Adds a record that ldns read to the end of a section. False when out of memory or when the record is none. */
bool message_add(struct arena *arena, struct records *records, const ldns_rr *record);

/* Reads octets through ldns. NULL when they are well-formed, else why not. */
const char *message_read(struct span octets, struct arena *arena, struct message *message);

/* Size in octets; 0 when there is no room. */
size_t message_write(const struct message *message, uint8_t *octets, size_t capacity);

/* On one line: "QR RD RA NOERROR, www.example.com. IN A, answer: ...". Returns `text`. */
const char *message_to_text(const struct message *message, char *text, size_t size);

/* The code of an extended error (RFC 8914) among the options: the n-th from 0; EDE_NONE when there are no more. */
int message_ede(const struct message *message, unsigned int n);

#endif
