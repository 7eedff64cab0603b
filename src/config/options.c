#include "config/options.h"

#include "config/value.h"

#include <stdlib.h>

#define OPTION(path, field, kind, word, initial, min, max, unit, meaning)
#define SECTION(name, meaning)
#define CHOICE(constant, word) [constant] = (word),
#define CHOICES(field, list) static const char *const field##_words[] = { list NULL };
#define WORDS(field, list) static const char *const field##_words[] = { list NULL };
#include "config/options.def"
#undef OPTION
#undef SECTION
#undef CHOICE
#undef CHOICES
#undef WORDS

/* Where a list has its count, and the words of an ENUM. */
#define LIST_ROW(field) offsetof(struct options, field##_count), NULL
#define ROW_BOOL(field) 0, NULL
#define ROW_SIZE(field) 0, NULL
#define ROW_DURATION(field) 0, NULL
#define ROW_NUMBER(field) 0, NULL
#define ROW_ENUM(field) 0, field##_words
#define ROW_TEXT(field) 0, NULL
#define ROW_PATH(field) 0, NULL
#define ROW_LISTEN(field) LIST_ROW(field)
#define ROW_ADDRESSES(field) LIST_ROW(field)
#define ROW_NETWORKS(field) LIST_ROW(field)
#define ROW_ZONES(field) LIST_ROW(field)
#define ROW_UNTIL(field) LIST_ROW(field)

#define CHOICES(field, list)
#define WORDS(field, list)

const struct option_row option_rows[OPTION_COUNT] = {
#define OPTION(path, field, kind, word, initial, min, max, unit, meaning)                                              \
	{ path, OPTION_##kind, offsetof(struct options, field), ROW_##kind(field), word, initial, min, max, unit, meaning },
#define SECTION(name, meaning)
#include "config/options.def"
#undef OPTION
#undef SECTION
};

const struct option_section option_sections[OPTION_SECTION_COUNT] = {
#define OPTION(path, field, kind, word, initial, min, max, unit, meaning)
#define SECTION(name, meaning) { name, meaning },
#include "config/options.def"
};

bool options_default(struct options *options)
{
	*options = (struct options){ 0 };
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (!value_set_initial(&option_rows[i], options)) {
			options_free(options);
			return false;
		}
	return true;
}

bool zone_servers_append(struct zone_servers *zone, struct endpoint server)
{
	if (zone->count >= OPTION_LIST_MAX)
		return false;
	struct endpoint *servers = realloc(zone->servers, (zone->count + 1) * sizeof *servers);
	if (servers == NULL)
		return false;
	servers[zone->count++] = server;
	zone->servers = servers;
	return true;
}

void zone_servers_free(struct zone_servers *zone)
{
	free(zone->zone);
	free(zone->servers);
	*zone = (struct zone_servers){ 0 };
}

void zone_until_free(struct zone_until *zone)
{
	free(zone->zone);
	*zone = (struct zone_until){ 0 };
}

void options_free(struct options *options)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *option = &option_rows[i];
		if (option_is_list(option))
			option_clear(option, options);
		else if (option->kind == OPTION_TEXT || option->kind == OPTION_PATH)
			free(*(char **)option_member_mutable(option, options));
	}
	*options = (struct options){ 0 };
}

const struct option_row *option_find(const char *path)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (strcmp(option_rows[i].path, path) == 0)
			return &option_rows[i];
	return NULL;
}

const struct option_section *option_section_find(const char *name)
{
	for (size_t i = 0; i < OPTION_SECTION_COUNT; i++)
		if (strcmp(option_sections[i].name, name) == 0)
			return &option_sections[i];
	return NULL;
}

const struct option_section *option_section_of(const struct option_row *option)
{
	size_t size = strcspn(option->path, ".");
	if (option->path[size] == '\0')
		return NULL;
	for (size_t i = 0; i < OPTION_SECTION_COUNT; i++)
		if (strlen(option_sections[i].name) == size && memcmp(option_sections[i].name, option->path, size) == 0)
			return &option_sections[i];
	return NULL;
}

const char *option_leaf(const struct option_row *option)
{
	const char *dot = strchr(option->path, '.');
	return dot != NULL ? dot + 1 : option->path;
}

size_t option_index(const struct option_row *option)
{
	return (size_t)(option - option_rows);
}

size_t option_section_index(const struct option_section *section)
{
	return (size_t)(section - option_sections);
}

static size_t item_size(const struct option_row *option)
{
	switch (option->kind) {
	case OPTION_LISTEN:
		return sizeof(struct listen_address);
	case OPTION_ADDRESSES:
		return sizeof(struct ip);
	case OPTION_NETWORKS:
		return sizeof(struct network);
	case OPTION_ZONES:
		return sizeof(struct zone_servers);
	case OPTION_UNTIL:
		return sizeof(struct zone_until);
	default:
		return 0;
	}
}

bool option_is_list(const struct option_row *option)
{
	return item_size(option) > 0;
}

const void *option_member(const struct option_row *option, const struct options *options)
{
	return (const char *)options + option->offset;
}

void *option_member_mutable(const struct option_row *option, struct options *options)
{
	return (char *)options + option->offset;
}

static size_t *count_of(const struct option_row *option, struct options *options)
{
	return (size_t *)(void *)((char *)options + option->count_offset);
}

size_t option_count(const struct option_row *option, const struct options *options)
{
	return *(const size_t *)(const void *)((const char *)options + option->count_offset);
}

/* The array's pointer has another type for each kind of list, so it is copied as octets. */
static void *items_of(const struct option_row *option, const struct options *options)
{
	void *items;
	memcpy(&items, option_member(option, options), sizeof items);
	return items;
}

const void *option_items(const struct option_row *option, const struct options *options)
{
	return items_of(option, options);
}

bool option_append(const struct option_row *option, struct options *options, const void *item)
{
	size_t *count = count_of(option, options), size = item_size(option);
	if (*count >= OPTION_LIST_MAX)
		return false;
	char *items = realloc(items_of(option, options), (*count + 1) * size);
	if (items == NULL)
		return false;
	memcpy(items + *count * size, item, size);
	memcpy(option_member_mutable(option, options), &items, sizeof items);
	++*count;
	return true;
}

void option_clear(const struct option_row *option, struct options *options)
{
	void *items = items_of(option, options), *none = NULL;
	for (size_t i = 0; i < option_count(option, options); i++) {
		if (option->kind == OPTION_ZONES)
			zone_servers_free((struct zone_servers *)items + i);
		else if (option->kind == OPTION_UNTIL)
			zone_until_free((struct zone_until *)items + i);
	}
	free(items);
	memcpy(option_member_mutable(option, options), &none, sizeof none);
	*count_of(option, options) = 0;
}
