#include "truth.h"

#include "internet.h"
#include "signing.h"
#include "wire/limits.h"

#define MAX_TTL 86400u          /* option cache.max-ttl */
#define MAX_NEGATIVE_TTL 3600u  /* option cache.max-negative-ttl */
#define SLACK_S 3u              /* a reply may have been long on its way */

/* The walk along the answer. */
struct walk {
	struct truth *truth;
	const struct section *answer;
	struct name name;
	struct name_buffer buffers[2];
	unsigned int links;
	uint64_t used; /* RRsets of the answer section that the chain needs, a bit each by their index */
};

static bool same_data(const struct rrset *a, const struct rrset *b)
{
	struct rrset_walk walk = rrset_walk_data(a);
	struct span rdata, other;
	if (a->count != b->count)
		return false;
	while (rrset_next(&walk, &rdata)) {
		struct rrset_walk others = rrset_walk_data(b);
		bool found = false;
		while (!found && rrset_next(&others, &other))
			found = rdata_equal(a->type, rdata, other);
		if (!found)
			return false;
	}
	return true;
}

static uint32_t at_most(uint32_t ttl, uint32_t bound)
{
	return ttl < bound ? ttl : bound;
}

/* `ttl` as told of a record that lived `life` seconds when it was last sent to a resolver. `whole`: it lives no shorter
 * than that either. */
static const char *check_age(const struct truth *truth, const struct version *version, uint32_t life, uint32_t ttl,
			     bool whole)
{
	uint64_t fresh = internet_age_at(truth->fresh_at), now = internet_age_at(truth->now);
	if (version->last_seen == SEEN_NEVER)
		return "no server has sent this record";
	uint64_t elapsed = fresh > version->last_seen ? fresh - version->last_seen : 0;
	if (elapsed > 0 && elapsed >= life)
		return "a record is older than its TTL";
	if (ttl > life - elapsed)
		return "a TTL is longer than what is left of it";
	if (whole && ttl + (now - version->first_seen) + 1 < life)
		return "a TTL is shorter than what is left of it";
	return NULL;
}

static bool is_short_lived(const struct zone *zone)
{
	return zone->signing != NULL && zone->signing->plan.life > 0;
}

/* Is the RRset what the world has, or had not so long ago? */
static const char *check_rrset(struct truth *truth, const struct rrset *rrset, struct name name)
{
	truth->blamed = name;
	truth->blamed_type = rrset->type;
	unsigned int last = world_epoch(truth->world, truth->now);
	const char *why = "a record that the world does not have";
	for (unsigned int i = 0; i <= last; i++) {
		struct zone *zone;
		struct look look = oracle_look(truth->world, name, rrset->type, last - i, &zone);
		if (look.kind != LOOK_DATA || look.version == NULL || !same_data(rrset, &look.version->rrset))
			continue;
		/* What a wildcard made lives no longer than the proof that nothing stands in its way, and nothing longer than
		 * its signature. */
		truth->expanded |= look.wildcard;
		bool whole = !look.wildcard && !(truth->validated && is_short_lived(zone));
		why = check_age(truth, look.version, at_most(look.version->rrset.ttl, MAX_TTL), rrset->ttl, whole);
		if (why == NULL)
			return NULL;
	}
	return why;
}

static const struct rrset *find_dname(const struct walk *walk)
{
	struct name name = walk->name;
	while (name.labels > 0) {
		name = name_parent(name);
		const struct rrset *dname = section_find(walk->answer, name, TYPE_DNAME);
		if (dname != NULL)
			return dname;
	}
	return NULL;
}

static bool is_rfc8482(const struct rrset *rrset)
{
	static const uint8_t rdata[] = "\7RFC8482";
	return rrset->type == TYPE_HINFO && rrset->count == 1 &&
	       span_equal(rrset_first(rrset), span_of(rdata, sizeof rdata));
}

/* A DNAME may be used more than once. */
static void use(struct walk *walk, const struct rrset *rrset)
{
	walk->used |= UINT64_C(1) << ((rrset - walk->answer->rrsets) & 63);
}

/* ANY: one RRset or more, all of them true (RFC 8482 section 4). */
static const char *check_any(struct walk *walk, bool *found)
{
	for (size_t i = 0; i < walk->answer->count; i++) {
		const struct rrset *rrset = &walk->answer->rrsets[i];
		if (!name_equal(rrset->owner, walk->name))
			continue;
		*found = true;
		use(walk, rrset);
		const char *why = is_rfc8482(rrset) ? NULL : check_rrset(walk->truth, rrset, walk->name);
		if (why != NULL)
			return why;
	}
	return NULL;
}

static const char *follow_dname(struct walk *walk, const struct rrset *dname, bool *end)
{
	struct name to, made, told;
	const char *why = check_rrset(walk->truth, dname, dname->owner);
	if (why != NULL)
		return why;
	use(walk, dname);
	if (!rdata_target(TYPE_DNAME, rrset_first(dname), &to))
		return "a DNAME without a target";
	if (!name_replace_suffix(walk->name, dname->owner, to, &walk->buffers[walk->links % 2], &made)) {
		*end = true;
		return walk->truth->msg->rcode == RCODE_YXDOMAIN ? NULL : "a name too long is not YXDOMAIN";
	}
	const struct rrset *cname = section_find(walk->answer, walk->name, TYPE_CNAME);
	if (cname == NULL || cname->count != 1 || !rdata_target(TYPE_CNAME, rrset_first(cname), &told))
		return "a DNAME without its CNAME";
	if (!name_equal(told, made))
		return "a CNAME that is not what the DNAME makes";
	if (cname->ttl > dname->ttl)
		return "a CNAME that lives longer than its DNAME";
	use(walk, cname);
	walk->name = made;
	*end = walk->truth->question.type == TYPE_CNAME; /* that is what was asked for */
	return NULL;
}

static const char *follow_cname(struct walk *walk, const struct rrset *cname)
{
	const char *why = check_rrset(walk->truth, cname, walk->name);
	if (why == NULL && (cname->count != 1 || !rdata_target(TYPE_CNAME, rrset_first(cname), &walk->name)))
		why = "more than one CNAME";
	use(walk, cname);
	return why;
}

static uint32_t soa_minimum(const struct rrset *soa)
{
	struct span rdata = rrset_first(soa);
	struct cursor cursor = cursor_of(rdata);
	cursor_seek(&cursor, rdata.size >= 4 ? rdata.size - 4 : 0);
	return cursor_u32(&cursor);
}

/* A denial made of proofs that were heard before (RFC 8198) lives no longer than the oldest of them. */
static uint64_t oldest_proof(const struct zone *zone, uint64_t since)
{
	for (unsigned int i = 0; zone->signing != NULL && i < zone->signing->chain_count; i++) {
		const struct node *node = zone->signing->chain[i].node;
		const struct set *set = node_set(node, TYPE_NSEC) != NULL ? node_set(node, TYPE_NSEC) :
									   node_set(node, TYPE_NSEC3);
		for (const struct version *version = set != NULL ? set->newest : NULL; version != NULL;
		     version = version->older)
			if (version->first_seen < since)
				since = version->first_seen;
	}
	return since;
}

static const char *check_soa(struct truth *truth, const struct zone *zone, const struct rrset *soa)
{
	truth->blamed = zone->origin;
	truth->blamed_type = TYPE_SOA;
	struct version *version = node_version(zone->apex, TYPE_SOA, 0);
	if (!same_data(soa, &version->rrset))
		return "the SOA is not the zone's";
	uint32_t life = at_most(at_most(soa_minimum(&version->rrset), version->rrset.ttl), MAX_NEGATIVE_TTL);
	if (soa->ttl > life)
		return "a negative TTL is longer than RFC 2308 allows";
	struct version heard = *version;
	if (truth->validated)
		heard.first_seen = oldest_proof(zone, version->first_seen);
	return check_age(truth, &heard, life, soa->ttl, !truth->expanded);
}

static bool denies(const struct truth *truth, const struct zone *zone, const struct look *look, struct name name,
		   unsigned int epoch)
{
	bool nxdomain = truth->msg->rcode == RCODE_NXDOMAIN;
	return look->kind == (nxdomain ? LOOK_NXDOMAIN : LOOK_NODATA) ||
	       (nxdomain && oracle_denies_wrongly(truth->world, zone, name, epoch));
}

/* The SOA of a zone above, one of whose hosts denied what lies between (RFC 8020), in an answer to a client. */
static const struct rrset *find_soa_above(const struct truth *truth, struct zone **zone, unsigned int epoch)
{
	for (struct zone *above = (*zone)->parent; above != NULL; above = above->parent) {
		const struct rrset *soa = section_find(&truth->msg->authority, above->origin, TYPE_SOA);
		if (soa == NULL || !above->ent_asked || truth->msg->rcode != RCODE_NXDOMAIN ||
		    !oracle_denies_wrongly(truth->world, above, (*zone)->origin, epoch))
			continue;
		*zone = above;
		return soa;
	}
	return NULL;
}

static const char *check_denial(struct walk *walk)
{
	struct truth *truth = walk->truth;
	unsigned int last = world_epoch(truth->world, truth->now);
	struct zone *zone = world_zone_of(truth->world, walk->name, truth->question.type);
	const struct rrset *soa = section_find(&truth->msg->authority, zone->origin, TYPE_SOA);
	if (truth->msg->rcode == RCODE_YXDOMAIN)
		return "YXDOMAIN for nothing";
	struct zone *above = zone;
	if (soa == NULL && (soa = find_soa_above(truth, &above, last)) != NULL)
		return check_soa(truth, above, soa);
	if (soa == NULL && !zone->without_soa)
		return truth->partial ? NULL : "a negative answer without the zone's SOA";
	const char *why = soa != NULL ? check_soa(truth, zone, soa) : NULL;
	if (why != NULL)
		return why;
	for (unsigned int i = 0; i <= last; i++) {
		struct look look = oracle_look(truth->world, walk->name, truth->question.type, last - i, &zone);
		if (!denies(truth, zone, &look, walk->name, last - i))
			continue;
		if (i == 0)
			return NULL;
		uint64_t life = soa != NULL ? at_most(soa_minimum(soa), MAX_NEGATIVE_TTL) : 0;
		uint64_t left = soa != NULL ? soa->ttl : 0;
		uint64_t ended = internet_age_at(truth->world->epoch_at[last - i + 1]);
		uint64_t fresh = internet_age_at(truth->fresh_at);
		if (fresh <= ended + SLACK_S || fresh - ended + left <= life + SLACK_S)
			return NULL;
		why = "a denial is older than its TTL";
	}
	if (why != NULL)
		return why;
	return truth->msg->rcode == RCODE_NXDOMAIN ? "NXDOMAIN for a name that is there" : "NODATA for a type that is there";
}

/* The chain from the question to its end. */
static const char *walk_answer(struct walk *walk)
{
	struct truth *truth = walk->truth;
	for (;; walk->links++) {
		const struct rrset *data = section_find(walk->answer, walk->name, truth->question.type);
		const struct rrset *cname = section_find(walk->answer, walk->name, TYPE_CNAME);
		const struct rrset *dname = find_dname(walk);
		const char *why;
		bool end = false;
		if (walk->links > LIMIT_ALIAS_LINKS)
			return "a chain too long";
		if (dname == NULL && truth->question.type == TYPE_ANY) {
			why = check_any(walk, &end);
		} else if (dname != NULL) {
			why = follow_dname(walk, dname, &end);
		} else if (data != NULL) {
			why = check_rrset(truth, data, walk->name);
			use(walk, data);
			end = true;
		} else if (cname != NULL) {
			why = follow_cname(walk, cname);
		} else {
			return truth->partial && walk->links > 0 ? NULL : check_denial(walk);
		}
		if (why != NULL)
			return why;
		if (end)
			return truth->msg->rcode == RCODE_NXDOMAIN ? "NXDOMAIN with data" : NULL;
		if (truth->question.type == TYPE_ANY && dname == NULL)
			return truth->partial && walk->links > 0 ? NULL : check_denial(walk);
	}
}

/* An NSEC or NSEC3 beside a denial. It lives no longer than that, which may be shorter than what is left of it. */
static const char *check_proof(const struct truth *truth, const struct rrset *rrset)
{
	const char *why = "a proof that the world does not have";
	for (unsigned int i = 0; i < truth->world->zone_count; i++) {
		const struct zone *zone = &truth->world->zones[i];
		for (unsigned int j = 0; zone->signing != NULL && j < zone->signing->chain_count; j++) {
			const struct node *node = zone->signing->chain[j].node;
			const struct set *set = name_equal(node->name, rrset->owner) ? node_set(node, rrset->type) : NULL;
			for (const struct version *version = set != NULL ? set->newest : NULL; version != NULL;
			     version = version->older) {
				if (!same_data(rrset, &version->rrset))
					continue;
				if (version->last_seen == SEEN_NEVER)
					why = "no server has sent this proof";
				else if (rrset->ttl > version->rrset.ttl)
					why = "a proof lives longer than it may";
				else
					return NULL;
			}
		}
	}
	return why;
}

/* What stands beside the answer need not be there, but it must be true. */
static const char *check_rest(struct truth *truth, const struct section *section)
{
	for (size_t i = 0; i < section->count; i++) {
		const struct rrset *rrset = &section->rrsets[i];
		const char *why = NULL;
		if (rrset->type == TYPE_NSEC || rrset->type == TYPE_NSEC3)
			why = check_proof(truth, rrset);
		else if (rrset->type != TYPE_SOA)
			why = check_rrset(truth, rrset, rrset->owner);
		if (why != NULL)
			return why;
	}
	return NULL;
}

const char *truth_check(struct truth *truth)
{
	struct walk walk = { .truth = truth, .answer = &truth->msg->answer, .name = truth->question.name };
	const char *why = walk_answer(&walk);
	if (why == NULL && walk.answer->count < 64 && walk.used != (UINT64_C(1) << walk.answer->count) - 1)
		why = "there is more in the answer than the chain needs";
	if (why == NULL)
		why = check_rest(truth, &truth->msg->authority);
	if (why == NULL)
		why = check_rest(truth, &truth->msg->additional);
	return why;
}
