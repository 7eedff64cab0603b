#include "resolver/additional.h"

#include "wire/limits.h"

static bool has_addresses_behind(uint16_t type)
{
	return type == TYPE_NS || type == TYPE_MX || type == TYPE_SRV || type == TYPE_SVCB || type == TYPE_HTTPS;
}

static uint32_t write_addresses(struct engine *engine, struct msg_writer *writer, struct name name, bool signatures,
				uint32_t ttl)
{
	static const uint16_t types[] = { TYPE_A, TYPE_AAAA };
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct arena arena = arena_of(LIMIT_RRSET_OCTETS * 2);
		struct cached cached;
		if (rrsets_get(engine->table, name, types[i], engine->now.age, &arena, &cached) &&
		    cached.kind == CACHED_POSITIVE &&
		    (cached.security != SECURITY_UNCHECKED || !anchors_exist(&engine->anchors)) &&
		    msg_rrset(writer, SECTION_ADDITIONAL, &cached.rrset, cached.ttl, signatures) && cached.ttl < ttl)
			ttl = cached.ttl;
		arena_free(&arena);
	}
	return ttl;
}

uint32_t additional_write(struct engine *engine, struct msg_writer *writer, const struct result *result,
			  bool signatures, uint32_t ttl)
{
	const struct rrset *rrset = &result->found.rrset;
	if (result->found.kind != CACHED_POSITIVE || !has_addresses_behind(rrset->type))
		return ttl;
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	struct name target;
	for (unsigned int i = 0; i < LIMIT_ADDITIONAL_NAMES && rrset_next(&walk, &rdata); i++)
		if (rdata_target(rrset->type, rdata, &target))
			ttl = write_addresses(engine, writer, target, signatures, ttl);
	return ttl;
}
