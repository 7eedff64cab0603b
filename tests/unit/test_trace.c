#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "resolver/trace.h"

static uint8_t octets[] = "\3www\7example";
static const struct name name = { octets, sizeof octets, 2 };

static struct trace_event event_of(uint64_t ticks)
{
	return (struct trace_event){ .kind = TRACE_SEND,
				     .ticks = ticks,
				     .name = name,
				     .zone = name,
				     .server_name = name,
				     .target = name,
				     .type = 28,
				     .detail = "TCP",
				     .ede = -1 };
}

static void events_stand_in_their_order(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	struct trace trace = { .arena = &arena };
	for (uint64_t ticks = 0; ticks < 3; ticks++) {
		struct trace_event event = event_of(ticks);
		event.next = &event; /* whatever stands there is not believed */
		trace_add(&trace, &event);
	}
	assert_int_equal(trace.count, 3);
	const struct trace_event *event = trace.first;
	for (uint64_t ticks = 0; ticks < 3; ticks++, event = event->next)
		assert_int_equal(event->ticks, ticks);
	assert_null(event);
	arena_free(&arena);
}

static void names_are_copied(void **state)
{
	(void)state;
	struct arena arena = arena_of(0);
	struct trace trace = { .arena = &arena };
	struct trace_event event = event_of(1);
	event.target = (struct name){ 0 }; /* no name stays none */
	trace_add(&trace, &event);
	octets[1] = 'x';
	assert_int_equal(trace.first->name.octets[1], 'w');
	assert_int_equal(trace.first->zone.octets[1], 'w');
	assert_int_equal(trace.first->server_name.octets[1], 'w');
	assert_int_equal(trace.first->target.size, 0);
	assert_int_equal(trace.first->type, 28);
	assert_string_equal(trace.first->detail, "TCP");
	octets[1] = 'w';
	arena_free(&arena);
}

static void what_is_said_is_copied(void **state)
{
	(void)state;
	struct arena arena = arena_of(0), other = arena_of(0);
	struct trace trace = { .arena = &arena };
	struct trace_event event = event_of(1);
	char words[] = "example.: the RRSIG has expired";
	event.detail = words;
	trace_add(&trace, &event);
	words[0] = 'x';
	const struct trace *copy = trace_copy(&other, &trace);
	arena_free(&arena);
	assert_non_null(copy);
	assert_string_equal(copy->first->detail, "example.: the RRSIG has expired");
	arena_free(&other);
}

static void nobody_listens(void **state)
{
	(void)state;
	struct trace_event event = event_of(1);
	trace_add(NULL, &event);
}

static void a_long_story_is_cut_and_says_so(void **state)
{
	(void)state;
	struct arena arena = arena_of(0), other = arena_of(0);
	struct trace trace = { .arena = &arena };
	struct trace_event event = event_of(1);
	for (unsigned int i = 0; i < LIMIT_TRACE_EVENTS; i++)
		trace_add(&trace, &event);
	assert_int_equal(trace.count, LIMIT_TRACE_EVENTS);
	assert_false(trace.cut);
	trace_add(&trace, &event);
	trace_add(&trace, &event);
	assert_int_equal(trace.count, LIMIT_TRACE_EVENTS);
	assert_true(trace.cut);
	const struct trace *copy = trace_copy(&other, &trace);
	assert_non_null(copy);
	assert_true(copy->cut && copy->count == LIMIT_TRACE_EVENTS);
	arena_free(&arena);
	arena_free(&other);
}

static void a_copy_outlives_its_source(void **state)
{
	(void)state;
	struct arena arena = arena_of(0), other = arena_of(0);
	struct trace trace = { .arena = &arena };
	for (uint64_t ticks = 0; ticks < 5; ticks++) {
		struct trace_event event = event_of(ticks);
		trace_add(&trace, &event);
	}
	const struct trace *copy = trace_copy(&other, &trace);
	arena_free(&arena);
	assert_non_null(copy);
	assert_int_equal(copy->count, 5);
	assert_false(copy->cut);
	const struct trace_event *event = copy->first;
	for (uint64_t ticks = 0; ticks < 5; ticks++, event = event->next) {
		assert_int_equal(event->ticks, ticks);
		assert_true(name_equal(event->server_name, name));
	}
	assert_ptr_equal(copy->last->next, NULL);
	arena_free(&other);
}

/* Where memory ends the story is cut; each line that is there can be told, names and all. */
static void memory_ends(void **state)
{
	(void)state;
	/* Each start leaves the arena's only chunk with another rest, so that it ends within a line at every place. */
	for (size_t start = 1; start < 600; start += 16) {
		struct arena arena = arena_of(ARENA_CHUNK_MIN);
		struct trace trace = { .arena = &arena };
		struct trace_event event = event_of(1);
		assert_non_null(arena_alloc(&arena, start));
		while (!trace.cut)
			trace_add(&trace, &event);
		assert_in_range(trace.count, 1, 40);
		for (const struct trace_event *kept = trace.first; kept != NULL; kept = kept->next) {
			assert_non_null(kept->name.octets);
			assert_non_null(kept->zone.octets);
			assert_non_null(kept->server_name.octets);
			assert_non_null(kept->target.octets);
			assert_string_equal(kept->detail, "TCP");
		}
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_stand_in_their_order),
		cmocka_unit_test(names_are_copied),
		cmocka_unit_test(what_is_said_is_copied),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(a_long_story_is_cut_and_says_so),
		cmocka_unit_test(a_copy_outlives_its_source),
		cmocka_unit_test(memory_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
