#include "wire/name.h"

#include "wire/fold.h"
#include "wire/limits.h"

#define POINTER_BITS 0xc0u

const struct name name_root = { .octets = (const uint8_t *)"", .size = 1, .labels = 0 };

static bool refuse(struct cursor *cursor)
{
	cursor_fail(cursor);
	return false;
}

/* The target of the pointer at `at`; NULL when it is none or does not lie before `limit`. */
static const uint8_t *pointer_target(const struct cursor *message, const uint8_t *at, const uint8_t *limit)
{
	if (*at < POINTER_BITS || message->end - at < 2)
		return NULL;
	ptrdiff_t offset = (at[0] & 0x3f) << 8 | at[1];
	return offset < limit - message->start ? message->start + offset : NULL;
}

/* Copies the labels at `*at` up to a root or pointer, whose place is left in `*at`. */
static bool read_labels(const uint8_t **at, const uint8_t *end, struct name_buffer *buffer, struct name *name)
{
	const uint8_t *label = *at;
	while (label < end && *label != 0 && *label <= LABEL_SIZE_MAX) {
		size_t size = 1u + *label;
		if ((size_t)(end - label) < size || name->size + size >= NAME_SIZE_MAX)
			return false;
		memcpy(buffer->octets + name->size, label, size);
		name->size = (uint8_t)(name->size + size);
		name->labels++;
		label += size;
	}
	*at = label;
	return label < end;
}

bool name_read(struct cursor *message, struct name_buffer *buffer, struct name *name)
{
	const uint8_t *at = message->at, *segment = at, *behind = NULL;
	unsigned int pointers = 0;
	*name = (struct name){ .octets = buffer->octets };
	if (message->failed)
		return false;
	for (;;) {
		if (!read_labels(&at, message->end, buffer, name))
			return refuse(message);
		if (*at == 0)
			break;
		const uint8_t *target = pointer_target(message, at, segment);
		if (target == NULL || ++pointers > LIMIT_COMPRESSION_POINTERS)
			return refuse(message);
		if (behind == NULL)
			behind = at + 2;
		at = segment = target;
	}
	buffer->octets[name->size++] = 0;
	message->at = behind != NULL ? behind : at + 1;
	return true;
}

bool name_read_plain(struct cursor *cursor, struct name *name)
{
	const uint8_t *at = cursor->at;
	unsigned int labels = 0;
	if (cursor->failed)
		return false;
	for (;; labels++) {
		if (at >= cursor->end || *at > LABEL_SIZE_MAX || at - cursor->at >= (ptrdiff_t)NAME_SIZE_MAX)
			return refuse(cursor);
		if (*at == 0)
			break;
		if (cursor->end - at <= *at)
			return refuse(cursor);
		at += 1 + *at;
	}
	at++;
	*name = (struct name){ cursor->at, (uint8_t)(at - cursor->at), (uint8_t)labels };
	cursor->at = at;
	return true;
}

bool name_skip(struct cursor *message)
{
	const uint8_t *start = message->at, *at = start, *end = message->end;
	if (message->failed)
		return false;
	while (at < end && *at != 0 && *at <= LABEL_SIZE_MAX)
		at += end - at > *at ? 1 + *at : end - at;
	if (at >= end || at - start >= (ptrdiff_t)NAME_SIZE_MAX)
		return refuse(message);
	if (*at != 0 && pointer_target(message, at, start) == NULL)
		return refuse(message);
	message->at = at + (*at == 0 ? 1 : 2);
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One octet of a label, escaped or not; NULL when it is none. */
static const char *read_text_octet(const char *text, uint8_t *octet)
{
	if (*text <= ' ' || *text > '~')
		return NULL;
	if (*text != '\\') {
		*octet = (uint8_t)*text;
		return text + 1;
	}
	text++;
	if (!is_digit(*text)) {
		*octet = (uint8_t)*text;
		return *text < ' ' || *text > '~' ? NULL : text + 1;
	}
	if (!is_digit(text[1]) || !is_digit(text[2]))
		return NULL;
	int value = 100 * (text[0] - '0') + 10 * (text[1] - '0') + (text[2] - '0');
	*octet = (uint8_t)value;
	return value > UINT8_MAX ? NULL : text + 3;
}

/* Behind the label, at a dot or the text's end; NULL when it is no label. */
static const char *read_text_label(const char *text, struct name_buffer *buffer, struct name *name)
{
	size_t start = name->size, size = start + 1;
	while (*text != '.' && *text != '\0') {
		uint8_t octet;
		text = read_text_octet(text, &octet);
		if (text == NULL || size - start > LABEL_SIZE_MAX || size + 1 >= NAME_SIZE_MAX)
			return NULL;
		buffer->octets[size++] = octet;
	}
	if (size == start + 1)
		return NULL;
	buffer->octets[start] = (uint8_t)(size - start - 1);
	name->size = (uint8_t)size;
	name->labels++;
	return text;
}

bool name_of_text(const char *text, struct name_buffer *buffer, struct name *name)
{
	*name = (struct name){ .octets = buffer->octets };
	if (strcmp(text, ".") != 0) {
		do {
			text = read_text_label(text, buffer, name);
			if (text == NULL)
				return false;
			if (*text == '.')
				text++;
		} while (*text != '\0');
	}
	buffer->octets[name->size++] = 0;
	return true;
}

static char *write_text_octet(char *text, uint8_t octet)
{
	if (octet <= ' ' || octet > '~') {
		*text++ = '\\';
		*text++ = (char)('0' + octet / 100);
		*text++ = (char)('0' + octet / 10 % 10);
		*text++ = (char)('0' + octet % 10);
		return text;
	}
	if (strchr(".\\\"();@$", octet) != NULL)
		*text++ = '\\';
	*text++ = (char)octet;
	return text;
}

const char *name_to_text(struct name name, char text[NAME_TEXT_SIZE])
{
	char *at = text;
	if (name.size <= 1)
		*at++ = '.';
	for (size_t i = 0; i + 1 < name.size; i += 1u + name.octets[i]) {
		for (size_t j = 1; j <= name.octets[i]; j++)
			at = write_text_octet(at, name.octets[i + j]);
		*at++ = '.';
	}
	*at = '\0';
	return text;
}

struct name name_copy(struct arena *arena, struct name name)
{
	name.octets = arena_copy(arena, span_of(name.octets, name.size)).octets;
	return name;
}

struct name name_copy_lower(struct arena *arena, struct name name)
{
	uint8_t *octets = arena_alloc(arena, name.size);
	if (octets != NULL)
		name_lower_into(name, octets);
	name.octets = octets;
	return name;
}

void name_lower_into(struct name name, uint8_t *octets)
{
	size_t i = 0;
	for (; i + 8 <= name.size; i += 8) {
		uint64_t word = fold_load(name.octets + i);
		memcpy(octets + i, &word, 8);
	}
	for (; i < name.size; i++)
		octets[i] = fold_octet(name.octets[i]);
}

void name_write(struct builder *builder, struct name name)
{
	builder_octets(builder, span_of(name.octets, name.size));
}

bool name_equal(struct name a, struct name b)
{
	return a.size == b.size && (a.octets == b.octets || fold_equal(a.octets, b.octets, a.size));
}

bool name_equal_octets(struct name a, struct name b)
{
	return a.size == b.size && memcmp(a.octets, b.octets, a.size) == 0;
}

/* Labels as octet strings without case, the shorter first where one begins the other. */
static int compare_labels(const uint8_t *a, const uint8_t *b)
{
	size_t size = *a < *b ? *a : *b;
	for (size_t i = 1; i <= size; i++) {
		int difference = fold_octet(a[i]) - fold_octet(b[i]);
		if (difference != 0)
			return difference;
	}
	return *a - *b;
}

/* Both are walked from left to right at equal distance from the root; what differs last decides. */
int name_compare(struct name a, struct name b)
{
	int depth = a.labels - b.labels, order = 0;
	unsigned int labels = a.labels < b.labels ? a.labels : b.labels;
	const uint8_t *x = name_suffix(a, labels).octets, *y = name_suffix(b, labels).octets;
	for (; labels > 0; labels--, x += 1 + *x, y += 1 + *y) {
		int difference = compare_labels(x, y);
		if (difference != 0)
			order = difference;
	}
	return order != 0 ? order : depth;
}

bool name_is_within(struct name name, struct name zone)
{
	return name.labels >= zone.labels && name.size >= zone.size && name_equal(name_suffix(name, zone.labels), zone);
}

bool name_is_below(struct name name, struct name zone)
{
	return name.labels > zone.labels && name_is_within(name, zone);
}

bool name_is_root(struct name name)
{
	return name.size == 1;
}

bool name_is_wildcard(struct name name)
{
	return name.size > 2 && name.octets[0] == 1 && name.octets[1] == '*';
}

struct name name_suffix(struct name name, unsigned int labels)
{
	while (name.labels > labels) {
		unsigned int size = 1u + *name.octets;
		name.octets += size;
		name.size = (uint8_t)(name.size - size);
		name.labels--;
	}
	return name;
}

struct name name_parent(struct name name)
{
	return name.labels == 0 ? name : name_suffix(name, name.labels - 1u);
}

unsigned int name_common_labels(struct name a, struct name b)
{
	unsigned int labels = a.labels < b.labels ? a.labels : b.labels, common = 0;
	const uint8_t *x = name_suffix(a, labels).octets, *y = name_suffix(b, labels).octets;
	for (; labels > 0; labels--, x += 1 + *x, y += 1 + *y)
		common = *x == *y && fold_equal(x, y, 1u + *x) ? common + 1 : 0;
	return common;
}

bool name_replace_suffix(struct name name, struct name from, struct name to, struct name_buffer *buffer,
			 struct name *replaced)
{
	size_t kept = (size_t)(name.size - from.size);
	if (kept + to.size > NAME_SIZE_MAX)
		return false;
	memcpy(buffer->octets, name.octets, kept);
	memcpy(buffer->octets + kept, to.octets, to.size);
	*replaced = (struct name){
		.octets = buffer->octets,
		.size = (uint8_t)(kept + to.size),
		.labels = (uint8_t)(name.labels - from.labels + to.labels),
	};
	return true;
}

uint64_t name_hash(const struct hash_key *key, struct name name)
{
	struct name_buffer lower;
	name_lower_into(name, lower.octets);
	return hash_octets(key, span_of(lower.octets, name.size));
}
