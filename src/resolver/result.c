#include "resolver/result.h"

#include "wire/codes.h"

/* The CNAME that a DNAME makes for the name (RFC 6672 section 3.1). */
static enum added synthesise(struct arena *arena, struct name name, const struct rrset *dname, struct rrset *cname)
{
	struct name_buffer buffer;
	struct name to, target;
	if (!rdata_target(TYPE_DNAME, rrset_first(dname), &to) ||
	    !name_replace_suffix(name, dname->owner, to, &buffer, &target))
		return ADDED_TOO_LONG;
	if (!rrset_of_one(arena, name, TYPE_CNAME, dname->ttl, span_of(target.octets, target.size), cname))
		return ADDED_NO_MEMORY;
	return ADDED;
}

enum added result_add_link(struct result *result, struct arena *arena, struct name name, const struct cached *alias)
{
	enum added added = ADDED;
	if (result->links == NULL)
		result->links = arena_alloc(arena, LIMIT_ALIAS_LINKS * sizeof *result->links);
	if (result->links == NULL)
		return ADDED_NO_MEMORY;
	struct result_link *link = &result->links[result->link_count];
	*link = (struct result_link){
		.cname = alias->rrset,
		.proofs = alias->proofs,
		.proof_count = alias->proof_count,
		.as_of = alias->as_of,
	};
	if (alias->rrset.type == TYPE_DNAME) {
		link->dname = alias->rrset;
		link->cname = (struct rrset){ .ttl = alias->rrset.ttl };
		added = synthesise(arena, name, &alias->rrset, &link->cname);
	}
	if (added != ADDED_NO_MEMORY)
		result->link_count++;
	return added;
}

bool result_was_at(const struct result *result, struct name name)
{
	for (unsigned int i = 0; i < result->link_count; i++)
		if (name_equal(result->links[i].cname.owner, name))
			return true;
	return false;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

uint32_t result_left(uint32_t ttl, uint64_t as_of, uint64_t age)
{
	return ttl > age - as_of ? ttl - (uint32_t)(age - as_of) : 0;
}

uint32_t result_ttl(const struct result *result, uint64_t age)
{
	if (result->found.kind == CACHED_NONE)
		return 0;
	uint32_t ttl = result_left(result->found.ttl, result->found_as_of, age);
	for (unsigned int i = 0; i < result->link_count; i++)
		ttl = smaller(ttl, result_left(result->links[i].cname.ttl, result->links[i].as_of, age));
	return ttl;
}
