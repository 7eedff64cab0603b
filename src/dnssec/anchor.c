#include "dnssec/anchor.h"

#include "dnssec/keys.h"
#include "wire/codes.h"

#define HOUR_S 3600
#define DAY_S 86400
#define REFRESH_MIN_S HOUR_S
#define REFRESH_MAX_S (15 * DAY_S)
#define RETRY_MAX_S DAY_S

static const char *const state_words[] = {
	[ANCHOR_START] = "start",	[ANCHOR_ADDPEND] = "addpend", [ANCHOR_VALID] = "valid",
	[ANCHOR_MISSING] = "missing",	[ANCHOR_REVOKED] = "revoked", [ANCHOR_REMOVED] = "removed",
};

const char *anchor_state_to_text(enum anchor_state state)
{
	return state_words[state];
}

bool anchor_state_of_text(const char *text, enum anchor_state *state)
{
	for (unsigned int i = 0; i < sizeof state_words / sizeof state_words[0]; i++)
		if (strcmp(text, state_words[i]) == 0) {
			*state = (enum anchor_state)i;
			return true;
		}
	return false;
}

/* ---- the trust point ---- */

void anchor_begin(struct trust_point *point, struct name zone)
{
	memset(point, 0, sizeof *point);
	name_lower_into(zone, point->zone);
	point->zone_size = zone.size;
	point->zone_labels = zone.labels;
}

struct name anchor_zone(const struct trust_point *point)
{
	return (struct name){ point->zone, point->zone_size, point->zone_labels };
}

static struct span rdata_of(const struct anchor *anchor)
{
	return span_of(anchor->rdata, anchor->size);
}

static void set_rdata(struct anchor *anchor, uint16_t type, struct span rdata)
{
	anchor->type = type;
	anchor->size = (uint16_t)rdata.size;
	memcpy(anchor->rdata, rdata.octets, rdata.size);
}

static void set_state(struct anchor *anchor, enum anchor_state state, int64_t now)
{
	anchor->state = state;
	anchor->since = now;
}

static void drop(struct trust_point *point, unsigned int i)
{
	memmove(&point->anchors[i], &point->anchors[i + 1], (point->count - i - 1) * sizeof point->anchors[0]);
	point->count--;
}

/* The oldest of those in this state; `count` when there is none. */
static unsigned int find_oldest(const struct trust_point *point, enum anchor_state state)
{
	unsigned int oldest = point->count;
	for (unsigned int i = 0; i < point->count; i++)
		if (point->anchors[i].state == state &&
		    (oldest == point->count || point->anchors[i].since < point->anchors[oldest].since))
			oldest = i;
	return oldest;
}

/* A new place. When all are taken the one that was removed longest ago gives way, and to a key that the administrator wants
 * one that only waits to be trusted. NULL when all are needed. */
static struct anchor *take_place(struct trust_point *point, enum anchor_state state)
{
	if (point->count == LIMIT_ANCHORS_TRACKED) {
		unsigned int least = find_oldest(point, ANCHOR_REMOVED);
		if (least == point->count && state == ANCHOR_VALID)
			least = find_oldest(point, ANCHOR_ADDPEND);
		if (least == point->count)
			return NULL;
		drop(point, least);
	}
	struct anchor *anchor = &point->anchors[point->count++];
	memset(anchor, 0, sizeof *anchor);
	return anchor;
}

static struct anchor *add(struct trust_point *point, uint16_t type, struct span rdata, enum anchor_state state,
			  int64_t now)
{
	if (rdata.size > LIMIT_ANCHOR_OCTETS)
		return NULL;
	struct anchor *anchor = take_place(point, state);
	if (anchor == NULL)
		return NULL;
	set_rdata(anchor, type, rdata);
	set_state(anchor, state, now);
	anchor->before = ANCHOR_START;
	return anchor;
}

/* ---- keys ---- */

/* The key without its REVOKE bit, which is how it was known before (RFC 5011 section 2.1: with it the tag is another).
 * False when it is none, or larger than any that can be used. */
static bool read_plain(struct span rdata, uint8_t plain[LIMIT_ANCHOR_OCTETS], struct dnskey *dnskey)
{
	if (rdata.size < 4 || rdata.size > LIMIT_ANCHOR_OCTETS)
		return false;
	memcpy(plain, rdata.octets, rdata.size);
	plain[1] &= (uint8_t)~DNSKEY_FLAG_REVOKED;
	return dnskey_read(rdata, dnskey);
}

static bool is_anchor(const struct trust_point *point, const struct anchor *anchor, struct span plain)
{
	if (anchor->type == TYPE_DNSKEY)
		return span_equal(rdata_of(anchor), plain);
	return ds_matches(rdata_of(anchor), anchor_zone(point), plain);
}

/* From the place `from` on; the place, or `count`. */
static unsigned int find_from(const struct trust_point *point, unsigned int from, struct span plain)
{
	while (from < point->count && !is_anchor(point, &point->anchors[from], plain))
		from++;
	return from;
}

struct anchor *anchor_find(struct trust_point *point, struct span dnskey)
{
	uint8_t plain[LIMIT_ANCHOR_OCTETS];
	struct dnskey parts;
	if (!read_plain(dnskey, plain, &parts))
		return NULL;
	unsigned int i = find_from(point, 0, span_of(plain, dnskey.size));
	return i < point->count ? &point->anchors[i] : NULL;
}

/* ---- what is configured, and what was written down ---- */

/* The anchor that the record is or names; NULL: not known. */
static struct anchor *find_record(struct trust_point *point, uint16_t type, struct span rdata)
{
	for (unsigned int i = 0; i < point->count; i++) {
		struct anchor *anchor = &point->anchors[i];
		bool same = type == TYPE_DNSKEY ? is_anchor(point, anchor, rdata)
			    : anchor->type == TYPE_DNSKEY ? ds_matches(rdata, anchor_zone(point), rdata_of(anchor))
							  : span_equal(rdata_of(anchor), rdata);
		if (same)
			return anchor;
	}
	return NULL;
}

static bool is_of(const struct trust_point *point, const struct rrset *rrset)
{
	return name_equal(rrset->owner, anchor_zone(point)) && (rrset->type == TYPE_DS || rrset->type == TYPE_DNSKEY);
}

static bool knows_any(struct trust_point *point, const struct rrset *rrset)
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	while (rrset_next(&walk, &rdata))
		if (find_record(point, rrset->type, rdata) != NULL)
			return true;
	return false;
}

static bool configure(struct trust_point *point, const struct rrset *rrset, int64_t now)
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	while (rrset_next(&walk, &rdata)) {
		struct anchor *anchor = find_record(point, rrset->type, rdata);
		if (anchor == NULL)
			anchor = add(point, rrset->type, rdata, ANCHOR_VALID, now);
		if (anchor == NULL)
			return false;
		if (anchor->state == ANCHOR_ADDPEND) /* the administrator is quicker than the hold-down time */
			set_state(anchor, ANCHOR_VALID, now);
	}
	return true;
}

bool anchor_configure(struct trust_point *point, const struct rrset *rrsets, size_t count, int64_t now)
{
	bool known = false;
	for (size_t i = 0; i < count; i++)
		known = known || (is_of(point, &rrsets[i]) && knows_any(point, &rrsets[i]));
	if (!known) {
		struct trust_point empty;
		anchor_begin(&empty, anchor_zone(point));
		*point = empty;
	}
	for (size_t i = 0; i < count; i++)
		if (is_of(point, &rrsets[i]) && !configure(point, &rrsets[i], now))
			return false;
	return true;
}

bool anchor_restore(struct trust_point *point, const struct anchor *anchor, struct span rdata)
{
	struct dnskey dnskey;
	struct ds ds;
	bool good = anchor->type == TYPE_DNSKEY ? dnskey_read(rdata, &dnskey) && (dnskey.flags & DNSKEY_FLAG_REVOKED) == 0
						: anchor->type == TYPE_DS && ds_read(rdata, &ds);
	struct anchor *place = good && rdata.size > 4 ? add(point, anchor->type, rdata, anchor->state, anchor->since) : NULL;
	if (place == NULL)
		return false;
	place->before = anchor->state;
	place->until = anchor->until;
	return true;
}

/* ---- seeing ---- */

/* Section 4: a SEP key that is new; and one with which something could be checked. */
static bool is_candidate(const struct dnskey *dnskey)
{
	uint16_t wanted = DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP;
	return (dnskey->flags & wanted) == wanted && dnskey->protocol == DNSKEY_PROTOCOL &&
	       crypto_knows_algorithm(dnskey->algorithm);
}

static int64_t greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t least(int64_t a, int64_t b, int64_t c)
{
	int64_t smaller = a < b ? a : b;
	return smaller < c ? smaller : c;
}

/* A DS that names the key has become it; what other DS name the same key is of no more use. */
static struct anchor *settle(struct trust_point *point, struct span plain)
{
	unsigned int first = find_from(point, 0, plain);
	if (first == point->count)
		return NULL;
	for (unsigned int i = find_from(point, first + 1, plain); i < point->count; i = find_from(point, i, plain))
		drop(point, i);
	struct anchor *anchor = &point->anchors[first];
	if (anchor->type == TYPE_DS)
		set_rdata(anchor, TYPE_DNSKEY, plain);
	return anchor;
}

/* AddPend lasts 30 days or the TTL, so that at least two RRsets with the key are seen (section 2.4.1). */
static void see_key(struct trust_point *point, const struct sighting *sighting, unsigned int n, struct span rdata,
		    int64_t now)
{
	uint8_t octets[LIMIT_ANCHOR_OCTETS];
	struct dnskey dnskey;
	if (!read_plain(rdata, octets, &dnskey))
		return;
	bool has_bit = (dnskey.flags & DNSKEY_FLAG_REVOKED) != 0;
	bool revokes = has_bit && (sighting->revoked >> n & 1) != 0;
	if (has_bit ? !revokes : !sighting->trusted)
		return;
	struct anchor *anchor = settle(point, span_of(octets, rdata.size));
	if (revokes) {
		if (anchor != NULL && (anchor_is_trusted(anchor) || anchor->state == ANCHOR_REVOKED))
			set_state(anchor, ANCHOR_REVOKED, now);
	} else if (anchor == NULL && is_candidate(&dnskey)) {
		anchor = add(point, TYPE_DNSKEY, span_of(octets, rdata.size), ANCHOR_ADDPEND, now);
		if (anchor != NULL)
			anchor->until = now + greater(LIMIT_ANCHOR_HOLD_S, sighting->ttl);
	}
}

static bool is_in(const struct rrset *dnskeys, struct span wanted)
{
	struct rrset_walk walk = rrset_walk_data(dnskeys);
	struct span rdata;
	for (unsigned int n = 0; n < LIMIT_ZONE_KEYS && rrset_next(&walk, &rdata); n++)
		if (span_equal(rdata, wanted))
			return true;
	return false;
}

/* An RRset that is trusted has come, with the key in it or not (section 4). */
static void step(struct anchor *anchor, bool present, int64_t now)
{
	switch (anchor->state) {
	case ANCHOR_ADDPEND:
		if (!present)
			set_state(anchor, ANCHOR_START, now);
		else if (now >= anchor->until)
			set_state(anchor, ANCHOR_VALID, now);
		break;
	case ANCHOR_VALID:
		if (!present && anchor->type == TYPE_DNSKEY)
			set_state(anchor, ANCHOR_MISSING, now);
		break;
	case ANCHOR_MISSING:
		if (present)
			set_state(anchor, ANCHOR_VALID, now);
		break;
	case ANCHOR_REVOKED:
		if (now - anchor->since >= LIMIT_ANCHOR_HOLD_S)
			set_state(anchor, ANCHOR_REMOVED, now);
		break;
	case ANCHOR_START:
	case ANCHOR_REMOVED:
		break;
	}
}

/* Section 2.3. */
static int64_t interval(const struct trust_point *point, int64_t most, unsigned int part)
{
	return greater(REFRESH_MIN_S, least(most, point->ttl / part, point->life / part));
}

static void forget_given_up(struct trust_point *point)
{
	for (unsigned int i = point->count; i-- > 0;)
		if (point->anchors[i].state == ANCHOR_START)
			drop(point, i);
		else
			point->anchors[i].before = point->anchors[i].state;
}

bool anchor_see(struct trust_point *point, const struct sighting *sighting, int64_t now)
{
	struct rrset_walk walk = rrset_walk_data(sighting->dnskeys);
	struct span rdata;
	bool changed = false;
	forget_given_up(point);
	for (unsigned int n = 0; n < LIMIT_ZONE_KEYS && rrset_next(&walk, &rdata); n++)
		see_key(point, sighting, n, rdata, now);
	for (unsigned int i = 0; i < point->count; i++) {
		struct anchor *anchor = &point->anchors[i];
		if (sighting->trusted)
			step(anchor, is_in(sighting->dnskeys, rdata_of(anchor)), now);
		changed = changed || anchor->state != anchor->before;
	}
	if (!sighting->trusted) {
		anchor_fail(point, now);
		return changed;
	}
	point->looked = now;
	point->ttl = sighting->ttl;
	point->life = sighting->life;
	point->next = now + interval(point, REFRESH_MAX_S, 2);
	return changed;
}

void anchor_fail(struct trust_point *point, int64_t now)
{
	point->next = now + interval(point, RETRY_MAX_S, 10);
}

int64_t anchor_next(const struct trust_point *point, int64_t now)
{
	if (!anchor_any_trusted(point))
		return INT64_MAX;
	return point->next < now + REFRESH_MAX_S ? point->next : now + REFRESH_MAX_S;
}

/* ---- what is trusted ---- */

bool anchor_any_trusted(const struct trust_point *point)
{
	for (unsigned int i = 0; i < point->count; i++)
		if (anchor_is_trusted(&point->anchors[i]))
			return true;
	return false;
}

/* Those of one type; count 0 when there are none. */
static bool gather(const struct trust_point *point, struct arena *arena, uint16_t type, struct rrset *rrset)
{
	size_t room = 0;
	for (unsigned int i = 0; i < point->count; i++)
		room += 2 + (size_t)point->anchors[i].size;
	struct builder builder = builder_of(arena_alloc(arena, room), room);
	if (builder.start == NULL)
		return false;
	*rrset = (struct rrset){ .type = type, .class = CLASS_IN, .owner = name_copy(arena, anchor_zone(point)) };
	rrset->ttl = point->ttl;
	for (unsigned int i = 0; i < point->count; i++) {
		const struct anchor *anchor = &point->anchors[i];
		if (!anchor_is_trusted(anchor) || anchor->type != type)
			continue;
		builder_u16(&builder, anchor->size);
		builder_octets(&builder, rdata_of(anchor));
		rrset->count++;
	}
	rrset->packed = builder_written(&builder);
	return rrset->owner.octets != NULL;
}

bool anchor_trusted(const struct trust_point *point, struct arena *arena, struct rrset rrsets[2], size_t *count)
{
	static const uint16_t types[] = { TYPE_DNSKEY, TYPE_DS };
	*count = 0;
	if (!anchor_any_trusted(point))
		return true;
	for (unsigned int i = 0; i < 2; i++) {
		if (!gather(point, arena, types[i], &rrsets[*count]))
			return false;
		*count += rrsets[*count].count > 0;
	}
	return true;
}
