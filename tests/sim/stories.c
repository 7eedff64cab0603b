#include "stories.h"

const struct story stories[] = { { NULL, NULL, NULL } };
const size_t story_count = 0;
