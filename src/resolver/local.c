#include "resolver/local.h"

#define LOCAL_TTL 10800u /* seconds (RFC 6303 section 3) */

enum special_form { EMPTY, NOTHING, LOCALHOST, LOOPBACK };

struct special_zone {
	struct name zone;
	enum special_form form;
};

static const struct {
	const char *zone;
	enum special_form form;
} rows[] = {
#define SPECIAL(zone, form, source) { zone, form },
#include "resolver/special.def"
#undef SPECIAL
};

#define ROWS (sizeof rows / sizeof rows[0])

const struct special_zone *local_read(struct arena *arena)
{
	struct special_zone *zones = arena_alloc(arena, ROWS * sizeof *zones);
	for (size_t i = 0; zones != NULL && i < ROWS; i++) {
		struct name_buffer buffer;
		struct name name;
		if (!name_of_text(rows[i].zone, &buffer, &name))
			return NULL;
		zones[i] = (struct special_zone){ name_copy(arena, name), rows[i].form };
		if (zones[i].zone.octets == NULL)
			return NULL;
	}
	return zones;
}

static const struct special_zone *find(const struct engine *engine, struct name name)
{
	if (!engine->options->recursion_special_names)
		return NULL;
	for (size_t i = 0; i < ROWS; i++)
		if (name_is_within(name, engine->special[i].zone))
			return &engine->special[i];
	return NULL;
}

static bool make(struct arena *arena, const struct question *question, struct span rdata, struct result *result)
{
	result->found.kind = CACHED_POSITIVE;
	result->found.ttl = LOCAL_TTL;
	return rrset_of_one(arena, question->name, question->type, LOCAL_TTL, rdata, &result->found.rrset);
}

/* SOA of the zone: its primary is itself, its contact nobody (RFC 6303 section 3). */
static bool make_soa(struct arena *arena, struct name zone, struct rrset *soa)
{
	static const uint8_t contact[] = "\6nobody\7invalid";
	static const uint32_t numbers[] = { 1, 3600, 1200, 604800, LOCAL_TTL };
	uint8_t octets[2 * NAME_SIZE_MAX + sizeof numbers];
	struct builder builder = builder_of(octets, sizeof octets);
	name_write(&builder, zone);
	builder_octets(&builder, span_of(contact, sizeof contact)); /* its final NUL is the root */
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		builder_u32(&builder, numbers[i]);
	return rrset_of_one(arena, zone, TYPE_SOA, LOCAL_TTL, builder_written(&builder), soa);
}

static bool make_negative(struct arena *arena, const struct special_zone *special, enum cached_kind kind,
			  struct result *result)
{
	result->found.kind = kind;
	result->found.ttl = LOCAL_TTL;
	if (kind == CACHED_NXDOMAIN)
		result->rcode = RCODE_NXDOMAIN;
	return make_soa(arena, special->zone, &result->found.soa);
}

static bool answer_localhost(struct arena *arena, const struct special_zone *special,
			     const struct question *question, struct result *result)
{
	static const uint8_t v4[] = { 127, 0, 0, 1 }, v6[16] = { [15] = 1 };
	if (question->type == TYPE_A)
		return make(arena, question, span_of(v4, sizeof v4), result);
	if (question->type == TYPE_AAAA)
		return make(arena, question, span_of(v6, sizeof v6), result);
	return make_negative(arena, special, CACHED_NODATA, result);
}

/* 1.0.0.127.in-addr.arpa, and the whole name of ::1. */
static bool is_loopback_itself(struct name name, const struct special_zone *special)
{
	static const uint8_t one[] = "\1" "1" "\1" "0" "\1" "0" "\3" "127" "\7" "in-addr" "\4" "arpa";
	struct name loopback = { one, sizeof one, 6 };
	return name_equal(name, special->zone.labels > 3 ? special->zone : loopback);
}

static bool answer_loopback(struct arena *arena, const struct special_zone *special, const struct question *question,
			    struct result *result)
{
	static const uint8_t localhost[] = "\11localhost";
	if (!is_loopback_itself(question->name, special))
		return make_negative(arena, special,
				     name_equal(question->name, special->zone) ? CACHED_NODATA : CACHED_NXDOMAIN,
				     result);
	if (question->type == TYPE_PTR)
		return make(arena, question, span_of(localhost, sizeof localhost), result);
	return make_negative(arena, special, CACHED_NODATA, result);
}

static bool answer_empty(struct arena *arena, const struct special_zone *special, const struct question *question,
			 struct result *result)
{
	if (!name_equal(question->name, special->zone))
		return make_negative(arena, special, CACHED_NXDOMAIN, result);
	if (question->type == TYPE_NS)
		return make(arena, question, span_of(special->zone.octets, special->zone.size), result);
	if (question->type != TYPE_SOA)
		return make_negative(arena, special, CACHED_NODATA, result);
	result->found.kind = CACHED_POSITIVE;
	result->found.ttl = LOCAL_TTL;
	return make_soa(arena, special->zone, &result->found.rrset);
}

bool local_answer(const struct engine *engine, const struct question *question, struct arena *arena,
		  struct result *result)
{
	const struct special_zone *special = find(engine, question->name);
	/* DS at the top of a zone is its parent's (RFC 4035 section 3.1.4.1); the TLDs among these have no parent. */
	if (special != NULL && question->type == TYPE_DS && special->zone.labels > 1 &&
	    name_equal(question->name, special->zone))
		return false;
	if (special == NULL || cut_floor(&engine->roots, question->name).labels >= special->zone.labels)
		return false;
	*result = (struct result){ .rcode = RCODE_NOERROR, .ede = EDE_NONE, .local = true, .found_as_of = engine->now.age };
	switch (special->form) {
	case EMPTY:
		return answer_empty(arena, special, question, result);
	case NOTHING:
		return make_negative(arena, special, CACHED_NXDOMAIN, result);
	case LOCALHOST:
		return answer_localhost(arena, special, question, result);
	case LOOPBACK:
		return answer_loopback(arena, special, question, result);
	}
	return false;
}

static bool is_named(struct name name, const char *text)
{
	struct name_buffer buffer;
	struct name other;
	return name_of_text(text, &buffer, &other) && name_equal(name, other);
}

bool local_chaos(const struct engine *engine, const struct question *question, struct arena *arena,
		 struct result *result)
{
	const struct options *options = engine->options;
	const char *text = "";
	if (question->type != TYPE_TXT && question->type != TYPE_ANY)
		return false;
	if (is_named(question->name, "version.bind") || is_named(question->name, "version.server"))
		text = options->server_version;
	else if (is_named(question->name, "id.server") || is_named(question->name, "hostname.bind"))
		text = options->server_identity;
	size_t size = strlen(text);
	uint8_t rdata[256];
	if (size == 0 || size > 255)
		return false;
	rdata[0] = (uint8_t)size;
	memcpy(rdata + 1, text, size);
	*result = (struct result){ .rcode = RCODE_NOERROR, .ede = EDE_NONE, .local = true, .found_as_of = engine->now.age };
	result->local = false; /* authority is a matter of class IN */
	result->found.kind = CACHED_POSITIVE;
	if (!rrset_of_one(arena, question->name, TYPE_TXT, 0, span_of(rdata, size + 1), &result->found.rrset))
		return false;
	result->found.rrset.class = CLASS_CHAOS;
	return true;
}
