#include "dnssec/keys.h"

#include <stdlib.h>

#include "dnssec/signature.h"
#include "wire/codes.h"
#include "wire/limits.h"

#define DIGEST_SHA1 1u

struct zone_key {
	struct dnskey dnskey;
	struct span rdata;
	struct crypto_key *decoded; /* NULL until it was needed */
};

/* One block of memory: the struct, the zone keys, the zone's name, the RDATA. */
struct keys {
	struct name zone;
	struct zone_key *keys;
	unsigned int count;
	size_t size;
};

/* ---- RDATA ---- */

/* RFC 4034 appendix B; of algorithm 1 it is the last but one and two octets of the modulus (B.1). */
static uint16_t tag_of(struct span rdata, uint8_t algorithm)
{
	if (algorithm == 1)
		return (uint16_t)(rdata.octets[rdata.size - 3] << 8 | rdata.octets[rdata.size - 2]);
	uint32_t sum = 0;
	for (size_t i = 0; i < rdata.size; i++)
		sum += (i & 1) != 0 ? rdata.octets[i] : (uint32_t)rdata.octets[i] << 8;
	return (uint16_t)(sum + (sum >> 16));
}

bool dnskey_read(struct span rdata, struct dnskey *dnskey)
{
	struct cursor cursor = cursor_of(rdata);
	dnskey->flags = cursor_u16(&cursor);
	dnskey->protocol = cursor_u8(&cursor);
	dnskey->algorithm = cursor_u8(&cursor);
	dnskey->public_key = cursor_take(&cursor, cursor_left(&cursor));
	dnskey->tag = 0;
	if (cursor.failed)
		return false;
	dnskey->tag = tag_of(rdata, dnskey->algorithm);
	return true;
}

bool ds_read(struct span rdata, struct ds *ds)
{
	struct cursor cursor = cursor_of(rdata);
	ds->tag = cursor_u16(&cursor);
	ds->algorithm = cursor_u8(&cursor);
	ds->digest_type = cursor_u8(&cursor);
	ds->digest = cursor_take(&cursor, cursor_left(&cursor));
	return !cursor.failed;
}

static bool digest_matches(const struct ds *ds, struct name zone, struct span dnskey)
{
	uint8_t owner[NAME_SIZE_MAX], digest[CRYPTO_DIGEST_MAX];
	name_lower_into(zone, owner);
	size_t size = crypto_digest(ds->digest_type, span_of(owner, zone.size), dnskey, digest);
	return size > 0 && span_equal(ds->digest, span_of(digest, size));
}

static bool names(const struct ds *ds, const struct dnskey *dnskey)
{
	return ds->tag == dnskey->tag && ds->algorithm == dnskey->algorithm;
}

bool ds_matches(struct span ds, struct name zone, struct span dnskey)
{
	struct ds parts;
	struct dnskey key;
	return ds_read(ds, &parts) && dnskey_read(dnskey, &key) && names(&parts, &key) &&
	       digest_matches(&parts, zone, dnskey);
}

static bool is_usable(const struct ds *ds)
{
	return crypto_knows_algorithm(ds->algorithm) && crypto_knows_digest(ds->digest_type);
}

/* All of them are looked at: whoever forwards them may have brought them into another order. */
bool ds_usable(const struct rrset *ds, int *ede)
{
	struct rrset_walk walk = rrset_walk_data(ds);
	struct span rdata;
	struct ds parts;
	*ede = EDE_DNSKEY_ALGORITHM;
	while (rrset_next(&walk, &rdata)) {
		if (!ds_read(rdata, &parts))
			continue;
		if (is_usable(&parts)) {
			*ede = EDE_NONE;
			return true;
		}
		if (crypto_knows_algorithm(parts.algorithm))
			*ede = EDE_DS_DIGEST;
	}
	return false;
}

/* ---- a zone's keys ---- */

static size_t size_of(const struct rrset *dnskeys, unsigned int count)
{
	struct rrset_walk walk = rrset_walk_data(dnskeys);
	struct span rdata;
	size_t size = sizeof(struct keys) + count * sizeof(struct zone_key) + dnskeys->owner.size;
	for (unsigned int i = 0; i < count && rrset_next(&walk, &rdata); i++)
		size += rdata.size;
	return size;
}

struct keys *keys_create(const struct rrset *dnskeys)
{
	unsigned int count = dnskeys->count < LIMIT_ZONE_KEYS ? dnskeys->count : LIMIT_ZONE_KEYS;
	size_t size = size_of(dnskeys, count);
	struct keys *keys = calloc(1, size);
	if (keys == NULL)
		return NULL;
	keys->size = size;
	keys->keys = (struct zone_key *)(keys + 1);
	uint8_t *octets = (uint8_t *)(keys->keys + count);
	memcpy(octets, dnskeys->owner.octets, dnskeys->owner.size);
	keys->zone = dnskeys->owner;
	keys->zone.octets = octets;
	octets += dnskeys->owner.size;
	struct rrset_walk walk = rrset_walk_data(dnskeys);
	struct span rdata;
	for (unsigned int i = 0; i < count && rrset_next(&walk, &rdata); i++) {
		struct zone_key *key = &keys->keys[keys->count];
		memcpy(octets, rdata.octets, rdata.size);
		key->rdata = span_of(octets, rdata.size);
		octets += rdata.size;
		if (dnskey_read(key->rdata, &key->dnskey))
			keys->count++;
	}
	return keys;
}

void keys_destroy(struct keys *keys)
{
	if (keys == NULL)
		return;
	for (unsigned int i = 0; i < keys->count; i++)
		crypto_key_destroy(keys->keys[i].decoded);
	free(keys);
}

struct name keys_zone(const struct keys *keys)
{
	return keys->zone;
}

size_t keys_size(const struct keys *keys)
{
	size_t size = keys->size;
	for (unsigned int i = 0; i < keys->count; i++)
		size += keys->keys[i].decoded != NULL ? CRYPTO_KEY_OCTETS : 0;
	return size;
}

/* RFC 4034 sections 2.1.1 and 2.1.2, RFC 5011 section 2.1. */
static bool may_sign(const struct dnskey *dnskey)
{
	return (dnskey->flags & DNSKEY_FLAG_ZONE) != 0 && (dnskey->flags & DNSKEY_FLAG_REVOKED) == 0 &&
	       dnskey->protocol == DNSKEY_PROTOCOL;
}

bool keys_known(const struct keys *keys)
{
	for (unsigned int i = 0; i < keys->count; i++)
		if (may_sign(&keys->keys[i].dnskey) && crypto_knows_algorithm(keys->keys[i].dnskey.algorithm))
			return true;
	return false;
}

struct zone_key *keys_find(struct keys *keys, uint8_t algorithm, uint16_t tag, unsigned int n)
{
	for (unsigned int i = 0; i < keys->count && n < LIMIT_KEYS_PER_TAG; i++) {
		const struct dnskey *dnskey = &keys->keys[i].dnskey;
		if (dnskey->tag == tag && dnskey->algorithm == algorithm && may_sign(dnskey) && n-- == 0)
			return &keys->keys[i];
	}
	return NULL;
}

/* What could not be decoded is tried again each time: it may have been memory that was missing. */
struct crypto_key *keys_decode(struct zone_key *key)
{
	if (key->decoded == NULL)
		key->decoded = crypto_key_create(key->dnskey.algorithm, key->dnskey.public_key);
	return key->decoded;
}

static void swap(struct zone_key *a, struct zone_key *b)
{
	struct zone_key before = *a;
	*a = *b;
	*b = before;
}

void keys_prefer(struct keys *keys, uint8_t algorithm, uint16_t tag, unsigned int n)
{
	if (n > 0)
		swap(keys_find(keys, algorithm, tag, 0), keys_find(keys, algorithm, tag, n));
}

/* ---- trust ---- */

/* The keys that are named are brought to the front. */
struct naming {
	struct keys *keys;
	unsigned int named;
	bool known;    /* something that names was of a known kind */
	bool unzoned;  /* a key was named that has no zone flag */
};

static void take_named(struct naming *naming, unsigned int i)
{
	if ((naming->keys->keys[i].dnskey.flags & DNSKEY_FLAG_ZONE) == 0)
		naming->unzoned = true;
	else if (may_sign(&naming->keys->keys[i].dnskey))
		swap(&naming->keys->keys[i], &naming->keys->keys[naming->named++]);
}

/* What is longer can be no key, and is not worth a digest. */
static void name_by_ds(struct naming *naming, const struct ds *ds)
{
	struct keys *keys = naming->keys;
	unsigned int tries = 0;
	for (unsigned int i = naming->named; i < keys->count && tries < LIMIT_KEYS_PER_TAG; i++) {
		if (!names(ds, &keys->keys[i].dnskey) || keys->keys[i].rdata.size > LIMIT_ANCHOR_OCTETS)
			continue;
		tries++;
		if (digest_matches(ds, keys->zone, keys->keys[i].rdata))
			take_named(naming, i);
	}
}

/* RFC 4509 section 3: with a better digest beside it, SHA-1 counts for nothing. */
static void name_by_all_ds(struct naming *naming, const struct rrset *trusted)
{
	bool better[UINT8_MAX + 1] = { false };
	struct rrset_walk walk = rrset_walk_data(trusted);
	struct span rdata;
	struct ds ds;
	while (rrset_next(&walk, &rdata))
		if (ds_read(rdata, &ds) && is_usable(&ds) && ds.digest_type != DIGEST_SHA1)
			better[ds.algorithm] = true;
	walk = rrset_walk_data(trusted);
	for (unsigned int looked_at = 0; looked_at < LIMIT_DS_RECORDS && rrset_next(&walk, &rdata);) {
		if (!ds_read(rdata, &ds) || !is_usable(&ds) ||
		    (ds.digest_type == DIGEST_SHA1 && better[ds.algorithm]))
			continue;
		naming->known = true;
		looked_at++;
		name_by_ds(naming, &ds);
	}
}

/* A key that was revoked since differs in its flags from the anchor, and is not named. */
static void name_by_anchors(struct naming *naming, const struct rrset *trusted)
{
	struct rrset_walk walk = rrset_walk_data(trusted);
	struct span rdata;
	struct dnskey anchor;
	while (rrset_next(&walk, &rdata)) {
		if (!dnskey_read(rdata, &anchor) || !crypto_knows_algorithm(anchor.algorithm))
			continue;
		naming->known = true;
		for (unsigned int i = naming->named; i < naming->keys->count; i++)
			if (span_equal(naming->keys->keys[i].rdata, rdata))
				take_named(naming, i);
	}
}

static struct verdict say_unnamed(const struct naming *naming, const struct rrset *trusted)
{
	int ede = EDE_DNSKEY_ALGORITHM;
	if (!naming->known) {
		if (trusted->type == TYPE_DS)
			(void)ds_usable(trusted, &ede);
		return verdict_of(SECURITY_INSECURE, ede, "nothing that is trusted is of a known algorithm and digest");
	}
	if (naming->unzoned)
		return verdict_bogus(EDE_NO_ZONE_KEY, "the DNSKEY that is trusted is no zone key");
	return verdict_bogus(EDE_DNSKEY_MISSING, "no DNSKEY of the zone is one that is trusted");
}

struct verdict keys_trust(struct keys *keys, const struct rrset *dnskeys, const struct rrset *trusted, int64_t wall,
			  struct work *work, struct arena *scratch, uint32_t *ttl)
{
	struct naming naming = { .keys = keys };
	if (trusted->type == TYPE_DS)
		name_by_all_ds(&naming, trusted);
	else
		name_by_anchors(&naming, trusted);
	if (naming.named == 0)
		return say_unnamed(&naming, trusted);

	struct keys only_named = { .zone = keys->zone, .keys = keys->keys, .count = naming.named };
	struct signed_facts facts;
	struct verdict verdict = signature_check(dnskeys, &only_named, wall, work, scratch, &facts);
	if (verdict.security == SECURITY_SECURE && facts.ttl < *ttl)
		*ttl = facts.ttl;
	if (verdict.ede == EDE_DNSKEY_MISSING)
		return verdict_bogus(EDE_RRSIGS_MISSING, "the DNSKEY that is trusted does not sign the zone's keys");
	return verdict;
}
