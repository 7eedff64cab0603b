#include "dnssec/signature.h"

#include "dnssec/canon.h"
#include "wire/codes.h"
#include "wire/limits.h"

bool rrsig_read(struct span rdata, struct rrsig *rrsig)
{
	struct cursor cursor = cursor_of(rdata);
	rrsig->covered = cursor_u16(&cursor);
	rrsig->algorithm = cursor_u8(&cursor);
	rrsig->labels = cursor_u8(&cursor);
	rrsig->original_ttl = cursor_u32(&cursor);
	rrsig->expiration = cursor_u32(&cursor);
	rrsig->inception = cursor_u32(&cursor);
	rrsig->tag = cursor_u16(&cursor);
	if (!name_read_plain(&cursor, &rrsig->signer))
		return false;
	rrsig->head = span_of(rdata.octets, cursor_offset(&cursor));
	rrsig->signature = cursor_take(&cursor, cursor_left(&cursor));
	return true;
}

/* RFC 4035 section 5.3.1, and labels not fewer than the signer's: a zone makes no wildcard above itself. */
static bool could_be_right(const struct rrset *rrset, const struct rrsig *rrsig)
{
	struct name owner = rrset->owner;
	bool above = rrset->type == TYPE_DS ? name_is_below(owner, rrsig->signer) : name_is_within(owner, rrsig->signer);
	return above && rrsig->covered == rrset->type && rrsig->labels >= rrsig->signer.labels &&
	       rrsig->labels <= owner.labels;
}

bool signature_signer(const struct rrset *rrset, struct name *signer)
{
	struct rrset_walk walk = rrset_walk_signatures(rrset);
	struct span rdata;
	struct rrsig rrsig;
	for (unsigned int i = 0; i < LIMIT_SIGNATURES_PER_RRSET && rrset_next(&walk, &rdata); i++) {
		if (rrsig_read(rdata, &rrsig) && could_be_right(rrset, &rrsig)) {
			*signer = rrsig.signer;
			return true;
		}
	}
	return false;
}

/* Why an RRSIG is not good; the further down the more it tells who has to mend the zone. */
enum reason {
	REASON_NONE,
	REASON_OTHER,
	REASON_ALGORITHM,
	REASON_NO_KEY,
	REASON_BACKWARDS,
	REASON_BAD_KEY,
	REASON_WRONG,
	REASON_NOT_YET,
	REASON_EXPIRED,
};

static const struct verdict reasons[] = {
	[REASON_NONE] = { SECURITY_BOGUS, EDE_RRSIGS_MISSING, "there is no RRSIG" },
	[REASON_OTHER] = { SECURITY_BOGUS, EDE_RRSIGS_MISSING, "no RRSIG is the zone's own for these records" },
	[REASON_ALGORITHM] = { SECURITY_BOGUS, EDE_BOGUS, "no RRSIG is of a known algorithm" },
	[REASON_NO_KEY] = { SECURITY_BOGUS, EDE_DNSKEY_MISSING, "the zone has no DNSKEY that the RRSIG names" },
	[REASON_BACKWARDS] = { SECURITY_BOGUS, EDE_SIGNATURE_EXPIRED_BEFORE_VALID, "the RRSIG ends before it begins" },
	[REASON_BAD_KEY] = { SECURITY_BOGUS, EDE_BOGUS, "the DNSKEY that the RRSIG names is malformed or of an odd size" },
	[REASON_WRONG] = { SECURITY_BOGUS, EDE_BOGUS, "the RRSIG does not fit the records" },
	[REASON_NOT_YET] = { SECURITY_BOGUS, EDE_SIGNATURE_NOT_YET_VALID, "the RRSIG is not valid yet" },
	[REASON_EXPIRED] = { SECURITY_BOGUS, EDE_SIGNATURE_EXPIRED, "the RRSIG has expired" },
};

struct check {
	const struct rrset *rrset;
	struct keys *keys;
	int64_t wall;
	struct work *work;
	struct arena *scratch;
	struct canon canon;
	bool canonical; /* `canon` is made */
	enum reason reason;
	const char *stopped; /* why the check could not be made to its end */
};

static bool refuse(struct check *check, enum reason reason)
{
	if (check->reason < reason)
		check->reason = reason;
	return false;
}

static bool stop(struct check *check, const char *why)
{
	check->stopped = why;
	return false;
}

/* Seconds from a to b, in serial arithmetic (RFC 1982, RFC 4034 section 3.1.5). */
static int32_t seconds_between(uint32_t a, uint32_t b)
{
	return (int32_t)(b - a);
}

static int32_t skew_of(const struct rrsig *rrsig)
{
	int32_t tenth = seconds_between(rrsig->inception, rrsig->expiration) / 10;
	return tenth < (int32_t)LIMIT_CLOCK_SKEW_MIN_S ? (int32_t)LIMIT_CLOCK_SKEW_MIN_S :
	       tenth > (int32_t)LIMIT_CLOCK_SKEW_MAX_S ? (int32_t)LIMIT_CLOCK_SKEW_MAX_S :
							 tenth;
}

static bool is_in_time(struct check *check, const struct rrsig *rrsig)
{
	uint32_t now = (uint32_t)check->wall;
	int32_t skew = skew_of(rrsig);
	if (seconds_between(rrsig->inception, rrsig->expiration) < 0)
		return refuse(check, REASON_BACKWARDS);
	if (seconds_between(now, rrsig->expiration) < -skew)
		return refuse(check, REASON_EXPIRED);
	if (seconds_between(rrsig->inception, now) < -skew)
		return refuse(check, REASON_NOT_YET);
	return true;
}

/* What is left of the signature; once it has expired, of the time for which that is overlooked: nothing at all would
 * have each client's query ask for it again. */
static uint32_t life_left(const struct check *check, const struct rrsig *rrsig)
{
	int32_t left = seconds_between((uint32_t)check->wall, rrsig->expiration);
	return (uint32_t)(left > 0 ? left : left + skew_of(rrsig));
}

/* Under one of the keys that the RRSIG may mean? Each wrong one is a failure, also one that is none. */
static bool try_keys(struct check *check, const struct rrsig *rrsig)
{
	struct zone_key *key = keys_find(check->keys, rrsig->algorithm, rrsig->tag, 0);
	if (key == NULL)
		return refuse(check, REASON_NO_KEY);
	if (!check->canonical && !canon_prepare(&check->canon, check->rrset, check->scratch))
		return stop(check, "no memory is left to check signatures");
	check->canonical = true;
	struct span octets = canon_signed_octets(&check->canon, rrsig);
	for (unsigned int n = 0; key != NULL; key = keys_find(check->keys, rrsig->algorithm, rrsig->tag, ++n)) {
		struct crypto_key *decoded = keys_decode(key);
		if (decoded != NULL && crypto_verify(decoded, octets, rrsig->signature)) {
			keys_prefer(check->keys, rrsig->algorithm, rrsig->tag, n);
			return true;
		}
		refuse(check, decoded == NULL ? REASON_BAD_KEY : REASON_WRONG);
		if (!work_failure(check->work))
			return stop(check, "too many signatures were wrong");
	}
	return false;
}

static bool is_good(struct check *check, struct span rdata, struct rrsig *rrsig)
{
	if (!work_check(check->work))
		return stop(check, "too many signatures to check");
	if (!rrsig_read(rdata, rrsig) || !could_be_right(check->rrset, rrsig) ||
	    !name_equal(rrsig->signer, keys_zone(check->keys)))
		return refuse(check, REASON_OTHER);
	if (!crypto_knows_algorithm(rrsig->algorithm))
		return refuse(check, REASON_ALGORITHM);
	if (!is_in_time(check, rrsig))
		return false;
	if (crypto_is_slow(rrsig->algorithm) && !work_check(check->work))
		return stop(check, "too many signatures to check");
	return try_keys(check, rrsig);
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void fill_facts(const struct check *check, const struct rrsig *rrsig, struct signed_facts *facts)
{
	struct name owner = check->rrset->owner;
	facts->ttl = least(least(check->rrset->ttl, rrsig->original_ttl), life_left(check, rrsig));
	facts->labels = rrsig->labels;
	/* The asterisk of a wildcard that was asked for itself is not counted (RFC 4034 section 3.1.3). */
	facts->wildcard = rrsig->labels < owner.labels - (name_is_wildcard(owner) ? 1 : 0);
}

struct verdict signature_check(const struct rrset *rrset, struct keys *keys, int64_t wall, struct work *work,
			       struct arena *scratch, struct signed_facts *facts)
{
	struct check check = { .rrset = rrset, .keys = keys, .wall = wall, .work = work, .scratch = scratch };
	struct rrset_walk walk = rrset_walk_signatures(rrset);
	struct span rdata;
	struct rrsig rrsig;
	if (rrset->oversized || rrset->count == 0 || rrset->count > LIMIT_RRSET_RECORDS)
		return verdict_bogus(EDE_BOGUS, "there are no or too many records to check a signature of");
	for (unsigned int i = 0; i < LIMIT_SIGNATURES_PER_RRSET && rrset_next(&walk, &rdata); i++) {
		if (is_good(&check, rdata, &rrsig)) {
			fill_facts(&check, &rrsig, facts);
			return verdict_secure();
		}
		if (check.stopped != NULL)
			return verdict_of(SECURITY_UNCHECKED, EDE_INDETERMINATE, check.stopped);
	}
	return reasons[check.reason];
}
