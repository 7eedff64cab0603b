#include "resolver/tally.h"

#include "wire/limits.h"

#include <stdlib.h>

#define WHOLE 1024u /* a share of a quota that is all of it */

struct tally_row {
	struct index_node node;
	unsigned int count;
	unsigned int share;          /* of the quota, in WHOLE parts */
	unsigned int ended, in_vain; /* since the share was last looked at */
	struct tally_row *next;      /* unused */
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
	row->count = row->ended = row->in_vain = 0;
	row->share = WHOLE;
	if (index_add(&tally->rows, &row->node, hash))
		return row;
	row->next = tally->unused;
	tally->unused = row;
	return NULL;
}

static unsigned int quota_of(const struct tally_row *row, unsigned int limit)
{
	unsigned int quota = (unsigned int)((uint64_t)limit * row->share / WHOLE);
	unsigned int floor = (limit * LIMIT_QUOTA_FLOOR_PERCENT + 99) / 100;
	return quota > floor ? quota : floor;
}

static bool take(struct tally *tally, uint64_t hash, unsigned int limit, bool whole)
{
	struct tally_row *row = find(tally, hash);
	if (row == NULL)
		row = limit > 0 ? add(tally, hash) : NULL;
	if (row == NULL || row->count >= (whole ? limit : quota_of(row, limit)))
		return false;
	row->count++;
	return true;
}

bool tally_take(struct tally *tally, uint64_t hash, unsigned int limit)
{
	return take(tally, hash, limit, false);
}

bool tally_take_whole(struct tally *tally, uint64_t hash, unsigned int limit)
{
	return take(tally, hash, limit, true);
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

void tally_learn(struct tally *tally, uint64_t hash, bool in_vain)
{
	struct tally_row *row = find(tally, hash);
	if (row == NULL)
		return;
	row->in_vain += in_vain;
	if (++row->ended < LIMIT_QUOTA_SAMPLE)
		return;
	unsigned int percent = row->in_vain * 100 / row->ended;
	row->ended = row->in_vain = 0;
	if (percent > LIMIT_QUOTA_FALL_PERCENT)
		row->share -= row->share / 4;
	else if (percent < LIMIT_QUOTA_RISE_PERCENT)
		row->share += row->share / 3 + 1;
	if (row->share > WHOLE)
		row->share = WHOLE;
	if (row->share < WHOLE * LIMIT_QUOTA_FLOOR_PERCENT / 100)
		row->share = WHOLE * LIMIT_QUOTA_FLOOR_PERCENT / 100;
}

unsigned int tally_left(const struct tally *tally, uint64_t hash, unsigned int limit)
{
	const struct tally_row *row = find(tally, hash);
	unsigned int quota = row != NULL ? quota_of(row, limit) : limit;
	unsigned int count = row != NULL ? row->count : 0;
	return quota > count ? quota - count : 0;
}
