#include "records.h"

#include <stdio.h>
#include <stdlib.h>

uint16_t records_any_type(struct rng *rng)
{
	static const uint16_t types[] = { TYPE_A,    TYPE_A,	TYPE_A,	   TYPE_A,     TYPE_AAAA,  TYPE_AAAA, TYPE_MX,
					  TYPE_TXT,  TYPE_SRV,	TYPE_CAA,  TYPE_HINFO, TYPE_PTR,   TYPE_RP,   TYPE_TLSA,
					  TYPE_NULL, TYPE_HTTPS, TYPE_LOC, 65280,      TYPE_NAPTR, 65333 };
	return types[rng_below(rng, sizeof types / sizeof types[0])];
}

uint32_t records_ttl(struct rng *rng)
{
	static const uint32_t ttls[] = { 0,   1,    2,	  5,	10,    30,    60,     120,	300,
					 300, 600, 1800, 3600, 3600, 7200, 43200, 86400, 172800, 604800 };
	return ttls[rng_below(rng, sizeof ttls / sizeof ttls[0])];
}

const char *records_label(struct rng *rng, char text[64])
{
	static const char *const labels[] = { "www",  "mail", "shop", "cart",  "api", "img", "static", "cdn",
					      "Login", "db",   "dev",  "intra", "ftp", "vpn", "News",   "_dmarc",
					      "x",     "a",    "b",    "blog",  "app", "eu",  "us",     "m" };
	unsigned int size = sizeof labels / sizeof labels[0], number;
	const char *label;
	switch (rng_below(rng, 10)) {
	case 0:
		snprintf(text, 64, "n%u", (unsigned int)rng_below(rng, 100000));
		break;
	case 1:
		label = labels[rng_below(rng, size)];
		number = rng_below(rng, 256);
		snprintf(text, 64, "\\%03u-%s", number, label);
		break;
	case 2:
		number = rng_below(rng, 100);
		label = labels[rng_below(rng, size)];
		snprintf(text, 64, "%s%u", label, number);
		for (char *at = text; *at != '\0'; at++)
			if (*at >= 'a' && *at <= 'z' && rng_below(rng, 2) == 0)
				*at = (char)(*at - 32);
		break;
	default:
		snprintf(text, 64, "%s", labels[rng_below(rng, size)]);
	}
	return text;
}

struct span records_copy(struct world *world, const void *octets, size_t size)
{
	struct span copy = arena_copy(&world->arena, span_of(octets, size));
	if (copy.size != size)
		exit(1);
	return copy;
}

struct span records_of_name(struct name name)
{
	return span_of(name.octets, name.size);
}

static struct name any_name(struct world *world)
{
	return world->names[rng_below(&world->rng, world->name_count)];
}

static void put_string(struct rng *rng, struct builder *builder, unsigned int size)
{
	builder_u8(builder, (uint8_t)size);
	for (unsigned int i = 0; i < size; i++)
		builder_u8(builder, (uint8_t)(' ' + rng_below(rng, 95)));
}

static void put_octets(struct rng *rng, struct builder *builder, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		builder_u8(builder, (uint8_t)rng_u16(rng));
}

static void put_ip(struct rng *rng, struct builder *builder, bool v6)
{
	if (v6) {
		builder_u32(builder, 0x20010db8);
		builder_u32(builder, 0x00010000);
		put_octets(rng, builder, 8);
	} else {
		builder_u8(builder, 192);
		put_octets(rng, builder, 3);
	}
}

struct span records_rdata(struct world *world, uint16_t type)
{
	uint8_t octets[1024];
	struct builder builder = builder_of(octets, sizeof octets);
	struct rng *rng = &world->rng;
	switch (type) {
	case TYPE_A:
	case TYPE_AAAA:
		put_ip(rng, &builder, type == TYPE_AAAA);
		break;
	case TYPE_MX:
		builder_u16(&builder, rng_u16(rng));
		name_write(&builder, any_name(world));
		break;
	case TYPE_SRV:
		put_octets(rng, &builder, 6);
		name_write(&builder, any_name(world));
		break;
	case TYPE_TXT:
		put_string(rng, &builder, rng_below(rng, 256));
		if (rng_below(rng, 3) == 0)
			put_string(rng, &builder, rng_below(rng, 30));
		break;
	case TYPE_CAA:
		put_octets(rng, &builder, 1);
		put_string(rng, &builder, 5);
		put_octets(rng, &builder, rng_below(rng, 20));
		break;
	case TYPE_HINFO:
		put_string(rng, &builder, rng_below(rng, 10));
		put_string(rng, &builder, rng_below(rng, 10));
		break;
	case TYPE_PTR:
		name_write(&builder, any_name(world));
		break;
	case TYPE_RP:
		name_write(&builder, any_name(world));
		name_write(&builder, any_name(world));
		break;
	case TYPE_TLSA:
		put_octets(rng, &builder, 35);
		break;
	case TYPE_HTTPS:
		builder_u16(&builder, 1);
		name_write(&builder, any_name(world));
		break;
	case TYPE_LOC:
		builder_u8(&builder, 0);
		put_octets(rng, &builder, 15);
		break;
	case TYPE_NAPTR:
		put_octets(rng, &builder, 4);
		put_string(rng, &builder, 1);
		put_string(rng, &builder, 4);
		put_string(rng, &builder, 3);
		name_write(&builder, any_name(world));
		break;
	default:
		put_octets(rng, &builder, 1 + rng_below(rng, 60));
	}
	return records_copy(world, octets, builder.size);
}

struct span records_soa(struct world *world, const struct zone *zone, uint32_t minimum)
{
	uint8_t octets[2 * NAME_SIZE_MAX + 20];
	struct builder builder = builder_of(octets, sizeof octets);
	name_write(&builder, zone->origin);
	name_write(&builder, zone->origin);
	builder_u32(&builder, rng_u32(&world->rng));
	builder_u32(&builder, 7200);
	builder_u32(&builder, 3600);
	builder_u32(&builder, 604800);
	builder_u32(&builder, minimum);
	return records_copy(world, octets, builder.size);
}

void records_fill(struct world *world, struct node *node, uint16_t type, unsigned int count, uint32_t ttl)
{
	for (unsigned int i = 0; i < count; i++) {
		struct span rdata = records_rdata(world, type);
		if (rdata_is_valid(type, rdata))
			world_add(world, node, type, ttl, rdata);
	}
}
