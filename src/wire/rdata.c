#include "wire/rdata.h"

#include "wire/codes.h"
#include "wire/compress.h"
#include "wire/fold.h"

/* Each includes what stands before it. */
enum names { NAMES_KEPT, NAMES_LOWERED, NAMES_UNPACKED, NAMES_COMPRESSED };

enum field_kind {
	KIND_END,
	KIND_FIXED,
	KIND_NAME,
	KIND_NAMES,
	KIND_STRING,
	KIND_STRINGS,
	KIND_MAYBE_STRING,
	KIND_TAG,
	KIND_REST,
	KIND_SOME,
	KIND_BITMAP,        /* RFC 4034 section 4.1.2 */
	KIND_PARAMETERS,    /* RFC 9460 section 2.2 */
	KIND_PREFIXES,      /* RFC 3123 section 4 */
	KIND_LOCATION,      /* RFC 1876 section 2 */
	KIND_A6_SUFFIX,     /* RFC 2874 section 3.1.1 */
	KIND_HOST_IDENTITY, /* RFC 8005 section 5 */
	KIND_GATEWAY_TYPE,  /* RFC 4025 section 2.3, RFC 8777 section 4.2.3 */
	KIND_GATEWAY,
};

struct field {
	uint8_t kind;
	uint8_t size; /* of KIND_FIXED; the mask of KIND_GATEWAY_TYPE */
};

#define FIELDS_MAX 6

struct form {
	uint8_t names;
	struct field fields[FIELDS_MAX];
};

#define FIXED(octets) { KIND_FIXED, (octets) }
#define NAME { KIND_NAME, 0 }
#define NAMES { KIND_NAMES, 0 }
#define STRING { KIND_STRING, 0 }
#define STRINGS { KIND_STRINGS, 0 }
#define MAYBE_STRING { KIND_MAYBE_STRING, 0 }
#define TAG { KIND_TAG, 0 }
#define REST { KIND_REST, 0 }
#define SOME { KIND_SOME, 0 }
#define BITMAP { KIND_BITMAP, 0 }
#define PARAMETERS { KIND_PARAMETERS, 0 }
#define PREFIXES { KIND_PREFIXES, 0 }
#define LOCATION { KIND_LOCATION, 0 }
#define A6_SUFFIX { KIND_A6_SUFFIX, 0 }
#define HOST_IDENTITY { KIND_HOST_IDENTITY, 0 }
#define GATEWAY_TYPE(mask) { KIND_GATEWAY_TYPE, (mask) }
#define GATEWAY { KIND_GATEWAY, 0 }

static const struct form forms[] = {
#define RDATA(mnemonic, names, ...) [TYPE_##mnemonic] = { (names), { __VA_ARGS__ } },
#include "wire/rdata.def"
};

#define FORM_COUNT (sizeof forms / sizeof forms[0])

static const struct form opaque_form = { NAMES_KEPT, { REST } };

static const struct form *form_of(uint16_t type)
{
	if (type == TYPE_TA || type == TYPE_DLV)
		type = TYPE_DS;
	if (type >= FORM_COUNT || forms[type].fields[0].kind == KIND_END)
		return &opaque_form;
	return &forms[type];
}

bool rdata_may_be_packed(uint16_t type)
{
	return form_of(type)->names >= NAMES_UNPACKED;
}

/* RDATA on its way: read at `in`, which ends where the RDATA ends and starts where its message starts. */
struct passage {
	struct cursor in;
	bool pointers;
	struct builder *out;     /* NULL: only looked at */
	const uint8_t *unwritten; /* what lies from here to `in` has still to be written as it is */
	uint8_t gateway;
};

static void write_passed(struct passage *passage, const uint8_t *end)
{
	if (passage->out != NULL)
		builder_octets(passage->out, span_of(passage->unwritten, (size_t)(end - passage->unwritten)));
}

static void pass_name(struct passage *passage)
{
	struct name_buffer buffer;
	struct name name;
	if (!passage->pointers) {
		(void)name_read_plain(&passage->in, &name);
		return;
	}
	const uint8_t *start = passage->in.at;
	if (!name_read(&passage->in, &buffer, &name) || passage->out == NULL)
		return;
	write_passed(passage, start);
	name_write(passage->out, name);
	passage->unwritten = passage->in.at;
}

static void pass_string(struct cursor *in, bool empty_too)
{
	uint8_t size = cursor_u8(in);
	cursor_skip(in, size);
	if (size == 0 && !empty_too)
		cursor_fail(in);
}

static void pass_bitmap(struct cursor *in)
{
	int last = -1;
	while (cursor_left(in) > 0) {
		uint8_t window = cursor_u8(in), size = cursor_u8(in);
		cursor_skip(in, size);
		if (window <= last || size < 1 || size > 32)
			cursor_fail(in);
		last = window;
	}
}

static void pass_parameters(struct cursor *in)
{
	int last = -1;
	while (cursor_left(in) > 0) {
		uint16_t key = cursor_u16(in);
		cursor_skip(in, cursor_u16(in));
		if (key <= last)
			cursor_fail(in);
		last = key;
	}
}

static void pass_prefixes(struct cursor *in)
{
	while (cursor_left(in) > 0) {
		cursor_skip(in, 3);
		cursor_skip(in, cursor_u8(in) & 0x7f);
	}
}

/* Version 0 is the only one whose form is known; nothing may be assumed of others. */
static void pass_location(struct cursor *in)
{
	size_t size = cursor_left(in);
	if (cursor_u8(in) == 0 && size != 16)
		cursor_fail(in);
	cursor_skip(in, cursor_left(in));
}

static void pass_a6_suffix(struct cursor *in)
{
	uint8_t prefix = cursor_u8(in);
	if (prefix > 128)
		cursor_fail(in);
	cursor_skip(in, (128u - prefix + 7) / 8);
}

static void pass_host_identity(struct cursor *in)
{
	uint8_t identity = cursor_u8(in);
	cursor_skip(in, 1);
	uint16_t key = cursor_u16(in);
	cursor_skip(in, (size_t)identity + key);
}

static void pass_gateway(struct passage *passage)
{
	switch (passage->gateway) {
	case 1:
		cursor_skip(&passage->in, 4);
		break;
	case 2:
		cursor_skip(&passage->in, 16);
		break;
	case 3:
		pass_name(passage);
		break;
	}
}

static void pass_field(struct passage *passage, struct field field)
{
	struct cursor *in = &passage->in;
	switch ((enum field_kind)field.kind) {
	case KIND_END: break;
	case KIND_FIXED: cursor_skip(in, field.size); break;
	case KIND_NAME: pass_name(passage); break;
	case KIND_NAMES:
		while (cursor_left(in) > 0)
			pass_name(passage);
		break;
	case KIND_STRING: pass_string(in, true); break;
	case KIND_STRINGS:
		do
			pass_string(in, true);
		while (cursor_left(in) > 0);
		break;
	case KIND_MAYBE_STRING:
		if (cursor_left(in) > 0)
			pass_string(in, true);
		break;
	case KIND_TAG: pass_string(in, false); break;
	case KIND_REST: cursor_skip(in, cursor_left(in)); break;
	case KIND_SOME: cursor_skip(in, cursor_left(in) > 0 ? cursor_left(in) : 1); break;
	case KIND_BITMAP: pass_bitmap(in); break;
	case KIND_PARAMETERS: pass_parameters(in); break;
	case KIND_PREFIXES: pass_prefixes(in); break;
	case KIND_LOCATION: pass_location(in); break;
	case KIND_A6_SUFFIX: pass_a6_suffix(in); break;
	case KIND_HOST_IDENTITY: pass_host_identity(in); break;
	case KIND_GATEWAY_TYPE: passage->gateway = cursor_u8(in) & field.size; break;
	case KIND_GATEWAY: pass_gateway(passage); break;
	}
}

static bool pass(struct passage *passage, const struct form *form)
{
	passage->unwritten = passage->in.at;
	for (size_t i = 0; i < FIELDS_MAX && form->fields[i].kind != KIND_END; i++)
		pass_field(passage, form->fields[i]);
	if (cursor_left(&passage->in) > 0)
		cursor_fail(&passage->in);
	if (!passage->in.failed)
		write_passed(passage, passage->in.at);
	return !passage->in.failed;
}

bool rdata_read(struct cursor *message, uint16_t type, uint16_t size, struct builder *unpacked)
{
	const struct form *form = form_of(type);
	struct passage passage = { .in = *message, .pointers = form->names >= NAMES_UNPACKED, .out = unpacked };
	cursor_skip(message, size);
	if (message->failed)
		return false;
	passage.in.end = message->at;
	if (!pass(&passage, form))
		cursor_fail(message);
	return !message->failed;
}

bool rdata_is_valid(uint16_t type, struct span rdata)
{
	struct passage passage = { .in = cursor_of(rdata) };
	return pass(&passage, form_of(type));
}

/* The types that may be compressed have fixed fields and names only. */
static bool write_fields(struct builder *message, struct compress *compress, const struct form *form,
			 struct span rdata)
{
	struct cursor in = cursor_of(rdata);
	for (size_t i = 0; i < FIELDS_MAX && form->fields[i].kind != KIND_END; i++) {
		struct name name;
		if (form->fields[i].kind == KIND_FIXED)
			builder_octets(message, cursor_take(&in, form->fields[i].size));
		else if (name_read_plain(&in, &name))
			compress_name(compress, message, name);
	}
	return !in.failed && cursor_left(&in) == 0;
}

void rdata_write(struct builder *message, struct compress *compress, uint16_t type, struct span rdata)
{
	const struct form *form = form_of(type);
	size_t start = message->size;
	if (form->names == NAMES_COMPRESSED) {
		if (write_fields(message, compress, form, rdata) || message->overflowed)
			return;
		builder_rewind(message, start);
		compress_rewind(compress, start);
	}
	builder_octets(message, rdata);
}

static bool is_name(struct field field)
{
	return field.kind == KIND_NAME || field.kind == KIND_NAMES;
}

void rdata_canonicalise(uint16_t type, uint8_t *rdata, uint16_t size)
{
	const struct form *form = form_of(type);
	struct passage passage = { .in = cursor_of(span_of(rdata, size)) };
	if (form->names < NAMES_LOWERED)
		return;
	for (size_t i = 0; i < FIELDS_MAX && form->fields[i].kind != KIND_END; i++) {
		size_t at = cursor_offset(&passage.in);
		pass_field(&passage, form->fields[i]);
		if (passage.in.failed)
			return;
		for (; is_name(form->fields[i]) && at < cursor_offset(&passage.in); at++)
			rdata[at] = fold_octet(rdata[at]);
	}
}

bool rdata_equal(uint16_t type, struct span a, struct span b)
{
	const struct form *form = form_of(type);
	if (span_equal(a, b))
		return true;
	if (form->names < NAMES_LOWERED || a.size != b.size || !fold_equal(a.octets, b.octets, a.size))
		return false;
	struct passage passage = { .in = cursor_of(a) };
	for (size_t i = 0; i < FIELDS_MAX && form->fields[i].kind != KIND_END; i++) {
		size_t at = cursor_offset(&passage.in);
		pass_field(&passage, form->fields[i]);
		size_t size = cursor_offset(&passage.in) - at;
		if (passage.in.failed || (!is_name(form->fields[i]) && memcmp(a.octets + at, b.octets + at, size) != 0))
			return false;
	}
	return true;
}

bool rdata_target(uint16_t type, struct span rdata, struct name *target)
{
	const struct form *form = form_of(type);
	struct cursor cursor = cursor_of(rdata);
	size_t i = 0;
	if (form->fields[0].kind == KIND_FIXED)
		cursor_skip(&cursor, form->fields[i++].size);
	return form->fields[i].kind == KIND_NAME && name_read_plain(&cursor, target);
}
