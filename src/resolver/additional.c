#include "resolver/additional.h"

#include "wire/limits.h"

static bool has_addresses_behind(uint16_t type)
{
	return type == TYPE_NS || type == TYPE_MX || type == TYPE_SRV || type == TYPE_SVCB || type == TYPE_HTTPS;
}

static void write_addresses(struct engine *engine, struct msg_writer *writer, struct name name, bool signatures)
{
	static const uint16_t types[] = { TYPE_A, TYPE_AAAA };
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct arena arena = arena_of(LIMIT_RRSET_OCTETS * 2);
		struct cached cached;
		if (rrsets_get(engine->table, name, types[i], engine->now.age, &arena, &cached) &&
		    cached.kind == CACHED_POSITIVE)
			(void)msg_rrset(writer, SECTION_ADDITIONAL, &cached.rrset, cached.ttl, signatures);
		arena_free(&arena);
	}
}

void additional_write(struct engine *engine, struct msg_writer *writer, const struct result *result, bool signatures)
{
	const struct rrset *rrset = &result->found.rrset;
	if (result->found.kind != CACHED_POSITIVE || !has_addresses_behind(rrset->type))
		return;
	struct rrset_walk walk = rrset_walk_data(rrset);
	struct span rdata;
	struct name target;
	for (unsigned int i = 0; i < LIMIT_ADDITIONAL_NAMES && rrset_next(&walk, &rdata); i++)
		if (rdata_target(rrset->type, rdata, &target))
			write_addresses(engine, writer, target, signatures);
}
