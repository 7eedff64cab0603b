#include "cache/insecure.h"

static struct table_key key_of(struct name zone)
{
	return table_key_of_name(TABLE_INSECURE, zone, span_of(NULL, 0));
}

void insecure_put(struct table *table, struct name zone, uint64_t age, uint32_t ttl, int ede)
{
	struct table_key key = key_of(zone);
	uint8_t octets[2] = { (uint8_t)((unsigned int)ede >> 8), (uint8_t)ede };
	if (ttl > 0)
		(void)table_put(table, table_key_span(&key), span_of(octets, sizeof octets), age, age + ttl, 0);
}

bool insecure_get(struct table *table, struct name zone, uint64_t age, int *ede)
{
	struct table_key key = key_of(zone);
	uint8_t octets[2];
	size_t size;
	if (!table_get_into(table, table_key_span(&key), age, octets, sizeof octets, &size) || size != sizeof octets)
		return false;
	*ede = (int)(int16_t)(octets[0] << 8 | octets[1]);
	return true;
}
