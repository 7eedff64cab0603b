#include "resolver/synthesise.h"

#include "cache/denials.h"
#include "dnssec/nsec3.h"
#include "dnssec/signature.h"
#include "resolver/weigh.h"

_Static_assert(POSITION_HASH_SIZE == NSEC3_HASH_SIZE, "one hash, as large here as there");

/* The records of one zone that bear upon one name. */
struct search {
	struct request *request;
	struct denials_view view;
	struct name name;
	uint16_t kind;                    /* TYPE_NSEC or TYPE_NSEC3 */
	struct rrset proofs[3];           /* at or across: the name (or next closer one), the wildcard; the encloser */
	unsigned int count;
	bool denied;                      /* the name is not there, and the encloser is known */
	struct name encloser;
	const struct rrset *closer;       /* of the proofs: the next closer name does not exist */
	struct hashing hashing;
	unsigned int hashes;
	uint32_t ttl;
};

static bool search_begin(struct search *search, struct request *request, struct name zone, struct name name)
{
	struct engine *engine = request->engine;
	*search = (struct search){ .request = request, .name = name, .ttl = UINT32_MAX };
	search->view = denials_view_of(engine->denials, zone, engine->now.age, &request->arena);
	if (denials_have(&search->view, TYPE_NSEC))
		search->kind = TYPE_NSEC;
	else if (denials_have(&search->view, TYPE_NSEC3))
		search->kind = TYPE_NSEC3;
	return search->kind != 0;
}

static void lower(uint32_t *ttl, uint32_t most)
{
	if (most < *ttl)
		*ttl = most;
}

/* Each once. */
static const struct rrset *add(struct search *search, const struct rrset *rrset)
{
	for (unsigned int i = 0; i < search->count; i++)
		if (name_equal(search->proofs[i].owner, rrset->owner))
			return &search->proofs[i];
	lower(&search->ttl, rrset->ttl);
	search->proofs[search->count] = *rrset;
	return &search->proofs[search->count++];
}

/* NULL when it would be too long: then there is none. */
static bool wildcard_of(struct name encloser, struct name_buffer *buffer, struct name *wildcard)
{
	if (encloser.size + 2u > NAME_SIZE_MAX)
		return false;
	buffer->octets[0] = 1;
	buffer->octets[1] = '*';
	memcpy(buffer->octets + 2, encloser.octets, encloser.size);
	*wildcard = (struct name){ buffer->octets, (uint8_t)(encloser.size + 2), (uint8_t)(encloser.labels + 1) };
	return true;
}

/* ---- NSEC ---- */

static bool gather_nsec(struct search *search)
{
	struct name_buffer buffer;
	struct name wildcard;
	struct rrset rrset;
	struct nsec nsec;
	if (!denials_find_name(&search->view, search->name, &rrset) || !nsec_read(&rrset, search->view.zone, &nsec))
		return false;
	const struct rrset *proof = add(search, &rrset);
	if (!nsec_denies(&nsec, search->view.zone, search->name))
		return true;
	search->denied = true;
	search->closer = proof;
	search->encloser = name_suffix(search->name, nsec_encloser_labels(&nsec, search->name));
	if (wildcard_of(search->encloser, &buffer, &wildcard) && denials_find_name(&search->view, wildcard, &rrset))
		(void)add(search, &rrset);
	return true;
}

/* ---- NSEC3 ---- */

/* The record at or across the name's hash; `there`: at it. False when none is known, or no hash is left. */
static bool find_hashed(struct search *search, struct name name, struct rrset *rrset, struct nsec3 *nsec3, bool *there)
{
	const struct nsec3_params params = { search->hashing.algorithm, search->hashing.iterations,
					     search->hashing.salt };
	uint8_t hash[NSEC3_HASH_SIZE];
	if (search->hashes++ >= LIMIT_DENIAL_HASHES ||
	    !nsec3_hash_name(&params, name, &search->request->work, hash) ||
	    !denials_find_hash(&search->view, hash, rrset) || !nsec3_read(rrset, search->view.zone, nsec3))
		return false;
	*there = nsec3_matches(nsec3, hash);
	return true;
}

static void gather_hashed_wildcard(struct search *search)
{
	struct name_buffer buffer;
	struct name wildcard;
	struct rrset rrset;
	struct nsec3 nsec3;
	bool there;
	if (wildcard_of(search->encloser, &buffer, &wildcard) &&
	    find_hashed(search, wildcard, &rrset, &nsec3, &there))
		(void)add(search, &rrset);
}

/* From the apex down, until a name does not exist whose parent does, and is no cut or DNAME: in a flat zone two hashes show
 * that an opt-out span leaves nothing to be said. */
static bool gather_nsec3(struct search *search)
{
	struct rrset above, rrset = { 0 };
	struct nsec3 nsec3;
	bool known = false, there = false, below = false;
	if (!denials_hashing(&search->view, &search->hashing))
		return false;
	for (unsigned int labels = search->view.zone.labels; labels <= search->name.labels; labels++) {
		struct name name = name_suffix(search->name, labels);
		above = rrset;
		known = find_hashed(search, name, &rrset, &nsec3, &there);
		if (!known || there) {
			below = known && !bitmap_hides_below(nsec3.types, labels == search->view.zone.labels);
			continue;
		}
		if (!below)
			return false;
		(void)add(search, &above);
		search->closer = add(search, &rrset);
		search->denied = true;
		search->encloser = name_parent(name);
		return true;
	}
	if (known)
		(void)add(search, &rrset);
	return known;
}

/* ---- weighing ---- */

static struct proofs proofs_of(struct search *search)
{
	struct arena *scratch = &search->request->engine->workbench;
	arena_reset(scratch);
	return (struct proofs){ .rrsets = search->proofs,
				.count = search->count,
				.zone = search->view.zone,
				.work = &search->request->work,
				.scratch = scratch };
}

static bool gather(struct search *search)
{
	return search->kind == TYPE_NSEC ? gather_nsec(search) : gather_nsec3(search);
}

static bool denies_name(struct search *search)
{
	struct proofs proofs = proofs_of(search);
	return search->denied && denial_of_name(&proofs, search->name).security == SECURITY_SECURE;
}

static bool denies_type(struct search *search, uint16_t type)
{
	struct proofs proofs = proofs_of(search);
	return denial_of_type(&proofs, search->name, type).security == SECURITY_SECURE;
}

/* ---- claims ---- */

static void level_ttls(struct cached *cached, uint32_t ttl)
{
	cached->ttl = cached->rrset.ttl = cached->soa.ttl = ttl;
	for (unsigned int i = 0; i < cached->proof_count; i++)
		cached->proofs[i].ttl = ttl;
}

static bool make_negative(const struct search *search, enum cached_kind kind, struct cached *cached)
{
	*cached = (struct cached){ .kind = kind,
				   .trust = TRUST_AUTHORITATIVE_ANSWER,
				   .security = SECURITY_SECURE,
				   .as_of = search->view.age,
				   .proof_count = search->count };
	if (!denials_soa(&search->view, search->kind, &cached->soa))
		return false;
	memcpy(cached->proofs, search->proofs, search->count * sizeof *search->proofs);
	level_ttls(cached, search->ttl < cached->soa.ttl ? search->ttl : cached->soa.ttl);
	return true;
}

/* An RRset of the wildcard itself, not one that another wildcard made for that name, nor one of a zone below. */
static bool recall_wildcard(const struct search *search, uint16_t type, struct cached *cached)
{
	const struct engine *engine = search->request->engine;
	struct name_buffer buffer;
	struct name wildcard, signer;
	return wildcard_of(search->encloser, &buffer, &wildcard) &&
	       rrsets_get(engine->table, wildcard, type, engine->now.age, &search->request->arena, cached) &&
	       cached->kind == CACHED_POSITIVE && cached->security == SECURITY_SECURE && cached->proof_count == 0 &&
	       signature_signer(&cached->rrset, &signer) && name_equal(signer, search->view.zone);
}

/* RFC 8198 section 5.3. */
static bool expand_wildcard(struct search *search, uint16_t type, struct cached *cached)
{
	if (!search->denied || (!recall_wildcard(search, type, cached) && !recall_wildcard(search, TYPE_CNAME, cached)))
		return false;
	struct proofs proofs = proofs_of(search);
	proofs.rrsets = search->closer;
	proofs.count = 1;
	if (denial_of_closer(&proofs, search->name, search->encloser.labels).security != SECURITY_SECURE)
		return false;
	cached->rrset.owner = search->name;
	cached->proofs[0] = *search->closer;
	cached->proof_count = 1;
	level_ttls(cached, search->closer->ttl < cached->ttl ? search->closer->ttl : cached->ttl);
	return true;
}

static bool claim_from(struct search *search, uint16_t type, struct claim *claim)
{
	struct cached *cached = &claim->cached;
	*claim = (struct claim){ .name = search->name, .type = type, .zone = search->view.zone };
	if (search->denied && search->kind == TYPE_NSEC3) {
		struct nsec3 nsec3;
		if (!nsec3_read(search->closer, search->view.zone, &nsec3) || nsec3.opt_out)
			return false;
		gather_hashed_wildcard(search);
	}
	if (denies_name(search))
		return make_negative(search, CACHED_NXDOMAIN, cached);
	if (denies_type(search, type))
		return make_negative(search, CACHED_NODATA, cached);
	if (!expand_wildcard(search, type, cached))
		return false;
	claim->type = cached->rrset.type;
	claim->alias = claim->type == TYPE_CNAME && type != TYPE_CNAME;
	return true;
}

/* ---- which zone ---- */

/* The records of the deepest zone that has some to say, from `from` up to `top`. */
static bool search_up(struct search *search, struct request *request, struct name name, struct name from, struct name top)
{
	for (struct name zone = from; zone.labels >= top.labels; zone = name_parent(zone)) {
		if (search_begin(search, request, zone, name) && gather(search))
			return true;
		if (name_is_root(zone))
			break;
	}
	return false;
}

static bool is_trusted(const struct request *request, struct name name, struct name zone)
{
	const struct engine *engine = request->engine;
	const struct rrset *anchor = anchors_find(&engine->anchors, name, engine->now.wall);
	return anchor != NULL && name_is_within(zone, anchor->owner);
}

bool synthesise(const struct lookup *lookup, struct claim *claim)
{
	struct request *request = lookup->task.request;
	struct name name = lookup->name;
	uint16_t type = lookup->question.type;
	struct search search;
	if (request->engine->denials == NULL || !weigh_validates(lookup) || type == TYPE_ANY || type == TYPE_RRSIG)
		return false;
	struct name from = type == TYPE_DS ? name_parent(name) : name;
	return search_up(&search, request, name, from, lookup->cut.zone) &&
	       is_trusted(request, name, search.view.zone) && claim_from(&search, type, claim);
}

enum cut_proof synthesise_cut(struct request *request, struct name name, struct name *zone, uint32_t *ttl)
{
	struct name floor = cut_floor(&request->engine->roots, name);
	struct search search;
	struct verdict verdict;
	if (request->engine->denials == NULL ||
	    !search_up(&search, request, name, name_parent(name), floor) ||
	    !is_trusted(request, name, search.view.zone))
		return CUT_UNPROVEN;
	struct proofs proofs = proofs_of(&search);
	*zone = search.view.zone;
	*ttl = search.ttl;
	return denial_of_ds(&proofs, name, &verdict);
}
