#include "cache/servers.h"

#include "wire/limits.h"

static struct table_key server_key(struct ip address)
{
	struct table_key key = { .size = 1 + sizeof address };
	key.octets[0] = TABLE_SERVER;
	memcpy(key.octets + 1, &address, sizeof address);
	return key;
}

/* The value is the struct itself: it never leaves this process. */
void servers_get(struct table *table, struct ip address, uint64_t age, struct server *server)
{
	struct table_key key = server_key(address);
	size_t size = 0;
	if (!table_get_into(table, table_key_span(&key), age, (uint8_t *)server, sizeof *server, &size) ||
	    size != sizeof *server)
		*server = (struct server){ 0 };
}

void servers_put(struct table *table, struct ip address, uint64_t age, const struct server *server)
{
	struct table_key key = server_key(address);
	(void)table_put(table, table_key_span(&key), span_of(server, sizeof *server), age, age + LIMIT_SERVER_MEMORY_S,
			0);
}

static struct table_key lame_key(struct ip address, struct name zone)
{
	return table_key_of_name(TABLE_LAME, zone, span_of(&address, sizeof address));
}

bool servers_are_lame(struct table *table, struct ip address, struct name zone, uint64_t age)
{
	struct table_key key = lame_key(address, zone);
	uint8_t nothing[1];
	size_t size;
	return table_get_into(table, table_key_span(&key), age, nothing, sizeof nothing, &size);
}

void servers_set_lame(struct table *table, struct ip address, struct name zone, uint64_t age)
{
	struct table_key key = lame_key(address, zone);
	(void)table_put(table, table_key_span(&key), span_of(NULL, 0), age, age + LIMIT_LAME_TTL, 0);
}

void servers_clear_lame(struct table *table, struct ip address, struct name zone)
{
	struct table_key key = lame_key(address, zone);
	(void)table_remove(table, table_key_span(&key));
}
