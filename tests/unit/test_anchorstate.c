/* The file of trust anchor states: read back as written, refused when spoilt, whole whenever the writer is killed, kept
 * when the disk is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "text/anchorstate.h"
#include "wire/codes.h"

#define NOW INT64_C(1790000000)
#define KILLS 200u
#define NO_NAMESPACE 77

struct fixture {
	struct arena arena;
	char folder[64], path[128], aside[256];
	char problem[512];
	struct anchor_states states;
	struct trust_point points[LIMIT_ANCHOR_RRSETS];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->arena = arena_of(0);
	snprintf(f->folder, sizeof f->folder, "%s/rootwalk-anchorstate-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"); /* in memory the many fsyncs take no time */
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof f->path, "%s/state", f->folder);
	snprintf(f->aside, sizeof f->aside, "%s.new", f->path);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	unlink(f->path);
	unlink(f->aside);
	rmdir(f->folder);
	arena_free(&f->arena);
	free(f);
	return 0;
}

static void add_key(struct trust_point *point, enum anchor_state state, uint8_t fill, size_t size)
{
	uint8_t rdata[LIMIT_ANCHOR_OCTETS] = { 1, 1, 3, 8 };
	struct anchor anchor = { .type = TYPE_DNSKEY, .state = state, .since = NOW - 5 };
	if (state == ANCHOR_ADDPEND)
		anchor.until = NOW + 30 * 86400;
	memset(rdata + 4, fill, size - 4);
	assert_true(anchor_restore(point, &anchor, span_of(rdata, size)));
}

static void begin_point(struct trust_point *point, const char *zone)
{
	struct name_buffer buffer;
	struct name name;
	assert_true(name_of_text(zone, &buffer, &name));
	anchor_begin(point, name);
	point->looked = NOW;
	point->next = NOW + 86400;
	point->ttl = 172800;
	point->life = UINT32_MAX;
}

/* Two zones, one of a name with odd octets, and a key in every state. */
static size_t make_points(struct fixture *f)
{
	struct anchor ds = { .type = TYPE_DS, .state = ANCHOR_VALID, .since = NOW };
	uint8_t digest[36] = { 0x97, 0x28, 8, 2, 0xff };
	begin_point(&f->points[0], ".");
	for (enum anchor_state i = ANCHOR_ADDPEND; i <= ANCHOR_REMOVED; i++)
		add_key(&f->points[0], i, (uint8_t)(0xa0 + i), 200 + i);
	assert_true(anchor_restore(&f->points[0], &ds, span_of(digest, sizeof digest)));
	begin_point(&f->points[1], "a\\032b\\;\\046c.example.");
	add_key(&f->points[1], ANCHOR_VALID, 0x5c, LIMIT_ANCHOR_OCTETS);
	return 2;
}

static void write_good(struct fixture *f, size_t count)
{
	if (!anchorstate_write(f->path, f->points, count, f->problem, sizeof f->problem))
		fail_msg("%s", f->problem);
}

static void read_good(struct fixture *f)
{
	if (!anchorstate_read(f->path, &f->arena, &f->states, f->problem, sizeof f->problem))
		fail_msg("%s", f->problem);
}

static void assert_points_equal(const struct trust_point *a, const struct trust_point *b)
{
	assert_true(name_equal_octets(anchor_zone(a), anchor_zone(b)));
	assert_int_equal(a->looked, b->looked);
	assert_int_equal(a->next, b->next);
	assert_int_equal(a->ttl, b->ttl);
	assert_int_equal(a->life, b->life);
	assert_int_equal(a->count, b->count);
	for (unsigned int i = 0; i < a->count; i++) {
		const struct anchor *x = &a->anchors[i], *y = &b->anchors[i];
		assert_int_equal(x->state, y->state);
		assert_int_equal(x->type, y->type);
		assert_int_equal(x->since, y->since);
		assert_int_equal(x->until, y->until);
		assert_int_equal(x->size, y->size);
		assert_memory_equal(x->rdata, y->rdata, x->size);
	}
}

static char *load(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 1 << 20);
	assert_non_null(file);
	*size = fread(text, 1, (1 << 20) - 1, file);
	fclose(file);
	return text;
}

static void store(const char *path, const char *text, size_t size)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void what_is_written_reads_back(void **state)
{
	struct fixture *f = *state;
	size_t count = make_points(f), size;
	write_good(f, count);
	read_good(f);
	assert_int_equal(f->states.count, count);
	for (size_t i = 0; i < count; i++)
		assert_points_equal(&f->states.points[i], &f->points[i]);
	char *text = load(f->path, &size);
	assert_non_null(strstr(text, "\nzone . looked 2026-09-21T14:13:20Z next 2026-09-22T14:13:20Z ttl 172800 life "));
	assert_non_null(strstr(text, "\nkey . addpend since 2026-09-21T14:13:15Z until 2026-10-21T14:13:20Z DNSKEY 257 3 8 "));
	assert_non_null(strstr(text, "\nkey . valid since 2026-09-21T14:13:20Z DS 38696 8 2 "));
	free(text);
	assert_int_equal(access(f->aside, F_OK), -1);
	/* what was given up is not remembered */
	f->points[0].anchors[0].state = ANCHOR_START;
	write_good(f, 1);
	read_good(f);
	assert_int_equal(f->states.count, 1);
	assert_int_equal(f->states.points[0].count, f->points[0].count - 1);
	write_good(f, 0);
	read_good(f);
	assert_int_equal(f->states.count, 0);
}

static void the_largest_file_reads_back(void **state)
{
	struct fixture *f = *state;
	char zone[32];
	for (unsigned int i = 0; i < LIMIT_ANCHOR_RRSETS; i++) {
		snprintf(zone, sizeof zone, "z%u.", i);
		begin_point(&f->points[i], zone);
		for (unsigned int j = 0; j < LIMIT_ANCHORS_TRACKED; j++)
			add_key(&f->points[i], ANCHOR_ADDPEND, (uint8_t)j, LIMIT_ANCHOR_OCTETS);
	}
	write_good(f, LIMIT_ANCHOR_RRSETS);
	read_good(f);
	assert_int_equal(f->states.count, LIMIT_ANCHOR_RRSETS);
	assert_points_equal(&f->states.points[63], &f->points[63]);
}

static void no_file_is_no_trust_point(void **state)
{
	struct fixture *f = *state;
	read_good(f);
	assert_int_equal(f->states.count, 0);
	assert_false(anchorstate_read(f->folder, &f->arena, &f->states, f->problem, sizeof f->problem));
	assert_non_null(strstr(f->problem, ": Is a directory"));
}

static void assert_refused(struct fixture *f, const char *why)
{
	f->states.count = 9;
	assert_false(anchorstate_read(f->path, &f->arena, &f->states, f->problem, sizeof f->problem));
	assert_int_equal(f->states.count, 0);
	assert_memory_equal(f->problem, f->path, strlen(f->path));
	if (why != NULL)
		assert_string_equal(f->problem + strlen(f->path), why);
}

static void spoilt_files_are_refused(void **state)
{
	struct fixture *f = *state;
	size_t size;
	write_good(f, make_points(f));
	char *text = load(f->path, &size);
	for (size_t i = 0; i < size; i++) {
		store(f->path, text, i);
		assert_refused(f, NULL);
		text[i] ^= 4;
		store(f->path, text, size);
		assert_refused(f, NULL);
		text[i] ^= 4;
	}
	store(f->path, text, size - 1);
	assert_refused(f, ": is damaged: its checksum is wrong");
	store(f->path, "", 0);
	assert_refused(f, ": is no file of trust anchor states");
	store(f->path, "rootwalk-anchor-state 2\n", 24);
	assert_refused(f, ": was written by another version of rootwalk");
	store(f->path, "rootwalk-anchor-state 1\n", 24);
	assert_refused(f, ": is damaged: its end is missing");
	text[size] = '\n';
	store(f->path, text, size + 1);
	assert_refused(f, ": is damaged: its checksum is wrong");
	store(f->path, text, size);
	free(text);
	read_good(f);
	assert_int_equal(f->states.count, 2);
}

/* Lines with a checksum that is right, as another program might write them. */
static void lines_that_are_not_ours_are_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const lines[] = {
		"zone . looked 2026-09-21 next 2026-09-21 ttl 4294967296 life 0",
		"zone . looked 2026-09-21 next 2026-09-21 ttl -1 life 0",
		"zone . looked 2026-09-31 next 2026-09-21 ttl 1 life 0",
		"zone a..b looked 2026-09-21 next 2026-09-21 ttl 1 life 0",
		"zone . looked 2026-09-21 next 2026-09-21 ttl 1",
		"key . valid since 2026-09-21 DS 1 8 2 00",
		"lock .",
	};
	static const char *const keys[] = {
		"key a. valid since 2026-09-21 DNSKEY 257 3 8 AwEAAQ==",
		"key . start since 2026-09-21 DNSKEY 257 3 8 AwEAAQ==",
		"key . gone since 2026-09-21 DNSKEY 257 3 8 AwEAAQ==",
		"key . addpend since 2026-09-21 DNSKEY 257 3 8 AwEAAQ==",
		"key . valid since 2026-09-21 DNSKEY 385 3 8 AwEAAQ==",
		"key . valid since 2026-09-21 DNSKEY 257 3 8",
		"key . valid since 2026-09-21 DNSKEY 257 3 8 AwEAAQ== x",
		"key . valid since 2026-09-21 A 192.0.2.1 2 3 4",
		"key . valid",
	};
	static const struct hash_key key = { 0x726f6f7477616c6b, 1 };
	char text[512];
	for (size_t i = 0; i < sizeof lines / sizeof lines[0] + sizeof keys / sizeof keys[0] + 2; i++) {
		size_t n = i - sizeof lines / sizeof lines[0];
		bool is_line = i < sizeof lines / sizeof lines[0], is_key = !is_line && n < sizeof keys / sizeof keys[0];
		int size = snprintf(text, sizeof text, "rootwalk-anchor-state 1\n%s%s\n",
				    is_line ? "" : "zone . looked 2026-09-21 next 2026-09-21 ttl 1 life 0\n",
				    is_line ? lines[i] : is_key ? keys[n] : "key . valid since 2026-09-21 DNSKEY 257 3 8 AwEAAQ==");
		size += snprintf(text + size, sizeof text - (size_t)size, "end %016llx\n",
				 (unsigned long long)hash_octets(&key, span_of(text, (size_t)size)));
		store(f->path, text, (size_t)size);
		if (is_line || is_key)
			assert_refused(f, ": has a line that rootwalk would not have written");
		else
			read_good(f);
	}
}

static void a_folder_that_is_not_there_is_said(void **state)
{
	struct fixture *f = *state;
	assert_false(anchorstate_write("/nonexistent/state", f->points, make_points(f), f->problem, sizeof f->problem));
	assert_string_equal(f->problem, "/nonexistent/state: cannot be written: No such file or directory");
}

/* ---- killed ---- */

/* Writes the one state and the other, in turn, until it is killed. */
static void write_for_ever(struct fixture *f, size_t count)
{
	for (;; count = 3 - count)
		if (!anchorstate_write(f->path, f->points, count, f->problem, sizeof f->problem))
			_exit(1);
}

static void a_killed_writer_leaves_a_whole_file(void **state)
{
	struct fixture *f = *state;
	uint8_t seed[RNG_SEED_SIZE] = { 5, 0, 1, 1 };
	struct rng rng = rng_of(seed);
	unsigned int halfway = 0;
	(void)make_points(f);
	write_good(f, 1);
	for (unsigned int i = 0; i < KILLS; i++) {
		int status;
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0)
			write_for_ever(f, 1 + i % 2);
		usleep(200 + (useconds_t)(rng_u64(&rng) % 5000));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status)); /* it did not fail */
		read_good(f);
		assert_in_range(f->states.count, 1, 2);
		for (size_t j = 0; j < f->states.count; j++)
			assert_points_equal(&f->states.points[j], &f->points[j]);
		halfway += access(f->aside, F_OK) == 0;
		arena_free(&f->arena);
	}
	print_message("killed %u times, %u of them while it wrote\n", KILLS, halfway);
}

/* ---- a full disk ---- */

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return good;
}

/* A small disk of its own on the folder. */
static void mount_small(const struct fixture *f)
{
	char users[32], groups[32];
	snprintf(users, sizeof users, "0 %u 1", getuid());
	snprintf(groups, sizeof groups, "0 %u 1", getgid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !write_text("/proc/self/setgroups", "deny") ||
	    !write_text("/proc/self/uid_map", users) || !write_text("/proc/self/gid_map", groups) ||
	    mount("tmpfs", f->folder, "tmpfs", 0, "size=64k") != 0)
		_exit(NO_NAMESPACE);
}

static void fill(const struct fixture *f)
{
	char path[128], block[4096] = { 1 };
	snprintf(path, sizeof path, "%s/full", f->folder);
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	for (unsigned int i = 0; i < 64 && write(fd, block, sizeof block) == sizeof block; i++)
		;
	close(fd);
}

/* 0, or the line where it went wrong. */
static int try_full_disk(struct fixture *f)
{
	mount_small(f);
	if (!anchorstate_write(f->path, f->points, 1, f->problem, sizeof f->problem))
		return 1;
	fill(f);
	if (anchorstate_write(f->path, f->points, 2, f->problem, sizeof f->problem))
		return 2;
	if (strstr(f->problem, "state: cannot be written: No space left on device") == NULL)
		return 3;
	if (!anchorstate_read(f->path, &f->arena, &f->states, f->problem, sizeof f->problem))
		return 4;
	return f->states.count != 1 ? 5 : access(f->aside, F_OK) == 0 ? 6 : 0;
}

static void a_full_disk_keeps_the_old_file(void **state)
{
	struct fixture *f = *state;
	int status;
	(void)make_points(f);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(try_full_disk(f));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_NAMESPACE)
		skip(); /* the kernel lets nobody make a disk of his own */
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void memory_runs_out(void **state)
{
	struct fixture *f = *state;
	write_good(f, make_points(f));
	f->arena.ceiling = 4096;
	assert_refused(f, ": out of memory");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_reads_back),
		TEST(the_largest_file_reads_back),
		TEST(no_file_is_no_trust_point),
		TEST(spoilt_files_are_refused),
		TEST(lines_that_are_not_ours_are_refused),
		TEST(a_folder_that_is_not_there_is_said),
		TEST(a_killed_writer_leaves_a_whole_file),
		TEST(a_full_disk_keeps_the_old_file),
		TEST(memory_runs_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
