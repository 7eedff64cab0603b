#include "resolver/trace.h"

/* Replaces the name by a copy; false when out of memory. */
static bool keep(struct arena *arena, struct name *name)
{
	if (name->size > 0)
		*name = name_copy(arena, *name);
	return name->size == 0 || name->octets != NULL;
}

static bool keep_text(struct arena *arena, const char **text)
{
	*text = (const char *)arena_copy(arena, span_of(*text, strlen(*text) + 1)).octets;
	return *text != NULL;
}

void trace_add(struct trace *trace, const struct trace_event *event)
{
	if (trace == NULL || trace->cut)
		return;
	struct trace_event *kept = trace->count < LIMIT_TRACE_EVENTS ? ARENA_NEW(trace->arena, struct trace_event) : NULL;
	if (kept != NULL)
		*kept = *event;
	if (kept == NULL || !keep(trace->arena, &kept->name) || !keep(trace->arena, &kept->zone) ||
	    !keep(trace->arena, &kept->server_name) || !keep(trace->arena, &kept->target) ||
	    (kept->detail != NULL && !keep_text(trace->arena, &kept->detail))) {
		trace->cut = true;
		return;
	}
	kept->next = NULL;
	if (trace->last != NULL)
		trace->last->next = kept;
	else
		trace->first = kept;
	trace->last = kept;
	trace->count++;
}

const struct trace *trace_copy(struct arena *arena, const struct trace *trace)
{
	struct trace *copy = ARENA_NEW(arena, struct trace);
	if (copy == NULL)
		return NULL;
	copy->arena = arena;
	for (const struct trace_event *event = trace->first; event != NULL; event = event->next)
		trace_add(copy, event);
	copy->cut = copy->cut || trace->cut;
	return copy;
}
