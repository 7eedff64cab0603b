#include "cache/delegations.h"

#include "cache/packing.h"
#include "wire/codes.h"

/* A value: the number of servers; each a name, a number of addresses, addresses; then the DS RRset. */

#define VALUE_MAX 16384u /* LIMIT_NS_NAMES_KEPT names with all their addresses, and some DS records */

static struct table_key key_of(struct name zone)
{
	return table_key_of_name(TABLE_DELEGATION, zone, span_of(NULL, 0));
}

static void write_address(struct builder *builder, struct ip ip)
{
	builder_u8(builder, ip.version);
	builder_octets(builder, span_of(ip.octets, ip.version == 4 ? 4 : 16));
}

static void write_delegation(struct builder *builder, const struct delegation *delegation)
{
	builder_u8(builder, (uint8_t)delegation->count);
	for (size_t i = 0; i < delegation->count; i++) {
		const struct name_server *server = &delegation->servers[i];
		name_write(builder, server->name);
		builder_u8(builder, server->glue_count);
		for (unsigned int j = 0; j < server->glue_count; j++)
			write_address(builder, server->glue[j]);
	}
	packing_write(builder, &delegation->ds);
}

static bool read_address(struct cursor *cursor, struct ip *ip)
{
	*ip = (struct ip){ .version = cursor_u8(cursor) };
	if (ip->version != 4 && ip->version != 6)
		return false;
	struct span octets = cursor_take(cursor, ip->version == 4 ? 4 : 16);
	if (octets.size > 0)
		memcpy(ip->octets, octets.octets, octets.size);
	return !cursor->failed;
}

static bool read_server(struct cursor *cursor, struct name_server *server)
{
	if (!name_read_plain(cursor, &server->name))
		return false;
	server->glue_count = cursor_u8(cursor);
	if (server->glue_count > LIMIT_NS_ADDRESSES_PER_NAME)
		return false;
	for (unsigned int j = 0; j < server->glue_count; j++)
		if (!read_address(cursor, &server->glue[j]))
			return false;
	return true;
}

static bool read_delegation(struct span value, struct arena *arena, struct delegation *delegation)
{
	struct cursor cursor = cursor_of(value);
	delegation->count = cursor_u8(&cursor);
	delegation->servers = arena_alloc(arena, (delegation->count + 1) * sizeof *delegation->servers);
	if (delegation->servers == NULL)
		return false;
	for (size_t i = 0; i < delegation->count; i++)
		if (!read_server(&cursor, &delegation->servers[i]))
			return false;
	delegation->ds = (struct rrset){ .owner = delegation->zone, .type = TYPE_DS, .class = CLASS_IN };
	delegation->ds.ttl = delegation->ttl;
	return packing_read(&cursor, &delegation->ds);
}

bool delegations_get(struct table *table, struct name zone, uint64_t age, struct arena *arena,
		     struct delegation *delegation)
{
	struct table_key key = key_of(zone);
	struct table_found found;
	if (!table_get(table, table_key_span(&key), age, arena, &found))
		return false;
	*delegation = (struct delegation){ .zone = zone, .ttl = (uint32_t)(found.expiry - age) };
	return read_delegation(found.value, arena, delegation);
}

bool delegations_find(struct table *table, struct name name, uint64_t age, struct arena *arena,
		      struct delegation *delegation)
{
	for (;; name = name_parent(name)) {
		if (delegations_get(table, name, age, arena, delegation))
			return true;
		if (name_is_root(name))
			return false;
	}
}

bool delegations_put(struct table *table, uint64_t age, const struct delegation *delegation)
{
	uint8_t octets[VALUE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	struct table_key key = key_of(delegation->zone);
	if (delegation->ttl == 0 || delegation->count > LIMIT_NS_NAMES_KEPT)
		return false;
	write_delegation(&builder, delegation);
	return !builder.overflowed && table_put(table, table_key_span(&key), builder_written(&builder), age,
						age + delegation->ttl, 0);
}

/* In place: read, changed and written back, it could undo a referral that came to another worker meanwhile. */
void delegations_shorten(struct table *table, struct name zone, uint64_t age, uint32_t ttl)
{
	struct table_key key = key_of(zone);
	(void)table_shorten(table, table_key_span(&key), age + ttl);
}

bool delegations_remove(struct table *table, struct name zone)
{
	struct table_key key = key_of(zone);
	return table_remove(table, table_key_span(&key));
}
