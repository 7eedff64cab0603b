#include "attacks.h"
#include "seal.h"
const struct attack chain_attacks[] = { { 40, "x", NULL, NULL, NULL } };
const size_t chain_attack_count = 0;
