#include "resolver/tally.h"

#include <stdlib.h>

struct tally_row {
	struct index_node node;
	unsigned int count;
	struct tally_row *next; /* unused */
};

struct tally tally_of(void)
{
	return (struct tally){ .rows = index_of() };
}

void tally_free(struct tally *tally)
{
	index_each(&tally->rows, free); /* the node is the row's first member */
	index_free(&tally->rows);
	while (tally->unused != NULL) {
		struct tally_row *next = tally->unused->next;
		free(tally->unused);
		tally->unused = next;
	}
}

static struct tally_row *find(const struct tally *tally, uint64_t hash)
{
	struct index_node *node = index_first(&tally->rows, hash);
	return node != NULL ? CONTAINER_OF(node, struct tally_row, node) : NULL;
}

static struct tally_row *add(struct tally *tally, uint64_t hash)
{
	struct tally_row *row = tally->unused;
	if (row != NULL)
		tally->unused = row->next;
	else
		row = calloc(1, sizeof *row);
	if (row == NULL)
		return NULL;
	row->count = 0;
	if (index_add(&tally->rows, &row->node, hash))
		return row;
	row->next = tally->unused;
	tally->unused = row;
	return NULL;
}

bool tally_take(struct tally *tally, uint64_t hash, unsigned int limit)
{
	struct tally_row *row = find(tally, hash);
	if (row == NULL)
		row = limit > 0 ? add(tally, hash) : NULL;
	if (row == NULL || row->count >= limit)
		return false;
	row->count++;
	return true;
}

void tally_give(struct tally *tally, uint64_t hash)
{
	struct tally_row *row = find(tally, hash);
	if (row == NULL || --row->count > 0)
		return;
	index_remove(&tally->rows, &row->node);
	row->next = tally->unused;
	tally->unused = row;
}

unsigned int tally_count(const struct tally *tally, uint64_t hash)
{
	const struct tally_row *row = find(tally, hash);
	return row != NULL ? row->count : 0;
}
