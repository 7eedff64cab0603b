#include "text/story_json.h"

#include "text/present.h"
#include "wire/codes.h"

#include <jansson.h>

#define LINE_SIZE (4 * NAME_TEXT_SIZE)

static json_t *json_of_name(struct name name)
{
	char text[NAME_TEXT_SIZE];
	return name.size > 0 ? json_string(name_to_text(name, text)) : json_null();
}

static json_t *json_of_type(uint16_t type)
{
	char text[CODE_TEXT_SIZE];
	return json_string(type_to_text(type, text));
}

/* Only what the kind of line has; jansson takes NULL members as a failure, which json_pack passes on. */
static json_t *json_of_event(const struct trace_event *event, uint64_t start)
{
	char text[LINE_SIZE], ip[IP_TEXT_SIZE], rcode[CODE_TEXT_SIZE];
	json_t *object = json_pack("{s:s, s:i, s:f, s:s}", "kind", story_word(event->kind), "depth", event->depth, "ms",
				   (double)(event->ticks - start) / 1000, "text", story_line(event, text, sizeof text));
	int failed = object == NULL;
	if (event->name.size > 0)
		failed |= json_object_set_new(object, "name", json_of_name(event->name)) |
			  json_object_set_new(object, "type", json_of_type(event->type));
	if (event->zone.size > 0)
		failed |= json_object_set_new(object, "zone", json_of_name(event->zone));
	if (event->target.size > 0)
		failed |= json_object_set_new(object, "target", json_of_name(event->target));
	if (event->server_name.size > 0)
		failed |= json_object_set_new(object, "server", json_of_name(event->server_name));
	if (event->server.ip.version != 0)
		failed |= json_object_set_new(object, "address", json_string(ip_to_text(event->server.ip, ip))) |
			  json_object_set_new(object, "port", json_integer(event->server.port));
	if (story_is_reply(event->kind))
		failed |= json_object_set_new(object, "rtt_us", json_integer(event->rtt_us)) |
			  json_object_set_new(object, "rcode", json_string(rcode_to_text(event->rcode, rcode)));
	if (event->count > 0)
		failed |= json_object_set_new(object, "count", json_integer(event->count));
	if (event->kind == TRACE_REFERRAL)
		failed |= json_object_set_new(object, "glue", json_integer(event->glue));
	if (event->kind == TRACE_ANSWER || event->kind == TRACE_CACHE_HIT)
		failed |= json_object_set_new(object, "ttl", json_integer(event->ttl));
	if (event->detail != NULL)
		failed |= json_object_set_new(object, "detail", json_string(event->detail));
	if (failed == 0)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *json_of_trace(const struct trace *trace)
{
	json_t *array = json_array();
	uint64_t start = trace != NULL && trace->first != NULL ? trace->first->ticks : 0;
	int failed = array == NULL;
	for (const struct trace_event *event = trace != NULL ? trace->first : NULL; event != NULL; event = event->next)
		failed |= json_array_append_new(array, json_of_event(event, start));
	if (failed == 0)
		return array;
	json_decref(array);
	return NULL;
}

static json_t *json_of_hosts(const struct hosts *hosts)
{
	static const char *const words[] = { [HOSTS_NOT_ASKED] = "not-asked",
					     [HOSTS_SWITCHED_OFF] = "switched-off",
					     [HOSTS_UNREADABLE] = "unreadable",
					     [HOSTS_NOTHING] = "nothing",
					     [HOSTS_FOUND] = "found" };
	char ip[IP_TEXT_SIZE];
	json_t *addresses = json_array();
	int failed = 0;
	for (size_t i = 0; i < hosts->count; i++)
		failed |= json_array_append_new(addresses, json_string(ip_to_text(hosts->addresses[i], ip)));
	json_t *object = json_pack("{s:s, s:s, s:o}", "file", hosts->path, "said", words[hosts->verdict], "addresses",
				   addresses);
	if (failed == 0)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *json_of_section(const struct section *section)
{
	char text[PRESENT_SIZE];
	json_t *array = json_array();
	int failed = array == NULL;
	for (size_t i = 0; i < section->count; i++) {
		const struct rrset *rrset = &section->rrsets[i];
		struct rrset_walk walk = rrset_walk_data(rrset);
		struct presentable record = { rrset->owner, rrset->type, rrset->class, rrset->ttl, { 0 } };
		while (rrset_next(&walk, &record.rdata))
			failed |= json_array_append_new(
				array, json_pack("{s:o, s:I, s:o, s:s}", "name", json_of_name(record.owner), "ttl",
						 (json_int_t)record.ttl, "type", json_of_type(record.type), "data",
						 present_rdata(&record, text, sizeof text)));
	}
	if (failed == 0)
		return array;
	json_decref(array);
	return NULL;
}

static json_t *json_of_answer(const struct story *story, const struct msg *msg)
{
	char rcode[CODE_TEXT_SIZE];
	if (msg == NULL)
		return json_null();
	return json_pack("{s:s, s:o, s:s, s:o, s:o}", "rcode", rcode_to_text(msg->rcode, rcode), "ede",
			 msg->edns.ede != EDE_NONE ? json_integer(msg->edns.ede) : json_null(), "security",
			 story_security_word(story_security(story, msg)), "answer",
			 json_of_section(&msg->answer), "authority", json_of_section(&msg->authority));
}

bool story_write_json(const struct story *story, const struct msg *msg, FILE *file)
{
	json_t *document = json_pack("{s:{s:o, s:o}, s:o, s:o, s:b, s:I, s:I, s:o}", "question", "name",
				     json_of_name(story->name), "type", json_of_type(story->type), "hosts",
				     json_of_hosts(&story->hosts), "story", json_of_trace(story->trace), "cut",
				     story->trace != NULL && story->trace->cut, "queries",
				     (json_int_t)story_sends(story->trace), "elapsed_us",
				     (json_int_t)story->elapsed_us, "answer", json_of_answer(story, msg));
	bool good = document != NULL && json_dumpf(document, file, JSON_INDENT(2)) == 0;
	json_decref(document);
	fputc('\n', file);
	return good;
}
