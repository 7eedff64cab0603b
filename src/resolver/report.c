#include "resolver/report.h"

#include "wire/codes.h"

static bool is_wanted(const struct engine *engine, bool failed)
{
	return engine->options->log_queries || (failed && engine->log.level >= LOG_LEVEL_DEBUG);
}

void report_answer(const struct engine *engine, const struct client *client, struct span message, const char *why)
{
	char name_text[NAME_TEXT_SIZE] = "(no question)", type_text[CODE_TEXT_SIZE] = "", from[ENDPOINT_TEXT_SIZE];
	char rcode_text[CODE_TEXT_SIZE] = "not answered";
	struct cursor cursor = cursor_of(client->question);
	struct header header;
	struct name name;
	bool answered = message.size > 0 && header_read(message, &header);
	bool failed = answered && (header.flags & FLAGS_RCODE_MASK) == RCODE_SERVFAIL;
	if (!is_wanted(engine, failed) || client->internal)
		return;
	if (client->question.size > 0 && name_read_plain(&cursor, &name)) {
		name_to_text(name, name_text);
		type_to_text(cursor_u16(&cursor), type_text);
	}
	if (answered)
		rcode_to_text(header.flags & FLAGS_RCODE_MASK, rcode_text);
	uint64_t ms = (engine->now.ticks - client->since) / TICKS_PER_MS;
	(engine->options->log_queries ? log_info : log_debug)(
		&engine->log, "query from %s over %s: %s %s: %s in %llu ms%s%s", endpoint_to_text(client->origin.from, from),
		client->origin.stream ? "TCP" : "UDP", name_text, type_text, rcode_text, (unsigned long long)ms,
		why != NULL ? "; " : "", why != NULL ? why : "");
}
