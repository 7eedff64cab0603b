/* msg: DNS messages (RFC 1035 section 4), read into RRsets and written from them.
 *
 * Reading is in two steps. `query_read` looks only at header, question and OPT: all that a client's query needs,
 * without allocation. `msg_read` reads a whole reply into an arena and groups its records into RRsets, section by
 * section, RRSIGs with what they cover. Neither trusts anything: counts, lengths and names are checked, and what
 * is malformed is refused whole.
 */
#ifndef ROOTWALK_WIRE_MSG_H
#define ROOTWALK_WIRE_MSG_H

#include "base/arena.h"
#include "base/builder.h"
#include "wire/compress.h"
#include "wire/edns.h"
#include "wire/name.h"
#include "wire/rrset.h"

#define HEADER_SIZE 12u
#define MSG_SIZE_MAX 65535u

enum header_flag {
	FLAG_QR = 0x8000,
	FLAG_AA = 0x0400,
	FLAG_TC = 0x0200,
	FLAG_RD = 0x0100,
	FLAG_RA = 0x0080,
	FLAG_Z = 0x0040,
	FLAG_AD = 0x0020,
	FLAG_CD = 0x0010,
};

#define FLAGS_OPCODE_SHIFT 11
#define FLAGS_RCODE_MASK 0x000fu

struct header {
	uint16_t id;
	uint16_t flags; /* with opcode and rcode in it */
	uint16_t questions, answers, authorities, additionals;
};

static inline uint8_t header_opcode(const struct header *header)
{
	return (header->flags >> FLAGS_OPCODE_SHIFT) & 0xf;
}

/* False when there are not even 12 octets. */
bool header_read(struct span octets, struct header *header);

struct question {
	struct name name; /* its case as it came */
	uint16_t type;
	uint16_t class;
};

/* The name of a message's question, which is never compressed: before it stands only the header, and what a pointer
 * finds there is another name as soon as ID, flags or counts change. */
bool question_name_read(struct cursor *message, struct name_buffer *buffer, struct name *name);

/* Name and type and class, the name case-blind. */
bool question_equal(const struct question *a, const struct question *b);

/* A client's query. */
enum query_form {
	QUERY_GOOD,
	QUERY_NO_HEADER, /* shorter than a header: say nothing */
	QUERY_IS_REPLY,  /* QR is set: say nothing */
	QUERY_MALFORMED, /* a header can be read, the rest not: FORMERR */
};

struct query {
	struct header header;
	struct question question;     /* of QUERY_GOOD with header.questions == 1 */
	struct name_buffer name;      /* holds question.name */
	size_t question_end;          /* offset behind the question */
	struct edns edns;             /* spans point into the octets read */
};

/* QUERY_GOOD says that header, all questions and records are well-formed in their outline (names and lengths);
 * opcodes other than QUERY are judged by the caller, from the header, and their body is not read. Records other
 * than one OPT in additional are skipped. More than one question, or two OPTs: malformed. */
enum query_form query_read(struct span octets, struct query *query);

/* The OPT of any message, its records read in their outline only: without one, `edns` is edns_none(). Spans point into
 * the octets. False when malformed. */
bool msg_find_edns(struct span octets, struct edns *edns);

/* One section of a reply: its RRsets in the order of their first record. */
struct section {
	struct rrset *rrsets;
	size_t count;
};

struct msg {
	struct header header;
	uint16_t rcode; /* with the OPT's upper bits */
	struct question question; /* name zeroed when header.questions == 0 */
	struct section answer, authority, additional; /* OPT is not among them */
	struct edns edns;
	size_t size; /* octets of the message */
};

/* Reads all into the arena (nothing points into `octets` but edns spans). False when malformed or out of memory;
 * `*msg` then holds what could be read of the header. Equal records are kept once. RRSIGs without the RRset they
 * cover in the same section become an RRset of type RRSIG, behind the others. An RRset of more than
 * LIMIT_RRSET_RECORDS is there in part and `oversized`. Records of any class are kept. What follows the last record
 * is not looked at (as BIND and Unbound do). */
bool msg_read(struct span octets, struct arena *arena, struct msg *msg);

/* The RRset of a section in class IN, or NULL. */
const struct rrset *section_find(const struct section *section, struct name owner, uint16_t type);

/* Writes a message record by record into a builder that starts empty. */
struct msg_writer {
	struct builder *builder;
	struct compress compress;
	uint16_t counts[4];
};

enum msg_section { SECTION_QUESTION, SECTION_ANSWER, SECTION_AUTHORITY, SECTION_ADDITIONAL };

void msg_begin(struct msg_writer *writer, struct builder *builder, uint16_t id, uint16_t flags);
void msg_question(struct msg_writer *writer, const struct question *question);

/* A whole RRset or nothing of it: false (and nothing written) when it does not fit. `ttl` goes to every record.
 * With `signatures` its RRSIGs follow. */
bool msg_rrset(struct msg_writer *writer, enum msg_section section, const struct rrset *rrset, uint32_t ttl,
	       bool signatures);

void msg_edns(struct msg_writer *writer, const struct edns *edns);
void msg_set_flags(struct msg_writer *writer, uint16_t flags);

/* Writes the counts into the header; false when the builder overflowed. */
bool msg_end(struct msg_writer *writer);

#endif
