/* machine: what a test puts under a process (LD_PRELOAD): memory that runs out and clocks that are set.
 *
 * A file that the test and the process map holds the settings, so they change while it runs:
 *
 *	refuse   0: memory is given; N: each N-th request for memory is refused, 1: all of them
 *	wall     seconds that the time of day is set ahead
 *	boot     seconds that the machine slept (CLOCK_BOOTTIME)
 *	refused  how often memory was refused, for the test to see that it was
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct settings {
	int64_t refuse, wall, boot, refused;
};

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static struct settings none;
static struct settings *settings = &none;
static int64_t asked;

__attribute__((constructor)) static void map_settings(void)
{
	const char *path = getenv("MACHINE");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	void *memory = mmap(NULL, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (memory != MAP_FAILED)
		settings = memory;
}

static int is_refused(void)
{
	int64_t refuse = __atomic_load_n(&settings->refuse, __ATOMIC_RELAXED);
	if (refuse == 0 || __atomic_add_fetch(&asked, 1, __ATOMIC_RELAXED) % refuse != 0)
		return 0;
	__atomic_add_fetch(&settings->refused, 1, __ATOMIC_RELAXED);
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return is_refused() ? NULL : __libc_realloc(memory, size);
}

int clock_gettime(clockid_t id, struct timespec *time)
{
	int status = (int)syscall(SYS_clock_gettime, id, time);
	if (status == 0 && id == CLOCK_REALTIME)
		time->tv_sec += __atomic_load_n(&settings->wall, __ATOMIC_RELAXED);
	if (status == 0 && id == CLOCK_BOOTTIME)
		time->tv_sec += __atomic_load_n(&settings->boot, __ATOMIC_RELAXED);
	return status;
}
