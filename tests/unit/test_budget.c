#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "resolver/budget.h"
#include "wire/limits.h"

static const struct {
	bool (*spend)(struct budget *budget);
	unsigned int limit;
} counters[] = {
	{ budget_upstream_query, LIMIT_UPSTREAM_QUERIES },
	{ budget_ns_address_lookup, LIMIT_NS_ADDRESS_LOOKUPS },
	{ budget_ns_name_failed, LIMIT_NS_NAMES_FAILED },
};

#define COUNT (sizeof counters / sizeof counters[0])

static void each_holds_to_its_limit_and_no_further(void **state)
{
	(void)state;
	struct budget budget = { 0 };
	for (size_t i = 0; i < COUNT; i++) {
		for (unsigned int spent = 0; spent < counters[i].limit; spent++)
			assert_true(counters[i].spend(&budget));
		for (unsigned int more = 0; more < 1000; more++)
			assert_false(counters[i].spend(&budget));
	}
	assert_int_equal(budget.upstream_queries, LIMIT_UPSTREAM_QUERIES);
	assert_int_equal(budget.ns_address_lookups, LIMIT_NS_ADDRESS_LOOKUPS);
	assert_int_equal(budget.ns_names_failed, LIMIT_NS_NAMES_FAILED);
}

static void one_spent_leaves_the_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		struct budget budget = { 0 };
		while (counters[i].spend(&budget))
			;
		for (size_t j = 0; j < COUNT; j++)
			assert_int_equal(counters[j].spend(&budget), i != j);
		assert_true(budget_received(&budget, 1));
	}
}

static void octets_are_counted_to_the_last(void **state)
{
	(void)state;
	struct budget budget = { 0 };
	assert_true(budget_received(&budget, LIMIT_RECEIVED_OCTETS - 1));
	assert_true(budget_received(&budget, 1));
	assert_true(budget_received(&budget, 0));
	assert_false(budget_received(&budget, 1));
	assert_false(budget_received(&budget, 0)); /* once false, always false */
	assert_true(budget_upstream_query(&budget));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_holds_to_its_limit_and_no_further),
		cmocka_unit_test(one_spent_leaves_the_others),
		cmocka_unit_test(octets_are_counted_to_the_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
