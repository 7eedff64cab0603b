#include "resolver/effects.h"

struct effect_node {
	struct effect effect;
	struct effect_node *next;
};

struct effects effects_of(void)
{
	return (struct effects){ .arena = arena_of(0) };
}

void effects_free(struct effects *effects)
{
	arena_free(&effects->arena);
	*effects = effects_of();
}

bool effects_add(struct effects *effects, const struct effect *effect)
{
	struct effect_node *node = ARENA_NEW(&effects->arena, struct effect_node);
	if (node == NULL)
		return false;
	node->effect = *effect;
	node->effect.octets = arena_copy(&effects->arena, effect->octets);
	if (node->effect.octets.size != effect->octets.size)
		return false;
	if (effects->last != NULL)
		effects->last->next = node;
	else
		effects->first = node;
	effects->last = node;
	return true;
}

bool effects_take(struct effects *effects, struct effect *effect)
{
	struct effect_node *node = effects->first;
	if (node == NULL)
		return false;
	*effect = node->effect;
	effects->first = node->next;
	if (effects->first == NULL)
		effects->last = NULL;
	return true;
}

void effects_begin(struct effects *effects)
{
	if (effects->first == NULL)
		arena_reset(&effects->arena);
}

struct arena *effects_arena(struct effects *effects)
{
	return &effects->arena;
}
