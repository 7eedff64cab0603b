#include "selfcheck.h"

#include "proven.h"
#include "records.h"
#include "story.h"
#include "truth.h"
#include "wire/limits.h"

#define STEPS_MAX 40u
#define MAX_TTL 86400u         /* option cache.max-ttl */
#define MAX_NEGATIVE_TTL 3600u /* option cache.max-negative-ttl */

struct walker {
	struct run *run;
	struct arena arena;
	struct question question;
	struct name name; /* where the chain is */
	unsigned int links;
	struct builder builder;
	struct msg_writer writer;
	uint8_t octets[MSG_SIZE_MAX];
};

static const struct host *host_of(const struct world *world, const struct zone *zone)
{
	for (unsigned int i = 0; i < world->host_count; i++) {
		enum mood mood = world->hosts[i].mood;
		if (host_serves(&world->hosts[i], zone) && mood_conduct(mood) == CONDUCT_GOOD && mood != MOOD_LIAR &&
		    mood != MOOD_NOISY && mood != MOOD_BROKEN_ENT && mood != MOOD_REFUSES_MINIMISED &&
		    mood != MOOD_NO_SOA && !server_is_dead(&world->hosts[i], 0))
			return &world->hosts[i];
	}
	return NULL;
}

static bool ask(struct walker *walker, const struct host *host, struct msg *msg)
{
	uint8_t octets[512];
	struct builder builder = builder_of(octets, sizeof octets);
	struct msg_writer writer;
	struct question question = { .name = walker->name, .type = walker->question.type, .class = CLASS_IN };
	struct replies *replies = &walker->run->internet.replies;
	msg_begin(&writer, &builder, 1, 0);
	msg_question(&writer, &question);
	msg_end(&writer);
	struct asked asked = { .octets = builder_written(&builder), .stream = true, .epoch = 0 };
	server_reply(&walker->run->world, host, &asked, &walker->arena, replies);
	if (replies->count != 1)
		return false;
	for (unsigned int i = 0; i < replies->reply[0].version_count; i++)
		replies->reply[0].versions[i]->first_seen = replies->reply[0].versions[i]->last_seen = internet_age_at(0);
	return msg_read(replies->reply[0].octets, &walker->arena, msg);
}

/* RFC 2308 section 5. */
static uint32_t negative_ttl(const struct rrset *soa)
{
	struct span rdata = rrset_first(soa);
	struct cursor cursor = cursor_of(rdata);
	cursor_seek(&cursor, rdata.size - 4);
	uint32_t ttl = cursor_u32(&cursor);
	if (ttl > soa->ttl)
		ttl = soa->ttl;
	return ttl < MAX_NEGATIVE_TTL ? ttl : MAX_NEGATIVE_TTL;
}

static void keep(struct walker *walker, enum msg_section number, const struct section *section)
{
	for (size_t i = 0; i < section->count; i++) {
		const struct rrset *rrset = &section->rrsets[i];
		uint32_t ttl = rrset->ttl < MAX_TTL ? rrset->ttl : MAX_TTL;
		if (rrset->type == TYPE_SOA && number == SECTION_AUTHORITY)
			ttl = negative_ttl(rrset);
		msg_rrset(&walker->writer, number, rrset, ttl, false);
	}
}

/* What a reply brings the walk: on to another zone, on to another name, or to the end. */
static bool take(struct walker *walker, const struct msg *msg, const struct zone **zone)
{
	struct name target;
	bool alias = false;
	if (msg->authority.count > 0 && msg->authority.rrsets[0].type == TYPE_NS && msg->answer.count == 0) {
		*zone = world_zone_at(&walker->run->world, msg->authority.rrsets[0].owner);
		return *zone != NULL;
	}
	keep(walker, SECTION_ANSWER, &msg->answer);
	if (walker->question.type == TYPE_CNAME && msg->answer.count > 1)
		return false; /* a DNAME made it, and what follows is not asked for */
	for (const struct rrset *cname; walker->question.type != TYPE_CNAME && walker->question.type != TYPE_ANY &&
					(cname = section_find(&msg->answer, walker->name, TYPE_CNAME)) != NULL;) {
		if (!rdata_target(TYPE_CNAME, rrset_first(cname), &target))
			return false;
		walker->name = target;
		alias = true;
		if (walker->question.type == TYPE_DS)
			return false; /* at a zone's top it is the parent's, whose server is not asked here */
		if (++walker->links > LIMIT_ALIAS_LINKS)
			return false;
	}
	bool negative = msg->authority.count > 0 && msg->authority.rrsets[0].type == TYPE_SOA;
	bool data = section_find(&msg->answer, walker->name, walker->question.type) != NULL;
	if (alias && !negative && !data && msg->rcode == RCODE_NOERROR) {
		*zone = &walker->run->world.zones[0];
		return true;
	}
	keep(walker, SECTION_AUTHORITY, &msg->authority);
	msg_set_flags(&walker->writer, (uint16_t)(FLAG_QR | msg->rcode));
	*zone = NULL;
	return true;
}

/* False when the walk cannot be walked, by such simple means. */
static bool walk(struct walker *walker)
{
	const struct zone *zone = &walker->run->world.zones[0];
	struct msg msg;
	walker->name = walker->question.name;
	walker->builder = builder_of(walker->octets, sizeof walker->octets);
	msg_begin(&walker->writer, &walker->builder, 1, FLAG_QR);
	msg_question(&walker->writer, &walker->question);
	for (unsigned int i = 0; zone != NULL && i < STEPS_MAX; i++) {
		const struct host *host = host_of(&walker->run->world, zone);
		if (host == NULL || !ask(walker, host, &msg) || !take(walker, &msg, &zone))
			return false;
	}
	return zone == NULL && msg_end(&walker->writer);
}

static void check(struct walker *walker)
{
	struct run *run = walker->run;
	struct expectation expectation = oracle_expect(&run->oracle, walker->question.name, walker->question.type, 0, false);
	char name[NAME_TEXT_SIZE], text[4096];
	struct msg msg;
	if (!walk(walker)) {
		if (walker->links > LIMIT_ALIAS_LINKS && expectation.expected == EXPECT_ANSWER)
			internet_fault(&run->internet, "%s: a chain too long for the walk, but not for the oracle",
				       name_to_text(walker->question.name, name));
		return;
	}
	if (!msg_read(builder_written(&walker->builder), &walker->arena, &msg)) {
		internet_fault(&run->internet, "the walk made no message");
		return;
	}
	struct truth truth = { .world = &run->world, .msg = &msg, .question = walker->question };
	const char *why = truth_check(&truth);
	run->checker.answers++;
	if (why == NULL && expectation.expected == EXPECT_FAILURE)
		why = "the walk has an answer where the oracle has none";
	if (why != NULL)
		internet_fault(&run->internet, "%s: %s: %s", name_to_text(walker->question.name, name), why,
			       story_message(builder_written(&walker->builder), text, sizeof text));
}

static void check_chains(struct run *run)
{
	char name[NAME_TEXT_SIZE];
	for (unsigned int i = 0; i < run->world.zone_count; i++)
		for (unsigned int epoch = 0; epoch < run->world.epoch_count; epoch++) {
			const struct zone *zone = &run->world.zones[i];
			const char *why = zone->signing != NULL ? proven_chain(zone, epoch) : NULL;
			if (why != NULL)
				internet_fault(&run->internet, "%s: %s", name_to_text(zone->origin, name), why);
		}
}

void selfcheck_world(struct run *run, unsigned int count)
{
	static const uint16_t types[] = { TYPE_A, TYPE_NS, TYPE_SOA, TYPE_MX, TYPE_TXT, TYPE_AAAA, TYPE_DS, TYPE_CNAME };
	struct walker *walker = ARENA_NEW(&run->world.arena, struct walker);
	internet_begin(&run->internet, &run->world, NULL);
	oracle_begin(&run->oracle, &run->world);
	check_chains(run);
	for (unsigned int i = 0; walker != NULL && i < count && run->internet.fault[0] == '\0'; i++) {
		char text[64];
		struct rng *rng = &run->internet.rng;
		struct name name = run->world.names[rng_below(rng, run->world.name_count)];
		if (rng_below(rng, 4) == 0)
			name = world_name(&run->world, records_label(rng, text), name);
		*walker = (struct walker){ .run = run, .arena = arena_of(0) };
		walker->question = (struct question){ .name = name, .class = CLASS_IN, .type = types[rng_below(rng, 8)] };
		if (rng_below(rng, 3) > 0)
			walker->question.type = records_any_type(rng);
		check(walker);
		run->query_count++;
		arena_free(&walker->arena);
	}
}
