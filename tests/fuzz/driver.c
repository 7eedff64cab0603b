/* driver: a fuzz target without a fuzzer.
 *
 * Gives every file named, and every file in the folders named, to the target once. What the fuzzer found in the past
 * is so tried again wherever the tests run, under any compiler and sanitizer. The last line counts the files; a target
 * that is not content aborts.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX (1u << 20) /* no input of a corpus is larger */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	exit(1);
}

static size_t try_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		fail(path);
	uint8_t *buffer = malloc(INPUT_MAX);
	if (buffer == NULL)
		fail(path);
	size_t size = fread(buffer, 1, INPUT_MAX, file);
	if (ferror(file))
		fail(path);
	fclose(file);
	/* An allocation of exactly this size lets the address sanitizer see a read beyond the end. */
	uint8_t *data = malloc(size > 0 ? size : 1);
	if (data == NULL)
		fail(path);
	memcpy(data, buffer, size);
	free(buffer);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 1;
}

static size_t try_folder(const char *path)
{
	DIR *folder = opendir(path);
	if (folder == NULL)
		fail(path);
	size_t count = 0;
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char inside[4096];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
		count += try_file(inside);
	}
	closedir(folder);
	return count;
}

int main(int argc, char **argv)
{
	size_t count = 0;
	for (int i = 1; i < argc; i++) {
		struct stat status;
		if (stat(argv[i], &status) != 0)
			fail(argv[i]);
		count += S_ISDIR(status.st_mode) ? try_folder(argv[i]) : try_file(argv[i]);
	}
	printf("%zu passed, 0 failed\n", count);
	return count > 0 ? 0 : 1;
}
