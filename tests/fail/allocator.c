#include "allocator.h"

#include <openssl/crypto.h>
#include <stddef.h>

static struct {
	unsigned long number, count;
	bool all_after, inside;
	long blocks;
} allocator;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

void allocator_arm(unsigned long number, bool all_after)
{
	allocator.number = number;
	allocator.all_after = all_after;
	allocator.count = 0;
}

void allocator_enter(void)
{
	allocator.inside = true;
}

void allocator_leave(void)
{
	allocator.inside = false;
}

unsigned long allocator_count(void)
{
	return allocator.count;
}

long allocator_blocks(void)
{
	return allocator.blocks;
}

static bool fails(void)
{
	if (!allocator.inside)
		return false;
	allocator.count++;
	return allocator.number != 0 && (allocator.count == allocator.number ||
					 (allocator.all_after && allocator.count > allocator.number));
}

static void *count(void *block)
{
	if (allocator.inside && block != NULL)
		allocator.blocks++;
	return block;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : count(__real_malloc(size));
}

void *__wrap_calloc(size_t number, size_t size)
{
	return fails() ? NULL : count(__real_calloc(number, size));
}

void *__wrap_realloc(void *old, size_t size)
{
	if (fails())
		return NULL;
	void *block = __real_realloc(old, size);
	if (old == NULL)
		count(block);
	return block;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : count(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *block)
{
	if (allocator.inside && block != NULL)
		allocator.blocks--;
	__real_free(block);
}

/* ---- OpenSSL ---- */

static void *take(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return __wrap_malloc(size);
}

static void give_back(void *block, const char *file, int line)
{
	(void)file;
	(void)line;
	__wrap_free(block);
}

static void *take_more(void *old, size_t size, const char *file, int line)
{
	if (size > 0)
		return old != NULL ? __wrap_realloc(old, size) : take(size, file, line);
	give_back(old, file, line);
	return NULL;
}

bool allocator_take_openssl(void)
{
	return CRYPTO_set_mem_functions(take, take_more, give_back) == 1;
}

void allocator_settle(void)
{
	allocator_enter();
	OPENSSL_thread_stop();
	allocator_leave();
}
