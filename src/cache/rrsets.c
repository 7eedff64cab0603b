#include "cache/rrsets.h"

#include "base/cursor.h"
#include "cache/packing.h"
#include "wire/codes.h"

/* A value: kind and security, and why it is insecure; of a positive entry its RRset without the owner, which is in the key; of a negative one the
 * SOA (or a count of 0), with its owner; the proofs, with owners. */

#define SECURITY_SHIFT 4
#define KIND_MASK 0xfu
#define RANK_SECURE 4u /* above every trust */
#define RANK_TRUST_MASK 3u

static struct table_key key_of(enum table_kind kind, struct name name, uint16_t type)
{
	uint8_t suffix[2] = { (uint8_t)(type >> 8), (uint8_t)type };
	return table_key_of_name(kind, name, span_of(suffix, sizeof suffix));
}

static uint8_t rank_of(const struct cached *cached)
{
	return (uint8_t)(cached->trust + (cached->security == SECURITY_SECURE ? RANK_SECURE : 0));
}

static bool read_proofs(struct cursor *cursor, struct cached *cached)
{
	unsigned int count = cursor_u8(cursor);
	if (count > LIMIT_PROOF_RRSETS)
		return false;
	while (cached->proof_count < count)
		if (!packing_read_owned(cursor, &cached->proofs[cached->proof_count++]))
			return false;
	return !cursor->failed;
}

static void set_ttls(struct cached *cached, uint32_t ttl)
{
	cached->ttl = cached->rrset.ttl = cached->soa.ttl = ttl;
	for (unsigned int i = 0; i < cached->proof_count; i++)
		cached->proofs[i].ttl = ttl;
}

static bool read_entry(const struct table_found *found, struct name name, uint16_t type, uint64_t age,
		       struct cached *cached)
{
	struct cursor cursor = cursor_of(found->value);
	uint8_t head = cursor_u8(&cursor);
	*cached = (struct cached){ .kind = head & KIND_MASK,
				   .security = head >> SECURITY_SHIFT,
				   .trust = (enum trust)(found->rank & RANK_TRUST_MASK) };
	if (cached->security == SECURITY_INSECURE)
		cached->ede = cursor_u8(&cursor);
	if (cached->kind == CACHED_POSITIVE) {
		cached->rrset.owner = name;
		cached->rrset.type = type;
		cached->rrset.class = CLASS_IN;
		if (!packing_read(&cursor, &cached->rrset))
			return false;
	} else if (cursor_u8(&cursor) > 0 && !packing_read_owned(&cursor, &cached->soa)) {
		return false;
	}
	if (!read_proofs(&cursor, cached))
		return false;
	cached->as_of = age;
	set_ttls(cached, (uint32_t)(found->expiry - age));
	return true;
}

static bool get(struct table *table, struct name name, uint16_t type, uint64_t age, struct arena *arena,
		struct cached *cached)
{
	struct table_key key = key_of(TABLE_RRSET, name, type);
	struct table_found found;
	return table_get(table, table_key_span(&key), age, arena, &found) &&
	       read_entry(&found, name, type, age, cached);
}

bool rrsets_get(struct table *table, struct name name, uint16_t type, uint64_t age, struct arena *arena,
		struct cached *cached)
{
	return get(table, name, type, age, arena, cached) || get(table, name, TYPE_NONE, age, arena, cached);
}

bool rrsets_get_nxdomain(struct table *table, struct name name, uint64_t age, struct arena *arena,
			 struct cached *cached)
{
	return get(table, name, TYPE_NONE, age, arena, cached);
}

static void write_entry(struct builder *builder, const struct cached *cached)
{
	builder_u8(builder, (uint8_t)(cached->kind | cached->security << SECURITY_SHIFT));
	if (cached->security == SECURITY_INSECURE)
		builder_u8(builder, cached->ede);
	if (cached->kind == CACHED_POSITIVE) {
		packing_write(builder, &cached->rrset);
	} else {
		builder_u8(builder, cached->soa.count > 0);
		if (cached->soa.count > 0)
			packing_write_owned(builder, &cached->soa);
	}
	builder_u8(builder, (uint8_t)cached->proof_count);
	for (unsigned int i = 0; i < cached->proof_count; i++)
		packing_write_owned(builder, &cached->proofs[i]);
}

/* The name exists: that it does not is no longer true, unless better data says so. */
static void remove_nxdomain(struct table *table, struct name name, uint8_t rank)
{
	struct table_key key = key_of(TABLE_RRSET, name, TYPE_NONE);
	(void)table_remove_ranked(table, table_key_span(&key), rank);
}

bool rrsets_put(struct table *table, struct name name, uint16_t type, uint64_t age, const struct cached *cached)
{
	uint8_t octets[LIMIT_RRSET_OCTETS + 2 * NAME_SIZE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	struct table_key key = key_of(TABLE_RRSET, name, cached->kind == CACHED_NXDOMAIN ? TYPE_NONE : type);
	if (cached->ttl == 0 || cached->kind == CACHED_NONE ||
	    cached->security == SECURITY_BOGUS ||
	    (cached->kind == CACHED_POSITIVE && cached->rrset.packed.size > LIMIT_RRSET_OCTETS))
		return false;
	write_entry(&builder, cached);
	if (builder.overflowed || !table_put(table, table_key_span(&key), builder_written(&builder), age,
					     age + cached->ttl, rank_of(cached)))
		return false;
	if (cached->kind == CACHED_POSITIVE)
		remove_nxdomain(table, name, rank_of(cached));
	return true;
}

bool rrsets_remove(struct table *table, struct name name, uint16_t type)
{
	struct table_key key = key_of(TABLE_RRSET, name, type);
	return table_remove(table, table_key_span(&key));
}

bool failures_get(struct table *table, struct name name, uint16_t type, uint64_t age, struct failure *failure)
{
	struct table_key key = key_of(TABLE_FAILURE, name, type);
	uint8_t octets[3];
	size_t size;
	if (!table_get_into(table, table_key_span(&key), age, octets, sizeof octets, &size) || size != sizeof octets)
		return false;
	failure->ede = (int)(int16_t)(octets[0] << 8 | octets[1]);
	failure->validation = octets[2] != 0;
	return true;
}

void failures_put(struct table *table, struct name name, uint16_t type, uint64_t age, const struct failure *failure)
{
	struct table_key key = key_of(TABLE_FAILURE, name, type);
	uint8_t octets[3] = { (uint8_t)((unsigned int)failure->ede >> 8), (uint8_t)failure->ede, failure->validation };
	(void)table_put(table, table_key_span(&key), span_of(octets, sizeof octets), age, age + failure->ttl, 0);
}
