/* The clients of a world made from a seed. */
#include "records.h"
#include "run.h"

static unsigned int below(struct run *run, unsigned int bound)
{
	return rng_below(&run->internet.rng, bound);
}

static uint16_t draw_type(struct run *run, struct name name)
{
	static const uint16_t rare[] = { TYPE_NS, TYPE_SOA, TYPE_DS, TYPE_CNAME, TYPE_ANY, TYPE_DNSKEY, TYPE_DNAME, 4711 };
	const struct zone *zone = world_zone_of(&run->world, name, TYPE_A);
	const struct node *node = world_find(&run->world, zone, name);
	if (below(run, 12) == 0)
		return rare[below(run, 8)];
	if (node != NULL && node->sets != NULL && below(run, 4) > 0) {
		const struct set *set = node->sets;
		for (unsigned int i = below(run, 3); i > 0 && set->next != NULL; i--)
			set = set->next;
		if (set->type != TYPE_CNAME || below(run, 8) == 0)
			return set->type;
	}
	return below(run, 3) > 0 ? TYPE_A : records_any_type(&run->internet.rng);
}

/* Beside, below or above a name that is there. */
static struct name draw_name(struct run *run)
{
	char text[64];
	struct world *world = &run->world;
	struct name name = world->names[below(run, world->name_count)];
	switch (below(run, 12)) {
	case 0:
		return name_parent(name);
	case 1:
		return world_name(world, records_label(&run->internet.rng, text), name);
	case 2:
		return world_name(world, records_label(&run->internet.rng, text), name_parent(name));
	case 3:
		if (below(run, 4) > 0)
			return name;
		name = world_name(world, "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o", name);
		return below(run, 2) == 0 ? name : world_name(world, "1.2.3.4.5.6.7.8.9.10.11.12", name);
	default:
		return name;
	}
}

static struct name shuffle_case(struct run *run, struct name name)
{
	struct name copy = name_copy(&run->world.arena, name);
	uint8_t *octets = (uint8_t *)copy.octets;
	for (unsigned int at = 0; at < copy.size; at += 1u + octets[at])
		for (unsigned int i = 1; i <= octets[at]; i++) {
			uint8_t letter = octets[at + i] | 0x20;
			if (letter >= 'a' && letter <= 'z' && below(run, 2) == 0)
				octets[at + i] ^= 0x20;
		}
	return copy;
}

static struct question draw_question(struct run *run)
{
	if (run->query_count > 0 && below(run, 3) == 0) {
		struct question again = run->queries[below(run, run->query_count)]->question;
		if (below(run, 6) == 0)
			again.type = draw_type(run, again.name);
		return again;
	}
	struct question question = { .name = draw_name(run), .class = CLASS_IN };
	question.type = draw_type(run, question.name);
	if (below(run, 3) == 0)
		question.name = shuffle_case(run, question.name);
	return question;
}

static struct manner draw_manner(struct run *run)
{
	static const uint16_t sizes[] = { 512, 1232, 1232, 4096, 100, 65535 };
	struct manner manner = { .kind = CLIENT_PLAIN };
	manner.udp_size = below(run, 4) > 0 ? sizes[below(run, 6)] : CLIENT_EDNS_NONE;
	manner.stream = below(run, 6) == 0;
	manner.dnssec_ok = below(run, 2) == 0;
	manner.authentic_data = below(run, 4) == 0;
	manner.checking_disabled = below(run, 8) == 0;
	manner.resolver = below(run, run->internet.resolver_count);
	switch (below(run, 60)) {
	case 0:
	case 1:
		manner.kind = CLIENT_NO_RECURSION;
		break;
	case 2:
		manner.kind = CLIENT_OTHER_OPCODE;
		break;
	case 3:
		manner.kind = CLIENT_MALFORMED;
		break;
	default:
		break;
	}
	return manner;
}

/* A truncated answer is asked for again over TCP, as clients do. */
static void ask_truncated_again(struct run *run)
{
	unsigned int count = run->query_count;
	for (unsigned int i = 0; i < count; i++) {
		struct client_query *query = run->queries[i];
		if (!query->truncated)
			continue;
		struct manner manner = { .kind = query->kind,
					 .udp_size = query->udp_size,
					 .stream = true,
					 .dnssec_ok = query->dnssec_ok,
					 .authentic_data = query->authentic_data,
					 .checking_disabled = query->checking_disabled,
					 .resolver = query->resolver };
		query->truncated = false;
		run_ask(run, &query->question, &manner);
	}
}

static uint64_t draw_pause(struct run *run)
{
	static const uint32_t seconds[] = { 1, 2, 5, 5, 10, 20, 60, 61, 120, 300, 301, 600, 1800, 3600, 7200, 43200, 90000 };
	const struct world *world = &run->world;
	unsigned int epoch = world_epoch(world, run->internet.elapsed);
	if (epoch + 1 < world->epoch_count && below(run, 3) == 0) /* over the edge of an epoch */
		return world->epoch_at[epoch + 1] - run->internet.elapsed + below(run, 2500) * (uint64_t)TICKS_PER_MS;
	uint64_t pause = seconds[below(run, 17)] * (uint64_t)TICKS_PER_S;
	return pause + below(run, 1000) * (uint64_t)TICKS_PER_MS;
}

/* Between one question and the next. */
static void pause_a_while(struct run *run)
{
	unsigned int kind = below(run, 10);
	if (kind < 3) {
		run_pass(run, below(run, 60) * (uint64_t)TICKS_PER_MS);
		run->internet.sends.counting = false; /* the next is not alone */
		return;
	}
	run_calm(run);
	ask_truncated_again(run);
	run_calm(run);
	if (kind < 6)
		run_pass(run, draw_pause(run));
	run_calm(run); /* what the engine begins by itself */
	run->internet.sends.counting = true;
}

static void ask_once(struct run *run, unsigned int burst)
{
	struct question question = draw_question(run);
	for (unsigned int i = 0; i < burst && run->internet.fault[0] == '\0'; i++) {
		struct manner manner = draw_manner(run);
		if (question.type >= TYPE_IXFR && question.type <= TYPE_MAILA)
			manner.kind = CLIENT_TRANSFER;
		struct client_query *query = run_ask(run, &question, &manner);
		if (query != NULL && !query->answered && query->stream && below(run, 20) == 0) {
			query->gone = true;
			internet_client_gone(&run->internet.resolvers[query->resolver], query->handle);
		}
		if (burst > 1)
			run_pass(run, below(run, 30) * (uint64_t)TICKS_PER_MS);
	}
}

void run_questions(struct run *run, unsigned int count)
{
	run_calm(run);
	run->internet.sends.counting = true;
	for (unsigned int i = 0; i < count && run->internet.fault[0] == '\0';) {
		unsigned int burst = below(run, 6) == 0 ? 2 + below(run, 5) : 1;
		run->internet.sends.counting &= burst == 1;
		ask_once(run, burst);
		pause_a_while(run);
		i += burst;
	}
	run_close(run);
}
