#include "seal.h"

#include <stdio.h>
#include <stdlib.h>

#define DAY_S 86400u
#define TTL_S 3600u

static void *need(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

/* ---- records ---- */

struct seal seal_of(struct arena *arena, struct name zone, uint8_t algorithm, unsigned int number)
{
	struct seal seal = { .signer = { .zone = zone, .key = sign_key_of(algorithm, number) } };
	seal.dnskey = sign_dnskey(arena, seal.signer.key, SIGN_FLAGS_KSK);
	seal.signer.tag = sign_tag(seal.dnskey);
	seal.signer.inception = STAGE_WALL - 10 * DAY_S;
	seal.signer.expiration = STAGE_WALL + 100 * DAY_S;
	return seal;
}

struct seal seal_usual(struct arena *arena, struct name zone)
{
	return seal_of(arena, zone, SEAL_ALGORITHM, zone.labels);
}

struct rrset seal_anchor(struct arena *arena)
{
	struct seal root = seal_usual(arena, name_root);
	return seal_set(arena, name_root, TYPE_DNSKEY, TTL_S, &root.dnskey, 1);
}

struct rrset seal_set(struct arena *arena, struct name owner, uint16_t type, uint32_t ttl, const struct span *records,
		      size_t count)
{
	struct rrset rrset = { .owner = owner, .type = type, .class = CLASS_IN, .ttl = ttl, .count = (uint16_t)count };
	size_t size = 0;
	for (size_t i = 0; i < count; i++)
		size += 2 + records[i].size;
	struct builder builder = builder_of(need(arena_alloc(arena, size)), size);
	for (size_t i = 0; i < count; i++) {
		builder_u16(&builder, (uint16_t)records[i].size);
		builder_octets(&builder, records[i]);
	}
	rrset.packed = builder_written(&builder);
	return rrset;
}

void seal_append(struct arena *arena, struct rrset *rrset, struct span rrsig)
{
	size_t size = rrset->packed.size + 2 + rrsig.size;
	struct builder builder = builder_of(need(arena_alloc(arena, size)), size);
	builder_octets(&builder, rrset->packed);
	builder_u16(&builder, (uint16_t)rrsig.size);
	builder_octets(&builder, rrsig);
	rrset->packed = builder_written(&builder);
	rrset->signatures++;
}

static struct rrset bare(const struct rrset *rrset)
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct rrset copy = *rrset;
	struct span rdata;
	size_t size = 0;
	while (rrset_next(&walk, &rdata))
		size += 2 + rdata.size;
	copy.packed = span_of(rrset->packed.octets, size);
	copy.signatures = 0;
	return copy;
}

void seal_sign_as(struct arena *arena, struct rrset *rrset, const struct seal *seal, struct name signed_as)
{
	struct rrset other = bare(rrset);
	other.owner = signed_as;
	seal_append(arena, rrset, sign_rrset(arena, &other, &seal->signer));
}

void seal_sign(struct arena *arena, struct rrset *rrset, const struct seal *seal)
{
	seal_sign_as(arena, rrset, seal, rrset->owner);
}

struct span seal_ds(struct arena *arena, struct name zone, const struct seal *seal)
{
	return sign_ds(arena, zone, seal->dnskey, 2);
}

struct span seal_nsec(struct arena *arena, struct name next, const uint16_t *types, unsigned int count)
{
	uint8_t *octets = need(arena_alloc(arena, next.size + 64));
	memcpy(octets, next.octets, next.size);
	return span_of(octets, next.size + sign_bitmap(types, count, octets + next.size));
}

struct span seal_nsec3(struct arena *arena, uint16_t iterations, const uint8_t next[SIGN_HASH_SIZE],
		       const uint16_t *types, unsigned int count)
{
	struct span salt = span_of(SEAL_NSEC3_SALT, sizeof SEAL_NSEC3_SALT - 1);
	uint8_t bitmap[64], *octets = need(arena_alloc(arena, 128));
	struct builder builder = builder_of(octets, 128);
	builder_u8(&builder, 1);
	builder_u8(&builder, 0);
	builder_u16(&builder, iterations);
	builder_u8(&builder, (uint8_t)salt.size);
	builder_octets(&builder, salt);
	builder_u8(&builder, SIGN_HASH_SIZE);
	builder_octets(&builder, span_of(next, SIGN_HASH_SIZE));
	builder_octets(&builder, span_of(bitmap, sign_bitmap(types, count, bitmap)));
	return builder_written(&builder);
}

struct span seal_soa(struct arena *arena)
{
	static const uint8_t soa[22] = { [20] = 14, [21] = 16 }; /* a negative TTL of an hour */
	return arena_copy(arena, span_of(soa, sizeof soa));
}

static struct name prepend(struct arena *arena, struct span label, struct name name)
{
	uint8_t *octets = need(arena_alloc(arena, 1 + label.size + name.size));
	octets[0] = (uint8_t)label.size;
	memcpy(octets + 1, label.octets, label.size);
	memcpy(octets + 1 + label.size, name.octets, name.size);
	return (struct name){ octets, (uint8_t)(1 + label.size + name.size), (uint8_t)(name.labels + 1) };
}

struct name seal_below(struct arena *arena, const char *label, struct name name)
{
	return prepend(arena, span_of(label, strlen(label)), name);
}

struct name seal_behind(struct arena *arena, struct name name)
{
	return prepend(arena, span_of("", 1), name);
}

struct name seal_hashed(struct arena *arena, const uint8_t hash[SIGN_HASH_SIZE], struct name zone)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	char label[33] = { 0 };
	for (unsigned int i = 0; i < 32; i++) {
		unsigned int at = i * 5 / 8, shift = 11 - i * 5 % 8;
		unsigned int pair = (unsigned int)hash[at] << 8 | (at + 1 < SIGN_HASH_SIZE ? hash[at + 1] : 0u);
		label[i] = digits[pair >> shift & 31];
	}
	return seal_below(arena, label, zone);
}

static void add_one(uint8_t hash[SIGN_HASH_SIZE])
{
	for (unsigned int i = SIGN_HASH_SIZE; i > 0 && ++hash[i - 1] == 0; i--)
		;
}

void seal_say_nsec3(struct response *response, const struct nsec3_terms *terms, const struct seal *seal)
{
	static const uint16_t types[] = { TYPE_NS, TYPE_SOA, TYPE_RRSIG, TYPE_DNSKEY };
	struct span salt = span_of(SEAL_NSEC3_SALT, sizeof SEAL_NSEC3_SALT - 1);
	uint8_t own[SIGN_HASH_SIZE], next[SIGN_HASH_SIZE];
	sign_nsec3_hash(terms->encloser, salt, terms->iterations, own);
	memcpy(next, own, sizeof next);
	add_one(next);
	for (unsigned int i = 0; i < 2; i++) {
		const uint8_t *hash = i == 0 ? own : next, *until = i == 0 ? next : own;
		struct span rdata = seal_nsec3(response->arena, terms->iterations, until, types, 4);
		((uint8_t *)rdata.octets)[1] = terms->flags;
		seal_say_one(response, SECTION_AUTHORITY, seal_hashed(response->arena, hash, terms->zone), TYPE_NSEC3,
			     rdata, seal);
	}
}

/* ---- what servers say ---- */

void seal_say(struct response *response, enum msg_section section, const struct rrset *rrset)
{
	(void)msg_rrset(&response->writer, section, rrset, rrset->ttl, true);
}

void seal_say_one(struct response *response, enum msg_section section, struct name owner, uint16_t type,
		  struct span rdata, const struct seal *seal)
{
	struct rrset rrset = seal_set(response->arena, owner, type, TTL_S, &rdata, 1);
	seal_sign(response->arena, &rrset, seal);
	seal_say(response, section, &rrset);
}

void seal_say_soa(struct response *response, const struct seal *seal)
{
	response->flags |= FLAG_AA;
	seal_say_one(response, SECTION_AUTHORITY, seal->signer.zone, TYPE_SOA, seal_soa(response->arena), seal);
}

void seal_say_nothing(struct response *response, const struct seal *seal)
{
	static const uint16_t types[] = { TYPE_NS, TYPE_SOA, TYPE_RRSIG, TYPE_NSEC, TYPE_DNSKEY };
	struct name apex = seal->signer.zone;
	response->flags |= RCODE_NXDOMAIN;
	seal_say_soa(response, seal);
	seal_say_one(response, SECTION_AUTHORITY, apex, TYPE_NSEC, seal_nsec(response->arena, apex, types, 5), seal);
}

void seal_say_nodata(struct response *response, struct name name, const uint16_t *types, unsigned int count,
		     const struct seal *seal)
{
	struct span nsec = seal_nsec(response->arena, seal_behind(response->arena, name), types, count);
	seal_say_soa(response, seal);
	seal_say_one(response, SECTION_AUTHORITY, name, TYPE_NSEC, nsec, seal);
}

void seal_say_gap(struct response *response, struct name name, const struct seal *seal)
{
	static const uint16_t types[] = { TYPE_A, TYPE_RRSIG, TYPE_NSEC };
	char before[LABEL_SIZE_MAX + 1], behind[LABEL_SIZE_MAX + 2];
	int size = name.octets[0];
	snprintf(before, sizeof before, "%.*s", size - 1, (const char *)name.octets + 1);
	snprintf(behind, sizeof behind, "%.*s~", size, (const char *)name.octets + 1);
	struct name above = name_parent(name), next = seal_below(response->arena, behind, above);
	seal_say_one(response, SECTION_AUTHORITY, seal_below(response->arena, before, above), TYPE_NSEC,
		     seal_nsec(response->arena, next, types, 3), seal);
}

bool seal_answer_keys(const struct asked *asked, struct response *response, const struct seal *seal)
{
	if (asked->type != TYPE_DNSKEY || !name_equal(asked->name, seal->signer.zone))
		return false;
	response->flags |= FLAG_AA;
	seal_say_one(response, SECTION_ANSWER, seal->signer.zone, TYPE_DNSKEY, seal->dnskey, seal);
	return true;
}

void seal_refer(struct response *response, struct name zone, unsigned int host, const struct rrset *ds)
{
	struct name server = seal_below(response->arena, "ns", zone);
	uint8_t addresses[CHILD_HOSTS][4];
	struct span target = span_of(server.octets, server.size), glue[CHILD_HOSTS];
	for (unsigned int i = 0; i < CHILD_HOSTS; i++) {
		memcpy(addresses[i], (uint8_t[]){ 192, 0, 2, (uint8_t)(host + i) }, 4);
		glue[i] = span_of(addresses[i], 4);
	}
	struct rrset ns = seal_set(response->arena, zone, TYPE_NS, TTL_S, &target, 1);
	struct rrset a = seal_set(response->arena, server, TYPE_A, TTL_S, glue, host == CHILD ? CHILD_HOSTS : 1);
	seal_say(response, SECTION_AUTHORITY, &ns);
	seal_say(response, SECTION_AUTHORITY, ds);
	seal_say(response, SECTION_ADDITIONAL, &a);
}

static void make_usual_ds(struct arena *arena, struct name zone, struct rrset *ds)
{
	struct seal child = seal_usual(arena, zone), parent = seal_usual(arena, name_parent(zone));
	struct span rdata = seal_ds(arena, zone, &child);
	*ds = seal_set(arena, zone, TYPE_DS, TTL_S, &rdata, 1);
	seal_sign(arena, ds, &parent);
}

/* DS, or a referral with them. */
static void answer_above(const struct asked *asked, struct response *response, struct name zone, unsigned int host,
			 make_ds *make)
{
	struct rrset ds;
	make(response->arena, zone, &ds);
	if (asked->type != TYPE_DS || !name_equal(asked->name, zone)) {
		seal_refer(response, zone, host, &ds);
		return;
	}
	response->flags |= FLAG_AA;
	seal_say(response, SECTION_ANSWER, &ds);
}

bool seal_answer_parent(const struct asked *asked, struct response *response, make_ds *make)
{
	struct name zone = name_suffix(asked->name, 2);
	struct seal seal = seal_usual(response->arena, name_suffix(asked->name, 1));
	if (seal_answer_keys(asked, response, &seal))
		return true;
	if (asked->name.labels < 2 || zone.octets[0] < 2 || (zone.octets[1] | 0x20) != 'z')
		return false;
	answer_above(asked, response, zone, CHILD, make != NULL ? make : make_usual_ds);
	return true;
}

/* ---- the root and good. ---- */

static const struct tld {
	const char *name, *next;
	unsigned int host;
	bool is_signed;
} tlds[] = { { "else.", "evil.", EVIL, false },
	     { "evil.", "good.", EVIL, true },
	     { "good.", "victim.", GOOD, true },
	     { "victim.", ".", VICTIM, false } };

static void answer_tld(const struct asked *asked, struct response *response, const struct tld *tld,
		       const struct seal *root)
{
	static const uint16_t types[] = { TYPE_NS, TYPE_RRSIG, TYPE_NSEC };
	struct name zone = say_name(response->arena, tld->name);
	if (tld->is_signed) {
		answer_above(asked, response, zone, tld->host, make_usual_ds);
		return;
	}
	struct span rdata = seal_nsec(response->arena, say_name(response->arena, tld->next), types, 3);
	struct rrset nsec = seal_set(response->arena, zone, TYPE_NSEC, TTL_S, &rdata, 1);
	seal_sign(response->arena, &nsec, root);
	if (asked->type != TYPE_DS || !name_equal(asked->name, zone)) {
		seal_refer(response, zone, tld->host, &nsec);
		return;
	}
	seal_say_soa(response, root);
	seal_say(response, SECTION_AUTHORITY, &nsec);
}

void seal_answer_root(const struct asked *asked, struct response *response)
{
	struct seal root = seal_usual(response->arena, name_root);
	if (seal_answer_keys(asked, response, &root))
		return;
	for (size_t i = 0; i < sizeof tlds / sizeof tlds[0]; i++)
		if (name_is_within(asked->name, say_name(response->arena, tlds[i].name))) {
			answer_tld(asked, response, &tlds[i], &root);
			return;
		}
	if (name_is_root(asked->name) && asked->type == TYPE_NS) {
		struct name server = say_name(response->arena, "a.root.");
		response->flags |= FLAG_AA;
		seal_say_one(response, SECTION_ANSWER, name_root, TYPE_NS, span_of(server.octets, server.size), &root);
		say(response, SECTION_ADDITIONAL, TTL_S, "a.root.", TYPE_A, "192.0.2.1");
		return;
	}
	seal_say_nothing(response, &root);
}

void seal_answer_good(const struct asked *asked, struct response *response)
{
	static const uint16_t types[] = { TYPE_A, TYPE_RRSIG, TYPE_NSEC };
	static const uint8_t address[4] = { 198, 51, 100, 1 };
	struct seal seal = seal_usual(response->arena, name_suffix(asked->name, 1));
	if (seal_answer_keys(asked, response, &seal))
		return;
	response->flags |= FLAG_AA;
	if (asked->type == TYPE_A)
		seal_say_one(response, SECTION_ANSWER, asked->name, TYPE_A, span_of(address, 4), &seal);
	else
		seal_say_nodata(response, asked->name, types, 3, &seal);
}
