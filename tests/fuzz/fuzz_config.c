/* Octets as a configuration file. Whatever they are, they end as options that keep every bound, or as sentences. */
#include "config/check.h"
#include "config/file.h"
#include "config/value.h"

#include <stdio.h>
#include <stdlib.h>

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_bounds(const struct option_row *option, const struct options *options)
{
	const void *member = option_member(option, options);
	if (option->kind != OPTION_SIZE && option->kind != OPTION_DURATION && option->kind != OPTION_NUMBER)
		return;
	uint64_t number = option->kind == OPTION_SIZE ? *(const uint64_t *)member : *(const uint32_t *)member;
	require((number == 0 && option->word != NULL) || (number >= option->min && number <= option->max));
}

/* What is written of it reads back as the same. */
static void require_round_trip(const struct option_row *option, const struct options *options)
{
	static char yaml[65536], written[32768], again[32768];
	const struct option_section *section = option_section_of(option);
	struct problems problems = problems_of("f");
	struct options read;
	value_to_text(option, options, written, sizeof written);
	if (strlen(written) == sizeof written - 1)
		return; /* cut */
	int size = section != NULL ? snprintf(yaml, sizeof yaml, "%s:\n  %s: %s\n", section->name,
					      option_leaf(option), written)
				   : snprintf(yaml, sizeof yaml, "%s: %s\n", option->path, written);
	if (!config_file_parse(span_of(yaml, (size_t)size), &read, &problems))
		return; /* alone it may be at odds with another option's default */
	value_to_text(option, &read, again, sizeof again);
	if (option->kind != OPTION_ZONES) /* whose text leaves out the port that another option sets */
		require(strcmp(written, again) == 0);
	options_free(&read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = problems_of("f");
	struct options options;
	bool good = config_file_parse(span_of(data, size), &options, &problems);
	require(good == !problems_any(&problems));
	for (size_t i = 0; i < problems.count; i++)
		require(strlen(problems.text[i]) > 3);
	if (!good)
		return 0;
	require(config_check(&options, NULL, &problems));
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		require_bounds(&option_rows[i], &options);
		require_round_trip(&option_rows[i], &options);
	}
	options_free(&options);
	return 0;
}
