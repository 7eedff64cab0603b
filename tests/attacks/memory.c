/* What lies beneath: chance, hash tables, the cache at its limit. No server is asked. */
#include "attacks.h"

#include "base/index.h"
#include "daemon/ports.h"

#include <math.h>
#include <stdlib.h>

/* ---- 2: chance ---- */

#define PAIRS 1000000u
#define SIDE 256u

/* How far the counts are from even, in standard deviations of chi-square. */
static double unevenness(const uint32_t *counts, size_t cells, double total)
{
	double expected = total / (double)cells, chi = 0, freedom = (double)(cells - 1);
	for (size_t i = 0; i < cells; i++)
		chi += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
	return fabs(chi - freedom) / sqrt(2 * freedom);
}

/* (port, ID), and each with the one before it: what an observer could tell from the last query. */
static void play_chance(struct stage *stage, struct finding *finding)
{
	static uint32_t pairs[SIDE * SIDE], ports[SIDE * SIDE], ids[SIDE * SIDE];
	struct rng engine = rng_of_number(1), worker = rng_of_number(2);
	unsigned int last_port = 0, last_id = 0;
	(void)stage;
	finding->what = "standard deviations of chi-square over 10^6 pairs (3.3: p = 0.001)";
	finding->limit = 3.3;
	memset(pairs, 0, sizeof pairs);
	for (unsigned int i = 0; i < PAIRS; i++) {
		unsigned int id = rng_u16(&engine) / SIDE;
		unsigned int port = (ports_draw_bound(&worker) - PORTS_LOW) * SIDE / (PORTS_HIGH - PORTS_LOW + 1);
		pairs[port * SIDE + id]++;
		ports[last_port * SIDE + port]++;
		ids[last_id * SIDE + id]++;
		last_port = port;
		last_id = id;
	}
	finding->value = unevenness(pairs, SIDE * SIDE, PAIRS);
	finding->value = fmax(finding->value, unevenness(ports, SIDE * SIDE, PAIRS));
	finding->value = fmax(finding->value, unevenness(ids, SIDE * SIDE, PAIRS));
}

/* ---- 61: the cache at its limit ---- */

static void play_full_cache(struct stage *stage, struct finding *finding)
{
	static uint8_t value[2000];
	struct rng chance = rng_of_number(61);
	const size_t limit = 16u << 20;
	char *text = getenv("ATTACK_INSERTS");
	unsigned long inserts = text != NULL ? strtoul(text, NULL, 10) : 1000000;
	struct table *table = table_create(limit, (struct hash_key){ 7, 8 });
	finding->what = "memory of a cache under random inserts, by its limit";
	finding->limit = 1.15;
	size_t before = stage_memory(stage);
	for (unsigned long i = 0; i < inserts && table != NULL; i++) {
		uint8_t key[40];
		size_t size = 8 + rng_below(&chance, sizeof key - 8);
		rng_octets(&chance, key, size);
		table_put(table, span_of(key, size), span_of(value, rng_below(&chance, i % 8 ? 300 : sizeof value)), i / 100000,
			  i / 100000 + 1 + rng_below(&chance, 86400), 0);
		if (i % 1000 == 0) {
			double now = (double)(stage_memory(stage) - before) / (double)limit;
			finding->value = now > finding->value ? now : finding->value;
		}
	}
	if (table == NULL || (inserts >= 1000000 && table_count(table).octets < limit / 10 * 8))
		finding->value += 100; /* it was not full */
	table_destroy(table);
}

/* ---- 62: names made to collide ---- */

#define NAMES (1u << 20)
#define ALIKE 31u /* the lower 5 bits of the hash under the key that the attacker supposes */

static size_t longest_chain(const struct index *index)
{
	size_t longest = 0;
	for (size_t i = 0; i < index->bucket_count; i++) {
		size_t length = 0;
		for (const struct index_node *node = index->buckets[i]; node != NULL; node = node->next)
			length++;
		longest = length > longest ? length : longest;
	}
	return longest;
}

/* The next name whose hash ends in zeros under the attacker's key. */
static struct span craft(const struct hash_key *key, uint64_t *number, char name[32])
{
	for (;;) {
		int size = snprintf(name, 32, "%c%016llx%cevil", 16, (unsigned long long)++*number, 4);
		struct span octets = span_of(name, (size_t)size + 1);
		if ((hash_octets(key, octets) & ALIKE) == 0)
			return octets;
	}
}

static void play_collisions(struct stage *stage, struct finding *finding)
{
	const struct hash_key supposed = { 0, 0 };
	struct rng chance = rng_of_number(62);
	const struct hash_key ours = { rng_u64(&chance), rng_u64(&chance) };
	struct index_node *nodes = calloc(2 * (size_t)NAMES, sizeof *nodes);
	struct index index = index_of(), guessed = index_of();
	uint64_t number = 0;
	char name[32];
	finding->what = "longest chain of 2^20 names crafted for another key, at load 1";
	finding->limit = 31;
	for (unsigned int i = 0; i < NAMES && nodes != NULL; i++) {
		struct span octets = craft(&supposed, &number, name);
		if (!index_add(&index, &nodes[2 * i], hash_octets(&ours, octets)) ||
		    !index_add(&guessed, &nodes[2 * i + 1], hash_octets(&supposed, octets)))
			finding->value = 1000;
	}
	finding->value += (double)longest_chain(&index);
	if (longest_chain(&guessed) <= 31 || nodes == NULL)
		finding->value += 1000; /* then they were not crafted */
	(void)stage;
	index_free(&index);
	index_free(&guessed);
	free(nodes);
}

const struct attack memory_attacks[] = {
	{ 2, "ports and IDs told from those before", NULL, play_chance, NULL },
	{ 61, "random inserts into a full cache", NULL, play_full_cache, NULL },
	{ 62, "2^20 names made to collide", NULL, play_collisions, NULL },
};
const size_t memory_attack_count = sizeof memory_attacks / sizeof memory_attacks[0];
