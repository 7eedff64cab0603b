#include "text/anchorfile.h"

#include "dnssec/crypto.h"
#include "dnssec/keys.h"
#include "text/zonefile.h"
#include "wire/codes.h"
#include "wire/limits.h"

#define OUT_OF_MEMORY "out of memory"
#define DIGEST_MAX 64u /* octets, of any digest there is */

static bool begin_list(struct arena *arena, struct anchor_list *list)
{
	*list = (struct anchor_list){ .rrsets = arena_alloc(arena, LIMIT_ANCHOR_RRSETS * sizeof *list->rrsets) };
	return list->rrsets != NULL;
}

static struct rrset *find_rrset(const struct anchor_list *list, struct name owner, uint16_t type)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->rrsets[i].type == type && name_equal(list->rrsets[i].owner, owner))
			return &list->rrsets[i];
	return NULL;
}

static bool has_record(const struct rrset *rrset, struct span wanted)
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	while (rrset_next(&walk, &rdata))
		if (span_equal(rdata, wanted))
			return true;
	return false;
}

/* Behind the records that are there; false when out of memory. */
static bool append(struct arena *arena, struct rrset *rrset, struct span rdata)
{
	size_t size = rrset->packed.size + 2 + rdata.size;
	uint8_t *memory = arena_alloc(arena, size);
	if (memory == NULL)
		return false;
	struct builder builder = builder_of(memory, size);
	builder_octets(&builder, rrset->packed);
	builder_u16(&builder, (uint16_t)rdata.size);
	builder_octets(&builder, rdata);
	rrset->packed = builder_written(&builder);
	rrset->count++;
	return true;
}

/* NULL when it was added or was there already; else why not. */
static const char *add(struct arena *arena, struct anchor_list *list, const struct rrset *one)
{
	struct rrset *rrset = find_rrset(list, one->owner, one->type);
	if (rrset == NULL) {
		if (list->count == LIMIT_ANCHOR_RRSETS)
			return "more zones than rootwalk keeps trust anchors for";
		list->rrsets[list->count++] = *one;
		return NULL;
	}
	if (has_record(rrset, rrset_first(one)))
		return NULL;
	if (rrset->count == LIMIT_ANCHORS_PER_ZONE)
		return "more trust anchors of one zone than rootwalk keeps";
	return append(arena, rrset, rrset_first(one)) ? NULL : OUT_OF_MEMORY;
}

/* ---- built in ---- */

static uint8_t nibble(char digit)
{
	return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'A' + 10);
}

static void write_hex(struct builder *builder, const char *text)
{
	for (; text[0] != '\0'; text += 2)
		builder_u8(builder, (uint8_t)(nibble(text[0]) << 4 | nibble(text[1])));
}

bool anchorfile_built_in(struct arena *arena, struct anchor_list *list)
{
	static const struct {
		uint16_t tag;
		uint8_t algorithm, digest_type;
		const char *digest;
	} anchors[] = {
#define ROOT_ANCHOR(tag, algorithm, digest_type, digest) { tag, algorithm, digest_type, digest },
#include "text/root_anchors.def"
#undef ROOT_ANCHOR
	};
	_Static_assert(sizeof anchors / sizeof anchors[0] <= LIMIT_ANCHORS_PER_ZONE, "all are kept");

	if (!begin_list(arena, list))
		return false;
	for (size_t i = 0; i < sizeof anchors / sizeof anchors[0]; i++) {
		uint8_t octets[4 + DIGEST_MAX];
		struct builder builder = builder_of(octets, sizeof octets);
		struct rrset one;
		builder_u16(&builder, anchors[i].tag);
		builder_u8(&builder, anchors[i].algorithm);
		builder_u8(&builder, anchors[i].digest_type);
		write_hex(&builder, anchors[i].digest);
		if (!rrset_of_one(arena, name_root, TYPE_DS, ANCHORFILE_TTL, builder_written(&builder), &one) ||
		    add(arena, list, &one) != NULL)
			return false;
	}
	return true;
}

/* ---- a file ---- */

static bool can_be_decoded(const struct dnskey *dnskey)
{
	struct crypto_key *key = crypto_key_create(dnskey->algorithm, dnskey->public_key);
	crypto_key_destroy(key);
	return key != NULL;
}

/* Why this DNSKEY can begin no chain, or NULL. */
static const char *why_no_key(struct span rdata)
{
	struct dnskey dnskey;
	if (!dnskey_read(rdata, &dnskey) || dnskey.protocol != DNSKEY_PROTOCOL)
		return "this DNSKEY is not of protocol 3";
	if ((dnskey.flags & DNSKEY_FLAG_ZONE) == 0)
		return "this DNSKEY is no zone key (flags 256 or 257)";
	if ((dnskey.flags & DNSKEY_FLAG_REVOKED) != 0)
		return "this DNSKEY is revoked";
	if (!crypto_knows_algorithm(dnskey.algorithm))
		return "this DNSKEY's algorithm is not known here";
	if (rdata.size > LIMIT_ANCHOR_OCTETS || !can_be_decoded(&dnskey))
		return "this DNSKEY's key is malformed or of an odd size";
	return NULL;
}

/* Why this DS can begin no chain, or NULL. */
static const char *why_no_ds(struct span rdata)
{
	struct ds ds;
	uint8_t digest[CRYPTO_DIGEST_MAX];
	if (!ds_read(rdata, &ds) || !crypto_knows_algorithm(ds.algorithm))
		return "this DS's algorithm is not known here";
	if (!crypto_knows_digest(ds.digest_type))
		return "digests of this DS's type are not known; 1 (SHA-1), 2 (SHA-256) and 4 (SHA-384) are";
	if (ds.digest.size != crypto_digest(ds.digest_type, span_of("", 0), span_of("", 0), digest))
		return "this DS's digest has a wrong length";
	return NULL;
}

static bool take_record(struct zonefile *file, struct arena *arena, struct anchor_list *list, const ldns_rr *record)
{
	uint16_t type = (uint16_t)ldns_rr_get_type(record);
	struct rrset one;
	if (type != TYPE_DS && type != TYPE_DNSKEY)
		return zonefile_refuse(file, file->line, "a trust anchor is a DS or a DNSKEY record");
	struct span rdata = zonefile_rdata(arena, record);
	struct name owner = zonefile_name(arena, ldns_rr_owner(record));
	if (rdata.size == 0 || owner.octets == NULL || !rrset_of_one(arena, owner, type, ANCHORFILE_TTL, rdata, &one))
		return zonefile_refuse(file, 0, OUT_OF_MEMORY);
	const char *why = type == TYPE_DS ? why_no_ds(rdata) : why_no_key(rdata);
	if (why == NULL)
		why = add(arena, list, &one);
	return why == NULL || zonefile_refuse(file, file->line, why);
}

bool anchorfile_read(const char *path, struct arena *arena, struct anchor_list *list, char *problem,
		     size_t problem_size)
{
	const struct zonefile_setup setup = { path, "trust anchors", ANCHORFILE_TTL, problem, problem_size };
	struct zonefile file;
	ldns_rr *record;
	bool good = true;
	if (!zonefile_open(&file, &setup))
		return false;
	if (!begin_list(arena, list))
		good = zonefile_refuse(&file, 0, OUT_OF_MEMORY);
	while (good && (record = zonefile_next(&file)) != NULL) {
		good = take_record(&file, arena, list, record);
		ldns_rr_free(record);
	}
	if (good && !file.failed && list->count == 0)
		(void)zonefile_refuse(&file, 0, "there is no trust anchor in it");
	return zonefile_close(&file);
}
