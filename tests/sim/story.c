#include "story.h"

#include "cookies.h"
#include "faults.h"

#include <stdarg.h>

struct text {
	char *at;
	size_t left;
};

static void put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text *text, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(text->at, text->left, format, arguments);
	va_end(arguments);
	if (size < 0 || (size_t)size >= text->left)
		size = text->left > 0 ? (int)text->left - 1 : 0;
	text->at += size;
	text->left -= (size_t)size;
}

static void put_rdata(struct text *text, uint16_t type, struct span rdata)
{
	char name[NAME_TEXT_SIZE], address[IP_TEXT_SIZE];
	struct name target;
	if (type == TYPE_A && rdata.size == 4)
		put(text, " %s", ip_to_text(ip_of_v4(rdata.octets), address));
	else if (type == TYPE_AAAA && rdata.size == 16)
		put(text, " %s", ip_to_text(ip_of_v6(rdata.octets), address));
	else if (rdata_target(type, rdata, &target))
		put(text, " %s", name_to_text(target, name));
	else
		put(text, " %zu octets", rdata.size);
}

static void put_section(struct text *text, const char *title, const struct section *section)
{
	char name[NAME_TEXT_SIZE], type[CODE_TEXT_SIZE];
	for (size_t i = 0; i < section->count; i++) {
		const struct rrset *rrset = &section->rrsets[i];
		struct rrset_walk walk = rrset_walk_data(rrset);
		struct span rdata;
		put(text, " %s[%s %u %s", title, name_to_text(rrset->owner, name), rrset->ttl,
		    type_to_text(rrset->type, type));
		for (unsigned int j = 0; j < 4 && rrset_next(&walk, &rdata); j++)
			put_rdata(text, rrset->type, rdata);
		put(text, rrset->count > 4 ? " and %u more]" : "]", rrset->count - 4u);
	}
}

static void put_header(struct text *text, const struct msg *msg)
{
	static const struct {
		uint16_t flag;
		const char *word;
	} flags[] = { { FLAG_QR, "QR" }, { FLAG_AA, "AA" }, { FLAG_TC, "TC" }, { FLAG_RD, "RD" },
		      { FLAG_RA, "RA" }, { FLAG_AD, "AD" }, { FLAG_CD, "CD" } };
	char name[NAME_TEXT_SIZE], type[CODE_TEXT_SIZE];
	put(text, "%04x", msg->header.id);
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (msg->header.flags & flags[i].flag)
			put(text, " %s", flags[i].word);
	if (msg->header.flags & FLAG_QR)
		put(text, " %s", rcode_to_text(msg->rcode, type));
	if (msg->header.questions > 0)
		put(text, " %s %s", name_to_text(msg->question.name, name), type_to_text(msg->question.type, type));
}

const char *story_message(struct span octets, char *memory, size_t size)
{
	struct text text = { .at = memory, .left = size };
	struct arena arena = arena_of(0);
	struct msg msg;
	memory[0] = '\0';
	if (!msg_read(octets, &arena, &msg)) {
		put(&text, "%zu octets that are no message", octets.size);
	} else {
		put_header(&text, &msg);
		put_section(&text, "", &msg.answer);
		put_section(&text, "authority", &msg.authority);
		put_section(&text, "additional", &msg.additional);
		if (msg.edns.present)
			put(&text, " EDNS %u", msg.edns.udp_size);
		if (msg.edns.present && msg.edns.ede != EDE_NONE)
			put(&text, " EDE %d %s", msg.edns.ede, ede_text(msg.edns.ede));
		put(&text, " (%zu)", octets.size);
	}
	arena_free(&arena);
	return memory;
}

void story_line(const struct internet *internet, const char *format, ...)
{
	va_list arguments;
	if (internet->story == NULL)
		return;
	fprintf(internet->story, "%12.3f  ", (double)internet->elapsed / TICKS_PER_MS);
	va_start(arguments, format);
	vfprintf(internet->story, format, arguments);
	va_end(arguments);
	fputc('\n', internet->story);
}

static void tell(const struct internet *internet, const char *what, struct endpoint server, const char *how,
		 struct span octets)
{
	char text[4096], address[ENDPOINT_TEXT_SIZE];
	const struct host *host = world_host_at(internet->world, server.ip);
	story_line(internet, "  %s %s%s (%s) %s", what, endpoint_to_text(server, address), how,
		   host != NULL ? mood_text(host->mood) : "nobody", story_message(octets, text, sizeof text));
}

void story_send(const struct internet *internet, const struct effect *effect)
{
	if (internet->story != NULL)
		tell(internet, "->", effect->server, effect->kind == EFFECT_SEND_STREAM ? " TCP" : "", effect->octets);
}

void story_reply(const struct internet *internet, struct endpoint from, bool stream, bool open, struct span octets)
{
	if (internet->story != NULL)
		tell(internet, open ? "<-" : "<- (too late)", from, stream ? " TCP" : "", octets);
}

void story_failure(const struct internet *internet, struct endpoint from, enum exchange_failure why)
{
	static const char *const words[] = { "unreachable", "closed", "no room" };
	char address[ENDPOINT_TEXT_SIZE];
	story_line(internet, "  <- %s: %s", endpoint_to_text(from, address), words[why]);
}

void story_question(const struct internet *internet, unsigned int resolver, uint64_t handle, struct span octets)
{
	char text[4096];
	if (internet->story != NULL)
		story_line(internet, "client %llu asks %u: %s", (unsigned long long)handle, resolver,
			   story_message(octets, text, sizeof text));
}

void story_answer(const struct internet *internet, uint64_t handle, struct span octets)
{
	char text[4096];
	if (internet->story != NULL)
		story_line(internet, "client %llu gets: %s", (unsigned long long)handle,
			   story_message(octets, text, sizeof text));
}

static void tell_signing(const struct internet *internet, const struct zone *zone)
{
	const struct signing_plan *plan = zone->signing != NULL ? &zone->signing->plan : NULL;
	if (plan == NULL)
		return;
	fprintf(internet->story, "; signed by algorithm %u, %s, %s of digest %u", plan->algorithm,
		keys_plan_text(plan->keys), ds_plan_text(plan->ds), plan->digest);
	if (plan->nsec3)
		fprintf(internet->story, ", NSEC3%s of %u iterations and %u octets of salt",
			plan->opt_out ? " with opt-out" : "", plan->iterations, plan->salt_size);
	if (zone->faulty_host != NULL)
		fprintf(internet->story, "; on host %u %s", zone->faulty_host->number, fault_text(zone->fault));
	else if (zone->fault != FAULT_NONE)
		fprintf(internet->story, "; %s", fault_text(zone->fault));
}

static void tell_zone(const struct internet *internet, const struct zone *zone)
{
	char name[NAME_TEXT_SIZE];
	const struct world *world = internet->world;
	fprintf(internet->story, "zone %s%s hosts", name_to_text(zone->origin, name), zone->doomed ? " (doomed)" : "");
	for (unsigned int i = 0; i < world->host_count; i++)
		if (host_serves(&world->hosts[i], zone))
			fprintf(internet->story, " %u", i);
	const struct node *cut = zone->parent == NULL ? zone->apex : world_find(world, zone->parent, zone->origin);
	struct version *ns = node_version(cut, TYPE_NS, 0);
	fputs(" NS", internet->story);
	if (ns != NULL) {
		struct rrset_walk walk = rrset_walk_data(&ns->rrset);
		struct span rdata;
		struct name target;
		while (rrset_next(&walk, &rdata))
			if (rdata_target(TYPE_NS, rdata, &target)) {
				const struct node *glue =
					zone->parent != NULL ? world_find(world, zone->parent, target) : NULL;
				fprintf(internet->story, " %s%s", name_to_text(target, name),
					glue != NULL ? "(glue)" : "");
			}
	}
	tell_signing(internet, zone);
	fputc('\n', internet->story);
}

void story_world(const struct internet *internet)
{
	const struct world *world = internet->world;
	const struct weather *weather = &world->weather;
	char address[IP_TEXT_SIZE];
	if (internet->story == NULL)
		return;
	fprintf(internet->story, "world %llu: ipv6 %d, minimise %d, case %d, minimal %d, finished %d, engines %d, "
				 "loss %u, duplication %u, attack %u per mille%s\n",
		(unsigned long long)world->seed, weather->ipv6, weather->minimise, weather->case_random,
		weather->minimal, weather->finished, 1 + weather->two_engines, weather->loss, weather->duplication,
		weather->attack, world->validated ? ", validated" : "");
	for (unsigned int i = 0; i < world->zone_count; i++)
		tell_zone(internet, &world->zones[i]);
	for (unsigned int i = 0; i < world->host_count; i++) {
		const struct host *host = &world->hosts[i];
		fprintf(internet->story, "host %u %s, %s, %llu ms:", i, mood_text(host->mood), cookies_text(host->cookies),
			(unsigned long long)(host->latency / TICKS_PER_MS));
		for (unsigned int j = 0; j < host->address_count; j++)
			fprintf(internet->story, " %s", ip_to_text(host->addresses[j], address));
		if (host->rests_from != host->rests_to)
			fprintf(internet->story, ", silent in epoch %u", host->rests_from);
		fputc('\n', internet->story);
	}
	for (unsigned int i = 1; i < world->epoch_count; i++)
		fprintf(internet->story, "epoch %u from %.0f ms\n", i, (double)world->epoch_at[i] / TICKS_PER_MS);
}
