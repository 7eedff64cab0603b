#include "dnssec/nsec.h"

#define WINDOW_OCTETS_MAX 32u /* RFC 4034 section 4.1.2 */

bool nsec_read(const struct rrset *rrset, struct name zone, struct nsec *nsec)
{
	if (rrset->type != TYPE_NSEC || rrset->count != 1)
		return false;
	struct cursor cursor = cursor_of(rrset_first(rrset));
	nsec->owner = rrset->owner;
	if (!name_read_plain(&cursor, &nsec->next))
		return false;
	nsec->types = cursor_take(&cursor, cursor_left(&cursor));
	return name_is_within(nsec->owner, zone) && name_is_within(nsec->next, zone) && bitmap_is_valid(nsec->types);
}

/* One window; false at the end of the bitmaps and where they are malformed. */
static bool next_window(struct cursor *cursor, uint8_t *window, struct span *bits)
{
	if (cursor_left(cursor) == 0)
		return false;
	*window = cursor_u8(cursor);
	*bits = cursor_take(cursor, cursor_u8(cursor));
	if (bits->size == 0 || bits->size > WINDOW_OCTETS_MAX)
		cursor_fail(cursor);
	return !cursor->failed;
}

bool bitmap_is_valid(struct span types)
{
	struct cursor cursor = cursor_of(types);
	struct span bits;
	uint8_t window;
	int before = -1;
	while (next_window(&cursor, &window, &bits)) {
		if (window <= before)
			return false;
		before = window;
	}
	return !cursor.failed;
}

static bool has_bit(struct span bits, unsigned int bit)
{
	return bit / 8 < bits.size && (bits.octets[bit / 8] & (0x80u >> bit % 8)) != 0;
}

bool bitmap_has(struct span types, uint16_t type)
{
	struct cursor cursor = cursor_of(types);
	struct span bits;
	uint8_t window;
	while (next_window(&cursor, &window, &bits))
		if (window == type >> 8)
			return has_bit(bits, type & 0xffu);
	return false;
}

bool bitmap_is_bare(struct span types)
{
	struct cursor cursor = cursor_of(types);
	struct span bits;
	uint8_t window;
	while (next_window(&cursor, &window, &bits))
		for (unsigned int bit = 0; bit < 8 * bits.size; bit++) {
			unsigned int type = (unsigned int)window << 8 | bit;
			if (has_bit(bits, bit) && type != TYPE_RRSIG && type != TYPE_NSEC && type != TYPE_NXNAME)
				return false;
		}
	return true;
}

bool bitmap_is_cut(struct span types, bool apex)
{
	return bitmap_has(types, TYPE_NS) && !(apex && bitmap_has(types, TYPE_SOA));
}

bool bitmap_hides_below(struct span types, bool apex)
{
	return bitmap_is_cut(types, apex) || bitmap_has(types, TYPE_DNAME);
}

bool nsec_covers(const struct nsec *nsec, struct name zone, struct name name)
{
	if (!name_is_within(name, zone) || name_compare(name, nsec->owner) <= 0)
		return false;
	if (name_compare(nsec->owner, nsec->next) < 0)
		return name_compare(name, nsec->next) < 0;
	return name_equal(nsec->next, zone);
}

/* The owner is a zone cut or a DNAME above the name, so the zone's chain has no word on it. */
static bool is_silent(const struct nsec *nsec, struct name zone, struct name name)
{
	return name_is_below(name, nsec->owner) && bitmap_hides_below(nsec->types, name_equal(nsec->owner, zone));
}

bool nsec_denies(const struct nsec *nsec, struct name zone, struct name name)
{
	return nsec_covers(nsec, zone, name) && !name_is_below(nsec->next, name) && !is_silent(nsec, zone, name);
}

bool nsec_implies(const struct nsec *nsec, struct name zone, struct name name)
{
	return nsec_covers(nsec, zone, name) && name_is_below(nsec->next, name) && !is_silent(nsec, zone, name);
}

unsigned int nsec_encloser_labels(const struct nsec *nsec, struct name name)
{
	unsigned int before = name_common_labels(nsec->owner, name), behind = name_common_labels(nsec->next, name);
	return before > behind ? before : behind;
}
