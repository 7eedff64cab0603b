#include "resolver/ledger.h"

struct ledger_line {
	struct endpoint server;
	struct question question;
	unsigned int count;
	struct ledger_line *next;
};

static struct ledger_line *find(const struct ledger *ledger, struct endpoint server, const struct question *question)
{
	struct ledger_line *line = ledger->lines;
	while (line != NULL && !(endpoint_equal(line->server, server) && question_equal(&line->question, question)))
		line = line->next;
	return line;
}

unsigned int ledger_count(const struct ledger *ledger, struct endpoint server, const struct question *question)
{
	const struct ledger_line *line = find(ledger, server, question);
	return line != NULL ? line->count : 0;
}

bool ledger_add(struct ledger *ledger, struct arena *arena, struct endpoint server, const struct question *question)
{
	struct ledger_line *line = find(ledger, server, question);
	if (line == NULL) {
		line = ARENA_NEW(arena, struct ledger_line);
		if (line == NULL)
			return false;
		*line = (struct ledger_line){ server, *question, 0, ledger->lines };
		ledger->lines = line;
	}
	line->count++;
	return true;
}
