#include "resolver/sentinel.h"

#include "dnssec/keys.h"
#include "wire/codes.h"

#define TAG_DIGITS 5u

static bool is_trusted(const struct anchors *anchors, unsigned long tag)
{
	for (size_t i = 0; i < anchors->trusted_count; i++) {
		const struct rrset *anchor = &anchors->trusted[i];
		struct rrset_walk walk = rrset_walk_data(anchor);
		struct span rdata;
		struct dnskey dnskey;
		struct ds ds;
		while (name_is_root(anchor->owner) && rrset_next(&walk, &rdata)) {
			if (anchor->type == TYPE_DS ? ds_read(rdata, &ds) && ds.tag == tag :
						      dnskey_read(rdata, &dnskey) && dnskey.tag == tag)
				return true;
		}
	}
	return false;
}

/* The label is `before` and a key tag of five digits, and no more (RFC 8509 section 2). */
static bool read_label(struct name name, const char *before, unsigned long *tag)
{
	size_t size = strlen(before);
	uint8_t lower[NAME_SIZE_MAX];
	name_lower_into(name, lower);
	if (lower[0] != size + TAG_DIGITS || memcmp(lower + 1, before, size) != 0)
		return false;
	*tag = 0;
	for (const uint8_t *at = lower + 1 + size; at < lower + 1 + size + TAG_DIGITS; at++) {
		if (*at < '0' || *at > '9')
			return false;
		*tag = 10 * *tag + (unsigned long)(*at - '0');
	}
	return *tag <= UINT16_MAX;
}

bool sentinel_denies(const struct anchors *anchors, const struct question *question)
{
	unsigned long tag;
	if (question->type != TYPE_A && question->type != TYPE_AAAA)
		return false;
	if (read_label(question->name, "root-key-sentinel-is-ta-", &tag))
		return !is_trusted(anchors, tag);
	if (read_label(question->name, "root-key-sentinel-not-ta-", &tag))
		return is_trusted(anchors, tag);
	return false;
}
