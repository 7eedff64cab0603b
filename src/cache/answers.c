#include "cache/answers.h"

#include "base/builder.h"
#include "base/cursor.h"
#include "cache/store.h"
#include "wire/limits.h"
#include "wire/msg.h"

#include <stdlib.h>


struct answers {
	struct hash_key key;
	struct store *store;
};

/* What stands before the places of TTLs and the tail in a value. */
struct head {
	uint32_t since; /* age when it was kept */
	uint16_t flags;
	uint16_t counts[3];
	int16_t ede;
	uint16_t ttl_count;
};

struct lookup_key {
	uint8_t octets[NAME_SIZE_MAX + 3];
	size_t size;
};

struct answers *answers_create(size_t octets_max, struct hash_key key)
{
	struct answers *answers = calloc(1, sizeof *answers);
	if (answers == NULL)
		return NULL;
	answers->key = key;
	answers->store = store_create(octets_max);
	if (answers->store != NULL)
		return answers;
	free(answers);
	return NULL;
}

void answers_destroy(struct answers *answers)
{
	if (answers == NULL)
		return;
	store_destroy(answers->store);
	free(answers);
}

static void make_key(const struct answers_key *from, struct lookup_key *key)
{
	uint8_t *end = key->octets + from->name.size;
	name_lower_into(from->name, key->octets);
	end[0] = (uint8_t)(from->type >> 8);
	end[1] = (uint8_t)from->type;
	end[2] = from->variant;
	key->size = (size_t)from->name.size + 3;
}

/* Name, type, class. The tail's pointers are right behind a question of this size only, in whatever spelling. */
static size_t question_size(const struct answers_key *key)
{
	return (size_t)key->name.size + 4;
}

static void put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put_u32(uint8_t *at, uint32_t value)
{
	put_u16(at, (uint16_t)(value >> 16));
	put_u16(at + 2, (uint16_t)value);
}

static uint32_t get_u32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Each TTL in the tail, lowered by the seconds since. */
static void lower_ttls(uint8_t *tail, const uint8_t *places, unsigned int count, uint32_t seconds)
{
	for (unsigned int i = 0; i < count; i++) {
		uint16_t place;
		memcpy(&place, places + i * sizeof place, sizeof place);
		uint32_t ttl = get_u32(tail + place);
		put_u32(tail + place, ttl > seconds ? ttl - seconds : 0);
	}
}

size_t answers_get(struct answers *answers, const struct answers_key *key, uint64_t age, uint16_t id,
		   uint16_t flags_or, struct span question, uint8_t *into, size_t capacity, int *ede)
{
	struct lookup_key own;
	struct store_found found;
	struct head head;
	make_key(key, &own);
	struct span octets = span_of(own.octets, own.size);
	if (!store_find(answers->store, hash_octets(&answers->key, octets), octets, age, &found))
		return 0;
	memcpy(&head, found.value.octets, sizeof head);
	const uint8_t *places = found.value.octets + sizeof head;
	const uint8_t *tail = places + head.ttl_count * sizeof(uint16_t);
	size_t tail_size = found.value.size - (size_t)(tail - found.value.octets);
	size_t size = HEADER_SIZE + question.size + tail_size;
	if (size > capacity || question.size != question_size(key))
		return 0;
	put_u16(into, id);
	put_u16(into + 2, head.flags | flags_or);
	put_u16(into + 4, 1);
	for (unsigned int i = 0; i < 3; i++)
		put_u16(into + 6 + 2 * i, head.counts[i]);
	memcpy(into + HEADER_SIZE, question.octets, question.size);
	memcpy(into + HEADER_SIZE + question.size, tail, tail_size);
	lower_ttls(into + HEADER_SIZE + question.size, places, head.ttl_count, (uint32_t)age - head.since);
	*ede = head.ede;
	return size;
}

/* The places of TTLs in the records, counted from `start`. False when the message is not as answers.h wants it. */
static bool find_ttls(struct cursor *cursor, unsigned int records, size_t start, uint16_t *places)
{
	for (unsigned int i = 0; i < records; i++) {
		if (!name_skip(cursor))
			return false;
		cursor_skip(cursor, 4);
		places[i] = (uint16_t)(cursor_offset(cursor) - start);
		cursor_skip(cursor, 4);
		cursor_skip(cursor, cursor_u16(cursor));
	}
	return !cursor->failed && cursor_left(cursor) == 0;
}

void answers_put(struct answers *answers, const struct answers_key *key, uint64_t age, uint32_t ttl,
		 struct span octets, int ede)
{
	uint8_t value[LIMIT_FINISHED_OCTETS + sizeof(struct head) + LIMIT_FINISHED_RECORDS * sizeof(uint16_t)];
	uint16_t places[LIMIT_FINISHED_RECORDS];
	struct cursor cursor = cursor_of(octets);
	struct header header;
	struct lookup_key own;
	if (octets.size > LIMIT_FINISHED_OCTETS || ttl == 0 || !header_read(octets, &header) || header.questions != 1)
		return;
	unsigned int records = (unsigned int)header.answers + header.authorities + header.additionals;
	cursor_skip(&cursor, HEADER_SIZE);
	if (records > LIMIT_FINISHED_RECORDS || !name_skip(&cursor))
		return;
	cursor_skip(&cursor, 4);
	size_t start = cursor_offset(&cursor);
	if (start != HEADER_SIZE + question_size(key) || !find_ttls(&cursor, records, start, places))
		return;
	struct head head = {
		.since = (uint32_t)age,
		.flags = header.flags & (uint16_t)~(FLAG_RD | FLAG_CD),
		.counts = { header.answers, header.authorities, header.additionals },
		.ede = (int16_t)ede,
		.ttl_count = (uint16_t)records,
	};
	struct builder builder = builder_of(value, sizeof value);
	builder_octets(&builder, span_of(&head, sizeof head));
	builder_octets(&builder, span_of(places, records * sizeof places[0]));
	builder_octets(&builder, span_of(octets.octets + start, octets.size - start));
	make_key(key, &own);
	struct span own_octets = span_of(own.octets, own.size);
	(void)store_put(answers->store, hash_octets(&answers->key, own_octets), own_octets, builder_written(&builder),
			age, age + ttl, 0);
}

void answers_clear(struct answers *answers)
{
	size_t limit = store_limit(answers->store);
	store_resize(answers->store, 0);
	store_resize(answers->store, limit);
}
