#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dnssec/work.h"
#include "wire/limits.h"

static void each_kind_has_its_own_end(void **state)
{
	(void)state;
	struct work work = { 0 };
	for (unsigned int i = 0; i < LIMIT_NSEC3_HASHES; i++)
		assert_true(work_hash(&work));
	assert_false(work_hash(&work));
	for (unsigned int i = 0; i < LIMIT_SIGNATURE_CHECKS; i++)
		assert_true(work_check(&work));
	assert_false(work_check(&work));
	assert_false(work_check(&work));
	assert_int_equal(work.hashes, LIMIT_NSEC3_HASHES);
	assert_int_equal(work.checks, LIMIT_SIGNATURE_CHECKS);
	assert_int_equal(work.failures, 0);
}

static void after_one_failure_too_many_nothing_is_checked(void **state)
{
	(void)state;
	struct work work = { 0 };
	for (unsigned int i = 0; i < LIMIT_SIGNATURE_FAILURES; i++) {
		assert_true(work_failure(&work));
		assert_true(work_check(&work));
	}
	for (unsigned int i = 0; i < 3; i++) {
		assert_false(work_failure(&work));
		assert_false(work_check(&work));
	}
	assert_int_equal(work.checks, LIMIT_SIGNATURE_FAILURES);
	assert_true(work_hash(&work));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_own_end),
		cmocka_unit_test(after_one_failure_too_many_nothing_is_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
