#include "text/story.h"

#include "text/present.h"
#include "text/story_json.h"
#include "wire/codes.h"

#include <inttypes.h>

#define LINE_SIZE (4 * NAME_TEXT_SIZE)
#define ROLE_WIDTH 18

/* ANSI escapes, empty in plain text. */
struct palette {
	const char *role, *good, *bad, *faint, *end;
};

static const struct palette plain = { "", "", "", "", "" };
static const struct palette colours = { "\033[1;36m", "\033[32m", "\033[31m", "\033[2m", "\033[0m" };

struct telling {
	FILE *file;
	const struct palette *palette;
	const char *role; /* said last */
};

/* A line behind the role that plays in it; a role is said once. */
static void tell(struct telling *telling, const char *role, const char *colour, unsigned int depth, const char *text)
{
	bool again = telling->role != NULL && strcmp(telling->role, role) == 0;
	telling->role = role;
	fprintf(telling->file, "%s%-*s%s %*s%s%s%s\n", telling->palette->role, ROLE_WIDTH, again ? "" : role,
		telling->palette->end, (int)(2 * depth), "", colour, text, colour[0] != '\0' ? telling->palette->end : "");
}

/* Who is asked when a server of the zone is. */
static const char *role_of_zone(struct name zone)
{
	if (zone.size == 0)
		return "server";
	return zone.labels == 0 ? "root" : zone.labels == 1 ? "top level" : "authoritative";
}

static const char *role_of(const struct trace_event *event, const char *before)
{
	switch (event->kind) {
	case TRACE_SEND:
		return role_of_zone(event->zone);
	case TRACE_QUESTION:
	case TRACE_CACHE_HIT:
	case TRACE_CACHE_MISS:
	case TRACE_LOCAL:
	case TRACE_ZONE:
	case TRACE_NS_ADDRESS:
	case TRACE_FAILED:
	case TRACE_DONE:
		return "rootwalk";
	default:
		return story_is_reply(event->kind) ? before : "validation";
	}
}

static const char *colour_of(const struct palette *palette, enum trace_kind kind)
{
	switch (kind) {
	case TRACE_CACHE_HIT:
	case TRACE_ANSWER:
	case TRACE_ZONE_SECURE:
	case TRACE_SECURE:
		return palette->good;
	case TRACE_BAD_REPLY:
	case TRACE_TIMEOUT:
	case TRACE_UNREACHABLE:
	case TRACE_MISMATCH:
	case TRACE_ZONE_BOGUS:
	case TRACE_BOGUS:
	case TRACE_UNCHECKED:
	case TRACE_DISTRUSTED:
	case TRACE_FAILED:
		return palette->bad;
	case TRACE_CACHE_MISS:
		return palette->faint;
	default:
		return "";
	}
}

static void tell_trace(struct telling *telling, const struct trace *trace)
{
	char text[LINE_SIZE];
	const char *role = "rootwalk";
	for (const struct trace_event *event = trace->first; event != NULL; event = event->next) {
		if (event->kind == TRACE_DONE && event->depth == 0)
			continue; /* the answer below says it */
		role = role_of(event, role);
		tell(telling, role, colour_of(telling->palette, event->kind),
		     event->depth * 2u + (story_is_reply(event->kind) ? 1 : 0), story_line(event, text, sizeof text));
	}
	if (trace->cut)
		tell(telling, "rootwalk", telling->palette->faint, 0, "the story is longer than what is kept of it");
}

static const char *hosts_words(const struct hosts *hosts)
{
	switch (hosts->verdict) {
	case HOSTS_NOT_ASKED:
		return "holds addresses only, so it is not looked at";
	case HOSTS_SWITCHED_OFF:
		return "is not looked at: " HOSTS_ORDER_FILE " does not name it before DNS";
	case HOSTS_UNREADABLE:
		return "cannot be read";
	case HOSTS_NOTHING:
		return "does not have it";
	case HOSTS_FOUND:
		return "has it; programs get this and nobody is asked";
	}
	return "";
}

static void tell_hosts(struct telling *telling, const struct hosts *hosts)
{
	char text[LINE_SIZE], ip[IP_TEXT_SIZE];
	snprintf(text, sizeof text, "%.256s %s", hosts->path, hosts_words(hosts));
	tell(telling, "operating system", "", 0, text);
	for (size_t i = 0; i < hosts->count; i++)
		tell(telling, "operating system", telling->palette->good, 1, ip_to_text(hosts->addresses[i], ip));
	tell(telling, "operating system", "", 0,
	     hosts->verdict == HOSTS_FOUND ? "this is what the DNS says all the same:" :
					     "asks its resolver, here rootwalk, at home often the ISP's");
}

static void tell_beginning(struct telling *telling, const struct story *story)
{
	char text[LINE_SIZE], name[NAME_TEXT_SIZE], type[CODE_TEXT_SIZE];
	snprintf(text, sizeof text, "wants %s %s; its own cache is not seen from here", name_to_text(story->name, name),
		 type_to_text(story->type, type));
	tell(telling, "browser", "", 0, text);
	tell_hosts(telling, &story->hosts);
}

unsigned int story_sends(const struct trace *trace)
{
	unsigned int sends = 0;
	for (const struct trace_event *event = trace != NULL ? trace->first : NULL; event != NULL; event = event->next)
		sends += event->kind == TRACE_SEND;
	return sends;
}

static void tell_section(struct telling *telling, const struct section *section)
{
	char text[PRESENT_SIZE];
	for (size_t i = 0; i < section->count; i++) {
		const struct rrset *rrset = &section->rrsets[i];
		struct rrset_walk walk = rrset_walk_data(rrset);
		struct presentable record = { rrset->owner, rrset->type, rrset->class, rrset->ttl, { 0 } };
		while (rrset_next(&walk, &record.rdata))
			tell(telling, "answer", telling->palette->good, 1,
			     present_record(&record, text, sizeof text));
	}
}

enum story_end story_end(const struct story *story)
{
	struct header header;
	if (!header_read(story->answer, &header))
		return STORY_FAILED;
	unsigned int rcode = header.flags & FLAGS_RCODE_MASK;
	if (rcode == RCODE_NXDOMAIN)
		return STORY_NOTHING;
	if (rcode != RCODE_NOERROR)
		return STORY_FAILED;
	struct arena arena = arena_of(0);
	struct msg msg;
	bool found = false;
	if (msg_read(story->answer, &arena, &msg))
		for (size_t i = 0; i < msg.answer.count; i++)
			found = found || story->type == TYPE_ANY || msg.answer.rrsets[i].type == story->type;
	arena_free(&arena);
	return found ? STORY_ANSWERED : STORY_NOTHING;
}

/* The extended error stands by itself above. */
static void tell_security(struct telling *telling, const struct story *story, const struct msg *msg)
{
	static const char *const words[] = {
		[SECURITY_UNCHECKED] = "not checked: whether it is as its zones signed it, nobody looked",
		[SECURITY_INSECURE] = "insecure: no chain of signatures reaches it, so it could not be checked",
		[SECURITY_SECURE] = "secure: a chain of signatures reaches it from a trust anchor",
		[SECURITY_BOGUS] = "bogus: it is not what its zones signed, and is not handed out",
	};
	enum security security = story_security(story, msg);
	if (security == SECURITY_UNCHECKED && story_end(story) == STORY_FAILED)
		return;
	const char *colour = security == SECURITY_SECURE ? telling->palette->good :
			     security == SECURITY_BOGUS	 ? telling->palette->bad :
							   "";
	tell(telling, "answer", colour, 0, words[security]);
}

static void tell_answer(struct telling *telling, const struct story *story, const struct msg *msg)
{
	static const char *const ends[] = { [STORY_ANSWERED] = "",
					    [STORY_NOTHING] = ", nothing of this name and type",
					    [STORY_FAILED] = ", no answer" };
	char text[LINE_SIZE], rcode[CODE_TEXT_SIZE];
	enum story_end end = story_end(story);
	unsigned int sends = story_sends(story->trace);
	snprintf(text, sizeof text, "%s%s; %" PRIu64 ".%" PRIu64 " ms, %u quer%s to servers",
		 msg != NULL ? rcode_to_text(msg->rcode, rcode) : "none came", msg != NULL ? ends[end] : "",
		 story->elapsed_us / 1000, story->elapsed_us % 1000 / 100, sends, sends == 1 ? "y" : "ies");
	tell(telling, "answer", end == STORY_ANSWERED ? telling->palette->good : telling->palette->bad, 0, text);
	if (msg == NULL)
		return;
	tell_section(telling, &msg->answer);
	if (msg->edns.ede != EDE_NONE) {
		snprintf(text, sizeof text, "extended error %d: %s", msg->edns.ede, ede_text(msg->edns.ede));
		tell(telling, "answer", telling->palette->bad, 1, text);
	}
	tell_security(telling, story, msg);
}

bool story_write(const struct story *story, enum story_form form, FILE *file)
{
	struct arena arena = arena_of(0);
	struct msg msg;
	bool read = story->answer.size > 0 && msg_read(story->answer, &arena, &msg), good = true;
	struct telling telling = { .file = file, .palette = form == STORY_COLOUR ? &colours : &plain };
	if (form == STORY_JSON) {
		good = story_write_json(story, read ? &msg : NULL, file);
	} else {
		tell_beginning(&telling, story);
		if (story->trace != NULL)
			tell_trace(&telling, story->trace);
		tell_answer(&telling, story, read ? &msg : NULL);
	}
	arena_free(&arena);
	return good;
}
