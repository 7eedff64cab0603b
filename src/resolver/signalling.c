#include "resolver/signalling.h"

#include "dnssec/keys.h"
#include "resolver/lookup.h"
#include "resolver/request.h"
#include "wire/codes.h"
#include "wire/limits.h"

#include <stdio.h>

/* ---- the name ---- */

/* Ascending, each once, no more than there is room for. */
struct tags {
	uint16_t tags[LIMIT_SIGNALLED_TAGS];
	unsigned int count;
};

static void add_tag(struct tags *tags, uint16_t tag)
{
	unsigned int at = 0;
	while (at < tags->count && tags->tags[at] < tag)
		at++;
	if (at == LIMIT_SIGNALLED_TAGS || (at < tags->count && tags->tags[at] == tag))
		return;
	if (tags->count == LIMIT_SIGNALLED_TAGS)
		tags->count--;
	memmove(&tags->tags[at + 1], &tags->tags[at], (tags->count - at) * sizeof tags->tags[0]);
	tags->tags[at] = tag;
	tags->count++;
}

static void add_tags(struct tags *tags, const struct rrset *anchor)
{
	struct rrset_walk walk = rrset_walk_data(anchor);
	struct span rdata;
	struct dnskey dnskey;
	struct ds ds;
	while (rrset_next(&walk, &rdata)) {
		if (anchor->type == TYPE_DS && ds_read(rdata, &ds))
			add_tag(tags, ds.tag);
		else if (anchor->type == TYPE_DNSKEY && dnskey_read(rdata, &dnskey))
			add_tag(tags, dnskey.tag);
	}
}

bool signalling_name(const struct anchors *anchors, struct name zone, struct name_buffer *buffer, struct name *name)
{
	char label[LABEL_SIZE_MAX + 1] = "_ta";
	size_t size = strlen(label);
	struct tags tags = { .count = 0 };
	for (size_t i = 0; i < anchors->trusted_count; i++)
		if (name_equal(anchors->trusted[i].owner, zone))
			add_tags(&tags, &anchors->trusted[i]);
	for (unsigned int i = 0; i < tags.count; i++, size += 5)
		snprintf(label + size, sizeof label - size, "-%04x", tags.tags[i]);
	if (tags.count == 0 || 1 + size + zone.size > NAME_SIZE_MAX)
		return false;
	struct builder builder = builder_of(buffer->octets, sizeof buffer->octets);
	builder_u8(&builder, (uint8_t)size);
	builder_octets(&builder, span_of(label, size));
	name_write(&builder, zone);
	*name = (struct name){ buffer->octets, (uint8_t)builder.size, (uint8_t)(zone.labels + 1) };
	return true;
}

/* ---- the telling ---- */

bool signalling_begin(struct engine *engine, const struct engine_setup *setup)
{
	if (setup->trust_point_count == 0 || !setup->options->dnssec_trust_anchor_signalling)
		return true;
	struct timer *timer = ARENA_NEW(&engine->fixed, struct timer);
	if (timer == NULL)
		return false;
	timer->kind = TIMER_SIGNALLING;
	engine->signalling = timer;
	return timer_set(engine, timer, 0);
}

/* A zone may have an RRset of DS and one of DNSKEY. */
static bool is_told_already(const struct anchors *anchors, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (name_equal(anchors->trusted[before].owner, anchors->trusted[i].owner))
			return true;
	return false;
}

void signalling_tell(struct engine *engine)
{
	const struct anchors *anchors = &engine->anchors;
	struct name_buffer buffer;
	struct question question = { .type = TYPE_NULL, .class = CLASS_IN };
	for (size_t i = 0; i < anchors->trusted_count; i++) {
		if (is_told_already(anchors, i) ||
		    !signalling_name(anchors, anchors->trusted[i].owner, &buffer, &question.name))
			continue;
		struct request *request = request_create(engine, &question, REQUEST_SIGNALLING, true);
		if (request != NULL)
			lookup_skip_cache(request->lookup); /* that the name is not there is known */
	}
	/* The timer is in the heap: setting it needs no memory. */
	(void)timer_set(engine, engine->signalling,
			engine->now.ticks + LIMIT_SIGNALLING_INTERVAL_S * (uint64_t)TICKS_PER_S);
}
