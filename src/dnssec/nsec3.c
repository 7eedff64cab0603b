#include "dnssec/nsec3.h"

#include "wire/limits.h"

#define HASH_SHA1 1u       /* RFC 5155 section 11 */
#define FLAG_OPT_OUT 0x01u /* RFC 5155 section 3.1.2.1 */
#define HASH_DIGITS 32u    /* of base32hex (RFC 4648 section 7), for NSEC3_HASH_SIZE octets */

/* Its value; -1 when it is no digit. Letters of either case (RFC 5155 section 3.3). */
static int digit_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'v')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'V')
		return digit - 'A' + 10;
	return -1;
}

/* Five bits a digit, most significant first; the digits come out even. */
static bool read_digits(const uint8_t *digits, uint8_t hash[NSEC3_HASH_SIZE])
{
	uint32_t bits = 0;
	unsigned int held = 0;
	size_t size = 0;
	for (size_t i = 0; i < HASH_DIGITS; i++) {
		int value = digit_value(digits[i]);
		if (value < 0)
			return false;
		bits = bits << 5 | (uint32_t)value;
		held += 5;
		if (held >= 8) {
			held -= 8;
			hash[size++] = (uint8_t)(bits >> held);
		}
	}
	return true;
}

static bool read_owner(struct name owner, struct name zone, uint8_t hash[NSEC3_HASH_SIZE])
{
	return owner.labels == zone.labels + 1u && name_is_below(owner, zone) && owner.octets[0] == HASH_DIGITS &&
	       read_digits(owner.octets + 1, hash);
}

bool nsec3_read(const struct rrset *rrset, struct name zone, struct nsec3 *nsec3)
{
	if (rrset->type != TYPE_NSEC3 || rrset->count != 1 || !read_owner(rrset->owner, zone, nsec3->owner))
		return false;
	struct cursor cursor = cursor_of(rrset_first(rrset));
	nsec3->params.algorithm = cursor_u8(&cursor);
	uint8_t flags = cursor_u8(&cursor);
	nsec3->params.iterations = cursor_u16(&cursor);
	nsec3->params.salt = cursor_take(&cursor, cursor_u8(&cursor));
	struct span next = cursor_take(&cursor, cursor_u8(&cursor));
	nsec3->types = cursor_take(&cursor, cursor_left(&cursor));
	nsec3->opt_out = (flags & FLAG_OPT_OUT) != 0;
	/* RFC 5155 sections 8.1 and 8.2: unknown hashes and flags are passed over. */
	if (cursor.failed || nsec3->params.algorithm != HASH_SHA1 || (flags & ~FLAG_OPT_OUT) != 0)
		return false;
	if (next.size != NSEC3_HASH_SIZE || !bitmap_is_valid(nsec3->types))
		return false;
	memcpy(nsec3->next, next.octets, NSEC3_HASH_SIZE);
	return true;
}

bool nsec3_same_params(const struct nsec3_params *a, const struct nsec3_params *b)
{
	return a->algorithm == b->algorithm && a->iterations == b->iterations && span_equal(a->salt, b->salt);
}

bool nsec3_is_costly(const struct nsec3_params *params)
{
	return params->iterations > LIMIT_NSEC3_ITERATIONS || params->salt.size > LIMIT_NSEC3_SALT;
}

bool nsec3_hash_name(const struct nsec3_params *params, struct name name, struct work *work, uint8_t hash[NSEC3_HASH_SIZE])
{
	struct name_buffer lower;
	name_lower_into(name, lower.octets);
	return work_hash(work) &&
	       crypto_nsec3_hash(span_of(lower.octets, name.size), params->salt, params->iterations, hash);
}

bool nsec3_matches(const struct nsec3 *nsec3, const uint8_t hash[NSEC3_HASH_SIZE])
{
	return memcmp(nsec3->owner, hash, NSEC3_HASH_SIZE) == 0;
}

bool nsec3_covers(const struct nsec3 *nsec3, const uint8_t hash[NSEC3_HASH_SIZE])
{
	bool behind = memcmp(hash, nsec3->owner, NSEC3_HASH_SIZE) > 0;
	bool before = memcmp(hash, nsec3->next, NSEC3_HASH_SIZE) < 0;
	if (memcmp(nsec3->owner, nsec3->next, NSEC3_HASH_SIZE) < 0)
		return behind && before;
	return behind || before;
}
