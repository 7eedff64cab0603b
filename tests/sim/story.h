/* story: what happens in a world, a line for each packet: virtual ms, direction, who, what it says. */
#ifndef ROOTWALK_TESTS_SIM_STORY_H
#define ROOTWALK_TESTS_SIM_STORY_H

#include "internet.h"

void story_send(const struct internet *internet, const struct effect *effect);
void story_reply(const struct internet *internet, struct endpoint from, bool stream, bool open, struct span octets);
void story_failure(const struct internet *internet, struct endpoint from, enum exchange_failure why);
void story_question(const struct internet *internet, unsigned int resolver, uint64_t handle, struct span octets);
void story_answer(const struct internet *internet, uint64_t handle, struct span octets);
void story_line(const struct internet *internet, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The world: zones, hosts and moods. */
void story_world(const struct internet *internet);

/* A message in one line. Returns `text`. */
const char *story_message(struct span octets, char *text, size_t size);

#endif
