/* check: is this answer to a client right in form and in truth?
 *
 * Form: the question as it was asked, ID, flags, size, OPT, extended error. Truth: the answer section is followed
 * link by link; each RRset must be a version that the world has or had, that some host has sent to a resolver, and
 * its TTL at most what was left of it since then. Nothing may stand there that the chain does not need.
 *
 * Security: AD stands where the client can understand it and the oracle calls the answer secure, and nowhere else; to
 * clients that set DO the signatures are there and good, and to others there are none.
 *
 * A fault is told to the internet, which keeps the first.
 */
#ifndef ROOTWALK_TESTS_SIM_CHECK_H
#define ROOTWALK_TESTS_SIM_CHECK_H

#include "internet.h"
#include "oracle.h"

#define CLIENT_EDNS_NONE 0u

enum client_kind {
	CLIENT_PLAIN,
	CLIENT_NO_RECURSION, /* RD is not set */
	CLIENT_OTHER_OPCODE, /* NOTIMP */
	CLIENT_MALFORMED,    /* FORMERR, or silence */
	CLIENT_TRANSFER,     /* AXFR and the like: an error, whichever */
};

#define EDE_REASON_SIZE 160u

struct client_query {
	uint64_t handle;
	enum client_kind kind;
	struct question question;
	struct span octets; /* as it was sent */
	size_t question_end;
	uint16_t udp_size;  /* of its OPT; CLIENT_EDNS_NONE: it has none */
	bool stream;
	bool dnssec_ok, authentic_data, checking_disabled;
	unsigned int resolver;
	uint64_t asked_at;  /* ticks */
	uint64_t work_from; /* ticks: work for this question may have begun so early */
	struct expectation expectation;
	bool answered, gone, truncated;
	uint16_t rcode; /* of the answer */
	bool secure;    /* it had AD */
	uint64_t answered_at; /* ticks */
	unsigned int records; /* in its answer section */
	uint32_t ttl; /* of the first RRset there */
	int ede;
	char reason[EDE_REASON_SIZE]; /* the text beside it */
};

struct checker {
	struct internet *internet;
	struct oracle *oracle;
	bool pretends; /* the resolver does not validate in truth (liar.h) */
	uint64_t answers, failures;
	uint64_t excused;  /* SERVFAIL where it was allowed and an answer was possible */
	uint64_t hopeless; /* and where none was */
	uint64_t doubtful;                   /* answers that could have been SERVFAIL */
	uint64_t secure, verified;           /* answers with AD; signatures in them that ldns found good */
};

/* `at_once`: it came out of engine_query itself. */
void check_answer(struct checker *checker, struct client_query *query, struct span octets, bool at_once);

#endif
