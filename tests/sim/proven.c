#include "proven.h"

#include "signing.h"
#include "wire/limits.h"

#define LINKS_MAX 16u
#define RRSIG_LABELS_OFFSET 3u

/* What is looked for, in the proofs of one zone. */
struct proving {
	const struct section *section;
	const struct zone *zone;
	struct name name;
	uint16_t type;
};

static bool bitmap_holds(struct cursor *cursor, uint16_t type)
{
	while (cursor_left(cursor) > 0) {
		uint8_t window = cursor_u8(cursor);
		struct span bits = cursor_take(cursor, cursor_u8(cursor));
		unsigned int low = type & 0xffu;
		if (window == type >> 8 && bits.size > low / 8 && bits.octets[low / 8] & 0x80u >> low % 8)
			return true;
	}
	return false;
}

static struct name wildcard_of(struct name encloser, struct name_buffer *buffer)
{
	if (encloser.size + 2u > NAME_SIZE_MAX)
		return encloser;
	buffer->octets[0] = 1;
	buffer->octets[1] = '*';
	memcpy(buffer->octets + 2, encloser.octets, encloser.size);
	return (struct name){ buffer->octets, (uint8_t)(encloser.size + 2), (uint8_t)(encloser.labels + 1) };
}

/* ---- NSEC ---- */

static bool nsec_covers(struct name owner, struct name next, struct name name)
{
	bool behind = name_compare(owner, name) < 0, before = name_compare(name, next) < 0;
	return name_compare(owner, next) < 0 ? behind && before : behind || before;
}

enum wanted { WANT_COVER, WANT_MATCH, WANT_EMPTY }; /* EMPTY: the next name is below this one */

static const struct rrset *find_nsec(const struct proving *proving, struct name name, enum wanted wanted,
				     struct name *next)
{
	for (size_t i = 0; i < proving->section->count; i++) {
		const struct rrset *rrset = &proving->section->rrsets[i];
		struct cursor cursor = cursor_of(rrset_first(rrset));
		if (rrset->type != TYPE_NSEC || !name_is_within(rrset->owner, proving->zone->origin) ||
		    !name_read_plain(&cursor, next))
			continue;
		bool covers = nsec_covers(rrset->owner, *next, name);
		bool matches = name_equal(rrset->owner, name);
		if (wanted == WANT_MATCH ? matches && !bitmap_holds(&cursor, proving->type)
					 : covers && name_is_below(*next, name) == (wanted == WANT_EMPTY))
			return rrset;
	}
	return NULL;
}

static const char *check_nsec(const struct proving *proving, bool nxdomain)
{
	struct name next, wildcard;
	struct name_buffer buffer;
	if (!nxdomain && (find_nsec(proving, proving->name, WANT_MATCH, &next) != NULL ||
			  find_nsec(proving, proving->name, WANT_EMPTY, &next) != NULL))
		return NULL;
	const struct rrset *cover = find_nsec(proving, proving->name, WANT_COVER, &next);
	if (cover == NULL)
		return "no NSEC denies the name";
	unsigned int above = name_common_labels(proving->name, cover->owner), below = name_common_labels(proving->name, next);
	wildcard = wildcard_of(name_suffix(proving->name, above > below ? above : below), &buffer);
	if (nxdomain)
		return find_nsec(proving, wildcard, WANT_COVER, &next) != NULL ? NULL : "no NSEC denies the wildcard";
	return find_nsec(proving, wildcard, WANT_MATCH, &next) != NULL ||
			       find_nsec(proving, wildcard, WANT_EMPTY, &next) != NULL
		       ? NULL
		       : "no NSEC shows the wildcard";
}

/* ---- NSEC3 ---- */

static unsigned int digit_of(uint8_t letter)
{
	return letter <= '9' ? (unsigned int)letter - '0' : (letter | 0x20u) - 'a' + 10u;
}

static void read_hash(struct name owner, uint8_t hash[SIGN_HASH_SIZE])
{
	memset(hash, 0, SIGN_HASH_SIZE);
	for (unsigned int i = 0; i < 32 && i < owner.octets[0]; i++) {
		unsigned int bit = i * 5, value = digit_of(owner.octets[1 + i]) << (11 - bit % 8);
		hash[bit / 8] |= (uint8_t)(value >> 8);
		if (bit / 8 + 1 < SIGN_HASH_SIZE)
			hash[bit / 8 + 1] |= (uint8_t)value;
	}
}

/* What lies in a span with opt-out may be there after all (RFC 5155 section 9.2). */
static bool find_nsec3(const struct proving *proving, struct name name, enum wanted wanted, bool typed)
{
	uint8_t owner[SIGN_HASH_SIZE], hash[SIGN_HASH_SIZE];
	for (size_t i = 0; i < proving->section->count; i++) {
		const struct rrset *rrset = &proving->section->rrsets[i];
		struct cursor cursor = cursor_of(rrset_first(rrset));
		if (rrset->type != TYPE_NSEC3 || !name_equal(name_parent(rrset->owner), proving->zone->origin))
			continue;
		cursor_skip(&cursor, 1);
		bool opt_out = cursor_u8(&cursor) & 1;
		uint16_t iterations = cursor_u16(&cursor);
		struct span salt = cursor_take(&cursor, cursor_u8(&cursor));
		struct span next = cursor_take(&cursor, cursor_u8(&cursor));
		if (cursor.failed || next.size != SIGN_HASH_SIZE || iterations > LIMIT_NSEC3_ITERATIONS)
			continue;
		read_hash(rrset->owner, owner);
		sign_nsec3_hash(name, salt, iterations, hash);
		int behind = memcmp(owner, hash, SIGN_HASH_SIZE), before = memcmp(hash, next.octets, SIGN_HASH_SIZE);
		bool round = memcmp(owner, next.octets, SIGN_HASH_SIZE) >= 0;
		if (wanted == WANT_MATCH && behind == 0 && !(typed && bitmap_holds(&cursor, proving->type)))
			return true;
		if (wanted == WANT_COVER && !opt_out && (round ? behind < 0 || before < 0 : behind < 0 && before < 0))
			return true;
	}
	return false;
}

static const char *check_nsec3(const struct proving *proving, bool nxdomain)
{
	struct name_buffer buffer;
	if (!nxdomain && find_nsec3(proving, proving->name, WANT_MATCH, true))
		return NULL;
	for (unsigned int labels = proving->name.labels; labels-- > proving->zone->origin.labels;) {
		struct name encloser = name_suffix(proving->name, labels);
		if (!find_nsec3(proving, encloser, WANT_MATCH, false))
			continue;
		if (!find_nsec3(proving, name_suffix(proving->name, labels + 1), WANT_COVER, false))
			return "no NSEC3 denies the next closer name";
		struct name wildcard = wildcard_of(encloser, &buffer);
		if (nxdomain)
			return find_nsec3(proving, wildcard, WANT_COVER, false) ? NULL : "no NSEC3 denies the wildcard";
		return find_nsec3(proving, wildcard, WANT_MATCH, true) ? NULL : "no NSEC3 shows the wildcard";
	}
	return "no NSEC3 shows the closest encloser";
}

/* ---- the message ---- */

static const char *check_end(const struct world *world, const struct msg *msg, struct name name)
{
	struct proving proving = { .section = &msg->authority, .name = name, .type = msg->question.type };
	proving.zone = world_zone_of(world, name, msg->question.type);
	bool nxdomain = msg->rcode == RCODE_NXDOMAIN;
	for (size_t i = 0; i < msg->authority.count; i++)
		if (msg->authority.rrsets[i].type == TYPE_NSEC3 &&
		    name_equal(name_parent(msg->authority.rrsets[i].owner), proving.zone->origin))
			return check_nsec3(&proving, nxdomain);
	return check_nsec(&proving, nxdomain);
}

/* Data that a wildcard made: nothing closer is there. */
static const char *check_expanded(const struct world *world, const struct msg *msg, const struct rrset *rrset)
{
	struct rrset_walk walk = rrset_walk_signatures(rrset);
	struct span rrsig;
	struct name next;
	if (!rrset_next(&walk, &rrsig) || rrsig.octets[RRSIG_LABELS_OFFSET] >= rrset->owner.labels ||
	    name_is_wildcard(rrset->owner))
		return NULL;
	struct proving proving = { .section = &msg->authority, .name = rrset->owner, .type = rrset->type };
	proving.zone = world_zone_of(world, rrset->owner, rrset->type);
	struct name closer = name_suffix(rrset->owner, rrsig.octets[RRSIG_LABELS_OFFSET] + 1u);
	if (find_nsec(&proving, rrset->owner, WANT_COVER, &next) != NULL || find_nsec3(&proving, closer, WANT_COVER, false))
		return NULL;
	return "nothing shows that only the wildcard has it";
}

const char *proven_check(const struct world *world, const struct msg *msg)
{
	struct name name = msg->question.name;
	for (unsigned int link = 0; link < LINKS_MAX; link++) {
		const struct rrset *data = section_find(&msg->answer, name, msg->question.type);
		const struct rrset *alias = section_find(&msg->answer, name, TYPE_CNAME);
		const struct rrset *there = data != NULL ? data : alias;
		if (there == NULL)
			return check_end(world, msg, name);
		const char *why = check_expanded(world, msg, there);
		if (why != NULL || data != NULL || !rdata_target(TYPE_CNAME, rrset_first(alias), &name))
			return why;
	}
	return NULL;
}

/* ---- the chain ---- */

static unsigned int count_types(struct cursor cursor)
{
	unsigned int count = 0;
	while (cursor_left(&cursor) > 0) {
		cursor_skip(&cursor, 1);
		struct span bits = cursor_take(&cursor, cursor_u8(&cursor));
		for (size_t i = 0; i < bits.size; i++)
			count += (unsigned int)__builtin_popcount(bits.octets[i]);
	}
	return count;
}

/* A cut has NS and DS there, and nothing else of this zone. */
static const char *check_types(const struct node *node, unsigned int epoch, struct cursor bitmap, bool nsec3)
{
	unsigned int wanted = 0;
	bool is_signed = false;
	for (const struct set *set = node->sets; set != NULL; set = set->next) {
		if (node_version(node, set->type, epoch) == NULL || set->type == TYPE_NSEC)
			continue;
		bool own = node->place != PLACE_CUT || set->type == TYPE_DS;
		struct cursor cursor = bitmap;
		if (own || set->type == TYPE_NS) {
			wanted++;
			is_signed |= own;
			if (!bitmap_holds(&cursor, set->type))
				return "a type is not in the bitmap";
		}
	}
	struct cursor cursor = bitmap;
	if ((is_signed || !nsec3) && !bitmap_holds(&cursor, TYPE_RRSIG))
		return "RRSIG is not in the bitmap";
	wanted += nsec3 ? is_signed : 2u; /* RRSIG, NSEC */
	return count_types(bitmap) == wanted ? NULL : "a type is in the bitmap that is not there";
}

/* Where a record of the chain leads: the hash or name, with the cursor behind it. */
static struct span next_of(const struct signing *signing, struct cursor *cursor)
{
	struct name next;
	if (!signing->plan.nsec3)
		return name_read_plain(cursor, &next) ? span_of(next.octets, next.size) : span_of(NULL, 0);
	cursor_skip(cursor, 4);
	cursor_skip(cursor, cursor_u8(cursor));
	return cursor_take(cursor, cursor_u8(cursor));
}

static bool is_next(const struct signing *signing, struct span next, const struct link *link)
{
	return span_equal(next, signing->plan.nsec3 ? span_of(link->hash, SIGN_HASH_SIZE)
						    : span_of(link->name->name.octets, link->name->name.size));
}

const char *proven_chain(const struct zone *zone, unsigned int epoch)
{
	const struct signing *signing = zone->signing;
	struct span next = span_of(NULL, 0);
	const struct link *first = NULL;
	for (unsigned int i = 0; i < signing->chain_count; i++) {
		const struct link *link = &signing->chain[i];
		const struct version *version = chain_version(zone, link, epoch);
		bool opted_out = signing->plan.opt_out && link->name->place == PLACE_CUT;
		bool there = signing->plan.nsec3 ? node_exists(link->name, epoch) : node_has_sets(link->name, epoch);
		if (version == NULL && there && !opted_out)
			return "a name has no record in the chain";
		if (version == NULL)
			continue;
		if (first != NULL && !is_next(signing, next, link))
			return "a record of the chain does not lead to the next";
		if (first == NULL)
			first = link;
		struct cursor cursor = cursor_of(rrset_first(&version->rrset));
		next = next_of(signing, &cursor);
		struct cursor bitmap = cursor_of(cursor_take(&cursor, cursor_left(&cursor)));
		const char *why = check_types(link->name, epoch, bitmap, signing->plan.nsec3);
		if (why != NULL)
			return why;
	}
	return is_next(signing, next, first) ? NULL : "the chain is not closed";
}
