#include "resolver/trace.h"

static struct name keep(struct arena *arena, struct name name)
{
	return name.size == 0 ? name : name_copy(arena, name);
}

void trace_add(struct trace *trace, const struct trace_event *event)
{
	if (trace == NULL || trace->cut)
		return;
	struct trace_event *kept = trace->count < TRACE_EVENTS_MAX ? ARENA_NEW(trace->arena, struct trace_event) : NULL;
	if (kept == NULL) {
		trace->cut = true;
		return;
	}
	*kept = *event;
	kept->next = NULL;
	kept->name = keep(trace->arena, event->name);
	kept->zone = keep(trace->arena, event->zone);
	kept->server_name = keep(trace->arena, event->server_name);
	kept->target = keep(trace->arena, event->target);
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
