/* trial: an engine in a world in memory, that is asked questions while memory fails.
 *
 * A client may always be told SERVFAIL. Whatever else it is told must be right: the rcode, the records, and AD where the
 * answer is secure and nowhere else. The first thing that is not is the trial's fault.
 */
#ifndef ROOTWALK_TESTS_FAIL_TRIAL_H
#define ROOTWALK_TESTS_FAIL_TRIAL_H

#include "base/instant.h"
#include "base/ip.h"
#include "cache/delegations.h"
#include "config/options.h"
#include "wire/msg.h"

#define TRIAL_QUESTIONS_MAX 8u
#define ANSWERS_ANY (~0u)

/* How it is asked, and what comes out. */
#define ASKED_DO 1u
#define ASKED_CD 2u
#define IS_SECURE 4u   /* AD */
#define IS_KNOWN 8u    /* nobody is asked, when there is memory */
#define IS_TAMPERED 16u /* false data may be told */

struct trial_question {
	const char *name;
	uint16_t type;
	uint16_t rcode;
	unsigned int answers; /* records */
	unsigned int is;
};

/* The reply of this server to this query; its size, 0: silence. */
typedef size_t trial_server(struct endpoint server, bool stream, struct span query, uint8_t *octets, size_t capacity);

struct trial_world {
	struct delegation hints;
	const struct rrset *anchors;
	size_t anchor_count;
	int64_t wall; /* POSIX seconds */
	trial_server *reply;
};

/* The questions of one life. The first `known` are asked while there is memory. */
struct life {
	const char *name;
	const struct trial_world *world;
	const struct trial_question *questions;
	unsigned int count, known;
	bool told; /* the first question is asked by the program itself too, for its story */
};

/* What right answers say, as a life without failures has shown. */
struct truth {
	uint64_t data[TRIAL_QUESTIONS_MAX];
};

struct denials;
struct engine;
struct table;

struct trial {
	const struct options *options;
	const struct life *life;
	struct truth *truth;
	bool learning; /* the truth is being written */
	struct table *table;
	struct denials *denials;
	struct engine *engine;
	struct instant now;
	uint8_t answer[MSG_SIZE_MAX];
	size_t size;        /* of the answer; 0: none yet */
	bool silent;        /* there will be none */
	size_t told;        /* octets of its story */
	uint64_t handle;    /* of the newest client */
	uint64_t waits_for; /* whose answer is kept; 0: nobody's */
	uint64_t sent;      /* queries to servers */
	const char *fault;
	unsigned int question; /* the newest */
	unsigned int about;    /* the fault */
};

struct trial trial_of(const struct options *options, const struct life *life, struct truth *truth, bool learning);

/* False: out of memory. Either way to be ended. */
bool trial_begin(struct trial *trial);
void trial_end(struct trial *trial);

/* The questions from `first` to before `end`, and then until nothing is left to do. `must`: there is memory, and SERVFAIL is
 * no answer. */
void trial_ask(struct trial *trial, unsigned int first, unsigned int end, bool must);

void trial_pass(struct trial *trial, uint64_t ticks);
void trial_fault(struct trial *trial, const char *what);

#endif
