#include "cache/order.h"

#include "wire/codes.h"
#include "wire/fold.h"

#define ESCAPE 1u          /* before octets 0 and 1, which would be taken for the end of a label */
#define DIGITS 32u         /* of base32hex (RFC 4648 section 7), for POSITION_HASH_SIZE octets */
#define DIGIT_BITS 5u

/* ---- names ---- */

static void put_label(struct position *position, const uint8_t *label)
{
	for (size_t i = 1; i <= *label; i++) {
		uint8_t octet = fold_octet(label[i]);
		if (octet <= ESCAPE) {
			position->octets[position->size++] = ESCAPE;
			octet++;
		}
		position->octets[position->size++] = octet;
	}
	position->octets[position->size++] = 0;
}

void position_of_name(struct name name, struct name zone, struct position *position)
{
	uint8_t starts[NAME_LABELS_MAX];
	unsigned int count = 0;
	for (uint8_t at = 0; count < (unsigned int)(name.labels - zone.labels); at = (uint8_t)(at + 1 + name.octets[at]))
		starts[count++] = at;
	position->size = 0;
	while (count > 0)
		put_label(position, name.octets + starts[--count]);
}

/* Reads the label at *at and puts it before `start` in the buffer; where it begins there. */
static size_t prepend_label(struct span position, size_t *at, struct name_buffer *buffer, size_t start)
{
	uint8_t label[LABEL_SIZE_MAX];
	size_t size = 0;
	while (position.octets[*at] != 0) {
		uint8_t octet = position.octets[(*at)++];
		label[size++] = octet == ESCAPE ? (uint8_t)(position.octets[(*at)++] - 1) : octet;
	}
	(*at)++;
	start -= size;
	memcpy(buffer->octets + start, label, size);
	buffer->octets[--start] = (uint8_t)size;
	return start;
}

static struct name name_at(struct span position, struct name zone, struct name_buffer *buffer)
{
	size_t start = (size_t)NAME_SIZE_MAX - zone.size;
	unsigned int labels = zone.labels;
	memcpy(buffer->octets + start, zone.octets, zone.size);
	for (size_t at = 0; at < position.size; labels++)
		start = prepend_label(position, &at, buffer, start);
	return (struct name){ buffer->octets + start, (uint8_t)(NAME_SIZE_MAX - start), (uint8_t)labels };
}

/* ---- hashes ---- */

void position_of_hash(const uint8_t hash[POSITION_HASH_SIZE], struct position *position)
{
	memcpy(position->octets, hash, POSITION_HASH_SIZE);
	position->size = POSITION_HASH_SIZE;
}

static int digit_value(uint8_t digit)
{
	digit = fold_octet(digit);
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'v' ? digit - 'a' + 10 : -1;
}

/* Of the label before the zone's name. */
static bool read_digits(const uint8_t *digits, struct position *position)
{
	uint32_t bits = 0;
	unsigned int held = 0;
	position->size = 0;
	for (size_t i = 0; i < DIGITS; i++) {
		int value = digit_value(digits[i]);
		if (value < 0)
			return false;
		bits = bits << DIGIT_BITS | (uint32_t)value;
		held += DIGIT_BITS;
		if (held >= 8) {
			held -= 8;
			position->octets[position->size++] = (uint8_t)(bits >> held);
		}
	}
	return true;
}

static void write_digits(const uint8_t hash[POSITION_HASH_SIZE], uint8_t *digits)
{
	uint32_t bits = 0;
	unsigned int held = 0;
	for (size_t i = 0; i < POSITION_HASH_SIZE; i++) {
		bits = bits << 8 | hash[i];
		for (held += 8; held >= DIGIT_BITS;) {
			held -= DIGIT_BITS;
			*digits++ = (uint8_t)"0123456789abcdefghijklmnopqrstuv"[bits >> held & 0x1f];
		}
	}
}

static struct name hashed_name_at(struct span position, struct name zone, struct name_buffer *buffer)
{
	buffer->octets[0] = DIGITS;
	write_digits(position.octets, buffer->octets + 1);
	memcpy(buffer->octets + 1 + DIGITS, zone.octets, zone.size);
	return (struct name){ buffer->octets, (uint8_t)(1 + DIGITS + zone.size), (uint8_t)(zone.labels + 1) };
}

/* ---- records ---- */

bool position_of_owner(const struct rrset *rrset, struct name zone, struct position *position)
{
	struct name owner = rrset->owner;
	if (!name_is_within(owner, zone))
		return false;
	if (rrset->type == TYPE_NSEC) {
		position_of_name(owner, zone, position);
		return true;
	}
	return rrset->type == TYPE_NSEC3 && owner.labels == zone.labels + 1 && owner.octets[0] == DIGITS &&
	       read_digits(owner.octets + 1, position);
}

/* RFC 5155 section 3.2, up to the salt. */
static void read_hashing(struct cursor *cursor, struct hashing *hashing)
{
	hashing->algorithm = cursor_u8(cursor);
	(void)cursor_u8(cursor); /* flags */
	hashing->iterations = cursor_u16(cursor);
	hashing->salt = cursor_take(cursor, cursor_u8(cursor));
}

bool hashing_of_rrset(const struct rrset *rrset, struct hashing *hashing)
{
	struct cursor cursor = cursor_of(rrset_first(rrset));
	read_hashing(&cursor, hashing);
	return !cursor.failed;
}

static bool read_next_hash(struct cursor *cursor, struct position *position)
{
	struct hashing hashing;
	read_hashing(cursor, &hashing);
	struct span hash = cursor_take(cursor, cursor_u8(cursor));
	if (cursor->failed || hash.size != POSITION_HASH_SIZE)
		return false;
	position_of_hash(hash.octets, position);
	return true;
}

bool position_of_next(const struct rrset *rrset, struct name zone, struct position *position)
{
	struct cursor cursor = cursor_of(rrset_first(rrset));
	struct name next;
	if (rrset->count != 1)
		return false;
	if (rrset->type == TYPE_NSEC3)
		return read_next_hash(&cursor, position);
	if (rrset->type != TYPE_NSEC || !name_read_plain(&cursor, &next) || !name_is_within(next, zone))
		return false;
	position_of_name(next, zone, position);
	return true;
}

struct name position_owner(struct span position, uint16_t type, struct name zone, struct arena *arena)
{
	struct name_buffer buffer;
	return name_copy(arena, type == TYPE_NSEC3 ? hashed_name_at(position, zone, &buffer) :
						     name_at(position, zone, &buffer));
}

/* ---- order ---- */

int position_compare(struct span a, struct span b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size > 0 ? memcmp(a.octets, b.octets, size) : 0;
	if (order != 0 || a.size == b.size)
		return order;
	return a.size < b.size ? -1 : 1;
}

bool position_is_between(struct span position, struct span owner, struct span next)
{
	bool behind = position_compare(position, owner) > 0, before = position_compare(position, next) < 0;
	return position_compare(owner, next) < 0 ? behind && before : behind || before;
}
