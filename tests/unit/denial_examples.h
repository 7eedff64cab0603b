/* denial_examples: those of RFC 4035 appendix B and RFC 5155 appendix B, over the zones of appendices A; tests of
 * test_denial. */
#ifndef ROOTWALK_TESTS_UNIT_DENIAL_EXAMPLES_H
#define ROOTWALK_TESTS_UNIT_DENIAL_EXAMPLES_H

void rfc4035_name_error(void **state);
void rfc4035_no_data(void **state);
void rfc4035_referrals(void **state);
void rfc4035_wildcards(void **state);
void rfc4035_ds_at_the_child(void **state);
void rfc5155_name_error(void **state);
void rfc5155_no_data(void **state);
void rfc5155_opt_out_referral(void **state);
void rfc5155_wildcards(void **state);
void rfc5155_ds_at_the_child(void **state);

#endif
