#include "run.h"

#include "story.h"
#include "wire/limits.h"

#include <stdlib.h>

#define TABLE_OCTETS (8u << 20)
#define DENIALS_OCTETS (256u << 10)
#define ANSWERS_OCTETS (1u << 20)
/* Work may have begun with the last question, and priming beside it with its end. */
#define CALM_TICKS ((2 * LIMIT_WORK_END_MS + 1000) * (uint64_t)TICKS_PER_MS)
#define ASKED_AGAIN_TICKS (LIMIT_WORK_END_MS * (uint64_t)TICKS_PER_MS)

static void write_log(void *context, enum log_level level, const char *line)
{
	const struct run *run = context;
	(void)level;
	story_line(&run->internet, "  log: %s", line);
}

static void make_hints(struct run *run)
{
	struct world *world = &run->world;
	struct delegation *hints = &run->hints;
	hints->zone = name_root;
	hints->ttl = 3600000;
	hints->servers = arena_alloc(&world->arena, world->server_count * sizeof *hints->servers);
	for (unsigned int i = 0; i < world->server_count; i++) {
		const struct server *server = &world->servers[i];
		if (server->home != &world->zones[0] || !host_serves(server->host, &world->zones[0]))
			continue;
		if (world->weather.hints > 0 && hints->count == world->weather.hints)
			break;
		struct name_server *hint = &hints->servers[hints->count++];
		hint->name = server->name;
		for (unsigned int j = 0; j < server->host->address_count; j++)
			hint->glue[hint->glue_count++] = server->host->addresses[j];
	}
}

static bool set_options(struct run *run)
{
	const struct weather *weather = &run->world.weather;
	if (!options_default(&run->options))
		return false;
	run->options.recursion_ipv6 = weather->ipv6 ? RECURSION_IPV6_TRUE : RECURSION_IPV6_FALSE;
	run->options.recursion_qname_minimisation = weather->minimise;
	run->options.recursion_case_randomisation = weather->case_random;
	run->options.answer_minimal = weather->minimal;
	return true;
}

static bool make_resolver(struct run *run, struct rng *rng)
{
	struct resolver *resolver = &run->internet.resolvers[run->internet.resolver_count];
	const char *problem = "out of memory";
	struct engine_setup setup = { .options = &run->options,
				      .table = run->table,
				      .denials = run->denials,
				      .hints = &run->hints,
				      .anchors = run->world.anchors,
				      .anchor_count = run->world.validated && !run->pretends ? run->world.anchor_count : 0,
				      .answers_octets = run->world.weather.finished ? ANSWERS_OCTETS : 0,
				      .log = { .sink = write_log, .context = run, .level = LOG_LEVEL_DEBUG } };
	if (run->internet.story == NULL)
		setup.log = (struct log){ 0 };
	rng_octets(rng, setup.seed, sizeof setup.seed);
	*resolver = (struct resolver){ .number = run->internet.resolver_count,
				       .internet = &run->internet,
				       .exchanges = index_of(),
				       .engine = engine_create(&setup, &problem) };
	if (resolver->engine == NULL) {
		internet_fault(&run->internet, "the engine cannot be made: %s", problem);
		return false;
	}
	run->internet.resolver_count++;
	return true;
}

static struct client_query *find_query(struct run *run, uint64_t handle)
{
	return handle < run->query_count ? run->queries[handle] : NULL;
}

static void judge(struct run *run, struct client_query *query, struct span octets, bool at_once)
{
	struct arena arena = arena_of(0);
	if (run->pretends)
		octets = liar_twist(&run->world, query, run->lie, octets, &arena);
	check_answer(&run->checker, query, octets, at_once);
	arena_free(&arena);
}

static void take_answer(void *context, struct resolver *resolver, uint64_t handle, struct span octets)
{
	struct run *run = context;
	struct client_query *query = find_query(run, handle);
	if (query == NULL || query->resolver != resolver->number)
		internet_fault(&run->internet, "an answer for a client that there is not");
	else
		judge(run, query, octets, false);
}

bool run_begin(struct run *run, FILE *story)
{
	struct rng rng = rng_of_number(run->world.seed ^ 0x656e67);
	struct hash_key key = { .k0 = rng_u64(&rng) };
	key.k1 = rng_u64(&rng);
	internet_begin(&run->internet, &run->world, story);
	run->internet.take_answer = take_answer;
	run->internet.context = run;
	oracle_begin(&run->oracle, &run->world);
	run->checker = (struct checker){ .internet = &run->internet, .oracle = &run->oracle, .pretends = run->pretends };
	story_world(&run->internet);
	make_hints(run);
	run->table = table_create(TABLE_OCTETS, key);
	run->denials = denials_create(DENIALS_OCTETS, key);
	if (run->table == NULL || run->denials == NULL || !set_options(run)) {
		internet_fault(&run->internet, "out of memory");
		return false;
	}
	for (unsigned int i = 0; i < (run->world.weather.two_engines ? 2u : 1u); i++) {
		if (!make_resolver(run, &rng))
			return false;
		internet_prime(&run->internet.resolvers[i]);
	}
	return true;
}

void run_end(struct run *run)
{
	internet_end(&run->internet);
	for (unsigned int i = 0; i < run->internet.resolver_count; i++)
		engine_destroy(run->internet.resolvers[i].engine);
	if (run->table != NULL)
		table_destroy(run->table);
	denials_destroy(run->denials);
	options_free(&run->options);
}

static struct span write_query(struct run *run, const struct question *question, const struct manner *manner,
			       size_t *question_end)
{
	uint8_t octets[512];
	struct builder builder = builder_of(octets, sizeof octets);
	struct msg_writer writer;
	uint16_t flags = manner->kind == CLIENT_NO_RECURSION ? 0 : FLAG_RD;
	if (manner->checking_disabled)
		flags |= FLAG_CD;
	if (manner->authentic_data)
		flags |= FLAG_AD;
	if (manner->kind == CLIENT_OTHER_OPCODE)
		flags |= OPCODE_STATUS << FLAGS_OPCODE_SHIFT;
	msg_begin(&writer, &builder, rng_u16(&run->internet.rng), flags);
	msg_question(&writer, question);
	*question_end = builder.size;
	if (manner->udp_size != CLIENT_EDNS_NONE) {
		struct edns edns = edns_none();
		edns.udp_size = manner->udp_size;
		edns.dnssec_ok = manner->dnssec_ok;
		msg_edns(&writer, &edns);
	}
	msg_end(&writer);
	if (manner->kind == CLIENT_MALFORMED)
		builder.size = HEADER_SIZE + 1 + rng_below(&run->internet.rng, (uint32_t)(*question_end - HEADER_SIZE - 1));
	return arena_copy(&run->world.arena, builder_written(&builder));
}

/* Since when work for this question may be under way. */
static uint64_t work_from(const struct run *run, const struct client_query *query)
{
	for (unsigned int i = 0; i < run->query_count; i++) {
		const struct client_query *other = run->queries[i];
		if (other->asked_at + ASKED_AGAIN_TICKS >= query->asked_at &&
		    question_equal(&other->question, &query->question))
			return other->asked_at;
	}
	return query->asked_at;
}

static void note_ent(struct run *run, struct name name)
{
	struct zone *zone = world_zone_of(&run->world, name, TYPE_A);
	unsigned int epoch = world_epoch(&run->world, run->internet.elapsed);
	zone->ent_asked |= oracle_denies_wrongly(&run->world, zone, name, epoch);
}

struct client_query *run_ask(struct run *run, const struct question *question, const struct manner *manner)
{
	static uint8_t answer[MSG_SIZE_MAX];
	static const uint8_t loopback[4] = { 127, 0, 0, 1 };
	struct client_query *query = ARENA_NEW(&run->world.arena, struct client_query);
	if (query == NULL || run->query_count == QUERIES_MAX)
		return NULL;
	*query = (struct client_query){ .handle = run->query_count,
					.kind = manner->kind,
					.question = *question,
					.udp_size = manner->udp_size,
					.stream = manner->stream,
					.dnssec_ok = manner->dnssec_ok && manner->udp_size != CLIENT_EDNS_NONE,
					.authentic_data = manner->authentic_data,
					.checking_disabled = manner->checking_disabled,
					.resolver = manner->resolver,
					.asked_at = run->internet.elapsed };
	query->octets = write_query(run, question, manner, &query->question_end);
	query->work_from = work_from(run, query);
	note_ent(run, question->name);
	query->expectation = oracle_expect(&run->oracle, question->name, question->type, run->internet.elapsed,
					   manner->checking_disabled);
	run->queries[run->query_count++] = query;
	struct resolver *resolver = &run->internet.resolvers[manner->resolver];
	struct client_origin origin = { .from = { .ip = ip_of_v4(loopback), .port = 40000 },
					.handle = query->handle,
					.stream = manner->stream };
	size_t size;
	bool silent;
	story_question(&run->internet, manner->resolver, query->handle, query->octets);
	if (internet_ask(resolver, &origin, query->octets, answer, manner->stream ? sizeof answer : 4096, &size, &silent))
		judge(run, query, span_of(answer, size), true);
	else if (silent && manner->kind == CLIENT_MALFORMED)
		query->answered = true;
	else if (silent)
		internet_fault(&run->internet, "client %llu gets nothing", (unsigned long long)query->handle);
	return query;
}

void run_pass(struct run *run, uint64_t ticks)
{
	internet_run(&run->internet, run->internet.elapsed + ticks);
}

static void check_calm(struct run *run)
{
	for (unsigned int i = 0; i < run->internet.resolver_count; i++) {
		const struct resolver *resolver = &run->internet.resolvers[i];
		if (resolver->exchanges.count > 0)
			internet_fault(&run->internet, "%zu exchanges were never cancelled", resolver->exchanges.count);
	}
	for (unsigned int i = 0; i < run->query_count; i++)
		if (!run->queries[i]->answered && !run->queries[i]->gone)
			internet_fault(&run->internet, "client %u is never answered", i);
}

void run_calm(struct run *run)
{
	if (run->internet.fault[0] != '\0')
		return;
	if (!internet_calm(&run->internet, CALM_TICKS))
		internet_fault(&run->internet, "work does not end");
	check_calm(run);
	memset(&run->internet.sends, 0, sizeof run->internet.sends);
}

void run_close(struct run *run)
{
	run_calm(run);
	for (unsigned int i = 0; i < run->internet.resolver_count; i++) {
		struct engine_counts counts = engine_count(run->internet.resolvers[i].engine);
		if (counts.requests != 0 || counts.exchanges != 0)
			internet_fault(&run->internet, "%llu requests and %llu exchanges are left",
				       (unsigned long long)counts.requests, (unsigned long long)counts.exchanges);
	}
}
