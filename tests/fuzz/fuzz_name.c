/* fuzz_name: names from messages and from text.
 *
 * The first octet says where in the rest the name begins. What we read, ldns must read alike; what has no pointer,
 * both take or both refuse; what became a name survives text and every comparison agrees with ldns'.
 */
#include <ldns/ldns.h>
#include <stdlib.h>

#include "wire/name.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct name of_ldns(const ldns_rdf *dname)
{
	struct cursor cursor = cursor_of(span_of(ldns_rdf_data(dname), ldns_rdf_size(dname)));
	struct name name;
	REQUIRE(name_read_plain(&cursor, &name) && cursor_left(&cursor) == 0);
	return name;
}

static bool has_pointer(struct span octets, size_t at)
{
	while (at < octets.size && octets.octets[at] != 0 && octets.octets[at] <= LABEL_SIZE_MAX)
		at += 1u + octets.octets[at];
	return at < octets.size && octets.octets[at] >= 0xc0;
}

/* ldns refuses a pointer to the very start, which can be in no real message. */
static bool points_to_start(struct span octets, size_t at)
{
	for (;;) {
		while (octets.octets[at] != 0 && octets.octets[at] <= LABEL_SIZE_MAX)
			at += 1u + octets.octets[at];
		if (octets.octets[at] == 0)
			return false;
		at = (octets.octets[at] & 0x3fu) << 8 | octets.octets[at + 1];
		if (at == 0)
			return true;
	}
}

static bool read_as_ldns(struct span octets, size_t at, struct name_buffer *buffer, struct name *name)
{
	struct cursor cursor = cursor_of(octets), skipped;
	cursor_seek(&cursor, at);
	skipped = cursor;
	bool good = name_read(&cursor, buffer, name);
	ldns_rdf *dname = NULL;
	size_t position = at;
	bool theirs = ldns_wire2dname(&dname, octets.octets, octets.size, &position) == LDNS_STATUS_OK;
	if (good && !theirs) {
		REQUIRE(points_to_start(octets, at));
	} else if (good) {
		REQUIRE(position == cursor_offset(&cursor));
		REQUIRE(name_equal_octets(of_ldns(dname), *name) && of_ldns(dname).labels == name->labels);
		REQUIRE(name_skip(&skipped) && skipped.at == cursor.at);
	} else {
		REQUIRE(cursor.failed && (!theirs || has_pointer(octets, at)));
	}
	if (theirs)
		ldns_rdf_deep_free(dname);
	return good;
}

static void round_trip_text(struct name name)
{
	char text[NAME_TEXT_SIZE];
	struct name_buffer buffer;
	struct name back;
	name_to_text(name, text);
	REQUIRE(name_of_text(text, &buffer, &back) && name_equal_octets(name, back) && name.labels == back.labels);
	ldns_rdf *dname = ldns_dname_new_frm_str(text);
	REQUIRE(dname != NULL && name_equal_octets(of_ldns(dname), name));
	ldns_rdf_deep_free(dname);
}

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static void compare(struct name a, struct name b)
{
	ldns_rdf *x = ldns_dname_new_frm_data(a.size, a.octets), *y = ldns_dname_new_frm_data(b.size, b.octets);
	int order = sign(name_compare(a, b));
	REQUIRE(order == sign(ldns_dname_compare(x, y)) && order == -sign(name_compare(b, a)));
	REQUIRE(name_equal(a, b) == (order == 0));
	REQUIRE(name_is_below(a, b) == (bool)ldns_dname_is_subdomain(x, y));
	REQUIRE(name_is_within(a, b) == (name_is_below(a, b) || order == 0));
	unsigned int common = name_common_labels(a, b);
	REQUIRE(name_equal(name_suffix(a, common), name_suffix(b, common)));
	REQUIRE(common == a.labels || common == b.labels ||
		!name_equal(name_suffix(a, common + 1), name_suffix(b, common + 1)));
	ldns_rdf_deep_free(x);
	ldns_rdf_deep_free(y);
	struct hash_key key = { 1, 2 };
	if (order == 0)
		REQUIRE(name_hash(&key, a) == name_hash(&key, b));
	struct name_buffer buffer;
	struct name moved;
	if (name_is_below(a, b) && name_replace_suffix(a, b, a, &buffer, &moved))
		REQUIRE(name_is_below(moved, a) && moved.labels == 2 * a.labels - b.labels);
}

static void read_text(struct span octets)
{
	char text[2000];
	struct name_buffer buffer;
	struct name name;
	size_t size = octets.size < sizeof text ? octets.size : sizeof text - 1;
	memcpy(text, octets.octets, size);
	text[size] = '\0';
	if (!name_of_text(text, &buffer, &name))
		return;
	struct cursor cursor = cursor_of(span_of(name.octets, name.size));
	struct name again;
	REQUIRE(name_read_plain(&cursor, &again) && again.size == name.size && again.labels == name.labels);
	round_trip_text(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct name_buffer buffers[2];
	struct name first, second;
	if (size < 2)
		return 0;
	struct span message = span_of(data + 1, size - 1);
	read_text(message);
	if (data[0] < message.size && read_as_ldns(message, data[0], &buffers[0], &first)) {
		round_trip_text(first);
		compare(first, first);
		if (read_as_ldns(message, 0, &buffers[1], &second))
			compare(first, second);
	}
	return 0;
}
