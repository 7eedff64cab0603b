/* board: where the worker that follows trust anchors pins up what the others shall trust.
 *
 *	worker 0: EFFECT_ANCHORS -> board_post -> worker_tell(each of the others)
 *	the others, told:           board_read -> engine_trust
 *
 * Safe to share between threads. Reading copies into the engine, so that nobody waits for anybody for long.
 */
#ifndef ROOTWALK_DAEMON_BOARD_H
#define ROOTWALK_DAEMON_BOARD_H

#include "resolver/engine.h"

struct board;

struct board *board_create(void);
void board_destroy(struct board *board);

/* Takes down what was there. False when out of memory: it stays. */
bool board_post(struct board *board, const struct trust_point *points, size_t count);

/* Hands what is there, if anything ever was, to the engine. False when that is out of memory. */
bool board_read(struct board *board, struct engine *engine, struct instant now);

#endif
