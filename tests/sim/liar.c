#include "liar.h"

#include "signing.h"
#include "wire/limits.h"

#include <stdlib.h>

#define FLAGS_OFFSET 2u

static const struct {
	const char *text;
	unsigned int least;
} lies[] = {
#define LIE(name, text, least) { text, least },
	LIES(LIE)
#undef LIE
};

const char *lie_text(enum lie lie)
{
	return lies[lie].text;
}

unsigned int lie_least(enum lie lie)
{
	return lies[lie].least;
}

struct twisting {
	const struct world *world;
	const struct client_query *query;
	struct arena *arena;
	struct msg msg;
};

static bool is_understood(const struct client_query *query)
{
	return query->dnssec_ok || query->authentic_data;
}

static bool is_secure(const struct client_query *query)
{
	return query->expectation.security == SECURITY_SECURE && query->expectation.security_sure;
}

static struct span set_ad(struct twisting *twisting, struct span octets, bool set)
{
	struct span copy = arena_copy(twisting->arena, octets);
	uint8_t *low = (uint8_t *)copy.octets + FLAGS_OFFSET + 1;
	if (copy.size == 0)
		exit(1);
	*low = (uint8_t)(set ? *low | FLAG_AD : *low & ~FLAG_AD);
	return copy;
}

static struct span fail(struct twisting *twisting)
{
	const struct client_query *query = twisting->query;
	size_t capacity = query->octets.size + EDNS_OPT_SIZE + 10;
	struct builder builder = builder_of(arena_alloc(twisting->arena, capacity), capacity);
	struct msg_writer writer;
	struct header asked;
	struct edns edns = edns_none();
	header_read(query->octets, &asked);
	msg_begin(&writer, &builder, asked.id,
		  (uint16_t)(FLAG_QR | FLAG_RA | (asked.flags & (FLAG_RD | FLAG_CD)) | RCODE_SERVFAIL));
	msg_question(&writer, &query->question);
	edns.udp_size = LIMIT_EDNS_UDP_SIZE;
	edns.ede = EDE_BOGUS;
	if (query->udp_size != CLIENT_EDNS_NONE)
		msg_edns(&writer, &edns);
	msg_end(&writer);
	return builder_written(&builder);
}

static struct rrset break_signature(struct twisting *twisting, const struct rrset *rrset)
{
	struct rrset broken = *rrset;
	broken.packed = arena_copy(twisting->arena, rrset->packed);
	if (broken.packed.size > 0)
		((uint8_t *)broken.packed.octets)[broken.packed.size - 3] ^= 4;
	return broken;
}

static bool is_proof(const struct rrset *rrset)
{
	return rrset->type == TYPE_NSEC || rrset->type == TYPE_NSEC3;
}

/* A good proof that is not the right one: the apex's own, unless the denial is of the apex. */
static struct rrset other_proof(struct twisting *twisting, const struct rrset *rrset)
{
	for (unsigned int i = 0; i < twisting->world->zone_count; i++) {
		const struct zone *zone = &twisting->world->zones[i];
		for (unsigned int j = 0; zone->signing != NULL && j < zone->signing->chain_count; j++) {
			struct version *version = chain_version(zone, &zone->signing->chain[j], 0);
			if (version != NULL && version->rrset.type == rrset->type &&
			    !name_equal(version->rrset.owner, rrset->owner) && version->last_seen != SEEN_NEVER)
				return seal_version((struct world *)twisting->world, version, SEAL_GOOD, 0,
						    twisting->arena);
		}
	}
	return *rrset;
}

static void rewrite_section(struct twisting *twisting, struct msg_writer *writer, enum msg_section number,
			    const struct section *section, enum lie lie)
{
	for (size_t i = 0; i < section->count; i++) {
		struct rrset rrset = section->rrsets[i];
		if (lie == LIE_SIGNATURE_BROKEN && rrset.signatures > 0)
			rrset = break_signature(twisting, &rrset);
		if (lie == LIE_PROOFS_OTHER && is_proof(&rrset)) {
			rrset = other_proof(twisting, &rrset);
			rrset.ttl = section->rrsets[i].ttl < rrset.ttl ? section->rrsets[i].ttl : rrset.ttl;
		}
		if (lie != LIE_PROOFS_GONE || !is_proof(&rrset))
			msg_rrset(writer, number, &rrset, rrset.ttl,
				  lie != LIE_SIGNATURES_GONE && twisting->query->dnssec_ok);
	}
}

static struct span rewrite(struct twisting *twisting, enum lie lie)
{
	const struct msg *msg = &twisting->msg;
	size_t capacity = MSG_SIZE_MAX;
	struct builder builder = builder_of(arena_alloc(twisting->arena, capacity), capacity);
	struct msg_writer writer;
	struct edns edns = edns_none();
	if (builder.start == NULL)
		exit(1);
	msg_begin(&writer, &builder, msg->header.id, (uint16_t)(msg->header.flags | FLAG_AD));
	msg_question(&writer, &twisting->query->question);
	rewrite_section(twisting, &writer, SECTION_ANSWER, &msg->answer, lie);
	rewrite_section(twisting, &writer, SECTION_AUTHORITY, &msg->authority, lie);
	edns.udp_size = msg->edns.udp_size;
	edns.dnssec_ok = msg->edns.dnssec_ok;
	edns.ede = msg->edns.ede;
	if (msg->edns.present)
		msg_edns(&writer, &edns);
	msg_end(&writer);
	return builder_written(&builder);
}

static struct span tell(struct twisting *twisting, enum lie lie, struct span octets)
{
	const struct client_query *query = twisting->query;
	bool secure = is_secure(query) && is_understood(query) && !query->checking_disabled;
	switch (lie) {
	case LIE_AD_ALWAYS:
		return set_ad(twisting, octets, is_understood(query));
	case LIE_AD_NEVER:
		return set_ad(twisting, octets, false);
	case LIE_AD_UNASKED:
		return set_ad(twisting, octets, is_secure(query));
	case LIE_SECURE_WITHHELD:
		return is_secure(query) ? fail(twisting) : octets;
	case LIE_SIGNATURE_BROKEN:
	case LIE_SIGNATURES_GONE:
	case LIE_PROOFS_GONE:
	case LIE_PROOFS_OTHER:
		return secure && query->dnssec_ok ? rewrite(twisting, lie) : set_ad(twisting, octets, secure);
	default:
		return set_ad(twisting, octets, secure);
	}
}

struct span liar_twist(const struct world *world, const struct client_query *query, enum lie lie, struct span octets,
		       struct arena *arena)
{
	struct twisting twisting = { .world = world, .query = query, .arena = arena };
	const struct expectation *expectation = &query->expectation;
	if (query->kind != CLIENT_PLAIN || !msg_read(octets, arena, &twisting.msg) ||
	    (twisting.msg.rcode != RCODE_NOERROR && twisting.msg.rcode != RCODE_NXDOMAIN) ||
	    (twisting.msg.header.flags & FLAG_TC))
		return octets;
	bool bogus = expectation->security == SECURITY_BOGUS && !query->checking_disabled;
	if (bogus && lie != LIE_BOGUS_SERVED)
		return fail(&twisting);
	return bogus ? octets : tell(&twisting, lie, octets);
}
