#include "dnssec/sighting.h"

#include "dnssec/canon.h"
#include "wire/codes.h"

/* Seconds from a to b (RFC 1982, RFC 4034 section 3.1.5). */
static int64_t seconds_between(uint32_t a, uint32_t b)
{
	return (int32_t)(b - a);
}

static bool is_own(const struct rrset *dnskeys, const struct rrsig *rrsig, const struct dnskey *dnskey)
{
	return rrsig->covered == TYPE_DNSKEY && rrsig->algorithm == dnskey->algorithm && rrsig->tag == dnskey->tag &&
	       rrsig->labels == dnskeys->owner.labels && name_equal(rrsig->signer, dnskeys->owner);
}

/* With as much difference of clocks as is overlooked everywhere. */
static bool is_in_time(const struct rrsig *rrsig, int64_t wall)
{
	return seconds_between((uint32_t)wall, rrsig->expiration) >= -(int64_t)LIMIT_CLOCK_SKEW_MIN_S &&
	       seconds_between(rrsig->inception, (uint32_t)wall) >= -(int64_t)LIMIT_CLOCK_SKEW_MIN_S;
}

static bool verify(struct crypto_key *key, const struct rrset *dnskeys, const struct rrsig *rrsig,
		   const struct sighting_means *means)
{
	struct canon canon;
	if (!canon_prepare(&canon, dnskeys, means->scratch))
		return false;
	return crypto_verify(key, canon_signed_octets(&canon, rrsig), rrsig->signature);
}

static bool signs_itself(const struct rrset *dnskeys, const struct dnskey *dnskey, const struct sighting_means *means)
{
	struct crypto_key *key = crypto_key_create(dnskey->algorithm, dnskey->public_key);
	struct rrset_walk walk = rrset_walk_signatures(dnskeys);
	struct span rdata;
	struct rrsig rrsig;
	bool good = false;
	for (unsigned int i = 0; key != NULL && !good && i < LIMIT_SIGNATURES_PER_RRSET && rrset_next(&walk, &rdata); i++) {
		if (!rrsig_read(rdata, &rrsig) || !is_own(dnskeys, &rrsig, dnskey) || !is_in_time(&rrsig, means->wall))
			continue;
		if (!work_check(means->work))
			break;
		good = verify(key, dnskeys, &rrsig, means);
		if (!good && !work_failure(means->work))
			break;
	}
	crypto_key_destroy(key);
	return good;
}

static uint64_t find_revoked(struct trust_point *point, const struct rrset *dnskeys, const struct sighting_means *means)
{
	struct rrset_walk walk = rrset_walk_data(dnskeys);
	struct span rdata;
	struct dnskey dnskey;
	uint64_t revoked = 0;
	_Static_assert(LIMIT_ZONE_KEYS <= 64, "a bit for each");
	for (unsigned int n = 0; n < LIMIT_ZONE_KEYS && rrset_next(&walk, &rdata); n++)
		if (dnskey_read(rdata, &dnskey) && (dnskey.flags & DNSKEY_FLAG_REVOKED) != 0 &&
		    anchor_find(point, rdata) != NULL && signs_itself(dnskeys, &dnskey, means))
			revoked |= UINT64_C(1) << n;
	return revoked;
}

/* What the zone's signatures say of time: the original TTL, and what the one that ends first has left. */
static void read_times(struct sighting *sighting, const struct rrset *dnskeys, int64_t wall)
{
	struct rrset_walk walk = rrset_walk_signatures(dnskeys);
	struct span rdata;
	struct rrsig rrsig;
	int64_t life = INT32_MAX;
	sighting->ttl = dnskeys->ttl;
	for (unsigned int i = 0; i < LIMIT_SIGNATURES_PER_RRSET && rrset_next(&walk, &rdata); i++) {
		if (!rrsig_read(rdata, &rrsig) || rrsig.covered != TYPE_DNSKEY)
			continue;
		int64_t left = seconds_between((uint32_t)wall, rrsig.expiration);
		life = left < life ? left : life;
		sighting->ttl = rrsig.original_ttl;
	}
	sighting->life = (uint32_t)(life > 0 ? life : 0);
}

struct sighting sighting_of(struct trust_point *point, const struct rrset *dnskeys, bool trusted,
			    const struct sighting_means *means)
{
	struct sighting sighting = { .dnskeys = dnskeys, .trusted = trusted };
	read_times(&sighting, dnskeys, means->wall);
	if (!dnskeys->oversized)
		sighting.revoked = find_revoked(point, dnskeys, means);
	return sighting;
}
