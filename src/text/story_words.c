/* What each kind of line of a trace means in words. */
#include "text/story.h"

#include "wire/codes.h"

/* Texts that a line is made of. */
struct names {
	char name[NAME_TEXT_SIZE], zone[NAME_TEXT_SIZE], server_name[NAME_TEXT_SIZE], target[NAME_TEXT_SIZE];
	char server[ENDPOINT_TEXT_SIZE], address[IP_TEXT_SIZE];
	char type[CODE_TEXT_SIZE], rcode[CODE_TEXT_SIZE];
	char rtt[32];
};

static void write_name(struct name name, char text[NAME_TEXT_SIZE])
{
	if (name.size > 0)
		name_to_text(name, text);
	else
		strcpy(text, "?");
}

static void spell(const struct trace_event *event, struct names *names)
{
	write_name(event->name, names->name);
	write_name(event->zone, names->zone);
	write_name(event->server_name, names->server_name);
	write_name(event->target, names->target);
	endpoint_to_text(event->server, names->server);
	ip_to_text(event->server.ip, names->address);
	type_to_text(event->type, names->type);
	rcode_to_text(event->rcode, names->rcode);
	snprintf(names->rtt, sizeof names->rtt, "%u.%u ms", event->rtt_us / 1000, event->rtt_us % 1000 / 100);
}

static const char *plural(unsigned int count)
{
	return count == 1 ? "" : "s";
}

/* The detail in parentheses is added by the caller; these are the words before it. */
static int say_walk(const struct trace_event *event, const struct names *names, char *text, size_t size)
{
	switch (event->kind) {
	case TRACE_QUESTION:
		return snprintf(text, size, event->depth == 0 ? "is asked for %s %s" : "looks for %s %s", names->name,
				names->type);
	case TRACE_CACHE_HIT:
		if (event->rcode == RCODE_NXDOMAIN)
			return snprintf(text, size, "knows from its cache, for %u s more, that there is no %s",
					event->ttl, names->name);
		return snprintf(text, size, "has %s %s in its cache, good for %u s more", names->name, names->type,
				event->ttl);
	case TRACE_CACHE_MISS:
		return snprintf(text, size, "has nothing about %s %s in its cache", names->name, names->type);
	case TRACE_LOCAL:
		return snprintf(text, size, "answers %s %s itself", names->name, names->type);
	case TRACE_ZONE:
		return snprintf(text, size, "goes to the %u name server%s of %s", event->count, plural(event->count),
				names->zone);
	case TRACE_SEND:
		return snprintf(text, size, "asks %s at %s: %s %s?", names->server_name,
				event->server.port == 53 ? names->address : names->server, names->name, names->type);
	case TRACE_NS_ADDRESS:
		return snprintf(text, size, "needs the address of name server %s first", names->name);
	case TRACE_FAILED:
		return snprintf(text, size, "gives up%s%s", event->ede != EDE_NONE ? ": " : "",
				event->ede != EDE_NONE ? ede_text(event->ede) : "");
	default:
		return snprintf(text, size, "is done with %s %s: %s", names->name, names->type, names->rcode);
	}
}

static int say_glue(const struct trace_event *event, const struct names *names, char *text, size_t size)
{
	static const char words[] = "%s: ask the %u name server%s of %s";
	int used = snprintf(text, size, words, names->rtt, event->count, plural(event->count), names->zone);
	if (used < 0 || (size_t)used >= size)
		return used;
	text += used;
	size -= (size_t)used;
	if (event->glue == 0)
		return used + snprintf(text, size, ", no address given");
	if (event->glue == event->count)
		return used + snprintf(text, size, ", %s given", event->count == 1 ? "its address" : "all addresses");
	return used + snprintf(text, size, ", addresses of %u given", event->glue);
}

static int say_reply(const struct trace_event *event, const struct names *names, char *text, size_t size)
{
	switch (event->kind) {
	case TRACE_REFERRAL:
		return say_glue(event, names, text, size);
	case TRACE_ANSWER:
		return snprintf(text, size, "%s: here is %s %s, %u record%s, good for %u s", names->rtt, names->name,
				names->type, event->count, plural(event->count), event->ttl);
	case TRACE_ALIAS:
		return snprintf(text, size, "%s is another name for %s", names->name, names->target);
	case TRACE_NODATA:
		return snprintf(text, size, "%s: %s exists, but has no %s record", names->rtt, names->name,
				names->type);
	case TRACE_NXDOMAIN:
		return snprintf(text, size, "%s: there is no %s", names->rtt, names->name);
	case TRACE_TRUNCATED:
		return snprintf(text, size, "%s: the answer is too long for UDP, asks again over TCP", names->rtt);
	case TRACE_BAD_REPLY:
		return snprintf(text, size, "%s: %s, not of use", names->rtt, names->rcode);
	case TRACE_TIMEOUT:
		return snprintf(text, size, "no reply within %s", names->rtt);
	case TRACE_UNREACHABLE:
		return snprintf(text, size, "cannot be reached");
	default:
		return snprintf(text, size, "a packet came that answers no question of ours, asks again over TCP");
	}
}

/* What is there, or is not: "www.example.com. A", "that there is no www.example.com." */
static const char *say_claim(const struct trace_event *event, const struct names *names, char *text, size_t size)
{
	if (event->rcode == RCODE_NXDOMAIN)
		snprintf(text, size, "that there is no %s", names->name);
	else if (event->count == 0)
		snprintf(text, size, "that %s has no %s", names->name, names->type);
	else
		snprintf(text, size, "%s %s", names->name, names->type);
	return text;
}

static int say_zone(const struct trace_event *event, const struct names *names, char *text, size_t size)
{
	switch (event->kind) {
	case TRACE_KEYS_NEEDED:
		return snprintf(text, size, "needs the keys of %s to check signatures", names->zone);
	case TRACE_KEYS_KNOWN:
		return snprintf(text, size, "knows the keys of %s already", names->zone);
	case TRACE_DS:
		return snprintf(text, size, "reads in %u DS record%s, signed by %s, which key %s has", event->count,
				plural(event->count), names->target, names->zone);
	case TRACE_ZONE_SECURE:
		if (event->count == 1)
			return snprintf(text, size, "trusts the key of %s from now on", names->zone);
		return snprintf(text, size, "trusts the %u keys of %s from now on", event->count, names->zone);
	case TRACE_ZONE_INSECURE:
		return snprintf(text, size, "cannot check %s: it is insecure", names->zone);
	default:
		return snprintf(text, size, "finds %s bogus: its %s cannot be trusted", names->zone,
				event->type == TYPE_DS ? "DS" : "keys");
	}
}

static int say_check(const struct trace_event *event, const struct names *names, char *text, size_t size)
{
	char claim[NAME_TEXT_SIZE + 64];
	(void)say_claim(event, names, claim, sizeof claim);
	switch (event->kind) {
	case TRACE_SECURE:
		return snprintf(text, size, "checks %s: signed by %s, secure", claim, names->zone);
	case TRACE_INSECURE:
		return snprintf(text, size, "cannot check %s: insecure", claim);
	case TRACE_BOGUS:
		return snprintf(text, size, "checks %s: bogus", claim);
	case TRACE_UNCHECKED:
		return snprintf(text, size, "does not come to check %s", claim);
	default:
		if (event->server.ip.version == 0)
			return snprintf(text, size, "does not trust that, and asks a server itself");
		return snprintf(text, size, "does not trust %s, and looks for another server",
				event->server.port == 53 ? names->address : names->server);
	}
}

static bool is_of_zone(enum trace_kind kind)
{
	return kind >= TRACE_KEYS_NEEDED && kind <= TRACE_ZONE_BOGUS;
}

static bool is_check(enum trace_kind kind)
{
	return kind >= TRACE_SECURE && kind <= TRACE_DISTRUSTED;
}

static int say(const struct trace_event *event, const struct names *names, char *text, size_t size)
{
	if (story_is_reply(event->kind))
		return say_reply(event, names, text, size);
	if (is_of_zone(event->kind))
		return say_zone(event, names, text, size);
	return is_check(event->kind) ? say_check(event, names, text, size) : say_walk(event, names, text, size);
}

bool story_is_reply(enum trace_kind kind)
{
	return kind >= TRACE_REFERRAL && kind <= TRACE_MISMATCH;
}

const char *story_line(const struct trace_event *event, char *text, size_t size)
{
	struct names names;
	spell(event, &names);
	int used = say(event, &names, text, size);
	if (event->detail != NULL && used >= 0 && (size_t)used < size)
		snprintf(text + used, size - (size_t)used, " (%s)", event->detail);
	return text;
}

/* Where the story was cut, the answer itself says so: by AD, or by its extended error. */
enum security story_security(const struct story *story, const struct msg *msg)
{
	const struct trace_event *last = story->trace != NULL ? story->trace->last : NULL;
	if (msg == NULL)
		return SECURITY_UNCHECKED;
	if ((msg->header.flags & FLAG_AD) != 0)
		return SECURITY_SECURE;
	if (last != NULL && (last->kind == TRACE_DONE || last->kind == TRACE_FAILED) && last->depth == 0)
		return last->security;
	return ede_is_validation(msg->edns.ede) ? SECURITY_BOGUS : SECURITY_UNCHECKED;
}

const char *story_security_word(enum security security)
{
	static const char *const words[] = { [SECURITY_UNCHECKED] = "unchecked",
					     [SECURITY_INSECURE] = "insecure",
					     [SECURITY_SECURE] = "secure",
					     [SECURITY_BOGUS] = "bogus" };
	return words[security];
}

const char *story_word(enum trace_kind kind)
{
	static const char *const words[] = {
		[TRACE_QUESTION] = "question",	     [TRACE_CACHE_HIT] = "cache-hit",
		[TRACE_CACHE_MISS] = "cache-miss",   [TRACE_LOCAL] = "local",
		[TRACE_ZONE] = "zone",		     [TRACE_SEND] = "send",
		[TRACE_REFERRAL] = "referral",	     [TRACE_ANSWER] = "answer",
		[TRACE_ALIAS] = "alias",	     [TRACE_NODATA] = "nodata",
		[TRACE_NXDOMAIN] = "nxdomain",	     [TRACE_TRUNCATED] = "truncated",
		[TRACE_BAD_REPLY] = "bad-reply",     [TRACE_TIMEOUT] = "timeout",
		[TRACE_UNREACHABLE] = "unreachable", [TRACE_MISMATCH] = "mismatch",
		[TRACE_NS_ADDRESS] = "ns-address",   [TRACE_KEYS_NEEDED] = "keys-needed",
		[TRACE_KEYS_KNOWN] = "keys-known",   [TRACE_DS] = "ds",
		[TRACE_ZONE_SECURE] = "zone-secure", [TRACE_ZONE_INSECURE] = "zone-insecure",
		[TRACE_ZONE_BOGUS] = "zone-bogus",   [TRACE_SECURE] = "secure",
		[TRACE_INSECURE] = "insecure",	     [TRACE_BOGUS] = "bogus",
		[TRACE_UNCHECKED] = "unchecked",     [TRACE_DISTRUSTED] = "distrusted",
		[TRACE_FAILED] = "failed",	     [TRACE_DONE] = "done",
	};
	return kind < sizeof words / sizeof words[0] && words[kind] != NULL ? words[kind] : "unknown";
}
