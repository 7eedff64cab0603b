#include "costs.h"

#include "dnssec/crypto.h"
#include "dnssec/work.h"

#include <time.h>

static struct costs costs;

bool __real_work_check(struct work *work);
bool __real_work_hash(struct work *work);
bool __real_work_failure(struct work *work);
bool __real_crypto_verify(struct crypto_key *key, struct span octets, struct span signature);
struct crypto_key *__real_crypto_key_create(uint8_t algorithm, struct span public_key);
size_t __real_crypto_digest(uint8_t type, struct span first, struct span second, uint8_t digest[CRYPTO_DIGEST_MAX]);

bool __wrap_work_check(struct work *work);
bool __wrap_work_hash(struct work *work);
bool __wrap_work_failure(struct work *work);
bool __wrap_crypto_verify(struct crypto_key *key, struct span octets, struct span signature);
struct crypto_key *__wrap_crypto_key_create(uint8_t algorithm, struct span public_key);
size_t __wrap_crypto_digest(uint8_t type, struct span first, struct span second, uint8_t digest[CRYPTO_DIGEST_MAX]);

struct costs costs_so_far(void)
{
	return costs;
}

void costs_reset(void)
{
	costs = (struct costs){ 0 };
}

static double cpu_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void raise_to(unsigned int *most, unsigned int value)
{
	if (value > *most)
		*most = value;
}

bool __wrap_work_check(struct work *work)
{
	bool left = __real_work_check(work);
	raise_to(&costs.checks, work->checks);
	return left;
}

bool __wrap_work_hash(struct work *work)
{
	bool left = __real_work_hash(work);
	raise_to(&costs.hashes, work->hashes);
	return left;
}

bool __wrap_work_failure(struct work *work)
{
	bool left = __real_work_failure(work);
	raise_to(&costs.failures, work->failures);
	return left;
}

bool __wrap_crypto_verify(struct crypto_key *key, struct span octets, struct span signature)
{
	double began = cpu_ms();
	bool good = __real_crypto_verify(key, octets, signature);
	costs.verify_ms += cpu_ms() - began;
	costs.verified += octets.size;
	costs.verifications++;
	return good;
}

struct crypto_key *__wrap_crypto_key_create(uint8_t algorithm, struct span public_key)
{
	costs.keys++;
	return __real_crypto_key_create(algorithm, public_key);
}

size_t __wrap_crypto_digest(uint8_t type, struct span first, struct span second, uint8_t digest[CRYPTO_DIGEST_MAX])
{
	costs.digests++;
	costs.digested += first.size + second.size;
	return __real_crypto_digest(type, first, second, digest);
}
