#include "sign.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define DNSKEY_HEAD 4u   /* flags, protocol, algorithm */
#define RRSIG_HEAD 18u   /* before the signer's name (RFC 4034 section 3.1) */
#define RECORD_HEAD 10u  /* type, class, TTL, length */
#define RECORDS_MAX 512u
#define WINDOW_SIZE 32u

static void *need(void *memory)
{
	if (memory == NULL) {
		fputs("sign: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

struct span sign_dnskey(struct arena *arena, const struct sign_key *key, uint16_t flags)
{
	struct span public_key = sign_key_public(key);
	uint8_t *octets = need(arena_alloc(arena, DNSKEY_HEAD + public_key.size));
	struct builder builder = builder_of(octets, DNSKEY_HEAD + public_key.size);
	builder_u16(&builder, flags);
	builder_u8(&builder, 3);
	builder_u8(&builder, sign_key_algorithm(key));
	builder_octets(&builder, public_key);
	return builder_written(&builder);
}

uint16_t sign_tag(struct span dnskey)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < dnskey.size; i++)
		sum += (i & 1) ? dnskey.octets[i] : (uint32_t)dnskey.octets[i] << 8;
	return (uint16_t)(sum + (sum >> 16));
}

static const EVP_MD *digest_of(uint8_t digest_type)
{
	switch (digest_type) {
	case 1:
		return EVP_sha1();
	case 4:
		return EVP_sha384();
	default:
		return EVP_sha256();
	}
}

struct span sign_ds(struct arena *arena, struct name owner, struct span dnskey, uint8_t digest_type)
{
	uint8_t lower[NAME_SIZE_MAX], digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	EVP_MD_CTX *context = need(EVP_MD_CTX_new());
	name_lower_into(owner, lower);
	if (EVP_DigestInit_ex(context, digest_of(digest_type), NULL) != 1 ||
	    EVP_DigestUpdate(context, lower, owner.size) != 1 ||
	    EVP_DigestUpdate(context, dnskey.octets, dnskey.size) != 1 ||
	    EVP_DigestFinal_ex(context, digest, &size) != 1)
		need(NULL);
	EVP_MD_CTX_free(context);
	uint8_t *octets = need(arena_alloc(arena, 4u + size));
	struct builder builder = builder_of(octets, 4u + size);
	builder_u16(&builder, sign_tag(dnskey));
	builder_u8(&builder, dnskey.octets[3]);
	builder_u8(&builder, digest_type);
	builder_octets(&builder, span_of(digest, size));
	return builder_written(&builder);
}

/* ---- RRSIG ---- */

static int compare(const void *a, const void *b)
{
	const struct span *one = a, *other = b;
	size_t least = one->size < other->size ? one->size : other->size;
	int order = least > 0 ? memcmp(one->octets, other->octets, least) : 0;
	return order != 0 ? order : (one->size > other->size) - (one->size < other->size);
}

/* The records in canonical form and order; returns how many. */
static unsigned int sort_records(struct arena *arena, const struct rrset *rrset, struct span *records)
{
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	unsigned int count = 0;
	while (count < RECORDS_MAX && rrset_next(&walk, &rdata)) {
		uint8_t *copy = need(arena_alloc(arena, rdata.size + 1));
		if (rdata.size > 0)
			memcpy(copy, rdata.octets, rdata.size);
		rdata_canonicalise(rrset->type, copy, (uint16_t)rdata.size);
		records[count++] = span_of(copy, rdata.size);
	}
	qsort(records, count, sizeof *records, compare);
	return count;
}

static struct span head_of(struct arena *arena, const struct rrset *rrset, const struct signer *signer)
{
	size_t size = RRSIG_HEAD + signer->zone.size + SIGNATURE_SIZE_MAX;
	struct builder builder = builder_of(need(arena_alloc(arena, size)), size);
	uint8_t lower[NAME_SIZE_MAX];
	name_lower_into(signer->zone, lower);
	builder_u16(&builder, rrset->type);
	builder_u8(&builder, sign_key_algorithm(signer->key));
	builder_u8(&builder, (uint8_t)(rrset->owner.labels - name_is_wildcard(rrset->owner) + signer->more_labels));
	builder_u32(&builder, rrset->ttl);
	builder_u32(&builder, signer->expiration);
	builder_u32(&builder, signer->inception);
	builder_u16(&builder, signer->tag);
	builder_octets(&builder, span_of(lower, signer->zone.size));
	return builder_written(&builder);
}

struct span sign_rrset(struct arena *arena, const struct rrset *rrset, const struct signer *signer)
{
	struct arena scratch = arena_of(0);
	struct span *records = need(arena_alloc(&scratch, RECORDS_MAX * sizeof *records));
	unsigned int count = sort_records(&scratch, rrset, records);
	struct span head = head_of(arena, rrset, signer);
	size_t size = head.size + rrset->packed.size + count * (rrset->owner.size + RECORD_HEAD);
	struct builder builder = builder_of(need(arena_alloc(&scratch, size)), size);
	uint8_t lower[NAME_SIZE_MAX];
	name_lower_into(rrset->owner, lower);
	builder_octets(&builder, head);
	for (unsigned int i = 0; i < count; i++) {
		builder_octets(&builder, span_of(lower, rrset->owner.size));
		builder_u16(&builder, rrset->type);
		builder_u16(&builder, rrset->class);
		builder_u32(&builder, rrset->ttl);
		builder_u16(&builder, (uint16_t)records[i].size);
		builder_octets(&builder, records[i]);
	}
	uint8_t *end = (uint8_t *)head.octets + head.size;
	head.size += sign_key_sign(signer->key, builder_written(&builder), end);
	arena_free(&scratch);
	return head;
}

/* ---- NSEC and NSEC3 ---- */

void sign_nsec3_hash(struct name name, struct span salt, unsigned int iterations, uint8_t hash[SIGN_HASH_SIZE])
{
	uint8_t octets[NAME_SIZE_MAX + UINT8_MAX];
	size_t size = name.size;
	name_lower_into(name, octets);
	for (unsigned int i = 0; i <= iterations; i++) {
		if (salt.size > 0)
			memcpy(octets + size, salt.octets, salt.size);
		if (EVP_Digest(octets, size + salt.size, hash, NULL, EVP_sha1(), NULL) != 1)
			need(NULL);
		memcpy(octets, hash, SIGN_HASH_SIZE);
		size = SIGN_HASH_SIZE;
	}
}

size_t sign_bitmap(const uint16_t *types, unsigned int count, uint8_t *octets)
{
	size_t size = 0;
	for (unsigned int i = 0; i < count;) {
		unsigned int window = types[i] >> 8, used = 0;
		uint8_t *bits = octets + size + 2;
		memset(bits, 0, WINDOW_SIZE);
		for (; i < count && types[i] >> 8 == window; i++) {
			unsigned int low = types[i] & 0xffu;
			bits[low / 8] |= (uint8_t)(0x80u >> low % 8);
			used = low / 8 + 1;
		}
		octets[size] = (uint8_t)window;
		octets[size + 1] = (uint8_t)used;
		size += 2 + used;
	}
	return size;
}
