#include "say.h"

#include "base/ip.h"
#include "wire/codes.h"

#include <stdlib.h>

struct name say_name(struct arena *arena, const char *text)
{
	struct name_buffer buffer;
	struct name name;
	if (!name_of_text(text, &buffer, &name))
		abort();
	return name_copy(arena, name);
}

void say_of(struct response *response, enum msg_section section, uint32_t ttl, struct name owner, uint16_t type,
	    const char *data)
{
	static const uint8_t soa[22] = { [21] = 60 }, ds[36] = { 0, 1, 13, 2, 42 };
	struct rrset rrset;
	struct ip ip;
	uint8_t srv[6 + NAME_SIZE_MAX] = { 0 };
	struct span rdata = span_of(soa, sizeof soa);
	if (type == TYPE_A || type == TYPE_AAAA) {
		if (!ip_of_text(data, &ip))
			abort();
		rdata = span_of(ip.octets, type == TYPE_A ? 4 : 16);
	} else if (type == TYPE_DS) {
		rdata = span_of(ds, sizeof ds);
	} else if (type != TYPE_SOA) {
		struct name target = say_name(response->arena, data);
		memcpy(srv + 6, target.octets, target.size);
		rdata = type == TYPE_SRV ? span_of(srv, 6 + target.size) : span_of(target.octets, target.size);
	}
	if (rrset_of_one(response->arena, owner, type, ttl, rdata, &rrset))
		(void)msg_rrset(&response->writer, section, &rrset, ttl, false);
}

void say(struct response *response, enum msg_section section, uint32_t ttl, const char *owner, uint16_t type,
	 const char *data)
{
	say_of(response, section, ttl, say_name(response->arena, owner), type, data);
}
