#include "internet.h"

#include "compare.h"
#include "wire/codes.h"

#include <stdio.h>

#define REPLY_UDP_SIZE 4096u

static bool contains(const struct address *addresses, struct ip ip)
{
	for (; addresses != NULL; addresses = addresses->next)
		if (ip_equal(addresses->ip, ip))
			return true;
	return false;
}

bool internet_add(struct internet *internet, struct ip ip)
{
	if (contains(internet->known, ip))
		return true;
	struct address *address = ARENA_NEW(internet->arena, struct address);
	if (address == NULL)
		return false;
	*address = (struct address){ .ip = ip, .next = internet->known };
	internet->known = address;
	return true;
}

/* Addresses that records of a REPLY step tell of. */
static bool add_records(struct internet *internet, const struct message *message)
{
	for (unsigned int i = 0; i < MESSAGE_SECTIONS; i++)
		for (size_t j = 0; j < message->sections[i].count; j++) {
			const struct presentable *record = &message->sections[i].at[j].shown;
			if (record->type == TYPE_A && record->rdata.size == 4 &&
			    !internet_add(internet, ip_of_v4(record->rdata.octets)))
				return false;
			if (record->type == TYPE_AAAA && record->rdata.size == 16 &&
			    !internet_add(internet, ip_of_v6(record->rdata.octets)))
				return false;
		}
	return true;
}

bool internet_begin(struct internet *internet, const struct scenario *scenario, struct arena *arena)
{
	*internet = (struct internet){ .scenario = scenario, .arena = arena };
	for (const struct range *range = scenario->ranges; range != NULL; range = range->next)
		for (const struct address *address = range->addresses; address != NULL; address = address->next)
			if (!internet_add(internet, address->ip))
				return false;
	for (const struct step *step = scenario->steps; step != NULL; step = step->next)
		if (step->kind == STEP_REPLY && !add_records(internet, &step->entry->message))
			return false;
	return true;
}

static struct entry *search_range(const struct range *range, const struct asked *asked, bool unbound)
{
	struct comparison comparison = { .message = asked->query, .stream = asked->stream, .unbound = unbound };
	for (struct entry *entry = range->entries; entry != NULL; entry = entry->next) {
		comparison.entry = entry;
		if (compare(&comparison) == NULL)
			return entry;
	}
	return NULL;
}

/* Is the address in any range of the file, whatever its steps? */
static bool is_in_ranges(const struct scenario *scenario, struct ip ip)
{
	for (const struct range *range = scenario->ranges; range != NULL; range = range->next)
		if (contains(range->addresses, ip))
			return true;
	return false;
}

/* Deckard looks into the first range that serves the address; unbound tries the last first, then those before. */
static struct entry *search_ranges(const struct internet *internet, const struct asked *asked)
{
	const struct scenario *scenario = internet->scenario;
	bool everywhere = !is_in_ranges(scenario, asked->server);
	struct entry *found = NULL;
	for (const struct range *range = scenario->ranges; range != NULL; range = range->next) {
		if (asked->step < range->from || asked->step > range->to)
			continue;
		if (range->addresses != NULL && !everywhere && !contains(range->addresses, asked->server))
			continue;
		struct entry *entry = search_range(range, asked, scenario->unbound);
		if (!scenario->unbound)
			return entry;
		if (entry != NULL)
			found = entry;
	}
	return found;
}

static struct entry *search_steps(const struct internet *internet, const struct asked *asked)
{
	struct comparison comparison = { .message = asked->query,
					 .stream = asked->stream,
					 .unbound = internet->scenario->unbound };
	for (const struct step *step = internet->scenario->steps; step != NULL; step = step->next) {
		if (step->kind != STEP_REPLY || step->number < asked->step || step->entry->used)
			continue;
		comparison.entry = step->entry;
		if (compare(&comparison) == NULL)
			return step->entry;
	}
	return NULL;
}

static void copy_edns(struct message *reply, const struct message *query)
{
	reply->has_edns = query->has_edns;
	reply->dnssec_ok = query->dnssec_ok;
	reply->edns_version = 0;
	reply->udp_size = REPLY_UDP_SIZE;
}

static size_t answer_raw(const struct entry *entry, uint16_t id, uint8_t *octets, size_t capacity)
{
	if (entry->raw.size > capacity)
		return 0;
	if (entry->raw.size > 0)
		memcpy(octets, entry->raw.octets, entry->raw.size);
	if ((entry->adjust & ADJUST_RAW_ID) != 0 && entry->raw.size >= 2) {
		octets[0] = (uint8_t)(id >> 8);
		octets[1] = (uint8_t)id;
	}
	return entry->raw.size;
}

static size_t answer_entry(struct entry *entry, const struct message *query, uint8_t *octets, size_t capacity)
{
	struct message reply = entry->message;
	entry->used = true;
	if ((entry->adjust & ADJUST_DO_NOT_ANSWER) != 0)
		return 0;
	if (entry->is_raw)
		return answer_raw(entry, query->id, octets, capacity);
	reply.id = (entry->adjust & ADJUST_COPY_ID) != 0 ? query->id : (uint16_t)(query->id + 1);
	if ((entry->adjust & ADJUST_COPY_QUERY) != 0) {
		reply.has_question = query->has_question;
		reply.question = query->question;
	} else if ((entry->adjust & (ADJUST_COPY_ID | ADJUST_KEEP_CASE)) == ADJUST_COPY_ID && reply.has_question &&
		   query->has_question && name_equal(reply.question.name, query->question.name)) {
		reply.question.name = query->question.name;
	}
	copy_edns(&reply, query);
	if (entry->has_options && query->has_edns)
		reply.options = entry->message.options;
	if ((entry->adjust & ADJUST_NO_EDNS) != 0)
		reply.has_edns = false;
	return message_write(&reply, octets, capacity);
}

static size_t answer_undefined(struct internet *internet, const struct asked *asked, uint8_t *octets, size_t capacity)
{
	char name[NAME_TEXT_SIZE], type[CODE_TEXT_SIZE], ip[IP_TEXT_SIZE];
	struct message reply = { .id = asked->query->id,
				 .flags = FLAG_QR | (asked->query->flags & FLAG_RD),
				 .opcode = asked->query->opcode,
				 .rcode = RCODE_SERVFAIL,
				 .has_question = asked->query->has_question,
				 .question = asked->query->question };
	if (internet->undefined++ == 0 && reply.has_question)
		snprintf(internet->first_undefined, sizeof internet->first_undefined, "%s %s at %s",
			 name_to_text(reply.question.name, name), type_to_text(reply.question.type, type),
			 ip_to_text(asked->server, ip));
	copy_edns(&reply, asked->query);
	return message_write(&reply, octets, capacity);
}

/* In the unbound dialect a range without addresses serves whatever is asked. */
static bool exists(const struct internet *internet, struct ip ip)
{
	if (contains(internet->known, ip))
		return true;
	for (const struct range *range = internet->scenario->ranges; range != NULL; range = range->next)
		if (range->addresses == NULL && internet->scenario->unbound)
			return true;
	return false;
}

size_t internet_answer(struct internet *internet, const struct asked *asked, uint8_t *octets, size_t capacity)
{
	if (!exists(internet, asked->server))
		return 0;
	struct entry *entry = search_ranges(internet, asked);
	if (entry == NULL)
		entry = search_steps(internet, asked);
	if (entry == NULL)
		return answer_undefined(internet, asked, octets, capacity);
	return answer_entry(entry, asked->query, octets, capacity);
}

const struct entry *internet_unused(const struct internet *internet)
{
	for (const struct range *range = internet->scenario->ranges; range != NULL; range = range->next)
		for (const struct entry *entry = range->entries; entry != NULL; entry = entry->next)
			if (entry->mandatory && !entry->used)
				return entry;
	return NULL;
}
