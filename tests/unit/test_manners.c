#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "resolver/manners.h"
#include "wire/limits.h"

#define NOW 1000u

struct fixture {
	struct table *table;
	struct ip ip;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture.table = table_create(1 << 20, (struct hash_key){ 1, 2 });
	*state = &fixture;
	return fixture.table != NULL && ip_of_text("192.0.2.1", &fixture.ip) ? 0 : 1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	table_destroy(fixture->table);
	return 0;
}

static struct server get(const struct fixture *fixture, uint64_t age)
{
	struct server server;
	servers_get(fixture->table, fixture->ip, age, &server);
	return server;
}

static void doubt_edns(const struct fixture *fixture, uint64_t age)
{
	manners_doubt_edns(fixture->table, fixture->ip, age);
}

static void edns_is_given_up_after_some_errors_in_a_while(void **state)
{
	const struct fixture *fixture = *state;
	struct server server;
	for (unsigned int i = 1; i <= LIMIT_EDNS_DOUBTS; i++) {
		server = get(fixture, NOW);
		assert_false(manners_lack_edns(&server, NOW));
		doubt_edns(fixture, NOW + (i == LIMIT_EDNS_DOUBTS ? LIMIT_EDNS_DOUBTS_S : 0));
	}
	server = get(fixture, NOW + LIMIT_EDNS_DOUBTS_S);
	assert_true(manners_lack_edns(&server, NOW + LIMIT_EDNS_DOUBTS_S));
	assert_false(manners_lack_edns(&server, NOW + LIMIT_EDNS_DOUBTS_S + LIMIT_EDNS_BROKEN_TTL));
	manners_trust_edns(fixture->table, fixture->ip, NOW + LIMIT_EDNS_DOUBTS_S);
	server = get(fixture, NOW + LIMIT_EDNS_DOUBTS_S);
	assert_false(manners_lack_edns(&server, NOW + LIMIT_EDNS_DOUBTS_S));
}

static void seldom_errors_never_are_enough(void **state)
{
	const struct fixture *fixture = *state;
	for (unsigned int i = 0; i < 10; i++)
		doubt_edns(fixture, NOW + i * (LIMIT_EDNS_DOUBTS_S + 1));
	struct server server = get(fixture, NOW + 10 * (LIMIT_EDNS_DOUBTS_S + 1));
	assert_false(server.edns_broken);
}

static void case_is_given_up_after_some_doubts(void **state)
{
	const struct fixture *fixture = *state;
	for (unsigned int i = 0; i < LIMIT_CASE_DOUBTS; i++) {
		assert_false(get(fixture, NOW).case_broken);
		manners_doubt_case(fixture->table, fixture->ip, NOW);
	}
	assert_true(get(fixture, NOW).case_broken);
}

static struct span cookie_of(size_t size)
{
	static const uint8_t octets[SERVER_COOKIE_SIZE_MAX + 1] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	return span_of(octets, size);
}

static void a_cookie_is_kept_and_insisted_on(void **state)
{
	(void)state;
	struct server server = { 0 };
	assert_true(manners_take_cookie(&server, NOW));
	assert_false(manners_give_cookie(&server, NOW));
	manners_hear_cookie(&server, NOW, false, SHOWN_OURS, cookie_of(SERVER_COOKIE_SIZE_MIN - 1));
	manners_hear_cookie(&server, NOW, false, SHOWN_OURS, cookie_of(SERVER_COOKIE_SIZE_MAX + 1));
	assert_int_equal(server.cookie_size, 0);
	manners_hear_cookie(&server, NOW, false, SHOWN_OURS, cookie_of(SERVER_COOKIE_SIZE_MAX));
	assert_int_equal(server.cookie_size, SERVER_COOKIE_SIZE_MAX);
	manners_hear_cookie(&server, NOW, false, SHOWN_OURS, cookie_of(SERVER_COOKIE_SIZE_MIN));
	assert_int_equal(server.cookie_size, SERVER_COOKIE_SIZE_MIN);
	assert_int_equal(server.cookie[SERVER_COOKIE_SIZE_MIN], 0); /* nothing is left of the longer one */
	assert_true(manners_give_cookie(&server, NOW));
	/* Over UDP a reply without it says nothing: it may be somebody else's. */
	manners_hear_cookie(&server, NOW, false, SHOWN_NONE, cookie_of(0));
	manners_hear_cookie(&server, NOW, false, SHOWN_WRONG, cookie_of(0));
	assert_true(manners_give_cookie(&server, NOW));
}

static void who_stops_over_tcp_is_forgotten_and_after_some_times_not_insisted_on(void **state)
{
	(void)state;
	struct server server = { 0 };
	for (unsigned int i = 0; i < LIMIT_COOKIE_DOUBTS; i++) {
		manners_hear_cookie(&server, NOW, false, SHOWN_OURS, cookie_of(16));
		assert_true(manners_give_cookie(&server, NOW));
		manners_hear_cookie(&server, NOW, true, SHOWN_NONE, cookie_of(0));
		assert_false(manners_give_cookie(&server, NOW));
		assert_int_equal(server.cookie_size, 0);
	}
	manners_hear_cookie(&server, NOW, false, SHOWN_OURS, cookie_of(16));
	assert_true(manners_take_cookie(&server, NOW));
	assert_false(manners_give_cookie(&server, NOW));
	assert_true(manners_give_cookie(&server, NOW + LIMIT_COOKIE_DOUBTS_TTL));
}

static void who_never_gave_one_over_tcp_is_not_doubted(void **state)
{
	(void)state;
	struct server server = { 0 };
	for (unsigned int i = 0; i < 10; i++)
		manners_hear_cookie(&server, NOW, true, SHOWN_NONE, cookie_of(0));
	assert_int_equal(server.cookie_doubts, 0);
	manners_hear_cookie(&server, NOW, false, SHOWN_OURS, cookie_of(16));
	assert_true(manners_give_cookie(&server, NOW));
}

static void who_mixes_ours_up_gets_none_for_a_while(void **state)
{
	(void)state;
	struct server server = { 0 };
	manners_hear_cookie(&server, NOW, true, SHOWN_WRONG, cookie_of(0));
	assert_false(manners_take_cookie(&server, NOW));
	assert_true(manners_take_cookie(&server, NOW + LIMIT_COOKIE_DOUBTS_TTL));
}

static void who_answers_only_without_gets_none_unless_it_gave_one(void **state)
{
	const struct fixture *fixture = *state;
	struct server server;
	for (unsigned int i = 0; i < LIMIT_COOKIE_DOUBTS; i++) {
		server = get(fixture, NOW);
		assert_true(manners_take_cookie(&server, NOW));
		manners_doubt_cookie(fixture->table, fixture->ip, NOW);
	}
	server = get(fixture, NOW);
	assert_false(manners_take_cookie(&server, NOW));
	server = (struct server){ .cookie_size = 8 };
	servers_put(fixture->table, fixture->ip, NOW, &server);
	for (unsigned int i = 0; i < LIMIT_COOKIE_DOUBTS; i++)
		manners_doubt_cookie(fixture->table, fixture->ip, NOW);
	server = get(fixture, NOW);
	assert_true(manners_take_cookie(&server, NOW));
	assert_false(manners_give_cookie(&server, NOW));
}

static void a_doubted_or_silent_server_gets_none(void **state)
{
	(void)state;
	struct server doubted = { .edns_doubts = 1 }, silent = { .silences = 1 }, known = { .silences = 1, .cookie_size = 8 };
	assert_false(manners_take_cookie(&doubted, NOW));
	assert_false(manners_take_cookie(&silent, NOW));
	assert_true(manners_take_cookie(&known, NOW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(edns_is_given_up_after_some_errors_in_a_while, set_up, tear_down),
		cmocka_unit_test_setup_teardown(seldom_errors_never_are_enough, set_up, tear_down),
		cmocka_unit_test_setup_teardown(case_is_given_up_after_some_doubts, set_up, tear_down),
		cmocka_unit_test(a_cookie_is_kept_and_insisted_on),
		cmocka_unit_test(who_stops_over_tcp_is_forgotten_and_after_some_times_not_insisted_on),
		cmocka_unit_test(who_never_gave_one_over_tcp_is_not_doubted),
		cmocka_unit_test(who_mixes_ours_up_gets_none_for_a_while),
		cmocka_unit_test_setup_teardown(who_answers_only_without_gets_none_unless_it_gave_one, set_up, tear_down),
		cmocka_unit_test(a_doubted_or_silent_server_gets_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
