#include "wire/edns.h"

#include "base/cursor.h"
#include "wire/limits.h"

#define DNSSEC_OK 0x8000u
#define OPTION_HEADER_SIZE 4u

static void read_cookie(struct span value, struct edns *edns)
{
	if (edns->cookie.size > 0 || edns->cookie_malformed)
		return;
	if (value.size == EDNS_COOKIE_CLIENT_SIZE || (value.size >= 16 && value.size <= EDNS_COOKIE_SIZE_MAX))
		edns->cookie = value;
	else
		edns->cookie_malformed = true;
}

/* One without a code says nothing. */
static void read_ede(struct span value, struct edns *edns)
{
	if (edns->ede != EDE_NONE || value.size < 2)
		return;
	edns->ede = value.octets[0] << 8 | value.octets[1];
	edns->ede_text = span_of(value.octets + 2, value.size - 2);
}

static void read_option(uint16_t code, struct span value, struct edns *edns)
{
	switch (code) {
	case EDNS_COOKIE:
		read_cookie(value, edns);
		break;
	case EDNS_EDE:
		read_ede(value, edns);
		break;
	case EDNS_NSID:
		edns->nsid = true;
		break;
	case EDNS_KEEPALIVE:
		edns->keepalive = true;
		break;
	}
}

bool edns_read(uint16_t class, uint32_t ttl, struct span rdata, struct edns *edns)
{
	*edns = (struct edns){
		.present = true,
		.version = (uint8_t)(ttl >> 16),
		.extended_rcode = (uint8_t)(ttl >> 24),
		.dnssec_ok = (ttl & DNSSEC_OK) != 0,
		.udp_size = class,
		.ede = EDE_NONE,
	};
	/* What the options of another version look like is not known; the answer is BADVERS (RFC 6891 6.1.3). */
	if (edns->version != 0)
		return true;
	struct cursor cursor = cursor_of(rdata);
	for (int i = 0; i < LIMIT_EDNS_OPTIONS && cursor_left(&cursor) > 0; i++) {
		uint16_t code = cursor_u16(&cursor);
		struct span value = cursor_take(&cursor, cursor_u16(&cursor));
		if (cursor.failed)
			return false;
		read_option(code, value, edns);
	}
	return true;
}

static void write_cookie(struct builder *message, struct span cookie)
{
	builder_u16(message, EDNS_COOKIE);
	builder_u16(message, (uint16_t)cookie.size);
	builder_octets(message, cookie);
}

static struct span cut_text(struct span text, size_t size)
{
	if (text.size <= size)
		return text;
	while (size > 0 && (text.octets[size] & 0xc0) == 0x80)
		size--;
	return span_of(text.octets, size);
}

static void write_ede(struct builder *message, int ede, struct span text)
{
	size_t room = message->overflowed ? 0 : message->capacity - message->size;
	room = room > OPTION_HEADER_SIZE + 2 ? room - OPTION_HEADER_SIZE - 2 : 0;
	text = cut_text(text, room < EDNS_EDE_TEXT_SIZE_MAX ? room : EDNS_EDE_TEXT_SIZE_MAX);
	builder_u16(message, EDNS_EDE);
	builder_u16(message, (uint16_t)(2 + text.size));
	builder_u16(message, (uint16_t)ede);
	builder_octets(message, text);
}

void edns_write(struct builder *message, const struct edns *edns)
{
	builder_u8(message, 0);
	builder_u16(message, TYPE_OPT);
	builder_u16(message, edns->udp_size);
	builder_u8(message, edns->extended_rcode);
	builder_u8(message, edns->version);
	builder_u16(message, edns->dnssec_ok ? DNSSEC_OK : 0);
	size_t length_at = message->size;
	builder_u16(message, 0);
	if (edns->cookie.size > 0)
		write_cookie(message, edns->cookie);
	if (edns->ede != EDE_NONE)
		write_ede(message, edns->ede, edns->ede_text);
	builder_patch_u16(message, length_at, (uint16_t)(message->size - length_at - 2));
}
