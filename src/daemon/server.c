#include "daemon/server.h"

#include "cache/denials.h"
#include "daemon/board.h"
#include "daemon/listen.h"
#include "daemon/places.h"
#include "daemon/signals.h"
#include "daemon/system.h"
#include "daemon/worker.h"
#include "resolver/limiter.h"
#include "wire/limits.h"

#include <event2/event.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define PROGRAM_OCTETS (6u << 20)
#define WORKER_OCTETS (3u << 20)
#define REQUEST_OCTETS (5u << 10) /* a question that waits, with its exchange and its client: measured (attacks row 46) */
#define WORKERS_MAX 256u

struct crew {
	struct worker *worker;
	pthread_t thread;
	bool running;
	atomic_bool failed;
};

struct server {
	const struct options *options;
	const struct delegation *hints;
	const struct trust *trust;
	const struct log *log;
	struct listening listening;
	struct table *table;
	struct denials *denials; /* NULL: switched off */
	struct places *places;
	struct board *board;
	struct limiter *limiter; /* NULL: rate.limit is false */
	struct hash_key cookie_secret;
	struct crew crew[WORKERS_MAX];
	size_t workers;
};

size_t server_workers(const struct options *options)
{
	cpu_set_t set;
	size_t count = options->workers;
	if (count == 0)
		count = sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
	return count < WORKERS_MAX ? count : WORKERS_MAX;
}

/* What workers need at their busiest is set aside; where that would be more than half, they have fewer places. */
struct server_shares server_shares_of(const struct options *options, size_t workers)
{
	uint64_t half = options->cache_size / 2, idle = PROGRAM_OCTETS + (uint64_t)workers * WORKER_OCTETS;
	uint64_t places = half > idle ? (half - idle) / workers / REQUEST_OCTETS : 0;
	places = places < LIMIT_REQUESTS_LEAST ? LIMIT_REQUESTS_LEAST : places < LIMIT_REQUESTS ? places : LIMIT_REQUESTS;
	uint64_t aside = idle + workers * places * REQUEST_OCTETS;
	size_t rest = (size_t)(options->cache_size - (aside < half ? aside : half));
	struct server_shares shares = { .answers = rest / 8 / workers, .requests = (unsigned int)places };
	if (options->dnssec_validation && options->dnssec_aggressive_nsec)
		shares.denials = rest / 16;
	shares.table = rest - shares.answers * workers - shares.denials;
	return shares;
}

/* Sockets for many lookups at once: as many as the administrator permits, not as many as a shell starts with. */
static void raise_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static bool make_shared(struct server *server, const struct server_shares *shares)
{
	const struct options *options = server->options;
	struct hash_key keys[5];
	if (!system_entropy(keys, sizeof keys)) {
		log_error(server->log, "the kernel gives no random octets (getrandom)");
		return false;
	}
	server->table = table_create(shares->table, keys[0]);
	server->cookie_secret = keys[2];
	server->places = places_create(options->tcp_max_clients, options->tcp_per_client, keys[1]);
	server->board = board_create();
	if (options->rate_limit != RATE_LIMIT_FALSE)
		server->limiter = limiter_create(options->rate_answers, keys[3]);
	if (shares->denials > 0)
		server->denials = denials_create(shares->denials, keys[4]);
	if (server->table != NULL && server->places != NULL && server->board != NULL &&
	    (server->denials != NULL || shares->denials == 0) &&
	    (server->limiter != NULL || options->rate_limit == RATE_LIMIT_FALSE))
		return true;
	log_error(server->log, "out of memory");
	return false;
}

/* In the thread of the first worker. */
static void anchors_changed(void *context, const struct effect *effect)
{
	struct server *server = context;
	if (!board_post(server->board, effect->trust_points, effect->trust_point_count))
		log_error(server->log, "workers do not know of new trust anchors: out of memory");
	for (size_t i = 1; i < server->workers; i++)
		worker_tell(server->crew[i].worker);
	if (server->trust->changed != NULL)
		server->trust->changed(server->trust->context, effect->trust_points, effect->trust_point_count);
}

static bool make_workers(struct server *server, const struct server_shares *shares)
{
	char problem[LISTEN_PROBLEM_SIZE];
	for (size_t i = 0; i < server->workers; i++) {
		struct worker_setup setup = {
			.options = server->options,
			.table = server->table,
			.denials = server->denials,
			.places = server->places,
			.limiter = server->limiter,
			.hints = server->hints,
			.trust = server->trust,
			.board = server->board,
			.follows = i == 0,
			.anchors_changed = i == 0 ? anchors_changed : NULL,
			.context = server,
			.log = server->log,
			.answers_octets = shares->answers,
			.requests = shares->requests,
			.cookie_secret = server->cookie_secret,
			.pairs = listen_of_worker(&server->listening, i),
			.pair_count = server->listening.count,
		};
		server->crew[i].worker = worker_create(&setup, problem);
		if (server->crew[i].worker == NULL) {
			log_error(server->log, "%s", problem);
			return false;
		}
	}
	return true;
}

/* A worker that fails ends the process: half a server would answer half of its clients. */
static void *work(void *context)
{
	struct crew *crew = context;
	if (!worker_run(crew->worker)) {
		atomic_store(&crew->failed, true);
		signals_stop();
	}
	return NULL;
}

static bool start_workers(struct server *server)
{
	for (size_t i = 0; i < server->workers; i++) {
		struct crew *crew = &server->crew[i];
		crew->running = pthread_create(&crew->thread, NULL, work, crew) == 0;
		if (!crew->running) {
			log_error(server->log, "cannot start a thread: %s", "the system permits no more of them");
			return false;
		}
	}
	return true;
}

/* True when no worker failed. */
static bool stop_workers(struct server *server)
{
	bool good = true;
	for (size_t i = 0; i < server->workers; i++)
		if (server->crew[i].running)
			worker_stop(server->crew[i].worker);
	for (size_t i = 0; i < server->workers; i++) {
		if (server->crew[i].running)
			pthread_join(server->crew[i].thread, NULL);
		if (atomic_load(&server->crew[i].failed))
			good = false;
	}
	return good;
}

static void say_start(const struct server *server)
{
	char text[ENDPOINT_TEXT_SIZE];
	const struct listen_pair *pairs = listen_of_worker(&server->listening, 0);
	for (size_t i = 0; i < server->listening.count; i++)
		log_info(server->log, "listening on %s, UDP and TCP", endpoint_to_text(pairs[i].endpoint, text));
	log_info(server->log, "serving with %zu %s and %llu MiB of memory", server->workers,
		 server->workers == 1 ? "worker" : "workers", (unsigned long long)(server->options->cache_size >> 20));
}

/* From open sockets to the end. */
static bool serve(struct server *server)
{
	struct server_shares shares = server_shares_of(server->options, server->workers);
	if (!make_shared(server, &shares) || !make_workers(server, &shares))
		return false;
	engine_prime(server->crew[0].worker->engine, server->crew[0].worker->now);
	bool good = start_workers(server);
	if (good) {
		say_start(server);
		const char *signal = signals_wait();
		log_info(server->log, "told to stop (%s)", signal);
	}
	if (!stop_workers(server)) {
		log_error(server->log, "the event loop of a worker failed");
		good = false;
	}
	return good;
}

bool server_run(const struct options *options, const struct delegation *hints, const struct trust *trust,
		const struct log *log)
{
	char problem[LISTEN_PROBLEM_SIZE];
	struct server *server = calloc(1, sizeof *server);
	if (server == NULL) {
		log_error(log, "out of memory");
		return false;
	}
	server->options = options;
	server->hints = hints;
	server->trust = trust;
	server->log = log;
	server->workers = server_workers(options);
	signals_block(); /* told to stop while starting, it stops as cleanly */
	raise_descriptors();
	bool good = listen_open(&server->listening, options, server->workers, log, problem);
	if (good)
		good = serve(server);
	else
		log_error(log, "%s", problem);
	for (size_t i = 0; i < server->workers; i++)
		worker_destroy(server->crew[i].worker);
	places_destroy(server->places);
	board_destroy(server->board);
	limiter_destroy(server->limiter);
	table_destroy(server->table);
	denials_destroy(server->denials);
	listen_close(&server->listening);
	free(server);
	libevent_global_shutdown();
	return good;
}
