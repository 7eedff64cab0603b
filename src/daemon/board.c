#include "daemon/board.h"

#include <pthread.h>
#include <stdlib.h>

struct board {
	pthread_mutex_t lock;
	struct arena arena;
	struct rrset *anchors; /* NULL: nothing was posted yet */
	size_t count;
};

struct board *board_create(void)
{
	struct board *board = calloc(1, sizeof *board);
	if (board == NULL || pthread_mutex_init(&board->lock, NULL) != 0) {
		free(board);
		return NULL;
	}
	board->arena = arena_of(0);
	return board;
}

void board_destroy(struct board *board)
{
	if (board == NULL)
		return;
	arena_free(&board->arena);
	pthread_mutex_destroy(&board->lock);
	free(board);
}

bool board_post(struct board *board, const struct trust_point *points, size_t count)
{
	struct arena arena = arena_of(0);
	struct rrset *anchors = arena_alloc(&arena, (2 * count + 1) * sizeof *anchors);
	size_t filled = 0, more;
	bool good = anchors != NULL;
	for (size_t i = 0; good && i < count; i++) {
		good = anchor_trusted(&points[i], &arena, &anchors[filled], &more);
		filled += good ? more : 0;
	}
	if (good) {
		pthread_mutex_lock(&board->lock);
		struct arena before = board->arena;
		board->arena = arena;
		board->anchors = anchors;
		board->count = filled;
		pthread_mutex_unlock(&board->lock);
		arena = before;
	}
	arena_free(&arena);
	return good;
}

bool board_read(struct board *board, struct engine *engine, struct instant now)
{
	pthread_mutex_lock(&board->lock);
	bool good = board->anchors == NULL || engine_trust(engine, now, board->anchors, board->count);
	pthread_mutex_unlock(&board->lock);
	return good;
}
