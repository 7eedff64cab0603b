/* denial_model: what must hold of the proofs of every zone; tests of test_denial. */
#ifndef ROOTWALK_TESTS_UNIT_DENIAL_MODEL_H
#define ROOTWALK_TESTS_UNIT_DENIAL_MODEL_H

/* Whichever of a zone's records are shown, with whatever of other zones: what exists is not denied. */
void nothing_that_exists_is_denied(void **state);

/* The proof by the book is accepted, in any order and among others, and no longer when one of its records is missing. */
void right_proofs_are_accepted(void **state);

#endif
