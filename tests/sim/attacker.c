#include "attacker.h"

#include "poison.h"

#define FORGERY_SIZE 1024u

/* Turns the case of one letter; false when there is none. */
static bool turn_case(struct span forgery, const struct question *question)
{
	uint8_t *at = (uint8_t *)forgery.octets + HEADER_SIZE;
	for (unsigned int i = 0; i < question->name.size; i++)
		if ((at[i] >= 'a' && at[i] <= 'z') || (at[i] >= 'A' && at[i] <= 'Z')) {
			at[i] ^= 0x20;
			return true;
		}
	return false;
}

static bool is_mixed(const struct name name)
{
	for (unsigned int i = 0; i < name.size; i++)
		if (name.octets[i] >= 'A' && name.octets[i] <= 'Z')
			return true;
	return false;
}

/* Makes the forgery wrong in one thing. False: nothing would be wrong about it. */
static bool spoil(struct internet *internet, const struct query *query, const struct host *host, uint8_t *octets,
		  size_t size, struct endpoint *from)
{
	struct weather *weather = &internet->world->weather;
	uint8_t change;
	switch (rng_below(&internet->rng, 6)) {
	case 0:
	case 1:
		change = (uint8_t)(1 + rng_below(&internet->rng, 255));
		octets[rng_below(&internet->rng, 2)] ^= change; /* ID */
		return true;
	case 2: /* 0x20: only where the resolver still uses it for this host */
		return weather->case_random && host->mood != MOOD_LOWERCASE && is_mixed(query->question.name) &&
		       turn_case(span_of(octets, size), &query->question);
	case 3:
		from->ip.octets[3] ^= 0x40;
		return true;
	case 4:
		from->port = (uint16_t)(from->port + 1);
		return true;
	default:
		octets[2] &= 0x7f; /* QR */
		return true;
	}
}

void attacker_race(struct resolver *resolver, const struct effect *effect, const struct query *query,
		   const struct host *host)
{
	struct internet *internet = resolver->internet;
	uint8_t octets[FORGERY_SIZE];
	if (internet->world->weather.attack == 0 || rng_below(&internet->rng, 1000) >= internet->world->weather.attack)
		return;
	for (unsigned int i = 1 + rng_below(&internet->rng, 3); i > 0; i--) {
		struct endpoint from = effect->server;
		struct question question = query->question;
		if (rng_below(&internet->rng, 8) == 0)
			question.type = TYPE_PTR;
		size_t size = poison_answer(internet->world, &question, query->header.id, octets, sizeof octets);
		if (size == 0 || (question.type == query->question.type &&
				  !spoil(internet, query, host, octets, size, &from)))
			continue;
		internet->counts.forged++;
		internet_deliver(resolver, effect->exchange, from, 1 + rng_below(&internet->rng, 1500), span_of(octets, size));
	}
}
