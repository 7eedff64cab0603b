#include "resolver/judge.h"

#include "wire/codes.h"

struct hearing {
	const struct msg *msg;
	const struct question *question;
	struct name zone;
	bool forwarder;
	struct arena *arena;
	struct judgement *judgement;
};

static void pronounce(struct hearing *hearing, enum reply_verdict verdict, const char *why)
{
	hearing->judgement->verdict = verdict;
	hearing->judgement->why = why;
}

static const struct rrset *find_data(const struct hearing *hearing, struct name owner)
{
	const struct section *answer = &hearing->msg->answer;
	if (hearing->question->type != TYPE_ANY)
		return section_find(answer, owner, hearing->question->type);
	for (size_t i = 0; i < answer->count; i++)
		if (answer->rrsets[i].class == CLASS_IN && name_equal(answer->rrsets[i].owner, owner))
			return &answer->rrsets[i];
	return NULL;
}

static bool has_dname(const struct section *answer)
{
	for (size_t i = 0; i < answer->count; i++)
		if (answer->rrsets[i].type == TYPE_DNAME)
			return true;
	return false;
}

static const struct rrset *find_dname(const struct hearing *hearing, struct name name)
{
	if (!has_dname(&hearing->msg->answer))
		return NULL;
	while (name.labels > hearing->zone.labels) {
		name = name_parent(name);
		const struct rrset *dname = section_find(&hearing->msg->answer, name, TYPE_DNAME);
		if (dname != NULL)
			return dname;
	}
	return NULL;
}

static bool seen_before(const struct judgement *judgement, struct name name)
{
	for (unsigned int i = 0; i < judgement->link_count; i++)
		if (name_equal(judgement->links[i].owner, name))
			return true;
	return false;
}

enum link { LINK_FOLLOWED, LINK_NONE, LINK_TOO_LONG, LINK_NO_MEMORY };

static bool dname_target(const struct rrset *dname, struct name owner, struct name_buffer *buffer, struct name *target)
{
	struct name to;
	return rdata_target(TYPE_DNAME, rrset_first(dname), &to) &&
	       name_replace_suffix(owner, dname->owner, to, buffer, target);
}

static bool add_link(struct hearing *hearing, const struct alias *alias)
{
	struct judgement *judgement = hearing->judgement;
	if (judgement->links == NULL)
		judgement->links = arena_alloc(hearing->arena, LIMIT_ALIAS_LINKS * sizeof *judgement->links);
	if (judgement->links == NULL)
		return false;
	judgement->links[judgement->link_count++] = *alias;
	return true;
}

/* Appends the alias at `end`, if there is one, and moves `end` to its target. */
static enum link follow_link(struct hearing *hearing)
{
	struct judgement *judgement = hearing->judgement;
	struct alias alias = { .owner = judgement->end, .rrset = find_dname(hearing, judgement->end) };
	if (alias.rrset != NULL) {
		struct name_buffer buffer;
		if (!dname_target(alias.rrset, alias.owner, &buffer, &alias.target)) {
			alias.target = (struct name){ 0 };
			return add_link(hearing, &alias) ? LINK_TOO_LONG : LINK_NO_MEMORY;
		}
		alias.target = name_copy(hearing->arena, alias.target);
		if (alias.target.octets == NULL)
			return LINK_NO_MEMORY;
	} else {
		alias.rrset = section_find(&hearing->msg->answer, judgement->end, TYPE_CNAME);
		if (alias.rrset == NULL || !rdata_target(TYPE_CNAME, rrset_first(alias.rrset), &alias.target))
			return LINK_NONE;
	}
	if (!add_link(hearing, &alias))
		return LINK_NO_MEMORY;
	judgement->end = alias.target;
	return LINK_FOLLOWED;
}

static bool may_speak_of(const struct hearing *hearing, struct name name)
{
	/* DS at the top of a zone is its parent's matter (RFC 4035 section 3.1.4.1); the root has none. */
	if (hearing->question->type == TYPE_DS && !name_is_root(hearing->zone) && name_equal(name, hearing->zone))
		return hearing->forwarder;
	return hearing->forwarder || name_is_within(name, hearing->zone);
}

/* Walks the chain until the data, the end of the chain, or the edge of the zone. */
static enum link walk_chain(struct hearing *hearing)
{
	struct judgement *judgement = hearing->judgement;
	judgement->end = hearing->question->name;
	while (may_speak_of(hearing, judgement->end) && !seen_before(judgement, judgement->end)) {
		/* What a DNAME makes is no data, not even where CNAME or ANY is asked for (RFC 6672 section 3.2). */
		bool renamed = find_dname(hearing, judgement->end) != NULL;
		judgement->data = renamed ? NULL : find_data(hearing, judgement->end);
		if (judgement->data != NULL || (hearing->question->type == TYPE_CNAME && !renamed) ||
		    judgement->link_count == LIMIT_ALIAS_LINKS)
			return LINK_NONE;
		enum link link = follow_link(hearing);
		if (link != LINK_FOLLOWED)
			return link;
	}
	return LINK_NONE;
}

/* The chain goes on in this reply, beyond what is followed of it: what the reply says of an end is not about this one. */
static bool is_cut_short(const struct hearing *hearing)
{
	const struct judgement *judgement = hearing->judgement;
	return judgement->link_count == LIMIT_ALIAS_LINKS &&
	       (find_dname(hearing, judgement->end) != NULL ||
		section_find(&hearing->msg->answer, judgement->end, TYPE_CNAME) != NULL);
}

static const struct rrset *find_authority(const struct hearing *hearing, uint16_t type)
{
	const struct section *authority = &hearing->msg->authority;
	for (size_t i = 0; i < authority->count; i++)
		if (authority->rrsets[i].type == type && authority->rrsets[i].class == CLASS_IN)
			return &authority->rrsets[i];
	return NULL;
}

/* A SOA speaks for `end` when it lies between the zone that was asked and the name; of DS the child cannot speak. */
static const struct rrset *find_soa(const struct hearing *hearing)
{
	const struct rrset *soa = find_authority(hearing, TYPE_SOA);
	if (soa != NULL && hearing->question->type == TYPE_DS && !name_is_root(soa->owner) &&
	    name_equal(soa->owner, hearing->judgement->end))
		return NULL;
	if (soa != NULL && soa->count == 1 &&
	    (hearing->forwarder || name_is_within(soa->owner, hearing->zone)) &&
	    name_is_within(hearing->judgement->end, soa->owner))
		return soa;
	return NULL;
}

static bool is_referral(const struct hearing *hearing, const struct rrset *ns)
{
	return ns != NULL && !hearing->forwarder && hearing->judgement->link_count == 0 &&
	       name_is_below(ns->owner, hearing->zone) && name_is_within(hearing->question->name, ns->owner);
}

/* Some name server has an address here, or lies outside the zone, where its own servers can be asked (RFC 9471). */
static bool can_be_followed(const struct hearing *hearing, const struct rrset *ns)
{
	struct rrset_walk walk = rrset_walk_data(ns);
	struct span rdata;
	struct name server;
	while (rrset_next(&walk, &rdata))
		if (rdata_target(TYPE_NS, rdata, &server) &&
		    (!name_is_within(server, ns->owner) ||
		     section_find(&hearing->msg->additional, server, TYPE_A) != NULL ||
		     section_find(&hearing->msg->additional, server, TYPE_AAAA) != NULL))
			return true;
	return false;
}

/* Records of another type at the name. */
static bool knows_name(const struct hearing *hearing)
{
	const struct section *answer = &hearing->msg->answer;
	for (size_t i = 0; i < answer->count; i++)
		if (answer->rrsets[i].class == CLASS_IN && name_equal(answer->rrsets[i].owner, hearing->judgement->end))
			return true;
	return false;
}

/* A signed zone may give its proof and no SOA. */
static bool has_proof(const struct hearing *hearing)
{
	const struct rrset *proof = find_authority(hearing, TYPE_NSEC);
	if (proof == NULL)
		proof = find_authority(hearing, TYPE_NSEC3);
	return proof != NULL && name_is_within(proof->owner, hearing->zone) &&
	       find_authority(hearing, TYPE_SOA) == NULL;
}

/* NOERROR without data at the end of the chain. */
static void judge_empty(struct hearing *hearing)
{
	struct judgement *judgement = hearing->judgement;
	bool authoritative = hearing->msg->header.flags & FLAG_AA;
	const struct rrset *ns = find_authority(hearing, TYPE_NS);
	judgement->soa = find_soa(hearing);
	if (judgement->soa != NULL) {
		pronounce(hearing, VERDICT_NODATA, NULL);
		return;
	}
	if (judgement->link_count > 0) {
		pronounce(hearing, VERDICT_ALIAS, NULL);
		return;
	}
	if (is_referral(hearing, ns)) {
		/* DS lives above the cut: whoever delegates the name itself has none (RFC 4035 section 3.1.4.1). */
		bool has_no_ds = hearing->question->type == TYPE_DS && name_equal(ns->owner, hearing->question->name);
		judgement->ns = ns;
		judgement->weak = !has_no_ds && !can_be_followed(hearing, ns);
		pronounce(hearing, has_no_ds ? VERDICT_NODATA : VERDICT_REFERRAL, NULL);
	} else if (ns != NULL && name_is_below(hearing->zone, ns->owner)) {
		pronounce(hearing, VERDICT_LAME, "referral upwards");
	} else if (hearing->forwarder || (authoritative && ns != NULL) || has_proof(hearing)) {
		pronounce(hearing, VERDICT_NODATA, NULL);
	} else if (authoritative || knows_name(hearing)) {
		pronounce(hearing, VERDICT_NODATA, "nothing, and no reason for it");
		judgement->weak = true;
	} else if (ns != NULL) {
		pronounce(hearing, VERDICT_LAME, "referral to the zone itself or sideways");
	} else {
		pronounce(hearing, VERDICT_LAME, "neither data nor authority");
	}
}

static void judge_nxdomain(struct hearing *hearing)
{
	struct judgement *judgement = hearing->judgement;
	bool authoritative = hearing->msg->header.flags & FLAG_AA;
	judgement->soa = find_soa(hearing);
	if (judgement->soa == NULL && !authoritative && find_authority(hearing, TYPE_SOA) != NULL)
		pronounce(hearing, VERDICT_LAME, "NXDOMAIN from another zone");
	else
		pronounce(hearing, VERDICT_NXDOMAIN, NULL);
}

/* Rcodes that are no answer; false when the rcode is one. */
static bool judge_rcode(struct hearing *hearing)
{
	switch (hearing->msg->rcode) {
	case RCODE_NOERROR:
	case RCODE_NXDOMAIN:
	case RCODE_YXDOMAIN:
		return false;
	case RCODE_REFUSED:
	case RCODE_NOTAUTH:
		pronounce(hearing, VERDICT_LAME, "refused");
		return true;
	case RCODE_SERVFAIL:
		pronounce(hearing, VERDICT_BROKEN, "server failure");
		return true;
	default:
		pronounce(hearing, VERDICT_BROKEN, "error");
		return true;
	}
}

bool judge_reply(const struct msg *msg, const struct question *question, struct name zone, bool forwarder,
		 struct arena *arena, struct judgement *judgement)
{
	*judgement = (struct judgement){ .end = question->name };
	struct hearing hearing = { msg, question, zone, forwarder, arena, judgement };
	if (judge_rcode(&hearing))
		return true;
	enum link link = walk_chain(&hearing);
	if (link == LINK_NO_MEMORY)
		return false;
	if (link == LINK_TOO_LONG)
		pronounce(&hearing, VERDICT_TOO_LONG, NULL);
	else if (judgement->data != NULL)
		pronounce(&hearing, VERDICT_ANSWER, NULL);
	else if (judgement->link_count > 0 &&
		 (!may_speak_of(&hearing, judgement->end) || seen_before(judgement, judgement->end) ||
		  is_cut_short(&hearing)))
		pronounce(&hearing, VERDICT_ALIAS, NULL);
	else if (msg->rcode == RCODE_NXDOMAIN)
		judge_nxdomain(&hearing);
	else
		judge_empty(&hearing);
	if (msg->rcode == RCODE_YXDOMAIN && judgement->verdict != VERDICT_TOO_LONG)
		pronounce(&hearing, VERDICT_BROKEN, "error");
	bool from_cache = !forwarder && (msg->header.flags & FLAG_RA) && !(msg->header.flags & FLAG_AA);
	if (from_cache && judgement->verdict != VERDICT_REFERRAL)
		judgement->weak = true;
	return true;
}
