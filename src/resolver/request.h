/* request: one question that is worked on, for as many clients as ask it meanwhile.
 *
 *	request_find      somebody is at it already?
 *	request_create    else begin
 *	request_run       as far as it gets without waiting; `over` afterwards: the result is there
 *	request_await     a client waits for the result
 *	request_close     the end: clients are answered, exchanges left, memory freed
 *
 * Two clocks: a client has its answer, SERVFAIL at worst, LIMIT_CLIENT_ANSWER_MS after it asked; the work goes on until
 * LIMIT_WORK_END_MS, so that the next one to ask finds a warm cache. One budget for all that is done here.
 *
 * A request owns an arena in which all its tasks live.
 */
#ifndef ROOTWALK_RESOLVER_REQUEST_H
#define ROOTWALK_RESOLVER_REQUEST_H

#include "dnssec/work.h"
#include "resolver/budget.h"
#include "resolver/chain.h"
#include "resolver/inside.h"
#include "resolver/ledger.h"
#include "resolver/passed.h"
#include "resolver/result.h"
#include "resolver/task.h"
#include "resolver/trace.h"
#include "resolver/verify.h"
#include "wire/msg.h"

struct address;
struct exchange;
struct lookup;
struct wait_list;

TAILQ_HEAD(client_list, client);
LIST_HEAD(fetch_list, fetch);

/* Who waits for an answer. Lives in the request's arena. */
struct client {
	struct index_node node; /* by handle */
	struct request *request;
	struct client_origin origin;
	uint64_t since;         /* ticks */
	uint64_t prefix_hash;   /* its network; counted in prefix_tally when `counted` */
	bool counted;
	bool internal;          /* engine_lookup: the story goes with the answer */
	uint16_t id, flags;
	struct span question;   /* as the client spelt it */
	struct edns edns;       /* spans are not kept */
	uint8_t cookie[8];      /* its client part */
	bool has_cookie;
	bool is_proven;         /* it showed a cookie of ours: the address is its own */
	TAILQ_ENTRY(client) link;
};

struct request {
	struct engine *engine;
	struct timer timer;
	struct index_node node; /* by question */
	bool found_by_question;
	struct question question; /* the name in lower case */
	bool cache_only;          /* RD was 0 */
	bool checking_disabled;   /* CD: nothing is validated */
	bool priming;
	bool rolling;             /* for rollover.h, which hears of its end */
	bool over;                /* the result is there */
	struct arena arena;
	struct budget budget;
	struct ledger ledger;
	struct work work;         /* of validation */
	struct checked_proof checked[LIMIT_PROOF_RRSETS]; /* those checked last that were good */
	unsigned int checked_count;
	unsigned int ds_probes;   /* questions for DS so far */
	struct trace *trace;      /* NULL: nobody wants the story */
	struct lookup *lookup;
	struct client_list clients; /* in the order of their coming */
	unsigned int client_count;
	uint64_t owner_hash;      /* the network that asked first, counted in owner_tally */
	bool owned;
	struct passed passed;     /* parts of names that were asked for and are no cuts */
	struct address *addresses; /* name servers whose addresses were looked up, found or not */
	struct chains chains;     /* of trust, running or over */
	struct fetch_list fetches; /* that wait for an exchange */
	struct task_list tasks;   /* that are ready */
	TAILQ_ENTRY(request) ready_link;
	bool ready;               /* in the engine's list of ready requests */
	TAILQ_ENTRY(request) age_link;
	uint64_t began;           /* ticks */
	uint8_t name[];           /* octets of question.name */
};

enum request_purpose {
	REQUEST_CLIENT,     /* joined by others who ask the same */
	REQUEST_CACHE_ONLY,
	REQUEST_STORY,      /* with its story */
	REQUEST_PRIMING,
	REQUEST_ROLLOVER,
	REQUEST_SIGNALLING, /* nobody waits for it */
};

struct request *request_find(const struct engine *engine, const struct question *question, bool checking_disabled);

/* NULL when out of memory or at LIMIT_REQUESTS. */
struct request *request_create(struct engine *engine, const struct question *question, enum request_purpose purpose,
			       bool checking_disabled);

/* Runs what is ready. */
void request_run(struct request *request);

const struct result *request_result(const struct request *request);

/* Copies the client, its question octets included; it is answered later. False when out of memory or when too many
 * wait already. The request can be found by its question from the first client on. */
bool request_await(struct request *request, const struct client *client);

/* Answers all clients with the result as it stands (SERVFAIL when there is none) and frees the request. */
void request_close(struct request *request);

/* The client wants no answer any more. */
void request_forget_client(struct client *client);

/* A deadline has come. */
void request_time_out(struct engine *engine, struct timer *timer);

/* The task can go on; called by whoever it waited for. */
void request_ready(struct task *task);

/* Takes the next request with ready tasks; NULL when there is none. */
struct request *request_take_ready(struct engine *engine);

/* Makes room when all places are taken: of the oldest slow ones, the one whose zone, server or network holds most. */
bool request_make_room(struct engine *engine);

#endif
